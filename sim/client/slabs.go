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
		half := halfGap(s.First, s.Last, s.Rows)
		oldest, youngest := now.Sub(s.First)+half, now.Sub(s.Last)-half
		if each == 0 && s.Rows <= done && youngest >= 0 { // all of them at once, as nearly all are
			later := uint64(start.Sub(now)) + leastLag(s.Lag, s.LagSpan)
			metric.AddBoth(delays, totals, uint64(youngest), uint64(oldest), later, uint64(s.LagSpan), uint64(s.Rows))
			done -= s.Rows
			continue
		}
		delays.AddSlab(age(youngest), age(oldest), uint64(s.Rows))
		if n := min(done, s.Rows); n > 0 {
			addTotals(totals, start, each, &s.Slab, n)
			done -= n
			start = start.Add(time.Duration(n) * each)
		}
	}
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
	n := r.To - r.From
	half := halfGap(r.First, r.Last, n)
	oldest, youngest := now.Sub(r.First)+half, now.Sub(r.Last)-half
	if youngest < 0 {
		return false
	}
	lag, wide := r.Lags.Mean.Duration(), r.Lags.Wide.Duration()
	metric.AddBoth(p.propagation, p.endToEnd, uint64(youngest), uint64(oldest), leastLag(lag, wide), uint64(wide), uint64(n))
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

// halfGap is half the time from one of so many even rows to the next. Rows stand for evenly
// spread ones, so much more on both sides. It is reckoned in floats, since a division of
// integers takes longer than all the rest.
func halfGap(first, last des.Time, rows int64) time.Duration {
	if rows <= 1 {
		return 0
	}
	return time.Duration(float64(last-first) / float64(2*(rows-1)))
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
	half := halfGap(s.First, s.Last, s.Rows)
	first, last := start.Add(each).Sub(s.First)+half, start.Add(time.Duration(n)*each).Sub(s.Last)-half
	least := leastLag(s.Lag, s.LagSpan)
	h.AddSum(age(min(first, last))+least, age(max(first, last))+least, uint64(s.LagSpan), uint64(s.Rows))
}

// leastLag is how much earlier than it was accepted a row had arisen at least, of rows that lag
// so much in the mean and so wide about it.
func leastLag(mean, wide time.Duration) uint64 { return age(mean - wide/2) }
