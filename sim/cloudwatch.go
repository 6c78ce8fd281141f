package sim

import (
	"fmt"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/metric"
)

// CloudWatch is the run as an operator sees it: by the minute, over the whole
// stream and late, under CloudWatch's own names, beside what these minutes hide.
type CloudWatch struct {
	PeriodS float64            `json:"period_s"` // 60; 300 or 3600 in long runs, as CloudWatch keeps old minutes
	DelayS  float64            `json:"delay_s"`  // from the end of a period until it can be seen
	Metrics []CloudWatchMetric `json:"metrics"`
	Hidden  Hidden             `json:"hidden"`
}

// CloudWatchMetric is one metric, a value for each period; null where CloudWatch
// has no data point.
type CloudWatchMetric struct {
	Metric     string            `json:"metric"`
	Dimensions map[string]string `json:"dimensions,omitempty"` // beside the stream's name
	Statistic  string            `json:"statistic"`
	Unit       string            `json:"unit"`
	Values     []*float64        `json:"values"`
}

// Hidden is what a period does not show, a value for each.
type Hidden struct {
	StreamUse    []float64 `json:"stream_use"`    // what CloudWatch's sums make of it: the larger of bytes and records over what all shards take
	BusiestShard []float64 `json:"busiest_shard"` // what the busiest shard was asked for in its busiest second, over its limit
	Shard        []string  `json:"shard"`         // which one that was
	WorstSecond  []int64   `json:"refused_in_worst_second"`
}

// periods are what CloudWatch keeps: minutes for 15 days, then five minutes for 63,
// then hours.
var periods = []struct{ period, upTo time.Duration }{
	{time.Minute, 24 * time.Hour}, {5 * time.Minute, 5 * 24 * time.Hour}, {time.Hour, 1 << 62},
}

// lens collects what CloudWatch would show.
type lens struct {
	world  *world
	period des.Time
	ages   []*metric.Histogram // of the period, by consumer
	last   lensTotals
	sums   map[string]*CloudWatchMetric
	result CloudWatch
	more   []apartMetric // that alarms watch beside

	asked   float64 // in the period so far: the busiest second of any shard
	shard   int
	refused int64 // in its worst second
}

// lensTotals are sums since the start of the run.
type lensTotals struct {
	meter         kinesis.Meter
	batch, single client.Tally // of producers with PutRecords, and with PutRecord
	calls         []int64      // by consumer
	throttled     []int64
}

func newLens(w *world) *lens {
	period := des.Time(0)
	for _, p := range periods {
		if period = des.Time(p.period); w.config.Clock.Duration <= p.upTo {
			break
		}
	}
	return newLensOf(w, period)
}

// newLensOf is a lens with that period, which alarms see while it is fresh.
func newLensOf(w *world, period des.Time) *lens {
	l := &lens{world: w, period: period, sums: map[string]*CloudWatchMetric{}}
	l.result.PeriodS, l.result.DelayS = l.period.Seconds(), w.config.Limits.CloudWatchDelay.Seconds()
	for _, k := range w.consumers {
		h := new(metric.Histogram)
		if k.Fanout() {
			k.Behind.Open(h)
		} else {
			k.IteratorAge.Open(h)
		}
		l.ages = append(l.ages, h)
	}
	l.last = l.totals()
	return l
}

func (l *lens) totals() lensTotals {
	w := l.world
	t := lensTotals{meter: w.observer.totals().meter}
	for _, p := range w.producers {
		if p.Config.Put.Single {
			t.single = t.single.Plus(p.Total())
		} else {
			t.batch = t.batch.Plus(p.Total())
		}
	}
	for _, k := range w.consumers {
		asked := k.Requests()
		t.calls, t.throttled = append(t.calls, asked.Calls), append(t.throttled, asked.Throttled)
	}
	return t
}

// second is told, at the end of each second, what a shard was asked for in it over
// its limit, and how much of that it refused.
func (l *lens) second(shard int, asked float64) {
	if asked > l.asked {
		l.asked, l.shard = asked, shard
	}
}

