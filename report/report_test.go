package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"kinesim/sim"
)

var update = flag.Bool("update", false, "write what is there into the golden files; look at the difference before you commit it")

// samples are the results that every format is tried with.
var samples = []struct {
	name string
	make func() *sim.Result
}{
	{"hot-key", hotKeySample},
	{"steady", steadySample},
	{"partial", partialSample},
	{"empty", emptySample},
	{"replicated", replicatedSample},
	{"hostile", hostileSample},
	{"changing", changingSample},
}

// golden compares with a file in testdata. On a difference what came out is left
// beside it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; make it with -update", err)
	}
	if bytes.Equal(got, want) {
		return
	}
	kept := filepath.Join(t.ArtifactDir(), name)
	if err := os.WriteFile(kept, got, 0o666); err != nil {
		t.Error(err)
	}
	t.Errorf("%s differs (-want +got), see %s:\n%s", path, kept, cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")))
}

// written is what a format makes of a document.
func written(t *testing.T, format string, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestText(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			d := Build(s.make())
			text := written(t, "text", d)
			golden(t, s.name+".txt", text)
			lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
			if len(lines) > textLines {
				t.Errorf("%d lines, at most %d are a screen", len(lines), textLines)
			}
			for _, l := range lines {
				if n := utf8.RuneCountInString(l); n > textWidth && !strings.HasPrefix(l, "reproduce") {
					t.Errorf("%d characters in a line: %s", n, l)
				}
				if strings.ContainsRune(l, '\x1b') {
					t.Errorf("an escape in plain text: %q", l)
				}
			}
			v := d.Verdict.State
			if !strings.HasPrefix(lines[0], v.Symbol()+" "+v.Word()+"  ") {
				t.Errorf("the verdict does not come first: %s", lines[0])
			}
		})
	}
}

// TestTextIsCutWorstFirst: however much there is to say, a screen is enough, and
// what failed is on it.
func TestTextIsCutWorstFirst(t *testing.T) {
	r := hotKeySample()
	met := r.Expectations[1]
	for range 60 {
		r.Expectations = append([]sim.ExpectationResult{met}, r.Expectations...)
		r.Causes = append(r.Causes, r.Causes[2])
		r.Consumers = append(r.Consumers, r.Consumers[0])
		r.Warnings = append(r.Warnings, strings.Repeat("doubt ", 60))
	}
	text := string(written(t, "text", Build(r)))
	if n := strings.Count(text, "\n"); n > textLines {
		t.Errorf("%d lines", n)
	}
	for _, want := range []string{"✗ put_throttled_ratio", "… and ", "hot key merchant-7", "reproduce", "! "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestColor: colour adds escapes and nothing else.
func TestColor(t *testing.T) {
	var b bytes.Buffer
	d := Build(hotKeySample())
	if err := WriteText(&b, d, true); err != nil {
		t.Fatal(err)
	}
	plain := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(b.String(), "")
	if plain == b.String() {
		t.Error("no colour")
	}
	if diff := cmp.Diff(string(written(t, "text", d)), plain); diff != "" {
		t.Error(diff)
	}
}

// TestVerdict reads the sentences that people read first.
func TestVerdict(t *testing.T) {
	for _, test := range []struct {
		sample func() *sim.Result
		want   string
	}{
		{hotKeySample, "1.4 % of write attempts"},
		{hotKeySample, "between 2h02m and 2h27m; 97.8 % of them on shard shardId-000000000005, because key merchant-7 alone asked for 1,480 records/s and one shard takes 1,000 records/s"},
		{hotKeySample, "1 expectation of severity warn missed"},
		{steadySample, "8 shards hold 3,030 records/s on average; the busiest second of any shard used 81 % of its limit."},
		{partialSample, "stopped at 2h13m of 6h: "},
		{replicatedSample, "put_throttled_ratio was below 0.5 % in 18 of 20 runs, where it should be in 95 % of them."},
		{emptySample, "no records were offered to 1 shard"},
		{allowedSample("below", 0.5), "one shard takes 1,000 records/s. The expectations allow it."},
		{allowedSample("above", 0.01), "as expected, 1.4 % of write attempts were refused between"},
	} {
		if got := Build(test.sample()).Verdict.Sentence; !strings.Contains(got, test.want) {
			t.Errorf("no %q in %q", test.want, got)
		}
	}
}

// allowedSample is a run that refused writes and met what was expected of it.
func allowedSample(op string, limit float64) func() *sim.Result {
	return func() *sim.Result {
		r := hotKeySample()
		r.Passed = true
		r.Expectations = []sim.ExpectationResult{{
			Metric: "put_throttled_ratio", Unit: "ratio", Op: op, Limit: limit, Measured: ptr(0.014), Passed: true, Severity: "error",
		}}
		return r
	}
}
