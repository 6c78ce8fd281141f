package plan

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"kinesim/sim"
	"kinesim/sim/des"
	"kinesim/sim/metric"
)

// SweepFormat names the shape of a Sweep in JSON.
const SweepFormat = "kinesim/sweep/v1"

// Sweep is a scenario played over a grid of settings, each cell with the same seeds.
type Sweep struct {
	Format     string          `json:"format"`
	Version    string          `json:"version"`
	Scenario   sim.ScenarioRef `json:"scenario"`
	DataSHA256 string          `json:"data_sha256,omitempty"` // of the files that the scenario names
	Seed       uint64          `json:"seed"`
	Runs       int             `json:"runs"` // of each cell
	Axes       []Axis          `json:"axes"`
	Listed     bool            `json:"listed"` // the n-th values of all axes go together; else all combinations do
	Metrics    []SweepMetric   `json:"metrics"`
	Part       *Part           `json:"part,omitempty"` // of a sweep that is not whole
	Cells      []Cell          `json:"cells"`          // in the order of the grid, the last axis fastest
	Reproduce  string          `json:"reproduce"`
}

// Axis is a field with the values that it takes.
type Axis struct {
	Path   string   `json:"path"`
	Values []string `json:"values"`
}

// Part says which share of the cells a file holds: number I of N, from 1.
type Part struct {
	I int `json:"i"`
	N int `json:"n"`
}

// SweepMetric is a column of a sweep.
type SweepMetric struct {
	Name  string `json:"name"`
	Stat  string `json:"stat,omitempty"`
	Where string `json:"where,omitempty"`
	Unit  string `json:"unit"`
}

// Cell is one combination of values.
type Cell struct {
	Index  int       `json:"index"`
	Values []string  `json:"values"` // by axis
	PPass  float64   `json:"p_pass"` // share of the runs that met all expectations
	Means  []Measure `json:"metrics"`
}

// Measure is a metric over the runs of a cell: null where nothing was measured.
type Measure struct {
	Mean     *float64 `json:"mean"`
	CI95Low  *float64 `json:"ci95_low"`
	CI95High *float64 `json:"ci95_high"`
}

// Cells are the combinations of the values of axes, the last axis fastest; with listed,
// the n-th values of all go together.
func Cells(axes []Axis, listed bool) ([][]string, error) {
	if listed {
		var cells [][]string
		for i, a := range axes {
			if len(a.Values) != len(axes[0].Values) {
				return nil, fmt.Errorf("%s has %d values and %s has %d; in a list they go together", axes[0].Path, len(axes[0].Values), a.Path, len(a.Values))
			}
			for k, v := range a.Values {
				if i == 0 {
					cells = append(cells, nil)
				}
				cells[k] = append(cells[k], v)
			}
		}
		return cells, nil
	}
	cells := [][]string{nil}
	for _, a := range axes {
		var more [][]string
		for _, c := range cells {
			for _, v := range a.Values {
				more = append(more, append(slices.Clip(c), v))
			}
		}
		cells = more
	}
	return cells, nil
}

// Takes tells whether a part plays a cell: every n-th does, so that parts are about as
// long as each other.
func (p *Part) Takes(index int) bool { return p == nil || index%p.N == p.I-1 }

// Size is how many cells the sweep has, or its part.
func (s *Sweep) Size() int {
	n := 1
	for i, a := range s.Axes {
		if i == 0 || !s.Listed {
			n *= len(a.Values)
		}
	}
	if s.Part != nil {
		n = (n - s.Part.I + s.Part.N) / s.Part.N
	}
	return n
}

// Owns tells whether a cell, as it was read from a file, is one of the sweep, or of its part:
// it has the values that the grid has there, and a measure of each metric.
func (s *Sweep) Owns(c *Cell) bool {
	values := s.valuesAt(c.Index)
	torn := func(m Measure) bool {
		return (m.Mean == nil) != (m.CI95Low == nil) || (m.Mean == nil) != (m.CI95High == nil)
	}
	return values != nil && s.Part.Takes(c.Index) && slices.Equal(c.Values, values) && len(c.Means) == len(s.Metrics) &&
		!slices.ContainsFunc(c.Means, torn)
}

// valuesAt are those of one of Cells; nil where there is none.
func (s *Sweep) valuesAt(index int) []string {
	if index < 0 {
		return nil
	}
	values := make([]string, len(s.Axes))
	rest := index
	for i := len(s.Axes) - 1; i >= 0; i-- {
		n, at := len(s.Axes[i].Values), index
		if !s.Listed && n > 0 {
			at, rest = rest%n, rest/n
		}
		if at >= n {
			return nil
		}
		values[i] = s.Axes[i].Values[at]
	}
	if !s.Listed && rest > 0 {
		return nil
	}
	return values
}

