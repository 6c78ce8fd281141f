package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/autoscale"
)

// RehearsedAlarm is a CloudWatch alarm that rings and changes nothing.
type RehearsedAlarm struct {
	Name      string          `json:"name" jsonschema:"required" eg:"iterator-age" doc:"What reports call it."`
	Metric    *AlarmMetric    `json:"metric,omitempty" doc:"A metric of the stream by its CloudWatch name, or utilization; either this or math."`
	Math      *AlarmMath      `json:"math,omitempty" doc:"An expression of metric math, in place of a metric; its threshold is a bare number."`
	Consumer  *Name           `json:"consumer,omitempty" doc:"Of this consumer alone; for SubscribeToShardEvent.MillisBehindLatest (default: the slowest)."`
	Shard     *AlarmShard     `json:"shard,omitempty" doc:"Of this shard alone, by enhanced monitoring, such as shardId-000000000003 (default: of the whole stream)."`
	Statistic *AlarmStatistic `json:"statistic,omitempty" doc:"What a data point is of its minutes (default: the usual one of the metric)."`
	AlarmRing
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

// AlarmMath is metric math over metrics that have names in it.
type AlarmMath struct {
	Expression string      `json:"expression" jsonschema:"required" eg:"100*refused/(refused+taken)" doc:"Of the metrics by their ids, with + - * / ^, comparisons, AND, OR, IF, FILL, RATE, DIFF, PERIOD, ABS, CEIL, FLOOR, and MIN, MAX, SUM, AVG of [m1, m2]."`
	Metrics    []AlarmTerm `json:"metrics" jsonschema:"required" eg:"[{id: taken, metric: IncomingRecords}]" range:"1..100" doc:"What the ids of the expression are."`
}

// AlarmTerm is a metric under the name that an expression has for it.
type AlarmTerm struct {
	ID        string          `json:"id" jsonschema:"required" eg:"m1" doc:"Its name in the expression; it begins with a lower-case letter."`
	Metric    AlarmMetric     `json:"metric" jsonschema:"required" eg:"IncomingRecords" doc:"A metric of the stream by its CloudWatch name, or utilization."`
	Consumer  *Name           `json:"consumer,omitempty" doc:"Of this consumer alone; for SubscribeToShardEvent.MillisBehindLatest (default: the slowest)."`
	Shard     *AlarmShard     `json:"shard,omitempty" doc:"Of this shard alone, by enhanced monitoring (default: of the whole stream)."`
	Statistic *AlarmStatistic `json:"statistic,omitempty" doc:"What a data point is of its minutes (default: the usual one of the metric)."`
}

// AlarmShard is the id of a shard, which may come to be only in the run.
type AlarmShard string

func (*AlarmShard) form() form {
	return form{"a shard", "a shard such as shardId-000000000000", `^shardId-[0-9]{12}$`, ""}
}

// String writes the id.
func (s *AlarmShard) String() string { return string(*s) }

func (s *AlarmShard) parse(text string) error {
	if _, err := model.ParseShardID(text); err != nil {
		return refuse(text, s.form(), nil)
	}
	*s = AlarmShard(text)
	return nil
}

// AlarmStatistic is what a data point is of its minutes, or of the calls of its minute.
type AlarmStatistic string

func (AlarmStatistic) words() []word {
	words := Statistic("").words()
	for _, p := range sim.AlarmPercentiles {
		words = append(words, word{text: p, doc: "Of the calls of a minute, of ages."})
	}
	return words
}

// alarms compiles the alarms that are rehearsed.
func (c *compiler) alarms(alarms []RehearsedAlarm) {
	c.config.Unrehearsed = c.unrehearsed
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

func (c *compiler) rehearsedAlarm(a *RehearsedAlarm) (alarm sim.Alarm, ok bool) {
	if (a.Metric == nil) == (a.Math == nil) {
		c.complain(codeShape, a, "alarm %s watches either a metric or math", shortened(a.Name))
		return alarm, false
	}
	operator, amount := chosen(*a)
	if a.Datapoints == nil {
		a.Datapoints = ptr(a.Periods)
	}
	alarm = sim.Alarm{Name: a.Name, Alarm: autoscale.Alarm{
		Comparison: operators[operator], Period: time.Duration(a.Period), EvaluationPeriods: int(a.Periods),
		DatapointsToAlarm: int(*a.Datapoints), Missing: autoscale.Missing(a.Missing),
	}}
	ok = c.rings(&a.AlarmRing)
	var sound bool
	if a.Math != nil {
		alarm.Threshold, sound = c.number(amount.(*Amount), operator)
		alarm.Math = c.math(a)
		return alarm, ok && sound && alarm.Math != nil
	}
	alarm.Watched, sound = c.watched(*a.Metric, a.Metric, a.Consumer, a.Shard, &a.Statistic, a.Period)
	var threshold bool
	alarm.Threshold, threshold = c.amountOf(alarm.Unit(), amount.(*Amount), operator)
	return alarm, ok && sound && threshold
}

// math compiles an expression; nil if it is not sound.
func (c *compiler) math(a *RehearsedAlarm) *sim.AlarmMath {
	for name, given := range map[string]any{"consumer": a.Consumer, "shard": a.Shard, "statistic": a.Statistic} {
		if c.places[given] != nil {
			c.complain(codeConflict, given, "%s goes with a metric; of math each of its metrics has its own", name)
			return nil
		}
	}
	var terms []sim.AlarmTerm
	for i := range a.Math.Metrics {
		m := &a.Math.Metrics[i]
		w, ok := c.watched(m.Metric, &m.Metric, m.Consumer, m.Shard, &m.Statistic, a.Period)
		if !ok {
			return nil
		}
		if !termName.MatchString(m.ID) {
			c.complain(codeRange, &m.ID, "%s is no id: a lower-case letter, then letters, digits and _", shortened(m.ID))
			return nil
		}
		terms = append(terms, sim.AlarmTerm{ID: m.ID, Watched: w})
	}
	compiled, err := sim.NewAlarmMath(a.Math.Expression, terms)
	if err != nil {
		c.complain(codeRange, &a.Math.Expression, "%v", err)
	}
	return compiled
}

// termName is what CloudWatch takes for an id.
var termName = regexp.MustCompile("^[a-z][A-Za-z0-9_]*$")

// watched compiles a metric with its statistic, and tells whether it is sound.
func (c *compiler) watched(name AlarmMetric, at any, consumer *Name, shard *AlarmShard, statistic **AlarmStatistic, period Duration) (w sim.Watched, ok bool) {
	metric, found := sim.FindAlarmMetric(string(name))
	if !found {
		panic("scenarios: alarm metric " + string(name)) // the word was checked
	}
	if *statistic == nil {
		*statistic = ptr(AlarmStatistic(metric.Statistics[0]))
	}
	w = sim.Watched{Metric: metric.Name, Statistic: string(**statistic)}
	ok = true
	if consumer != nil {
		w.Consumer = string(*consumer)
		ok = c.fanoutOnly(name, consumer)
	}
	if shard != nil {
		if w.Shard = string(*shard); !metric.Shards {
			c.complain(codeConflict, shard, "kinesim has no %s of single shards", name)
			ok = false
		}
	}
	legal := append(slices.Clone(metric.Statistics), metric.Minutely...)
	switch {
	case !contains(legal, w.Statistic):
		c.fail(problem{code: codeConflict, message: fmt.Sprintf("%s has no statistic %s here", name, w.Statistic), accepted: strings.Join(legal, ", ")}, *statistic, at)
	case contains(metric.Minutely, w.Statistic) && period != Duration(time.Minute):
		c.fail(problem{code: codeConflict, message: fmt.Sprintf("the %s of minutes does not tell that of %s", w.Statistic, period), hint: "write period: 1m, or another statistic"}, *statistic, at)
	default:
		return w, ok
	}
	return w, false
}

// fanoutOnly holds the consumer of an alarm against the metric and the consumers there are.
func (c *compiler) fanoutOnly(metric AlarmMetric, consumer *Name) bool {
	switch {
	case metric != "SubscribeToShardEvent.MillisBehindLatest":
		c.complain(codeConflict, consumer, "CloudWatch has %s of the whole stream, not of one consumer", metric)
	case !contains(c.consumers, string(*consumer)):
		c.fail(problem{
			code: codeReference, message: fmt.Sprintf("there is no consumer %s", *consumer),
			accepted: strings.Join(c.consumers, ", "), hint: didYouMean(string(*consumer), c.consumers),
		}, consumer)
	default:
		return true
	}
	return false
}

// number reads a threshold that has no unit.
func (c *compiler) number(a *Amount, where string) (float64, bool) {
	x, err := strconv.ParseFloat(a.node.Value, 64)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		return 0, c.at(a.node, problem{code: codeShape, message: fmt.Sprintf("%s: %s is no number", where, shortened(a.node.Value)), accepted: "a bare number, as the expression gives"})
	}
	return x, true
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

// rings refuses an alarm that CloudWatch would refuse, or that cannot be reckoned.
func (c *compiler) rings(r *AlarmRing) bool {
	switch look := r.Period * Duration(r.Periods); {
	case r.Period%Duration(time.Minute) != 0:
		c.complain(codeRange, &r.Period, "a period of %s is not a whole number of minutes", r.Period)
	case look > Duration(24*time.Hour):
		c.complain(codeConflict, &r.Periods, "%d periods of %s are %s; an alarm looks back 24h at the most", r.Periods, r.Period, look)
	case *r.Datapoints > r.Periods:
		c.complain(codeConflict, r.Datapoints, "%d data points cannot breach in %s", *r.Datapoints, count(int(r.Periods), "period"))
	default:
		return true
	}
	return false
}
