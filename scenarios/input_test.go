package scenarios

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// plain is a good scenario, to be spoilt in one place.
const plain = `kinesim: v1
name: x
clock: {duration: 10s}
stream:
  shards: 2
producers:
  - name: p
    rate: 10/s
    size: 1KiB
    keys: {zipf: {s: 1.1, count: 10}}
consumers:
  - name: c
    classic: {interval: 1s}
`

// TestOneSpoiltPlace wants the place and the words that matter, whatever the rest
// of a message says.
func TestOneSpoiltPlace(t *testing.T) {
	loadText(t, plain, Options{})
	for _, c := range []struct {
		good, bad string
		words     []string
	}{
		{"shards: 2", "shard: 2", []string{":5:3:", "did you mean shards?"}},
		{"shards: 2", "shards: 0", []string{":5:11:", "1 to 10,000"}},
		{"shards: 2", "shards: -3", []string{":5:11:"}},
		{"shards: 2", "shards: two", []string{":5:11:"}},
		{"rate: 10/s", "rate: 10", []string{":8:11:", "10 has no unit", "write 10/s"}},
		{"rate: 10/s", "rate: -5/s", []string{":8:11:", "negative"}},
		{"rate: 10/s", "rate: .nan", []string{":8:11:"}},
		{"rate: 10/s", "rate: 1e400/s", []string{":8:11:"}},
		{"size: 1KiB", "size: 1KiB\n    arrivals: regular\n    sessions: {records: 3, gap: 1s}", []string{":11:15:", "do not go with regular arrivals"}},
		{"size: 1KiB", "size: 1KiB\n    sessions: {records: 0.5, gap: 1s}", []string{":10:25:", "1 to 1,000,000"}},
		{"size: 1KiB", "size: 1000", []string{":9:11:", "write 1000B"}},
		{"size: 1KiB", "size: 11MiB", []string{":9:11:", "0B to 10MiB"}},
		{"zipf: {s: 1.1, count: 10}", "zipff: {s: 1.1, count: 10}", []string{":10:12:", "did you mean zipf?"}},
		{"s: 1.1, count", "skew: 1.1, count", []string{":10:19:", "s, count, prefix"}},
		{"count: 10}", "count: 0}", []string{":10:34:"}},
		{"count: 10}", "count: 10}, uniform: {count: 3}", []string{":10:39:", "both zipf and uniform"}},
		{"classic: {interval: 1s}", "classic: {interval: 1}", []string{":13:25:", "write 1s"}},
		{"classic: {interval: 1s}", "clasic: {interval: 1s}", []string{":13:5:", "did you mean classic?"}},
		{"kinesim: v1", "kinesim: v9", []string{":1:10:", "v1"}},
		{"duration: 10s", "duration: 10", []string{":3:19:", "write 10s"}},
		{"name: c\n", "name: c\n    name: d\n", []string{":13:5:", "a second time"}},
		{"producers:", "producers: []\nold:", []string{":6:1:", ":7:1:"}},
		{"clock: {duration: 10s}", "clock: {duration: 10s", []string{":3:8:", "not YAML: this bracket is never closed"}},
		{"keys: {zipf: {s: 1.1, count: 10}}", "keys: {zipf: {s: 1.1, count: 10}", []string{":10:11:", "never closed"}},
		{"name: x", "name: x # [ it is no bracket\ndescription: 'nor ['\n\tbad: tab", []string{":4:1:", "no tabs"}},
		{"name: x", "name: x\n\tbad: tab", []string{":3:1:", "no tabs"}},
		{"stream:\n  shards: 2", "stream: &a {shards: 2, b: *a}", []string{":4:27:", "contains itself"}},
	} {
		text := strings.Replace(plain, c.good, c.bad, 1)
		if text == plain {
			t.Fatalf("nothing is spoilt by %q", c.bad)
		}
		problems := Check("-", strings.NewReader(text), Options{})
		if !problems.Errors() {
			t.Errorf("%q is taken", c.bad)
		}
		for _, word := range c.words {
			if !strings.Contains(problems.Error(), word) {
				t.Errorf("%q: %q is not in\n%v", c.bad, word, problems)
			}
		}
	}
}

// TestJunk wants that whatever is thrown at it is refused, and soon.
func TestJunk(t *testing.T) {
	began := time.Now()
	for name, text := range map[string]string{
		"nothing": "", "binary": "\x00\xff\xfe", "a list": "- a\n- b\n", "inline mappings": strings.Repeat("a: ", 20000),
		"brackets": strings.Repeat("[", 20000), "braces": strings.Repeat("{a: ", 9000), "an empty mapping": "{}",
		"closed brackets": strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "indents": indents(900),
		"a document mark": "---\n", "an end": "...\n", "null": "null\n", "UTF-16": "k\x00i\x00n\x00",
		"dashes": strings.Repeat("- ", 20000), "question marks": strings.Repeat("? ", 5000),
	} {
		problems := Check("-", strings.NewReader(text), Options{})
		if !problems.Errors() {
			t.Errorf("%s is taken", name)
		}
		if len(problems.Error()) > 4000 {
			t.Errorf("%s makes a message of %d bytes", name, len(problems.Error()))
		}
	}
	if took := time.Since(began); took > time.Minute { // a bound against hanging, not a measurement
		t.Errorf("it took %v", took)
	}
}

// TestManyProblems wants a flood of problems to be cut, and the rest counted.
func TestManyProblems(t *testing.T) {
	problems := Check("-", strings.NewReader(plain+"expect:\n"+strings.Repeat("  - {metric: iterator_age}\n", 1000)), Options{})
	if len(problems) != most+1 || problems[most].String() != "<stdin>: 800 further problems" {
		t.Errorf("%d problems, at last %v", len(problems), problems[len(problems)-1])
	}
}

func indents(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestFilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	huge := filepath.Join(dir, "huge.yaml")
	if err := os.WriteFile(huge, append([]byte(plain), bytes.Repeat([]byte("# padding\n"), 1<<17)...), 0o644); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{
		dir: "it is a folder; 'kinesim test' takes folders", filepath.Join(dir, "none.yaml"): "no such file",
		huge: "a scenario has at most 1048576", "no-such-scenario": "no scenario of the library has that name", "": "no such file",
		"hot-keys": "did you mean hot-key?", filepath.Join(huge, "below.yaml"): "cannot be read",
	} {
		problems := Check(ref, nil, Options{})
		if len(problems) != 1 || problems[0].Severity != Error || problems[0].File != ref || !strings.Contains(problems.Error(), want) {
			t.Errorf("%q gives %v, want %q", ref, problems, want)
		}
	}
	long := strings.NewReader(plain + strings.Repeat("# padding\n", 1<<17))
	if problems := Check("-", long, Options{}); len(problems) != 1 || !strings.Contains(problems[0].Message, "longer than 1048576 bytes") {
		t.Errorf("a long standard input gives %v", problems)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.yaml", "a/c.yaml", "a/d.yml", "a/e.txt", ".git/f.yaml", "a/.hidden.yaml"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Find(dir)
	if want := filepath.Join(dir, "a/c.yaml") + " " + filepath.Join(dir, "b.yaml"); err != nil || strings.Join(got, " ") != want {
		t.Errorf("found %v, %v; want %s", got, err, want)
	}
	if _, err := Find(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there is searched")
	}
}
