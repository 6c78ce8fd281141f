package sim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// lucky is a scenario in which luck matters: Poisson arrivals, drawn delays.
func lucky(seed uint64) *sim.Config {
	c := scene(2, 900, 20*time.Second)
	c.Seed, c.Limits = seed, model.AWS2026()
	c.Producers[0].Arrivals = workload.Poisson{}
	c.Consumers = []client.ConsumerConfig{classic("lake", time.Second), efo("fraud")}
	return c
}

// group plays a scenario with so many seeds.
func group(t *testing.T, name string, c *sim.Config, runs int) *sim.Group {
	t.Helper()
	r, err := sim.Replicate(t.Context(), c, runs, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	g, err := sim.Pool(name, []*sim.Result{r})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func diff(t *testing.T, base, head *sim.Group, rules ...sim.Rule) *sim.Diff {
	t.Helper()
	d, err := sim.NewDiff(base, head, rules, false)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// found are the verdicts other than same and noise, by measure.
func found(d *sim.Diff) map[string]string {
	changes := map[string]string{}
	for _, r := range d.Rows {
		if r.Verdict != sim.Unchanged && r.Verdict != sim.Noise {
			changes[strings.TrimSpace(r.Metric+" "+r.Stat+" "+r.Where)] = r.Verdict
		}
	}
	return changes
}

// TestDiffSilence: between runs of one scenario with other seeds there is nothing to
// find. Of twenty such pairs one may raise a false alarm, so of twelve it is at most
// two but once in fifty times; the seeds are the first ones.
func TestDiffSilence(t *testing.T) {
	oneByOne(t)
	const pairs = uint64(12)
	alarms := 0
	for pair := range pairs {
		d := diff(t, group(t, "base", lucky(2*pair+1), 8), group(t, "head", lucky(2*pair+2), 8))
		if d.Test != "welch" {
			t.Fatalf("pair %d: seeds are not common, but the test is %s", pair, d.Test)
		}
		if changes := found(d); len(changes) > 0 {
			alarms++
			t.Logf("pair %d: %v", pair, changes)
		}
	}
	if alarms > 2 {
		t.Errorf("%d of %d pairs without any effect show one", alarms, pairs)
	}
}

// TestDiffFindsEffect: what was changed shows, for the worse or the better as it is, in
// every pair; and what it does not touch is the same to the last digit.
func TestDiffFindsEffect(t *testing.T) {
	for seed := uint64(1); seed <= 4; seed++ {
		for name, c := range map[string]struct {
			change func(*sim.Config)
			want   map[string]string
			still  string // nothing of this consumer may change
		}{
			"a tenth more records": {func(c *sim.Config) { c.Producers[0].Rate = workload.Constant(model.PerSecond(990)) },
				map[string]string{"incoming_records": sim.Better, "cost_per_month": sim.Worse}, ""},
			"polled less often": {func(c *sim.Config) { c.Consumers[0] = classic("lake", 1500*time.Millisecond) },
				map[string]string{"propagation_delay p99 consumer lake": sim.Worse, "end_to_end_latency p99 consumer lake": sim.Worse}, "consumer fraud"},
			"polled more often": {func(c *sim.Config) { c.Consumers[0] = classic("lake", 500*time.Millisecond) },
				map[string]string{"propagation_delay p99 consumer lake": sim.Better}, "consumer fraud"},
		} {
			changed := lucky(seed)
			c.change(changed)
			d := diff(t, group(t, "base", lucky(seed), 6), group(t, "head", changed, 6))
			got := found(d)
			for measure, verdict := range c.want {
				if got[measure] != verdict {
					t.Errorf("seed %d, %s: %s is %q, want %s", seed, name, measure, got[measure], verdict)
				}
			}
			for _, r := range d.Rows {
				if c.still != "" && r.Where == c.still && r.Verdict != sim.Unchanged {
					t.Errorf("seed %d, %s: %s %s of %s is %s, and nothing touches it", seed, name, r.Metric, r.Stat, r.Where, r.Verdict)
				}
			}
		}
	}
}

// TestDiffPairsSeeParticulars: common draws show an effect that the spread of the runs
// hides from a test without them.
func TestDiffPairsSeeParticulars(t *testing.T) {
	changed := func(seed uint64) *sim.Config {
		c := lucky(seed)
		c.Producers[0].Rate = workload.Constant(model.PerSecond(903)) // a third of a hundredth more
		return c
	}
	base := group(t, "base", lucky(1), 8)
	paired, apart := diff(t, base, group(t, "head", changed(1), 8)), diff(t, base, group(t, "head", changed(2), 8))
	width := func(d *sim.Diff) float64 {
		i := slices.IndexFunc(d.Rows, func(r sim.Delta) bool { return r.Metric == "incoming_records" })
		return *d.Rows[i].CI95High - *d.Rows[i].CI95Low
	}
	if paired.Test != "paired" || paired.Pairs != 8 || apart.Test != "welch" {
		t.Fatalf("tests are %s with %d pairs, and %s", paired.Test, paired.Pairs, apart.Test)
	}
	if p, w := width(paired), width(apart); p > w/2 {
		t.Errorf("the interval of pairs is %v wide, without pairs %v", p, w)
	}
}

// TestDiffOfSingleRuns: one run against one has exact differences and no interval, and
// a run against itself none.
func TestDiffOfSingleRuns(t *testing.T) {
	one := group(t, "one", lucky(1), 1)
	if d := diff(t, one, one); !d.Same || d.Test != "exact" || len(d.Rows) < 10 {
		t.Errorf("a run against itself: same %v, test %s, %d rows", d.Same, d.Test, len(d.Rows))
	}
	d := diff(t, one, group(t, "other", lucky(2), 1))
	for _, r := range d.Rows {
		if r.P != nil || r.CI95Low != nil || r.Verdict == sim.Noise {
			t.Errorf("%s: a single run has an interval: %+v", r.Metric, r)
		}
	}
	if d.Same || !slices.ContainsFunc(d.Warnings, func(w string) bool { return strings.Contains(w, "no interval") }) {
		t.Errorf("same %v, warnings %q", d.Same, d.Warnings)
	}
}

// TestDiffRules: thresholds in shares and in units, for rises and falls, of one place
// and of all; a rise that may be noise does not fail.
func TestDiffRules(t *testing.T) {
	more := lucky(1)
	more.Producers[0].Rate = workload.Constant(model.PerSecond(990))
	base, head := group(t, "base", lucky(1), 6), group(t, "head", more, 6)
	rule := func(metric string, threshold float64, relative bool) sim.Rule {
		return sim.Rule{Text: metric, Metric: metric, Threshold: threshold, Relative: relative}
	}
	for _, c := range []struct {
		rule   sim.Rule
		passed bool
		n      int // rows that it judges
	}{
		{rule("incoming_records", 0.05, true), false, 1},
		{rule("incoming_records", 0.15, true), true, 1},
		{rule("incoming_records", -0.01, true), true, 1}, // it fell by nothing
		{rule("incoming_records", 1000, false), false, 1},
		{rule("incoming_records", 3000, false), true, 1},
		{rule("put_throttled_ratio", 0, true), true, 1}, // the stream's, 0 on both sides
		{sim.Rule{Text: "p99", Metric: "iterator_age", Stat: "p99", Threshold: 1, Relative: true}, true, 2},
		{sim.Rule{Text: "lake", Metric: "iterator_age", Stat: "p99", Where: "consumer lake", Threshold: 1, Relative: true}, true, 1},
	} {
		d := diff(t, base, head, c.rule)
		if d.Passed != c.passed || len(d.Rules) != c.n {
			t.Errorf("%+v: passed %v by %d rows, want %v by %d", c.rule, d.Passed, len(d.Rules), c.passed, c.n)
		}
	}
	noise := diff(t, group(t, "base", lucky(1), 3), group(t, "head", lucky(2), 3), rule("incoming_records", 0, true), rule("incoming_records", -1e-9, true))
	if !noise.Passed || noise.Rules[0].Unclear == noise.Rules[1].Unclear {
		t.Errorf("noise: %+v", noise.Rules)
	}
	if _, err := sim.NewDiff(base, head, []sim.Rule{{Text: "x", Metric: "iterator_age", Where: "consumer lak"}}, false); err == nil || !strings.Contains(err.Error(), "consumer lake") {
		t.Errorf("a rule about nobody: %v", err)
	}
}

// TestPoolCountsASeedOnce: the luck of a seed is not counted twice.
func TestPoolCountsASeedOnce(t *testing.T) {
	r := play(t, lucky(1))
	g, err := sim.Pool("twice", []*sim.Result{r, r, play(t, lucky(2))})
	if err != nil || g.Runs != 2 {
		t.Errorf("%d runs, want 2 (%v)", g.Runs, err)
	}
}
