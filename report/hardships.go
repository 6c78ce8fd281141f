package report

import (
	"fmt"
	"strings"

	"kinesim/sim"
)

// befell says what a fault did, for those that befell a consumer: how it was noticed
// and overcome, how far behind the consumer was, and what came twice or not at all.
func (b *builder) befell(f *sim.FaultResult) string {
	text := shownText(f.Text) + " " + b.moments.between(f.FromS, min(f.ToS, b.r.EndedAtS))
	r := f.Recovery
	if r == nil {
		return text
	}
	parts := []string{text}
	after := func(s *float64) string { return duration(*s * 1e3) }
	if r.DetectedS != nil && r.TakenOverS != nil {
		noticed := fmt.Sprintf("noticed after %s, %s read again after %s", after(r.DetectedS), plural(int64(r.TakenOver), "shard"), after(r.TakenOverS))
		if r.LeaderLost {
			noticed += " (the leader was among the dead, and its lock outlives it)"
		}
		parts = append(parts, noticed)
	}
	behind := "up to " + duration(r.PeakAgeMS) + " behind"
	switch {
	case r.CaughtUpS != nil:
		behind += ", level again after " + after(r.CaughtUpS)
	case r.EstimateS != nil:
		behind += ", not level again in this run"
	}
	parts = append(parts, behind)
	if r.CatchUpS != nil && r.EstimateS != nil && *r.EstimateS >= 1 {
		parts = append(parts, fmt.Sprintf("%s of backlog caught up with in %s (closed form: %s)", plural(r.BacklogAtPeak, "record"), after(r.CatchUpS), after(r.EstimateS)))
	}
	lost := lossWords(r.Duplicates, r.Failed, r.Expired)
	if n := len(lost); n > 0 && b.amid(f) {
		lost[n-1] += ", other faults of that time included"
	}
	return strings.Join(append(parts, lost...), "; ")
}

// amid tells whether the consumer of a fault had another one before it was level again.
func (b *builder) amid(f *sim.FaultResult) bool {
	level := func(f *sim.FaultResult) float64 {
		if r := f.Recovery; r != nil && r.CaughtUpS != nil {
			return max(f.ToS, f.FromS+*r.CaughtUpS)
		}
		return b.r.EndedAtS
	}
	for i := range b.r.Faults {
		if o := &b.r.Faults[i]; o != f && o.Consumer == f.Consumer && o.FromS < level(f) && f.FromS < level(o) {
			return true
		}
	}
	return false
}

// lossWords are what came twice or not at all, those that are not zero.
func lossWords(again, failed, expired int64) []string {
	var parts []string
	if again > 0 {
		parts = append(parts, count(again)+" came twice")
	}
	if failed > 0 {
		parts = append(parts, count(failed)+" given up")
	}
	if expired > 0 {
		parts = append(parts, count(expired)+" lost unread")
	}
	return parts
}

// consumerFact is the line of a consumer in a summary.
func (b *builder) consumerFact(c *sim.ConsumerResult) Fact {
	parts := []string{"delay " + pair(c.PropagationDelay), "iterator age max " + orDash(c.IteratorAge.Max)}
	parts = append(parts, "backlog "+count(c.BacklogRecords)+" at the end")
	parts = append(parts, lossWords(c.DuplicateRecords, c.FailedRecords, 0)...)
	if c.Deduplicated > 0 {
		parts = append(parts, count(c.Deduplicated)+" of them recognised by the sink")
	}
	if c.ExpiredRecords > 0 {
		lost := count(c.ExpiredRecords) + " expired unread"
		if c.FirstExpiredAtS != nil {
			lost += ", the first " + b.moments.at(*c.FirstExpiredAtS)
		}
		parts = append(parts, lost)
	}
	if c.UntilLossS != nil {
		parts = append(parts, "at this pace records are lost in "+duration(*c.UntilLossS*1e3))
	}
	if c.ReadThrottled > 0 {
		parts = append(parts, count(c.ReadThrottled)+" reads refused")
	}
	if l := c.Lambda; l != nil {
		parts = append(parts, fmt.Sprintf("%s, at most %d at a time", plural(l.Invocations, "invocation"), l.MaxConcurrency))
		if l.Errors > 0 {
			parts = append(parts, count(l.Errors)+" failed")
		}
	}
	if k := c.KCL; k != nil {
		if k.TableThrottled > 0 {
			parts = append(parts, fmt.Sprintf("%s of %s lease table writes refused, %s changed hands", count(k.TableThrottled), count(k.TableWrites), plural(int64(k.MoveCount-startMoves(k)), "lease")))
		}
		if k.UnseenShards > 0 {
			parts = append(parts, plural(int64(k.UnseenShards), "shard")+" that no worker knows of")
		}
	}
	return Fact{Label: shown(c.Name), Value: strings.Join(parts, " · ")}
}

// lostUnread is the clause of a verdict about records that left the stream unread;
// empty when none did.
func (b *builder) lostUnread() string {
	for i := range b.r.Consumers {
		c := &b.r.Consumers[i]
		if c.ExpiredRecords == 0 {
			continue
		}
		text := fmt.Sprintf("consumer %s lost %s unread", shown(c.Name), plural(c.ExpiredRecords, "record"))
		if c.FirstExpiredAtS != nil {
			text += ", the first " + b.moments.at(*c.FirstExpiredAtS)
		}
		return text
	}
	return ""
}

// addLosses adds to the table of consumers what came twice or not at all.
func (b *builder) addLosses(t *Table) {
	any := false
	for i := range b.r.Consumers {
		c := &b.r.Consumers[i]
		any = any || c.DuplicateRecords+c.RepeatedRecords+c.Deduplicated+c.FailedRecords > 0
	}
	if !any {
		return
	}
	t.Columns = append(t.Columns, columns("#came twice", "#with effects twice", "#given up")...)
	for i := range b.r.Consumers {
		c := &b.r.Consumers[i]
		t.Rows[i] = append(t.Rows[i], count(c.DuplicateRecords), count(c.RepeatedRecords), count(c.FailedRecords))
	}
}

// upperFirst begins a sentence with a clause.
func upperFirst(clause string) string {
	if clause == "" {
		return ""
	}
	return strings.ToUpper(clause[:1]) + clause[1:]
}

// shortShard is a shard by its number, for axes: "shard 7".
func shortShard(id string) string {
	n := strings.TrimLeft(strings.TrimPrefix(id, "shardId-"), "0")
	if n == "" {
		n = "0"
	}
	return "shard " + shown(n)
}
