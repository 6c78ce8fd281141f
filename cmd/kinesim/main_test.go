package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kinesim": main})
}

// TestScripts plays the command lines of testdata/script: each file is the manual
// of a command, and what it shows must be so.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true})
}

// tiny is a scenario that runs in no time.
const tiny = `kinesim: v1
name: tiny
clock: {duration: 10s}
stream: {shards: 2}
producers: [{name: app, rate: 100/s}]
consumers: [{name: reader, classic: {interval: 1s}}]
`

// call runs the program in this process.
func call(ctx context.Context, in string, arguments ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(ctx, arguments, strings.NewReader(in), &o, &e)
	return code, o.String(), e.String()
}

// TestInterrupted: a run that is stopped says how far it came, marks its result as
// partial, still adds up, and exits with 130.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := filepath.Join(t.TempDir(), "out")
	code, out, _ := call(ctx, tiny, "run", "-", "-o", "json", "-d", dir)
	if code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	for _, want := range []string{`"partial": true`, `"holds": true`} {
		if !strings.Contains(out, want) {
			t.Errorf("the result does not hold %s", want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "report.html")); err != nil {
		t.Errorf("no partial report: %v", err)
	}
}

// failing is a writer on which nothing can be written.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, os.ErrClosed }

// TestOutputCannotBeWritten: whatever keeps output from being written is exit 1.
func TestOutputCannotBeWritten(t *testing.T) {
	var errs bytes.Buffer
	if code := run(t.Context(), []string{"run", "-"}, strings.NewReader(tiny), failing{}, &errs); code != 1 {
		t.Errorf("closed standard output: exit %d, want 1 (%s)", code, &errs)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := call(t.Context(), tiny, "run", "-", "-d", filepath.Join(file, "out")); code != 1 || !strings.Contains(errs, file) {
		t.Errorf("folder below a file: exit %d, want 1, and %q should name %s", code, errs, file)
	}
}

// TestSuiteStopsWhenNobodyReads: a suite whose first line cannot be written does not play the
// rest, which here would take very long.
func TestSuiteStopsWhenNobodyReads(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.yaml": tiny, "b.yaml": strings.Replace(tiny, "10s", "365d", 1)} {
		write(t, filepath.Join(dir, name), text)
	}
	var errs bytes.Buffer
	if code := run(t.Context(), []string{"test", dir, "-j", "2"}, strings.NewReader(""), failing{}, &errs); code != 1 {
		t.Errorf("exit %d, want 1 (%s)", code, &errs)
	}
}

// TestSameBytes: the same scenario and seed give the same bytes, whatever the
// number of workers; another seed gives others.
func TestSameBytes(t *testing.T) {
	_, one, _ := call(t.Context(), tiny, "run", "-", "-o", "json", "--runs", "4", "-j", "1")
	_, four, _ := call(t.Context(), tiny, "run", "-", "-o", "json", "--runs", "4", "-j", "4")
	if one == "" || one != four {
		t.Error("1 and 4 workers give different bytes")
	}
	if _, other, _ := call(t.Context(), tiny, "run", "-", "-o", "json", "--runs", "4", "--seed", "7"); other == one {
		t.Error("another seed gives the same bytes")
	}
}
