package sim

import "kinesim/sim/metric"

// Sample is one measure of a run, or of several runs: what runs are compared by.
type Sample struct {
	Metric string     `json:"metric"`
	Stat   string     `json:"stat,omitempty"`
	Where  string     `json:"where,omitempty"`  // "consumer fraud", "producer checkout", empty for the stream
	During string     `json:"during,omitempty"` // the window of an expectation
	Unit   string     `json:"unit"`
	Judged bool       `json:"judged,omitempty"` // measured for an expectation, which counts silent readers as well
	Values []*float64 `json:"values"`           // one a run, in the order of the seeds; null: not measured
}

// mostSampled is of how many runs a result keeps every value.
const mostSampled = 1_000

// sampled are the measures of many runs, which have one scenario and thus the same ones.
func sampled(all []*Result) []Sample {
	list := Samples(all[0])
	for _, r := range all[1:min(len(all), mostSampled)] {
		for i, s := range Samples(r) {
			list[i].Values = append(list[i].Values, s.Values...)
		}
	}
	return list
}

// Samples are all measures of one run, in an order that people read: what was
// expected, the stream, producers, consumers, the bill.
func Samples(r *Result) []Sample {
	var l sampler
	for i := range r.Expectations {
		e := &r.Expectations[i]
		l = append(l, Sample{Metric: e.Metric, Stat: e.Stat, Where: e.Where, During: e.During, Unit: e.Unit, Judged: true, Values: []*float64{e.Measured}})
	}
	var failed int64
	for i := range r.Producers {
		failed += r.Producers[i].FailedRecords
	}
	s := &r.Stream
	l.add("put_throttled_ratio", "", "", "ratio", ratio(r.Throttled()))
	l.add("put_failed_ratio", "", "", "ratio", ratio(failed, s.OfferedRecords))
	l.count("offered_records", "", "", s.OfferedRecords)
	l.count("incoming_records", "", "", s.IncomingRecords)
	l.add("shard_utilization", "max", "", "ratio", s.Utilization.Max)
	l.add("shard_utilization", "p99", "", "ratio", s.Utilization.P99)
	l.add("shard_utilization", "p50", "", "ratio", s.Utilization.P50)
	l.add("open_shards", "end", "", "shards", number(int64(s.OpenShards)))
	l.add("open_shards", "max", "", "shards", number(int64(s.MostShards)))
	for i := range r.Producers {
		l.producer(&r.Producers[i])
	}
	for i := range r.Consumers {
		l.consumer(&r.Consumers[i])
	}
	l.add("cost_per_month", "", "", "USD", &r.Cost.PerMonth)
	l.add("cost_of_run", "", "", "USD", &r.Cost.OfRun)
	return l
}

// sampler collects measures.
type sampler []Sample

func (l *sampler) add(name, stat, where, unit string, value *float64) {
	if value != nil { // not the result's own, which a caller may change
		v := *value
		value = &v
	}
	*l = append(*l, Sample{Metric: name, Stat: stat, Where: where, Unit: unit, Values: []*float64{value}})
}

func (l *sampler) count(name, stat, where string, n int64) {
	l.add(name, stat, where, "records", number(n))
}

func (l *sampler) delays(name, where string, s metric.Stats) {
	for _, stat := range delayStats {
		value, _ := s.Of(stat)
		l.add(name, stat, where, "ms", value)
	}
}

func (l *sampler) producer(p *ProducerResult) {
	where := "producer " + p.Name
	l.add("put_throttled_ratio", "", where, "ratio", ratio(p.ThrottledAttempts, p.Attempts))
	l.add("put_failed_ratio", "", where, "ratio", ratio(p.FailedRecords, p.OfferedRecords))
	l.delays("put_latency", where, p.PutLatency)
	l.count("failed_records", "", where, p.FailedRecords)
	l.count("dropped_records", "", where, p.DroppedRecords)
	l.count("pending_records", "", where, p.PendingRecords)
	l.count("put_duplicates", "", where, p.DuplicateRecords)
	l.count("reordered_records", "", where, p.ReorderedRecords)
}

func (l *sampler) consumer(c *ConsumerResult) {
	where := "consumer " + c.Name
	l.delays("iterator_age", where, c.IteratorAge)
	l.delays("propagation_delay", where, c.PropagationDelay)
	l.delays("end_to_end_latency", where, c.EndToEndLatency)
	l.add("read_throttled_ratio", "", where, "ratio", ratio(c.ReadThrottled, c.Calls))
	l.count("backlog_records", "max", where, c.MaxBacklog)
	l.count("backlog_records", "end", where, c.BacklogRecords)
	l.count("received_records", "", where, c.ReceivedRecords)
	l.count("expired_records", "", where, c.ExpiredRecords)
	l.count("duplicate_records", "", where, c.DuplicateRecords)
	l.count("repeated_records", "", where, c.RepeatedRecords)
}

// measure is what identifies a measure.
type measure struct{ metric, stat, where, during string }

func (s *Sample) measure() measure { return measure{s.Metric, s.Stat, s.Where, s.During} }

// headline tells whether a measure is among those that a comparison shows unasked.
func (s *Sample) headline() bool {
	if s.Judged {
		return true
	}
	switch s.Metric {
	case "put_throttled_ratio", "put_failed_ratio":
		return s.Where == ""
	case "put_latency", "propagation_delay", "end_to_end_latency":
		return s.Stat == "p99"
	case "iterator_age", "backlog_records":
		return s.Stat == "max" || s.Stat == "p99" || s.Stat == "end"
	case "shard_utilization":
		return s.Stat == "max"
	case "open_shards":
		return s.Stat == "end"
	case "cost_of_run", "offered_records", "received_records":
		return false
	}
	return true
}

// worse is 1 for a measure of which more is worse, −1 where less is, 0 for one that is
// neither.
func (s *Sample) worse() int {
	switch s.Metric {
	case "incoming_records", "received_records":
		return -1
	case "shard_utilization", "open_shards", "reshard_calls", "offered_records":
		return 0
	}
	return 1
}
