package sim

import (
	"context"
	"fmt"
	"math"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// Trial is what became of the same scenario, with the same seed, after one change.
type Trial struct {
	Change string  `json:"change"`        // in words: "with 16 shards"
	Set    string  `json:"set,omitempty"` // the flags that make it; empty where none do
	Before float64 `json:"throttled_ratio_before"`
	After  float64 `json:"throttled_ratio_after"` // refused attempts ÷ attempts
	Helps  bool    `json:"helps"`
}

// A trial is a whole run more, so it is made only where that is cheap: of so many
// attempts, some tenths of a second each, and so many in all.
const (
	mostTried  = 12_000_000
	mostTrials = 3
	longTrace  = 1_000_000 // records
)

// helpful is the part of the refusals that may be left after a change that helps.
const helpful = 0.1

// Try replays the scenario with the remedies of what set off most refusals, and
// with other retry policies where refusals outlast the overload, and adds what came
// of it to the result. It leaves a result alone that is partial, without refusals
// or too long. When ctx ends, what has been tried stands.
func Try(ctx context.Context, c *Config, r *Result) error {
	attempts := r.Stream.WriteThrottled + r.Stream.IncomingRecords
	if r.Partial || r.Stream.WriteThrottled == 0 || attempts > mostTried || c.Clock.Duration > 24*time.Hour {
		return nil
	}
	for i := range c.Producers {
		if t := c.Producers[i].Trace; t != nil && t.Facts().Records > longTrace { // which each trial would read again
			return nil
		}
	}
	t := &tester{ctx: ctx, config: c, left: mostTrials, before: r.ThrottledRatio()}
	if r.Recovery != nil {
		t.recover(r.Recovery)
	}
	if cause := leading(r.Causes); cause != nil {
		t.remedy(cause)
	}
	return t.err
}

// leading is the largest cause that is not the echo of others; nil without one.
func leading(causes []Cause) *Cause {
	for i := range causes {
		if causes[i].Cause != "retry_echo" {
			return &causes[i]
		}
	}
	return nil
}

// tester makes trials until none are left.
type tester struct {
	ctx    context.Context
	config *Config
	left   int
	before float64
	err    error
}

// run plays a variant; nil when there is nothing more to try.
func (t *tester) run(change func(*Config)) *Result {
	if t.left == 0 || t.err != nil || t.ctx.Err() != nil {
		return nil
	}
	t.left--
	v := *t.config
	v.Expect = nil
	v.Producers = append([]client.ProducerConfig(nil), v.Producers...)
	change(&v)
	r, err := Run(t.ctx, &v, nil)
	if err != nil {
		t.err = fmt.Errorf("while trying a remedy: %w", err)
		return nil
	}
	if r.Partial {
		return nil
	}
	return r
}

// try plays a variant and compares its refusals; ok is false when it was not
// played.
func (t *tester) try(words, set string, change func(*Config)) (trial Trial, ok bool) {
	r := t.run(change)
	if r == nil {
		return Trial{}, false
	}
	after := r.ThrottledRatio()
	return Trial{Change: words, Set: set, Before: t.before, After: after, Helps: after <= helpful*t.before}, true
}

// Throttled is how many attempts of all producers a limit refused, and of how many.
func (r *Result) Throttled() (refused, attempts int64) {
	for i := range r.Producers {
		refused, attempts = refused+r.Producers[i].ThrottledAttempts, attempts+r.Producers[i].Attempts
	}
	return refused, attempts
}

// ThrottledRatio is the metric put_throttled_ratio of a run; 0 without attempts.
func (r *Result) ThrottledRatio() float64 {
	if x := ratio(r.Throttled()); x != nil {
		return *x
	}
	return 0
}

// remedy tries what helps against a cause, or seems to.
func (t *tester) remedy(c *Cause) {
	now := t.config.Stream.Shards.Len()
	switch c.Cause {
	case "hot_key":
		t.shards(c, 2*now)
		t.salt(c)
	case "capacity":
		wanted := int(math.Ceil(c.Load / headroom * float64(now)))
		_ = t.shards(c, wanted) || t.shards(c, 2*wanted)
	case "hot_shard", "burst":
		_ = t.shards(c, 2*now) || t.shards(c, 4*now)
	}
}

// shards tries a stream of so many even shards, and tells whether it helps. What
// helps becomes the remedy.
func (t *tester) shards(c *Cause, n int) bool {
	if t.config.changes() { // then it is not their number at the start that counts
		return false
	}
	n = min(n, model.MaxShards)
	set := fmt.Sprintf("--set stream.shards=%d", n)
	trial, ok := t.try(fmt.Sprintf("with %d shards", n), set, func(v *Config) { v.Stream.Shards = model.EvenShards(n) })
	if !ok {
		return false
	}
	c.Trials = append(c.Trials, trial)
	if trial.Helps && c.Cause != "hot_key" {
		c.Remedy = replaceSet(c.Remedy, set)
	}
	return trial.Helps
}

// salt tries the hot key spread over as many keys as bring each to its headroom.
// The keys of a trace are what they are.
func (t *tester) salt(c *Cause) {
	ways := int(math.Ceil(c.Load / headroom))
	if c.Key == "" || ways < 2 {
		return
	}
	trial, ok := t.try(fmt.Sprintf("with %s spread over %d keys", c.Key, ways), "", func(v *Config) {
		for i := range v.Producers {
			if p := &v.Producers[i]; p.Trace == nil {
				p.Keys, p.Hot = workload.NewSalted(p.Keys, c.Key, ways), workload.SaltedHot(p.Hot, c.Key, ways)
			}
		}
	})
	if ok {
		c.Trials = append(c.Trials, trial)
	}
}
