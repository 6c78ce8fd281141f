package report

import (
	"cmp"
	"fmt"
	"slices"

	"kinesim/sim"
)

// mostKeys is how many keys the figure shows.
const mostKeys = 15

// busiestKeys shows the busiest keys against what a single shard can carry,
// which no number of shards changes.
func (b *builder) busiestKeys() Figure {
	if len(b.r.Keys) == 0 {
		return omitted("Busiest keys", "No partition key occurs often enough to be named: every record has a key of its own.")
	}
	s := b.r.Stream
	inBytes, inRecords := 0.0, 0.0
	for _, k := range b.r.Keys {
		inBytes, inRecords = max(inBytes, k.PeakBytesPerS), max(inRecords, countedRecords(k))
	}
	byBytes := s.ShardBytesPerS > 0 && s.ShardRecordsPerS > 0 && inBytes/s.ShardBytesPerS > inRecords/s.ShardRecordsPerS
	limit, peak := s.ShardRecordsPerS, countedRecords
	if byBytes {
		limit, peak = s.ShardBytesPerS, func(k sim.KeyResult) float64 { return k.PeakBytesPerS }
	}
	keys := slices.Clone(b.r.Keys)
	if !byBytes && inRecords > 0 { // packed keys have no records of their own to show
		keys = slices.DeleteFunc(keys, func(k sim.KeyResult) bool { return k.Packed })
	}
	slices.SortStableFunc(keys, func(x, y sim.KeyResult) int { return cmp.Compare(peak(y), peak(x)) })
	keys = keys[:min(len(keys), mostKeys)]
	name := limitName(byBytes)

	bars := &Bars{Horizontal: true, Parts: []Part{{Name: "asked for in the busiest stretch of the run", Hue: hueFirst}, {Name: "beyond what one shard takes", Hue: hueRefused}}}
	above := 0
	for _, k := range keys {
		bars.Names = append(bars.Names, shortened(shown(k.Key), 28)+" → shard "+shardNumber(k.Shard))
		bars.Parts[0].Values = append(bars.Parts[0].Values, min(peak(k), limit))
		bars.Parts[1].Values = append(bars.Parts[1].Values, max(0, peak(k)-limit))
		bars.Labels = append(bars.Labels, limitRate(peak(k), name))
		if peak(k) > limit {
			above++
		}
	}
	if above == 0 {
		bars.Parts = bars.Parts[:1]
	}
	c := &Chart{Bars: bars, Rules: []Rule{{Name: "one shard takes " + limitRate(limit, name), Value: limit, Hue: hueLimit, Dash: 2}}}
	c.X = countAxis("records per second", max(limit, peak(keys[0])))
	if byBytes {
		c.X = sizeAxis("data", "/s", max(limit, peak(keys[0])))
	}
	c.X.Max *= 1.15 // room for the numbers behind the bars
	c.Y = Axis{Max: float64(len(keys))}
	for i, name := range bars.Names {
		c.Y.Ticks = append(c.Y.Ticks, Tick{float64(len(keys)-1-i) + .5, name})
	}
	f := Figure{Chart: c, Table: b.keyTable()}
	first := shown(keys[0].Key)
	switch {
	case above > 1:
		f.Title = fmt.Sprintf("%d keys ask for more than one shard takes; the busiest, %s, for %s", above, first, limitRate(peak(keys[0]), name))
	case above == 1:
		f.Title = fmt.Sprintf("Key %s alone asks for %s where one shard takes %s", first, limitRate(peak(keys[0]), name), limitRate(limit, name))
	default:
		f.Title = fmt.Sprintf("The busiest key, %s, asks for %s of what one shard takes", first, percent(peak(keys[0])/limit))
	}
	f.Caption = "All records of a key go to one shard, so a key beyond the line is refused however many shards there are."
	f.Alt = fmt.Sprintf("Bar chart of the %d busiest partition keys. %s.", len(keys), f.Title)
	return f
}

// countedRecords are a key's records a second that a shard counts against its limit,
// at the most. Packed ones are far fewer than the key's own, and shared with others.
func countedRecords(k sim.KeyResult) float64 {
	if k.Packed {
		return 0
	}
	return k.PeakRecordsPerS
}

func (b *builder) keyTable() Table {
	t := Table{Caption: "Busiest partition keys", Columns: columns("key", "shard", "#records", "#share", "#mean records/s", "#peak records/s", "#peak bytes/s")}
	for _, k := range b.r.Keys {
		t.Rows = append(t.Rows, []string{
			shown(k.Key), shown(k.Shard), count(k.Records), percent(k.Share),
			number(k.RecordsPerS, digits), number(k.PeakRecordsPerS, digits), dataSize(k.PeakBytesPerS) + "/s",
		})
	}
	return t
}

// shortened leaves out the middle of a text that is longer than n.
func shortened(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	tail := n / 3
	return string(runes[:n-tail-1]) + "…" + string(runes[len(runes)-tail:])
}