// Sweeper plays the cells of a sweep.
type Sweeper struct {
	Sweep   *Sweep              // its cells are those that are done already, in any order
	Configs []*sim.Config       // by index; nil: not of this part
	Workers int                 // runs at a time
	Done    func(c *Cell) error // told of each cell when it is done, one at a time
}

// Run plays what is not done yet. When ctx ends or something fails, the cells that were
// begun are let go, and the error is what came first.
func (s *Sweeper) Run(ctx context.Context) error {
	have := map[int]bool{}
	for i := range s.Sweep.Cells {
		have[s.Sweep.Cells[i].Index] = true
	}
	var todo []int
	for i, c := range s.Configs {
		if c != nil && !have[i] {
			todo = append(todo, i)
		}
	}
	values, err := Cells(s.Sweep.Axes, s.Sweep.Listed)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	next := make(chan int)
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range max(1, min(s.Workers, len(todo))) {
		workers.Go(func() {
			for i := range next {
				cell, err := s.cell(ctx, i, values[i])
				mu.Lock()
				if err == nil {
					s.Sweep.Cells = append(s.Sweep.Cells, *cell)
					if s.Done != nil {
						err = s.Done(cell)
					}
				}
				mu.Unlock()
				if err != nil {
					stop(err)
				}
			}
		})
	}
	for _, i := range todo {
		if ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	workers.Wait()
	slices.SortFunc(s.Sweep.Cells, func(a, b Cell) int { return a.Index - b.Index })
	return context.Cause(ctx)
}

// cell plays one cell, whose fields have the given values, with all seeds.
func (s *Sweeper) cell(ctx context.Context, index int, of []string) (*Cell, error) {
	c := &Cell{Index: index, Values: of}
	values := make([][]float64, len(s.Sweep.Metrics))
	held := 0
	for run := range s.Sweep.Runs {
		v := *s.Configs[index]
		v.Seed = des.SeedOf(v.Seed, run+1)
		o, err := playOne(ctx, &v)
		if err != nil {
			return nil, err
		}
		if o.passed {
			held++
		}
		for i := range s.Sweep.Metrics {
			if x := s.Sweep.Metrics[i].of(o.result); x != nil {
				values[i] = append(values[i], *x)
			}
		}
	}
	c.PPass = float64(held) / float64(s.Sweep.Runs) // not a sum of shares, which misses 1
	for _, list := range values {
		c.Means = append(c.Means, measure(list))
	}
	return c, nil
}

// measure is a metric over runs.
func measure(values []float64) Measure {
	if len(values) == 0 {
		return Measure{}
	}
	mean, low, high := metric.Interval95(values)
	return Measure{&mean, &low, &high}
}

// of is the metric in a result: as an expectation measured it, or one of the usual ones.
func (m *SweepMetric) of(r *sim.Result) *float64 {
	for i := range r.Expectations {
		if e := &r.Expectations[i]; e.Metric == m.Name && e.Stat == m.Stat && where(e) == m.Where {
			return e.Measured
		}
	}
	switch m.Name {
	case "put_throttled_ratio":
		x := r.ThrottledRatio()
		return &x
	case "iterator_age":
		var most *float64
		for i := range r.Consumers {
			if x := r.Consumers[i].IteratorAge.Max; x != nil && (most == nil || *x > *most) {
				most = x
			}
		}
		return most
	case "cost_per_month":
		return &r.Cost.PerMonth
	}
	return nil
}

// where narrows an expectation, its window with it.
func where(e *sim.ExpectationResult) string {
	if e.During == "" {
		return e.Where
	}
	if e.Where == "" {
		return "during " + e.During
	}
	return e.Where + " during " + e.During
}

// SweepMetrics are the columns of a scenario: its expectations, and the usual ones that are
// not among them.
func SweepMetrics(c *sim.Config) []SweepMetric {
	var list []SweepMetric
	add := func(m SweepMetric) {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	for i := range c.Expect {
		e := &c.Expect[i]
		r := sim.ExpectationResult{Metric: e.Metric, Stat: e.Stat}
		m, _ := sim.FindMetric(e.Metric)
		r.Where, r.During = e.Narrowed(), e.During()
		add(SweepMetric{e.Metric, e.Stat, where(&r), m.Unit})
	}
	for _, name := range []string{"put_throttled_ratio", "iterator_age", "cost_per_month"} {
		if slices.ContainsFunc(list, func(m SweepMetric) bool { return m.Name == name }) {
			continue
		}
		m, _ := sim.FindMetric(name)
		stat := ""
		if len(m.Stats) > 0 {
			stat = m.Stats[0]
		}
		add(SweepMetric{name, stat, "", m.Unit})
	}
	return list
}
