package plan_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
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
	mean := func(index int) plan.Cell {
		return plan.Cell{Index: index, Values: []string{fmt.Sprint(index + 1)}, Means: make([]plan.Measure, len(a.Metrics))}
	}
	a.Cells, c.Cells = []plan.Cell{mean(0)}, []plan.Cell{mean(1)}
	if _, _, err := plan.Merge([]*plan.Sweep{a, c}); err != nil {
		t.Errorf("two good parts: %v", err)
	}
	for name, spoil := range map[string]func(){
		"a cell of another part":  func() { c.Cells[0] = mean(0) },
		"a cell beyond the grid":  func() { c.Cells[0] = mean(3) },
		"a cell without measures": func() { c.Cells[0] = mean(1); c.Cells[0].Means = nil },
		"other data":              func() { c.DataSHA256 = "00" },
		"no parts at all":         func() { a.Part.N, c.Part.N = -1, -1 },
	} {
		spoil()
		if _, _, err := plan.Merge([]*plan.Sweep{a, c}); err == nil {
			t.Errorf("%s: merged", name)
		}
		c.Cells[0] = mean(1)
		a.Part.N, c.Part.N, c.DataSHA256 = 2, 2, ""
	}
}

// TestSweepStopsAtAFault: what cannot be kept, as on a full disk, is told at once and not
// after hours of play.
func TestSweepStopsAtAFault(t *testing.T) {
	s, configs := grid(1, 2, 3, 4, 5, 6, 7)
	full, told := errors.New("no space left"), 0
	play := plan.Sweeper{Sweep: s, Configs: configs, Workers: 1, Done: func(*plan.Cell) error { told++; return full }}
	if err := play.Run(context.Background()); !errors.Is(err, full) || told != 1 {
		t.Errorf("after the first fault %d cells were told of, with %v", told-1, err)
	}
}

// TestSweepCountsWhole: a share of runs is exact, whatever their number; ten tenths of a run
// would be less than one.
func TestSweepCountsWhole(t *testing.T) {
	for _, runs := range []int{3, 6, 10} {
		s, configs := grid(5)
		s.Runs = runs
		if err := (&plan.Sweeper{Sweep: s, Configs: configs, Workers: 1}).Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := s.Cells[0].PPass; got != 1 {
			t.Errorf("%d runs, all of which hold, are a share of %v", runs, got)
		}
	}
}

// TestSweepOwns: a sweep and its parts own the cells of their grid and no others.
func TestSweepOwns(t *testing.T) {
	axes := []plan.Axis{{Path: "a", Values: []string{"1", "2", "3"}}, {Path: "b", Values: []string{"4", "5", "6"}}, {Path: "c", Values: []string{"7", "8", "9"}}}
	for _, listed := range []bool{false, true} {
		cells, err := plan.Cells(axes, listed)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []*plan.Part{nil, {I: 1, N: 1}, {I: 2, N: 4}, {I: 4, N: 4}, {I: 30, N: 40}} {
			s := &plan.Sweep{Axes: axes, Listed: listed, Part: part}
			owned := 0
			for index := -2; index < len(cells)+2; index++ {
				for _, values := range cells {
					if s.Owns(&plan.Cell{Index: index, Values: values}) {
						owned++
						if !slices.Equal(cells[index], values) || !part.Takes(index) {
							t.Errorf("listed %v, part %v: owns %v as cell %d", listed, part, values, index)
						}
					}
				}
			}
			if owned != s.Size() {
				t.Errorf("listed %v, part %v: owns %d cells and has %d", listed, part, owned, s.Size())
			}
			if s.Owns(&plan.Cell{Values: cells[0], Means: make([]plan.Measure, 1)}) {
				t.Error("a sweep without metrics owns a cell with one")
			}
		}
	}
	one := 1.0
	s := &plan.Sweep{Axes: axes[:1], Metrics: make([]plan.SweepMetric, 1)}
	if s.Owns(&plan.Cell{Values: []string{"1"}, Means: []plan.Measure{{Mean: &one}}}) {
		t.Error("a mean without its interval is owned")
	}
}
