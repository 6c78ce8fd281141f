package scenarios

import (
	"bytes"
	"os"
	"sort"
	"strings"
	"testing"
	"time"

	"kinesim/sim"
	"kinesim/sim/des"
)

// TestLibrary wants every scenario of the library to be one that people can learn
// from: without problems, with a question, a comment, expectations, and quick.
func TestLibrary(t *testing.T) {
	entries := Library()
	if !sort.SliceIsSorted(entries, func(i, j int) bool { return entries[i].Name < entries[j].Name }) || len(entries) < 9 {
		t.Errorf("%d entries, not sorted or too few: %v", len(entries), entries)
	}
	for _, e := range entries {
		for _, p := range Check(e.Name, nil, Options{}) {
			if p.Severity != Warning || p.Code != codeRefused { // which a scenario may want to show
				t.Errorf("%v", p)
			}
		}
		config, err := Load(e.Name, nil, Options{})
		if err != nil {
			continue
		}
		text, _ := Source(e.Name)
		switch {
		case config.Name != e.Name || config.Description != e.Description:
			t.Errorf("%s has the name %q and the description %q", e.Name, config.Name, config.Description)
		case !strings.Contains(e.Description, "?"):
			t.Errorf("%s asks nothing: %q", e.Name, e.Description)
		case len(config.Expect) == 0:
			t.Errorf("%s expects nothing", e.Name)
		case !bytes.HasPrefix(text, []byte("# yaml-language-server: $schema=./kinesim.v1.schema.json\n")) || bytes.Count(text, []byte("\n#")) < 2:
			t.Errorf("%s lacks the line for editors or a comment", e.Name)
		}
		records := 0.0
		for _, p := range config.Producers {
			records += p.Rate.Expected(des.Time(config.Clock.Duration))
		}
		if records > 20e6 {
			t.Errorf("%s makes %.0f records; a second's worth is 20 million", e.Name, records)
		}
	}
	if _, ok := Source("../library/hot-key"); ok {
		t.Error("a path is taken for a name")
	}
}

// TestLibraryMeetsItsExpectations: each scenario of the library, as it is, ends as it says.
func TestLibraryMeetsItsExpectations(t *testing.T) {
	if testing.Short() {
		t.Skip("plays the library")
	}
	for _, e := range Library() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			config, err := Load(e.Name, nil, Options{})
			if err != nil {
				t.Fatal(err)
			}
			result, err := sim.Run(t.Context(), config, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, x := range result.Expectations {
				if !x.Passed && !config.Expect[i].Warn {
					t.Errorf("%s %s: measured %v, limit %v", x.Metric, x.Stat, orNothing(x.Measured), x.Limit)
				}
			}
		})
	}
}

// orNothing is a measure for a message.
func orNothing(x *float64) any {
	if x == nil {
		return "nothing"
	}
	return *x
}

func TestTemplate(t *testing.T) {
	if problems := Check("-", bytes.NewReader(Template()), Options{}); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
	config := loadText(t, string(Template()), Options{})
	if config.Clock.Duration > 10*time.Minute || len(config.Expect) == 0 {
		t.Errorf("%v and %d expectations", config.Clock.Duration, len(config.Expect))
	}
}

// TestFileOverLibrary wants a name to mean the library's scenario, and a
// path a file.
func TestFileOverLibrary(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("hot-key.yaml", []byte(smallest), 0o644); err != nil {
		t.Fatal(err)
	}
	for ref, file := range map[string]string{"hot-key": "library/hot-key.yaml", "hot-key.yaml": "hot-key.yaml", "./hot-key.yaml": "./hot-key.yaml"} {
		problems := Check(ref, nil, Options{Sets: []string{"stream.shards=1"}})
		config, err := Load(ref, nil, Options{})
		if err != nil || (len(config.Expect) > 0) != strings.HasPrefix(file, "library/") {
			t.Errorf("%s loads as %v, %v, %v", ref, config, err, problems)
		}
		for _, e := range config.Expect {
			if e.File != file {
				t.Errorf("%s: an expectation comes from %s", ref, e.File)
			}
		}
	}
}
