package sim

import (
	"fmt"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/metric"
)

func (w *world) streamResult() StreamResult {
	limits := &w.config.Limits
	least, most, _ := w.plane.shards(0, des.Forever)
	r := StreamResult{
		LeastShards: least, MostShards: most,
		Mode: string(w.config.Stream.Mode), RetentionS: w.stream.Retention().Seconds(), OpenShards: w.stream.OpenShards().Len(),
		ShardRecordsPerS: float64(limits.WriteRecordsPerSecond),
		ShardBytesPerS:   float64(limits.WriteBytesPerSecond),
		Utilization:      w.observer.utilization.Total().Stats(1e-6),
	}
	r.ScatteredRecords = w.stream.Scattered()
	for _, p := range w.producers {
		t := p.Tally()
		r.OfferedRecords += t.Offered
		r.OfferedBytes += t.OfferedBytes
	}
	for i := range w.stream.Shards() {
		m, before := w.stream.Meter(i), w.observer.warm[i]
		r.IncomingRecords += m.IncomingRecords - before.IncomingRecords
		r.IncomingBytes += int64(m.IncomingBytes - before.IncomingBytes)
		r.WriteThrottled += m.ThrottledRecords - before.ThrottledRecords
		r.ReadThrottled += m.ReadThrottled - before.ReadThrottled
	}
	return r
}

func (w *world) shardResults() []ShardResult {
	now := w.engine.Now()
	results := make([]ShardResult, w.stream.Shards())
	for i := range results {
		s, m, before := w.stream.Shard(i), w.stream.Meter(i), w.observer.warm[i]
		results[i] = ShardResult{
			ID: s.ID.String(), ParentID: shardName(s.Parent), AdjacentParentID: shardName(s.AdjacentParent),
			StartingHashKey: s.Range.Start.String(), EndingHashKey: s.Range.End.String(), State: w.stream.State(now, i).String(),
			IncomingRecords: m.IncomingRecords - before.IncomingRecords,
			IncomingBytes:   int64(m.IncomingBytes - before.IncomingBytes),
			WriteThrottled:  m.ThrottledRecords - before.ThrottledRecords,
			ReadThrottled:   m.ReadThrottled - before.ReadThrottled,
		}
		began, ended := w.stream.Life(i)
		if results[i].OpenedAtS = began.Seconds(); ended != des.Forever {
			at := ended.Seconds()
			results[i].ClosedAtS = &at
		}
	}
	return results
}

func shardName(id model.ShardID) *string {
	if id == model.NoShard {
		return nil
	}
	name := id.String()
	return &name
}

func (w *world) producerResults() []ProducerResult {
	results := make([]ProducerResult, len(w.producers))
	for i, p := range w.producers {
		t := p.Tally()
		results[i] = ProducerResult{
			Name: p.Config.Name, OfferedRecords: t.Offered, OfferedBytes: t.OfferedBytes,
			AcceptedRecords: t.Accepted, FailedRecords: t.Failed, PendingRecords: t.Waiting, RejectedRecords: t.Rejected,
			KPL: p.Config.Put.KPL != nil, StoredRecords: t.Stored, DroppedRecords: t.Dropped, Unconfirmed: t.Unconfirmed, DuplicateRecords: t.Duplicates, ReorderedRecords: t.Reordered, FailedAttempts: t.Failures,
			Calls: p.Calls, Attempts: t.Attempts, ThrottledAttempts: t.Throttled,
			PutLatency: p.PutLatency.Total().Stats(1e-6),
		}
	}
	return results
}

func (w *world) consumerResults() []ConsumerResult {
	results := make([]ConsumerResult, len(w.consumers))
	for i, k := range w.consumers {
		r, asked := k.Reads(), k.Requests()
		backlog, old := k.Backlog()
		unread := backlog - old
		results[i] = ConsumerResult{
			Name: k.Config.Name, Type: k.Type(),
			ReceivedRecords: r.Received, ProcessedRecords: r.Processed, ExpiredRecords: r.Expired,
			DuplicateRecords: r.Duplicates, RepeatedRecords: r.Repeated, FailedRecords: r.Failed,
			BacklogRecords: unread, MaxBacklog: max(w.observer.backlog[i], unread),
			Calls: asked.Calls, EmptyCalls: asked.Empty, ReadThrottled: asked.Throttled, IteratorCalls: asked.Iterators, ExpiredIterators: asked.Stale,
			PropagationDelay: k.Propagation.Total().Stats(1e-6),
			EndToEndLatency:  k.EndToEnd.Total().Stats(1e-6),
			IteratorAge:      k.IteratorAge.Total().Stats(1e-6),
			Behind:           k.Behind.Total().Stats(1e-6),
			KCL:              w.fleetResult(k),
			Lambda:           lambdaResult(k),
		}
		if k.Config.Dedup {
			results[i].RepeatedRecords, results[i].Deduplicated = 0, r.Repeated
		}
		w.untilLoss(&results[i], i)
		if k.Total().Expired > 0 {
			at := k.FirstExpired().Seconds()
			results[i].FirstExpiredAtS = &at
		}
	}
	return results
}

