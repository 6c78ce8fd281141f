package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"kinesim/sim"
)

// flow is one of the two measures of writes, records or bytes, so that both
// figures come from one piece of code.
type flow struct {
	unit                       string // records or bytes
	offered, accepted, refused []int64
	capacity, peak             []float64
	text                       func(float64) string // a rate in words
	axis                       func(top float64) Axis
}

func recordFlow(r *sim.Result) flow {
	s := &r.Series.Stream
	offered := s.OfferedRecords
	if packs(r) { // user records, which the shards never see
		offered = make([]int64, len(s.IncomingRecords))
		for i := range offered {
			offered[i] = s.IncomingRecords[i] + s.ThrottledRecords[i]
		}
	}
	return flow{
		unit: "records", offered: offered, accepted: s.IncomingRecords, refused: s.ThrottledRecords,
		capacity: s.CapacityRecordsPerS, peak: s.PeakAttemptedRecords,
		text: func(x float64) string { return number(x, digits) + " records/s" },
		axis: func(top float64) Axis { return countAxis("records per second", top) },
	}
}

// packs tells whether a producer packs user records into Kinesis records.
func packs(r *sim.Result) bool {
	return slices.ContainsFunc(r.Producers, func(p sim.ProducerResult) bool { return p.KPL })
}

func byteFlow(r *sim.Result) flow {
	s := &r.Series.Stream
	return flow{
		unit: "bytes", offered: s.OfferedBytes, accepted: s.IncomingBytes, refused: s.ThrottledBytes,
		capacity: s.CapacityBytesPerS, peak: s.PeakAttemptedBytes,
		text: func(x float64) string { return dataSize(x) + "/s" },
		axis: func(top float64) Axis { return sizeAxis("data", "/s", top) },
	}
}

func (b *builder) writesRecords() Figure { return b.writes(recordFlow(b.r)) }
func (b *builder) writesBytes() Figure   { return b.writes(byteFlow(b.r)) }

// writes shows what was offered, accepted and refused against what the shards
// take together.
func (b *builder) writes(f flow) Figure {
	if total(f.offered) == 0 && total(f.accepted) == 0 && total(f.refused) == 0 {
		return omitted("Writes in "+f.unit, "No writes in this run.")
	}
	c := &Chart{X: b.moments.timeAxis()}
	busiest := b.r.Series.StepS > 1
	if busiest {
		c.Series = append(c.Series, Series{Name: "asked for in the busiest second of each bin, resent ones included", Points: b.levels(f.peak), Hue: hueInk, Thin: true})
	}
	c.Series = append(c.Series,
		Series{Name: "accepted", Points: b.rates(f.accepted), Hue: hueAccepted},
		Series{Name: "offered", Points: b.rates(f.offered), Hue: hueOffered, Dash: 1}, // over it, so that both show where they agree
	)
	if total(f.refused) > 0 {
		c.Series = append(c.Series, Series{Name: "refused, each attempt counted", Points: b.rates(f.refused), Hue: hueRefused, Marker: true})
	}
	c.Series = append(c.Series, Series{Name: "capacity of all shards", Points: b.levels(f.capacity), Hue: hueLimit, Dash: 2})
	bound := f.bound(b)
	c.Y = f.axis(min(top(c.Series, nil), bound))
	for i := range c.Series {
		c.Series[i].tellBeyond(&c.Y, f.text)
		c.Series[i].Points = thinned(c.Series[i].Points)
	}

	fig := Figure{Chart: c, Title: b.writesTitle(f)}
	fig.Caption = "Mean rate in each " + b.binName() + ". The capacity is that of all shards together: a single shard can be full far below it."
	if busiest {
		fig.Caption += " The thin line is the busiest single second of each bin, which a mean hides."
	}
	if f.unit == "records" && packs(b.r) {
		fig.Caption += " Records are Kinesis records, packed ones counted once; what was refused counts as offered each time."
	}
	fig.Alt = fig.Title + ". " + b.extremes(f)
	names := []string{"offered", "accepted", "refused", "capacity"}
	if busiest {
		names = append(names, "busiest second")
	}
	sums := [][]int64{f.offered, f.accepted, f.refused}
	fig.Table = b.binTable("Writes in "+f.unit+" per second", names, b.r.Series.Bins, func(col, from, to int) string {
		switch col {
		case 0, 1, 2:
			return f.bare(b.meanRate(sums[col], from, to))
		case 3:
			return f.bare(largest(f.capacity, from, to))
		}
		return f.bare(largest(f.peak, from, to))
	})
	return fig
}

// bound is how high the picture goes at most: retries can ask for many times
// what was offered, which would press everything else onto the axis.
func (f flow) bound(b *builder) float64 {
	const times = 4
	offered, _ := highest(b.rates(f.offered))
	return times * max(offered, largest(f.capacity, 0, len(f.capacity)))
}

