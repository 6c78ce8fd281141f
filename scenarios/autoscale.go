package scenarios

import (
	"fmt"
	"strings"
	"time"

	"kinesim/sim"
	"kinesim/sim/autoscale"
	"kinesim/sim/des"
)

// Autoscale is who changes the number of shards while the stream runs.
type Autoscale struct {
	Preset             *ScalerName         `json:"-" bare:"" doc:"Nobody, or a policy with the values that its makers published."`
	TargetTracking     *TargetTracking     `json:"target_tracking,omitempty" one:"kind of autoscaler" doc:"Application Auto Scaling: keeps a metric at a target."`
	Schedule           ShardSchedule       `json:"schedule,omitempty" one:"kind of autoscaler" range:"1..10000" doc:"So many shards from given instants on."`
	Daily              DailySchedule       `json:"daily_schedule,omitempty" one:"kind of autoscaler" range:"1..1440" doc:"The same again each 24 hours; the first is the first of the run."`
	Alarms             *Alarms             `json:"alarms,omitempty" one:"kind of autoscaler" doc:"CloudWatch alarms, each with what it does to the number of shards."`
	ScalingUtils       *ScalingUtils       `json:"scaling_utils,omitempty" one:"kind of autoscaler" doc:"The stream monitor of awslabs/amazon-kinesis-scaling-utils, by its own names of settings."`
	KinesisAutoScaling *KinesisAutoScaling `json:"kinesis_auto_scaling,omitempty" one:"kind of autoscaler" doc:"The function of aws-samples/kinesis-auto-scaling: doubles and halves between two alarms."`
	Substation         *Substation         `json:"substation,omitempty" one:"kind of autoscaler" doc:"The autoscale function of brexhq/substation: steps that shrink as the stream grows."`
}

// MarshalJSON writes the autoscaler as it is read.
func (a Autoscale) MarshalJSON() ([]byte, error) { return marshalUnion(a) }

// scalerKind is a policy that scales; nil after a problem was told, or where nobody
// scales.
type scalerKind interface {
	policy(c *compiler, a *Autoscale) autoscale.Policy
}

// autoscale compiles who scales the stream.
func (c *compiler) autoscale(a *Autoscale) {
	if a == nil || !c.sound(a) {
		return
	}
	policy := kindOf[scalerKind](*a).policy(c, a)
	if policy == nil || !c.sound(&c.scenario.Stream) {
		return
	}
	if mode := c.scenario.Stream.Mode; mode != "provisioned" && !c.becomes(func(m Mode) bool { return m == "provisioned" }) {
		c.fail(problem{code: codeConflict, message: fmt.Sprintf("autoscale is for mode: provisioned; the service itself scales a stream in mode: %s and refuses the calls (ValidationException)", mode)}, a)
		return
	}
	name, _ := chosen(*a)
	if err := policy.Validate(); err != nil {
		c.complain(codeRange, a, "%s: %v", name, err)
		return
	}
	c.config.Autoscale = &sim.Autoscale{Name: strings.ReplaceAll(name, "_", "-"), Policy: policy}
}

// ScalerName is none, or the name of a policy with published values.
type ScalerName string

// nobody is the name of what scales nothing.
const nobody = "none"

func (ScalerName) words() []word {
	words := []word{{text: nobody, doc: "Nobody: the shards stay as they are, or as reshard changes them."}}
	for _, p := range autoscale.Presets {
		words = append(words, word{text: p.Name, doc: p.Help})
	}
	return words
}

// policy puts the kind with its values in the place of its name, so that the effective
// scenario shows them.
func (n ScalerName) policy(c *compiler, a *Autoscale) autoscale.Policy {
	switch n {
	case nobody:
		return nil
	case "target-tracking":
		*a = Autoscale{TargetTracking: fresh[TargetTracking]()}
	case "scaling-utils":
		*a = Autoscale{ScalingUtils: publishedMonitor()}
	case "kinesis-auto-scaling":
		*a = Autoscale{KinesisAutoScaling: fresh[KinesisAutoScaling]()}
	case "substation":
		*a = Autoscale{Substation: fresh[Substation]()}
	default:
		panic("scenarios: no autoscaler " + string(n)) // a preset that this list has not
	}
	return kindOf[scalerKind](*a).policy(c, a)
}

// published is the policy of a preset.
func published[T autoscale.Policy](name string) T {
	p, _ := autoscale.Named(name)
	return p.Policy.(T)
}

// ShardStep is a number of shards from an instant on.
type ShardStep struct {
	At     Duration `json:"at" jsonschema:"required" eg:"8h" doc:"The time from which on it holds."`
	Shards int64    `json:"shards" jsonschema:"required" eg:"8" range:"1..10000" doc:"How many; what lies beyond double or half takes several calls."`
}

// ShardSchedule are numbers of shards by the clock, in the order of time.
type ShardSchedule []ShardStep

func (s ShardSchedule) policy(c *compiler, _ *Autoscale) autoscale.Policy {
	steps := c.shardSteps(s)
	if steps == nil {
		return nil
	}
	for i := range s {
		if step := &s[i]; step.At >= c.scenario.Clock.Duration {
			c.outside(&step.At, step, "the step at %s comes after the end of the run at %s", step.At, c.scenario.Clock.Duration)
		}
	}
	return autoscale.Schedule{Steps: steps}
}

// DailySchedule are numbers of shards by the time of day.
type DailySchedule []ShardStep

func (s DailySchedule) policy(c *compiler, _ *Autoscale) autoscale.Policy {
	for i := range s {
		if step := &s[i]; step.At >= Duration(24*time.Hour) {
			c.fail(problem{code: codeRange, message: fmt.Sprintf("the step at %s is past the day that is repeated", step.At), accepted: "0s to less than 24h"}, &step.At)
			return nil
		}
	}
	steps := c.shardSteps(s)
	if steps == nil {
		return nil
	}
	return autoscale.Schedule{Steps: steps, Daily: true}
}

// shardSteps compiles the steps of a schedule; nil after a problem.
func (c *compiler) shardSteps(s []ShardStep) []autoscale.Step {
	steps := make([]autoscale.Step, len(s))
	for i := range s {
		step := &s[i]
		if i > 0 && step.At <= s[i-1].At {
			c.complain(codeConflict, &step.At, "the step at %s does not come after the step at %s", step.At, s[i-1].At)
			return nil
		}
		steps[i] = autoscale.Step{At: des.Time(step.At), Shards: int(step.Shards)}
	}
	return steps
}

// bounded compiles the least and the most shards that a policy may want.
func (c *compiler) bounded(least, most *int64) (b autoscale.Bounds, ok bool) {
	if least != nil {
		b.Min = int(*least)
	}
	if most != nil {
		b.Max = int(*most)
	}
	if least != nil && most != nil && *most < *least {
		c.complain(codeConflict, most, "the most is %s, and the least %d", count(b.Max, "shard"), b.Min)
		return b, false
	}
	if open := c.config.Stream.Shards.Len(); c.sound(&c.scenario.Stream) && (most != nil && open > b.Max || open < b.Min) {
		c.warn(problem{code: codeOutside, message: fmt.Sprintf("the stream begins with %s, which is outside of what the autoscaler may want; it stays there until the load makes it act", count(open, "shard"))}, outer(least, most, open))
	}
	return b, true
}

// outer is the bound that a number of shards lies outside of.
func outer(least, most *int64, open int) *int64 {
	if least != nil && int64(open) < *least {
		return least
	}
	return most
}
