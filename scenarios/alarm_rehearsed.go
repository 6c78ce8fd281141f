package scenarios

import (
	"fmt"
	"strings"
	"time"

	"kinesim/sim"
	"kinesim/sim/autoscale"
)

// RehearsedAlarm is a CloudWatch alarm that rings and changes nothing.
type RehearsedAlarm struct {
	Name       string      `json:"name" jsonschema:"required" eg:"iterator-age" doc:"What reports call it."`
	Metric     AlarmMetric `json:"metric" jsonschema:"required" eg:"WriteProvisionedThroughputExceeded" doc:"A metric of the stream by its CloudWatch name, or utilization."`
	Consumer   *Name       `json:"consumer,omitempty" doc:"Of this consumer alone; for SubscribeToShardEvent.MillisBehindLatest (default: the slowest)."`
	Statistic  *Statistic  `json:"statistic,omitempty" doc:"What a data point is of its minutes (default: the usual one of the metric)."`
	Above      *Amount     `json:"above,omitempty" one:"threshold" eg:"30s" doc:"Rings above this, in the metric's unit: 30s, 80%, 50MiB, 1000; of a sum for each period."`
	AtLeast    *Amount     `json:"at_least,omitempty" one:"threshold" doc:"Rings at this or above."`
	Below      *Amount     `json:"below,omitempty" one:"threshold" doc:"Rings when a data point is below this."`
	AtMost     *Amount     `json:"at_most,omitempty" one:"threshold" doc:"Rings at this or below."`
	Period     Duration    `json:"period" range:"1m..24h" doc:"Length of a data point, in whole minutes (default 1m)."`
	Periods    int64       `json:"evaluation_periods" range:"1..1440" doc:"How many of the last periods are looked at (default 1)."`
	Datapoints *int64      `json:"datapoints_to_alarm,omitempty" range:"1..1440" doc:"How many of these must breach (default all)."`
	Missing    MissingData `json:"treat_missing_data" doc:"What a period without a data point counts for (default missing)."`
}

func (a *RehearsedAlarm) defaults() {
	a.Period, a.Periods, a.Missing = Duration(time.Minute), 1, MissingData(autoscale.MissingData)
}

// AlarmMetric is what a rehearsed alarm watches.
type AlarmMetric string

func (AlarmMetric) words() []word {
	words := make([]word, len(sim.AlarmMetrics))
	for i, m := range sim.AlarmMetrics {
		words[i] = word{text: m.Name, doc: sentence(m.Help)}
	}
	return words
}

// alarms compiles the alarms that are rehearsed.
func (c *compiler) alarms(alarms []RehearsedAlarm) {
	named := map[string]bool{}
	for i := range alarms {
		a := &alarms[i]
		if !c.sound(a) {
			continue
		}
		if named[a.Name] {
			c.complain(codeTwice, &a.Name, "a second alarm has the name %s", shortened(a.Name))
		}
		named[a.Name] = true
		if alarm, ok := c.rehearsedAlarm(a); ok {
			c.config.Alarms = append(c.config.Alarms, alarm)
		}
	}
}

func (c *compiler) rehearsedAlarm(a *RehearsedAlarm) (sim.Alarm, bool) {
	metric, ok := sim.FindAlarmMetric(string(a.Metric))
	if !ok {
		panic("scenarios: alarm metric " + string(a.Metric)) // the word was checked
	}
	operator, amount := chosen(*a)
	threshold, ok := c.amountOf(metric.Unit, amount.(*Amount), operator)
	if a.Datapoints == nil {
		a.Datapoints = ptr(a.Periods)
	}
	if a.Statistic == nil {
		a.Statistic = ptr(Statistic(metric.Statistics[0]))
	}
	alarm := sim.Alarm{
		Name: a.Name, Metric: metric.Name, Statistic: string(*a.Statistic),
		Alarm: autoscale.Alarm{
			Comparison: operators[operator], Threshold: threshold, Period: time.Duration(a.Period), EvaluationPeriods: int(a.Periods),
			DatapointsToAlarm: int(*a.Datapoints), Missing: autoscale.Missing(a.Missing),
		},
	}
	if a.Consumer != nil {
		alarm.Consumer = string(*a.Consumer)
		ok = c.fanoutOnly(a) && ok
	}
	return alarm, c.rings(a.Metric, metric.Statistics, ringing{&a.Period, &a.Periods, a.Datapoints, a.Statistic}) && ok
}

// fanoutOnly holds the consumer of an alarm against the metric and the consumers there are.
func (c *compiler) fanoutOnly(a *RehearsedAlarm) bool {
	switch {
	case a.Metric != "SubscribeToShardEvent.MillisBehindLatest":
		c.complain(codeConflict, a.Consumer, "CloudWatch has %s of the whole stream, not of one consumer", a.Metric)
	case !contains(c.consumers, string(*a.Consumer)):
		c.fail(problem{
			code: codeReference, message: fmt.Sprintf("there is no consumer %s", *a.Consumer),
			accepted: strings.Join(c.consumers, ", "), hint: didYouMean(string(*a.Consumer), c.consumers),
		}, a.Consumer)
	default:
		return true
	}
	return false
}

// amountOf reads a threshold in the unit of its metric.
func (c *compiler) amountOf(unit string, a *Amount, where string) (float64, bool) {
	if unit == "bytes" {
		var s Size
		ok := c.scalar(&s, a.node, field{}, where)
		return float64(s), ok
	}
	return c.quantity(unit, a.node, where)
}

// ringing is when an alarm rings, as any alarm of the format says it.
type ringing struct {
	period              *Duration
	periods, datapoints *int64
	statistic           *Statistic
}

// rings refuses an alarm that CloudWatch would refuse, or that cannot be reckoned.
func (c *compiler) rings(metric any, legal []string, r ringing) bool {
	switch look := *r.period * Duration(*r.periods); {
	case !contains(legal, string(*r.statistic)):
		c.fail(problem{code: codeConflict, message: fmt.Sprintf("%s has no statistic %s here", metric, *r.statistic), accepted: strings.Join(legal, ", ")}, r.statistic)
	case *r.period%Duration(time.Minute) != 0:
		c.complain(codeRange, r.period, "a period of %s is not a whole number of minutes", *r.period)
	case look > Duration(24*time.Hour):
		c.complain(codeConflict, r.periods, "%d periods of %s are %s; an alarm looks back 24h at the most", *r.periods, *r.period, look)
	case *r.datapoints > *r.periods:
		c.complain(codeConflict, r.datapoints, "%d data points cannot breach in %s", *r.datapoints, count(int(*r.periods), "period"))
	default:
		return true
	}
	return false
}
