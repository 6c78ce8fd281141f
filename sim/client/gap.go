package client

import (
	"math"
	"sort"

	"kinesim/sim/des"
)

// gap is how the calls of a flow come that bring a shard records.
type gap struct {
	calls   float64 // nanoseconds from one to the next, of all clients
	chance  float64 // of each, to bring some
	clients int     // each of which calls evenly
	known   *branch // whose calls they are, if their instants are known
	records float64 // of even arrivals: a call has so many, and all clients call one after the other before they wait for more; else 0
}

// gap is how the calls come that bring the shard at a place records, which is sent n in the
// span.
func (b *branch) gap(place int, n int64) gap {
	g := gap{calls: 1e9 / b.batch.rate, chance: b.chance(place, n), clients: b.clients()}
	if len(b.sent) > 0 {
		g.known = b
	}
	if b.law.Even() && !b.producer.Config.Put.Single {
		g.records = b.batch.records
	}
	return g
}

// gaps are how the calls of all flows come that bring a shard records in a span. Where none
// lies evenly in the log, the log knows when they came.
type gaps struct {
	gap        // of a flow whose records lie evenly; calls are 0 if there is none
	more []gap // of the others
}

// clear forgets the span before.
func (g *gaps) clear() { g.calls, g.more = 0, g.more[:0] }

// lie adds a flow whose records lie evenly.
func (g *gaps) lie(of gap) {
	if g.calls > 0 {
		g.more = append(g.more, of)
		return
	}
	g.gap = of
}

// stand adds a flow whose calls are lots of their own.
func (g *gaps) stand(of gap) { g.more = append(g.more, of) }

// last is when the last call by an instant brought some.
func (g *gaps) last(t des.Time, random *des.Rand) des.Time {
	at := g.gap.last(t, random)
	for i := range g.more {
		at = max(at, g.more[i].last(t, random))
	}
	return at
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
	if g.records > 0 {
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
	if g.known == nil {
		return 0, false
	}
	vain := 0 // calls
	if g.chance < 1 {
		vain = int(min(math.MaxInt32, random.Exp()/-math.Log1p(-g.chance)))
	}
	for i := g.known.number; i >= -1; i-- {
		calls, known := g.known.calls(i)
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
	turn, pace := g.calls*float64(g.clients), g.calls/g.records
	at := turn * random.Float64()
	call := min(math.Floor(at/pace), float64(g.clients-1)) // the last one before at
	if g.chance < 1 {
		call -= math.Floor(random.Exp() / -math.Log1p(-g.chance)) // those in vain
	}
	turns := math.Floor(call / float64(g.clients))
	return at - (float64(turns*turn) + float64((call-float64(turns*float64(g.clients)))*pace))
}
