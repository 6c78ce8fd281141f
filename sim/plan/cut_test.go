package plan_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/plan"
	"kinesim/sim/workload"
)

// skewed is the load of 20,000 records a second under Zipf 0.8 over 5,000 keys.
func skewed() *plan.Load {
	c := scene(20_000, 100, workload.Ranked{S: 0.8, Count: 5000, Prefix: "user-"})
	c.Limits = model.AWS2026()
	return plan.LoadOf(c)
}

// TestUnevenMap is the worked case: full shards, an even map needs 100 of them and the
// best uneven one 21; with a quarter left free no map carries user-1.
func TestUnevenMap(t *testing.T) {
	l := skewed()
	even := 1
	for l.Hottest(model.EvenShards(even)) > 1 {
		even++
	}
	if m := l.Fewest(1); even != 100 || m.Len() != 21 || l.Hottest(m) > 1 {
		t.Errorf("even %d shards, uneven %d with the fullest at %v", even, m.Len(), l.Hottest(m))
	}
	if hot := l.Hot(0.75); len(hot) != 1 || hot[0].Key != "user-1" || hot[0].Salt != 2 {
		t.Errorf("hot keys %+v", hot)
	}
	if hot := l.Hot(1); len(hot) != 0 {
		t.Errorf("hot keys at 100 %%: %+v", hot)
	}
	if m := l.Coolest(21); m.Len() != 21 || l.Hottest(m) > 1 {
		t.Errorf("the coolest of 21: %d shards, %v", m.Len(), l.Hottest(m))
	}
}

// loads draws a small load: keys with weights, perhaps beside an even one.
func loads(t *rapid.T) *plan.Load {
	c := scene(0, 100, workload.Unique{})
	n := rapid.IntRange(1, 9).Draw(t, "keys")
	var keys workload.List
	for i := range n {
		keys = append(keys, workload.Key{Name: fmt.Sprintf("k%d", rapid.IntRange(0, 40).Draw(t, "name")*50+i), Weight: float64(rapid.IntRange(1, 50).Draw(t, "weight"))})
	}
	c.Producers[0].Keys = keys
	c.Producers[0].Rate = workload.Constant(model.PerSecond(int64(rapid.IntRange(10, 900).Draw(t, "rate"))))
	if rapid.Bool().Draw(t, "even") {
		p := c.Producers[0]
		p.Keys = workload.Unique{}
		p.Rate = workload.Constant(model.PerSecond(int64(rapid.IntRange(1, 300).Draw(t, "even rate"))))
		c.Producers = append(c.Producers, p)
	}
	return plan.LoadOf(c)
}

// TestCoolestIsOptimal: on small instances no partition into n ranges between the keys has
// a cooler hottest shard, and no even map has one on any.
func TestCoolestIsOptimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := loads(t)
		n := rapid.IntRange(1, 5).Draw(t, "shards")
		m := l.Coolest(n)
		got := l.Hottest(m)
		if even := l.Hottest(model.EvenShards(n)); got > even*(1+1e-9) {
			t.Fatalf("%d shards: %v, even %v", n, got, even)
		}
		if l.EvenRecords > 0 {
			return // where to cut is then a continuum
		}
		if best := exhaustive(l, 0, n); math.Abs(got-best) > 1e-9*best {
			t.Fatalf("%d shards: %v, the best partition %v", n, got, best)
		}
	})
}

// exhaustive is the hottest shard of the best partition of the keys from one on.
func exhaustive(l *plan.Load, from, n int) float64 {
	if n == 1 || from == len(l.Keys) {
		return part(l, from, len(l.Keys))
	}
	best := math.Inf(1)
	for to := from; to <= len(l.Keys); to++ {
		best = min(best, max(part(l, from, to), exhaustive(l, to, n-1)))
	}
	return best
}

// part is the utilisation of a shard with some of the keys.
func part(l *plan.Load, from, to int) float64 {
	some := *l
	some.Keys = l.Keys[from:to]
	return some.Hottest(model.EvenShards(1))
}

// TestFewest: no shard is fuller than the target but by a key alone, and one shard less
// cannot do.
func TestFewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := loads(t)
		target := float64(rapid.IntRange(20, 100).Draw(t, "target")) / 100
		m := l.Fewest(target)
		if len(l.Hot(target)) > 0 {
			return
		}
		if hottest := l.Hottest(m); hottest > target*(1+1e-9) {
			t.Fatalf("target %v: %v", target, hottest)
		}
		if m.Len() > 1 {
			if cooler := l.Hottest(l.Coolest(m.Len() - 1)); cooler < target*(1-1e-9) {
				t.Fatalf("target %v: %d shards, but %d can do with %v", target, m.Len(), m.Len()-1, cooler)
			}
		}
	})
}

// TestUnevenMapHolds: what the map promises, the simulation finds: the load that an even
// map of as many shards refuses much of passes.
func TestUnevenMapHolds(t *testing.T) {
	c := expect(scene(1_500, 100, workload.Ranked{S: 0.8, Count: 2000, Prefix: "user-"}), "put_throttled_ratio", "", 0.01)
	l := plan.LoadOf(c)
	n := l.Fewest(0.9).Len()
	refused := func(m model.ShardMap) float64 {
		v := *c
		v.Stream.Shards = m
		return throttled(t, &v)
	}
	uneven, even := refused(l.Coolest(n)), refused(model.EvenShards(n))
	if uneven > 0.01 || even < 0.05 {
		t.Errorf("%d shards: uneven %v refused, even %v", n, uneven, even)
	}
}

// throttled is the share of attempts that a run refused.
func throttled(t *testing.T, c *sim.Config) float64 {
	t.Helper()
	r, err := sim.Run(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return float64(r.Producers[0].ThrottledAttempts) / float64(r.Producers[0].Attempts)
}

func BenchmarkCoolest(b *testing.B) {
	c := scene(1_000_000, 100, workload.Ranked{S: 0.6, Count: 100_000, Prefix: "user-"})
	c.Limits = model.AWS2026()
	l := plan.LoadOf(c)
	for b.Loop() {
		l.Coolest(1_000)
	}
}

// TestDrift: a map that is made for its keys is worse than it was once they have drifted,
// and says by how much; the same for the same seed.
func TestDrift(t *testing.T) {
	l := skewed()
	m := l.Coolest(21)
	d := l.Drift(m, seed)
	if d.Now > 1 || d.After < 1.2*d.Now || d.Even < d.Now || d != l.Drift(m, seed) {
		t.Errorf("%+v", d)
	}
}
