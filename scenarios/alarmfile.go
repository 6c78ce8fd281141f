package scenarios

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"kinesim/sim"
)

// maxAlarmFile is the largest file of alarms that is read: some 1,500 bytes for each of
// the 5,000 that an account may have.
const maxAlarmFile = 16 << 20

// alarmed puts the alarms of a file into the scenario, in the place of its own. The file
// is a YAML list of alarms as the scenario writes them, or below a key alarms, or what
// 'aws cloudwatch describe-alarms' prints, or a template of CloudFormation. Problems stand
// at its own lines.
func (c *checker) alarmed(root *yaml.Node, path string) *yaml.Node {
	text, err := readData(opened(path), maxAlarmFile)
	s := &setter{checker: c, source: &source{name: filepath.ToSlash(path), text: text}, path: []string{"alarms"}, column: []int{1}}
	if err != nil {
		c.problems = append(c.problems, s.source.unreadable(err.Error())...)
		return root
	}
	file := newChecker(s.source)
	file.what, file.tagged = "file", bytes.Contains(text, []byte(alarmResource))
	list := file.parse() // JSON is YAML
	c.problems = append(c.problems, file.problems...)
	if list == nil || file.problems.Errors() {
		return root
	}
	s.own(list)
	switch described, named := pair(list, "MetricAlarms"), pair(list, "alarms"); {
	case described != nil:
		list = s.described(list, described)
	case pair(list, "Resources") != nil:
		list = s.templated(list)
	case named != nil:
		list = named
	case list.Kind != yaml.SequenceNode:
		c.report(s.source, list, problem{
			code: codeShape, message: "the file has neither a list of alarms nor MetricAlarms",
			accepted: "a list such as - {name: age, metric: GetRecords.IteratorAgeMilliseconds, above: 30s}, what 'aws cloudwatch describe-alarms' prints, or a CloudFormation template",
		})
		return root
	}
	if s.value = list; list == nil {
		return root
	}
	if changed := s.put(root, reflect.TypeFor[Scenario](), 0); changed != nil {
		return changed
	}
	return root
}

// pair is the value of a key of a mapping; nil without it.
func pair(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// pairText is what a key of a mapping says; "" without it.
func pairText(n *yaml.Node, key string) string {
	if v := pair(n, key); v != nil && v.Kind == yaml.ScalarNode && v.Tag != "!!null" {
		return v.Value
	}
	return ""
}

// described makes alarms of this format of what describe-alarms prints. What cannot be
// rehearsed is left out with a warning that says why.
func (s *setter) described(root, list *yaml.Node) *yaml.Node {
	if pairText(root, "NextToken") != "" {
		s.report(s.source, pair(root, "NextToken"), problem{code: codeFile, message: "the file is not complete: it has a NextToken"})
		return nil
	}
	if list.Kind != yaml.SequenceNode {
		s.report(s.source, list, problem{code: codeShape, message: "MetricAlarms is " + describe(list), accepted: "a list"})
		return nil
	}
	return s.alarmsOf(list, list.Content)
}

// alarmsOf makes alarms of this format of alarms as AWS describes them, and says what of
// them is left out.
func (s *setter) alarmsOf(at *yaml.Node, described []*yaml.Node) *yaml.Node {
	alarms := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: at.Line, Column: at.Column}
	s.origin[alarms] = s.source
	streams, foreign := map[string]bool{}, 0
	for _, n := range described {
		switch space := pairText(n, "Namespace"); {
		case space != "AWS/Kinesis" && (space != "" || pair(n, "Metrics") == nil):
			foreign++
		default:
			if alarm := s.alarmOf(n, streams); alarm != nil {
				alarms.Content = append(alarms.Content, alarm)
			}
		}
	}
	s.leftOut(at, len(alarms.Content), foreign, streams)
	return alarms
}

// leftOut says in warnings what of the file is not of this stream.
func (s *setter) leftOut(list *yaml.Node, taken, foreign int, streams map[string]bool) {
	if foreign > 0 {
		s.skip(list, "left out: "+count(foreign, "alarm")+" of the file not of AWS/Kinesis")
	}
	if taken == 0 {
		s.report(s.source, list, problem{code: codeFile, message: "no alarm of the file can be rehearsed", accepted: "alarms on metrics of AWS/Kinesis"})
	}
	if len(streams) > 1 {
		names := make([]string, 0, len(streams))
		for name := range streams {
			names = append(names, name)
		}
		slices.Sort(names)
		s.skip(list, "the alarms are of the streams "+shortList(names)+"; all of them are rehearsed against this one")
	}
}

// skip warns of something in the file that is not rehearsed.
func (s *setter) skip(n *yaml.Node, message string) {
	s.report(s.source, n, problem{code: codeGap, warning: true, message: message})
}

// operatorsOf are the fields by the names of CloudWatch's comparisons.
var operatorsOf = func() map[string]string {
	of := map[string]string{}
	for name, operator := range operators {
		of[string(operator)] = name
	}
	return of
}()

