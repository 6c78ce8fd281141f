package plan

import "math"

// Give is what would have to give where nothing that may be chosen meets the expectations: the
// values that the nearest capacity reaches, and the part of the load that it would carry.
type Give struct {
	Missed  []Margin `json:"missed"`   // expectations that it misses in some run
	Load    *float64 `json:"load"`     // the largest part of the load with which it meets all, to a hundredth; null: none, or not known, as for what was recorded
	AtMost  bool     `json:"at_most"`  // it has the most shards that may be chosen
	Mostly  string   `json:"why"`      // why the first of them is missed, as a clause
	Limit   string   `json:"limit"`    // that it runs into: records, bytes, reads, latency, cost or keys
	OneWays bool     `json:"one_mode"` // only one mode was to choose from
}

// lowestLoad is down to which part of the load is looked.
const lowestLoad = 0.01

// give says what stands in the way of any capacity.
func (b *bench) give(plan *Plan, best candidate) error {
	config := b.problem.config(best)
	g := &Give{AtMost: best.shards == b.problem.Most, Missed: []Margin{}, OneWays: true}
	for _, m := range plan.Chosen.Expectations {
		if m.PPass < 1 && !m.Warn {
			g.Missed = append(g.Missed, m)
		}
	}
	for i := range b.problem.Ways {
		g.OneWays = g.OneWays && b.problem.Ways[i].Config.Stream.Mode == config.Stream.Mode
	}
	all, err := b.several(best, b.problem.Runs)
	if err != nil {
		return err
	}
	for _, o := range all {
		if list := missed(o.result); len(list) > 0 {
			g.Limit, g.Mostly = reason(o.result, list[0])
			break
		}
	}
	plan.Give = g
	for i := range config.Producers {
		if config.Producers[i].Trace != nil {
			return nil
		}
	}
	g.Load, err = b.bearable(best)
	return err
}

// bearable is the largest part of the load that a capacity carries; nil where it is less than
// a hundredth.
func (b *bench) bearable(c candidate) (*float64, error) {
	config := b.problem.config(c)
	low, high := 0.0, 1.0
	for factor := 0.5; high-low > growthStep; factor = math.Round((low+high)/2*1000) / 1000 {
		if factor < lowestLoad {
			return nil, nil
		}
		o, err := b.grown(config, factor)
		if err != nil {
			return nil, err
		}
		if o.passed {
			low = factor
		} else {
			high = factor
		}
	}
	low = math.Floor(low*100) / 100
	return &low, nil
}
