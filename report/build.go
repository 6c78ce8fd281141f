package report

import (
	"bytes"
	"encoding/json"
	"strings"

	"kinesim/sim"
)

// Build makes a document of a result. It takes the result as it is and does not
// change it.
func Build(r *sim.Result) *Document {
	b := newBuilder(r)
	d := &Document{
		Name:        b.name,
		Description: shownText(r.Scenario.Description),
		Setting:     b.setting(),
		Reproduce:   shownText(r.Reproduce),
		Fingerprint: r.Fingerprint,
		Config:      indented(r.Config),
		Replicated:  b.replicated(),
		Result:      r,
	}
	d.Expected = b.expectations()
	d.Verdict = b.verdict()
	d.Headlines = b.headlines()
	d.Numbers = b.numbers()
	d.Causes = b.causes()
	d.Changes, d.Change = b.changeLines(), b.changeTable()
	d.Compared, d.Comparison = b.comparisonLines(), b.comparisonTable()
	d.Alarmed, d.Alarms, d.Troubles = b.alarmLines(), b.alarmTable(), b.troubleTable()
	d.Story = b.story()
	d.Sparks = b.sparks()
	d.Cost = b.cost()
	d.Producers, d.Consumers, d.Shards = b.producerTable(), b.consumerTable(), b.shardTable()
	d.Replication = b.replicationTable()
	d.Assumptions, d.Assumed = b.assumptions()
	d.Hangs, d.TryLimit = b.hangs(d.Assumptions)
	d.Warnings = b.warnings()
	for _, s := range r.NotModelled {
		d.NotModelled = append(d.NotModelled, shownText(s))
	}
	d.Figures, d.Events = b.figures(), b.events()
	return d
}

// builder holds what several parts of a document need.
type builder struct {
	r        *sim.Result
	name     string
	moments  moments
	span     float64 // seconds after warm-up, at least a nanosecond
	attempts int64   // records sent by producers, each time counted
	refused  int64   // of them refused
	failed   int64
	pending  int64
}

func newBuilder(r *sim.Result) *builder {
	ended := r.EndedAtS
	if ended == 0 && !r.Partial {
		ended = r.Clock.DurationS
	}
	b := &builder{
		r: r, name: shown(r.Scenario.Name), moments: newMoments(r.Clock.Start, ended),
		span: max(ended-r.Clock.WarmupS, 1e-9),
	}
	for _, p := range r.Producers {
		b.attempts += p.Attempts
		b.refused += p.ThrottledAttempts
		b.failed += p.FailedRecords
		b.pending += p.PendingRecords
	}
	return b
}

// refusedShare is refused attempts ÷ attempts; 0 without attempts.
func (b *builder) refusedShare() float64 {
	if b.attempts == 0 {
		return 0
	}
	return float64(b.refused) / float64(b.attempts)
}

// setting is the line that says what was run.
func (b *builder) setting() string {
	r := b.r
	parts := []string{
		b.shardSpan() + ", " + modeName(r.Stream.Mode),
		duration(r.Clock.DurationS*1e3) + " simulated",
	}
	if r.Clock.WarmupS > 0 {
		parts[1] += ", the first " + duration(r.Clock.WarmupS*1e3) + " as warm-up"
	}
	if r.Runs > 1 {
		parts = append(parts, count(int64(r.Runs))+" runs")
	}
	parts = append(parts, "resolution "+shown(r.Resolution), "seed "+uintText(r.Seed))
	return strings.Join(parts, " · ")
}

func modeName(mode string) string {
	switch mode {
	case "on_demand":
		return "on-demand"
	case "on_demand_advantage":
		return "on-demand advantage"
	}
	return shown(mode)
}

// warnings are those of the result, and one if the books do not balance.
func (b *builder) warnings() []string {
	var list []string
	if !b.r.Ledger.Holds {
		list = append(list, "the ledger does not balance: records were lost or made up, so do not trust these numbers")
	}
	for _, w := range b.r.Warnings {
		list = append(list, shownText(w))
	}
	return list
}

// indented lays out JSON for people; what is not JSON stays as it is.
func indented(raw json.RawMessage) string {
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return string(raw)
	}
	return out.String()
}
