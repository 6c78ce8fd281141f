package plan

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// World is one way in which the uncertain inputs of a problem may turn out. Its ways are
// those of the problem, in the same order.
type World struct {
	Name   string
	Values []int // by input: which of its values
	Ways   []Way
}

// Input is an uncertain input with the values that it may have.
type Input struct {
	Path   string
	Values []string
}

// Uncertain is what the plan came to in each world.
type Uncertain struct {
	Worlds    []Outcome    `json:"worlds"`
	Inputs    []InputShare `json:"inputs"`     // what matters most first
	MaxRegret float64      `json:"max_regret"` // USD a month: what the plan costs more than the best for the world that comes, at most
	Tightest  string       `json:"tightest"`   // the world that the plan is made for; the proof is of it
}

// Outcome is a world with the capacity that would be best if it were known to come.
type Outcome struct {
	World        string  `json:"world"`
	Way          string  `json:"way"`
	Shards       int     `json:"shards"`
	CostPerMonth float64 `json:"cost_per_month"` // of that
	Regret       float64 `json:"regret"`         // what the plan costs more in this world
}

// InputShare is by how much the bill of the best capacity moves with one input, the others
// as they are first named.
type InputShare struct {
	Path string  `json:"path"`
	Low  float64 `json:"low"` // USD a month, the least and the most over its values
	High float64 `json:"high"`
}

// robust finds the capacity that holds in every world and whose regret, over all of them,
// is least: each way gets the most shards that any world asks of it.
func (p *Problem) robust(ctx context.Context) (*Plan, error) {
	best := make([][]find, len(p.Worlds)) // by world and way
	benches := make([]*bench, len(p.Worlds))
	runs := 0
	for i := range p.Worlds {
		v := *p
		v.Ways = p.Worlds[i].Ways
		v.Progress = func(n int, what string) { p.tell(runs+n, p.Worlds[i].Name+": "+what) }
		benches[i] = newBench(ctx, &v)
		var err error
		if best[i], err = benches[i].minima(); err != nil {
			return nil, fmt.Errorf("%s: %w", p.Worlds[i].Name, err)
		}
		runs += benches[i].done
	}
	chosen, regrets := -1, []float64(nil)
	for way := range p.Ways {
		r, err := regretsOf(benches, best, way)
		if err != nil {
			return nil, err
		}
		if chosen < 0 || slices.Max(r) < slices.Max(regrets) {
			chosen, regrets = way, r
		}
	}
	tightest := 0
	for i := range best {
		a, b := best[i][chosen], best[tightest][chosen]
		if b.holds && (!a.holds || a.shards > b.shards || a.shards == b.shards && a.cost > b.cost) {
			tightest = i
		}
	}
	b := benches[tightest]
	b.done = runs
	beside := slices.Clone(best[tightest])
	ranked(beside)
	plan, err := b.conclude([]find{best[tightest][chosen]}, beside)
	if err != nil {
		return nil, err
	}
	plan.Uncertain = p.outcomes(best, regrets, tightest)
	return plan, nil
}

// minima is the cheapest candidate of each way, in their order.
func (b *bench) minima() ([]find, error) {
	found := make([]find, len(b.problem.Ways))
	for i := range found {
		var err error
		if found[i], err = b.least(i); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// regretsOf are what a way costs in each world more than the best for it, with the most
// shards that any world asks of it; infinite where it does not hold.
func regretsOf(benches []*bench, best [][]find, way int) ([]float64, error) {
	most := 0
	for _, found := range best {
		most = max(most, found[way].shards)
	}
	regrets := make([]float64, len(best))
	for i, found := range best {
		if !found[way].holds {
			regrets[i] = math.Inf(1)
			continue
		}
		o, err := benches[i].play(candidate{way, most}, 1)
		if err != nil {
			return nil, err
		}
		regrets[i] = o.cost - cheapest(found).cost
		if !o.passed && benches[i].problem.P >= 1 {
			regrets[i] = math.Inf(1)
		}
	}
	return regrets, nil
}

// cheapest is the cheapest find that holds; the first where none does.
func cheapest(found []find) find {
	best := found[0]
	for _, f := range found[1:] {
		if f.holds && (!best.holds || f.cost < best.cost) {
			best = f
		}
	}
	return best
}

// outcomes sums the worlds up.
func (p *Problem) outcomes(best [][]find, regrets []float64, tightest int) *Uncertain {
	u := &Uncertain{Tightest: p.Worlds[tightest].Name}
	for i, w := range p.Worlds {
		f := cheapest(best[i])
		o := Outcome{w.Name, p.Ways[f.way].Name, f.shards, f.cost, finite(regrets[i])}
		u.MaxRegret = max(u.MaxRegret, o.Regret)
		u.Worlds = append(u.Worlds, o)
	}
	for k, input := range p.Inputs {
		share := InputShare{Path: input.Path, Low: math.Inf(1)}
		for i, w := range p.Worlds {
			if others(w.Values, k) {
				cost := cheapest(best[i]).cost
				share.Low, share.High = min(share.Low, cost), max(share.High, cost)
			}
		}
		u.Inputs = append(u.Inputs, share)
	}
	slices.SortStableFunc(u.Inputs, func(a, b InputShare) int {
		switch x, y := a.High-a.Low, b.High-b.Low; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return u
}

// others tells whether all inputs but one have their first values.
func others(values []int, but int) bool {
	for i, v := range values {
		if i != but && v != 0 {
			return false
		}
	}
	return true
}

// finite is a regret as JSON can write it; one that is infinite is told by the plan not
// being feasible.
func finite(x float64) float64 {
	if math.IsInf(x, 0) {
		return 0
	}
	return x
}
