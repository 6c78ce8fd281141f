package plan

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
)

// binding says what the next smaller capacity misses.
func (b *bench) binding(plan *Plan, best candidate) error {
	if b.problem.Ways[best.way].Map == nil || best.shards <= b.problem.Least {
		return nil
	}
	less := candidate{best.way, best.shards - 1}
	all, err := b.several(less, b.problem.Runs)
	if err != nil {
		return err
	}
	for _, o := range all {
		if list := missed(o.result); len(list) > 0 {
			limit, why := reason(o.result, list[0])
			plan.Binding, plan.Bound = limit, &Bound{limit, why, less.shards, list[0]}
			return nil
		}
	}
	return nil
}

// writes are the metrics that refused writes move.
var writes = []string{"put_", "failed_records", "pending_records", "shard_utilization", "reordered", "dropped"}

// reason is which limit a missed expectation ran into, and why, as a clause.
func reason(r *sim.Result, m Missed) (limit, why string) {
	for _, prefix := range writes {
		if !strings.HasPrefix(m.Metric, prefix) {
			continue
		}
		switch {
		case len(r.Causes) > 0:
		case m.Metric == "shard_utilization":
			return fuller(r), "shards are fuller than wanted, although they refuse nothing"
		default:
			return "latency", "writes take too long, although no shard refuses any"
		}
		c := &r.Causes[0]
		switch c.Cause {
		case "hot_key":
			return "keys", fmt.Sprintf("key %s alone asks for %.3g times what one shard takes in %s", c.Key, c.Load, c.Limit)
		case "hot_shard":
			return c.Limit, fmt.Sprintf("the keys of %s together ask for %.3g times what one shard takes in %s", c.Shard, c.Load, c.Limit)
		case "capacity":
			return c.Limit, fmt.Sprintf("the stream is asked for %.3g times what its shards take in %s", c.Load, c.Limit)
		}
		return c.Limit, "bursts pass what one shard takes in " + c.Limit
	}
	if strings.HasPrefix(m.Metric, "cost") {
		return "cost", "the bill is above its limit"
	}
	for i := range r.Consumers {
		if k := &r.Consumers[i]; k.ReadThrottled > 0 && (m.Where == "" || m.Where == "consumer "+k.Name) {
			return "reads", "readers ask for more than the shards give, and are refused"
		}
	}
	return "latency", "readers fall behind, or wait too long"
}

// fuller is the limit that the stream as a whole is nearer to.
func fuller(r *sim.Result) string {
	if float64(r.Stream.IncomingBytes)/r.Stream.ShardBytesPerS > float64(r.Stream.IncomingRecords)/r.Stream.ShardRecordsPerS {
		return "bytes"
	}
	return "records"
}

// The load is raised up to so many times, and the answer is as fine.
const (
	mostGrowth = 16.0
	growthStep = 0.01
)

// headroom finds by how much the load may grow before the chosen capacity no longer holds.
func (b *bench) headroom(plan *Plan, best candidate) error {
	config := b.problem.config(best)
	for i := range config.Producers {
		if config.Producers[i].Trace != nil {
			return nil // what was recorded cannot be made more of
		}
	}
	low, high := 1.0, 0.0
	var broken *sim.Result
	for factor := 1.05; high == 0 || high-low > growthStep; {
		o, err := b.grown(config, factor)
		if err != nil {
			return err
		}
		if o.passed {
			low = factor
		} else {
			high, broken = factor, o.result
		}
		switch {
		case high == 0 && factor >= mostGrowth:
			plan.Chosen.Headroom = &Headroom{Factor: low, AtLeast: true}
			return nil
		case high == 0:
			factor = min(mostGrowth, 1+2*(factor-1))
		default:
			factor = math.Round((low+high)/2*1000) / 1000
		}
	}
	list := missed(broken)
	_, why := reason(broken, list[0])
	plan.Chosen.Headroom = &Headroom{Factor: math.Floor(low*100) / 100, Breaks: &list[0], Why: why}
	b.when(plan.Chosen.Headroom, config)
	return nil
}

// grown plays a capacity under a higher load.
func (b *bench) grown(c *sim.Config, factor float64) (outcome, error) {
	v := *c
	v.Producers = append([]client.ProducerConfig(nil), v.Producers...)
	for i := range v.Producers {
		rate, err := v.Producers[i].Rate.Times(factor)
		if err != nil {
			return outcome{}, err
		}
		v.Producers[i].Rate = rate
	}
	return b.alone(&v, fmt.Sprintf("%.3g times the load", factor))
}

// when says how long the headroom lasts at the growth of the problem.
func (b *bench) when(h *Headroom, c *sim.Config) {
	if b.problem.Growth <= 0 {
		return
	}
	weeks := math.Log(h.Factor) / math.Log1p(b.problem.Growth)
	h.Weeks = &weeks
	if start := c.Clock.Start; !start.IsZero() {
		h.Date = start.Add(time.Duration(weeks * float64(7*24*time.Hour))).Format("2006-01-02")
	}
}

// doubts plays the chosen capacity at the ends of the believed range of each assumption
// that the run rests on.
func (b *bench) doubts(plan *Plan, best candidate) error {
	config := b.problem.config(best)
	rests := map[string]bool{}
	for _, a := range plan.Result.Assumptions {
		rests[a.ID] = a.Kind == string(model.Assumed) && !a.Overridden
	}
	var doubts []*Doubt // in the order of the register, whoever is done first
	var errs []*error
	var group sync.WaitGroup
	for _, row := range model.Register {
		if !rests[row.Name] {
			continue
		}
		plan.Tried++
		for _, end := range row.Ends {
			d := &Doubt{Constant: row.Name, Register: row.ID, Instead: row.Value(config.Limits)}
			fault := new(error)
			doubts, errs = append(doubts, d), append(errs, fault)
			v := *config
			row.Set(&v.Limits, end)
			d.Value = row.Value(v.Limits)
			group.Go(func() {
				o, err := b.alone(&v, row.Name+" "+d.Value)
				if *fault = err; err == nil && !o.passed {
					d.Missed = missed(o.result)
				}
			})
		}
	}
	group.Wait()
	for _, err := range errs {
		if *err != nil {
			return *err
		}
	}
	for _, d := range doubts {
		if len(d.Missed) > 0 {
			plan.Doubts = append(plan.Doubts, *d)
		}
	}
	return nil
}
