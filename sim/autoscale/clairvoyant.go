package autoscale

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"kinesim/sim/des"
)

// Clairvoyant knows how many shards will be needed and has them there in time, for the
// least shard-hours that the rules allow: the yardstick by which the regret of other
// policies is measured.
type Clairvoyant struct {
	Needs  []Step // the shards needed from each instant on, in the order of time, from 0
	Open   int    // shards at the start
	End    des.Time
	Update func(from, to int) time.Duration // how long an UpdateShardCount takes
	Calls  int                              // UpdateShardCount calls in a rolling 24 h
	Bounds
}

// Kind is the policy's name.
func (Clairvoyant) Kind() string { return "clairvoyant" }

// Every is how often it looks at its plan.
func (Clairvoyant) Every() time.Duration { return time.Minute }

// Validate refuses a future that is none.
func (p Clairvoyant) Validate() error {
	switch {
	case p.Update == nil:
		return errors.New("it is not known how long a change takes")
	case p.End <= 0:
		return fmt.Errorf("the end is at %v, not after the start", p.End)
	case len(p.Needs) == 0 || p.Needs[0].At != 0:
		return errors.New("the shards needed must be known from the start")
	}
	for i := 1; i < len(p.Needs); i++ {
		if p.Needs[i].At <= p.Needs[i-1].At {
			return fmt.Errorf("need %d is at %v, not after the one before", i+1, p.Needs[i].At)
		}
	}
	for _, err := range []error{between("open shards", p.Open, 1, 10_000), between("calls", p.Calls, 0, 1000), p.validate()} {
		if err != nil {
			return err
		}
	}
	return nil
}

// Start gives fresh running state, with the plan made.
func (p Clairvoyant) Start() Scaler {
	plan := p.Plan()
	due := func(now des.Time) (last Step) {
		for _, s := range plan {
			if s.At <= now {
				last = s
			}
		}
		return last
	}
	return &follower{due: due, because: "known need"}
}

// Plan is the calls that it makes, each at the instant of the call.
//
// It is a shortest path: time goes in blocks, a state is a number of shards, and a call
// leads from one number to another after the blocks that it takes. Meanwhile the larger
// number is paid and the smaller one serves. Too few shards cost so much that no plan
// leaves any out if it can have them. Each call costs a fee as well, the least at which
// no 24 h have more calls than allowed; so no plan with as many calls or fewer is cheaper,
// while one that fits more calls in may be, by less than the fees for those.
//
// What is rounded, all upwards: need and durations to blocks, which are a minute in runs
// of a day and longer in longer ones, and need to a few dozen numbers of shards.
func (p Clairvoyant) Plan() []Step {
	g := p.grid()
	best := g.cheapest(0)
	if busiest(best) <= p.Calls {
		return best
	}
	low, high := 0.0, 1.0
	for best = g.cheapest(high); busiest(best) > p.Calls; best = g.cheapest(high) {
		low, high = high, 2*high
	}
	for range 16 {
		mid := (low + high) / 2
		if plan := g.cheapest(mid); busiest(plan) > p.Calls {
			low = mid
		} else {
			high, best = mid, plan
		}
	}
	return best
}

