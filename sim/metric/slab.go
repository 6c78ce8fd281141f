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
type slabs struct {
	n       uint64
	changes [buckets]change // by bucket
	least   int             // the lowest and the highest bucket of any change
	most    int
}

// change is what changes within a bucket: by how many values per unit the density does, and
// the sum of each such change times where in the bucket it is.
type change struct{ density, moment float64 }

// AddSlab counts n values that lie evenly from low to high, both included.
func (h *Histogram) AddSlab(low, high, n uint64) { h.AddSum(low, high, 0, n) }

// AddSum counts n values, each the sum of one that lies evenly from low to high and of
// one that lies evenly from 0 to more: exactly in the mean, and in the distribution as if
// the narrower of them had few values only: four where both are about as wide, two where
// it is less than a sixth, one where it is less than a thirty-second of the other.
func (h *Histogram) AddSum(low, high, more, n uint64) {
	top := high + more
	if n == 0 || top-low <= low>>subBits && bucket(low) == bucket(top) { // no bucket is wider
		h.AddN(low+(top-low)/2, n)
		return
	}
	s := h.spread(low, top-low, n)
	if more*32 >= high-low {
		s.parts(low, high, more, n)
		return
	}
	from, wide, shift := float64(int64(low)), float64(int64(high-low))+1, float64(int64(more))/2
	s.span(from+shift, from+wide+shift, float64(int64(n))/wide)
}

// AddBoth counts in h what AddSlab(low, high, n) does and in later, whose values are each
// later by what lies evenly from shift to shift+more, what AddSum(low+shift, high+shift,
// more, n) does. What the two have in common is reckoned once.
func AddBoth(h, later *Histogram, low, high, shift, more, n uint64) {
	width := high - low
	if n == 0 || width <= (low+shift)>>subBits || more*32 >= width { // in a bucket, perhaps, or in parts
		h.AddSlab(low, high, n)
		later.AddSum(low+shift, high+shift, more, n)
		return
	}
	from, wide := float64(int64(low)), float64(int64(width))+1
	density := float64(int64(n)) / wide
	h.spread(low, width, n).span(from, from+wide, density)
	from, half := float64(int64(low+shift)), float64(int64(more))/2
	later.spread(low+shift, width+more, n).span(from+half, from+wide+half, density)
}

// spread counts n values whose middle is that of the span of some width from low on, but in
// no bucket: that is left to the slabs.
func (h *Histogram) spread(low, width, n uint64) *slabs {
	high, sum := bits.Mul64(low+width/2, n)
	h.count(n, high, sum)
	h.max = max(h.max, low+width)
	s := h.slabs
	if s == nil {
		s = &slabs{least: buckets}
		h.slabs = s
	}
	s.n += n
	return s
}

// parts adds a slab whose more is not much narrower than its span: the wider of the two, in
// parts that are shifted by what is in the middle of each part of the narrower.
func (s *slabs) parts(low, high, more, n uint64) {
	wide, other, part := max(high-low, more), min(high-low, more), 0.25
	switch {
	case other*32 < wide:
		part = 1
	case other*6 < wide:
		part = 0.5
	}
	from, width := float64(int64(low)), float64(int64(wide))+1
	density := float64(int64(n)) / width * part
	for at := part / 2; at < 1; at += part { // products with powers of two are exact
		shift := float64(int64(other)) * at
		s.span(from+shift, from+width+shift, density)
	}
}

// span adds values that lie evenly from low to high, so many per unit.
func (s *slabs) span(low, high, density float64) {
	first, last := bucketOf(low), bucketOf(high)
	begin, end := &s.changes[first], &s.changes[last]
	begin.density += density
	begin.moment += float64(density * low)
	end.density -= density
	end.moment -= float64(density * high)
	if first < s.least {
		s.least = first
	}
	if last > s.most {
		s.most = last
	}
}

// bucketOf is the index of the bucket of x without its fraction, 0 ≤ x < 2^53. What a
// floating-point number begins with is the number of its octave and then its leading bits,
// as the index is.
func bucketOf(x float64) int {
	const mantissa, bias = 52, 1023
	if i := int(math.Float64bits(x)>>(mantissa-subBits)) - (bias+subBits-1)<<subBits; i >= subBuckets {
		return i
	}
	return int(x)
}

// settle turns slabs into counts of the buckets of a histogram, and leaves none. The counts
// add up to the number of values.
func (s *slabs) settle(h *Histogram) {
	if s == nil || s.n == 0 {
		return
	}
	density, moment, before, all := 0.0, 0.0, int64(0), int64(s.n)
	for from, to := s.least, 0; from < s.most; from = to {
		octave := octaveOf(from)
		to = min(first(octave+1), s.most)
		changes, counts := s.changes[from:to], h.counts[from:to]
		end, wide, sooner := float64(upper(from))+1, float64(uint64(1)<<octave), before
		for i := range changes {
			density += changes[i].density
			moment += changes[i].moment
			below := min(all, max(before, rounded(float64(end*density)-moment)))
			counts[i] += uint64(below - before)
			before = below
			end += wide // exact, as all edges are
		}
		if before > sooner {
			h.touched |= 1 << octave
		}
	}
	if before < all { // at the last edge all of them lie below
		h.touched |= 1 << octaveOf(s.most)
		h.counts[s.most] += uint64(all - before)
	}
	clear(s.changes[s.least : s.most+1])
	s.n, s.least, s.most = 0, buckets, 0
}

// rounded is the integer nearest to x, halves away from 0, as math.Round says it, for
// |x| < 2^63: without a branch, since settling does little else.
func rounded(x float64) int64 {
	whole := int64(x)
	return whole + int64(2*(x-float64(whole)))
}
