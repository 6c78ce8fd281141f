package scenarios

import (
	"slices"
	"testing"

	"kinesim/sim"
	"kinesim/sim/plan"
)

// TestGlossary: a report explains what it speaks of, and nothing else; every idea that the
// glossary can name is there.
func TestGlossary(t *testing.T) {
	r := &sim.Result{Resolution: "record"}
	r.Stream.Mode = "provisioned"
	names := func() (list []string) {
		for _, topic := range Glossary(r) {
			list = append(list, topic.Name)
		}
		return list
	}
	if got, want := names(), []string{"shard", "partition key", "provisioned"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	r.Stream.Mode, r.Resolution = "on_demand", "1s"
	r.Consumers = []sim.ConsumerResult{{Type: "efo", ExpiredRecords: 1}, {Type: "kcl"}}
	r.Changes, r.Alarms = make([]sim.ChangeResult, 1), make([]sim.AlarmResult, 1)
	r.Expectations = []sim.ExpectationResult{{Metric: "iterator_age"}, {Metric: "iterator_age"}}
	want := []string{"shard", "partition key", "retention", "checkpoint", "resharding", "on-demand", "EFO", "KCL", "exactly once", "alarm", "resolution of the engine", "iterator_age"}
	if got := names(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := PlanGlossary(&plan.Plan{Result: r, Candidates: []plan.Candidate{{Shards: 2}, {}}, Steps: make([]plan.Step, 1)}); len(got) != len(want)+1 {
		t.Errorf("a plan that weighs provisioned shards explains %d words, want %d and that", len(got), len(want))
	}
	if got := Glossary(r, &sim.Result{Stream: sim.StreamResult{Mode: "provisioned"}, Resolution: "record"}); len(got) != len(want)+1 {
		t.Errorf("two results: %d words, want those of either", len(got))
	}
	for kind, wanted := range readerIdeas {
		for _, name := range wanted {
			if found, _ := Explain(name); len(found) == 0 {
				t.Errorf("%s: %s is no idea", kind, name)
			}
		}
	}
}
