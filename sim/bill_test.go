package sim_test

import (
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
)

// billed is what of an item is on the bill of a month.
func billed(r *sim.Result, item string) float64 {
	for _, l := range r.Cost.Items {
		if l.Item == item {
			return l.Quantity
		}
	}
	return 0
}

// TestRetentionIsBilledForItsTime: a longer retention costs for as long as it holds,
// counted from the end of warm-up.
func TestRetentionIsBilledForItsTime(t *testing.T) {
	c := scene(2, 20, 10*time.Minute)
	c.Clock.Warmup = 2 * time.Minute
	c.Stream.Retentions = []sim.RetentionChange{{At: 4 * 60e9, Retention: 48 * time.Hour}, {At: 6 * 60e9, Retention: 14 * 24 * time.Hour}}
	r := play(t, c)
	near(t, "extended retention", billed(r, "extended retention"), 2*720*6./8, 1e-9)
	gib := float64(r.Stream.IncomingBytes) / 480 * (7 * 24 * 3600) / (1 << 30) // that a retention of two weeks has beyond the first
	near(t, "long-term retention", billed(r, "long-term retention"), gib*4/8, 1e-9)

	c.Stream.Retention, c.Stream.Retentions = 48*time.Hour, []sim.RetentionChange{{At: 5 * 60e9, Retention: 24 * time.Hour}}
	near(t, "extended retention that ends", billed(play(t, c), "extended retention"), 2*720*3./8, 1e-9)
}

// TestRunCostsWhatItCosts: a run costs the same whatever part of it is measured.
func TestRunCostsWhatItCosts(t *testing.T) {
	for version := 1; version <= 3; version++ {
		k := team(2)
		k.Version, k.CheckpointEvery = version, 0
		c := crew(4, 100, 10*time.Minute, k)
		want := play(t, c).Cost.OfRun
		c.Clock.Warmup = 7 * time.Minute
		near(t, "cost of the run with a warm-up", play(t, c).Cost.OfRun, want, 1e-9)
	}
}

// TestLeaseTableWithCapacity: what such a table costs is not known, and the bill says so.
func TestLeaseTableWithCapacity(t *testing.T) {
	for units, want := range map[int64]string{0: "lease table writes (DynamoDB on demand)", 10: "lease table writes (provisioned, priced as DynamoDB on demand)"} {
		k := team(2)
		k.WriteUnits = units
		found := false
		for _, item := range play(t, crew(2, 10, time.Minute, k)).Cost.Items {
			found = found || item.Item == want
		}
		if !found {
			t.Errorf("with %d units no line %q", units, want)
		}
	}
}

// TestAccount: what other streams use of the commitment is not billed to this one.
func TestAccount(t *testing.T) {
	bill := func(a model.Account) float64 {
		c := scene(4, 100, time.Minute)
		c.Stream.Mode, c.Account = sim.OnDemandAdvantage, a
		return play(t, c).Cost.PerMonth
	}
	alone, shared := bill(model.Account{}), bill(model.Account{InBytes: 25 * float64(model.MiB), OutBytes: 25 * float64(model.MiB)})
	if near := 25. / 1024 * 720 * 3600 * 0.048; alone < near-1 || shared > 10 {
		t.Errorf("%v USD alone, %v beside others", alone, shared)
	}
}
