package scenarios

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"kinesim/sim"
	"kinesim/sim/des"
)

// TestCoarseAgainstExact plays every library scenario record by record and at the coarsest
// resolution that auto allows for it, with a few seeds each, and holds what they measure
// against each other: the throttled share, medians and p99 of delays and ages, losses and
// duplicates. What both vary by between seeds is allowed for on top.
func TestCoarseAgainstExact(t *testing.T) {
	if testing.Short() {
		t.Skip("plays the library six times")
	}
	played := 0
	for _, entry := range Library() {
		config := loadLibrary(t, entry.Name, "record")
		coarsest, against := config.Coarsest()
		if coarsest == sim.ByRecord {
			t.Logf("%s: record by record only: %s", entry.Name, strings.Join(against, "; "))
			continue
		}
		played++
		t.Run(entry.Name, func(t *testing.T) {
			t.Parallel()
			holdAgainst(t, entry.Name, coarsest)
		})
	}
	if played < 15 {
		t.Errorf("auto allows something coarser than records in %d scenarios", played)
	}
}

func loadLibrary(t testing.TB, name, resolution string) *sim.Config {
	t.Helper()
	config, err := Load(name, nil, Options{Resolution: resolution})
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// coarseSeeds are how many seeds each side is played with: more where records are few, as a
// p99 of the few polls that find some varies by a half from seed to seed.
func coarseSeeds(c *sim.Config) uint64 {
	records := 0.0
	for i := range c.Producers {
		records += c.Producers[i].Rate.Expected(des.Time(c.Clock.Duration))
	}
	if records < 100_000 {
		return 12
	}
	return 3
}

func holdAgainst(t *testing.T, name string, coarsest sim.Resolution) {
	sides := map[sim.Resolution]map[string][]float64{}
	for _, r := range []sim.Resolution{sim.ByRecord, coarsest} {
		sides[r] = map[string][]float64{}
		config := loadLibrary(t, name, string(r))
		config.Expect = nil
		for seed := range coarseSeeds(config) {
			c := *config
			c.Seed = 20261128 + seed
			result, err := sim.Run(context.Background(), &c, nil)
			if err != nil {
				t.Fatalf("%s, seed %d: %v", r, c.Seed, err)
			}
			for _, s := range sim.Samples(result) {
				if key := fmt.Sprint(s.Metric, " ", s.Stat, " ", s.Where); s.Values[0] != nil {
					sides[r][key] = append(sides[r][key], *s.Values[0])
				}
			}
		}
	}
	compared := 0
	for key, exact := range sides[sim.ByRecord] {
		tolerance, relative := coarseTolerance(key)
		if math.IsNaN(tolerance) {
			continue
		}
		compared++
		spans := sides[coarsest][key]
		a, da := meanAndError(exact)
		b, db := meanAndError(spans)
		if relative {
			tolerance *= math.Abs(a)
		}
		if len(spans) != len(exact) || math.Abs(a-b) > tolerance+3*(da+db) {
			t.Errorf("%s at %s: %.6g, record by record %.6g (± %.2g and %.2g)", key, coarsest, b, a, db, da)
		}
	}
	if compared < 8 {
		t.Errorf("%d measures were compared", compared)
	}
}

// coarseTolerance is how far a measure may be off, by itself or of its value; NaN for one
// that is not promised. Delays may also be off by the width of a bucket and a millisecond.
func coarseTolerance(key string) (tolerance float64, relative bool) {
	name, rest, _ := strings.Cut(key, " ")
	stat, _, _ := strings.Cut(rest, " ")
	switch name {
	case "put_throttled_ratio":
		return sim.CoarseThrottled, false
	case "put_latency", "propagation_delay", "end_to_end_latency", "iterator_age":
		if stat == "p50" || stat == "p99" {
			return sim.CoarseDelay + 1./128, true
		}
	case "expired_records", "duplicate_records", "repeated_records", "failed_records":
		return sim.CoarseCount, true
	case "incoming_records", "received_records", "cost_per_month":
		return 0.005, true
	}
	return math.NaN(), false
}

// meanAndError is a mean and its standard error.
func meanAndError(values []float64) (mean, off float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		off += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(off / float64(len(values)*(len(values)-1)))
}
