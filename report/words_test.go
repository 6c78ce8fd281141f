package report

import (
	"bytes"
	"strings"
	"testing"
)

// TestWordsOnThePage: what is given stands there once, folded and escaped; without words
// there is neither a section nor a link to it.
func TestWordsOnThePage(t *testing.T) {
	d := Build(steadySample())
	page := func() string {
		var b bytes.Buffer
		if err := writePage(&b, d); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if strings.Contains(page(), `"words"`) || strings.Contains(page(), "#words") {
		t.Error("a section without words")
	}
	d.Words = []Word{{Name: "shard", Text: "a < b", Facts: []string{"1 MiB & more"}, Not: "not <so>"}, {Name: "iterator_age", Text: "the age"}}
	got := page()
	for _, want := range []string{`href="#words"`, "<summary>shard, iterator_age</summary>", "a &lt; b", "1 MiB &amp; more", "not &lt;so&gt;"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q stands there %d times", want, strings.Count(got, want))
		}
	}
}

func TestWeeks(t *testing.T) {
	for n, want := range map[float64]string{1: "1 week", 0.5: "0.5 weeks", 4.44: "4.4 weeks"} {
		if got := weeks(n); got != want {
			t.Errorf("%g: %q, want %q", n, got, want)
		}
	}
}
