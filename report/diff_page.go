package report

import (
	"io"
	"os"
	"strings"

	"kinesim/sim"
)

// DiffPage is a comparison with the report of its head, in whose figures the base is a
// ghost.
type DiffPage struct {
	*DiffDocument
	BaseVerdict Verdict
	HeadVerdict Verdict
	Table       Table // what changed
	Noisy       Table // what cannot be told from noise
	Judged      Table // what became of the rules
}

// BuildDiffPage makes the report of a comparison; base and head are the first runs of
// its sides.
func BuildDiffPage(diff *DiffDocument, base, head *sim.Result) *Document {
	ghost, d := Build(base), Build(head)
	page := &DiffPage{DiffDocument: diff, BaseVerdict: ghost.Verdict, HeadVerdict: d.Verdict}
	page.Table, page.Noisy = diffRows(diff.Changes), diffRows(diff.Noise)
	page.Table.Columns[0].Name, page.Noisy.Columns[0].Name = "verdict", "verdict"
	page.Table.Caption = "What can be told from noise, the worst first"
	page.Noisy.Caption = plural(int64(len(diff.Noise)), "measure") + " that cannot be told from noise"
	page.Judged = diff.rulesTable()
	page.Judged.Caption = "Rules and expectations"
	for _, t := range diff.Turned {
		page.Judged.Rows = append(page.Judged.Rows, []string{t.State.Symbol() + " " + strings.ToLower(t.State.Word()), "expectations", t.Text})
	}
	d.Diff, d.Name, d.Setting, d.Description = page, diff.Name, diff.Setting, ""
	d.Verdict.State, d.Verdict.Sentence = diff.State, diff.Sentence
	d.Warnings = append(append([]string{}, diff.Warnings...), d.Warnings...)
	d.Reproduce = diff.Reproduce
	d.compareHeadlines(ghost)
	d.haunt(ghost)
	return d
}

// compareHeadlines says what the five numbers were in the base.
func (d *Document) compareHeadlines(base *Document) {
	was := map[string]string{}
	for _, f := range base.Headlines {
		was[f.Label] = f.Value
	}
	for i := range d.Headlines {
		f := &d.Headlines[i]
		switch before, ok := was[f.Label]; {
		case !ok:
			f.Note = "not in base"
		case before == f.Value:
			f.Note = "as in base"
		default:
			f.Note = "base: " + before
		}
	}
}

// haunt draws the lines of the base into the figures that both have.
func (d *Document) haunt(base *Document) {
	charts := map[string]*Chart{}
	for _, f := range base.Figures {
		if f.Chart != nil {
			charts[f.ID] = f.Chart
		}
	}
	for i := range d.Figures {
		f := &d.Figures[i]
		was := charts[f.ID]
		if f.Chart == nil || was == nil || f.Chart.Heat != nil || f.Chart.Boxes != nil || f.Chart.Bars != nil {
			continue
		}
		if n := f.Chart.haunt(was); n > 0 {
			f.Caption += " The dotted grey lines are the base."
			f.Alt += " Dotted grey lines show the base."
		}
	}
}

// haunt adds the lines of another chart of the same kind as ghosts, and says how many.
func (c *Chart) haunt(base *Chart) (n int) {
	drawn := map[string]bool{}
	for _, s := range c.Series {
		drawn[seriesName(s.Name)] = true
	}
	for _, s := range base.Series {
		if s.Loose || len(s.Points) < 2 || !drawn[seriesName(s.Name)] {
			continue
		}
		g := Series{Name: "base · " + s.Name, Ghost: true, Hue: hueInk, Dash: 2, Period: s.Period, Bridge: s.Bridge}
		for _, p := range s.Points {
			if p.X <= c.X.Max || !c.X.Time {
				g.Points = append(g.Points, p)
			}
		}
		if len(g.Points) >= 2 {
			c.Series, n = append(c.Series, g), n+1
		}
	}
	if low := min(c.Y.Min, base.Y.Min); n > 0 && c.Y.Log == base.Y.Log {
		if top(c.Series, nil) > c.Y.Max { // only a ghost can reach above the axis of its host
			c.Y = base.Y
		}
		if c.Y.Log {
			c.Y.Min = low
		}
	}
	return n
}

// seriesName is the name of a series without what a legend adds to it.
func seriesName(name string) string {
	name, _, _ = strings.Cut(name, ": up to ")
	return name
}

// WriteDiffDir writes a comparison into a folder: the page, and the data and the words of
// it.
func WriteDiffDir(dir string, page *Document) ([]string, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	format := func(name string) func(io.Writer) error {
		return func(w io.Writer) error { return WriteDiff(w, name, page.Diff.DiffDocument, false) }
	}
	return writeFiles(dir, []job{
		{"report.html", func(w io.Writer) error { return writePage(w, page) }}, {"diff.json", format("json")}, {"diff.md", format("markdown")},
	})
}
