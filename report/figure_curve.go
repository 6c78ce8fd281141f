package report

import (
	"fmt"
	"math"
	"strings"

	"kinesim/sim"
)

// curves are the laws that the delay curve draws, with their names.
var curves = []struct {
	metric, label string
	dash          int
}{
	{"propagation_delay", "propagation", 0},
	{"end_to_end_latency", "end to end", 1},
	{"put_latency", "put", 2},
}

// tablePercentiles are the columns of the data table of the delay curve.
var tablePercentiles = []float64{.5, .9, .99, .999, .9999}

// delayCurve shows the whole law of every delay: each further nine of the
// percentile takes the same room, so the tail is as visible as the middle.
func (b *builder) delayCurve() Figure {
	c := &Chart{}
	low, tail := math.Inf(1), 2.0
	f := Figure{Table: Table{Caption: "Delays by percentile", Columns: columns("delay", "of", "#p50", "#p90", "#p99", "#p99.9", "#p99.99", "#max", "#samples")}}
	hues, worst, worstOf := map[string]int{}, 0.0, ""
	for _, k := range curves {
		for i := range b.r.Histograms {
			h := &b.r.Histograms[i]
			n := valuesIn(h)
			if h.Metric != k.metric || n == 0 {
				continue
			}
			f.Table.Rows = append(f.Table.Rows, curveRow(k.label, h, n))
			if p99 := percentile(h, n, .99); p99 > worst && k.metric == "end_to_end_latency" {
				worst, worstOf = p99, shownWhere(h.Where)
			}
			hue, known := hues[h.Where]
			if !known {
				hue = len(hues)
				hues[h.Where] = hue
			}
			if len(c.Series) >= 2*mostLines {
				continue
			}
			points := curvePoints(h, n)
			if bulk := percentile(h, n, .02); bulk > 0 { // the axis begins where the bulk does; a few records are as good as instant
				low = min(low, bulk)
			}
			tail = max(tail, points[len(points)-1].X)
			_, name, _ := strings.Cut(shownWhere(h.Where), " ")
			c.Series = append(c.Series, Series{Name: name + " " + k.label, Points: thinned(points), Hue: hueFirst + hue, Dash: k.dash, Marker: k.dash > 0})
		}
	}
	if len(c.Series) == 0 {
		return omitted("Delays by percentile", "No delay was measured.")
	}
	c.X = percentileAxis(math.Min(tail, 6))
	c.Y = delayAxis("delay", low, top(c.Series, nil))
	f.Chart = c
	f.Title = fmt.Sprintf("Delays of %s by percentile", plural(int64(len(c.Series)), "kind"))
	if worstOf != "" {
		f.Title = fmt.Sprintf("99 %% of the records of %s were processed within %s of arising", worstOf, duration(worst))
	}
	f.Caption = "Read upwards from a percentile: that share of the records was at least as fast. Propagation runs from acceptance to hand-over, end to end from arising to processed, put from the first sending to the answer that accepted the record."
	f.Alt = "Percentile curves. " + f.Title + "."
	return f
}

func valuesIn(h *sim.HistogramResult) uint64 {
	var n uint64
	for _, c := range h.Counts[:min(len(h.Counts), len(h.UpperMS))] {
		n += c
	}
	return n
}

// curvePoints are the upper edges of the buckets over the share of the values
// that lie at or below them. The largest value has no percentile but 100 %,
// which is at infinity; it stands where the last but one value ends.
func curvePoints(h *sim.HistogramResult, n uint64) []Point {
	var points []Point
	var below uint64
	for i, c := range h.Counts {
		p := float64(below) / float64(n)
		points = append(points, Point{percentilePlace(p), h.UpperMS[i]})
		below += c
	}
	if last := len(points) - 1; below == n && last >= 0 {
		end := percentilePlace(1 - 1/float64(max(n, 2)))
		if end > points[last].X {
			points = append(points, Point{end, h.UpperMS[last]})
		}
	}
	return points
}

// percentile is the smallest upper edge that at least that share of the values
// does not pass.
func percentile(h *sim.HistogramResult, n uint64, share float64) float64 {
	var below uint64
	for i, c := range h.Counts {
		below += c
		if float64(below) >= share*float64(n) {
			return h.UpperMS[i]
		}
	}
	return h.UpperMS[len(h.UpperMS)-1]
}

func curveRow(label string, h *sim.HistogramResult, n uint64) []string {
	row := []string{label, shownWhere(h.Where)}
	for _, p := range tablePercentiles {
		if float64(n)*(1-p) < 1 { // fewer samples than the percentile needs
			row = append(row, "–")
			continue
		}
		row = append(row, duration(percentile(h, n, p)))
	}
	return append(row, duration(h.UpperMS[len(h.UpperMS)-1]), count(int64(n)))
}
