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
	n         uint64
	densities [buckets]float64 // by bucket: by how many values per unit the density changes within it
	moments   [buckets]float64 // each change times where in the bucket it is
	least     int              // the lowest and the highest bucket of any change
	most      int
}

// AddSlab counts n values that lie evenly from low to high, both included.
func (h *Histogram) AddSlab(low, high, n uint64) { h.AddSum(low, high, 0, n) }

// AddSum counts n values, each the sum of one that lies evenly from low to high and of
// one that lies evenly from 0 to more: exactly in the mean, and in the distribution as if
// the narrower of them had few values only: four where both are about as wide, two where
// it is less than a sixth, one where it is less than a thirty-second of the other.
func (h *Histogram) AddSum(low, high, more, n uint64) {
	top := high + more
	middle := low + (top-low)/2
	if n == 0 || top-low <= low>>subBits && bucket(low) == bucket(top) { // no bucket is wider
		h.AddN(middle, n)
		return
	}
	sumHigh, sum := bits.Mul64(middle, n)
	h.count(n, sumHigh, sum)
	h.max = max(h.max, top)
	s := h.slabs
	if s == nil {
		s = &slabs{least: buckets}
		h.slabs = s
	}
	s.n += n
	if more*32 >= high-low {
		s.parts(low, high, more, n)
		return
	}
	from, wide, shift := float64(int64(low)), float64(int64(high-low))+1, float64(int64(more))/2
	s.span(from+shift, from+wide+shift, float64(int64(n))/wide)
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
	s.densities[first] += density
	s.moments[first] += float64(density * low)
	s.densities[last] -= density
	s.moments[last] -= float64(density * high)
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
	if x < subBuckets {
		return int(x)
	}
	const mantissa, bias = 52, 1023
	return int(math.Float64bits(x)>>(mantissa-subBits)) - (bias+subBits-1)<<subBits
}

// settle turns slabs into counts of buckets. They add up to the number of values.
func (h *Histogram) settle() {
	s := h.slabs
	if s == nil || s.n == 0 {
		return
	}
	density, moment, before := 0.0, 0.0, uint64(0)
	for i := s.least; i <= s.most; i++ {
		density += s.densities[i]
		moment += s.moments[i]
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
		s.densities[i], s.moments[i] = 0, 0
	}
	s.n, s.least, s.most = 0, buckets, 0
}
