package scenarios

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestAnnotation(t *testing.T) {
	p := Problem{Severity: Error, Code: "KS101", File: "a,b:c.yaml", Line: 4, Column: 3, EndColumn: 12, Message: "100% wrong", Accepted: "mode, shards", Hint: "did you mean shards?"}
	want := `::error file=a%2Cb%3Ac.yaml,line=4,col=3,endColumn=12,title=KS101::100%25 wrong%0Aaccepted: mode, shards%0Adid you mean shards?`
	if got := p.Annotation(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	whole := Problem{Severity: Warning, Code: "KS100", File: "a.yaml", Message: "empty"}
	if got, want := whole.Annotation(), "::warning file=a.yaml,title=KS100::empty"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestRender(t *testing.T) {
	p := Problems{
		{Severity: Warning, Code: "KS401", File: "a.yaml", Line: 1, Column: 2, EndColumn: 4, Message: "odd", Source: "\té€x"},
		{Severity: Error, Code: "KS100", File: "a.yaml", Message: "empty"},
	}
	if got, want := p.Error(), "a.yaml:1:2: warning: odd [KS401]\n    \té€x\n    \t^^\na.yaml: empty [KS100]"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	var colored bytes.Buffer
	if err := p.Render(&colored, true); err != nil || !strings.Contains(colored.String(), "\x1b[33m\t^^\x1b[0m") {
		t.Errorf("%q, %v", colored.String(), err)
	}
	if p[:1].Errors() || !p.Errors() {
		t.Error("a warning is taken for an error, or an error for none")
	}
}

// TestExcerpts wants the caret below the fault in lines of any length.
func TestExcerpts(t *testing.T) {
	line := strings.Repeat("é", 500) + "FAULT" + strings.Repeat("x", 500)
	for _, source := range []string{line, line[:1005], "FAULT"} {
		at := strings.Index(source, "FAULT")
		column := width(source[:at]) + 1
		text, caret := Problem{Source: source, Column: column, EndColumn: column + 5}.excerpt()
		if width(text) > widest || string([]rune(text)[strings.Index(caret, "^"):][:5]) != "FAULT" || strings.Count(caret, "^") != 5 {
			t.Errorf("%s\n%s", text, caret)
		}
	}
	if text, caret := (Problem{Source: "short", Column: 99, EndColumn: 200}).excerpt(); text != "short" || caret != "     ^" {
		t.Errorf("%q %q", text, caret)
	}
}

func TestSuggestName(t *testing.T) {
	known := []string{"shards", "retention", "mode", "max_record_size", "warn", "records_per_second", "c"}
	for got, want := range map[string]string{
		"shard": "shards", "retension": "retention", "Mode": "mode", "warning": "warn", "records": "records_per_second",
		"d": "", "zzz": "", "": "", "max_record": "max_record_size", "shards": "", "mdoe": "mode", "wanr": "warn", "dmoe": "", "maxrecordsize": "max_record_size",
	} {
		if near := SuggestName(got, known); near != want {
			t.Errorf("%q suggests %q, want %q", got, near, want)
		}
	}
}

func ExampleCheck() {
	problems := Check("-", strings.NewReader(`kinesim: v1
stream:
  shards: 4
  retension: 48h
producers: [{name: app, rate: 100}]
consumers: [{name: reader, classic: {}}]
`), Options{})
	fmt.Println(problems)
	// Output:
	// <stdin>:4:3: unknown field "retension" in stream [KS101]
	//       retension: 48h
	//       ^^^^^^^^^
	//   accepted: mode, shards, retention, max_record_size, history, warm_throughput, distribution
	//   did you mean retention?
	// <stdin>:5:31: 100 has no unit [KS201]
	//     producers: [{name: app, rate: 100}]
	//                                   ^^^
	//   accepted: a rate of records such as 3500/s, 0.5/s, 90000/m or 10/h, {steps: …}, {diurnal: …}, {file: …}
	//   write 100/s
}

// TestExcerptIsHarmless: what stands in a file cannot command the terminal.
func TestExcerptIsHarmless(t *testing.T) {
	p := Problem{File: "x.csv", Line: 1, Column: 3, EndColumn: 4, Message: "bad", Code: "KS304", Source: "a\tb\x1b[2J\x07c"}
	if got := (Problems{p}).Error(); strings.ContainsAny(got, "\x1b\x07") || !strings.Contains(got, "a\tb\ufffd[2J\ufffdc") {
		t.Errorf("%q", got)
	}
}
