package sim

import (
	"math"
	"time"

	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/metric"
)

// Metric is one thing that an expectation can be about.
type Metric struct {
	Name  string
	Unit  string   // of the result: ms, ratio, records, USD
	Stats []string // that may be asked for; the first is the default; empty: the metric is one number
	Of    string   // what it can be narrowed to: "producer", "consumer" or nothing
	Help  string

	recorders func(*world, *Expectation) []*metric.Recorder // for the metrics with statistics of values
	count     func(c *counters, e *Expectation, w *world) *float64
	worst     func(*Series, *Expectation, *world) []*float64 // by bin, where larger is worse
}

var delayStats = []string{"max", "mean", "p50", "p90", "p99", "p999"}

// Metrics are all metrics, in the order in which help shows them.
var Metrics = []Metric{
	{Name: "put_throttled_ratio", Unit: "ratio", Of: "producer", Help: "refused record attempts ÷ record attempts",
		count: producerRatio(func(t client.Tally) (int64, int64) { return t.Throttled, t.Attempts }), worst: worstThrottled},
	{Name: "put_failed_ratio", Unit: "ratio", Of: "producer", Help: "failed records ÷ offered records",
		count: producerRatio(func(t client.Tally) (int64, int64) { return t.Failed, t.Offered }), worst: worstFailed},
	{Name: "put_latency", Unit: "ms", Stats: delayStats, Of: "producer", Help: "from the first sending of an accepted record to the answer that accepted it",
		recorders: putLatencies, worst: worstPutLatency},
	{Name: "iterator_age", Unit: "ms", Stats: delayStats, Of: "consumer", Help: "age of the last record returned by each read; while a reader is too busy to call, age of its oldest unread record",
		recorders: consumerRecorders(func(k *client.Consumer) []*metric.Recorder {
			return []*metric.Recorder{&k.IteratorAge, &k.Silence}
		}),
		worst: worstConsumer(func(s *ConsumerSeries, bin int) *float64 { return s.IteratorAge[bin] })},
	{Name: "propagation_delay", Unit: "ms", Stats: delayStats, Of: "consumer", Help: "from acceptance by the stream to hand-over to the consumer",
		recorders: consumerRecorders(func(k *client.Consumer) []*metric.Recorder { return []*metric.Recorder{&k.Propagation} }),
		worst:     worstConsumer(func(s *ConsumerSeries, bin int) *float64 { return s.PropagationMax[bin] })},
	{Name: "end_to_end_latency", Unit: "ms", Stats: delayStats, Of: "consumer", Help: "from arising at the producer to processed by the consumer, with linger and retries",
		recorders: consumerRecorders(func(k *client.Consumer) []*metric.Recorder { return []*metric.Recorder{&k.EndToEnd} }),
		worst:     worstConsumer(func(s *ConsumerSeries, bin int) *float64 { return s.EndToEndMax[bin] })},
	{Name: "read_throttled_ratio", Unit: "ratio", Of: "consumer", Help: "refused GetRecords calls ÷ calls",
		count: readRatio, worst: worstReads},
	{Name: "backlog_records", Unit: "records", Stats: []string{"max", "end"}, Of: "consumer", Help: "largest backlog of a consumer, or the one at the end",
		count: backlog, worst: worstBacklog},
	{Name: "expired_records", Unit: "records", Of: "consumer", Help: "records that left the stream unread",
		count: consumerCount(func(r client.Reads) int64 { return r.Expired })},
	{Name: "duplicate_records", Unit: "records", Of: "consumer", Help: "records handed over more than once",
		count: consumerCount(func(r client.Reads) int64 { return r.Duplicates })},
	{Name: "repeated_records", Unit: "records", Of: "consumer", Help: "records whose processing had its effect twice",
		count: repeated},
	{Name: "failed_records", Unit: "records", Of: "producer", Help: "records that producers gave up",
		count: producerCount(func(t client.Tally) int64 { return t.Failed }), worst: worstFailed},
	{Name: "pending_records", Unit: "records", Of: "producer", Help: "records still waiting at the end",
		count: producerCount(func(t client.Tally) int64 { return t.Waiting })},
	{Name: "put_duplicates", Unit: "records", Of: "producer", Help: "copies in the stream: sent again after no answer came in time",
		count: producerCount(func(t client.Tally) int64 { return t.Duplicates })},
	{Name: "reordered_records", Unit: "records", Of: "producer", Help: "records stored after one of their key that arose later, because they were sent again",
		count: producerCount(func(t client.Tally) int64 { return t.Reordered })},
	{Name: "dropped_records", Unit: "records", Of: "producer", Help: "records that found a producer's buffer full",
		count: producerCount(func(t client.Tally) int64 { return t.Dropped })},
	{Name: "shard_utilization", Unit: "ratio", Stats: []string{"max", "p50", "p99"}, Help: "accepted share of a shard's limit, the larger of bytes and records, over shards and whole seconds",
		recorders: func(w *world, _ *Expectation) []*metric.Recorder { return []*metric.Recorder{&w.observer.utilization} }},
	{Name: "open_shards", Unit: "shards", Stats: []string{"max", "min", "end"}, Help: "open shards, looked at when no change of them is under way",
		count: openShards},
	{Name: "reshard_calls", Unit: "calls", Help: "calls of people and autoscalers to change the stream, without those that were refused",
		count: callCount(false)},
	{Name: "refused_calls", Unit: "calls", Help: "calls to change the stream that the service refused",
		count: callCount(true)},
	{Name: "cost_per_month", Unit: "USD", Help: "the monthly bill at the rates after warm-up"},
	{Name: "cost_of_run", Unit: "USD", Help: "what the run itself would have cost"},
}

