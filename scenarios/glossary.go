package scenarios

import (
	"slices"

	"kinesim/sim"
	"kinesim/sim/plan"
)

// Glossary are the ideas and metrics that results speak of, in the order of Topics: what a
// reader of their report may not know yet.
func Glossary(results ...*sim.Result) []Topic {
	var spoken []string
	for _, r := range results {
		spoken = append(spoken, spokenOf(r)...)
	}
	return topicsOf(spoken)
}

// PlanGlossary are those that a plan speaks of, whose result is of the chosen capacity.
func PlanGlossary(p *plan.Plan) []Topic {
	spoken := []string{"alarm"} // which it proposes
	if p.Result != nil {
		spoken = append(spoken, spokenOf(p.Result)...)
	}
	for i := range p.Candidates {
		if p.Candidates[i].Shards == 0 {
			spoken = append(spoken, "on-demand")
		} else {
			spoken = append(spoken, "provisioned")
		}
	}
	if len(p.Steps) > 0 {
		spoken = append(spoken, "resharding")
	}
	return topicsOf(spoken)
}

// spokenOf are the names of ideas and metrics that a result speaks of.
func spokenOf(r *sim.Result) []string {
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
	for _, e := range r.Expectations {
		spoken = append(spoken, e.Metric)
	}
	return spoken
}

// topicsOf are the topics of names, each once.
func topicsOf(spoken []string) []Topic {
	var list []Topic
	for _, idea := range ideas() {
		if slices.Contains(spoken, idea.Name) {
			list = append(list, idea)
		}
	}
	for _, m := range sim.Metrics {
		if slices.Contains(spoken, m.Name) {
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
