package workload

import (
	"math"
	"slices"
	"time"
)

// SessionFit is how records of one key follow each other.
type SessionFit struct {
	Found   bool
	Records Estimate // a session's mean number
	Gap     Estimate // their mean distance, in seconds

	Draws float64 // of keys, by all sessions together
	Same  float64 // how often two sessions have the same key
}

// dispersion is by how much sessions make counts over long bins vary more than those of
// independent records: the mean square of a session's records over their mean, which for
// the geometric law is 2N−1.
func (f SessionFit) dispersion() float64 {
	if !f.Found {
		return 1
	}
	return 2*f.Records.Value - 1
}

const (
	sessionBlocks = 16 // of records, for how much the estimates vary
	t95           = 2.13145

	fewestForSessions = 6 * sessionBlocks
	longestSession    = 15 * time.Minute // what lasts longer is a change of the keys' shares
	// plainSessions is how many standard deviations of independent keys a surplus must have.
	plainSessions = 5.0
	leastSessions = 0.02 // surplus pairs for each record; fewer change nothing that a run shows
)

// FitSessions finds sessions in records by pairs with the same key. Independent keys make
// pairs at any distance in proportion to all pairs at that distance, however the records
// arise; what goes beyond at short distances is of sessions. A record of a session with
// a mean of N has N−1 earlier ones, at N gaps' distance in the mean, so that the surplus
// of pairs and their distances tell both. A few long sessions count more by this than
// many short ones, as they do for what a shard gets at once.
//
// times are in order; keys are their keys' numbers, below count; grain is the clock's.
func FitSessions(times []time.Duration, keys []int32, count int, grain time.Duration) SessionFit {
	p := newPairs(times, keys, count)
	n := float64(len(times))
	all := n * (n - 1) / 2
	squares, thirds := p.moments()
	f := SessionFit{Draws: n, Same: squares / max(1, all)}
	if squares == 0 || len(times) < fewestForSessions {
		return f
	}
	var best, before surplus
	for within := max(grain, time.Millisecond); within <= min(longestSession, (times[len(times)-1]-times[0])/2); within *= 2 {
		s := p.within(within)
		deviation := func(pairs float64) float64 { // pairs share records, so those of a frequent key vary together
			near := pairs / n
			return math.Sqrt(pairs*f.Same + float64(n*near*near)*max(0, thirds-f.Same*f.Same))
		}
		unsure := math.Sqrt(all / max(1, all-s.all)) // the fewer pairs are left to tell the chance
		// Spans double, so while sessions go on each brings about as much as all before it. Of
		// the few pairs at first, chance may bring none.
		if best.more >= leastSessions*n && s.more-before.more < max(0.02*s.more, 2*unsure*deviation(s.all-before.all)) {
			break
		}
		if s.more > plainSessions*unsure*deviation(s.all) {
			best = s
		}
		before = s
	}
	return f.told(best, p, squares, all)
}

// told is the fit by the surplus within the span beyond which there is none.
func (f SessionFit) told(best surplus, p *pairs, squares, all float64) SessionFit {
	n := float64(len(p.times))
	if best.more < leastSessions*n {
		return f
	}
	f.Found = true
	f.Records, f.Gap = best.estimates()
	f.Draws = max(n/f.Records.Value, p.chains(best.span))
	f.Same = max(0, squares-best.same) / max(1, all-best.all)
	return f
}

// pairs are records with those of each key together.
type pairs struct {
	times []time.Duration
	order []int32 // records, those of key k from start[k] on
	start []int32
	share []float64 // by record: of its key in all others
}

func newPairs(times []time.Duration, keys []int32, count int) *pairs {
	p := &pairs{times: times, order: make([]int32, len(keys)), start: make([]int32, count+1)}
	for _, k := range keys {
		p.start[k+1]++
	}
	for k := range count {
		p.start[k+1] += p.start[k]
	}
	next := slices.Clone(p.start)
	for i, k := range keys {
		p.order[next[k]] = int32(i)
		next[k]++
	}
	p.share = make([]float64, len(keys))
	for i, k := range keys {
		p.share[i] = float64(p.start[k+1]-p.start[k]-1) / float64(max(1, len(keys)-1))
	}
	return p
}

