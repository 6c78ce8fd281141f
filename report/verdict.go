package report

import (
	"fmt"
	"strings"

	"kinesim/sim"
)

// verdict is the answer in one sentence: of a failure what went wrong, when,
// where and why; of a success how much room is left.
func (b *builder) verdict() Verdict {
	r := b.r
	v := Verdict{State: Done, Stopped: b.stopped()}
	var missed []*sim.ExpectationResult
	warned := 0
	for i := range r.Expectations {
		e := &r.Expectations[i]
		switch {
		case e.Severity == "warn" && !e.Passed:
			warned++
		case e.Severity != "warn":
			v.Of++
			if e.Passed {
				v.Met++
			} else {
				missed = append(missed, e)
			}
		}
	}
	if len(r.Expectations) > 0 {
		v.State = Passed
	}
	if !r.Passed {
		v.State = Failed
	}
	if v.Stopped != "" {
		v.Sentence = v.Stopped + ": "
	}
	switch {
	case len(missed) > 0:
		v.Sentence += b.failure(missed)
	case b.refused > 0 && v.State != Passed:
		v.Sentence += b.refusals()
	case b.refusedShare() > holdsStill:
		v.Sentence += b.expected()
	default:
		v.Sentence += b.success()
	}
	if warned > 0 {
		v.Sentence += "; " + plural(int64(warned), "expectation") + " of severity warn missed"
	}
	v.Sentence += "."
	return v
}

// stopped says where a partial run ended; empty for a whole one.
func (b *builder) stopped() string {
	r := b.r
	switch {
	case !r.Partial:
		return ""
	case r.Replications != nil && r.Replications.Runs < r.Runs:
		return fmt.Sprintf("stopped after %d of %d runs", r.Replications.Runs, r.Runs)
	}
	return "stopped at " + instant(r.EndedAtS, r.EndedAtS < 3600) + " of " + duration(r.Clock.DurationS*1e3)
}

// aboutWrites are the metrics that refused writes move.
var aboutWrites = map[string]bool{
	"put_throttled_ratio": true, "put_failed_ratio": true, "put_latency": true,
	"failed_records": true, "pending_records": true,
}

// failure tells of the missed expectations: of refused writes in full where
// they explain one, else of the first, and how many more there are.
func (b *builder) failure(missed []*sim.ExpectationResult) string {
	told := 0
	for i, e := range missed {
		if aboutWrites[e.Metric] && b.refused > 0 {
			missed[0], missed[i] = missed[i], missed[0]
			told = 1
			break
		}
	}
	sentence := ""
	if told == 1 {
		sentence = b.refusals()
	} else {
		sentence = b.miss(missed[0])
	}
	for _, e := range missed[1:] { // a reader's trouble is told beside a writer's
		if told == 1 && !aboutWrites[e.Metric] {
			sentence += "; " + b.miss(e)
			told++
			break
		}
	}
	if rest := len(missed) - max(told, 1); rest > 0 {
		sentence += fmt.Sprintf("; %s more missed", plural(int64(rest), "expectation"))
	}
	return sentence
}

// miss is one missed expectation as a clause.
func (b *builder) miss(e *sim.ExpectationResult) string {
	text := expectationText(e)
	if e.Measured == nil {
		return "nothing was measured for " + text + ", " + wanted(e) + " was wanted"
	}
	if e.PPass != nil && b.r.Replications != nil {
		share := "all"
		if e.P != nil {
			share = percent(*e.P)
		}
		return fmt.Sprintf("%s was %s, where it should be in %s of them", text, b.inRuns(e), share)
	}
	measured, _ := apart(*e.Measured, nearest(e), e.Unit)
	when := ""
	if e.WorstAtS != nil {
		when = " " + b.moments.at(*e.WorstAtS)
	}
	return fmt.Sprintf("%s was %s%s, %s was wanted", text, measured, when, wanted(e))
}

// inRuns is "below 0.5 % in 18 of 20 runs".
func (b *builder) inRuns(e *sim.ExpectationResult) string {
	alone := *e
	alone.P = nil
	return wanted(&alone) + strings.TrimPrefix(b.runs(e), "met")
}

// refusals tells how many writes were refused, when, on which shard, and why.
func (b *builder) refusals() string {
	sentence := percent(b.refusedShare()) + " of write attempts were refused"
	ranked, _ := b.rankedCauses()
	if len(ranked) == 0 {
		return sentence
	}
	top := together(ranked)[0].cause
	from, to := top.FromS, top.ToS
	for _, c := range b.r.Causes {
		from, to = min(from, c.FromS), max(to, c.ToS)
	}
	sentence += " " + b.moments.between(from, to)
	if share := b.shardRefusals(top.Shard); share > 0 {
		return sentence + "; " + percent(share) + " of them on shard " + shown(top.Shard) + ", because " + b.reason(top) + b.stayed()
	}
	if top.Shard != "" { // "4 shards"
		sentence += " on " + shown(top.Shard)
	}
	return sentence + ", because " + b.reason(top) + b.stayed()
}

