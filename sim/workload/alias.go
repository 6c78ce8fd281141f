package workload

import (
	"math/bits"

	"kinesim/sim/des"
)

// alias draws numbers with given weights in constant time: A. J. Walker's table
// (ACM TOMS 3(3), 1977), built as M. D. Vose showed (IEEE TSE 17(9), 1991).
type alias []aliasRow

// aliasRow is one column of the table: with probability keep/2^32 the column's
// own number is drawn, else other. Eight bytes, so that ten thousand keys stay
// in the second-level cache.
type aliasRow struct{ keep, other uint32 }

// newAlias makes a table for the weights, which must not all be zero.
func newAlias(weights []float64) alias {
	n := len(weights)
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	rows := make(alias, n)
	scaled := make([]float64, n)
	var small, large []int32
	for i, w := range weights {
		scaled[i] = w / sum * float64(n)
		if scaled[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		rows[s] = aliasRow{uint32(scaled[s] * 0x1p32), uint32(l)}
		if scaled[l] -= 1 - scaled[s]; scaled[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, rest := range [][]int32{small, large} { // what rounding left over is whole
		for _, i := range rest {
			rows[i] = aliasRow{^uint32(0), uint32(i)}
		}
	}
	return rows
}

// fill writes numbers in [0, len(a)) to dst.
func (a alias) fill(dst []int32, random *des.Rand) {
	n, source, u := uint64(len(a)), random.Source, uint64(0)
	for i := range dst {
		source, u = source.Next()
		column, _ := bits.Mul64(u&^(1<<32-1), n) // the upper half of u picks the column, the lower the side
		row := a[column]
		drawn := uint32(column)
		if uint32(u) >= row.keep { // as likely as not: kept to one assignment, so that it compiles to a move and not a branch
			drawn = row.other
		}
		dst[i] = int32(drawn)
	}
	random.Source = source
}
