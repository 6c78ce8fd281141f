package metric

import (
	"math"
	"math/bits"
)

// slabs are values that lie evenly over spans: n of them from low to high, whatever n
// and however wide. What is kept of all of them together is where their densities begin
// and end, so adding one costs the same for a span of a bucket and of an hour. The
// counts of the buckets follow from the distribution function, which between two edges
// of buckets is a sum of straight lines: exact at every edge but for rounding.
//
// Slabs wait until there are some, and are then added one after the other: what is reckoned
// for each takes long and hangs on nothing of the others, so the processor does several at
// once, and adding one takes half the time.
type slabs struct {
	n       uint64
	edges   [buckets]edge // by bucket
	least   int           // the lowest and the highest bucket of any edge
	most    int
	waiting [waitingSlabs]slab
	waits   int // so many of them
}

// waitingSlabs is how many slabs wait at the most: 1 KB of them.
const waitingSlabs = 32

// slab is n values in some parts, one, two or four, each as wide as [low, high] and all
// within that and more. All are whole numbers below 2^53.
type slab struct {
	low, high, more, n uint64
}

// edge is where densities change within a bucket.
type edge struct {
	density float64 // by how much: values per unit
	moment  float64 // the same times where in the bucket that is
}

// AddSlab counts n values that lie evenly from low to high, both included.
func (h *Histogram) AddSlab(low, high, n uint64) { h.AddSum(low, high, 0, n) }

// AddSum counts n values, each the sum of one that lies evenly from low to high and of
// one that lies evenly from 0 to more: exactly in the mean, and in the distribution as if
// the narrower of them had few values only: four where both are about as wide, two where
// it is less than a sixth, one where it is less than a thirty-second of the other.
func (h *Histogram) AddSum(low, high, more, n uint64) {
	if n == 0 {
		return
	}
	top := high + more
	if middle := low + (top-low)/2; top-low <= low>>subBits && bucket(low) == bucket(top) { // no bucket is wider
		h.AddN(middle, n)
		return
	}
	s := h.slabs
	if s == nil {
		s = &slabs{least: buckets}
		h.slabs = s
	}
	if s.waits == waitingSlabs {
		s.addAll()
	}
	s.waiting[s.waits] = slab{low, high, more, n}
	s.waits++
	s.n += n
	sumHigh, sum := bits.Mul64(low+(top-low)/2, n)
	h.count(n, sumHigh, sum)
	h.max = max(h.max, top)
}

// addAll adds the slabs that wait.
func (s *slabs) addAll() {
	for i := range s.waiting[:s.waits] {
		s.add(&s.waiting[i])
	}
	s.waits = 0
}

// add adds a slab.
func (s *slabs) add(o *slab) {
	low, high, more := o.low, o.high, o.more
	if more > high-low {
		high, more = low+more, high-low
	}
	from, to, wide := float64(int64(low)), float64(int64(high))+1, float64(int64(more))
	density := float64(int64(o.n)) / (to - from)
	switch { // products with powers of two are exact
	case more*32 < high-low:
		s.span(from+wide/2, to+wide/2, density)
	case more*6 < high-low:
		for i := range 2 {
			shift := wide * (float64(i)/2 + 0.25)
			s.span(from+shift, to+shift, density/2)
		}
	default:
		for i := range 4 {
			shift := wide * (float64(i)/4 + 0.125)
			s.span(from+shift, to+shift, density/4)
		}
	}
}

// span adds values that lie evenly from low to high, so many per unit.
func (s *slabs) span(low, high, density float64) {
	first, last := bucket(uint64(int64(low))), bucket(uint64(int64(high)))
	a, b := &s.edges[first], &s.edges[last]
	a.density += density
	a.moment += float64(density * low)
	b.density -= density
	b.moment -= float64(density * high)
	s.least, s.most = min(s.least, first), max(s.most, last)
}

// settle turns slabs into counts of buckets. They add up to the number of values.
func (h *Histogram) settle() {
	s := h.slabs
	if s == nil || s.n == 0 {
		return
	}
	s.addAll()
	density, moment, before := 0.0, 0.0, uint64(0)
	for i := s.least; i <= s.most; i++ {
		density += s.edges[i].density
		moment += s.edges[i].moment
		end := float64(upper(i)) + 1
		below := s.n // at the last edge all of them lie below
		if i < s.most {
			below = min(s.n, max(before, uint64(max(0, math.Round(float64(end*density)-moment)))))
		}
		if below > before {
			h.touched |= 1 << max(0, i>>subBits-1)
			h.counts[i] += below - before
			before = below
		}
		s.edges[i] = edge{}
	}
	s.n, s.least, s.most = 0, buckets, 0
}
