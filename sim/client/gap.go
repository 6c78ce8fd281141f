package client

import (
	"math"
	"sort"

	"kinesim/sim/des"
)

// gap is how the calls of a flow come that bring a shard records in a span.
type gap struct {
	*sending         // in the span
	flow     *flow   // nil where the instants of calls are not known
	calls    float64 // nanoseconds from one to the next, of all clients
	chance   float64 // of each, to bring some
	clients  int     // each of which calls evenly
	each     float64 // of even arrivals: a call has so many records, and all clients call one after the other before they wait for more; else 0
}

// gap is how the calls come that bring the shard at a place records, which is sent n in
// span number i of the stretch.
func (f *flow) gap(place, i int, n int64) gap {
	s := f.spans[i]
	g := gap{sending: s, calls: 1e9 / s.batch.rate, chance: s.chance(place, n), clients: f.clients()}
	if len(s.sent) > 0 {
		g.flow = f
	}
	if f.law.Even() && !f.producer.Config.Put.Single {
		g.each = s.batch.records
	}
	return g
}

// last is when the last record that a reader sees of a shard at now was accepted, which sees
// all that was by visible. In a lot records are even; but the last one before an instant
// lies as far behind it as calls do that bring some. Where no lot of the span is even, the
// log knows when they came.
func (a *arm) last(now des.Time, place int, visible, last des.Time, random *des.Rand) des.Time {
	even := a.even[place]
	if even == 0 {
		return last
	}
	i := a.spanAt(now)
	if even>>i&1 == 0 {
		return last
	}
	last = 0
	for _, b := range a.branches {
		if n := b.load(place, i).Records; n > 0 {
			g := b.gap(place, i, n)
			last = max(last, g.last(visible, random))
		}
	}
	return last
}

// spanAt is the number of the span of the stretch that an instant of it lies in. Who asks
// does so mostly of the same or of the next one.
func (a *arm) spanAt(t des.Time) int {
	i := min(a.asked, len(a.ends)-1)
	for i > 0 && a.ends[i-1] > t {
		i--
	}
	for i < len(a.ends)-1 && a.ends[i] <= t {
		i++
	}
	a.asked = i
	return i
}

// last is when the last call by an instant brought some.
func (g *gap) last(t des.Time, random *des.Rand) des.Time {
	if at, ok := g.before(t, random); ok {
		return at
	}
	return min(t, max(0, t-des.Time(g.draw(random))))
}

// manyClients make their calls independent enough of each other for a closed form, and
// countless ones for the simplest.
const (
	manyClients = 8
	countless   = 100
)

// draw draws how long it is, in nanoseconds, since the last call that brought some.
func (g *gap) draw(random *des.Rand) float64 {
	if g.each > 0 {
		return g.even(random)
	}
	switch {
	case g.clients > countless:
		return g.calls / g.chance * random.Exp()
	case g.clients > manyClients: // none of them has called for x with probability (1 − x·chance/turn)^clients
		turn := g.calls * float64(g.clients)
		return turn / g.chance * -math.Expm1(-random.Exp()/float64(g.clients))
	}
	least := math.Inf(1)
	for range g.clients {
		behind := random.Float64()
		if g.chance < 1 {
			behind += math.Floor(random.Exp() / -math.Log1p(-g.chance)) // calls in vain
		}
		least = min(least, behind)
	}
	return least * g.calls * float64(g.clients)
}

// before is the last call by an instant that brought some, where the instants of calls are
// known so far back.
func (g *gap) before(t des.Time, random *des.Rand) (at des.Time, ok bool) {
	if g.flow == nil {
		return 0, false
	}
	vain := 0 // calls
	if g.chance < 1 {
		vain = int(min(math.MaxInt32, random.Exp()/-math.Log1p(-g.chance)))
	}
	for i := g.number; i >= -1; i-- {
		calls, known := g.flow.calls(i)
		if !known {
			break
		}
		n := sort.Search(len(calls), func(k int) bool { return calls[k] > t })
		if n > vain {
			return calls[n-1-vain], true
		}
		vain -= n
	}
	return 0, false
}

// even is draw where arrivals are even: in each turn all clients call at the pace of the
// records, and then wait for the others of their calls.
func (g *gap) even(random *des.Rand) float64 {
	turn, pace := g.calls*float64(g.clients), g.calls/g.each
	at := turn * random.Float64()
	call := min(math.Floor(at/pace), float64(g.clients-1)) // the last one before at
	if g.chance < 1 {
		call -= math.Floor(random.Exp() / -math.Log1p(-g.chance)) // those in vain
	}
	turns := math.Floor(call / float64(g.clients))
	return at - (float64(turns*turn) + float64((call-float64(turns*float64(g.clients)))*pace))
}
