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
		youngest, oldest := agesOf(now, s.First, s.Last, s.Rows)
		if each == 0 && s.Rows <= done && youngest >= 0 { // all of them at once, as nearly all are
			ages := metric.Slab{Low: uint64(youngest), High: uint64(oldest), N: uint64(s.Rows)}
			lag := lagOf(s.Lags)
			lag.Least += uint64(start.Sub(now))
			if ages.Low == ages.High { // of one call: shards that refuse have thousands
				delays.AddN(ages.Low, ages.N)
				totals.AddLater(ages, lag)
			} else {
				metric.AddBoth(delays, totals, []metric.Slab{ages}, lag)
			}
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

// agesOf is how old the youngest and the oldest of so many rows are at now that were accepted
// evenly from first to last. It is less than 0 where some would be handed over before they come.
func agesOf(now, first, last des.Time, rows int64) (youngest, oldest time.Duration) {
	half := halfGap(first, last, rows)
	return now.Sub(last) - half, now.Sub(first) + half
}

// receiveAll is receive for answers to calls of an idle consumer, each at its instant of backs.
func (p *position) receiveAll(backs []des.Time, calls []kinesis.GetCall) {
	for len(calls) > 0 {
		n := p.receiveEven(backs, calls)
		if n == 0 {
			r := &calls[0].Answer.Rows
			p.receive(backs[0], backs[0], 0, r.From, r.To)
			p.since = max(p.since, r.Last)
			n = 1
		}
		backs, calls = backs[n:], calls[n:]
	}
}

// receiveEven is receiveAll for the first answers that are one slab each and lag alike, as nearly
// all are, and tells how many those are. They are measured together, since histograms need then
// be looked at once only.
func (p *position) receiveEven(backs []des.Time, calls []kinesis.GetCall) (n int) {
	backs = backs[:len(calls)]
	measured, all, last := 0, int64(0), (*kinesis.Rows)(nil)
	for ; n < len(calls); n++ {
		r := &calls[n].Answer.Rows
		if r.From == r.To {
			continue
		}
		if !r.Even || r.From < p.oldRows || last != nil && r.Lags != last.Lags {
			break
		}
		rows := r.To - r.From
		youngest, oldest := agesOf(backs[n], r.First, r.Last, rows)
		if youngest < 0 {
			break
		}
		p.slabs[measured] = metric.Slab{Low: uint64(youngest), High: uint64(oldest), N: uint64(rows)}
		p.leave(backs[n], rows)
		measured, all, last = measured+1, all+rows, r
	}
	if last != nil {
		p.reads.Received += all
		p.reads.Processed += all
		p.seen, p.done, p.since = last.To, last.To, max(p.since, last.Last)
		metric.AddBoth(p.propagation, p.endToEnd, p.slabs[:measured], lagOf(last.Lags))
	}
	return n
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
	h.AddLater(metric.Slab{Low: age(min(first, last)), High: age(max(first, last)), N: uint64(s.Rows)}, lagOf(s.Lags))
}

// lagOf is how much older records are than since they came.
func lagOf(l kinesis.Lags) metric.Lag {
	wide := l.Wide.Duration()
	return metric.Lag{Least: age(l.Mean.Duration() - wide/2), More: uint64(wide), Last: float64(l.Firsts)}
}
