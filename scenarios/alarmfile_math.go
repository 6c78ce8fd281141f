package scenarios

import (
	"fmt"
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"

	"kinesim/sim"
)

// describedMath is the metric math of an alarm that AWS describes.
type describedMath struct {
	node   *yaml.Node // as the scenario writes it
	period string     // in seconds
}

// mathName is a name in an expression: of a metric, an expression or a function.
var mathName = regexp.MustCompile(`[A-Za-z][A-Za-z0-9_]*`)

// mathOf makes math of this format of an alarm's Metrics, or says why it cannot be
// rehearsed. Expressions that others use are put in their place.
func (s *setter) mathOf(n *yaml.Node, streams map[string]bool) (m *describedMath, why string) {
	m = &describedMath{node: s.copied(n, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"})}
	expressions, result := map[string]string{}, ""
	list := s.copied(n, &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"})
	var terms []sim.AlarmTerm
	for _, part := range pair(n, "Metrics").Content {
		id, stat := pairText(part, "Id"), pair(part, "MetricStat")
		if pairText(part, "ReturnData") != "false" {
			result = id
		}
		if stat == nil {
			expressions[id] = pairText(part, "Expression")
			continue
		}
		w, why := s.termOf(part, stat, m, streams)
		if why != "" {
			return nil, why
		}
		terms = append(terms, sim.AlarmTerm{ID: id, Watched: w})
		b := alarmBuilder{setter: s, from: part, to: s.copied(part, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"})}
		b.add("Id", "id", id)
		b.add("MetricStat", "metric", w.Metric)
		b.add("MetricStat", "statistic", w.Statistic)
		b.add("MetricStat", "consumer", w.Consumer)
		b.add("MetricStat", "shard", w.Shard)
		list.Content = append(list.Content, b.to)
	}
	if _, single := expressions[result]; !single {
		expressions[result] = result // the data of one of the metrics
	}
	text := inlined(expressions, result, len(expressions))
	if text == "" {
		return nil, "none of its Metrics is its result: one has ReturnData true"
	}
	if _, err := sim.NewAlarmMath(text, terms); err != nil {
		return nil, err.Error()
	}
	b := alarmBuilder{setter: s, from: n, to: m.node}
	b.add("Metrics", "expression", text)
	m.node.Content = append(m.node.Content, s.copied(n, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "metrics"}), list)
	return m, ""
}

// termOf is a metric of math, with the period that all of them share.
func (s *setter) termOf(part, stat *yaml.Node, m *describedMath, streams map[string]bool) (w sim.Watched, why string) {
	metric := pair(stat, "Metric")
	period := pairText(stat, "Period")
	seconds, err := strconv.Atoi(period)
	switch {
	case metric == nil:
		return w, shortened(pairText(part, "Id")) + " of its Metrics has no metric"
	case pairText(metric, "Namespace") != "AWS/Kinesis":
		return w, fmt.Sprintf("%s of its Metrics is of %s", shortened(pairText(part, "Id")), shortened(pairText(metric, "Namespace")))
	case err != nil:
		return w, fmt.Sprintf("%s of its Metrics has no period", shortened(pairText(part, "Id")))
	case m.period != "" && m.period != period:
		return w, fmt.Sprintf("its metrics have periods of %ss and %ss; give them one", m.period, period)
	}
	m.period = period
	return s.metricOf(metric, metric, pairText(stat, "Stat"), seconds, false, streams)
}

// longestMath is how long an expression may become.
const longestMath = 4096

// inlined is an expression with others in the place of their names; deep is how many
// may be within each other.
func inlined(expressions map[string]string, id string, deep int) string {
	text := expressions[id]
	if deep == 0 || len(text) > longestMath {
		return text
	}
	return mathName.ReplaceAllStringFunc(text, func(name string) string {
		if _, ok := expressions[name]; !ok || name == id {
			return name
		}
		return "(" + inlined(expressions, name, deep-1) + ")"
	})
}
