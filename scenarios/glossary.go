package scenarios

import (
	"slices"

	"kinesim/sim"
)

// Glossary are the ideas and metrics that a result speaks of, in the order of Topics: what
// a reader of its report may not know yet.
func Glossary(r *sim.Result) []Topic {
	spoken := []string{"shard", "partition key", modeIdea(r.Stream.Mode)}
	for _, c := range r.Consumers {
		spoken = append(spoken, readerIdeas[c.Type]...)
		if c.ExpiredRecords > 0 {
			spoken = append(spoken, "retention")
		}
	}
	if len(r.Changes) > 0 || r.Autoscaler != nil {
		spoken = append(spoken, "resharding")
	}
	if len(r.Alarms) > 0 {
		spoken = append(spoken, "alarm")
	}
	if r.Resolution != "record" {
		spoken = append(spoken, "resolution of the engine")
	}
	var metrics []string
	for _, e := range r.Expectations {
		metrics = append(metrics, e.Metric)
	}
	var list []Topic
	for _, idea := range ideas() {
		if slices.Contains(spoken, idea.Name) {
			list = append(list, idea)
		}
	}
	for _, m := range sim.Metrics {
		if slices.Contains(metrics, m.Name) {
			list = append(list, metricTopic(&m))
		}
	}
	return list
}

// readerIdeas are the ideas that a kind of consumer builds on.
var readerIdeas = map[string][]string{
	"classic": {"classic"}, "efo": {"EFO"}, "firehose": {"classic"},
	"kcl": {"KCL", "checkpoint", "exactly once"}, "lambda": {"checkpoint", "exactly once"}, "flink": {"checkpoint", "exactly once"},
}

// modeIdea is the idea of a capacity mode; both kinds of on-demand are one.
func modeIdea(mode string) string {
	if mode == "provisioned" {
		return mode
	}
	return "on-demand"
}
