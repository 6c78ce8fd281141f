package metric

import (
	"math/bits"
)

const (
	subBits    = 7                // 128 buckets an octave: a bucket is at most 1/128 = 0.8 % wide
	subBuckets = 1 << subBits     // values below 2·128 have a bucket each
	octaves    = 64 - subBits + 1 // the first two share a width of 1
	buckets    = octaves * subBuckets
)

// Histogram counts non-negative integers in log-linear buckets. The zero
// Histogram is empty and ready.
type Histogram struct {
	n, max  uint64
	sum     uint64
	sumHigh uint64 // the upper half: five million delays of an hour pass 64 bits
	touched uint64 // octaves, one bit each, whose buckets may hold something
	counts  [buckets]uint64
	slabs   *slabs // not in counts yet; nil: none ever were
}

// count adds so much to the sum and n to the number of values.
func (h *Histogram) count(n, high, low uint64) {
	var carry uint64
	h.n += n
	h.sum, carry = bits.Add64(h.sum, low, 0)
	h.sumHigh += high + carry
}

// octave is how many bits of v its bucket does not tell: those below its 8 leading
// ones. The first octave is two in one, as all values below 256 have a bucket each.
func octave(v uint64) uint { return uint(bits.Len64(v|(2*subBuckets-1))-(subBits+1)) % 64 }

// bucket is the index of v's bucket: the octave, and its leading bits.
func bucket(v uint64) int {
	shift := octave(v)
	return int(shift<<subBits) + int(v>>shift)
}

// octaveOf is the octave of bucket i.
func octaveOf(i int) int { return max(0, i>>subBits-1) }

// first is the index of an octave's first bucket.
func first(octave int) int {
	if octave == 0 {
		return 0
	}
	return (octave + 1) << subBits
}

// span is the buckets [from, to) of the lowest of some octaves.
func span(octaves uint64) (from, to int) {
	lowest := bits.TrailingZeros64(octaves)
	return first(lowest), first(lowest + 1)
}

// upper is the largest value of bucket i.
func upper(i int) uint64 {
	if i < 2*subBuckets {
		return uint64(i)
	}
	shift := i>>subBits - 1
	return uint64(i-shift<<subBits+1)<<uint(shift) - 1
}

// Add counts v once.
func (h *Histogram) Add(v uint64) {
	h.count(1, 0, v)
	if v > h.max {
		h.max = v
	}
	h.touched |= 1 << octave(v)
	h.counts[bucket(v)]++
}

// AddAll counts each of values: Add for many at a time.
func (h *Histogram) AddAll(values []uint64) {
	high, low, carry, most, touched := uint64(0), uint64(0), uint64(0), h.max, h.touched
	for _, v := range values {
		low, carry = bits.Add64(low, v, 0)
		high += carry
		most = max(most, v)
		touched |= 1 << octave(v)
		h.counts[bucket(v)]++
	}
	h.count(uint64(len(values)), high, low)
	h.max, h.touched = most, touched
}

// AddN counts v n times.
func (h *Histogram) AddN(v, n uint64) {
	if n == 0 {
		return
	}
	high, low := bits.Mul64(v, n)
	h.count(n, high, low)
	if v > h.max {
		h.max = v
	}
	h.touched |= 1 << octave(v)
	h.counts[bucket(v)] += n
}

// Merge adds all that o has counted.
func (h *Histogram) Merge(o *Histogram) {
	if o.n > 0 {
		o.slabs.settle(o)
		h.include(o)
	}
}

// Take adds all that o has counted, and empties o. What are slabs in o is settled where it
// goes, so that two passes over o's buckets become one.
func (h *Histogram) Take(o *Histogram) {
	if o.n > 0 {
		h.include(o)
		o.slabs.settle(h)
		o.Reset()
	}
}

// include adds what o has counted; of slabs, what is settled.
func (h *Histogram) include(o *Histogram) {
	h.count(o.n, o.sumHigh, o.sum)
	h.max = max(h.max, o.max)
	h.touched |= o.touched
	for octaves := o.touched; octaves != 0; octaves &= octaves - 1 {
		from, to := span(octaves)
		for i := from; i < to; i++ {
			h.counts[i] += o.counts[i]
		}
	}
}

// Reset empties the histogram.
func (h *Histogram) Reset() {
	if h.n > 0 {
		h.slabs.settle(h)
		for octaves := h.touched; octaves != 0; octaves &= octaves - 1 {
			from, to := span(octaves)
			clear(h.counts[from:to])
		}
		h.n, h.max, h.sum, h.sumHigh, h.touched = 0, 0, 0, 0, 0
	}
}

// Count is how many values were counted.
func (h *Histogram) Count() uint64 { return h.n }

// Max is the largest value, exactly; 0 when empty.
func (h *Histogram) Max() uint64 { return h.max }

// Mean is the mean of all values, exactly but for one rounding; 0 when empty.
func (h *Histogram) Mean() float64 {
	if h.n == 0 {
		return 0
	}
	return (float64(h.sumHigh)*0x1p64 + float64(h.sum)) / float64(h.n)
}

// Quantile is the upper edge of the bucket that holds the q-quantile, at most
// Max; 0 when empty. q is the share of values at or below it, in (0, 1], given
// in thousandths so that the rank is exact: 999 is p99.9.
func (h *Histogram) Quantile(thousandths uint64) uint64 {
	if h.n == 0 {
		return 0
	}
	h.slabs.settle(h)
	hi, lo := bits.Mul64(h.n, thousandths)
	rank, rest := bits.Div64(hi, lo, 1000)
	if rest > 0 {
		rank++
	}
	var seen uint64
	for octaves := h.touched; octaves != 0; octaves &= octaves - 1 {
		from, to := span(octaves)
		for i, n := range h.counts[from:to] {
			if seen += n; seen >= rank && seen > 0 {
				return min(upper(from+i), h.max)
			}
		}
	}
	return h.max
}

// Each calls f with the upper edge and the count of every bucket that holds
// something, in rising order.
func (h *Histogram) Each(f func(upper, count uint64)) {
	h.slabs.settle(h)
	for octaves := h.touched; octaves != 0; octaves &= octaves - 1 {
		from, to := span(octaves)
		for i, n := range h.counts[from:to] {
			if n > 0 {
				f(min(upper(from+i), h.max), n)
			}
		}
	}
}
