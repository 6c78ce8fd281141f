package report

import (
	"fmt"
	"strings"

	"kinesim/sim"
)

// shardHeatmap shows how full each shard was at each time.
func (b *builder) shardHeatmap() Figure {
	h := &b.r.Heatmap
	if len(h.Rows) == 0 || len(h.Utilization) != len(h.Rows) || h.StepS <= 0 {
		return omitted("Shards over time", "The result holds no heat map.")
	}
	heat := &Heat{Step: h.StepS, Scale: "share of the shard's limit", Values: h.Utilization}
	most, row, column, marked := 0.0, 0, 0, 0
	for r, values := range h.Utilization {
		heat.Rows = append(heat.Rows, shardNumber(h.Rows[r]))
		marks := make([]bool, len(values))
		for c, v := range values {
			if v > most {
				most, row, column = v, r, c
			}
			if r < len(h.Throttled) && c < len(h.Throttled[r]) && h.Throttled[r][c] > 0 {
				marks[c] = true
				marked++
			}
		}
		heat.Marked = append(heat.Marked, marks)
	}
	if marked > 0 {
		heat.Mark = "writes were refused"
	}
	x := b.moments.timeAxis()
	chart := &Chart{X: x, Heat: heat, Y: Axis{Label: "shard, in the order of hash keys", Max: float64(len(h.Rows))}}
	each := max(1, (len(h.Rows)+15)/16)
	for r := 0; r < len(h.Rows); r += each {
		chart.Y.Ticks = append(chart.Y.Ticks, Tick{float64(r) + .5, heat.Rows[r]})
	}
	f := Figure{Chart: chart}
	at := float64(column) * h.StepS
	word := "Shard "
	if strings.Contains(heat.Rows[row], "–") {
		word = "One of the shards "
	}
	f.Title = fmt.Sprintf("%s%s was the fullest: %s of its limit %s", word, heat.Rows[row], percent(most), b.moments.at(at))
	if marked > 0 {
		f.Title += fmt.Sprintf("; %s refused writes", plural(int64(refusingRows(heat.Marked)), "row")) // a row is a shard, or several
		if len(h.Rows) == len(b.r.Shards) {
			f.Title = strings.Replace(f.Title, "row", "shard", 1)
		}
	}
	f.Caption = fmt.Sprintf("Each cell is the worst second of a shard within %s: the larger of its byte and its record share, of accepted writes. A burst may pass 100 %% for a second.", duration(h.StepS*1e3))
	if marked > 0 {
		f.Caption += " A stroke marks cells in which writes were refused."
	}
	if len(h.Rows) < len(b.r.Shards) {
		f.Caption += " A row stands for several neighbouring shards and shows the fullest of them."
	}
	f.Alt = fmt.Sprintf("Heat map of %s by time. %s.", plural(int64(len(h.Rows)), "row"), f.Title)
	f.Table = heatTable(h)
	return f
}

func refusingRows(marked [][]bool) int {
	n := 0
	for _, row := range marked {
		for _, m := range row {
			if m {
				n++
				break
			}
		}
	}
	return n
}

// heatTable sums up each row of the heat map.
func heatTable(h *sim.Heatmap) Table {
	t := Table{Caption: "Shards, in the order of hash keys", Columns: columns("shard", "#fullest", "#at", "#mean over time", "#refused")}
	for r, values := range h.Utilization {
		most, at, sum := 0.0, 0, 0.0
		for c, v := range values {
			sum += v
			if v > most {
				most, at = v, c
			}
		}
		refused := int64(0)
		if r < len(h.Throttled) {
			refused = total(h.Throttled[r])
		}
		t.Rows = append(t.Rows, []string{
			shown(h.Rows[r]), percent(most), instant(float64(at)*h.StepS, true), percent(sum / float64(max(1, len(values)))), count(refused),
		})
	}
	return t
}

// mostBars is how many shards the figure of loads tells apart.
const mostBars = 64

