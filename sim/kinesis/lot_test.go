package kinesis

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestQuotient: whether it is reckoned in floats or not, it is that of whole numbers.
func TestQuotient(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := func(what string, bits int) int64 {
			return rapid.Int64Range(1, 1<<rapid.IntRange(0, bits).Draw(t, what+" bits")).Draw(t, what)
		}
		c := number("c", 31)
		a, b := min(c, number("a", 31)), number("b", 55)
		less := rapid.Int64Range(0, 1).Draw(t, "less")
		want := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		want.Div(want.Sub(want, big.NewInt(less)), big.NewInt(c))
		if got := quotient(a, b, less, c); got != want.Int64() {
			t.Fatalf("(%d·%d − %d)/%d is %d, want %v", a, b, less, c, got, want)
		}
	})
}
