package autoscale

import (
	"fmt"
	"math"
	"slices"
	"time"

	"kinesim/sim/des"
)

// TargetTracking keeps a metric at a target, as Application Auto Scaling does for a
// custom resource that calls UpdateShardCount.
//
// Documented (Application Auto Scaling user guide, target tracking): capacity is added
// in proportion to the metric and removed more gradually; without data there is no
// action; cool-downs run from the end of a change, 300 s for custom resources; within
// that of scale-out a larger scale-out still goes ahead, and a scale-out ends the
// cool-down of scale-in.
//
// Observed (the alarms that it makes, as users list them: aws/containers-roadmap #1208,
// hashicorp/terraform-provider-aws #42553): 3 of 3 minutes above the target, 15 of 15
// minutes below 90 % of it.
//
// Assumed: the number wanted is ceil(shards × metric ÷ target), with the last minute for
// scale-out and the largest of the 15 for scale-in; no wish is beyond double or half, as
// whoever writes the custom resource finds out (terraform-provider-aws #46699).
type TargetTracking struct {
	Metric   Metric  // a utilization or the iterator age
	Target   float64 // a share, above 0 to 1; of the age milliseconds, from 1
	ScaleOut time.Duration
	ScaleIn  time.Duration // the two cool-downs, 0 to 24 h
	NoShrink bool          // DisableScaleIn
	Bounds
}

// scaleInBelow is the part of the target below which capacity is removed.
const scaleInBelow = 0.9

// Kind is the policy's name.
func (TargetTracking) Kind() string { return "target_tracking" }

// Every is how often its alarms are evaluated.
func (TargetTracking) Every() time.Duration { return time.Minute }

// Validate refuses what the policy cannot track.
func (p TargetTracking) Validate() error {
	tracked := []Metric{Utilization, BytesUtilization, RecordsUtilization, IteratorAge}
	switch {
	case !slices.Contains(tracked, p.Metric):
		return fmt.Errorf("metric %q is not one of %v", p.Metric, tracked)
	case p.Metric.share() && !(p.Target > 0 && p.Target <= 1):
		return fmt.Errorf("target is %v; above 0 to 1", p.Target)
	case !p.Metric.share() && !(p.Target >= 1 && p.Target <= 8760*3.6e6):
		return fmt.Errorf("target is %v ms; 1 ms to 8760 h", p.Target)
	}
	if err := span("scale_out_cooldown", p.ScaleOut, 0, day); err != nil {
		return err
	}
	if err := span("scale_in_cooldown", p.ScaleIn, 0, day); err != nil {
		return err
	}
	return p.validate()
}

// Start gives fresh running state.
func (p TargetTracking) Start() Scaler {
	return &tracker{
		TargetTracking: p,
		high:           watch{minutes: 1, of: 3, need: 3, missing: MissingData},
		low:            watch{minutes: 1, of: 15, need: 15, missing: MissingData},
	}
}

// tracker is target tracking that runs.
type tracker struct {
	TargetTracking
	high, low watch
	change    underway
	open      int      // shards, as last seen
	grew      bool     // by the last change
	rested    des.Time // when its cool-down is over
	wanted    int      // by the last change
}

// Decide wants what would bring the metric to the target.
func (t *tracker) Decide(o *Observation) Decision {
	value := func(period []Minute) point { return t.Metric.of(t.Metric.Statistics()[0], period, o) }
	low := t.Target * scaleInBelow
	above := t.high.look(o.Minutes, value, func(v float64) bool { return v > t.Target })
	below := t.low.look(o.Minutes, value, func(v float64) bool { return v < low })
	if t.change.over(o) {
		rest := t.ScaleIn
		if t.grew {
			rest = t.ScaleOut
		}
		t.rested = o.Now.Add(rest)
	}
	t.open = o.OpenShards
	switch {
	case t.change.shards > 0:
	case above.alarm:
		if d := t.wish(o, above.latest, &t.high, above, "above"); d.Shards > o.OpenShards && t.mayGrow(o, d.Shards) {
			return d
		}
	case below.alarm && !t.NoShrink && o.Now >= t.rested:
		if d := t.wish(o, below.most, &t.low, below, "below 90 % of"); d.Shards < o.OpenShards {
			return d
		}
	}
	return Decision{}
}

// mayGrow tells whether a cool-down stands in the way of more shards.
func (t *tracker) mayGrow(o *Observation, shards int) bool {
	return !t.grew || o.Now >= t.rested || shards > t.wanted
}

func (t *tracker) wish(o *Observation, metric float64, w *watch, s sighting, side string) Decision {
	// Less a little, so that 7 shards' worth at 70 % make 10 and not 11.
	ideal := math.Ceil(float64(o.OpenShards)*metric/t.Target - 1e-9)
	want := oneCall(o.OpenShards, int(min(ideal, 1e6)))
	return Decision{
		Shards: t.clamp(want),
		Saw:    fmt.Sprintf("%s %s; %s %s the target of %s", t.Metric, t.Metric.format(metric), w.points(s), side, t.Metric.format(t.Target)),
		Reason: fmt.Sprintf("%d shards × %s ÷ %s", o.OpenShards, t.Metric.format(metric), t.Metric.format(t.Target)),
	}
}

// Answered begins to wait for the end of a change that was accepted.
func (t *tracker) Answered(_ des.Time, shards int, err string) {
	if err == "" {
		t.change.shards, t.wanted, t.grew = shards, shards, shards > t.open
	}
}
