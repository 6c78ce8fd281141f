package plan

import (
	"context"
	"fmt"
	"sync"

	"kinesim/sim"
	"kinesim/sim/des"
)

// candidate is one capacity: a way with a number of shards; 0 where that is not free.
type candidate struct {
	way    int
	shards int
}

// outcome is what one run of a candidate came to.
type outcome struct {
	passed bool
	cost   float64 // a month
	result *sim.Result
}

// bench plays candidates and remembers what came of them. All candidates see the same
// seeds, so that a difference between them is one of capacity and not of luck.
type bench struct {
	problem *Problem
	ctx     context.Context
	slots   chan struct{} // as many as runs at a time

	mu   sync.Mutex
	runs map[trial]*run
	done int
}

// trial is a candidate with one seed, the first being 1.
type trial struct {
	candidate
	seed  int
	rough bool // at the resolution of the search, where that is coarser than that of the proof
}

// run is a trial that is played once, whoever asks.
type run struct {
	once sync.Once
	outcome
	err error
}

func newBench(ctx context.Context, p *Problem) *bench {
	return &bench{problem: p, ctx: ctx, slots: make(chan struct{}, p.workers()), runs: map[trial]*run{}}
}

// config is a candidate as a run wants it.
func (p *Problem) config(c candidate) *sim.Config {
	w := &p.Ways[c.way]
	v := *w.Config
	if w.Map != nil {
		v.Stream.Shards = w.Map(c.shards)
	}
	v.Resolution, v.Choice = p.proving(&v)
	return &v
}

// play plays a candidate with one seed.
func (b *bench) play(c candidate, seed int) (outcome, error) { return b.playAt(c, seed, false) }

// playAt is play, or roughly.
func (b *bench) playAt(c candidate, seed int, rough bool) (outcome, error) {
	v := b.problem.config(c)
	if rough {
		was := v.Resolution
		v.Resolution, v.Choice = b.problem.searching(v)
		rough = v.Resolution != was
	}
	b.mu.Lock()
	r := b.runs[trial{c, seed, rough}]
	if r == nil {
		r = new(run)
		b.runs[trial{c, seed, rough}] = r
	}
	b.mu.Unlock()
	r.once.Do(func() {
		v.Seed = des.SeedOf(v.Seed, seed)
		r.outcome, r.err = b.alone(v, b.problem.name(c))
	})
	return r.outcome, r.err
}

// alone plays a configuration when its turn comes, and counts and tells it. It remembers
// nothing, so it is for what is no candidate.
func (b *bench) alone(c *sim.Config, what string) (outcome, error) {
	b.slots <- struct{}{}
	defer func() { <-b.slots }()
	if c.Resolution != sim.ByRecord && len(c.OnlyByRecord()) > 0 { // what was changed of it asks for records
		v := *c
		v.Resolution, c = sim.ByRecord, &v
	}
	o, err := playOne(b.ctx, c)
	b.mu.Lock()
	b.done++
	done := b.done
	b.mu.Unlock()
	b.problem.tell(done, what)
	return o, err
}

// playOne plays a configuration. A run that was stopped is an error, as it says nothing.
func playOne(ctx context.Context, c *sim.Config) (outcome, error) {
	result, err := sim.Run(ctx, c, nil)
	if err != nil {
		return outcome{}, err
	}
	if result.Partial {
		return outcome{}, context.Cause(ctx)
	}
	result.ForgetCourse()
	return outcome{result.Passed, result.Cost.PerMonth, result}, nil
}

// several plays a candidate with the seeds from 1 to n, some at a time, and gives what
// came of each.
func (b *bench) several(c candidate, n int) ([]outcome, error) { return b.severalAt(c, n, false) }

func (b *bench) severalAt(c candidate, n int, rough bool) ([]outcome, error) {
	all, errs := make([]outcome, n), make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { all[i], errs[i] = b.playAt(c, i+1, rough) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// sieve is how many seeds a candidate has to pass in the search; the proof has more.
const sieve = 3

// holds tells whether a candidate seems to hold: the first seeds must pass, or so many of
// them as the share that is asked for allows. One that fails at once is not played on.
func (b *bench) holds(c candidate, rough bool) (bool, error) {
	first, err := b.playAt(c, 1, rough)
	if err != nil || !first.passed && b.problem.P >= 1 {
		return false, err
	}
	n := min(sieve, b.problem.Runs)
	all, err := b.severalAt(c, n, rough)
	if err != nil {
		return false, err
	}
	return float64(passing(all)) >= b.problem.P*float64(n)-0.5, nil
}

// passing is how many runs met all expectations.
func passing(all []outcome) int {
	n := 0
	for _, o := range all {
		if o.passed {
			n++
		}
	}
	return n
}

// name is a candidate in words.
func (p *Problem) name(c candidate) string {
	w := &p.Ways[c.way]
	if w.Map == nil {
		return w.Name
	}
	return fmt.Sprintf("%s, %s", w.Name, shards(c.shards))
}

func shards(n int) string {
	if n == 1 {
		return "1 shard"
	}
	return fmt.Sprintf("%d shards", n)
}
