package metric_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"kinesim/sim/metric"
)

// TestInterval95 on values worked out by hand: mean 3, standard deviation
// √2.5, and Student's t of 2.776 for four degrees of freedom.
func TestInterval95(t *testing.T) {
	mean, low, high := metric.Interval95([]float64{1, 2, 3, 4, 5})
	half := 2.7764451051977987 * math.Sqrt(2.5) / math.Sqrt(5)
	if mean != 3 || math.Abs(low-(3-half)) > 1e-9 || math.Abs(high-(3+half)) > 1e-9 {
		t.Errorf("%v in %v to %v, want 3 ± %v", mean, low, high, half)
	}
	if mean, low, high := metric.Interval95([]float64{7}); mean != 7 || low != 7 || high != 7 {
		t.Errorf("of one value: %v in %v to %v", mean, low, high)
	}
}

// TestCoverage: of intervals over normal values, 95 in a hundred hold the mean.
func TestCoverage(t *testing.T) {
	const seed, trials = 7, 20_000
	random := rand.New(rand.NewPCG(seed, seed))
	held := 0
	for range trials {
		values := make([]float64, 6)
		for i := range values {
			values[i] = 10 + random.NormFloat64()
		}
		if _, low, high := metric.Interval95(values); low <= 10 && 10 <= high {
			held++
		}
	}
	sd := math.Sqrt(0.95 * 0.05 / trials)
	if share := float64(held) / trials; math.Abs(share-0.95) > 4*sd {
		t.Errorf("seed %d: %v of the intervals hold the mean, want 0.95 ± %v", seed, share, 4*sd)
	}
}
