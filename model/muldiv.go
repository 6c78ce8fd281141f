package model

import (
	"math"
	"math/bits"
)

// MulDiv is ⌊a·b/c⌋ for non-negative numbers, with the product in 128 bits. A quotient
// beyond 63 bits is the largest number, and of nothing, or over nothing, it is 0.
func MulDiv(a, b, c int64) int64 {
	if c == 0 || a == 0 || b == 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(c) {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(min(q, math.MaxInt64))
}
