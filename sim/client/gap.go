package client

import (
	"math"
	"sort"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// ages tells how old the last record is that each of some calls sees, which are made of one shard
// in the order of time. The log knows it, but for records in an even lot.
func (a *arm) ages(calls []kinesis.GetCall, ages []uint64, place int, random *des.Rand) {
	even := a.evenly(place)
	if even == 0 {
		for i := range calls {
			ages[i] = uint64(calls[i].Now - calls[i].Answer.Last)
		}
		return
	}
	span, b, alone := a.spanAt(calls[0].Now), a.branches[0], len(a.branches) == 1
	even >>= span
	end, loads := a.end(span), b.loads[place*b.stride:]
	for i := range calls {
		c := &calls[i]
		r := &c.Answer
		if ages[i] = uint64(c.Now - r.Last); r.From == r.To || !r.Tip || r.Rest > 0 { // it is not at the tip of the shard
			continue
		}
		for end <= c.Now {
			span++
			even >>= 1
			end = a.end(span)
		}
		if even&1 == 0 {
			continue
		}
		s := b.spans[span]
		if !alone || !s.memoryless || loads[span].Records == 0 {
			ages[i] = uint64(c.Now - a.last(place, span, c.Visible, random))
			continue
		}
		u := random.Uint64() // as last does: to draw here and not call last takes a third off
		gap, sure := des.QuickExp(u)
		if !sure {
			random.Source, gap = random.SlowExp(u)
		}
		ages[i] = uint64(c.Now - earlier(c.Visible, s.between/s.chances[place]*gap))
	}
}

// evenly tells of the spans of the stretch in which a lot of a shard is even, a bit for each.
// None is where nothing has come yet, and without an arm.
func (a *arm) evenly(place int) uint64 {
	if a == nil || place >= len(a.even) {
		return 0
	}
	return a.even[place]
}

// last is when the last record of a shard was accepted that is seen in a span by who sees all
// that was by an instant. In a lot records are even; but the last one before an instant lies as
// far behind it as calls do that bring some.
func (a *arm) last(place, span int, t des.Time, random *des.Rand) (last des.Time) {
	for _, b := range a.branches {
		last = max(last, b.last(place, span, t, random))
	}
	return last
}

// end is when a span of the stretch ends, but for the last one, which stands for what comes after.
func (a *arm) end(span int) des.Time {
	if span < len(a.ends)-1 {
		return a.ends[span]
	}
	return des.Forever
}

// spanAt is the number of the span of the stretch that an instant of it lies in. Who asks
// does so mostly of the same or of the next one.
func (a *arm) spanAt(t des.Time) int {
	i := min(a.asked, len(a.ends)-1)
	for i > 0 && a.ends[i-1] > t {
		i--
	}
	for a.end(i) <= t {
		i++
	}
	a.asked = i
	return i
}

// last is when the last call by an instant of a span brought some records to a shard; 0 if
// none did.
func (b *branch) last(place, span int, t des.Time, random *des.Rand) des.Time {
	n := b.load(place, span).Records
	if n == 0 {
		return 0
	}
	s := b.spans[span]
	chance := s.chance(place, n)
	if len(s.sent) > 0 {
		if at, ok := b.flow.before(span, chance, t, random); ok {
			return at
		}
	}
	return earlier(t, b.ago(s, chance, random))
}

// earlier is so many nanoseconds before an instant of the run, at its beginning at the earliest.
func earlier(t des.Time, ns float64) des.Time { return min(t, max(0, t-des.Time(ns))) }

// manyClients make their calls independent enough of each other for a closed form, and
// countless ones for the simplest.
const (
	manyClients = 8
	countless   = 100
)

// ago draws how long it is, in nanoseconds, since the last call of a span that brought some.
func (f *flow) ago(s *sending, chance float64, random *des.Rand) float64 {
	switch {
	case f.inTurn:
		return f.agoInTurn(s, chance, random)
	case f.callers > countless:
		return s.between / chance * random.Exp()
	case f.callers > manyClients: // none of them has called for x with probability (1 − x·chance/turn)^callers
		turn := s.between * float64(f.callers)
		return turn / chance * -math.Expm1(-random.Exp()/float64(f.callers))
	}
	least := math.Inf(1)
	for range f.callers {
		behind := random.Float64()
		if chance < 1 {
			behind += math.Floor(random.Exp() / -math.Log1p(-chance)) // calls in vain
		}
		least = min(least, behind)
	}
	return least * s.between * float64(f.callers)
}

// before is the last call by an instant of span number i that brought some, where the
// instants of calls are known so far back.
func (f *flow) before(i int, chance float64, t des.Time, random *des.Rand) (at des.Time, ok bool) {
	vain := 0 // calls
	if chance < 1 {
		vain = int(min(math.MaxInt32, random.Exp()/-math.Log1p(-chance)))
	}
	for ; i >= -1; i-- {
		calls, known := f.calls(i)
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

// agoInTurn is ago where in each turn all clients call at the pace of the records, and then
// wait for the others of their calls.
func (f *flow) agoInTurn(s *sending, chance float64, random *des.Rand) float64 {
	turn, pace := s.between*float64(f.callers), s.between/s.batch.records
	at := turn * random.Float64()
	call := min(math.Floor(at/pace), float64(f.callers-1)) // the last one before at
	if chance < 1 {
		call -= math.Floor(random.Exp() / -math.Log1p(-chance)) // those in vain
	}
	turns := math.Floor(call / float64(f.callers))
	return at - (float64(turns*turn) + float64((call-float64(turns*float64(f.callers)))*pace))
}
