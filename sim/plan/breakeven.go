package plan

import (
	"math"
	"strings"

	"kinesim/sim"
)

// BreakEven is what each way would cost at other loads, in proportion to what it costs at
// this one. It asks no run whether that would hold: shards grow with the load.
type BreakEven struct {
	Factors []float64  `json:"factors"` // of the load
	Ways    []WayCosts `json:"ways"`

	Use  float64   `json:"use"`  // of the cheapest provisioned capacity, on average over the run; 0: there is none
	Uses []float64 `json:"uses"` // at which the modes are compared with that capacity as it is
}

// WayCosts is a way with its bill at each factor, USD a month.
type WayCosts struct {
	Way   string    `json:"way"`
	Costs []float64 `json:"costs"`
	ByUse []float64 `json:"by_use"` // at each use
}

// The loads of the break-even: from a tenth to ten times, in even ratios.
const (
	lowestFactor  = 0.1
	factorsCount  = 41
	factorsDecade = 20 // of them in a decade
)

// breakEven reckons the bills of the ways that hold, if there are several modes among them.
func (b *bench) breakEven(found []find) (*BreakEven, error) {
	e := &BreakEven{}
	for i := range factorsCount {
		e.Factors = append(e.Factors, math.Round(lowestFactor*math.Pow(10, float64(i)/factorsDecade)*1e4)/1e4)
	}
	modes := map[string]bool{}
	var results []*sim.Result
	for _, f := range found {
		if !f.holds {
			continue
		}
		o, err := b.play(f.candidate, 1)
		if err != nil {
			return nil, err
		}
		w := WayCosts{Way: b.problem.Ways[f.way].Name}
		for _, factor := range e.Factors {
			w.Costs = append(w.Costs, costAt(o.result.Cost.Items, f.shards, factor))
		}
		modes[o.result.Stream.Mode] = true
		results = append(results, o.result)
		e.Ways = append(e.Ways, w)
	}
	if len(modes) < 2 {
		return nil, nil
	}
	e.byUse(results)
	return e, nil
}

// fixed stands for shards that stay as many whatever the load is.
const fixed = -1

// costAt is a bill at so many times the load. What is paid by the shard grows in whole
// shards, or not where shards is fixed, what is paid by the hour or by the lease not at all, and what is left of a
// commitment shrinks by what is used more.
func costAt(items []sim.CostItem, shards int, factor float64) float64 {
	used := map[string]float64{} // of the commitment, in and out, in GiB
	for _, i := range items {
		switch {
		case i.Item == "on-demand advantage data in":
			used["in"] += i.Quantity
		case i.Item == "on-demand advantage data out", i.Item == "on-demand advantage enhanced fan-out data":
			used["out"] += i.Quantity
		}
	}
	steps := factor
	switch {
	case shards == fixed:
		steps = 1
	case shards > 0:
		steps = math.Ceil(float64(shards)*factor-1e-9) / float64(shards)
	}
	sum := 0.0
	for _, i := range items {
		switch direction, commitment := strings.CutPrefix(i.Item, "commitment not used, data "); {
		case commitment:
			left := i.Quantity + used[direction] - used[direction]*factor
			sum += max(0, left) * i.USD / i.Quantity
		case strings.HasSuffix(i.Unit, "shard-hours"):
			sum += i.USD * steps
		case i.Unit == "stream-hours", strings.HasPrefix(i.Item, "lease table"):
			sum += i.USD
		default:
			sum += i.USD * factor
		}
	}
	return sum
}
