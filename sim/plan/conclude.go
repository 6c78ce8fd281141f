package plan

import (
	"context"
	"math"

	"kinesim/sim"
	"kinesim/sim/client"
)

// Target is how much of what one shard takes a single key may ask for: more leaves nothing
// for others, and a salt is proposed.
const Target = 0.75

// cliff is how many numbers of shards on either side of the chosen one are proved as well.
const cliff = 2

// conclude proves the cheapest of the finds that may be chosen, moves on to the next where the
// proof fails, and says what hangs on it; found are all that it is seen beside.
func (b *bench) conclude(may, found []find) (*Plan, error) {
	best, runs, err := b.prove(may)
	if err != nil {
		return nil, err
	}
	p := b.problem
	first := runs[0].result
	plan := &Plan{
		Format: Format, Version: sim.Version, Scenario: first.Scenario, Feasible: b.enough(runs), Chosen: b.chosen(best, runs),
		HotKeys: hotKeys(first), Reproduce: p.Reproduce, Result: first, Warnings: first.Warnings,
		Doubts: []Doubt{}, Candidates: []Candidate{}, Cliff: []Candidate{}, Steps: []Step{},
	}
	for _, f := range found {
		all, err := b.several(f.candidate, b.played(f.candidate, false))
		if err != nil {
			return nil, err
		}
		plan.Candidates = append(plan.Candidates, b.summary(f.candidate, all))
	}
	if p.Ways[best.way].Map != nil {
		if plan.Cliff, err = b.around(best); err != nil {
			return nil, err
		}
	}
	if plan.Feasible {
		for _, step := range []func(*Plan, candidate) error{b.binding, b.headroom, b.doubts} {
			if err := step(plan, best); err != nil {
				return nil, err
			}
		}
	}
	if !plan.Feasible {
		if err := b.give(plan, best); err != nil {
			return nil, err
		}
	}
	if plan.BreakEven, err = b.breakEven(found); err != nil {
		return nil, err
	}
	for _, step := range []func(*Plan, candidate) error{b.steps, b.evidence, b.resolutions} {
		if err := step(plan, best); err != nil {
			return nil, err
		}
	}
	if plan.shown, err = b.shown(best); err != nil {
		return nil, err
	}
	plan.apply()
	plan.Runs = b.done
	return plan, nil
}

// shown is what CloudWatch would show of the first run of a candidate, which is played
// again for it: trials keep no course.
func (b *bench) shown(c candidate) (*sim.CloudWatch, error) {
	r, err := sim.Run(b.ctx, b.problem.config(c), nil)
	switch {
	case err != nil:
		return nil, err
	case r.Partial:
		return nil, context.Cause(b.ctx)
	}
	return r.CloudWatch, nil
}

// prove plays the cheapest find with all seeds. One that does not hold then gets a shard
// more, for as long as it stays cheaper than the next.
func (b *bench) prove(found []find) (candidate, []outcome, error) {
	var nearest candidate
	var nearestRuns []outcome
	for i, f := range found {
		limit := math.Inf(1)
		if i+1 < len(found) && found[i+1].holds {
			limit = found[i+1].cost
		}
		for c := f.candidate; ; c.shards++ {
			all, err := b.several(c, b.problem.Runs)
			if err != nil {
				return c, nil, err
			}
			if b.enough(all) {
				switch ok, err := b.finer(c); {
				case err != nil:
					return c, nil, err
				case ok:
					return c, all, nil
				}
			}
			if nearestRuns == nil || passing(all) > passing(nearestRuns) {
				nearest, nearestRuns = c, all
			}
			if b.problem.Ways[c.way].Map == nil || c.shards >= b.problem.Most || all[0].cost >= limit || !f.holds {
				break
			}
		}
	}
	return nearest, nearestRuns, nil
}

// enough tells whether the share of the runs that was asked for met all expectations.
func (b *bench) enough(all []outcome) bool {
	return float64(passing(all)) >= b.problem.P*float64(len(all))-1e-9
}

// played is with how many seeds a candidate was played from the first on.
func (b *bench) played(c candidate, rough bool) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 1
	for b.runs[trial{c, n + 1, rough}] != nil {
		n++
	}
	return n
}

// chosen describes the capacity that is proposed.
func (b *bench) chosen(c candidate, all []outcome) Chosen {
	w := &b.problem.Ways[c.way]
	config, first := b.problem.config(c), all[0].result
	o := Chosen{
		Way: w.Name, Settings: append([]string{}, w.Settings...), Mode: first.Stream.Mode, Shards: config.Stream.Shards.Len(),
		Consumers: map[string]string{}, Runs: len(all), Cost: first.Cost, Expectations: margins(all),
	}
	for _, a := range all {
		o.CostPerMonth += a.cost / float64(len(all))
	}
	o.PPass = float64(passing(all)) / float64(len(all))
	o.PLow, o.PHigh = interval(passing(all), len(all))
	for _, k := range config.Consumers {
		o.Consumers[k.Name] = reads(k.Kind)
	}
	if !isEven(config.Stream.Shards) {
		drift := LoadOf(config).Drift(config.Stream.Shards, config.Seed)
		o.Drift = &drift
		for i := range config.Stream.Shards.Len() {
			o.StartingHashKeys = append(o.StartingHashKeys, config.Stream.Shards.At(i).Range.Start.String())
		}
	}
	return o
}

