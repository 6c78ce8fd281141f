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
		heat.Rows = append(heat.Rows, heatRow(h.Rows[r]))
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
	bands := banded(h)
	chart := &Chart{X: x, Heat: heat, Y: heatAxis(heat.Rows, bands)}
	f := Figure{Chart: chart}
	at := float64(column) * h.StepS
	word, name := "Shard ", heat.Rows[row]
	switch {
	case bands:
		if name = b.shardAt((float64(row)+.5)/float64(len(h.Rows)), at, at+h.StepS); name == "" {
			word, name = "The shard at ", heat.Rows[row]
		}
	case strings.Contains(heat.Rows[row], "–"):
		word = "One of the shards "
	}
	f.Title = fmt.Sprintf("%s%s was the fullest: %s of its limit %s", word, name, percent(most), b.moments.at(at))
	if marked > 0 {
		f.Title += "; " + refusingWords(refusingRows(heat.Marked), len(h.Rows), bands, len(b.r.Shards))
	}
	f.Caption = fmt.Sprintf("Each cell is the worst second of a shard within %s: the larger of its byte and its record share, of accepted writes. A burst may pass 100 %% for a second.", duration(h.StepS*1e3))
	if marked > 0 {
		f.Caption += " A stroke marks cells in which writes were refused."
	}
	if bands {
		f.Caption += fmt.Sprintf(" Shards change, so a row is a part of the hash keys, and shows the fullest of the shards that lie in it: one shard covers as many of the %d rows as its part asks for.", len(h.Rows))
	} else if len(h.Rows) < len(b.r.Shards) {
		f.Caption += " A row stands for several neighbouring shards and shows the fullest of them."
	}
	f.Alt = fmt.Sprintf("Heat map of %s by time. %s.", plural(int64(len(h.Rows)), "row"), f.Title)
	f.Table = heatTable(h)
	return f
}

// shardAt is the number of the only shard at a share of the hash keys in a span of time; ""
// where there were several one after the other.
func (b *builder) shardAt(share, from, to float64) string {
	found := ""
	for i := range b.r.Shards {
		s := &b.r.Shards[i]
		if s.OpenedAtS >= to || s.ClosedAtS != nil && *s.ClosedAtS <= from || share < hashShare(s.StartingHashKey) || share > hashShare(s.EndingHashKey) {
			continue
		}
		if found != "" {
			return ""
		}
		found = shardNumber(s.ID)
	}
	return found
}

// heatAxis names the rows, not more than there is room for.
func heatAxis(rows []string, bands bool) Axis {
	a := Axis{Label: "shard, in the order of hash keys", Max: float64(len(rows))}
	if bands {
		a.Label = hashKeysLabel
		for _, t := range quarters {
			a.Ticks = append(a.Ticks, Tick{t * a.Max, percent(t)})
		}
		return a
	}
	each := max(1, (len(rows)+15)/16)
	for r := 0; r < len(rows); r += each {
		a.Ticks = append(a.Ticks, Tick{float64(r) + .5, rows[r]})
	}
	return a
}

// The axis of the hash keys.
const hashKeysLabel = "hash keys, from 0 to 2^128 − 1"

var quarters = []float64{0, .25, .5, .75, 1}

// refusingWords say how much of the stream refused writes.
func refusingWords(refusing, rows int, bands bool, shards int) string {
	switch {
	case bands:
		return fmt.Sprintf("for %s of the hash keys writes were refused at some time", percent(float64(refusing)/float64(rows)))
	case rows == shards:
		return plural(int64(refusing), "shard") + " refused writes"
	}
	return plural(int64(refusing), "row") + " refused writes"
}

// bandMark ends the name of a row that is a part of the hash keys.
const bandMark = " of the hash keys"

// banded tells whether the rows of a heat map are parts of the hash keys, as shards change.
func banded(h *sim.Heatmap) bool { return strings.HasSuffix(h.Rows[0], bandMark) }

// heatRow is the name of a row where there is little room.
func heatRow(name string) string {
	if strings.HasSuffix(name, bandMark) {
		return shown(name)
	}
	return shardNumber(name)
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
		life := b.life(&s)
		accepted, refused := float64(s.IncomingRecords)/life, float64(s.WriteThrottled)/life*refusedSize
		if byBytes {
			accepted = float64(s.IncomingBytes) / life
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
	mean, of := "mean of the run", "over the whole run"
	if b.changed() {
		mean, of = "mean while it was open", "while it was open"
	}
	c.Y = countAxis("records per second, "+mean, max(limit, most))
	if byBytes {
		c.Y = sizeAxis("data", "/s, "+mean, max(limit, most))
	}
	f := Figure{Chart: c, Table: b.shardTable()}
	f.Title = fmt.Sprintf("Shard %s was asked for most: %s %s", bars.Names[hot], limitRate(most, limitName(byBytes)), of)
	if times := timesMean(bars, most); all == len(shards) && all > 1 && times > 0 && !b.changed() {
		f.Title += fmt.Sprintf(", %s times the mean of all shards", number(times, digits))
	}
	f.Caption = "Means over the run after warm-up: a shard below the line can still have been full for a while."
	if b.changed() {
		f.Caption = "Means over the time in which a shard took writes, after warm-up: a shard below the line can still have been full for a while."
	}
	if all > len(shards) {
		f.Caption += fmt.Sprintf(" The %d busiest of %s.", len(shards), plural(int64(all), "shard"))
	}
	f.Alt = fmt.Sprintf("Bar chart of %s with a line at %s. %s.", plural(int64(len(shards)), "shard"), limitRate(limit, limitName(byBytes)), f.Title)
	return f
}

// timesMean is how many times the mean of all bars a value is; 0 where nothing is drawn.
func timesMean(bars *Bars, value float64) float64 {
	all := 0.0
	for _, p := range bars.Parts {
		for _, v := range p.Values {
			all += v
		}
	}
	if all <= 0 {
		return 0
	}
	return value / all * float64(len(bars.Names))
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
