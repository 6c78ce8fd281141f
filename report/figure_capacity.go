package report

import (
	"fmt"
	"slices"

	"kinesim/sim"
)

// capacity shows how many shards there were, how many the busiest second asked for, and
// every decision about them. A stream that never changes has no such figure.
func (b *builder) capacity() Figure {
	if len(b.r.Changes) == 0 && !b.changed() {
		return Figure{}
	}
	c := &Chart{X: b.moments.timeAxis()}
	need := b.neededShards()
	c.Series = []Series{
		{Name: "asked for in the busiest second, in shards' worth", Points: thinned(b.levels(need)), Hue: hueOffered, Thin: true},
		{Name: "open shards", Points: b.openShards(), Hue: hueAccepted},
	}
	grew, shrank, refused := b.decisions()
	for _, s := range []Series{grew, shrank, refused} {
		if len(s.Points) > 0 {
			c.Series = append(c.Series, s)
		}
	}
	c.Y = countAxis("shards", b.capacityTop())
	c.Series[0].tellBeyond(&c.Y, func(most float64) string { return number(most, digits) })
	f := Figure{Chart: c, Title: b.capacityTitle(need), Table: b.changeTable()}
	second := "each second"
	if b.r.Series.StepS > 1 {
		second = "the busiest second of each " + b.binName()
	}
	f.Caption = "The thin line is what was asked for in " + second + ", refused and resent records included, as the number of evenly loaded shards that would take it. Marks are calls that change the stream: where a call was accepted shards change a while later."
	if slices.ContainsFunc(b.r.Changes, func(c sim.ChangeResult) bool { return c.ShardsMost > max(c.ShardsBefore, c.ShardsAfter) }) {
		f.Caption += " Narrow peaks are shards that stand only while a change is under way."
	}
	f.Alt = "Lines over time. " + f.Title + "."
	return f
}

// neededShards is, by bin, how many evenly loaded shards the busiest second asked for.
func (b *builder) neededShards() []float64 {
	s := &b.r.Series.Stream
	need := make([]float64, len(s.PeakAttemptedRecords))
	for i := range need {
		need[i] = max(s.PeakAttemptedRecords[i]/b.r.Stream.ShardRecordsPerS, s.PeakAttemptedBytes[i]/b.r.Stream.ShardBytesPerS)
	}
	return need
}

// capacityTop bounds the picture: retries can ask for many times what there is.
func (b *builder) capacityTop() float64 {
	const times = 3
	most := float64(b.r.Stream.OpenShards)
	for i := range b.r.Changes {
		most = max(most, float64(b.r.Changes[i].ShardsBefore), float64(b.r.Changes[i].ShardsAfter))
	}
	for _, n := range b.r.Series.Stream.OpenShards {
		most = max(most, float64(n))
	}
	return max(most, min(times*most, largest(b.neededShards(), 0, b.r.Series.Bins)))
}

// openShards is the number of open shards as a line of steps.
func (b *builder) openShards() []Point {
	at := map[float64]int{}
	var times []float64
	for i := range b.r.Shards {
		s := &b.r.Shards[i]
		times = append(times, s.OpenedAtS)
		at[s.OpenedAtS]++
		if s.ClosedAtS != nil {
			times = append(times, *s.ClosedAtS)
			at[*s.ClosedAtS]--
		}
	}
	var points []Point
	open := 0
	for _, t := range slices.Compact(slices.Sorted(slices.Values(times))) {
		if len(points) > 0 {
			points = append(points, Point{t, float64(open)})
		}
		open += at[t]
		points = append(points, Point{t, float64(open)})
	}
	return append(points, Point{b.r.EndedAtS, float64(open)})
}

// decisions are the calls as marks at the number of shards that they found.
func (b *builder) decisions() (grew, shrank, refused Series) {
	grew = Series{Name: "call for more shards", Hue: hueFirst, Loose: true}
	shrank = Series{Name: "call for fewer", Hue: hueFirst + 2, Loose: true, Mark: markDown}
	refused = Series{Name: "refused call", Hue: hueRefused, Loose: true, Mark: markCross}
	for i := range b.r.Changes {
		c := &b.r.Changes[i]
		p := Point{c.AtS, float64(c.ShardsBefore)}
		switch {
		case c.Error != "":
			refused.Points = append(refused.Points, p)
		case c.ShardsAfter < c.ShardsBefore:
			shrank.Points = append(shrank.Points, p)
		case c.ShardsAfter > c.ShardsBefore:
			grew.Points = append(grew.Points, p)
		}
	}
	grew.Mark = markUp
	return grew, shrank, refused
}

// capacityTitle says what changed the stream, and for how long it was too small.
func (b *builder) capacityTitle(need []float64) string {
	short := 0.0
	for i, n := range need {
		if i < len(b.r.Series.Stream.OpenShards) && n > float64(b.r.Series.Stream.OpenShards[i]) {
			short += b.binSpan(i)
		}
	}
	title := b.shardSpan()
	made, refused, own := 0, 0, 0
	for i := range b.r.Changes {
		switch c := &b.r.Changes[i]; {
		case c.Error != "":
			refused++
		case c.By == service:
			own++
		default:
			made++
		}
	}
	if made > 0 {
		title += ", " + plural(int64(made), "call")
	}
	if refused > 0 {
		title += fmt.Sprintf(", %d refused", refused)
	}
	if own > 0 {
		title += ", " + plural(int64(own), "change") + " by the service"
	}
	if short > 0 {
		return title + "; for " + duration(short*1e3) + " in all the stream was asked for more than it had"
	}
	return title + "; no second asked for more than all shards together take"
}