// histograms are the laws of all delays.
func (w *world) histograms() []HistogramResult {
	results := []HistogramResult{}
	add := func(name, where string, h *metric.Histogram) {
		if h.Count() == 0 {
			return
		}
		r := HistogramResult{Metric: name, Where: where}
		h.Each(func(upper, count uint64) {
			r.UpperMS = append(r.UpperMS, float64(upper)/1e6)
			r.Counts = append(r.Counts, count)
		})
		results = append(results, r)
	}
	for _, p := range w.producers {
		add("put_latency", "producer "+p.Config.Name, p.PutLatency.Total())
	}
	for _, k := range w.consumers {
		where := "consumer " + k.Config.Name
		add("propagation_delay", where, k.Propagation.Total())
		add("end_to_end_latency", where, k.EndToEnd.Total())
		add("iterator_age", where, k.IteratorAge.Total())
	}
	return results
}

// assumptions are the constants that the run used.
func assumptions(c *Config) []Assumption {
	used := map[model.Part]bool{model.Always: true}
	for _, k := range c.Consumers {
		used[model.Fanout] = used[model.Fanout] || k.Kind.Fanout()
		used[model.Classic] = used[model.Classic] || !k.Kind.Fanout()
		switch k.Kind.(type) {
		case client.KCL:
			used[model.Leases] = true
		case client.Lambda:
			used[model.Functions] = true
		}
	}
	used[model.OnDemandMode] = c.mayBeOnDemand()
	used[model.Resharding] = used[model.OnDemandMode] || len(c.Reshard) > 0 || c.Autoscale != nil
	defaults := model.AWS2026()
	list := []Assumption{}
	for _, row := range model.Register {
		if !used[row.Used] {
			continue
		}
		list = append(list, Assumption{
			ID: row.Name, Value: row.Value(c.Limits), Source: row.Source, Kind: string(row.Kind), Range: row.Range,
			Help: row.Help, Register: row.ID, Overridden: row.Value(c.Limits) != row.Value(defaults),
		})
	}
	return list
}

// notModelled is what a reader of a result may miss.
var notModelled = []string{
	"Lambda: cold starts, its price, and how it retries when it is throttled itself",
	"KCL: the lease of a merged shard is made when its last parent is at its end, not its first; workers are balanced by their number of shards, not by their CPU",
	"UpdateShardCount: splits and merges in the order that the service would choose; ids follow the order assumed here",
	"failures of single reads: readers fail as a whole, where faults say so",
	"what other streams of the account take of its quotas, and its streams that are being created",
}

// warnings are doubts about numbers of the result.
func (w *world) warnings(r *Result) []string {
	var list []string
	for _, p := range r.Producers {
		if p.RejectedRecords > 0 {
			list = append(list, fmt.Sprintf("records of producer %s that the service rejected as too large: %d; a record may have %v with its key, and one that has more takes its whole call with it",
				p.Name, p.RejectedRecords, w.config.Stream.MaxRecordSize))
		}
	}
	for i, e := range r.Expectations {
		if n, ok := w.samples(i); ok && n < 10_000 && e.Stat == "p999" || ok && n < 1_000 && e.Stat == "p99" {
			what := e.Metric + " " + e.Stat
			if e.Where != "" {
				what += " of " + e.Where
			}
			list = append(list, fmt.Sprintf("%s rests on %d values: fewer than ten lie beyond it", what, n))
		}
	}
	for _, k := range r.Consumers {
		if k.BacklogRecords > 0 && 2*k.BacklogRecords > k.ReceivedRecords {
			list = append(list, fmt.Sprintf("consumer %s has %d records unread at the end, so its delays speak only of those it did read", k.Name, k.BacklogRecords))
		}
	}
	if n, within := w.stream.Folded(); n > 0 {
		list = append(list, fmt.Sprintf("%d records were read long after they came, when only sums over short spans were left of them: their number and bytes are exact, their delays are good to ±%v", n, within))
	}
	if c := w.config; c.Resolution.Tick() > 0 {
		why := ""
		if c.Choice != nil && c.Choice.By == "auto" {
			why = ", as auto has chosen (" + c.Choice.Why + ")"
		}
		list = append(list, fmt.Sprintf("played in spans of %v%s: against every record by itself, expect %s; records out of their order are not counted", c.Resolution.Tick(), why, c.Beside(c.Resolution)))
	}
	return list
}

// samples is how many values the statistic of an expectation rests on; ok is false
// if it is not one of values.
func (w *world) samples(expectation int) (n uint64, ok bool) {
	if p := w.observer.probes[expectation]; p != nil {
		return p.histogram.Count(), len(p.recorders) > 0
	}
	recorders := w.recorders(&w.config.Expect[expectation])
	for _, r := range recorders {
		n += r.Total().Count()
	}
	return n, len(recorders) > 0
}