// busiest is the most calls in any 24 h.
func busiest(plan []Step) (most int) {
	first := 0
	for i := range plan {
		for plan[i].At-plan[first].At >= des.Time(day) {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// grid is the plan's future in blocks and in numbers of shards.
type grid struct {
	block  time.Duration
	blocks int
	levels []int // ascending; one is the number at the start
	start  int   // its place
	// short[l][t] is how many shards are missing with levels[l] before block t, summed.
	short [][]float64
	takes [][]int // blocks from level to level; 0 where one call does not go
}

// The sizes of a grid. Missing shards are dear enough that no fee is worth one for long.
const (
	mostBlocks   = 1440
	mostLevels   = 48
	missingShard = 1e7 // times what a shard costs
)

func (p Clairvoyant) grid() *grid {
	g := &grid{block: time.Minute}
	for des.Time(g.block)*mostBlocks < p.End {
		g.block += time.Minute
	}
	g.blocks = int((p.End + des.Time(g.block) - 1) / des.Time(g.block))
	need := make([]int, g.blocks)
	for i, s := range p.Needs {
		from, to := int(s.At/des.Time(g.block)), g.blocks
		if i+1 < len(p.Needs) {
			to = min(to, int((p.Needs[i+1].At+des.Time(g.block)-1)/des.Time(g.block)))
		}
		for t := from; t < to; t++ {
			need[t] = max(need[t], p.clamp(s.Shards))
		}
	}
	g.levels = levels(need, p.Open)
	g.start = slices.Index(g.levels, p.Open)
	for _, from := range g.levels {
		short := make([]float64, g.blocks+1)
		for t, n := range need {
			short[t+1] = short[t] + float64(max(n-from, 0))
		}
		takes := make([]int, len(g.levels))
		for i, to := range g.levels {
			if to != from && to == oneCall(from, to) {
				takes[i] = max(1, int((p.Update(from, to)+g.block-1)/g.block))
			}
		}
		g.short, g.takes = append(g.short, short), append(g.takes, takes)
	}
	return g
}

// levels are the numbers of shards that a plan may use: those needed, and between them
// what doubling and halving lead through.
func levels(need []int, open int) []int {
	all := slices.Compact(slices.Sorted(slices.Values(need)))
	for every := 2; len(all) > mostLevels; every++ {
		var fewer []int // each every-th from the top, so that need is rounded up
		for i := len(all) - 1; i >= 0; i -= every {
			fewer = append(fewer, all[i])
		}
		if len(fewer) <= mostLevels {
			all = fewer
		}
	}
	all = with(all, open)
	most := all[len(all)-1]
	for _, n := range all { // where each leads in the fewest calls, as long as there is room
		for n *= 2; n < most && len(all) < mostLevels; n *= 2 {
			all = with(slices.Clone(all), n)
		}
	}
	for i := 0; i+1 < len(all); i++ {
		if all[i+1] > 2*all[i] {
			all = slices.Insert(all, i+1, 2*all[i])
		}
	}
	return all
}

// with adds a number to an ascending list, if it is not in it.
func with(list []int, n int) []int {
	if i, found := slices.BinarySearch(list, n); !found {
		return slices.Insert(list, i, n)
	}
	return list
}

// cheapest is the plan with the least cost if each call has a fee, in shards × blocks.
func (g *grid) cheapest(fee float64) (plan []Step) {
	n := len(g.levels)
	cost := make([]float64, (g.blocks+1)*n) // from block t on, at a level
	next := make([]int32, (g.blocks+1)*n)   // the level to go to
	for t := g.blocks - 1; t >= 0; t-- {
		for l := range n {
			best, choice := g.pay(t, t+1, l, l)+cost[(t+1)*n+l], l
			for to, takes := range g.takes[l] {
				if takes == 0 {
					continue
				}
				end := min(t+takes, g.blocks)
				if c := fee + g.pay(t, end, l, to) + cost[end*n+to]; c < best {
					best, choice = c, to
				}
			}
			cost[t*n+l], next[t*n+l] = best, int32(choice)
		}
	}
	for t, l := 0, g.start; t < g.blocks; {
		to := int(next[t*n+l])
		if to == l {
			t++
			continue
		}
		plan = append(plan, Step{des.Time(t) * des.Time(g.block), g.levels[to]})
		t, l = t+g.takes[l][to], to
	}
	return plan
}

// pay is what blocks [from, to) cost on the way from one level to another.
func (g *grid) pay(from, to, a, b int) float64 {
	short := g.short[min(a, b)]
	return float64((to-from)*g.levels[max(a, b)]) + float64(missingShard*(short[to]-short[from]))
}
