package client

import (
	"math"
	"sort"

	"kinesim/sim/des"
)

// tip is the tip of a shard as readers see it, call after call.
type tip struct {
	place    int
	even     uint64     // spans of the stretch in which a lot of the shard is even, a bit for each
	span     int        // that the call before lay in
	ends     []des.Time // of spans
	branches []*branch
	random   *des.Rand // draws how calls came
}

// tip is that of a shard for calls from now on. Without an arm, where no lot is even, and where
// nothing has come yet, the log knows when records came.
func (a *arm) tip(now des.Time, place int, random *des.Rand) tip {
	if a == nil || place >= len(a.even) || a.even[place] == 0 {
		return tip{}
	}
	return tip{place, a.even[place], a.spanAt(now), a.ends, a.branches, random}
}

// last is when the last record that a reader sees at now was accepted, which sees all that
// was by visible; as the log has it, at logged. In a lot records are even; but the last one
// before an instant lies as far behind it as calls do that bring some.
func (t *tip) last(now, visible, logged des.Time) des.Time {
	if t.even == 0 {
		return logged
	}
	for t.span < len(t.ends)-1 && t.ends[t.span] <= now {
		t.span++
	}
	if t.even>>t.span&1 == 0 {
		return logged
	}
	last := des.Time(0)
	for _, b := range t.branches {
		if n := b.load(t.place, t.span).Records; n > 0 {
			s := b.spans[t.span]
			last = max(last, b.flow.last(s, s.chance(t.place, n), visible, t.random))
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

// last is when the last call by an instant of a span brought some records to a shard, which
// each of its calls does with such a chance.
func (f *flow) last(s *sending, chance float64, t des.Time, random *des.Rand) des.Time {
	if len(s.sent) > 0 {
		if at, ok := f.before(s.number, chance, t, random); ok {
			return at
		}
	}
	return min(t, max(0, t-des.Time(f.ago(s, chance, random))))
}

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