// reads is how a consumer reads, in a word.
func reads(kind client.ConsumerKind) string {
	if kind.Fanout() {
		return "efo"
	}
	return "classic"
}

// margins are how far each expectation is from its limit over the runs.
func margins(all []outcome) []Margin {
	list := []Margin{}
	for i := range all[0].result.Expectations {
		e := &all[0].result.Expectations[i]
		m := Margin{Metric: e.Metric, Stat: e.Stat, Where: e.Where, During: e.During, Unit: e.Unit, Op: e.Op, Limit: e.Limit, Warn: e.Severity == "warn", Margin: math.Inf(1)}
		n, met := 0, 0
		for _, a := range all {
			r := &a.result.Expectations[i]
			if r.Passed {
				met++
			}
			if r.Measured == nil {
				continue
			}
			n++
			m.Mean += *r.Measured
			if room := roomOf(r); n == 1 || room < m.Margin {
				m.Margin, m.Worst = room, *r.Measured
			}
		}
		m.PPass = float64(met) / float64(len(all))
		if n > 0 {
			m.Mean /= float64(n)
		} else {
			m.Margin = 0
		}
		list = append(list, m)
	}
	return list
}

// roomOf is how far a measured value is from its limit as a share of it; negative where it
// is beyond.
func roomOf(e *sim.ExpectationResult) float64 {
	x := *e.Measured
	room := e.Limit - x
	switch e.Op {
	case "above":
		room = -room
	case "equals":
		room = -math.Abs(room)
	case "between":
		room = min(x-e.Limit, *e.Upper-x)
	}
	if e.Limit == 0 {
		return room
	}
	return room / math.Abs(e.Limit)
}

// summary is what the runs of a candidate came to.
func (b *bench) summary(c candidate, all []outcome) Candidate {
	o := Candidate{
		Way: b.problem.Ways[c.way].Name, Shards: c.shards, PPass: float64(passing(all)) / float64(len(all)), Runs: len(all), Holds: b.enough(all), Missed: []Missed{},
	}
	o.PLow, o.PHigh = interval(passing(all), len(all))
	var refused, attempts int64
	for _, a := range all {
		o.CostPerMonth += a.cost / float64(len(all))
		r, n := a.result.Throttled()
		refused, attempts = refused+r, attempts+n
		if d := slowest(a.result); d != nil && (o.DelayP99MS == nil || *d > *o.DelayP99MS) {
			o.DelayP99MS = d
		}
	}
	if attempts > 0 {
		o.Throttled = float64(refused) / float64(attempts)
	}
	for _, a := range all { // of the first run that fails
		if !a.passed {
			o.Missed = missed(a.result)
			break
		}
	}
	return o
}

// missed are the expectations of severity error that a run did not meet.
func missed(r *sim.Result) []Missed {
	list := []Missed{}
	for i := range r.Expectations {
		if e := &r.Expectations[i]; !e.Passed && e.Severity == "error" {
			list = append(list, Missed{e.Metric, e.Stat, e.Where, e.During, e.Unit, e.Op, e.Limit, e.Measured})
		}
	}
	return list
}

// around proves the numbers of shards around the chosen one, so that the cliff is seen.
func (b *bench) around(best candidate) ([]Candidate, error) {
	list := []Candidate{}
	for n := max(b.problem.Least, best.shards-cliff); n <= min(b.problem.Most, best.shards+cliff); n++ {
		c := candidate{best.way, n}
		all, err := b.several(c, b.problem.Runs)
		if err != nil {
			return nil, err
		}
		list = append(list, b.summary(c, all))
	}
	return list, nil
}

// hotKeys are the keys that ask for more than the target of what one shard takes, in their
// busiest time.
func hotKeys(r *sim.Result) []HotKey {
	list := []HotKey{}
	for i := range r.Keys {
		k := &r.Keys[i]
		load := k.PeakBytesPerS / r.Stream.ShardBytesPerS
		if !k.Packed {
			load = max(load, k.PeakRecordsPerS/r.Stream.ShardRecordsPerS)
		}
		if load > Target {
			list = append(list, HotKey{k.Key, k.PeakRecordsPerS, k.PeakBytesPerS, salt(load, Target)})
		}
	}
	hottestFirst(list)
	return list
}
