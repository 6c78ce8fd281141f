package plan

import (
	"cmp"
	"sync"

	"kinesim/sim"
	"kinesim/sim/des"
)

// Resolutions are how finely a plan was played.
type Resolutions struct {
	Search string  `json:"search"` // of the chosen way
	Proof  string  `json:"proof"`
	Finer  []Finer `json:"finer"` // the chosen number of shards and its neighbours, played again finer; none: the proof is by record
}

// Finer is a capacity that was played with one seed at a finer resolution than the proof's.
type Finer struct {
	Shards     int    `json:"shards"`
	Resolution string `json:"resolution"`
	Holds      bool   `json:"holds"`
}

// What is played record by record. The numbers are records: some 20 million are a second of one
// core.
const (
	searchWork = 2e6   // of a run of the search
	proofWork  = 400e6 // of the proof with all its runs
	finerWork  = 20e6  // of a run that is played again finer
)

// offered is about how many records a run brings.
func offered(c *sim.Config) float64 {
	n := 0.0
	for i := range c.Producers {
		if p := &c.Producers[i]; p.Trace == nil {
			n += p.Rate.Expected(des.Time(c.Clock.Duration))
		} else {
			n += float64(p.Trace.Facts().Records)
		}
	}
	return n
}

// searching is the resolution of the search: what auto allows where a run has many records.
func (p *Problem) searching(c *sim.Config) (sim.Resolution, *sim.Choice) {
	if c.Resolution != sim.ByRecord {
		return c.Resolution, c.Choice
	}
	r, choice := c.ChooseWithin(searchWork)
	return r, &choice
}

// proving is the resolution of the proof: that of the scenario, unless it is record by record and
// the runs of the proof would take minutes.
func (p *Problem) proving(c *sim.Config) (sim.Resolution, *sim.Choice) {
	if c.Resolution != sim.ByRecord || offered(c)*float64(p.Runs*(2*cliff+1)) <= proofWork {
		return c.Resolution, c.Choice
	}
	return p.searching(c)
}

// refine moves from the least number of shards that holds in the search to the one that holds at
// the resolution of the proof. It is near, as a coarse run errs by little.
func (b *bench) refine(way, n int) (int, error) {
	for ; n < b.problem.Most; n++ {
		if holds, err := b.holds(candidate{way, n}, false); err != nil {
			return 0, err
		} else if holds {
			break
		}
	}
	for ; n > b.problem.Least; n-- {
		if holds, err := b.holds(candidate{way, n - 1}, false); err != nil {
			return 0, err
		} else if !holds {
			break
		}
	}
	return n, nil
}

// finest is the resolution at which a candidate is played again; ok is false where the proof is
// by record already, or nothing finer is worth its time.
func (b *bench) finest(c *sim.Config) (r sim.Resolution, ok bool) {
	switch {
	case c.Resolution == sim.ByRecord:
		return "", false
	case offered(c) <= finerWork:
		return sim.ByRecord, true
	case c.Resolution == sim.By1s:
		return sim.By100ms, true
	case c.Resolution == sim.By100ms:
		return sim.By10ms, true
	}
	return "", false
}

// finer tells whether a candidate holds with one seed at a finer resolution as well.
func (b *bench) finer(c candidate) (bool, error) {
	v := b.problem.config(c)
	r, ok := b.finest(v)
	if !ok {
		return true, nil
	}
	v.Resolution, v.Seed = r, des.SeedOf(v.Seed, 1)
	o, err := b.alone(v, b.problem.name(c)+", finer")
	return o.passed, err
}

// resolutions says how finely the plan was played, and plays the neighbours of the chosen number
// of shards finer.
func (b *bench) resolutions(plan *Plan, best candidate) error {
	config := b.problem.config(best)
	search, _ := b.problem.searching(b.problem.Ways[best.way].Config)
	plan.Resolution = Resolutions{Search: string(search), Proof: string(config.Resolution), Finer: []Finer{}}
	r, ok := b.finest(config)
	if !ok || !plan.Feasible {
		return nil
	}
	least, most := best.shards, best.shards
	if b.problem.Ways[best.way].Map != nil {
		least, most = max(b.problem.Least, best.shards-1), min(b.problem.Most, best.shards+1)
	}
	errs := make([]error, most-least+1)
	var group sync.WaitGroup
	for n := least; n <= most; n++ {
		plan.Resolution.Finer = append(plan.Resolution.Finer, Finer{n, string(r), true})
	}
	for i := range errs {
		if f := &plan.Resolution.Finer[i]; f.Shards != best.shards { // which has been looked at
			group.Go(func() { f.Holds, errs[i] = b.finer(candidate{best.way, f.Shards}) })
		}
	}
	group.Wait()
	return cmp.Or(errs...)
}