// stayed adds to a sentence about refusals that they outlasted the overload.
func (b *builder) stayed() string {
	r := b.r.Recovery
	switch {
	case r == nil:
		return ""
	case r.RefusalsEnded == nil:
		return "; the load was back to normal at " + instant(r.OverloadEnded, false) + ", and the refusals stayed to the end of the run"
	}
	return "; the load was back to normal at " + instant(r.OverloadEnded, false) + ", and the refusals stayed until " + instant(*r.RefusalsEnded, false)
}

// shardRefusals is a shard's share of all refusals, echoes included.
func (b *builder) shardRefusals(id string) float64 {
	if b.r.Stream.WriteThrottled == 0 {
		return 0
	}
	for _, s := range b.r.Shards {
		if s.ID == id {
			return float64(s.WriteThrottled) / float64(b.r.Stream.WriteThrottled)
		}
	}
	return 0
}

// reason is why a cause refused writes, as a clause.
func (b *builder) reason(c *sim.Cause) string {
	shards, takes := b.shardSpan(), " take"
	switch {
	case b.changed():
		shards, takes = "shards", " took then"
	case b.r.Stream.OpenShards == 1:
		takes = " takes"
	}
	switch c.Cause {
	case "hot_key":
		asked := "more than one shard takes"
		if rate, limit := b.keyRate(c); rate > 0 {
			asked = limitRate(rate, c.Limit) + " and one shard takes " + limitRate(limit, c.Limit)
		} else if c.Load > 0 {
			asked = times(c.Load) + " what one shard takes"
		}
		if c.Key == "" {
			return "single keys asked for " + asked
		}
		return "key " + shown(c.Key) + " alone asked for " + asked
	case "hot_shard":
		return "its keys together asked for " + times(c.Load) + " what one shard takes"
	case "capacity":
		return "the stream was asked for " + times(c.Load) + " what its " + shards + takes
	case "burst":
		return "writes came in bursts faster than one shard takes, though it could carry their average"
	case "large_record":
		return "records much larger than the rest did not fit into what was left of the byte limit"
	case "retry_echo":
		return "records were sent again while the shard was still full"
	}
	return "of " + strings.ReplaceAll(shown(c.Cause), "_", " ")
}

// keyRate is what a cause's key asked for at its busiest, and what a shard
// takes, in the unit of the limit; 0 for a key that the result does not list.
func (b *builder) keyRate(c *sim.Cause) (rate, limit float64) {
	for _, k := range b.r.Keys {
		if k.Key != c.Key {
			continue
		}
		if c.Limit == "bytes" || k.Packed {
			return k.PeakBytesPerS, b.r.Stream.ShardBytesPerS
		}
		return k.PeakRecordsPerS, b.r.Stream.ShardRecordsPerS
	}
	return 0, 0
}

// farBehind is an iterator age, in milliseconds, that a summary does not pass
// over in silence; one that polls each second is seldom 5 s behind.
const farBehind = 10e3

// success tells what the stream held and how much room it had.
func (b *builder) success() string {
	s := b.r.Stream
	verb := " hold "
	if s.OpenShards == 1 {
		verb = " holds "
	}
	rate := b.shardSpan() + verb + number(float64(s.OfferedRecords)/b.span, digits) + " records/s on average"
	if s.OfferedRecords == 0 {
		rate = "no records were offered to " + plural(int64(s.OpenShards), "shard")
	}
	if max := s.Utilization.Max; max != nil {
		rate += "; the busiest second of any shard used " + percent(*max) + " of its limit"
		if *max > 1 && b.refused == 0 {
			rate += ", which its burst allowance took"
		}
	}
	if lost := b.lostUnread(); lost != "" {
		rate += "; " + lost
	} else if worst := b.farthestBehind(); worst.age >= farBehind {
		rate += "; consumer " + worst.name + " was up to " + duration(worst.age) + " behind"
	}
	if b.refused > 0 {
		rate += ", and " + percent(b.refusedShare()) + " of write attempts were refused, as the expectations allow"
	}
	return rate
}

// holdsStill is the share of refused attempts up to which a stream whose
// expectations are met is said to hold; beyond it, what happened comes first.
const holdsStill = 0.01

// expected tells of a run that met its expectations although many writes were
// refused: either that was what they wanted to show, or they allow it.
func (b *builder) expected() string {
	sentence := b.refusals()
	for i := range b.r.Expectations {
		e := &b.r.Expectations[i]
		if aboutWrites[e.Metric] && (e.Op == "above" || e.Op == "between" && e.Limit > 0) {
			return "as expected, " + sentence
		}
	}
	return sentence + ". The expectations allow it"
}

// times is "1.48 times", of a load that is more than what there is, and "slightly more than"
// where its digits do not show that.
func times(load float64) string {
	if load <= 0 {
		return "more than"
	}
	n := number(load, digits)
	if n == "1" && load > 1 {
		return "slightly more than"
	}
	return n + " times"
}

// limitRate is a rate in the unit of one of the two limits of a shard.
func limitRate(x float64, limit string) string {
	if limit == "bytes" {
		return dataSize(x) + "/s"
	}
	return number(x, digits) + " records/s"
}