// endSecond is told how much all shards refused in a second.
func (l *lens) endSecond(now des.Time, refused int64) {
	l.refused = max(l.refused, refused)
	if now%l.period == 0 {
		l.endPeriod(now)
	}
}

// endPeriod gives every metric its value for the period.
func (l *lens) endPeriod(now des.Time) {
	w, t := l.world, l.totals()
	w.observer.endLaps()
	m, was := t.meter, l.last.meter
	span := float64((now-1)%l.period+1) / 1e9
	records, bytes := float64(m.IncomingRecords-was.IncomingRecords), float64(m.IncomingBytes-was.IncomingBytes)
	l.value("IncomingRecords", "Sum", "Count", nil, &records)
	l.value("IncomingBytes", "Sum", "Bytes", nil, &bytes)
	l.sum("WriteProvisionedThroughputExceeded", m.ThrottledRecords-was.ThrottledRecords)
	l.sum("ReadProvisionedThroughputExceeded", m.ReadThrottled-was.ReadThrottled)
	l.puts(t)
	l.reads(t)
	l.shards()
	h, limits, shards := &l.result.Hidden, &w.config.Limits, float64(w.stream.OpenShards().Len())
	use := max(records/span/float64(limits.WriteRecordsPerSecond), bytes/span/float64(limits.WriteBytesPerSecond)) / shards
	h.StreamUse = append(h.StreamUse, rounded(use))
	h.BusiestShard = append(h.BusiestShard, rounded(l.asked))
	h.Shard = append(h.Shard, w.stream.Shard(l.shard).ID.String())
	h.WorstSecond = append(h.WorstSecond, l.refused)
	l.last, l.asked, l.shard, l.refused = t, 0, 0, 0
}

// apartMetric is a metric that is looked at since an alarm watches it.
type apartMetric struct {
	Watched
	last int64 // of a shard: by the end of the period before
}

// percentiles are those of ages that alarms watch.
func (l *lens) percentiles() {
	for _, m := range l.more {
		q, ok := agePercentiles[m.Statistic]
		if !ok {
			continue
		}
		fanout := m.Metric == "SubscribeToShardEvent.MillisBehindLatest"
		var all metric.Histogram
		for i, k := range l.world.consumers {
			switch {
			case k.Fanout() != fanout:
			case fanout && (m.Consumer == "" || m.Consumer == k.Config.Name):
				l.value(m.Metric, m.Statistic, "Milliseconds", map[string]string{"ConsumerName": k.Config.Name}, millis(l.ages[i], q))
			case !fanout:
				all.Merge(l.ages[i])
			}
		}
		if !fanout {
			l.value(m.Metric, m.Statistic, "Milliseconds", nil, millis(&all, q))
		}
	}
}

// shards are the metrics of single shards that alarms watch. A shard that is not there
// yet, or takes nothing more since it is closed, has none.
func (l *lens) shards() {
	for i := range l.more {
		m := &l.more[i]
		if m.Shard == "" {
			continue
		}
		var v *float64
		for place := range l.world.stream.Shards() {
			if l.world.stream.Shard(place).ID.String() != m.Shard {
				continue
			}
			meter := l.world.stream.Meter(place)
			now := map[string]int64{
				"IncomingRecords": meter.IncomingRecords, "IncomingBytes": int64(meter.IncomingBytes),
				"WriteProvisionedThroughputExceeded": meter.ThrottledRecords, "ReadProvisionedThroughputExceeded": meter.ReadThrottled,
			}[m.Metric]
			if _, open := l.world.stream.OpenShards().Lookup(l.world.stream.Shard(place).ID); open || now > m.last {
				v = number(now - m.last)
			}
			m.last = now
		}
		l.value(m.Metric, m.Statistic, "Count", map[string]string{"ShardId": m.Shard}, v)
	}
}

