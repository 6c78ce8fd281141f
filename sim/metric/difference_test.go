package metric_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"kinesim/sim/metric"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-6*math.Max(1, math.Abs(b)) }

// TestWelch on the third example of Wikipedia's article on the test, which gives
// p = 0.036.
func TestWelch(t *testing.T) {
	base := []float64{19.8, 20.4, 19.6, 17.8, 18.5, 18.9, 18.3, 18.9, 19.5, 22.0}
	head := []float64{28.2, 26.6, 20.1, 23.3, 25.2, 22.1, 17.7, 27.6, 20.6, 13.7, 23.2, 17.5, 20.6, 18.0, 23.9, 21.6, 24.3, 20.4, 24.0, 13.2}
	d := metric.Welch(base, head)
	if math.Abs(d.P-0.036) > 0.0005 {
		t.Errorf("p = %v, want 0.036", d.P)
	}
	if !near(d.Delta, d.Head-d.Base) || d.Low >= d.Delta || d.High <= d.Delta || d.Low < 0 {
		t.Errorf("%+v", d)
	}
}

// TestPaired by hand: differences 1 to 5, so mean 3, t = 3/√0.5 = 4.2426 with four
// degrees of freedom, for which tables give p = 0.0132.
func TestPaired(t *testing.T) {
	d := metric.Paired([]float64{10, 20, 30, 40, 50}, []float64{11, 22, 33, 44, 55})
	half := 2.7764451051977987 * math.Sqrt(0.5)
	if !near(d.Delta, 3) || !near(d.Low, 3-half) || !near(d.High, 3+half) || math.Abs(d.P-0.0132) > 0.0001 {
		t.Errorf("%+v", d)
	}
}

// TestDifferenceWithoutSpread: what never varies is no matter of chance.
func TestDifferenceWithoutSpread(t *testing.T) {
	same, other := []float64{0.1, 0.1, 0.1}, []float64{0.4, 0.4, 0.4}
	for name, test := range map[string]func(a, b []float64) metric.Difference{"paired": metric.Paired, "Welch": metric.Welch} {
		if d := test(same, same); d.P != 1 || d.Delta != 0 {
			t.Errorf("%s of equals: %+v", name, d)
		}
		if d := test(same, other); d.P != 0 || !near(d.Low, 0.3) || !near(d.High, 0.3) {
			t.Errorf("%s of constants that differ: %+v", name, d)
		}
		if d := test([]float64{0, 0}, []float64{0, 0}); d.P != 1 {
			t.Errorf("%s of zeros: %+v", name, d)
		}
	}
}

// TestFalseAlarms: without a difference, five in a hundred p are below 0.05, also where
// the spreads differ and the groups have unequal sizes; and of the intervals over
// a difference of 1, 95 in a hundred hold it.
func TestFalseAlarms(t *testing.T) {
	const seed, trials = 11, 20_000
	random := rand.New(rand.NewPCG(seed, seed))
	draw := func(n int, mean, sd float64) []float64 {
		values := make([]float64, n)
		for i := range values {
			values[i] = mean + sd*random.NormFloat64()
		}
		return values
	}
	alarms, held, paired := 0, 0, 0
	for range trials {
		if metric.Welch(draw(8, 3, 1), draw(14, 3, 4)).P < 0.05 {
			alarms++
		}
		if d := metric.Welch(draw(10, 0, 1), draw(10, 1, 2)); d.Low <= 1 && 1 <= d.High {
			held++
		}
		luck := draw(6, 0, 10) // shared, and ten times the rest
		a, b := draw(6, 0, 1), draw(6, 0, 1)
		for i := range luck {
			a[i], b[i] = a[i]+luck[i], b[i]+luck[i]
		}
		if metric.Paired(a, b).P < 0.05 {
			paired++
		}
	}
	slack := 4*math.Sqrt(0.05*0.95/trials) + 0.003 // Welch's degrees of freedom are an approximation
	for name, share := range map[string]float64{"Welch": float64(alarms) / trials, "intervals": 1 - float64(held)/trials, "paired": float64(paired) / trials} {
		if math.Abs(share-0.05) > slack {
			t.Errorf("seed %d, %s: wrong in %v, want 0.05 ± %v", seed, name, share, slack)
		}
	}
}

// TestHolm on an example worked out by hand, and its promise: of twenty p without any
// effect, any is below 0.05 in at most five of a hundred families.
func TestHolm(t *testing.T) {
	got := metric.Holm([]float64{0.01, 0.04, 0.03, 0.005})
	for i, want := range []float64{0.03, 0.06, 0.06, 0.02} {
		if !near(got[i], want) {
			t.Errorf("corrected p %d = %v, want %v", i, got[i], want)
		}
	}
	const seed, trials, family = 3, 20_000, 20
	random := rand.New(rand.NewPCG(seed, seed))
	wrong := 0
	for range trials {
		p := make([]float64, family)
		for i := range p {
			p[i] = random.Float64()
		}
		for _, q := range metric.Holm(p) {
			if q < 0.05 {
				wrong++
				break
			}
		}
	}
	if share := float64(wrong) / trials; share > 0.05+4*math.Sqrt(0.05*0.95/trials) {
		t.Errorf("seed %d: %v of the families have a false one", seed, share)
	}
}