// shardLoad shows what each shard took and refused over the whole run.
func (b *builder) shardLoad() Figure {
	shards := shardsByHash(b.r.Shards)
	if len(shards) == 0 || b.r.Stream.IncomingRecords+b.r.Stream.WriteThrottled == 0 {
		return omitted("Load of the shards", "No shard was written to.")
	}
	all := len(shards)
	if all > mostBars {
		shards = busiest(shards, mostBars)
	}
	byBytes := b.bytesBind()
	bars := &Bars{Parts: []Part{{Name: "accepted", Hue: hueAccepted}}}
	refusedSize := 1.0
	if b.r.Stream.WriteThrottled > 0 {
		part := Part{Name: "refused, each attempt counted", Hue: hueRefused}
		if byBytes { // shards count refused records; their bytes are known for the stream alone
			s := &b.r.Series.Stream
			refusedSize = float64(total(s.ThrottledBytes)) / float64(max(1, total(s.ThrottledRecords)))
			part.Name = "refused attempts × mean size of a refused record"
		}
		bars.Parts = append(bars.Parts, part)
	}
	limit, most, hot := b.r.Stream.ShardRecordsPerS, 0.0, 0
	if byBytes {
		limit = b.r.Stream.ShardBytesPerS
	}
	for i, s := range shards {
		bars.Names = append(bars.Names, shardNumber(s.ID))
		accepted, refused := float64(s.IncomingRecords)/b.span, float64(s.WriteThrottled)/b.span*refusedSize
		if byBytes {
			accepted = float64(s.IncomingBytes) / b.span
		}
		bars.Parts[0].Values = append(bars.Parts[0].Values, accepted)
		if len(bars.Parts) > 1 {
			bars.Parts[1].Values = append(bars.Parts[1].Values, refused)
		}
		if accepted+refused > most {
			most, hot = accepted+refused, i
		}
	}
	c := &Chart{Bars: bars, Rules: []Rule{{Name: "one shard takes " + limitRate(limit, limitName(byBytes)), Value: limit, Hue: hueLimit, Dash: 2}}}
	c.X = Axis{Label: "shard, in the order of hash keys", Max: float64(len(shards))}
	each := max(1, (len(shards)+31)/32)
	for i := 0; i < len(shards); i += each {
		c.X.Ticks = append(c.X.Ticks, Tick{float64(i) + .5, bars.Names[i]})
	}
	c.Y = countAxis("records per second, mean of the run", max(limit, most))
	if byBytes {
		c.Y = sizeAxis("data", "/s, mean of the run", max(limit, most))
	}
	f := Figure{Chart: c, Table: b.shardTable()}
	mean := 0.0
	for i := range shards {
		mean += bars.Parts[0].Values[i] / float64(len(shards))
		if len(bars.Parts) > 1 {
			mean += bars.Parts[1].Values[i] / float64(len(shards))
		}
	}
	f.Title = fmt.Sprintf("Shard %s was asked for most: %s over the whole run", bars.Names[hot], limitRate(most, limitName(byBytes)))
	if all == len(shards) && all > 1 && mean > 0 {
		f.Title += fmt.Sprintf(", %s times the mean of all shards", number(most/mean, digits))
	}
	f.Caption = "Means over the run after warm-up: a shard below the line can still have been full for a while."
	if all > len(shards) {
		f.Caption += fmt.Sprintf(" The %d busiest of %s.", len(shards), plural(int64(all), "shard"))
	}
	f.Alt = fmt.Sprintf("Bar chart of %s with a line at %s. %s.", plural(int64(len(shards)), "shard"), limitRate(limit, limitName(byBytes)), f.Title)
	return f
}

// bytesBind tells whether bytes, not records, are nearer to the limit of the
// shards.
func (b *builder) bytesBind() bool {
	s := b.r.Stream
	if s.ShardBytesPerS <= 0 || s.ShardRecordsPerS <= 0 {
		return false
	}
	return float64(s.IncomingBytes)/s.ShardBytesPerS > float64(s.IncomingRecords)/s.ShardRecordsPerS
}

func limitName(bytes bool) string {
	if bytes {
		return "bytes"
	}
	return "records"
}
