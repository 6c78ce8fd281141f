package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"slices"
	"strings"
	"testing"
)

// suite is a test run of one scenario of each kind, and one that is no scenario.
func suite() []Outcome {
	list := []Outcome{{Name: "", File: "bad|file.yaml", Err: errors.New("bad|file.yaml:4:3: unknown field \"retension\"\n  did you mean retention?")}}
	for _, s := range samples {
		list = append(list, Outcome{Name: s.name, File: s.name + ".yaml", Document: Build(s.make())})
	}
	return list
}

func TestOutcomes(t *testing.T) {
	var b bytes.Buffer
	for _, o := range suite() {
		before := b.Len()
		if err := WriteOutcome(&b, o, false); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(b.Bytes()[before:], []byte("\n")); n != 1 {
			t.Errorf("%d lines for %s", n, o.title())
		}
	}
	golden(t, "outcomes.txt", b.Bytes())
	for _, want := range []string{"ok    steady ", "FAIL  hot-key ", "ERROR bad|file.yaml "} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestSuite(t *testing.T) {
	for format, name := range map[string]string{"text": "suite.txt", "markdown": "suite.md", "junit": "suite.xml", "github": "suite.github.txt"} {
		var b bytes.Buffer
		if err := WriteSuite(&b, format, suite()); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
		if strings.Contains(b.String(), "1.23s") {
			t.Errorf("%s tells wall time", format)
		}
	}
	if err := WriteSuite(&bytes.Buffer{}, "csv", nil); err == nil || !strings.Contains(err.Error(), `no format "csv" for a suite`) {
		t.Error(err)
	}
}

func TestSuiteCounts(t *testing.T) {
	var b bytes.Buffer
	if err := WriteSuite(&b, "junit", suite()); err != nil {
		t.Fatal(err)
	}
	var all junitSuites
	if err := xml.Unmarshal(b.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Suites) != 1+len(samples) || all.Errors != 1 || all.Failures != 3 {
		t.Errorf("%d suites, %d errors, %d failures", len(all.Suites), all.Errors, all.Failures)
	}
	b.Reset()
	if err := WriteSuite(&b, "json", suite()); err != nil {
		t.Fatal(err)
	}
	var back struct {
		Format    string
		Passed    bool
		Scenarios []struct {
			Passed bool
			Error  string
			Result json.RawMessage
		}
	}
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if back.Format != SuiteFormat || back.Passed || len(back.Scenarios) != 1+len(samples) || back.Scenarios[0].Error == "" || !back.Scenarios[2].Passed {
		t.Errorf("%+v", back.Passed)
	}
}

// TestLongSuiteKeepsTheWorst: of very many scenarios those that failed stay in a comment.
func TestLongSuiteKeepsTheWorst(t *testing.T) {
	many := slices.Repeat(suite(), 300)
	var b bytes.Buffer
	if err := WriteSuite(&b, "markdown", many); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if failed := strings.Count(text, "| ✗"); len(text) > 64<<10 || failed < 100 || strings.Contains(text, "| ✓ pass") || !strings.Contains(text, "more |") {
		t.Errorf("%d bytes with %d that failed", len(text), failed)
	}
}
