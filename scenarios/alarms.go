package scenarios

import (
	"fmt"
	"strings"
	"time"

	"kinesim/sim/autoscale"
)

// Alarms are CloudWatch alarms that scale.
type Alarms struct {
	Rules     []Alarm `json:"rules" jsonschema:"required" eg:"[{metric: utilization, above: 80%, then: double}]" range:"1..100" doc:"The alarms. If several ring, the one that leaves the most shards wins."`
	MinShards *int64  `json:"min_shards,omitempty" range:"1..10000" doc:"Never fewer (default 1)."`
	MaxShards *int64  `json:"max_shards,omitempty" range:"1..10000" doc:"Never more (default: what the service allows)."`
}

func (s *Alarms) policy(c *compiler, _ *Autoscale) autoscale.Policy {
	p := autoscale.Alarms{}
	var sound bool
	p.Bounds, sound = c.bounded(s.MinShards, s.MaxShards)
	for i := range s.Rules {
		rule, ok := c.alarm(&s.Rules[i])
		p.Rules = append(p.Rules, rule)
		sound = sound && ok
	}
	if !sound {
		return nil
	}
	return p
}

// Alarm is one alarm and what it does.
type Alarm struct {
	Metric    WatchedMetric `json:"metric" jsonschema:"required" eg:"utilization" doc:"A metric of the stream by its CloudWatch name, or a utilization."`
	Statistic *Statistic    `json:"statistic,omitempty" doc:"What a data point is of its minutes (default: the usual one of the metric)."`
	AlarmRing
	Then     Adjustment `json:"then" jsonschema:"required" eg:"{add: 1}" doc:"What it does, each minute while it rings, as far as cool-downs let it."`
	Cooldown Duration   `json:"cooldown" range:"0s..24h" doc:"From the end of any change until it acts again (default 5m)."`
}

func (a *Alarm) defaults() {
	a.AlarmRing.defaults()
	a.Cooldown = Duration(5 * time.Minute)
}

// AlarmRing is when an alarm rings, whatever it watches and does.
type AlarmRing struct {
	Above      *Amount     `json:"above,omitempty" one:"threshold" eg:"80%" doc:"Rings above this, in the metric's unit: 80%, 30s, 50MiB, 1000; of a sum for each period."`
	AtLeast    *Amount     `json:"at_least,omitempty" one:"threshold" doc:"Rings at this or above."`
	Below      *Amount     `json:"below,omitempty" one:"threshold" doc:"Rings when a data point is below this."`
	AtMost     *Amount     `json:"at_most,omitempty" one:"threshold" doc:"Rings at this or below."`
	Period     Duration    `json:"period" range:"1m..24h" doc:"Length of a data point, in whole minutes (default 1m)."`
	Periods    int64       `json:"evaluation_periods" range:"1..1440" doc:"How many of the last periods are looked at (default 1)."`
	Datapoints *int64      `json:"datapoints_to_alarm,omitempty" range:"1..1440" doc:"How many of these must breach (default all)."`
	Missing    MissingData `json:"treat_missing_data" doc:"What a period without a data point counts for (default missing)."`
}

func (a *AlarmRing) defaults() {
	a.Period, a.Periods, a.Missing = Duration(time.Minute), 1, MissingData(autoscale.MissingData)
}

// operators are the comparisons of CloudWatch by the fields that name them.
var operators = map[string]autoscale.Comparison{
	"above": autoscale.Greater, "at_least": autoscale.GreaterOrEqual, "below": autoscale.Less, "at_most": autoscale.LessOrEqual,
}

// alarm compiles an alarm and tells whether it is sound.
func (c *compiler) alarm(a *Alarm) (rule autoscale.AlarmRule, ok bool) {
	if !c.sound(a) {
		return rule, false
	}
	operator, amount := chosen(*a)
	rule = autoscale.AlarmRule{
		Metric: autoscale.Metric(a.Metric), Comparison: operators[operator], Period: time.Duration(a.Period), EvaluationPeriods: int(a.Periods),
		Missing: autoscale.Missing(a.Missing), CoolDown: time.Duration(a.Cooldown),
	}
	rule.Threshold, ok = c.level(rule.Metric, amount.(*Amount), operator, "")
	rule.Adjustment, ok = c.adjustment(&a.Then, ok)
	if a.Datapoints == nil {
		a.Datapoints = ptr(a.Periods)
	}
	rule.DatapointsToAlarm = int(*a.Datapoints)
	if a.Statistic == nil {
		a.Statistic = ptr(Statistic(rule.Metric.Statistics()[0]))
	}
	rule.Statistic = autoscale.Statistic(*a.Statistic)
	return rule, c.evaluable(a, &rule) && ok
}

