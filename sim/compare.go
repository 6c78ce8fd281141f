package sim

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"kinesim/model"
	"kinesim/sim/autoscale"
	"kinesim/sim/des"
)

// Variant is one way to run the stream of a comparison.
type Variant struct {
	Name   string
	Config *Config
}

// clairvoyant is the name of the variant that every comparison has.
const clairvoyant = "knows the future"

// Compare plays the variants of a scenario on so many workers and ranks them: by refused
// records first, as far as they differ by more than a hundredth of a percentage point,
// then by how far readers fell behind, as far as that was more than a minute and differs
// by a factor of two, then by cost, by turning back and forth, and by calls. Beside them
// it plays the policy that knows the load beforehand, which is what regret is measured
// against. progress is told of the first of them. When ctx ends, those that were begun
// are partial.
func Compare(ctx context.Context, c *Config, workers int, progress Progress) (*Shootout, error) {
	load, err := loadOf(ctx, c)
	if err != nil {
		return nil, err
	}
	all := append(slices.Clone(c.Compare), Variant{clairvoyant, foreseen(c, load)})
	results, err := playAll(ctx, all, workers, progress)
	if err != nil {
		return nil, err
	}
	m := &Shootout{StepS: results[0].Series.StepS, Needed: load.needed}
	for i, r := range results {
		m.Partial = m.Partial || r.Partial
		m.Rows = append(m.Rows, row(all[i].Name, r))
	}
	m.rank()
	return m, nil
}

// row is what a comparison tells of a run.
func row(name string, r *Result) ShootoutRow {
	o := ShootoutRow{
		Name: name, Policy: r.Stream.Mode, Passed: r.Passed, ThrottledRecords: r.Stream.WriteThrottled,
		CostOfRun: r.Cost.OfRun, CostPerMonth: r.Cost.PerMonth, OpenShards: r.Series.Stream.OpenShards,
		LeastShards: r.Stream.LeastShards, MostShards: r.Stream.MostShards,
	}
	var attempts int64
	for i := range r.Producers {
		attempts += r.Producers[i].Attempts
		o.FailedRecords += r.Producers[i].FailedRecords
	}
	if attempts > 0 {
		o.ThrottledRatio = float64(o.ThrottledRecords) / float64(attempts)
	}
	for i := range r.Consumers {
		o.MaxAgeMS = larger(o.MaxAgeMS, r.Consumers[i].IteratorAge.Max)
	}
	for i := range r.Changes {
		switch c := &r.Changes[i]; {
		case c.By == byService:
		case c.Error != "":
			o.RefusedCalls++
		default:
			o.Calls++
		}
	}
	if a := r.Autoscaler; a != nil {
		o.Policy, o.MostCalls, o.Oscillations = a.Policy, a.MostCalls, a.Oscillations
	}
	return o
}

// rank orders the rows and gives each its regret.
func (m *Shootout) rank() {
	best := m.Rows[len(m.Rows)-1]
	for i := range m.Rows[:len(m.Rows)-1] {
		r := &m.Rows[i]
		r.Regret = &Regret{r.ThrottledRecords - best.ThrottledRecords, r.CostOfRun - best.CostOfRun}
	}
	slices.SortStableFunc(m.Rows, func(a, b ShootoutRow) int {
		return cmp.Or(cmp.Compare(hundredths(a.ThrottledRatio), hundredths(b.ThrottledRatio)), cmp.Compare(lateness(a.MaxAgeMS), lateness(b.MaxAgeMS)),
			cmp.Compare(a.CostOfRun, b.CostOfRun), cmp.Compare(a.Oscillations, b.Oscillations), cmp.Compare(a.Calls, b.Calls), cmp.Compare(a.Name, b.Name))
	})
	rank := 0
	for i := range m.Rows {
		if m.Rows[i].Name != clairvoyant { // it cannot be had, so it takes no rank
			rank++
			m.Rows[i].Rank = rank
		}
	}
}

// hundredths is a ratio in hundredths of a percentage point.
func hundredths(ratio float64) float64 { return math.Round(ratio * 1e4) }

// lateness is an age in doublings of a minute; 0 for less.
func lateness(ms *float64) float64 {
	if ms == nil || *ms < 60e3 {
		return 0
	}
	return 1 + math.Round(math.Log2(*ms/60e3))
}

// playAll plays the variants on so many workers; results stand in their order.
func playAll(ctx context.Context, variants []Variant, workers int, progress Progress) ([]*Result, error) {
	results, errs := make([]*Result, len(variants)), make([]error, len(variants))
	next := make(chan int)
	var done sync.WaitGroup
	for range max(1, min(workers, len(variants))) {
		done.Go(func() {
			for i := range next {
				tell := progress
				if i > 0 {
					tell = nil
				}
				if results[i], errs[i] = Run(ctx, variants[i].Config, tell); errs[i] != nil {
					errs[i] = fmt.Errorf("%s: %w", variants[i].Name, errs[i])
				}
			}
		})
	}
	for i := range variants {
		next <- i
	}
	close(next)
	done.Wait()
	return results, cmp.Or(errs...)
}

// load is what the producers offer, on a stream that refuses nothing.
type load struct {
	step   time.Duration
	needed []int // shards by bin, for its busiest second, with the usual headroom
}

// loadOf plays the producers alone on a shard that takes whatever comes.
func loadOf(ctx context.Context, c *Config) (load, error) {
	free := *c
	free.Consumers, free.Faults, free.Expect, free.Reshard, free.Autoscale = nil, nil, nil, nil, nil
	free.Stream.Mode, free.Stream.Shards, free.Stream.AutoKeys = Provisioned, model.EvenShards(1), false
	l := &free.Limits
	l.WriteRecordsPerSecond, l.WriteBurstRecords, l.WriteBytesPerSecond, l.WriteBurstBytes = 1e9, 1e9, 4*model.GiB, 4*model.GiB
	r, err := Run(ctx, &free, nil)
	if err != nil {
		return load{}, err
	}
	found := load{step: time.Duration(r.Series.StepS * 1e9)}
	for i, records := range r.Series.Stream.PeakAttemptedRecords {
		shards := max(records/float64(c.Limits.WriteRecordsPerSecond), r.Series.Stream.PeakAttemptedBytes[i]/float64(c.Limits.WriteBytesPerSecond))
		found.needed = append(found.needed, min(max(1, int(math.Ceil(shards/model.Headroom))), model.MaxShards))
	}
	return found, nil
}

// foreseen is the scenario with a policy that knows the load: no more shards than its
// busiest seconds need with the usual headroom, within the rules of the service. It knows
// nothing of keys, so a hot one is refused here as well.
func foreseen(c *Config, l load) *Config {
	v := *c
	v.Reshard, v.Stream.Mode, v.Stream.AutoKeys = nil, Provisioned, false
	limits := &c.Limits
	policy := autoscale.Clairvoyant{
		Open: c.Stream.Shards.Len(), End: des.Time(c.Clock.Duration), Calls: int(limits.UpdateShardCountCalls),
		Update: func(from, to int) time.Duration {
			rounds, _ := model.Rounds(model.EvenShards(from).Resize(to, model.ShardID(from)), int(limits.UpdateShardCountParallel), from)
			return limits.UpdateShardCountStart + time.Duration(len(rounds))*limits.ReshardOperation
		},
	}
	for i, n := range l.needed {
		if i == 0 || n != l.needed[i-1] {
			policy.Needs = append(policy.Needs, autoscale.Step{At: des.Time(i) * des.Time(l.step), Shards: n})
		}
	}
	v.Autoscale = &Autoscale{Name: clairvoyant, Policy: policy}
	return &v
}
