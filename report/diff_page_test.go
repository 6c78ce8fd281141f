package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"kinesim/sim"
)

// comparedSample is a comparison of two runs of one scenario, of which the head took more.
func comparedSample(t *testing.T) *Document {
	t.Helper()
	base, head := hotKeySample(), hotKeySample()
	head.Cost.PerMonth *= 2
	for i := range head.Series.Stream.OfferedRecords {
		head.Series.Stream.OfferedRecords[i] /= 3
		head.Series.Stream.IncomingRecords[i] /= 3
	}
	groups := make([]*sim.Group, 2)
	for i, r := range []*sim.Result{base, head} {
		g, err := sim.Pool([]string{"main", "branch"}[i], []*sim.Result{r})
		if err != nil {
			t.Fatal(err)
		}
		groups[i] = g
	}
	d, err := sim.NewDiff(groups[0], groups[1], nil, false)
	if err != nil {
		t.Fatal(err)
	}
	return BuildDiffPage(BuildDiff(d), groups[0].First(), groups[1].First())
}

// ghostsOf are the lines of the base in a figure.
func ghostsOf(d *Document, id string) (ghosts, own []Series) {
	for _, f := range d.Figures {
		if f.ID != id || f.Chart == nil {
			continue
		}
		for _, s := range f.Chart.Series {
			if s.Ghost {
				ghosts = append(ghosts, s)
			} else if !s.Loose {
				own = append(own, s)
			}
		}
	}
	return ghosts, own
}

// TestGhosts: the base's lines are as they are in the base's own report, and the axis
// holds both.
func TestGhosts(t *testing.T) {
	d, base := comparedSample(t), Build(hotKeySample())
	for _, id := range []string{"writes-records", "iterator-age", "backlog"} {
		ghosts, own := ghostsOf(d, id)
		_, was := ghostsOf(base, id)
		if len(ghosts) == 0 || len(ghosts) > len(own) {
			t.Errorf("%s: %d ghosts beside %d lines", id, len(ghosts), len(own))
			continue
		}
		for _, g := range ghosts {
			i := slices.IndexFunc(was, func(s Series) bool { return "base · "+s.Name == g.Name })
			if i < 0 || fmt.Sprint(was[i].Points) != fmt.Sprint(g.Points) {
				t.Errorf("%s: the ghost %q is not the line of the base", id, g.Name)
			}
		}
	}
	for _, f := range d.Figures {
		if f.Chart == nil {
			continue
		}
		for _, s := range f.Chart.Series {
			if high := top([]Series{s}, nil); s.Ghost && high > f.Chart.Y.Max*1.001 {
				t.Errorf("%s: the ghost reaches %v on an axis to %v", f.ID, high, f.Chart.Y.Max)
			}
		}
	}
	if same := BuildDiffPage(BuildDiff(d.Diff.DiffDocument.Diff), hotKeySample(), hotKeySample()); same.Headlines[0].Note != "as in base" {
		t.Errorf("equal headlines: %+v", same.Headlines[0])
	}
	if f := d.Headlines[4]; !strings.HasPrefix(f.Note, "base: ") {
		t.Errorf("the cost doubled, and its headline says %+v", f)
	}
}

// TestDiffDir: the folder has the page and the data, and the page says what the text says.
func TestDiffDir(t *testing.T) {
	dir := t.TempDir()
	d := comparedSample(t)
	written, err := WriteDiffDir(dir, d)
	if err != nil || len(written) != 3 {
		t.Fatal(written, err)
	}
	html, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<title>" + d.Diff.Word + " ", "What changed", "cost_per_month", ">base</text>", "base · "} {
		if !bytes.Contains(html, []byte(want)) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if len(html) > 1<<20 {
		t.Errorf("the page has %d bytes", len(html))
	}
}

// TestDiffPageInBrowser: no error, no request, readable by everyone in every look.
func TestDiffPageInBrowser(t *testing.T) {
	b := browser(t)
	for name, setting := range map[string]step{"light": chromedp.EmulateViewport(1100, 900), "dark": dark(), "narrow": narrow(), "print": paper()} {
		t.Run(name, func(t *testing.T) {
			d := comparedSample(t)
			d.Words = []Word{{Name: "shard", Text: "the unit"}}
			v := openDocument(t, b, d, setting)
			v.run(`document.querySelectorAll("details").forEach(d => d.open = true)`)
			if wide := ask[int](v, `document.documentElement.scrollWidth - window.innerWidth`); wide > 0 {
				t.Errorf("%d pixels wider than the screen", wide)
			}
			v.picture("diff-" + name)
			v.accessible()
			v.quiet()
		})
	}
}

// pictures names a folder for pictures of pages, for whoever wants to look at them.
const pictures = "KINESIM_PICTURES"

// picture keeps the whole page as it looks now.
func (v *visit) picture(name string) {
	v.Helper()
	dir := os.Getenv(pictures)
	if dir == "" {
		return
	}
	shot, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), shot, 0o600)
	}
	if err != nil {
		v.Fatal(err)
	}
}