// FindMetric is the metric of that name.
func FindMetric(name string) (*Metric, bool) {
	for i := range Metrics {
		if Metrics[i].Name == name {
			return &Metrics[i], true
		}
	}
	return nil, false
}

// recorders are what measures an expectation; none if it counts.
func (w *world) recorders(e *Expectation) []*metric.Recorder {
	if m, ok := FindMetric(e.Metric); ok && m.recorders != nil {
		return m.recorders(w, e)
	}
	return nil
}

// scale turns what a recorder holds into the unit of the result.
func (m *Metric) scale() float64 {
	return 1e-6 // nanoseconds in ms, and millionths of a limit
}

// judge measures and judges all expectations.
func (w *world) judge(cost Cost) ([]ExpectationResult, bool) {
	results, passed := make([]ExpectationResult, len(w.config.Expect)), true
	for i := range w.config.Expect {
		e := &w.config.Expect[i]
		m, ok := FindMetric(e.Metric)
		if !ok {
			panic("sim: expectation on unknown metric " + e.Metric)
		}
		r := e.judge(m, w.measure(e, m, w.observer.probes[i], cost))
		r.WorstAtS = w.worst(e, m)
		results[i] = r
		passed = passed && (r.Passed || e.Warn)
	}
	return results, passed
}

// measure is the value of an expectation's metric; nil when nothing was
// measured.
func (w *world) measure(e *Expectation, m *Metric, p *probe, cost Cost) *float64 {
	switch {
	case e.Metric == "cost_per_month":
		return &cost.PerMonth
	case e.Metric == "cost_of_run":
		return &cost.OfRun
	case m.recorders != nil && p != nil:
		value, _ := p.histogram.Stats(m.scale()).Of(e.Stat)
		return value
	case m.recorders != nil:
		var all metric.Histogram
		for _, r := range m.recorders(w, e) {
			all.Merge(r.Total())
		}
		value, _ := all.Stats(m.scale()).Of(e.Stat)
		return value
	case p != nil && !p.opened: // the run ended before the window began
		return nil
	case p != nil:
		c := p.now.minus(&p.start)
		for i := range c.consumers {
			c.consumers[i].most = p.most[i]
		}
		return m.count(&c, e, w)
	}
	c := w.afterWarmup()
	return m.count(&c, e, w)
}

// judge compares a measured value with the expectation.
func (e *Expectation) judge(m *Metric, measured *float64) ExpectationResult {
	r := ExpectationResult{
		Metric: e.Metric, Stat: e.Stat, Unit: m.Unit, Op: string(e.Op), Limit: e.Limit,
		Measured: measured, Severity: "error", File: e.File, Line: e.Line,
	}
	r.Where, r.During = e.Narrowed(), e.During()
	if e.Warn {
		r.Severity = "warn"
	}
	if e.Op == Between {
		upper := e.Upper
		r.Upper = &upper
	}
	if e.P < 1 {
		p := e.P
		r.P = &p
	}
	if measured != nil {
		r.Passed = e.meets(*measured)
		if e.Limit != 0 {
			margin := (e.Limit - *measured) / e.Limit
			r.Margin = &margin
		}
	}
	return r
}

// Narrowed is whom the expectation is about: "consumer lake"; "" if the whole stream.
func (e *Expectation) Narrowed() string {
	switch {
	case e.Consumer != "":
		return "consumer " + e.Consumer
	case e.Producer != "":
		return "producer " + e.Producer
	}
	return ""
}

// During is the window of the expectation: "2h..3h"; "" if it is the whole run.
func (e *Expectation) During() string {
	if !e.Windowed {
		return ""
	}
	return Trimmed(time.Duration(e.From)) + ".." + Trimmed(time.Duration(e.To))
}

// meets tells whether a value is as expected. Equality allows for the rounding
// of a ratio.
func (e *Expectation) meets(x float64) bool {
	switch e.Op {
	case Below:
		return x < e.Limit
	case Above:
		return x > e.Limit
	case Equals:
		return math.Abs(x-e.Limit) <= 1e-9*math.Max(1, math.Abs(e.Limit))
	default:
		return x >= e.Limit && x <= e.Upper
	}
}

// worst is the start of the bin, inside the window, in which the metric was
// worst; nil if it has no course over time or never left zero.
func (w *world) worst(e *Expectation, m *Metric) *float64 {
	if e.Metric == "shard_utilization" && !e.Windowed && w.observer.worstSecond.share > 0 {
		at := w.observer.worstSecond.at.Seconds()
		return &at
	}
	if m.worst == nil {
		return nil
	}
	s := &w.observer.series
	var at *float64
	most := 0.0
	for i, v := range m.worst(s, e, w) {
		from := des.Time(i) * w.observer.step
		if v == nil || *v <= most || from+w.observer.step <= max(e.From, w.warmup) || from >= e.To {
			continue
		}
		start := from.Seconds()
		most, at = *v, &start
	}
	return at
}
