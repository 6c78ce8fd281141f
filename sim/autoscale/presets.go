package autoscale

import (
	"slices"
	"time"
)

// Preset is a policy with the values that its makers published.
type Preset struct {
	Name   string
	Help   string // one line
	Policy Policy
}

// Presets lists them, in the order in which help shows them.
var Presets = []Preset{
	{
		// 70 % is the target of the service's own examples for DynamoDB, and what most
		// take; both cool-downs are those of custom resources.
		"target-tracking",
		"Application Auto Scaling: keep write use at 70 %, out after 3 minutes above, in after 15 below 63 %.",
		TargetTracking{Metric: Utilization, Target: 0.7, ScaleOut: 5 * time.Minute, ScaleIn: 5 * time.Minute},
	},
	{
		// The first example of the README, without its limits of 1 and 16 shards.
		"scaling-utils",
		"amazon-kinesis-scaling-utils: one shard more after 5 minutes above 75 %, one less after 15 below 25 %.",
		ScalingUtils{
			Put: true, Get: true, Refresh: 5 * time.Minute, CheckInterval: 5 * time.Minute,
			Up:   MonitorRule{ThresholdPct: 75, AfterMins: 5, Count: 1, CoolOff: 15 * time.Minute},
			Down: MonitorRule{ThresholdPct: 25, AfterMins: 15, Count: 1, CoolOff: time.Hour},
		},
	},
	{
		// The CloudFormation template of the README.
		"kinesis-auto-scaling",
		"aws-samples/kinesis-auto-scaling: double after 25 minutes at 75 %, halve after 285 of 300 below 25 %.",
		KinesisAutoScaling{Period: 5 * time.Minute, UpAt: 0.75, UpPeriods: 5, UpPoints: 5, DownAt: 0.25, DownPeriods: 60, DownPoints: 57},
	},
	{
		"substation",
		"brexhq/substation: up after 5 minutes at 70 %, down after 60 at 35 %, in steps that shrink with size.",
		Substation{Threshold: 0.7, UpPoints: 5, DownPoints: 60},
	},
}

// Named is the preset of that name.
func Named(name string) (Preset, bool) {
	i := slices.IndexFunc(Presets, func(p Preset) bool { return p.Name == name })
	if i < 0 {
		return Preset{}, false
	}
	return Presets[i], true
}
