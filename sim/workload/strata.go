package workload

import (
	"math"
	"math/bits"
	"sort"

	"kinesim/sim/des"
)

// strata draws numbers whose weights fall, by composition and rejection (L. Devroye,
// Non-Uniform Random Variate Generation, 1986, II.3 and II.4): an alias table picks a
// stratum of consecutive numbers that weigh nearly the same, any of them is as likely,
// and it is taken with the probability that its weight has to the stratum's largest;
// else all is drawn again.
//
// A million keys make some hundred strata, which fit the first-level cache, where an
// alias table of all keys would have 8 MB of which each draw reads any two rows. Nor need
// most weights ever be reckoned.
type strata struct {
	law    alias
	strata []stratum
	weight func(i int) float64
}

// stratum is the numbers from first on. Of 2^64 draws as many as sure are taken whichever
// number they are, as that is what the least weight is of the largest. It has 16 bytes.
type stratum struct {
	first, count uint32
	sure         uint64
}

// steepest is how much of the largest weight of a stratum the least has at the least. A
// draw is then taken at once with more than that probability; a closer one makes more
// strata than are worth it.
const steepest = 0.99

// newStrata makes strata of n numbers, none of which may weigh more than the one before
// it, and the first of which must weigh something.
func newStrata(n int, weight func(i int) float64) *strata {
	d := &strata{weight: weight}
	var weights []float64
	for first := 0; first < n && weight(first) > 0; {
		most := weight(first)
		count := 1 + sort.Search(n-first-1, func(i int) bool { return weight(first+1+i) < most*steepest })
		least := weight(first + count - 1)
		d.strata = append(d.strata, stratum{uint32(first), uint32(count), part64(least / most)})
		weights = append(weights, most*float64(count))
		first += count
	}
	d.law = newAlias(weights)
	return d
}

// part64 is a share of 2^64, below by less than 2^12 where it does not fit.
func part64(share float64) uint64 {
	if share >= 1 {
		return math.MaxUint64
	}
	return uint64(share * 0x1p64)
}

// fill writes numbers in [0, n) to dst.
func (d *strata) fill(dst []int32, random *des.Rand) {
	d.law.fill(dst, random)
	for i, at := range dst {
		s := &d.strata[at]
		number, side := bits.Mul64(random.Uint64(), uint64(s.count)) // the upper half is the number, the lower as even
		if side >= s.sure && !d.takes(s, number, side) {
			number = d.again(random)
		} else {
			number += uint64(s.first)
		}
		dst[i] = int32(number)
	}
}

// takes tells whether a draw is taken that lies beyond what all numbers of its stratum
// are taken with.
func (d *strata) takes(s *stratum, number, side uint64) bool {
	return side < part64(d.weight(int(s.first)+int(number))/d.weight(int(s.first)))
}

// again draws one number afresh.
func (d *strata) again(random *des.Rand) uint64 {
	var one [1]int32
	d.fill(one[:], random)
	return uint64(one[0])
}
