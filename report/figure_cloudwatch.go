package report

import (
	"fmt"
	"math"
	"strings"
)

// cloudWatch shows the run as CloudWatch does, by the minute and over the whole
// stream, against what the busiest shard was asked for in a second.
func (b *builder) cloudWatch() Figure {
	w := b.r.CloudWatch
	if w == nil || len(w.Hidden.StreamUse) == 0 {
		return omitted("As CloudWatch shows it", "The run is too short for a data point.")
	}
	c := &Chart{X: b.moments.timeAxis()}
	c.Series = []Series{
		{Name: "busiest second of the busiest shard", Points: b.steps(w.Hidden.BusiestShard), Period: w.PeriodS, Hue: hueRefused, Marker: true},
		{Name: "CloudWatch: use of the whole stream", Points: b.steps(w.Hidden.StreamUse), Period: w.PeriodS, Hue: hueOffered, Dash: 1},
	}
	const bound = 5 // retries ask for any multiple, which would press the rest onto the axis
	c.Rules = []Rule{{Name: "what a shard, or the stream, takes", Value: 1, Hue: hueLimit, Dash: 2}}
	c.Y = linearAxis("share of the limit", min(bound, top(c.Series, c.Rules)), niceStep(min(bound, top(c.Series, c.Rules))/5), percent)
	c.Y.Unit = unitShare
	for i := range c.Series {
		c.Series[i].tellBeyond(&c.Y, percent)
	}
	f := Figure{Chart: c, Title: b.cloudWatchTitle()}
	f.Caption = fmt.Sprintf("CloudWatch adds up %s over all shards, and shows a period %s after its end (assumed). The other line is what it does not show: attempts, refused ones included.",
		periodName(w.PeriodS), duration(w.DelayS*1e3))
	f.Alt = "Two stepped lines over time. " + f.Title + "."
	f.Table = b.cloudWatchTable()
	return f
}

// periodName is the length of CloudWatch's periods in words.
func periodName(seconds float64) string {
	if seconds == 60 {
		return "each minute"
	}
	return "each " + duration(seconds*1e3)
}

// steps are the values of CloudWatch's periods as a stepped line.
func (b *builder) steps(values []float64) []Point {
	var points []Point
	period := b.r.CloudWatch.PeriodS
	for i, v := range values {
		from := float64(i) * period
		points = append(points, Point{from, v}, Point{min(from+period, b.r.EndedAtS), v})
	}
	return points
}

// cloudWatchTitle says what CloudWatch would have shown of refused writes.
func (b *builder) cloudWatchTitle() string {
	h := b.r.CloudWatch.Hidden
	use, worst := 0.0, 0
	for i := range h.StreamUse {
		use = max(use, h.StreamUse[i])
		if h.BusiestShard[i] > h.BusiestShard[worst] {
			worst = i
		}
	}
	title := fmt.Sprintf("CloudWatch shows at most %s use in any %s", percent(use), strings.TrimPrefix(periodName(b.r.CloudWatch.PeriodS), "each "))
	if asked := h.BusiestShard[worst]; asked > 1 && asked > 1.2*use {
		title += fmt.Sprintf("; %s was asked for %s of its limit in one second", "shard "+shardNumber(h.Shard[worst]), percent(asked))
	}
	return title
}

// firstSeen is when an operator could have seen the first refusal, and how long
// after it; ok is false without one.
func (b *builder) firstSeen() (seen, late float64, ok bool) {
	w := b.r.CloudWatch
	if w == nil {
		return 0, 0, false
	}
	for i, n := range w.Hidden.WorstSecond {
		if n == 0 {
			continue
		}
		began := float64(i) * w.PeriodS
		for bin, refused := range b.r.Series.Stream.ThrottledRecords {
			if at := float64(bin) * b.r.Series.StepS; refused > 0 && at >= began {
				began = at
				break
			}
		}
		seen = math.Ceil((began+1e-9)/w.PeriodS)*w.PeriodS + w.DelayS
		return seen, seen - began, true
	}
	return 0, 0, false
}

// unseen tells in a sentence what CloudWatch would not have shown of refusals;
// empty where it shows them as they are.
func (b *builder) unseen() string {
	seen, late, ok := b.firstSeen()
	if !ok || b.refused == 0 {
		return ""
	}
	return strings.TrimPrefix(b.cloudWatchTitle(), "CloudWatch ") + "; the first refusal can be seen at " + instant(seen, false) + ", " + duration(late*1e3) + " after it"
}

func (b *builder) cloudWatchTable() Table {
	w := b.r.CloudWatch
	t := Table{Caption: "As CloudWatch shows it, and what it hides", Columns: columns("from", "can be seen at", "#use of the stream", "#busiest second", "shard", "#refused in the worst second")}
	each := max(1, (len(w.Hidden.StreamUse)+tableRows-1)/tableRows)
	for i := 0; i < len(w.Hidden.StreamUse); i += each {
		worst := i
		for k := i; k < min(i+each, len(w.Hidden.StreamUse)); k++ {
			if w.Hidden.BusiestShard[k] > w.Hidden.BusiestShard[worst] {
				worst = k
			}
		}
		from := float64(worst) * w.PeriodS
		t.Rows = append(t.Rows, []string{
			instant(from, false), instant(from+w.PeriodS+w.DelayS, false), percent(w.Hidden.StreamUse[worst]),
			percent(w.Hidden.BusiestShard[worst]), shown(w.Hidden.Shard[worst]), count(w.Hidden.WorstSecond[worst]),
		})
	}
	return t
}
