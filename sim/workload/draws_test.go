package workload_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// mixed is a rate with a constant piece, a silence and a ramp.
func mixed(t *testing.T) workload.Rate {
	return steps(t,
		workload.Step{Rate: model.PerSecond(30)},
		workload.Step{At: 2 * time.Second},
		workload.Step{At: 4 * time.Second, Rate: model.PerSecond(90), Ramp: 3 * time.Second},
		workload.Step{At: 9 * time.Second})
}

// pieces are all instants of a process that is asked for so many at a time.
func pieces(p workload.Process, at int) (all []des.Time) {
	buffer := make([]des.Time, at)
	for {
		n := p.Fill(buffer)
		if all = append(all, buffer[:n]...); n < at {
			return all
		}
	}
}

// TestBuffers: how many instants are asked for at a time does not change them, and
// a process that has ended stays so.
func TestBuffers(t *testing.T) {
	for name, a := range map[string]workload.Arrivals{"regular": workload.Regular{}, "poisson": workload.Poisson{}} {
		start := func() workload.Process { return a.Start(mixed(t), workload.EvenPart(1, 3), des.Stream(61, "arrivals")) }
		want := pieces(start(), 10_000)
		if len(want) < 50 {
			t.Fatalf("%s: only %d records", name, len(want))
		}
		for _, at := range []int{1, 2, 7, 128} {
			p := start()
			if diff := cmp.Diff(want, pieces(p, at)); diff != "" {
				t.Errorf("%s, %d at a time: %s", name, at, diff)
			}
			for range 3 {
				if n := p.Fill(make([]des.Time, 5)); n != 0 {
					t.Errorf("%s: %d records after the last", name, n)
				}
			}
		}
	}
}

// TestEmptyRate: the zero Rate offers nothing, and neither does a rate of zero.
func TestEmptyRate(t *testing.T) {
	for _, r := range []workload.Rate{{}, workload.Constant(model.Rate{}), workload.Constant(model.PerSecond(0))} {
		for _, a := range []workload.Arrivals{workload.Regular{}, workload.Poisson{}} {
			if n := a.Start(r, workload.EvenPart(0, 1), des.Stream(1, "arrivals")).Fill(make([]des.Time, 5)); n != 0 {
				t.Errorf("%T of %v: %d records", a, r, n)
			}
		}
	}
}

// draws is one of everything that is drawn under a seed.
func draws(t *testing.T, seed uint64) map[string]any {
	const n = 200
	all := map[string]any{}
	sizes := func(s workload.Size) []uint32 {
		dst := make([]uint32, n)
		s.Start(des.Stream(seed, "size")).Fill(dst)
		return dst
	}
	all["uniform sizes"] = sizes(workload.UniformSize{Min: 1, Max: 1000})
	all["lognormal sizes"] = sizes(workload.LognormalSize{P50: 100, P99: 900, Max: 1000})
	all["arrivals"] = pieces(workload.Poisson{}.Start(mixed(t), workload.EvenPart(0, 1), des.Stream(seed, "arrivals")), n)
	for name, law := range map[string]model.Delay{"even": {Max: time.Second}, "lognormal": {P50: 1e6, P99: 9e6}} {
		d, dst := workload.NewDelays(law, des.Stream(seed, "delay")), make([]time.Duration, n)
		for i := range dst {
			dst[i] = d.Next()
		}
		all[name+" delays"] = dst
	}
	for name, law := range map[string]workload.Keys{"ranked": workload.Ranked{S: 1, Count: 50}, "unique": workload.Unique{}} {
		key, hash, size, arose := make([]int32, n), make([]model.HashKey, n), make([]uint32, n), make([]des.Time, n)
		k := workload.NewKeySpace(law, []workload.Hot{{Key: "hot", Share: 0.3, To: des.Forever}})
		k.Draw(key, hash, size, arose, des.Stream(seed, "keys"), nil)
		all[name+" keys"] = []any{key, hash, size}
	}
	return all
}

// TestSeeds: what is drawn hangs on the seed, wholly and on nothing else.
func TestSeeds(t *testing.T) {
	one, again, other := draws(t, 1), draws(t, 1), draws(t, 2)
	if diff := cmp.Diff(one, again); diff != "" {
		t.Errorf("the same seed draws something else: %s", diff)
	}
	for name := range one {
		if cmp.Equal(one[name], other[name]) {
			t.Errorf("%s do not hang on the seed", name)
		}
	}
}

// TestConstantsDrawNothing: a constant delay and regular arrivals leave the stream
// where it is, so to vary one does not shift what others draw.
func TestConstantsDrawNothing(t *testing.T) {
	random, untouched := des.Stream(5, "x"), des.Stream(5, "x")
	workload.NewDelays(model.Constantly(time.Second), random).Next()
	workload.Regular{}.Start(mixed(t), workload.EvenPart(0, 1), random).Fill(make([]des.Time, 10))
	dst := make([]uint32, 10)
	workload.ConstantSize(7).Start(random).Fill(dst)
	if got, want := random.Uint64(), untouched.Uint64(); got != want {
		t.Error("a constant has drawn")
	}
	if slices.Max(dst) != 7 || slices.Min(dst) != 7 {
		t.Errorf("constant sizes %v", dst)
	}
}
