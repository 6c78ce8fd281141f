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
			metric.AddBoth(delays, totals, []metric.Slab{ages}, uint64(start.Sub(now))+leastLag(s.Lag, s.LagSpan), uint64(s.LagSpan))
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

// bundle is how old slabs are that lag alike and are handed over and processed at once. They
// are measured together, since histograms need then be looked at once only.
type bundle struct {
	n    int
	ages [mostCalls]metric.Slab
	lags kinesis.Lags
}

// measureBundle measures what is in the bundle, and leaves nothing there: before anything else is
// measured, since sums of fractions hang on their order.
func (p *position) measureBundle() {
	if b := &p.bundle; b.n > 0 {
		wide := b.lags.Wide.Duration()
		metric.AddBoth(p.propagation, p.endToEnd, b.ages[:b.n], leastLag(b.lags.Mean.Duration(), wide), uint64(wide))
		b.n = 0
	}
}

// receiveAll is receive for answers to calls of an idle consumer, each at its instant of backs.
func (p *position) receiveAll(backs []des.Time, calls []kinesis.GetCall) {
	backs = backs[:len(calls)]
	last := p.since
	for i := range calls {
		r := &calls[i].Answer.Rows
		if r.From == r.To {
			continue
		}
		if last = r.Last; !p.bundleRows(backs[i], r) {
			p.measureBundle()
			p.receive(backs[i], backs[i], 0, r.From, r.To)
		}
	}
	p.measureBundle()
	p.since = max(p.since, last)
}

// bundleRows is receive for rows of an idle consumer that are one slab, as nearly all are, but for
// measuring them: they go into the bundle.
func (p *position) bundleRows(now des.Time, r *kinesis.Rows) bool {
	if !r.Even || r.From < p.oldRows {
		return false
	}
	n := r.To - r.From
	youngest, oldest := agesOf(now, r.First, r.Last, n)
	if youngest < 0 {
		return false
	}
	b := &p.bundle
	if r.Lags != b.lags {
		p.measureBundle()
		b.lags = r.Lags
	}
	b.ages[b.n] = metric.Slab{Low: uint64(youngest), High: uint64(oldest), N: uint64(n)}
	b.n++
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

// leastLag is how much earlier than they were accepted rows had arisen at least that lag so
// much in the mean, over so wide a span.
func leastLag(mean, wide time.Duration) uint64 { return age(mean - wide/2) }