// evaluable refuses an alarm that CloudWatch would refuse, or that cannot be reckoned.
func (c *compiler) evaluable(a *Alarm, rule *autoscale.AlarmRule) bool {
	legal := make([]string, 0, 3)
	for _, s := range rule.Metric.Statistics() {
		legal = append(legal, string(s))
	}
	if !contains(legal, string(*a.Statistic)) {
		c.fail(problem{code: codeConflict, message: fmt.Sprintf("%s has no statistic %s here", a.Metric, *a.Statistic), accepted: strings.Join(legal, ", ")}, a.Statistic)
		return false
	}
	return c.rings(&a.AlarmRing)
}

// Adjustment is what an alarm does to the number of shards.
type Adjustment struct {
	Word   *AdjustmentWord `json:"-" bare:"" doc:"double or halve."`
	Add    *AddShards      `json:"add,omitempty" one:"kind of adjustment" range:"1..9999" doc:"How many shards to add."`
	Remove *RemoveShards   `json:"remove,omitempty" one:"kind of adjustment" range:"1..9999" doc:"How many shards to take away."`
	Grow   *GrowPart       `json:"grow,omitempty" one:"kind of adjustment" range:"1%..9999%" doc:"By a part of the open ones, but by one at least; in whole percent."`
	Shrink *ShrinkPart     `json:"shrink,omitempty" one:"kind of adjustment" range:"1%..99%" doc:"By a part of the open ones, but by one at least; in whole percent."`
	Set    *SetShards      `json:"set,omitempty" one:"kind of adjustment" range:"1..10000" doc:"How many shards to scale to."`
}

// MarshalJSON writes the adjustment as it is read.
func (a Adjustment) MarshalJSON() ([]byte, error) { return marshalUnion(a) }

// adjustmentKind is something to do to the number of shards.
type adjustmentKind interface{ adjust() autoscale.Adjustment }

// The kinds of adjustments.
type (
	// AddShards is how many shards are added.
	AddShards int64
	// RemoveShards is how many shards are taken away.
	RemoveShards int64
	// SetShards is how many shards there are to be.
	SetShards int64
	// GrowPart is a part of the shards that is added.
	GrowPart struct{ Share }
	// ShrinkPart is a part of the shards that is taken away.
	ShrinkPart struct{ Share }
	// AdjustmentWord is a change by a factor.
	AdjustmentWord string
)

func (AdjustmentWord) words() []word {
	return []word{{text: "double", doc: "Twice as many."}, {text: "halve", doc: "Half as many, rounded up."}}
}

func (w AdjustmentWord) adjust() autoscale.Adjustment {
	return autoscale.Adjustment{Change: autoscale.Change(w)}
}

func (n AddShards) adjust() autoscale.Adjustment {
	return autoscale.Adjustment{Change: autoscale.Count, By: int(n)}
}

func (n RemoveShards) adjust() autoscale.Adjustment {
	return autoscale.Adjustment{Change: autoscale.Count, By: -int(n)}
}

func (n SetShards) adjust() autoscale.Adjustment {
	return autoscale.Adjustment{Change: autoscale.Exact, By: int(n)}
}

// percent is how many billionths a percent has.
const percent = 1e7

func (p GrowPart) adjust() autoscale.Adjustment {
	return autoscale.Adjustment{Change: autoscale.Percent, By: int(p.Share / percent)}
}

func (p ShrinkPart) adjust() autoscale.Adjustment {
	return autoscale.Adjustment{Change: autoscale.Percent, By: -int(p.Share / percent)}
}

// adjustment compiles what an alarm does; ok is handed on unless there is a problem.
func (c *compiler) adjustment(a *Adjustment, ok bool) (autoscale.Adjustment, bool) {
	var part Share
	var at any
	switch {
	case a.Grow != nil:
		part, at = a.Grow.Share, a.Grow
	case a.Shrink != nil:
		part, at = a.Shrink.Share, a.Shrink
	}
	if part%percent != 0 {
		c.complain(codeRange, at, "%s is not a whole number of percent", part)
		ok = false
	}
	return kindOf[adjustmentKind](*a).adjust(), ok
}

// Statistic is what a data point is of the minutes in its period.
type Statistic string

func (Statistic) words() []word {
	return []word{
		{text: string(autoscale.Sum), doc: "All together, of counts."},
		{text: string(autoscale.Average), doc: "The mean."},
		{text: string(autoscale.Minimum), doc: "The least of the minutes."},
		{text: string(autoscale.Maximum), doc: "The most of the minutes."},
	}
}

// MissingData is what an alarm makes of periods without a data point.
type MissingData string

func (MissingData) words() []word {
	return []word{
		{text: string(autoscale.MissingData), doc: "As if there were none; all missing: INSUFFICIENT_DATA."},
		{text: string(autoscale.Ignore), doc: "The state stays as it is."},
		{text: string(autoscale.Breaching), doc: "As if it breached."},
		{text: string(autoscale.NotBreaching), doc: "As if it did not."},
	}
}
