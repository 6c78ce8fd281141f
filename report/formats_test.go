package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestMarkdown(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			text := string(written(t, "markdown", Build(s.make())))
			golden(t, s.name+".md", []byte(text))
			if !strings.HasPrefix(text, "<!-- kinesim:") {
				t.Error("no mark at the start")
			}
			if len(text) > 64<<10 {
				t.Errorf("%d bytes are too many for a comment", len(text))
			}
			if open, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); open != closed {
				t.Errorf("%d details opened, %d closed", open, closed)
			}
			for _, line := range strings.Split(text, "\n") { // every row has as many cells as its head
				if strings.HasPrefix(line, "| ") && strings.Contains(line, "✓ pass") {
					if n := len(regexp.MustCompile(`[^\\]\|`).FindAllString(line, -1)); n != 6 {
						t.Errorf("%d cells in %s", n, line)
					}
				}
			}
		})
	}
}

// TestMarkdownIsHarmless: outside code, no name gets through as HTML, and none
// calls people.
func TestMarkdownIsHarmless(t *testing.T) {
	text := string(written(t, "markdown", Build(hostileSample())))
	prose := regexp.MustCompile("(?s)````*.*?````*\n").ReplaceAllString(text, "")
	for _, bad := range []string{"<script", "</script", " @all", "http://evil", "\u202e"} {
		if strings.Contains(prose, bad) {
			t.Errorf("%q in the prose", bad)
		}
	}
	first, _, _ := strings.Cut(text, "\n")
	if strings.Count(first, "-->") != 1 {
		t.Errorf("the mark ends early: %s", first)
	}
}

func TestMarkdownKeepsUnderTheLimit(t *testing.T) {
	r := hotKeySample()
	e := r.Expectations[1]
	e.Where = "consumer " + strings.Repeat("long ", 50)
	for range 2000 {
		r.Expectations = append(r.Expectations, e)
		r.Warnings = append(r.Warnings, strings.Repeat("doubt ", 100))
	}
	if n := len(written(t, "markdown", Build(r))); n > 64<<10 {
		t.Errorf("%d bytes", n)
	}
}

// TestWorstFirst: where there is room for some of what was missed only, it is what was
// missed by most, and lines about each of many consumers do not take that room.
func TestWorstFirst(t *testing.T) {
	r := steadySample()
	r.Passed = false
	r.Expectations[0].Passed, r.Expectations[0].Severity = false, "warn"
	e := r.Expectations[1]
	e.Passed = false
	for i := range 600 {
		c := r.Consumers[0]
		c.Name = fmt.Sprintf("consumer-of-a-team-with-a-long-name-%03d", i)
		r.Consumers = append(r.Consumers, c)
		r.Series.Consumers = append(r.Series.Consumers, r.Series.Consumers[0])
		e.Where, e.Margin = "consumer "+c.Name, ptr(-float64(i*7%600))
		r.Expectations = append(r.Expectations, e)
	}
	nothing := e
	nothing.Measured, nothing.Margin = nil, nil
	r.Expectations = append(r.Expectations, nothing)
	var before float64
	d := Build(r)
	sorted := worstFirst(d.Expected)
	for i, x := range sorted[:600] {
		if i > 0 && x.excess > before || x.State != Failed {
			t.Fatalf("%d: %s by %v after one by %v", i, x.State, x.excess, before)
		}
		before = x.excess
	}
	if last := sorted[600:]; last[0].Measured != "nothing measured" || last[1].State != Warned || last[2].State != Passed {
		t.Errorf("the last are %+v", last)
	}
	text := string(written(t, "markdown", d))
	if n, shown := len(text), strings.Count(text, "| ✗ fail |"); n > 64<<10 || shown < 50 || !strings.Contains(text, "… and 553 more") {
		t.Errorf("%d bytes with %d of 601 misses", n, shown)
	}
}

