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

// Slab is N values that lie evenly from Low to High, both included.
type Slab struct{ Low, High, N uint64 }

// Lag is by how much values are later than others: by what lies evenly from Least to Least+More,
// but a share of them, Last, by all of Least+More.
type Lag struct {
	Least, More uint64
	Last        float64
}

// AddSlab counts n values that lie evenly from low to high, both included.
func (h *Histogram) AddSlab(low, high, n uint64) { h.AddLater(Slab{low, high, n}, Lag{}) }

// AddLater counts values that are later than those of a slab by a lag: in the mean to within 1, and
// in the distribution as if the narrower of the two had few values only: four where both are
// about as wide, two where it is less than a sixth, one where it is less than a thirty-second of
// the other.
func (h *Histogram) AddLater(b Slab, lag Lag) {
	low, top := b.Low+lag.Least, b.High+lag.Least+lag.More
	mean := low + (top-low)/2 + lag.lastMore()
	if b.N == 0 || top-low <= low>>subBits && bucket(low) == bucket(top) { // no bucket is wider
		h.AddN(mean, b.N)
		return
	}
	sumHigh, sum := bits.Mul64(mean, b.N)
	h.spread(b.N, sumHigh, sum, top).later(b.Low, b.High, lag, float64(int64(b.N)))
}

// AddBoth counts slabs of at least a value each in h, as AddSlab does, and in later what is later
// by a lag, as AddLater does. What they have in common is reckoned once.
func AddBoth(h, later *Histogram, slabs []Slab, lag Lag) {
	all := tallyOf(slabs)
	if !all.wide(lag) {
		for _, b := range slabs {
			h.AddSlab(b.Low, b.High, b.N)
			later.AddLater(b, lag)
		}
		return
	}
	s := h.spread(all.n, all.sumHigh, all.sum, all.high)
	t := later.spread(all.n, all.sumHigh, all.sum, all.high+lag.Least+lag.More)
	sumHigh, sum := bits.Mul64(all.n, lag.Least+lag.More/2+lag.lastMore())
	later.count(0, sumHigh, sum)
	later.count(0, 0, all.halves&-(lag.More&1))
	middle := lag.middle()
	for _, b := range slabs {
		from, wide := float64(int64(b.Low)), float64(int64(b.High-b.Low))+1
		count := float64(int64(b.N))
		density := count / wide
		s.change(wideBucketOf(from), from, density)
		s.change(wideBucketOf(from+wide), from+wide, -density)
		if lag.Last > 0 || lag.More*32 >= b.High-b.Low {
			t.later(b.Low, b.High, lag, count)
			continue
		}
		from += middle
		t.change(wideBucketOf(from), from, density)
		t.change(wideBucketOf(from+wide), from+wide, -density)
	}
	low, high := float64(int64(all.low)), float64(int64(all.high))+1
	s.reach(low, high)
	t.reach(low+middle, high+middle) // which those reach that took the other way
}

// middle is the middle of a lag, but for its last values.
func (l *Lag) middle() float64 { return float64(int64(l.Least)) + float64(int64(l.More))/2 }

// lastMore is by how much the mean of a lag lies beyond its middle, since some are the last
// values: of all, so that a slab of one value, which is hardly ever one of them, has its share.
func (l *Lag) lastMore() uint64 { return uint64(float64(l.Last*float64(int64(l.More))/2) + 0.5) }

// tally is what some slabs are together.
type tally struct {
	low, high, narrowest uint64
	n, sumHigh, sum      uint64 // the sum of the middles, each without its half
	halves               uint64 // how many values have a half there
}

// tallyOf is the tally of slabs.
func tallyOf(slabs []Slab) tally {
	low, high, narrowest := uint64(math.MaxUint64), uint64(0), uint64(math.MaxUint64)
	n, sumHigh, sum, halves, carry := uint64(0), uint64(0), uint64(0), uint64(0), uint64(0)
	for _, b := range slabs {
		width := b.High - b.Low
		low, high, narrowest = min(low, b.Low), max(high, b.High), min(narrowest, width)
		n += b.N
		halves += b.N & -(width & 1)
		middleHigh, middle := bits.Mul64(b.Low+width/2, b.N)
		sum, carry = bits.Add64(sum, middle, 0)
		sumHigh, _ = bits.Add64(sumHigh, middleHigh, carry)
	}
	return tally{low, high, narrowest, n, sumHigh, sum, halves}
}

// wide tells that slabs surely lie in more than one bucket each, of those that are wider
// than 1, even later; and that floating-point numbers tell their halves.
func (t *tally) wide(lag Lag) bool {
	const exact = 1 << 52
	return t.low >= subBuckets && t.high+lag.Least+lag.More < exact && t.narrowest > (t.high+lag.Least+lag.More)>>subBits
}

// spread counts n values of a sum, the largest of which is high, but in no bucket: that is
// left to the slabs.
func (h *Histogram) spread(n, sumHigh, sum, high uint64) *slabs {
	h.count(n, sumHigh, sum)
	h.max = max(h.max, high)
	s := h.slabs
	if s == nil {
		s = &slabs{least: buckets}
		h.slabs = s
	}
	s.n += n
	return s
}

// later adds values that are later than so many from low to high.
func (s *slabs) later(low, high uint64, lag Lag, count float64) {
	from, wide := float64(int64(low)), float64(int64(high-low))+1
	if lag.Last > 0 {
		last, at := float64(count*lag.Last), from+float64(int64(lag.Least+lag.More))
		s.span(at, at+wide, last/wide)
		count -= last
	}
	if lag.More*32 >= high-low {
		s.parts(low+lag.Least, high-low, lag.More, count)
		return
	}
	from += lag.middle()
	s.span(from, from+wide, count/wide)
}

// parts adds so many sums of what lies evenly over one span from low on and of what does over
// another from 0 on, which is not much narrower: the wider of the two, in parts that are shifted
// by what is in the middle of each part of the narrower.
func (s *slabs) parts(low, one, another uint64, count float64) {
	wide, other, part := max(one, another), min(one, another), 0.25
	switch {
	case other*32 < wide:
		part = 1
	case other*6 < wide:
		part = 0.5
	}
	from, width := float64(int64(low)), float64(int64(wide))+1
	density := count / width * part
	for at := part / 2; at < 1; at += part { // products with powers of two are exact
		shift := float64(int64(other)) * at
		s.span(from+shift, from+width+shift, density)
	}
}

// span adds values that lie evenly from low to high, so many per unit.
func (s *slabs) span(low, high, density float64) {
	s.change(bucketOf(low), low, density)
	s.change(bucketOf(high), high, -density)
	s.reach(low, high)
}

// change makes the density so much more from x on, which lies in a bucket.
func (s *slabs) change(bucket int, x, density float64) {
	c := &s.changes[bucket]
	c.density += density
	c.moment += float64(density * x)
}

// reach notes that there are changes from low to high.
func (s *slabs) reach(low, high float64) {
	s.least, s.most = min(s.least, bucketOf(low)), max(s.most, bucketOf(high))
}

// bucketOf is the index of the bucket of x without its fraction, 0 ≤ x < 2^53. What a
// floating-point number begins with is the number of its octave and then its leading bits,
// as the index is.
func bucketOf(x float64) int {
	if i := wideBucketOf(x); i >= subBuckets {
		return i
	}
	return int(x)
}

// wideBucketOf is bucketOf for x ≥ subBuckets.
func wideBucketOf(x float64) int {
	const mantissa, bias = 52, 1023
	return int(math.Float64bits(x)>>(mantissa-subBits)) - (bias+subBits-1)<<subBits
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
