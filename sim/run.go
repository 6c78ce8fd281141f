package sim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kinesim/sim/des"
)

// Version is the version of kinesim, which results carry.
const Version = "0.1.0"

// Progress is told now and then how far a run is: the virtual time and the
// records offered so far.
type Progress func(now time.Duration, records int64)

// Run plays a scenario. When ctx ends it stops and returns what there is, marked
// as partial. An error means that the run cannot be trusted: an actor that stands
// still in time, or a ledger that does not add up.
func Run(ctx context.Context, c *Config, progress Progress) (*Result, error) {
	r, _, err := play(ctx, c, progress, eyes{})
	return r, err
}

// play plays a scenario under somebody's eyes, and returns its world as well.
func play(ctx context.Context, c *Config, progress Progress, by eyes) (*Result, *world, error) {
	w := newWorld(c, by)
	if progress != nil {
		w.engine.Watch = func(now des.Time) { progress(time.Duration(now), w.offered()) }
	}
	err := w.engine.Run(ctx, w.end)
	partial := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	if err != nil && !partial {
		return nil, nil, err
	}
	ended := w.engine.Now()
	w.finish(ended)
	for _, p := range w.producers {
		if err := p.Err(); err != nil {
			return nil, nil, err
		}
	}
	r := w.result(ended)
	r.Partial = partial
	if !r.Ledger.Holds {
		return nil, nil, fmt.Errorf("the records do not add up, which is a fault of kinesim: %s", r.Ledger.problem())
	}
	return r, w, nil
}

// result gathers what the run has to say.
func (w *world) result(ended des.Time) *Result {
	c := w.config
	r := &Result{
		Format: Format, Version: Version,
		Scenario: ScenarioRef{c.Name, c.Description, c.SHA256},
		Seed:     c.Seed, Runs: 1, Resolution: string(c.Resolution), Choice: c.Choice,
		Clock:       ClockRef{DurationS: c.Clock.Duration.Seconds(), WarmupS: c.Clock.Warmup.Seconds()},
		Stream:      w.streamResult(),
		Shards:      w.shardResults(),
		Producers:   w.producerResults(),
		Consumers:   w.consumerResults(),
		Causes:      w.causes.list(),
		Keys:        w.keyResults(ended),
		Ledger:      w.ledger(),
		Cost:        w.cost(ended),
		Series:      w.observer.series,
		Heatmap:     w.observer.heat.Heatmap,
		Histograms:  w.histograms(),
		Config:      c.Document,
		EndedAtS:    ended.Seconds(),
		Assumptions: assumptions(c),
		CloudWatch:  w.observer.lens.finish(ended),
		Recovery:    w.causes.recovery.result(ended),
		Faults:      w.faultResults(),
		Changes:     w.plane.results(),
		Autoscaler:  w.scaler.finish(),
		NotModelled: notModelled,
		Reproduce:   c.Reproduce,
	}
	if !c.Clock.Start.IsZero() {
		r.Clock.Start = c.Clock.Start.Format(time.RFC3339)
	}
	r.Expectations, r.Passed = w.judge(r.Cost)
	w.observer.rehearsal.finish(ended, r)
	r.Warnings = append(append([]string{}, c.Warnings...), w.warnings(r)...)
	r.Fingerprint = fmt.Sprintf("%016x", w.fingerprint())
	return r
}

// fingerprint is the engine's, with the outcome on top: two runs that decide or
// count anything differently differ in it.
func (w *world) fingerprint() uint64 {
	f := w.engine.Fingerprint()
	add := func(n int64) { f = des.Mix(f ^ uint64(n)) }
	for i := range w.stream.Shards() {
		m := w.stream.Meter(i)
		add(m.IncomingRecords)
		add(int64(m.IncomingBytes))
		add(m.ThrottledRecords)
		add(m.ReadThrottled)
	}
	for _, k := range w.consumers {
		add(int64(k.Propagation.Total().Mean()))
		add(int64(k.EndToEnd.Total().Mean()))
	}
	return f
}