// puts are the metrics of the two calls that write.
func (l *lens) puts(t lensTotals) {
	if batch := t.batch.Minus(l.last.batch); t.batch.Attempts > 0 {
		l.sum("PutRecords.TotalRecords", batch.Attempts)
		l.sum("PutRecords.SuccessfulRecords", batch.Stored)
		l.sum("PutRecords.FailedRecords", batch.Failures)
		l.sum("PutRecords.ThrottledRecords", batch.Throttled)
	}
	if single := t.single.Minus(l.last.single); t.single.Attempts > 0 {
		l.value("PutRecord.Success", "Average", "Count", nil, ratio(single.Stored, single.Attempts))
	}
}

// reads are the metrics of readers: classic ones all together, of enhanced fan-out
// each for itself.
func (l *lens) reads(t lensTotals) {
	var classic metric.Histogram
	calls, refused, any := int64(0), int64(0), false
	l.percentiles()
	for i, k := range l.world.consumers {
		if k.Fanout() {
			l.value("SubscribeToShardEvent.MillisBehindLatest", "Maximum", "Milliseconds", map[string]string{"ConsumerName": k.Config.Name}, millis(l.ages[i], 1000))
		} else {
			any = true
			classic.Merge(l.ages[i])
			calls, refused = calls+t.calls[i]-l.last.calls[i], refused+t.throttled[i]-l.last.throttled[i]
		}
		l.ages[i].Reset()
	}
	if any {
		l.value("GetRecords.IteratorAgeMilliseconds", "Maximum", "Milliseconds", nil, millis(&classic, 1000))
		l.value("GetRecords.Success", "Average", "Count", nil, ratio(calls-refused, calls))
	}
}

func (l *lens) sum(name string, n int64) { l.value(name, "Sum", "Count", nil, number(n)) }

// value adds the value of the current period to a metric, which had none in the
// periods before if it is new.
func (l *lens) value(name, statistic, unit string, dimensions map[string]string, v *float64) {
	key := fmt.Sprint(name, statistic, dimensions)
	m := l.sums[key]
	if m == nil {
		m = &CloudWatchMetric{Metric: name, Dimensions: dimensions, Statistic: statistic, Unit: unit, Values: make([]*float64, len(l.result.Hidden.StreamUse))}
		l.sums[key] = m
		l.result.Metrics = append(l.result.Metrics, CloudWatchMetric{Metric: key})
	}
	m.Values = append(m.Values, v)
}

// finish closes the last period and gives the result.
func (l *lens) finish(at des.Time) *CloudWatch {
	if at%l.period != 0 {
		l.endPeriod(at)
	}
	for i := range l.result.Metrics {
		l.result.Metrics[i] = *l.sums[l.result.Metrics[i].Metric]
	}
	return &l.result
}

// rounded keeps four decimals, which is more than a share needs.
func rounded(x float64) float64 { return float64(int64(float64(x*1e4)+0.5)) / 1e4 }

// asked is what a shard was asked for between two readings of its meter, the larger
// of its shares of the two limits over so many seconds.
func asked(now, before *kinesis.Meter, l *model.Limits, seconds float64) float64 {
	records := now.IncomingRecords + now.ThrottledRecords - before.IncomingRecords - before.ThrottledRecords
	bytes := now.IncomingBytes + now.ThrottledBytes - before.IncomingBytes - before.ThrottledBytes
	return capacityOf(l).share(records, bytes) / seconds
}

// capacity is what a shard takes in a second.
type capacity struct{ records, bytes float64 }

func capacityOf(l *model.Limits) capacity {
	return capacity{float64(l.WriteRecordsPerSecond), float64(l.WriteBytesPerSecond)}
}

// share is the larger share of the two that so many records and bytes take.
func (c capacity) share(records int64, bytes model.Bytes) float64 {
	ofRecords, ofBytes := float64(records)/c.records, float64(bytes)/c.bytes
	if ofBytes > ofRecords { // max of floats takes three times as long
		return ofBytes
	}
	return ofRecords
}
