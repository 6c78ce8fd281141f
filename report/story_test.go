package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kinesim/sim"
)

// storySample is a run with the story of a record.
func storySample() *sim.Result {
	r := hotKeySample()
	step := func(at float64, text string) sim.StoryStep {
		return sim.StoryStep{AtS: at, Step: "sent", Who: "producer checkout", Text: text}
	}
	r.Story = &sim.Story{
		Asked: "customer-1#3", Key: "customer-1", Record: 3, Producer: "checkout", Client: 7, Bytes: 912,
		Steps: []sim.StoryStep{
			step(4.21, "arose at client 7 of checkout"),
			step(64.4104, "sent in a call of 83 records (waited 200ms for company)"),
			step(7384.4816, "stored in shardId-000000000005, sequence number 281474976710661 (2h3m after it arose), and so on and so forth, wider than a terminal is"),
		},
	}
	return r
}

const storyText = `
The story of record 3 of customer-1 (produced by checkout, 912 B with its key)
        4.210s  arose at client 7 of checkout
     1m04.410s  sent in a call of 83 records (waited 200ms for company)
  2h03m04.482s  stored in shardId-000000000005, sequence number 281474976710661 (2h3m after it arose), and so on and so
                forth, wider than a terminal is
`

// TestStory: a story stands below the summary, and beside the causes in the page and
// in Markdown; what belongs to machines alone does not change.
func TestStory(t *testing.T) {
	d, plain := Build(storySample()), Build(hotKeySample())
	if text, rest := string(written(t, "text", d)), string(written(t, "text", plain)); text != rest+storyText {
		t.Error(cmp.Diff(rest+storyText, text))
	}
	for _, want := range []string{"<details><summary>The story of record 3 of customer-1 (produced by checkout, 912 B with its key)</summary>", "| 1m04.410s | sent in a call of 83 records"} {
		if text := string(written(t, "markdown", d)); !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	var page bytes.Buffer
	if err := writePage(&page, d); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<h2 id="story">The story of record 3 of customer-1 (`, `<th scope="row">1m04.410s</th><td>sent in a call`} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("no %q in the page", want)
		}
	}
	for _, format := range []string{"csv", "junit", "github"} {
		if !bytes.Equal(written(t, format, d), written(t, format, plain)) {
			t.Errorf("%s tells a story", format)
		}
	}
	back, err := ReadResult(bytes.NewReader(written(t, "json", d)))
	if err != nil || !bytes.Equal(written(t, "text", Build(back)), written(t, "text", d)) {
		t.Errorf("read back, it is another story: %v", err)
	}
}

func TestStoryTitles(t *testing.T) {
	for want, s := range map[string]*sim.Story{
		"The story of record 1,000 of all (key a b, produced by p, 1 KiB with its key)": {Asked: "#1000", Key: "a b", Record: 1000, Producer: "p", Bytes: 1024},
		"The story of record 1 of all (produced by p, 10 B with its key)":               {Asked: "#1", Record: 1, Producer: "p", Bytes: 10},
		"The story of k#7": {Asked: "k#7", Note: "there is no record 7 of k, as only 2 records of it arose"},
	} {
		r := emptySample()
		r.Story = s
		if got := Build(r).Story; got.Title != want || got.Note != s.Note {
			t.Errorf("%s: %s", got.Title, got.Note)
		}
	}
	r := replicatedSample()
	r.Story = storySample().Story
	if got := Build(r).Story.Title; !strings.HasSuffix(got, ", in run 1 of 20") {
		t.Error(got)
	}
}

// TestStoryIsHarmless: names in a story break no format, and its length none either.
func TestStoryIsHarmless(t *testing.T) {
	r := storySample()
	bad := hostileSample().Scenario.Name
	r.Story.Key, r.Story.Producer = bad, bad
	for range 10_000 {
		r.Story.Steps = append(r.Story.Steps, sim.StoryStep{AtS: -1e300, Text: bad})
	}
	text := string(written(t, "text", Build(r)))
	if n := strings.Count(text, "\n"); strings.ContainsRune(text, '\x1b') || n > 1000 {
		t.Errorf("an escape, or %d lines", n)
	}
	markdown := string(written(t, "markdown", Build(r)))
	if strings.Contains(markdown, "<script") || len(markdown) > 64<<10 {
		t.Errorf("a script, or %d bytes", len(markdown))
	}
}