// TestPlanMarkdownKeepsUnderTheLimit: of a plan for thousands of shards the answer is told,
// and where its calls are.
func TestPlanMarkdownKeepsUnderTheLimit(t *testing.T) {
	p := planSample()
	p.Commands = strings.Repeat("aws kinesis split-shard --stream-name my-stream --shard-to-split shardId-000000000000\n", 2000)
	for range 3000 {
		p.Chosen.Expectations = append(p.Chosen.Expectations, p.Chosen.Expectations[0])
	}
	var b strings.Builder
	if err := WritePlan(&b, "markdown", p); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if !strings.HasPrefix(text, "<!-- kinesim:plan orders -->\n") || len(text) > 64<<10 || !strings.Contains(text, "Commands: 2,000 lines, too many for here") || !strings.Contains(text, "<summary>Terraform</summary>") {
		t.Errorf("%d bytes: %.300s … %s", len(text), text, text[max(0, len(text)-300):])
	}
}

func TestJUnit(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			r := s.make()
			text := written(t, "junit", Build(r))
			golden(t, s.name+".xml", text)
			var back junitSuites
			if err := xml.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			failures := 0
			for _, e := range r.Expectations {
				if !e.Passed && e.Severity == "error" {
					failures++
				}
			}
			if back.Tests != max(1, len(r.Expectations)) || back.Failures != failures || back.Errors != 0 {
				t.Errorf("%d tests, %d failures, %d errors", back.Tests, back.Failures, back.Errors)
			}
			told := 0
			for _, c := range back.Suites[0].Cases {
				if c.Failure != nil {
					told++
				}
			}
			if told != failures {
				t.Errorf("%d cases tell a failure, want %d", told, failures)
			}
		})
	}
}

func TestGitHub(t *testing.T) {
	command := regexp.MustCompile(`^::(error|warning|notice)( (file=[^,:]*(,line=\d+)?,)?title=[^,:]*)?::`)
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			r := s.make()
			text := string(written(t, "github", Build(r)))
			golden(t, s.name+".github.txt", []byte(text))
			for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
				if !command.MatchString(line) {
					t.Errorf("no command: %s", line)
				}
			}
			if failed := strings.Contains(text, "::error"); failed == r.Passed {
				t.Errorf("an error: %v, passed: %v", failed, r.Passed)
			}
		})
	}
}

func TestGitHubIsCutAtTen(t *testing.T) {
	r := hotKeySample()
	for range 30 {
		r.Expectations = append(r.Expectations, r.Expectations[0])
	}
	text := string(written(t, "github", Build(r)))
	if n := strings.Count(text, "::error "); n != mostAnnotations {
		t.Errorf("%d errors", n)
	}
	if !strings.Contains(text, "%0A… and 21 more of this kind") {
		t.Error("it does not say that there are more")
	}
}

func TestCSV(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			r := s.make()
			text := written(t, "csv", Build(r))
			if s.name == "partial" || s.name == "empty" { // the others are long and say no more
				golden(t, s.name+".csv", text)
			}
			rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != r.Series.Bins+1 || rows[0][0] != "time_s" {
				t.Fatalf("%d rows under %s for %d bins", len(rows)-1, rows[0][0], r.Series.Bins)
			}
			sums := map[string]int64{}
			for _, row := range rows[1:] {
				for i, cell := range row {
					if n, err := strconv.ParseInt(cell, 10, 64); err == nil {
						sums[rows[0][i]] += n
					}
				}
			}
			for head, want := range map[string]int64{
				"offered_records": total(r.Series.Stream.OfferedRecords), "incoming_bytes": total(r.Series.Stream.IncomingBytes),
				"write_provisioned_throughput_exceeded_records": total(r.Series.Stream.ThrottledRecords),
			} {
				if sums[head] != want {
					t.Errorf("%s adds up to %d, want %d", head, sums[head], want)
				}
			}
		})
	}
}

