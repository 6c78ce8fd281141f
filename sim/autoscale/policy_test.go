package autoscale_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/sim/autoscale"
	"kinesim/sim/des"
)

// anyPolicy is one of those that look at metrics, within bounds.
func anyPolicy(t *rapid.T, b autoscale.Bounds) autoscale.Policy {
	alarms := twoAlarms()
	alarms.Bounds = b
	track := autoscale.TargetTracking{Metric: autoscale.Utilization, Target: rapid.Float64Range(0.05, 1).Draw(t, "target"), Bounds: b}
	utils := autoscale.Presets[1].Policy.(autoscale.ScalingUtils)
	utils.Bounds, utils.CheckInterval = b, 45*time.Second
	utils.Up.Pct, utils.Up.Count, utils.Down.Count = rapid.IntRange(1, 400).Draw(t, "pct"), 0, rapid.IntRange(1, 50).Draw(t, "count")
	auto := autoscale.Presets[2].Policy.(autoscale.KinesisAutoScaling)
	auto.Bounds, auto.DownPeriods, auto.DownPoints = b, 12, 11
	return rapid.SampledFrom([]autoscale.Policy{
		alarms, track, utils, auto, autoscale.Substation{Threshold: 0.7, UpPoints: 5, DownPoints: 60, Bounds: b},
	}).Draw(t, "policy")
}

// TestBoundsHold: no policy ever wants more or fewer shards than it may, nor the number
// that there is, whatever comes, however long changes last and whatever is refused.
func TestBoundsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := autoscale.Bounds{Min: rapid.IntRange(0, 10).Draw(t, "min")}
		b.Max = b.Min + rapid.IntRange(1, 60).Draw(t, "room")
		r := rig{
			shards: rapid.IntRange(1, 80).Draw(t, "open"), lasts: time.Duration(rapid.IntRange(10, 1200).Draw(t, "lasts")) * time.Second,
			late: time.Duration(rapid.IntRange(0, 180).Draw(t, "late")) * time.Second, calls: rapid.IntRange(0, 10).Draw(t, "calls"),
		}
		loads := rapid.SliceOfN(rapid.Float64Range(0, 70), 8, 8).Draw(t, "loads")
		for _, m := range r.play(t, anyPolicy(t, b), 240, func(n int) load { return load{loads[n/30%8], loads[n/50%8]} }) {
			if m.shards < b.Min || m.shards > b.Max {
				t.Fatalf("%v, outside of %+v", m, b)
			}
		}
	})
}

// TestSeesNoFuture: a policy that is shown the first minutes of a longer record decides
// as if the rest did not exist.
func TestSeesNoFuture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPolicy(t, autoscale.Bounds{Max: 64})
		loads := rapid.SliceOfN(rapid.Float64Range(0, 8), 12, 12).Draw(t, "loads")
		all, other := make([]autoscale.Minute, 120), make([]autoscale.Minute, 120)
		for n := range all {
			all[n], other[n] = rig{}.minute(n, load{loads[n/10], loads[n/10]}), rig{}.minute(n, load{100, 100})
		}
		a, b := p.Start(), p.Start()
		for now := des.Time(0); now < 120*minute; now = now.Add(p.Every()) {
			shown := int(now / minute)
			copy(other, all[:shown])
			o := autoscale.Observation{Now: now, Minutes: all[:shown], OpenShards: 4, Limits: &limits}
			q := o
			q.Minutes = other[:shown]
			if x, y := a.Decide(&o), b.Decide(&q); x != y {
				t.Fatalf("%v: %+v and %+v", now, x, y)
			} else if x.Shards > 0 {
				a.Answered(now, x.Shards, "LimitExceededException")
				b.Answered(now, x.Shards, "LimitExceededException")
			}
		}
	})
}