// moments are how many pairs have the same key, and how likely three records have.
func (p *pairs) moments() (squares, thirds float64) {
	n := float64(len(p.times))
	for k := range len(p.start) - 1 {
		c := float64(p.start[k+1] - p.start[k])
		squares += c * (c - 1) / 2
		thirds += c / n * c / n * c / n
	}
	return squares, thirds
}

// surplus is what there is of pairs within a span, by the block of the later record.
type surplus struct {
	span            time.Duration
	all, same, more float64 // pairs; those with the same key; beyond what independent keys make
	records         [sessionBlocks]float64
	pairs, seconds  [sessionBlocks]float64 // of the surplus: their number, and the sum of their distances
}

// within counts pairs at most a span apart.
func (p *pairs) within(span time.Duration) surplus {
	s := surplus{span: span}
	n := len(p.times)
	count := func(m int, record func(int) int, weight func(record int) float64) (sum float64) {
		low, before := 0, 0.0 // the first within the span, and the sum of those within
		for i := range m {
			at := p.times[record(i)]
			for ; p.times[record(low)] < at-span; low++ {
				before -= p.times[record(low)].Seconds()
			}
			near, block, w := float64(i-low), record(i)*sessionBlocks/n, weight(record(i))
			s.pairs[block] += w * near
			s.seconds[block] += w * (near*at.Seconds() - before)
			before += at.Seconds()
			sum += near
		}
		return sum
	}
	for k := range len(p.start) - 1 {
		of := p.order[p.start[k]:p.start[k+1]]
		if len(of) > 1 {
			s.same += count(len(of), func(i int) int { return int(of[i]) }, func(int) float64 { return 1 })
		}
	}
	s.all = count(n, func(i int) int { return i }, func(int) float64 { return 0 })
	// Of independent keys, a record has the same one as each before it with the share of
	// its own key: so it does not matter which keys a block happens to have. What share is
	// chance is told by the pairs that are farther apart, which are of no session.
	squares, _ := p.moments()
	all := float64(n) * float64(n-1) / 2
	chance := (squares - s.same) / max(1, all-s.all) / (squares / all)
	count(n, func(i int) int { return i }, func(i int) float64 { return -chance * p.share[i] })
	for _, pairs := range s.pairs {
		s.more += pairs
	}
	for i := range n {
		s.records[i*sessionBlocks/n]++
	}
	return s
}

// estimates are the mean number of records and gap, from all and with what blocks vary.
func (s *surplus) estimates() (records, gap Estimate) {
	law := func(n, pairs, seconds float64) (float64, float64) {
		pairs = max(1e-9, pairs)
		mean, seen := untruncated(seconds/pairs, s.span.Seconds())
		records := 1 + pairs/seen/n
		return records, mean / records
	}
	var n, pairs, seconds float64
	for b := range sessionBlocks {
		n, pairs, seconds = n+s.records[b], pairs+s.pairs[b], seconds+s.seconds[b]
	}
	r, g := law(n, pairs, seconds)
	var dr, dg float64
	for b := range sessionBlocks { // the jackknife: all but one
		rb, gb := law(n-s.records[b], pairs-s.pairs[b], seconds-s.seconds[b])
		dr, dg = dr+(rb-r)*(rb-r), dg+(gb-g)*(gb-g)
	}
	const each = float64(sessionBlocks-1) / sessionBlocks
	dr, dg = t95*math.Sqrt(each*dr), t95*math.Sqrt(each*dg)
	return Estimate{r, max(1, r-dr), r + dr}, Estimate{g, max(0, g-dg), g + dg}
}

// untruncated is the mean of an exponential law whose values up to a limit have that
// mean, and what share of all these are. The distances of pairs in a session follow it:
// a geometric number of exponential gaps.
func untruncated(mean, limit float64) (whole, seen float64) {
	low, high := limit/100, limit*2
	for range 40 {
		whole = (low + high) / 2
		if whole-limit/math.Expm1(limit/whole) < mean {
			low = whole
		} else {
			high = whole
		}
	}
	return whole, -math.Expm1(-limit / whole)
}

// chains is how many stretches of one key have no gap longer than a span.
func (p *pairs) chains(span time.Duration) (n float64) {
	for k := range len(p.start) - 1 {
		of := p.order[p.start[k]:p.start[k+1]]
		for i := range of {
			if i == 0 || p.times[of[i]]-p.times[of[i-1]] > span {
				n++
			}
		}
	}
	return n
}
