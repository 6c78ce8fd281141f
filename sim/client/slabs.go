package client

import (
	"time"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/metric"
)

// measureSlabs measures the rows [from, to) of a coarse stream as handed over at now and,
// the first done of them, as processed one after the other from start on, each in each.
func (p *position) measureSlabs(now, start des.Time, each time.Duration, from, to, done int64) {
	k := p.consumer
	delays, totals := k.Propagation.Lap(), k.EndToEnd.Lap()
	for s := k.links.Stream.Slabs(p.place, from, to); s.Next(); {
		low, high := ages(now, now, &s.Slab)
		delays.AddSlab(low, high, uint64(s.Rows))
		if n := min(done, s.Rows); n > 0 {
			addTotals(totals, start, each, &s.Slab, n)
			done -= n
			start = start.Add(time.Duration(n) * each)
		}
	}
}

// finishSlabs measures the rows [from, to) of a coarse stream as processed one after the
// other from start on, each in each.
func (p *position) finishSlabs(start des.Time, each time.Duration, from, to int64) {
	k := p.consumer
	for s := k.links.Stream.Slabs(p.place, from, to); s.Next(); {
		addTotals(k.EndToEnd.Lap(), start, each, &s.Slab, s.Rows)
		start = start.Add(time.Duration(s.Rows) * each)
	}
}

// ages are how old the rows of a slab are when the first of them is looked at at first
// and the last at last: the least and the most. Rows stand for evenly spread ones, half a
// gap more on both sides.
func ages(first, last des.Time, s *kinesis.Slab) (low, high uint64) {
	a, b := first.Sub(s.First), last.Sub(s.Last)
	if s.Rows > 1 {
		half := time.Duration(float64(s.Last-s.First) / float64(2*(s.Rows-1))) // in floats, since a division of integers takes longer than all the rest
		a, b = a+half, b-half
	}
	return uint64(max(0, min(a, b))), uint64(max(0, a, b))
}

// addTotals counts the first n rows of a slab as processed one after the other from start
// on: how old they are then, and how much earlier they had arisen.
func addTotals(h *metric.Histogram, start des.Time, each time.Duration, s *kinesis.Slab, n int64) {
	if n < s.Rows {
		s.Last = s.First + des.Time(float64(s.Last-s.First)*(float64(n-1)/float64(max(1, s.Rows-1))))
		s.Rows = n
	}
	low, high := ages(start.Add(each), start.Add(time.Duration(n)*each), s)
	base := uint64(max(0, s.Lag-s.LagSpan/2))
	h.AddSum(low+base, high+base, uint64(s.LagSpan), uint64(n))
}
