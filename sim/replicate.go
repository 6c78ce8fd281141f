package sim

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"kinesim/sim/des"
	"kinesim/sim/metric"
)

// Replicate plays a scenario with so many seeds on so many workers (if these are more than
// the runs, the shards of each run are played on several), and returns the result of the
// first run with a summary of all: the same, whatever the number of workers. Run 1 has the
// scenario's own seed. progress is told of the first run alone. When ctx ends before all
// runs do, the summary covers the complete ones, and the result is marked as partial.
func Replicate(ctx context.Context, c *Config, runs, workers int, progress Progress) (*Result, error) {
	results, err := replicas(ctx, c, runs, workers, progress)
	if err != nil {
		return nil, err
	}
	first := results[0]
	whole := results[:0:0]
	for _, r := range results {
		if r != nil && !r.Partial {
			whole = append(whole, r)
		}
	}
	first.Partial = len(whole) < runs
	first.Runs = runs
	if len(whole) > 0 {
		first.Replications = summarize(c, whole)
		first.Passed = judgeAll(c, first, whole)
	}
	return first, nil
}

// replicas plays the runs. A run that was not begun before ctx ended is nil; the
// first always runs.
func replicas(ctx context.Context, c *Config, runs, workers int, progress Progress) ([]*Result, error) {
	results, errs := make([]*Result, runs), make([]error, runs)
	next := make(chan int)
	var workersDone sync.WaitGroup
	players := max(1, min(workers, runs))
	for range players {
		workersDone.Go(func() {
			for i := range next {
				run := *c
				run.Seed, run.Workers = des.SeedOf(c.Seed, i+1), workers/players
				tell := progress
				if i > 0 {
					tell = nil
				}
				r, err := Run(ctx, &run, tell)
				if err != nil {
					errs[i] = fmt.Errorf("run %d, seed %d: %w", i+1, run.Seed, err)
					continue
				}
				if i > 0 {
					r.ForgetCourse()
				}
				results[i] = r
			}
		})
	}
	for i := range runs {
		if i == 0 || ctx.Err() == nil {
			next <- i
		}
	}
	close(next)
	workersDone.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// ForgetCourse lets go of what only plots need, which is most of a result.
func (r *Result) ForgetCourse() {
	r.Series, r.Heatmap, r.Histograms, r.CloudWatch, r.Config = Series{}, Heatmap{}, nil, nil, nil
}

// judgeAll settles the expectations over all runs: one failing run fails one,
// unless it says what share must meet it.
func judgeAll(c *Config, first *Result, all []*Result) bool {
	passed := true
	for i := range first.Expectations {
		e := &first.Expectations[i]
		share := shareMeeting(all, i)
		e.PPass = &share
		e.Passed = share >= c.Expect[i].P
		passed = passed && (e.Passed || c.Expect[i].Warn)
	}
	return passed
}

// shareMeeting is the share of the runs that meet expectation i.
func shareMeeting(all []*Result, i int) float64 {
	met := 0
	for _, r := range all {
		if r.Expectations[i].meets() {
			met++
		}
	}
	return float64(met) / float64(len(all))
}

// meets tells whether the run that the result is of met the expectation.
func (e *ExpectationResult) meets() bool {
	if e.Measured == nil {
		return false
	}
	x := Expectation{Op: Comparison(e.Op), Limit: e.Limit}
	if e.Upper != nil {
		x.Upper = *e.Upper
	}
	return x.meets(*e.Measured)
}

// summarize gives mean, interval and range of what people compare runs by: every
// expectation, and the usual numbers of every consumer.
func summarize(c *Config, all []*Result) *Replications {
	s := &Replications{Runs: len(all), Metrics: []ReplicationMetric{}, Samples: sampled(all)}
	for i := range all {
		s.Seeds = append(s.Seeds, all[i].Seed)
	}
	for i, e := range all[0].Expectations {
		m, ok := summary(all, e.Metric, e.Stat, e.Where, func(r *Result) *float64 { return r.Expectations[i].Measured })
		if !ok {
			continue
		}
		share := shareMeeting(all, i)
		m.PPass = &share
		s.Metrics = append(s.Metrics, m)
	}
	add := func(name, stat, where string, of func(*Result) *float64) {
		if expected(all[0], name, stat, where) {
			return
		}
		if m, ok := summary(all, name, stat, where, of); ok {
			s.Metrics = append(s.Metrics, m)
		}
	}
	add("put_throttled_ratio", "", "", func(r *Result) *float64 {
		return ratio(r.Stream.WriteThrottled, r.Stream.WriteThrottled+r.Stream.IncomingRecords)
	})
	add("incoming_records", "", "", func(r *Result) *float64 { return number(r.Stream.IncomingRecords) })
	for i := range c.Consumers {
		where := "consumer " + c.Consumers[i].Name
		add("propagation_delay", "p99", where, func(r *Result) *float64 { return r.Consumers[i].PropagationDelay.P99 })
		add("iterator_age", "max", where, func(r *Result) *float64 { return r.Consumers[i].IteratorAge.Max })
		add("backlog_records", "end", where, func(r *Result) *float64 { return number(r.Consumers[i].BacklogRecords) })
	}
	return s
}

// expected tells whether an expectation about the whole run has this metric.
func expected(r *Result, name, stat, where string) bool {
	return slices.ContainsFunc(r.Expectations, func(e ExpectationResult) bool {
		return e.Metric == name && e.Stat == stat && e.Where == where && e.During == ""
	})
}

// summary is one metric over all runs; ok is false if no run measured it.
func summary(all []*Result, name, stat, where string, of func(*Result) *float64) (m ReplicationMetric, ok bool) {
	var values []float64
	for _, r := range all {
		if v := of(r); v != nil {
			values = append(values, *v)
		}
	}
	if len(values) == 0 {
		return m, false
	}
	m = ReplicationMetric{Metric: name, Stat: stat, Where: where, Min: values[0], Max: values[0]}
	for _, v := range values {
		m.Min, m.Max = min(m.Min, v), max(m.Max, v)
	}
	m.Mean, m.CI95Low, m.CI95High = metric.Interval95(values)
	return m, true
}
