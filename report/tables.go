package report

import (
	"fmt"
	"math"
	"strings"

	"kinesim/sim"
)

// columns makes the heads of a table; a name that begins with # is numeric.
func columns(names ...string) []Column {
	list := make([]Column, len(names))
	for i, n := range names {
		name, numeric := strings.CutPrefix(n, "#")
		list[i] = Column{name, numeric}
	}
	return list
}

func (b *builder) producerTable() Table {
	t := Table{
		Caption: "Producers: records that arose after warm-up",
		Columns: columns("producer", "#offered", "#accepted", "#failed", "#pending", "#attempts", "#refused", "#put p50", "#put p99", "#put max"),
	}
	for _, p := range b.r.Producers {
		refused := "0 %"
		if p.Attempts > 0 {
			refused = percent(float64(p.ThrottledAttempts) / float64(p.Attempts))
		}
		t.Rows = append(t.Rows, []string{
			shown(p.Name), count(p.OfferedRecords), count(p.AcceptedRecords), count(p.FailedRecords), count(p.PendingRecords),
			count(p.Attempts), refused, orDash(p.PutLatency.P50), orDash(p.PutLatency.P99), orDash(p.PutLatency.Max),
		})
	}
	if _, ok := b.sentAgain(); ok {
		b.addSentAgain(&t)
	}
	return t
}

// addSentAgain adds what came of records that were not written at once.
func (b *builder) addSentAgain(t *Table) {
	t.Columns = append(t.Columns, columns("#failed by the service", "#stored twice", "#out of order", "#dropped", "#given up although stored")...)
	for i, p := range b.r.Producers {
		t.Rows[i] = append(t.Rows[i], count(p.FailedAttempts), count(p.DuplicateRecords), count(p.ReorderedRecords), count(p.DroppedRecords), count(p.Unconfirmed))
	}
}

func (b *builder) consumerTable() Table {
	t := Table{
		Caption: "Consumers: records accepted after warm-up",
		Columns: columns("consumer", "type", "#received", "#backlog at the end", "#largest backlog", "#expired unread", "#reads refused",
			"#delay p50", "#delay p99", "#end to end p50", "#end to end p99", "#iterator age max"),
	}
	for _, c := range b.r.Consumers {
		t.Rows = append(t.Rows, []string{
			shown(c.Name), shown(c.Type), count(c.ReceivedRecords), count(c.BacklogRecords), count(c.MaxBacklog), count(c.ExpiredRecords),
			count(c.ReadThrottled), orDash(c.PropagationDelay.P50), orDash(c.PropagationDelay.P99),
			orDash(c.EndToEndLatency.P50), orDash(c.EndToEndLatency.P99), orDash(c.IteratorAge.Max),
		})
	}
	b.addLosses(&t)
	return t
}

// mostShards is how many shards a table lists; there may be 20,000.
const mostShards = 100

// shardTable lists the shards in hash order; of very many, those that were
// asked for most.
func (b *builder) shardTable() Table {
	t := Table{
		Caption: "Shards in the order of their hash keys, after warm-up",
		Columns: columns("shard", "state", "#accepted records/s", "#accepted bytes/s", "#refused", "#share of attempts"),
	}
	shards := shardsByHash(b.r.Shards)
	var all int64
	for _, s := range shards {
		all += s.IncomingRecords + s.WriteThrottled
	}
	if len(shards) > mostShards {
		t.Caption = fmt.Sprintf("The %d busiest of %s, in the order of their hash keys, after warm-up", mostShards, plural(int64(len(shards)), "shard"))
		shards = busiest(shards, mostShards)
	}
	for _, s := range shards {
		share := 0.0
		if all > 0 {
			share = float64(s.IncomingRecords+s.WriteThrottled) / float64(all)
		}
		t.Rows = append(t.Rows, []string{
			shown(s.ID), shown(s.State), number(float64(s.IncomingRecords)/b.life(&s), digits),
			dataSize(float64(s.IncomingBytes)/b.life(&s)) + "/s", count(s.WriteThrottled), percent(share),
		})
	}
	return t
}

func (b *builder) cost() Cost {
	c := Cost{PerMonth: money(b.r.Cost.PerMonth), OfRun: money(b.r.Cost.OfRun)}
	c.Table = Table{Caption: "The monthly bill, at the rates after warm-up", Columns: columns("item", "#quantity", "unit", "#USD")}
	for _, i := range b.r.Cost.Items {
		quantity := number(i.Quantity, 5)
		if i.Quantity == math.Trunc(i.Quantity) && math.Abs(i.Quantity) < 1<<53 {
			quantity = count(int64(i.Quantity))
		}
		t := money(i.USD)
		c.Table.Rows = append(c.Table.Rows, []string{shown(i.Item), quantity, shown(i.Unit), t[:len(t)-len(" USD")]})
	}
	return c
}

// replicated is the line on several runs.
func (b *builder) replicated() string {
	p := b.r.Replications
	if p == nil {
		return ""
	}
	return plural(int64(p.Runs), "run") + " with seeds of their own; the numbers below are those of run 1, seed " + uintText(b.r.Seed)
}

func (b *builder) replicationTable() Table {
	t := Table{
		Caption: "All runs: mean, its 95 % interval, and the extremes",
		Columns: columns("metric", "#mean", "#95 % interval", "#smallest", "#largest", "#met in"),
	}
	if b.r.Replications == nil {
		return t
	}
	for _, m := range b.r.Replications.Metrics {
		unit := unitOf(m.Metric)
		met := ""
		if m.PPass != nil {
			met = percent(*m.PPass)
		}
		text := shown(m.Metric)
		if m.Stat != "" {
			text += " " + shown(m.Stat)
		}
		if m.Where != "" {
			text += " of " + shownWhere(m.Where)
		}
		low, high := apart(m.CI95Low, m.CI95High, unit)
		t.Rows = append(t.Rows, []string{
			text, quantity(m.Mean, unit, digits), low + " – " + high,
			quantity(m.Min, unit, digits), quantity(m.Max, unit, digits), met,
		})
	}
	return t
}

// unitOf is the unit of a metric.
func unitOf(name string) string {
	if m, ok := sim.FindMetric(name); ok {
		return m.Unit
	}
	return ""
}
