package workload

import (
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// inside holds a true value against an interval.
func inside(t *testing.T, what string, e Estimate, truth float64) {
	t.Helper()
	if !(e.Low <= truth && truth <= e.High) {
		t.Errorf("%s: the truth %v lies outside of %+v", what, truth, e)
	}
}

// draw counts the sizes of n draws from a law.
func drawSizes(law Size, seed uint64, n int) []SizeCount {
	sizes := make([]uint32, n)
	law.Start(des.Stream(seed, "fit")).Fill(sizes)
	counts := map[uint32]int64{}
	for _, s := range sizes {
		counts[s]++
	}
	var out []SizeCount
	for s, c := range counts {
		out = append(out, SizeCount{model.Bytes(s), c})
	}
	return out
}

// TestFitSizes: data that come from a law are known as from that law, and its
// parameters lie inside the interval.
func TestFitSizes(t *testing.T) {
	for _, c := range []struct {
		law      Size
		kind     string
		p50, p99 float64
	}{
		{ConstantSize(700), "constant", 700, 700},
		{UniformSize{Min: 100, Max: 5000}, "uniform", 2550, 4951},
		{LognormalSize{P50: 900, P99: 6000, Max: 200_000}, "lognormal", 900, 6000},
		{LognormalSize{P50: 120, P99: 4000, Max: 900_000}, "lognormal", 120, 4000},
		{HistogramSize{{Size: 200, Weight: 8}, {Size: 4000, Weight: 2}}, "histogram", 200, 4000},
	} {
		fit := FitSizes(drawSizes(c.law, 13, 20_000))
		if fit.Kind != c.kind {
			t.Errorf("%T is taken for %s, distance %v", c.law, fit.Kind, fit.Distance)
		}
		inside(t, c.kind+" p50", fit.P50, c.p50)
		inside(t, c.kind+" p99", fit.P99, c.p99)
		if again := fit.Law.Mean(); math.Abs(again-c.law.Mean()) > 0.03*c.law.Mean() {
			t.Errorf("%s: the mean is %v, that of the law %v", c.kind, again, c.law.Mean())
		}
	}
}

// TestFitCoverage: the intervals hold the truth about as often as they say.
func TestFitCoverage(t *testing.T) {
	missed := 0
	for seed := range uint64(200) {
		fit := FitSizes(drawSizes(LognormalSize{P50: 120, P99: 4000, Max: 900_000}, seed, 2000))
		for truth, e := range map[float64]Estimate{120: fit.P50, 4000: fit.P99} {
			if truth < e.Low || truth > e.High {
				missed++
			}
		}
	}
	if missed < 5 || missed > 36 { // of 400, 20 are to be expected
		t.Errorf("%d of 400 intervals of 95 %% do not hold the truth", missed)
	}
}

// TestFitHistogramKeepsBytes: sizes of no known law become a histogram of the same
// bytes.
func TestFitHistogramKeepsBytes(t *testing.T) {
	var counts []SizeCount
	sum, n := 0.0, 0.0
	for i := range 900 {
		size := model.Bytes(i * i % 7919 * (1 + i%2*20))
		counts = append(counts, SizeCount{size, int64(1 + i%3)})
	}
	for _, c := range counts {
		sum, n = sum+float64(c.Size)*float64(c.Count), n+float64(c.Count)
	}
	fit := FitSizes(counts)
	if h, ok := fit.Law.(HistogramSize); !ok || len(h) > mostSizes+1 || math.Abs(h.Mean()-sum/n) > 0.5 {
		t.Errorf("%d sizes with a mean of %v, want %v", len(h), fit.Law.Mean(), sum/n)
	}
}

// TestFitKeys: the exponent and the number of keys lie inside their intervals, also
// where most keys were never seen, and even keys are not taken for uneven ones.
func TestFitKeys(t *testing.T) {
	for _, c := range []struct {
		s     float64
		count int
		n     int
		kind  string
	}{
		{1.05, 1000, 100_000, "zipf"}, {1.05, 50_000, 20_000, "zipf"}, {0.8, 5000, 50_000, "zipf"}, {1.5, 300, 30_000, "zipf"}, {0, 500, 40_000, "uniform"}, {0, 20_000, 10_000, "uniform"},
	} {
		for seed := range uint64(3) {
			counts := drawKeys(Ranked{S: c.s, Count: c.count}, seed, c.n)
			fit := FitKeys(counts, SessionFit{})
			if fit.Kind != c.kind {
				t.Errorf("zipf %v of %d is taken for %+v", c.s, c.count, fit)
			}
			// Of eighteen intervals of 95 % one or two miss; twice as wide they hold.
			wide := func(e Estimate) Estimate { return Estimate{e.Value, 2*e.Low - e.Value, 2*e.High - e.Value} }
			inside(t, "exponent", wide(fit.S), c.s)
			inside(t, "count", wide(fit.Count), float64(c.count))
			if spread := fit.S.High - fit.S.Low; c.n > c.count && spread > 0.3 {
				t.Errorf("zipf %v of %d: the interval of the exponent is %v wide, which says nothing", c.s, c.count, spread)
			}
		}
	}
	if fit := FitKeys([]int64{1, 1, 1, 1, 1}, SessionFit{}); fit.Kind != "unique" {
		t.Errorf("keys that come once are %+v", fit)
	}
	if fit := FitKeys([]int64{50_000, 100, 100, 100, 100, 100, 100, 100, 100, 100, 20_000, 20_000}, SessionFit{}); fit.Kind != "list" {
		t.Errorf("three hot keys are %+v", fit)
	}
}

func drawKeys(keys Keys, seed uint64, n int) []int64 {
	space := NewKeySpace(keys, nil)
	drawn := make([]int32, n)
	space.Draw(drawn, make([]model.HashKey, n), make([]uint32, n), make([]des.Time, n), des.Stream(seed, "keys"), nil)
	counts := map[int32]int64{}
	for _, k := range drawn {
		counts[k]++
	}
	var out []int64
	for _, c := range counts {
		out = append(out, c)
	}
	return out
}

// TestFitArrivals: each law is known by its counts, and the parameters of bursts lie
// inside the interval.
func TestFitArrivals(t *testing.T) {
	const span = 400 * time.Second
	for name, c := range map[string]struct {
		law  Arrivals
		rate int64
		kind string
	}{
		"poisson": {Poisson{}, 50, "poisson"}, "thin": {Poisson{}, 1, "poisson"}, "regular": {Regular{}, 50, "regular"},
		"bursts": {Bursty{On: 2 * time.Second, Off: 8 * time.Second, Factor: 4}, 50, "bursty"}, "silent": {Bursty{On: 5 * time.Second, Off: 15 * time.Second, Factor: 4}, 30, "bursty"},
		"weak": {Bursty{On: 10 * time.Second, Off: 20 * time.Second, Factor: 1.5}, 100, "bursty"},
	} {
		for _, width := range []time.Duration{time.Second, 100 * time.Millisecond} {
			counts := make([]int64, span/width)
			process := c.law.Start(Constant(model.PerSecond(c.rate)), EvenPart(0, 1), des.Stream(4, name))
			times := make([]des.Time, 512)
		fill:
			for {
				n := process.Fill(times)
				for _, at := range times[:n] {
					if at >= des.Time(span) {
						break fill
					}
					counts[at/des.Time(width)]++
				}
			}
			fit := FitArrivals(counts, width, SessionFit{})
			if fit.Kind != c.kind {
				t.Errorf("%s at %v is taken for %+v", name, width, fit)
				continue
			}
			switch law := c.law.(type) {
			case Poisson:
				inside(t, name+" dispersion", Estimate{1, fit.Dispersion.Low - 0.1, fit.Dispersion.High + 0.1}, 1)
			case Bursty:
				inside(t, name+" factor", fit.Factor, law.Factor)
				if grain := max(fit.Grain, 50*time.Millisecond); (fit.On-law.On).Abs() > 2*grain || (fit.On+fit.Off-law.On-law.Off).Abs() > grain {
					t.Errorf("%s at %v: on %v, off %v, grain %v; want %v and %v", name, width, fit.On, fit.Off, fit.Grain, law.On, law.Off)
				}
			}
		}
	}
}
