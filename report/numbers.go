package report

import (
	"strconv"
	"strings"

	"kinesim/sim"
	"kinesim/sim/metric"
)

func uintText(n uint64) string { return strconv.FormatUint(n, 10) }

// headlines are the five numbers beside the verdict.
func (b *builder) headlines() []Fact {
	s := b.r.Stream
	facts := []Fact{
		{"refused", percent(b.refusedShare()), "of " + count(b.attempts) + " write attempts"},
		{"busiest shard", "–", "of its limit, in its busiest second"},
		{"iterator age", "–", "no consumer made a read"},
		{"delay p99", "–", "no record was delivered"},
		{"cost", money(b.r.Cost.PerMonth), "a month at this rate"},
	}
	if s.Utilization.Max != nil {
		facts[1].Value = percent(*s.Utilization.Max)
	}
	if worst := b.farthestBehind(); worst.name != "" {
		facts[2].Value, facts[2].Note = duration(worst.age), "at most, of consumer "+worst.name
	}
	if name, worst := b.worstConsumer(func(c *sim.ConsumerResult) *float64 { return c.PropagationDelay.P99 }); worst != nil {
		facts[3].Value, facts[3].Note = duration(*worst), "from accepted to consumer "+name
	}
	return facts
}

// lag is how far behind a consumer was.
type lag struct {
	name string  // fit to be shown; empty where no consumer made a read
	age  float64 // ms
	at   string  // "at 2h24m"; empty when unknown
}

// farthestBehind is the largest iterator age of all consumers. A consumer that
// is too busy to call shows none, so the age of its oldest unread record counts
// as well, as it does in expectations, which saw it more often than the series.
func (b *builder) farthestBehind() lag {
	var worst lag
	consider := func(name string, age float64, at string) {
		if worst.name == "" || age > worst.age {
			worst = lag{shown(name), age, at}
		}
	}
	for i := range b.r.Series.Consumers {
		k := &b.r.Series.Consumers[i]
		for _, points := range [][]Point{b.optional(k.IteratorAge), b.silence(k)} {
			if age, at := highest(points); age > 0 {
				consider(k.Name, age, b.binAt(at))
			}
		}
	}
	for i := range b.r.Consumers {
		if age := b.r.Consumers[i].IteratorAge.Max; age != nil {
			consider(b.r.Consumers[i].Name, *age, "")
		}
	}
	for i := range b.r.Expectations {
		e := &b.r.Expectations[i]
		name, ofConsumer := strings.CutPrefix(e.Where, "consumer ")
		if e.Metric == "iterator_age" && e.Stat == "max" && ofConsumer && e.Measured != nil && e.WorstAtS != nil {
			consider(name, *e.Measured, b.moments.at(*e.WorstAtS))
		}
	}
	return worst
}

// worstConsumer finds the consumer with the largest value; nil when none has
// one.
func (b *builder) worstConsumer(of func(*sim.ConsumerResult) *float64) (name string, worst *float64) {
	for i := range b.r.Consumers {
		c := &b.r.Consumers[i]
		if v := of(c); v != nil && (worst == nil || *v > *worst) {
			name, worst = shown(c.Name), v
		}
	}
	return name, worst
}

// numbers are the lines of numbers of a summary.
func (b *builder) numbers() []Fact {
	s := b.r.Stream
	facts := []Fact{{
		Label: "writes",
		Value: strings.Join([]string{
			count(s.OfferedRecords) + " offered", count(b.accepted()) + " accepted",
			count(s.WriteThrottled) + " attempts refused", count(b.failed) + " failed", count(b.pending) + " pending",
		}, " · "),
	}}
	for i := range b.r.Producers {
		if p := &b.r.Producers[i]; p.KPL && p.StoredRecords > 0 {
			facts = append(facts, Fact{Label: "packed", Value: shown(p.Name) + ": " + count(p.AcceptedRecords) + " user records in " + count(p.StoredRecords) +
				" Kinesis records, " + number(float64(p.AcceptedRecords)/float64(p.StoredRecords), digits) + " in each"})
		}
	}
	for i := range b.r.Faults {
		f := &b.r.Faults[i]
		facts = append(facts, Fact{Label: "fault", Value: b.befell(f)})
	}
	for _, of := range []func() (Fact, bool){b.autoscalerFact, b.scattered} {
		if f, ok := of(); ok {
			facts = append(facts, f)
		}
	}
	if text := b.unseen(); text != "" {
		facts = append(facts, Fact{Label: "CloudWatch", Value: text})
	}
	if text := b.outlasted(); text != "" {
		facts = append(facts, Fact{Label: "recovery", Value: text})
	}
	if again, ok := b.sentAgain(); ok {
		facts = append(facts, again)
	}
	if hot, ok := b.hottestShard(); ok {
		facts = append(facts, hot)
	}
	for i := range b.r.Consumers {
		facts = append(facts, b.consumerFact(&b.r.Consumers[i]))
	}
	return facts
}

// accepted is how many of the records that arose after warm-up were accepted, each
// counted once, so that the line adds up. What the stream took meanwhile is not the same:
// records that arose before and were accepted then, and copies.
func (b *builder) accepted() (n int64) {
	for i := range b.r.Producers {
		n += b.r.Producers[i].AcceptedRecords
	}
	return n
}

// sentAgain is what came of records that were not written at once, beside those
// that are given up; false where nothing came of it.
func (b *builder) sentAgain() (Fact, bool) {
	var failures, copies, reordered, dropped, unconfirmed int64
	for _, p := range b.r.Producers {
		failures, copies, reordered = failures+p.FailedAttempts, copies+p.DuplicateRecords, reordered+p.ReorderedRecords
		dropped, unconfirmed = dropped+p.DroppedRecords, unconfirmed+p.Unconfirmed
	}
	var parts []string
	for _, part := range []struct {
		n    int64
		what string
	}{
		{failures, " attempts failed by the service"}, {copies, " stored twice"}, {reordered, " out of order within their key"},
		{dropped, " dropped from full buffers"}, {unconfirmed, " given up although stored"},
	} {
		if part.n > 0 {
			parts = append(parts, count(part.n)+part.what)
		}
	}
	return Fact{Label: "sent again", Value: strings.Join(parts, " · ")}, len(parts) > 0
}

// hottestShard is the shard that was asked for most.
func (b *builder) hottestShard() (Fact, bool) {
	var hot *sim.ShardResult
	var all int64
	asked := func(s *sim.ShardResult) int64 { return s.IncomingRecords + s.WriteThrottled }
	for i := range b.r.Shards {
		s := &b.r.Shards[i]
		all += asked(s)
		if hot == nil || asked(s) > asked(hot) {
			hot = s
		}
	}
	if hot == nil || asked(hot) == 0 {
		return Fact{}, false
	}
	value := shown(hot.ID) + " · " + percent(float64(asked(hot))/float64(all)) + " of all attempts"
	if hot.WriteThrottled > 0 {
		value += " · " + percent(float64(hot.WriteThrottled)/float64(asked(hot))) + " of its own refused"
	}
	return Fact{Label: "hottest", Value: value}, true
}

// pair is "p50 120ms, p99 3.2s".
func pair(s metric.Stats) string {
	if s.P50 == nil || s.P99 == nil {
		return "–"
	}
	return "p50 " + duration(*s.P50) + ", p99 " + duration(*s.P99)
}

// orDash prints milliseconds, or a dash where nothing was measured.
func orDash(ms *float64) string {
	if ms == nil {
		return "–"
	}
	return duration(*ms)
}
