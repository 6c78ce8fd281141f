package workload

import (
	"math"
	"testing"

	"kinesim/sim/des"
)

func TestExp(t *testing.T) {
	random := des.Stream(testSeed, "exp")
	for i := range 3_000_000 {
		x := (random.Float64() - 0.5) * []float64{1, 50, 1_390}[i%3]
		if off := exp(x)/math.Exp(x) - 1; math.Abs(off) > 1e-15 {
			t.Fatalf("seed %d: of %v it is %v beside", testSeed, x, off)
		}
	}
}

// TestWholeExp: also just before a whole number and just after it.
func TestWholeExp(t *testing.T) {
	random := des.Stream(testSeed, "whole")
	check := func(x float64) {
		if got, want := wholeExp(x), math.Floor(math.Exp(x)); got != want {
			t.Fatalf("seed %d: of %v it is %v, want %v", testSeed, x, got, want)
		}
	}
	for range 300_000 {
		check(random.Float64()*50 - 2)
		x := math.Log(float64(random.Int64N(1 << 40)))
		check(x)
		check(math.Nextafter(x, 0))
		check(math.Nextafter(x, 100))
	}
	check(1e6)
	check(-1e6)
}

func BenchmarkExp(b *testing.B) {
	x := 0.0
	for b.Loop() {
		x = exp(x) - 1 // 0: each waits for the one before
	}
}