// TestJSON: what is written can be read, and what was read is written the same.
func TestJSON(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			r := s.make()
			text := written(t, "json", Build(r))
			if !utf8.Valid(text) || !bytes.HasSuffix(text, []byte("}\n")) || !bytes.HasPrefix(text, []byte("{\n  \"format\"")) {
				t.Errorf("odd shape: %.40q …", text)
			}
			if bytes.Contains(text, []byte(`\u003c`)) {
				t.Error("escaped as if for HTML")
			}
			back, err := ReadResult(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if again := written(t, "json", Build(back)); !bytes.Equal(text, again) {
				t.Error(cmp.Diff(string(text), string(again)))
			}
		})
	}
}

func TestReadResultRefuses(t *testing.T) {
	short := hotKeySample()
	short.Series.Consumers[1].IteratorAge = short.Series.Consumers[1].IteratorAge[:3]
	cut := written(t, "json", Build(hotKeySample()))
	ragged := hotKeySample()
	ragged.Heatmap.Utilization[3] = nil
	for name, test := range map[string]struct{ text, want string }{
		"nothing":      {"", "not a result: "},
		"no JSON":      {"{\n  \"format\": oops}", "not a result: line 2, column"},
		"no format":    {`{"passed": true}`, `it has no "format"; a result says "kinesim/run/v1"`},
		"other format": {`{"format": "kinesim/plan/v1"}`, `cannot read format "kinesim/plan/v1"; this version reads "kinesim/run/v1"`},
		"cut short":    {string(cut[:len(cut)/2]), "not a result: line "},
		"wrong kind":   {`{"format": "kinesim/run/v1", "seed": "x"}`, "damaged result: line 1, column"},
		"short series": {string(written(t, "json", &Document{Result: short})), "damaged result: series: iterator_age_max_ms has 3 values for 360 bins"},
		"ragged":       {string(written(t, "json", &Document{Result: ragged})), "damaged result: heatmap: row 3"},
	} {
		_, err := ReadResult(strings.NewReader(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want %q", name, err, test.want)
		}
	}
}

func TestWriteRefusesAnUnknownFormat(t *testing.T) {
	err := Write(&bytes.Buffer{}, "tap", Build(emptySample()))
	if err == nil || err.Error() != `no format "tap"; there are text, json, markdown, junit, github, csv, openmetrics, events` {
		t.Error(err)
	}
}

// TestErrorsOfTheWriterAreTold: a full disk must not look like success.
func TestErrorsOfTheWriterAreTold(t *testing.T) {
	d := Build(hotKeySample())
	for _, f := range Formats() {
		if err := f.Write(fullDisk{}, d); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if err := writePage(fullDisk{}, d); !errors.Is(err, errFull) {
		t.Errorf("page: %v", err)
	}
	if err := WriteOutcome(fullDisk{}, Outcome{Document: d}, false); !errors.Is(err, errFull) {
		t.Errorf("outcome: %v", err)
	}
}

var errFull = errors.New("no space left")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

// TestSameBytes: every format, twice and from several goroutines at once.
func TestSameBytes(t *testing.T) {
	for _, f := range append(Formats(), Format{Name: "page", Write: writePage}) {
		var want bytes.Buffer
		if err := f.Write(&want, Build(hotKeySample())); err != nil {
			t.Fatal(err)
		}
		d := Build(hotKeySample())
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				var got bytes.Buffer
				if err := f.Write(&got, d); err != nil {
					t.Error(err)
				}
				if !bytes.Equal(got.Bytes(), want.Bytes()) {
					t.Errorf("%s differs", f.Name)
				}
			})
		}
		group.Wait()
	}
}

// TestBuildLeavesTheResultAlone: others hold it as well.
func TestBuildLeavesTheResultAlone(t *testing.T) {
	r := hotKeySample()
	before, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	Build(r)
	after, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("Build changed it")
	}
}
