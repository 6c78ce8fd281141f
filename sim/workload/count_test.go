package workload

import (
	"math"
	"testing"

	"kinesim/sim/des"
)

const testSeed = 20261128

// furthest is how far the distribution function of drawn numbers lies beside the exact
// one, at the worst number.
func furthest(t *testing.T, draws int, draw func() int64, law func(k int64) float64) float64 {
	t.Helper()
	counts := map[int64]int{}
	most := int64(0)
	for range draws {
		k := draw()
		counts[k]++
		most = max(most, k)
	}
	worst, seen, exact := 0.0, 0, 0.0
	for k := int64(0); k <= most; k++ {
		seen += counts[k]
		exact += law(k)
		worst = max(worst, math.Abs(float64(seen)/float64(draws)-exact))
	}
	return worst
}

func logGamma(x float64) float64 { y, _ := math.Lgamma(x); return y }

func poissonLaw(mean float64) func(int64) float64 {
	return func(k int64) float64 {
		return math.Exp(float64(k)*math.Log(mean) - mean - logGamma(float64(k)+1))
	}
}

func binomialLaw(n int64, p float64) func(int64) float64 {
	return func(k int64) float64 {
		if k > n {
			return 0
		}
		choose := logGamma(float64(n)+1) - logGamma(float64(k)+1) - logGamma(float64(n-k)+1)
		return math.Exp(choose + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	}
}

// With so many draws an exact sampler strays by 0.0016 in 1 of 100 000 cases (the law of
// Kolmogorov); the normal draws may be 0.001 off on top.
const manyDraws, strayed = 1_000_000, 0.0026

func TestPoissonCountIsPoisson(t *testing.T) {
	random := des.Stream(testSeed, "count")
	for _, mean := range []float64{0.01, 0.7, 3, 12, 29.9, 30, 31, 55, 100, 800, 5_000} {
		if d := furthest(t, manyDraws, func() int64 { return PoissonCount(mean, random) }, poissonLaw(mean)); d > strayed {
			t.Errorf("seed %d, mean %v: %.4f beside the law", testSeed, mean, d)
		}
	}
	if PoissonCount(0, random) != 0 || PoissonCount(-1, random) != 0 {
		t.Error("nothing expected, and something drawn")
	}
}

// TestManyAreBent: what the Poisson law draws of many in few steps is what the law with its
// skewness and kurtosis says; and a law that is kept draws what one that is made anew does.
func TestManyAreBent(t *testing.T) {
	for _, mean := range []float64{30, 55.5, 1_000, 123_456.7} {
		law, kept := PoissonLawOf(mean), des.Stream(testSeed, "law")
		anew, bended := *kept, *kept
		for i := range 20_000 {
			var got int64
			kept.Source, got = law.Draw(kept.Source)
			if want := bent(mean, math.Sqrt(mean), 1, 1, &bended); got != want {
				t.Fatalf("seed %d, mean %v, draw %d: %d, want %d", testSeed, mean, i, got, want)
			}
			if want := PoissonCount(mean, &anew); got != want {
				t.Fatalf("seed %d, mean %v, draw %d: %d, anew %d", testSeed, mean, i, got, want)
			}
		}
	}
}

func TestBinomialCountIsBinomial(t *testing.T) {
	random := des.Stream(testSeed, "count")
	for _, c := range []struct {
		n int64
		p float64
	}{{1, 0.3}, {8, 0.5}, {20, 0.9}, {100, 0.02}, {100, 0.31}, {100, 0.7}, {1_000, 0.05}, {1_000, 0.5}, {50_000, 0.001}, {50_000, 0.2}} {
		if d := furthest(t, manyDraws, func() int64 { return BinomialCount(c.n, c.p, random) }, binomialLaw(c.n, c.p)); d > strayed {
			t.Errorf("seed %d, %d records with %v each: %.4f beside the law", testSeed, c.n, c.p, d)
		}
	}
	for _, c := range []struct {
		n    int64
		p    float64
		want int64
	}{{0, 0.5, 0}, {7, 0, 0}, {7, 1, 7}, {-3, 0.5, 0}} {
		if got := BinomialCount(c.n, c.p, random); got != c.want {
			t.Errorf("%d of %v: %d", c.n, c.p, got)
		}
	}
}

// TestEvenCountIsBinomialCount: what is known beforehand makes no difference.
func TestEvenCountIsBinomialCount(t *testing.T) {
	random := des.Stream(testSeed, "even")
	for range 100_000 {
		n, parts := random.Int64N(2_000)-1, 1+random.Int64N(100)
		again := *random
		if got, want := EvenCount(n, parts, random), BinomialCount(n, 1/float64(parts), &again); got != want || again.Source != random.Source {
			t.Fatalf("seed %d: of %d records in %d parts %d, want %d", testSeed, n, parts, got, want)
		}
	}
}
