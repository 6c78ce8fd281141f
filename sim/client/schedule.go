package client

import (
	"math"
	"slices"

	"kinesim/sim/des"
)

// schedule finds the instants of the calls in [from, to), if they are not too many, and what
// they bring. A client's next batch begins with the next record after its last call: where none
// come for a while, all clients begin together when they do.
func (f *flow) schedule(from, to des.Time) {
	s := f.drawing
	many := s.batch.rate*(to-from).Seconds() > MostCalls
	s.at, s.sent, s.brought, s.known = from, s.sent[:0], 0, f.next != nil && !many
	f.countByCall(s.known)
	if f.next == nil || s.batch.rate == 0 {
		return
	}
	own := float64(len(f.next)) / s.batch.rate * 1e9 // from one call of a client to the next, in the mean
	another := math.Abs(s.batch.rate-f.paced) > 0.001*s.batch.rate
	idle := f.law.Mean(from, to) == 0
	for i := range f.next {
		at := &f.next[i]
		switch {
		case *at == 0 && idle && !many:
			continue
		case f.law.Even() && (another || *at == 0): // records go to the clients in turn, at a new pace
			wait := s.batch.longest // of the first record, and less where some wait already
			if *at > 0 {
				wait -= s.batch.mean()
			}
			*at = from + des.Time(wait) + des.Time(own*float64(i)/float64(len(f.next))/s.batch.records)
		case many: // at any phase
			*at = max(*at, from+des.Time(own*f.random.Float64()))
		case *at == 0:
			*at = from + f.interval(own)
		case another && *at > from:
			*at = f.hasten(from, *at)
		}
		if !many {
			f.call(i, own, to)
		}
	}
	if another {
		f.paced, f.waits = s.batch.rate, s.batch
	}
	slices.Sort(s.sent)
}

// call sends what a client has until to, whose calls are so far from each other in the mean. Who
// has nothing has no next call until records come again: time 0.
func (f *flow) call(client int, own float64, to des.Time) {
	s, next := f.drawing, &f.next[client]
	for *next < to {
		at := max(s.at, *next)
		mean := f.law.Mean(f.since[client], at)
		f.since[client] = at
		if mean == 0 {
			*next = 0
			return
		}
		s.sent = append(s.sent, at)
		s.brought += mean / float64(len(f.next))
		*next += max(1, f.interval(own))
	}
}

// hasten is when a call that was to come at an instant comes at another pace from now on: a
// batch that waits for its first record gets it as much sooner as records come, and one that
// is begun is full so much sooner, or leaves a linger after it was begun.
func (f *flow) hasten(from, at des.Time) des.Time {
	now, before := &f.drawing.batch, &f.waits
	each := func(b *batching) float64 { return float64(len(f.next)) / (b.rate * b.records) * 1e9 } // from a client's record to its next
	begun := at - des.Time(before.longest)
	switch {
	case begun > from:
		return from + des.Time(float64(begun-from)*(each(now)/each(before))) + des.Time(now.longest)
	case now.firsts > 0:
		return max(from, begun+des.Time(now.longest))
	}
	left := now.records - 1 - float64(from-begun)/each(before) // until it is full
	return from + des.Time(max(0, left)*each(now))
}

// expected is how many records are expected in the span that is drawn.
func (f *flow) expected() float64 {
	if f.byCall {
		return f.drawing.brought
	}
	return f.law.Mean(f.drawing.from, f.drawing.to)
}

// due is how many records the span has of arrivals that are even.
func (f *flow) due() int64 {
	if !f.law.Even() {
		return 0
	}
	all := f.law.Draw(0, f.drawing.to, f.random)
	if f.byCall {
		f.called += f.drawing.brought
		all = int64(f.called)
	}
	n := max(0, all-f.given)
	f.given += n
	return n
}

// countByCall begins to count what known calls have, or what has waited for the mean wait.
func (f *flow) countByCall(known bool) {
	switch {
	case known == f.byCall:
		return
	case known:
		for i := range f.since {
			f.since[i] = f.drawn
		}
		f.called = f.law.Mean(0, f.drawn)
	default:
		sum := 0.0
		for _, at := range f.since {
			sum += float64(at)
		}
		f.drawn = des.Time(sum / float64(len(f.since)))
	}
	f.byCall = known
}

// interval draws how long it is from one call of a client to the next, which is so many
// nanoseconds in the mean: the linger and the wait for the first record, or the wait for
// as many records as fill a call.
func (f *flow) interval(mean float64) des.Time {
	each := mean / f.drawing.batch.records
	switch {
	case f.law.Even():
		return des.Time(mean)
	case f.drawing.batch.firsts > 0:
		return des.Time(f.drawing.batch.longest) + des.Time(each*f.random.Exp())
	}
	return des.Time(mean + each*math.Sqrt(f.drawing.batch.records)*f.random.NormFloat64())
}
