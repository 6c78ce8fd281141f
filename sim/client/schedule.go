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
	f.at, f.sent = from, f.sent[:0]
	if f.next == nil || f.batch.rate == 0 {
		return
	}
	many := f.batch.rate*(to-from).Seconds() > mostCalls
	own := float64(len(f.next)) / f.batch.rate * 1e9 // from one call of a client to the next, in the mean
	another := math.Abs(f.batch.rate-f.paced) > 0.001*f.batch.rate
	for i := range f.next {
		at := &f.next[i]
		switch {
		case f.law.Even() && another: // records go to the clients in turn, at a new pace
			*at = f.from + des.Time(f.batch.longest) + des.Time(own*float64(i)/float64(len(f.next))/f.batch.records)
		case *at == 0 && f.batch.firsts > 0:
			*at = from + des.Time(f.batch.longest) + des.Time(own/f.batch.records*f.random.Exp())
		case many || *at == 0: // at any phase
			*at = max(*at, from+des.Time(own*f.random.Float64()))
		}
		for ; !many && *at < to; *at += max(1, f.interval(own)) {
			f.sent = append(f.sent, max(from, *at))
		}
	}
	if another {
		f.paced = f.batch.rate
	}
	slices.Sort(f.sent)
}

// interval draws how long it is from one call of a client to the next, which is so many
// nanoseconds in the mean: the linger and the wait for the first record, or the wait for
// as many records as fill a call.
func (f *flow) interval(mean float64) des.Time {
	each := mean / f.batch.records
	switch {
	case f.law.Even():
		return des.Time(mean)
	case f.batch.firsts > 0:
		return des.Time(f.batch.longest) + des.Time(each*f.random.Exp())
	}
	return des.Time(mean + each*math.Sqrt(f.batch.records)*f.random.NormFloat64())
}
