package model

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// exact is ⌊a·b/c⌋ in numbers without bound, and the largest int64 beyond it.
func exact(a, b, c int64) int64 {
	n := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	if n.Quo(n, big.NewInt(c)); n.IsInt64() {
		return n.Int64()
	}
	return math.MaxInt64
}

// TestMulDiv: the product does not overflow, and a quotient that would saturates.
func TestMulDiv(t *testing.T) {
	whole := rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64Range(0, math.MaxInt64))
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := whole.Draw(t, "a"), whole.Draw(t, "b"), max(1, whole.Draw(t, "c"))
		if got, want := MulDiv(a, b, c), exact(a, b, c); got != want {
			t.Fatalf("%d·%d/%d is %d, want %d", a, b, c, got, want)
		}
	})
	if got := MulDiv(3, 4, 0); got != 0 {
		t.Errorf("over nothing it is %d", got)
	}
}
