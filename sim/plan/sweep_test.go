package plan_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"

	"kinesim/model"
	"kinesim/model/analytic"
	"kinesim/sim"
	"kinesim/sim/plan"
	"kinesim/sim/workload"
)

// grid is a sweep over numbers of shards, and what it plays.
func grid(shards ...int) (*plan.Sweep, []*sim.Config) {
	base := expect(scene(400, 100, workload.Unique{}), "put_throttled_ratio", "", 0.01)
	s := &plan.Sweep{Format: plan.SweepFormat, Seed: base.Seed, Runs: 2, Axes: []plan.Axis{{Path: "stream.shards"}}, Metrics: plan.SweepMetrics(base), Cells: []plan.Cell{}}
	var configs []*sim.Config
	for _, n := range shards {
		v := *base
		v.Stream.Shards = model.EvenShards(n)
		s.Axes[0].Values = append(s.Axes[0].Values, fmt.Sprint(n))
		configs = append(configs, &v)
	}
	return s, configs
}

// TestSweepFollowsTheClosedForm: with even keys the refused share is what does not fit.
func TestSweepFollowsTheClosedForm(t *testing.T) {
	s, configs := grid(1, 2, 3, 5)
	if err := (&plan.Sweeper{Sweep: s, Configs: configs, Workers: 2}).Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i, n := range []int{1, 2, 3, 5} {
		loads := make([]float64, n)
		for k := range loads {
			loads[k] = 400 / float64(n)
		}
		want := analytic.ThrottledShare(loads, 100)
		if got := *s.Cells[i].Means[0].Mean; math.Abs(got-want) > 0.03 || (s.Cells[i].PPass == 1) != (want == 0) {
			t.Errorf("%d shards: %v refused, by the closed form %v; met in %v", n, got, want, s.Cells[i].PPass)
		}
	}
}

// TestMergeIsTheWhole: any number of parts, played apart and in any order, makes the same
// bytes as one sweep; a sweep that is stopped and goes on does so too.
func TestMergeIsTheWhole(t *testing.T) {
	whole, configs := grid(1, 2, 3, 4, 5, 6, 7)
	if err := (&plan.Sweeper{Sweep: whole, Configs: configs, Workers: 1}).Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(whole)
	for n := 1; n <= 8; n++ {
		var parts []*plan.Sweep
		for i := n; i >= 1; i-- {
			p, configs := grid(1, 2, 3, 4, 5, 6, 7)
			p.Part = &plan.Part{I: i, N: n}
			for k := range configs {
				if !p.Part.Takes(k) {
					configs[k] = nil
				}
			}
			if err := (&plan.Sweeper{Sweep: p, Configs: configs, Workers: 2}).Run(context.Background()); err != nil {
				t.Fatal(err)
			}
			parts = append(parts, p)
		}
		merged, missing, err := plan.Merge(parts)
		if err != nil || len(missing) > 0 {
			t.Fatalf("%d parts: %v, missing %v", n, err, missing)
		}
		if got, _ := json.Marshal(merged); string(got) != string(want) {
			t.Errorf("%d parts make another sweep", n)
		}
		if n > 1 {
			if _, missing, err := plan.Merge(parts[1:]); err != nil || len(missing) != 1 || missing[0] != n {
				t.Errorf("without part %d: %v, missing %v", n, err, missing)
			}
		}
	}
	stopped, configs := grid(1, 2, 3, 4, 5, 6, 7)
	ctx, cancel := context.WithCancel(context.Background())
	play := plan.Sweeper{Sweep: stopped, Configs: configs, Workers: 1, Done: func(*plan.Cell) error { cancel(); return nil }}
	if err := play.Run(ctx); !errors.Is(err, context.Canceled) || len(stopped.Cells) == 0 || len(stopped.Cells) == 7 {
		t.Fatalf("stopped: %v with %d cells", err, len(stopped.Cells))
	}
	play.Done = nil
	if err := play.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got, _ := json.Marshal(stopped); string(got) != string(want) {
		t.Error("a sweep that went on is another")
	}
}

// TestMergeRefuses parts that do not belong together.
func TestMergeRefuses(t *testing.T) {
	a, _ := grid(1, 2)
	b, _ := grid(1, 3)
	a.Part, b.Part = &plan.Part{I: 1, N: 2}, &plan.Part{I: 2, N: 2}
	a.Cells = []plan.Cell{{Index: 0, Values: []string{"1"}}}
	b.Cells = []plan.Cell{{Index: 1, Values: []string{"3"}}}
	if _, _, err := plan.Merge([]*plan.Sweep{a, b}); err == nil {
		t.Error("parts of two sweeps make one")
	}
	c, _ := grid(1, 2)
	c.Part = &plan.Part{I: 2, N: 2}
	if _, _, err := plan.Merge([]*plan.Sweep{a, c}); err == nil {
		t.Error("a part without its cells is whole")
	}
}
