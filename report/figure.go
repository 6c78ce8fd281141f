package report

import (
	"fmt"
	"math"
)

// Figure is one picture with its words. Where there is nothing to show, Omitted
// says so and Chart is nil; one without a title is not part of the report.
type Figure struct {
	ID      string
	Title   string // what the picture shows, as a finding
	Caption string // how to read it
	Alt     string // the picture in words
	Chart   *Chart
	Table   Table // the same data, thinned
	Omitted string
	Lens    *Lens  // the same as CloudWatch would show it; nil where it does not differ or shows nothing
	Unseen  string // why CloudWatch shows nothing of it
	More    bool   // for those who want to know more
}

// drawing is one row of the table of figures.
type drawing struct {
	id   string
	draw func(*builder) Figure
	more bool // a page shows it only to those who ask for more
}

// figures are the figures of a report in the order in which someone on call looks at
// them: what happened, who is behind, what was written and refused, where, when it will
// be over, and what the stream was made of; then the finer points.
var figures = []drawing{
	{"timeline", (*builder).timeline, false},
	{"alarms", (*builder).alarms, false},
	{"iterator-age", (*builder).iteratorAge, false},
	{"writes-records", (*builder).writesRecords, false},
	{"writes-bytes", (*builder).writesBytes, false},
	{"shard-heatmap", (*builder).shardHeatmap, false},
	{"refused", (*builder).refusedRecords, false},
	{"refused-reads", (*builder).refusedReads, false},
	{"backlog", (*builder).backlogs, false},
	{"retention-age", (*builder).retentionAge, false},
	{"capacity", (*builder).capacity, false},
	{"lineage", (*builder).lineage, false},
	{"comparison", (*builder).comparison, false},
	{"comparison-shards", (*builder).comparisonShards, false},
	{"leases", (*builder).leases, true},
	{"delay-over-time", (*builder).delayOverTime, true},
	{"end-to-end", (*builder).endToEndOverTime, true},
	{"delay-curve", (*builder).delayCurve, true},
	{"keys", (*builder).busiestKeys, true},
	{"shard-load", (*builder).shardLoad, true},
	{"put-latency", (*builder).putLatency, true},
	{"waiting", (*builder).waitingRecords, true},
	{"concurrency", (*builder).concurrency, true},
	{"duplicates", (*builder).duplicates, true},
	{"cloudwatch", (*builder).cloudWatch, true},
}

// figures are those that say something of the run, be it why there is nothing to see.
func (b *builder) figures() []Figure {
	var list []Figure
	for _, d := range figures {
		f := d.draw(b)
		if c := f.Chart; c != nil && c.X.Time && c.Heat == nil && c.Boxes == nil {
			c.Bands = b.bands()
		}
		if f.ID, f.More = d.id, d.more; f.Title != "" {
			b.addLens(&f)
			list = append(list, f)
		}
	}
	return list
}

// omitted is a figure with a sentence in place of its picture.
func omitted(title, why string) Figure { return Figure{Title: title, Omitted: why} }

// tableRows is how many rows the data table of a figure has at most.
const tableRows = 60

// binTable lists a figure's values by time, thinned to tableRows rows: each
// stands for several bins and holds what fold makes of them.
func (b *builder) binTable(caption string, names []string, bins int, cell func(column, from, to int) string) Table {
	t := Table{Caption: caption, Columns: columns("time")}
	for _, n := range names {
		t.Columns = append(t.Columns, Column{n, true})
	}
	each := max(1, (bins+tableRows-1)/tableRows)
	if each > 1 {
		t.Caption += fmt.Sprintf("; each row covers %s", duration(float64(each)*b.r.Series.StepS*1e3))
	}
	for from := 0; from < bins; from += each {
		to := min(from+each, bins)
		row := []string{instant(float64(from)*b.r.Series.StepS, true)}
		for c := range names {
			row = append(row, cell(c, from, to))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// middle is where a bin stands on the axis of time.
func (b *builder) middle(bin int) float64 {
	return float64(bin)*b.r.Series.StepS + b.binSpan(bin)/2
}

// binName is the length of a bin in words: "second", "36s".
func (b *builder) binName() string {
	if b.r.Series.StepS == 1 {
		return "second"
	}
	return duration(b.r.Series.StepS * 1e3)
}

// binAt says when a value was measured: from the start of its bin, as
// expectations count, though it is drawn in the middle.
func (b *builder) binAt(middle float64) string {
	step := max(b.r.Series.StepS, 1e-9)
	return b.moments.at(math.Floor(middle/step) * step)
}