// alarmOf is an alarm of this format; nil if it cannot be rehearsed.
func (s *setter) alarmOf(n *yaml.Node, streams map[string]bool) *yaml.Node {
	name := cmp.Or(pairText(n, "AlarmName"), "without a name")
	not := func(why string, arguments ...any) *yaml.Node {
		s.unrehearsed = append(s.unrehearsed, name)
		s.skip(n, "alarm "+shortened(name)+" is left out: "+fmt.Sprintf(why, arguments...))
		return nil
	}
	operator := operatorsOf[pairText(n, "ComparisonOperator")]
	threshold, fault := strconv.ParseFloat(pairText(n, "Threshold"), 64)
	period, math, why := pairText(n, "Period"), (*describedMath)(nil), ""
	if pair(n, "Metrics") != nil {
		if math, why = s.mathOf(n, streams); why != "" {
			return not("%s", why)
		}
		period = math.period
	}
	seconds, err := strconv.Atoi(period)
	switch {
	case operator == "":
		return not("%s", comparisonText(pairText(n, "ComparisonOperator")))
	case err != nil || seconds%60 != 0:
		return not("its period of %ss is no whole number of minutes", period)
	case fault != nil:
		return not("its threshold is no number")
	}
	b := alarmBuilder{setter: s, from: n, to: s.copied(n, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"})}
	b.add("AlarmName", "name", pairText(n, "AlarmName"))
	if math != nil {
		b.to.Content = append(b.to.Content, b.copied(n, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "math"}), math.node)
		b.add("Threshold", operator, strconv.FormatFloat(threshold, 'f', -1, 64))
	} else {
		m, why := s.metricOf(n, n, pairText(n, "Statistic")+pairText(n, "ExtendedStatistic"), seconds, operator == "above" && threshold == 0, streams)
		if why != "" {
			return not("%s", why)
		}
		b.add("MetricName", "metric", m.Metric)
		b.add("Statistic", "statistic", m.Statistic)
		b.add("Dimensions", "consumer", m.Consumer)
		b.add("Dimensions", "shard", m.Shard)
		watches := sim.Alarm{Watched: m}
		b.add("Threshold", operator, thresholdText(threshold, watches.Unit(), operator))
	}
	if pairText(n, "ActionsEnabled") == "false" {
		s.skip(n, "the actions of alarm "+shortened(name)+" are switched off: it rings and tells nobody")
	}
	b.add("Period", "period", (time.Duration(seconds) * time.Second).String())
	b.add("EvaluationPeriods", "evaluation_periods", pairText(n, "EvaluationPeriods"))
	b.add("DatapointsToAlarm", "datapoints_to_alarm", pairText(n, "DatapointsToAlarm"))
	b.add("TreatMissingData", "treat_missing_data", pairText(n, "TreatMissingData"))
	return b.to
}

func comparisonText(operator string) string {
	if operator == "" {
		return "it has no ComparisonOperator"
	}
	return "its comparison is " + shortened(operator)
}

// metricOf is the metric of an alarm, or of a part of its math, and why it cannot be
// rehearsed if so. anyAtAll: the alarm is about whether there was any.
func (s *setter) metricOf(n, dimensions *yaml.Node, statistic string, seconds int, anyAtAll bool, streams map[string]bool) (w sim.Watched, why string) {
	metric, known := sim.FindAlarmMetric(pairText(n, "MetricName"))
	if !known {
		return w, "kinesim does not reckon " + shortened(pairText(n, "MetricName"))
	}
	w = sim.Watched{Metric: metric.Name, Statistic: statistic}
	w.Shard, w.Consumer = s.dimensions(dimensions, streams)
	switch {
	case w.Shard != "" && !metric.Shards:
		return w, "kinesim has no " + metric.Name + " of single shards"
	case contains(metric.Minutely, statistic) && seconds != 60:
		return w, fmt.Sprintf("the %s of minutes does not tell that of %ds; a Period of 60 can be rehearsed", statistic, seconds)
	case contains(metric.Minutely, statistic) || contains(metric.Statistics, statistic):
		return w, ""
	case anyAtAll && metric.Statistics[0] == "Sum" && (statistic == "Average" || statistic == "Maximum"):
		// What is never negative has an average, or a maximum, above 0 where its sum is.
		w.Statistic = metric.Statistics[0]
		return w, ""
	}
	return w, fmt.Sprintf("minutes do not tell the %s of %s; they tell %s", statistic, metric.Name, strings.Join(append(slices.Clone(metric.Statistics), metric.Minutely...), ", "))
}

// dimensions are of which shard and which consumer an alarm is.
func (s *setter) dimensions(n *yaml.Node, streams map[string]bool) (shard, consumer string) {
	list := pair(n, "Dimensions")
	if list == nil {
		return "", ""
	}
	for _, d := range list.Content {
		switch value := pairText(d, "Value"); pairText(d, "Name") {
		case "StreamName":
			streams[value] = true
		case "ShardId":
			shard = value
		case "ConsumerName":
			consumer = value
		}
	}
	return shard, consumer
}

// thresholdText writes a threshold in its unit. Counts are whole, so a threshold between
// two of them is moved to the one that parts them in the same way.
func thresholdText(v float64, unit, operator string) string {
	plain := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	switch unit {
	case "ms":
		return plain(v) + "ms"
	case "ratio":
		return plain(math.Round(v*1e11)/1e9) + "%"
	}
	if operator == "above" || operator == "at_most" {
		v = math.Floor(v)
	} else {
		v = math.Ceil(v)
	}
	if unit == "bytes" {
		return plain(v) + "B"
	}
	return plain(v)
}

// alarmBuilder builds an alarm of this format whose parts know their places in the file.
type alarmBuilder struct {
	*setter
	from, to *yaml.Node
}

// add adds a field, where there is something to say, at the place of what it came from.
func (b *alarmBuilder) add(from, name, value string) {
	if value == "" {
		return
	}
	at := pair(b.from, from)
	if at == nil {
		at = b.from
	}
	v := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	if plainNumber.MatchString(value) {
		v.Tag = "!!int"
		if strings.Contains(value, ".") {
			v.Tag = "!!float"
		}
	}
	if name == "name" {
		v.Tag = "!!str"
	}
	key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}
	b.to.Content = append(b.to.Content, b.copied(at, key), b.copied(at, v))
}

// copied puts a node at the place of another one.
func (s *setter) copied(at, n *yaml.Node) *yaml.Node {
	n.Line, n.Column = at.Line, at.Column
	s.origin[n] = s.source
	return n
}
