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
	delays, totals := p.propagation, p.endToEnd
	for s := k.links.Stream.Slabs(p.place, from, to); s.Next(); {
		if each == 0 && s.Rows <= done && p.measureSlab(now, start, &s.Slab) {
			done -= s.Rows
			continue
		}
		half := halfGap(&s.Slab)
		delays.AddSlab(age(now.Sub(s.Last)-half), age(now.Sub(s.First)+half), uint64(s.Rows))
		if n := min(done, s.Rows); n > 0 {
			addTotals(totals, start, each, &s.Slab, n)
			done -= n
			start = start.Add(time.Duration(n) * each)
		}
	}
}

// measureSlab measures the rows of a slab as handed over at now and processed at start, all at
// once, as nearly all are; unless some would be handed over before they come.
func (p *position) measureSlab(now, start des.Time, s *kinesis.Slab) bool {
	half := halfGap(s)
	oldest, youngest := now.Sub(s.First)+half, now.Sub(s.Last)-half
	if youngest < 0 {
		return false
	}
	later := uint64(start.Sub(now)) + leastLag(s)
	metric.AddBoth(p.propagation, p.endToEnd, uint64(youngest), uint64(oldest), later, uint64(s.LagSpan), uint64(s.Rows))
	return true
}

// receiveAll is receive for answers to calls of an idle consumer, each at its instant of backs.
func (p *position) receiveAll(backs []des.Time, calls []kinesis.GetCall) {
	backs = backs[:len(calls)]
	for i := range calls {
		if r := &calls[i].Answer.Rows; r.From < r.To {
			p.receiveRows(backs[i], r)
			p.since = max(p.since, r.Last)
		}
	}
}

// receiveRows is receive for rows of an idle consumer.
func (p *position) receiveRows(now des.Time, r *kinesis.Rows) {
	if !p.receiveEven(now, r) {
		p.receive(now, now, 0, r.From, r.To)
	}
}

// receiveEven is receiveRows for rows that are one slab, as nearly all are.
func (p *position) receiveEven(now des.Time, r *kinesis.Rows) bool {
	if !r.Even || r.From < p.oldRows {
		return false
	}
	slab := r.Slab()
	if !p.measureSlab(now, now, &slab) {
		return false
	}
	n := slab.Rows
	p.reads.Received += n
	p.reads.Processed += n
	p.leave(now, n)
	p.seen, p.done = r.To, r.To
	return true
}

// finishSlabs measures the rows [from, to) of a coarse stream as processed one after the
// other from start on, each in each.
func (p *position) finishSlabs(start des.Time, each time.Duration, from, to int64) {
	k := p.consumer
	for s := k.links.Stream.Slabs(p.place, from, to); s.Next(); {
		addTotals(p.endToEnd, start, each, &s.Slab, s.Rows)
		start = start.Add(time.Duration(s.Rows) * each)
	}
}

// halfGap is half the time from one row of a slab to the next. Rows stand for evenly spread
// ones, so much more on both sides. It is reckoned in floats, since a division of integers
// takes longer than all the rest.
func halfGap(s *kinesis.Slab) time.Duration {
	if s.Rows <= 1 {
		return 0
	}
	return time.Duration(float64(s.Last-s.First) / float64(2*(s.Rows-1)))
}

// age is how old a row is, which is handed over before it comes if a lot's rows end in one
// instant and half a gap later.
func age(d time.Duration) uint64 { return uint64(max(0, d)) }

// addTotals counts the first n rows of a slab as processed one after the other from start
// on: how old they are then, and how much earlier they had arisen.
func addTotals(h *metric.Histogram, start des.Time, each time.Duration, s *kinesis.Slab, n int64) {
	if n < s.Rows {
		first := *s // the slab is not ours
		first.Last = s.First + des.Time(float64(s.Last-s.First)*(float64(n-1)/float64(max(1, s.Rows-1))))
		first.Rows = n
		s = &first
	}
	half := halfGap(s)
	first, last := start.Add(each).Sub(s.First)+half, start.Add(time.Duration(n)*each).Sub(s.Last)-half
	least := leastLag(s)
	h.AddSum(age(min(first, last))+least, age(max(first, last))+least, uint64(s.LagSpan), uint64(s.Rows))
}

// leastLag is how much earlier than it was accepted a row of the slab had arisen at least.
func leastLag(s *kinesis.Slab) uint64 { return age(s.Lag - s.LagSpan/2) }