// writesTitle says what limit mattered. The capacity may change, so what was offered is
// held against what the shards took at that time.
func (b *builder) writesTitle(f flow) string {
	rates := b.rates(f.offered)
	peak, _ := highest(rates)
	bin, share := b.fullest(f)
	offered := fmt.Sprintf("Up to %s offered", f.text(peak))
	switch {
	case share == 0:
		return offered
	case share > 1:
		take := "take"
		if slices.Min(f.capacity) < slices.Max(f.capacity) {
			take = "took then"
		}
		if rates[bin].Y < peak {
			offered = f.text(rates[bin].Y) + " offered"
		}
		return fmt.Sprintf("%s %s, more than the %s that all shards %s", offered, b.binAt(rates[bin].X), f.text(f.capacity[bin]), take)
	case total(f.refused) > 0:
		if other := b.other(f); b.exceeded(other) {
			return fmt.Sprintf("%s refused, as there were too many %s: of %s never more than %s of what all shards take was offered", b.refusedText(f), other.unit, f.unit, percent(share))
		}
		return fmt.Sprintf("%s refused, although never more than %s of what all shards take was offered", b.refusedText(f), percent(share))
	}
	return fmt.Sprintf("%s, %s of what all shards take; none refused", offered, percent(share))
}

// fullest is the bin in which the largest share of what all shards took then was offered,
// and that share; 0 where there was no capacity or nothing offered.
func (b *builder) fullest(f flow) (bin int, share float64) {
	for i := range min(len(f.offered), len(f.capacity)) {
		if s := float64(f.offered[i]) / b.binSpan(i) / f.capacity[i]; f.capacity[i] > 0 && s > share {
			bin, share = i, s
		}
	}
	return bin, share
}

// exceeded tells whether more than all shards took was offered in some bin.
func (b *builder) exceeded(f flow) bool {
	_, share := b.fullest(f)
	return share > 1
}

// other is the other measure of the same writes.
func (b *builder) other(f flow) flow {
	if f.unit == "bytes" {
		return recordFlow(b.r)
	}
	return byteFlow(b.r)
}

func (b *builder) refusedText(f flow) string {
	if f.unit == "bytes" {
		return dataSize(float64(total(f.refused)))
	}
	return plural(total(f.refused), "attempt")
}

// extremes puts the course of a flow into words for those who cannot see it.
func (b *builder) extremes(f flow) string {
	var parts []string
	for _, s := range []struct {
		name   string
		values []int64
	}{{"offered", f.offered}, {"accepted", f.accepted}, {"refused", f.refused}} {
		if peak, at := highest(b.rates(s.values)); peak > 0 {
			parts = append(parts, fmt.Sprintf("%s on average %s and at most %s %s", s.name, f.text(b.meanRate(s.values, 0, len(s.values))), f.text(peak), b.binAt(at)))
		}
	}
	return "Line chart over time: " + strings.Join(parts, "; ") + "."
}

// bare prints a rate for a table whose caption has the unit.
func (f flow) bare(x float64) string {
	if f.unit == "bytes" {
		return dataSize(x)
	}
	return number(x, digits)
}

// rates turns totals of bins into rates a second.
func (b *builder) rates(values []int64) []Point {
	points := make([]Point, len(values))
	for i, v := range values {
		points[i] = Point{b.middle(i), float64(v) / b.binSpan(i)}
	}
	return points
}

// levels are values that already are what to draw.
func (b *builder) levels(values []float64) []Point {
	points := make([]Point, len(values))
	for i, v := range values {
		points[i] = Point{b.middle(i), v}
	}
	return points
}

// optional are values of which some were not measured.
func (b *builder) optional(values []*float64) []Point { return b.levels(known(values)) }

// meanRate is the rate a second over bins.
func (b *builder) meanRate(values []int64, from, to int) float64 {
	seconds := 0.0
	for i := from; i < to; i++ {
		seconds += b.binSpan(i)
	}
	return float64(total(values[from:to])) / max(seconds, 1e-9)
}

func total(values []int64) int64 {
	var sum int64
	for _, v := range values {
		sum += v
	}
	return sum
}

func largest(values []float64, from, to int) float64 {
	most := math.Inf(-1)
	for _, v := range values[from:to] {
		most = max(most, v)
	}
	return most
}

// tellBeyond adds to the name of a series how far it goes where it leaves the picture.
func (s *Series) tellBeyond(y *Axis, text func(float64) string) {
	if most, _ := highest(s.Points); most > y.Max {
		s.Name += ": up to " + text(most) + ", beyond the picture"
	}
}

// highest is the largest value of a series and where it is; NaN is passed over.
func highest(points []Point) (value, at float64) {
	for _, p := range points {
		if p.Y > value {
			value, at = p.Y, p.X
		}
	}
	return value, at
}
