package client

import (
	"math"
	"slices"

	"kinesim/sim/des"
)

// mostCalls is how many calls of a span are known by their instants.
const mostCalls = 512

// schedule finds the instants of the calls in [from, to), if they are not too many. A
// client's next batch begins with the next record after its last call.
func (f *flow) schedule(from, to des.Time) {
	s := f.drawing
	many := s.batch.rate*(to-from).Seconds() > mostCalls
	s.at, s.sent, s.known = from, s.sent[:0], f.next != nil && !many
	if f.next == nil || s.batch.rate == 0 {
		return
	}
	own := float64(len(f.next)) / s.batch.rate * 1e9 // from one call of a client to the next, in the mean
	another := f.repaced()
	for i := range f.next {
		at := &f.next[i]
		switch {
		case f.law.Even() && another: // records go to the clients in turn, at a new pace
			*at = s.from + des.Time(s.batch.longest) + des.Time(own*float64(i)/float64(len(f.next))/s.batch.records)
		case *at == 0 && s.batch.firsts > 0:
			*at = from + des.Time(s.batch.longest) + des.Time(own/s.batch.records*f.random.Exp())
		case many || *at == 0: // at any phase
			*at = max(*at, from+des.Time(own*f.random.Float64()))
		}
		for ; !many && *at < to; *at += max(1, f.interval(own)) {
			s.sent = append(s.sent, max(from, *at))
		}
	}
	if another {
		f.paced = s.batch.rate
	}
	slices.Sort(s.sent)
}

// repaced tells whether calls have another pace than when they were scheduled last.
func (f *flow) repaced() bool {
	rate := f.drawing.batch.rate
	return math.Abs(rate-f.paced) > 0.001*rate
}

// silent tells whether it is known beforehand that no client calls before to.
func (f *flow) silent(to des.Time) bool {
	if f.next == nil || f.law.Even() && f.repaced() {
		return false
	}
	for _, at := range f.next {
		if at < to {
			return false
		}
	}
	return true
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