func TestPresets(t *testing.T) {
	var names []string
	for _, p := range autoscale.Presets {
		names = append(names, p.Name)
		if err := p.Policy.Validate(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if !strings.HasSuffix(p.Help, ".") || strings.Contains(p.Help, "\n") {
			t.Errorf("%s: help %q", p.Name, p.Help)
		}
		if strings.ReplaceAll(p.Name, "-", "_") != p.Policy.Kind() {
			t.Errorf("%s is of kind %s", p.Name, p.Policy.Kind())
		}
	}
	if want := []string{"target-tracking", "scaling-utils", "kinesis-auto-scaling", "substation"}; !slices.Equal(names, want) {
		t.Error(names)
	}
	if _, ok := autoscale.Named("nobody"); ok {
		t.Error("found nobody")
	}
}

// TestRefused: each fault is told with its field and the legal range.
func TestRefused(t *testing.T) {
	alarm := func(change func(*autoscale.AlarmRule)) autoscale.Alarms {
		p := twoAlarms()
		change(&p.Rules[1])
		return p
	}
	auto := autoscale.Presets[2].Policy.(autoscale.KinesisAutoScaling)
	tooLong, inverted := auto, auto
	tooLong.DownPeriods, inverted.DownAt = 289, 0.8
	step := func(at des.Time, shards int) autoscale.Step { return autoscale.Step{At: at, Shards: shards} }
	for want, p := range map[string]interface{ Validate() error }{
		`metric "CPU" is not one of`:                                    autoscale.TargetTracking{Metric: "CPU", Target: 0.7},
		"target is 70; above 0 to 1":                                    autoscale.TargetTracking{Metric: autoscale.Utilization, Target: 70},
		"target is 0 ms":                                                autoscale.TargetTracking{Metric: autoscale.IteratorAge},
		"scale_in_cooldown is 25h0m0s; 0s to 24h0m0s":                   autoscale.TargetTracking{Metric: autoscale.Utilization, Target: 0.7, ScaleIn: 25 * time.Hour},
		"max_shards is 2, below min_shards of 3":                        autoscale.Substation{Threshold: 0.7, UpPoints: 5, DownPoints: 60, Bounds: autoscale.Bounds{Min: 3, Max: 2}},
		"threshold is 0.3; 0.4 to 0.9":                                  autoscale.Substation{Threshold: 0.3, UpPoints: 5, DownPoints: 60},
		"down_periods is 289; 1 to 288":                                 tooLong,
		"thresholds are 0.8 down and 0.75 up":                           inverted,
		"alarms are empty":                                              autoscale.Alarms{},
		`alarm 2: statistic "Average" of IncomingBytes is not one of`:   alarm(func(r *autoscale.AlarmRule) { r.Metric, r.Statistic = autoscale.IncomingBytes, autoscale.Average }),
		`alarm 2: metric "x" is not one of`:                             alarm(func(r *autoscale.AlarmRule) { r.Metric = "x" }),
		`alarm 2: comparison ">" is not one of`:                         alarm(func(r *autoscale.AlarmRule) { r.Comparison = ">" }),
		"alarm 2: period is 1m30s; whole minutes":                       alarm(func(r *autoscale.AlarmRule) { r.Period = 90 * time.Second }),
		"alarm 2: evaluation_periods is 300 of 5m0s":                    alarm(func(r *autoscale.AlarmRule) { r.EvaluationPeriods = 300 }),
		"alarm 2: datapoints_to_alarm is 3; 1 to evaluation_periods, 2": alarm(func(r *autoscale.AlarmRule) { r.DatapointsToAlarm = 3 }),
		`alarm 2: missing data "bad" is not one of`:                     alarm(func(r *autoscale.AlarmRule) { r.Missing = "bad" }),
		"alarm 2: cooldown is -1s":                                      alarm(func(r *autoscale.AlarmRule) { r.CoolDown = -time.Second }),
		"alarm 2: adjustment is by 0":                                   alarm(func(r *autoscale.AlarmRule) { r.Adjustment.By = 0 }),
		`alarm 2: adjustment "triple" is not one of`:                    alarm(func(r *autoscale.AlarmRule) { r.Adjustment.Change = "triple" }),
		"a schedule needs a step":                                       autoscale.Schedule{},
		"step 2 is at 1m0s, not after step 1 at 2m0s":                   autoscale.Schedule{Steps: []autoscale.Step{step(2*minute, 1), step(minute, 2)}},
		"step 1 is at 24h0m0s; a daily schedule":                        autoscale.Schedule{Steps: []autoscale.Step{step(1440*minute, 1)}, Daily: true},
		"step 1 is to 0 shards; 1 to 10000":                             autoscale.Schedule{Steps: []autoscale.Step{step(0, 0)}},
		"scaleOnOperation is neither":                                   autoscale.ScalingUtils{},
		"reaction is -1ns":                                              autoscale.OnDemand{Reaction: -1},
		"throughput is -1 shards' worth":                                autoscale.OnDemand{Warm: -1},
		"it is not known how long":                                      autoscale.Clairvoyant{},
	} {
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v\n  gives %v\n  want %s", p, err, want)
		}
	}
}
