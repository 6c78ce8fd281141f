package autoscale

import (
	"fmt"
	"slices"
	"time"

	"kinesim/model"
)

// Metric names what is watched: a metric of AWS/Kinesis under its own name, or a
// utilization, which operators reckon from them by metric math.
type Metric string

// The metrics. Utilization is the larger of the shares of bytes and of records that the
// open shards take; the shares alone are the other two.
const (
	IncomingBytes      Metric = "IncomingBytes"
	IncomingRecords    Metric = "IncomingRecords"
	WriteThrottled     Metric = "WriteProvisionedThroughputExceeded"
	ReadThrottled      Metric = "ReadProvisionedThroughputExceeded"
	IteratorAge        Metric = "GetRecords.IteratorAgeMilliseconds"
	Utilization        Metric = "utilization"
	BytesUtilization   Metric = "bytes_utilization"
	RecordsUtilization Metric = "records_utilization"
)

// Metrics lists all, in the order in which help shows them.
var Metrics = []Metric{IncomingBytes, IncomingRecords, WriteThrottled, ReadThrottled, IteratorAge, Utilization, BytesUtilization, RecordsUtilization}

// Statistic is what a data point is of the minutes in its period.
type Statistic string

// The statistics of CloudWatch that minute sums can give.
const (
	Sum     Statistic = "Sum"
	Average Statistic = "Average"
	Minimum Statistic = "Minimum"
	Maximum Statistic = "Maximum"
)

// share tells whether the metric is a utilization.
func (m Metric) share() bool {
	return m == Utilization || m == BytesUtilization || m == RecordsUtilization
}

// Statistics are those that the metric has here, the usual one first. Average, minimum
// and maximum of a count are, in CloudWatch, of single calls, which nobody should alarm
// on and which minutes do not tell; the age has no sum.
func (m Metric) Statistics() []Statistic {
	switch {
	case m.share():
		return []Statistic{Average, Maximum, Minimum}
	case m == IteratorAge:
		return []Statistic{Maximum}
	}
	return []Statistic{Sum}
}

func (m Metric) validate(s Statistic) error {
	if !slices.Contains(Metrics, m) {
		return fmt.Errorf("metric %q is not one of %v", m, Metrics)
	}
	if legal := m.Statistics(); s != "" && !slices.Contains(legal, s) {
		return fmt.Errorf("statistic %q of %s is not one of %v", s, m, legal)
	}
	return nil
}

// point is one data point, or its absence.
type point struct {
	value float64
	ok    bool
}

// capacity is what one shard takes a second, by someone's reckoning.
type capacity struct{ bytes, records int64 }

func writes(l *model.Limits) capacity {
	return capacity{int64(l.WriteBytesPerSecond), l.WriteRecordsPerSecond}
}

// published is what the autoscalers of others have in their source, whatever the
// limits of a scenario say.
var published = capacity{1 << 20, 1000}

// used is the share of bytes and of records that shards took in some minutes.
func (c capacity) used(minutes []Minute, shards int) (bytes, records float64) {
	b, r := int64(0), int64(0)
	for i := range minutes {
		b, r = b+minutes[i].IncomingBytes, r+minutes[i].IncomingRecords
	}
	seconds := float64(60 * len(minutes) * max(shards, 1))
	return float64(b) / (seconds * float64(c.bytes)), float64(r) / (seconds * float64(c.records))
}

// of is the data point of a period. A utilization is of the shards that are open now,
// also for periods in which there were others: CloudWatch has no metric of the number of
// shards, so metric math has today's number written into it.
func (m Metric) of(s Statistic, period []Minute, o *Observation) point {
	switch {
	case m == IteratorAge:
		return oldest(period)
	case !m.share():
		return point{m.sum(period), true}
	case s == Maximum || s == Minimum:
		p := m.use(period[:1], o)
		for i := range period[1:] {
			if u := m.use(period[i+1:i+2], o); s == Maximum {
				p = max(p, u)
			} else {
				p = min(p, u)
			}
		}
		return point{p, true}
	}
	return point{m.use(period, o), true}
}

func (m Metric) use(minutes []Minute, o *Observation) float64 {
	switch bytes, records := writes(o.Limits).used(minutes, o.OpenShards); m {
	case BytesUtilization:
		return bytes
	case RecordsUtilization:
		return records
	default:
		return max(bytes, records)
	}
}

func (m Metric) sum(minutes []Minute) float64 {
	total := int64(0)
	for i := range minutes {
		switch n := &minutes[i]; m {
		case IncomingBytes:
			total += n.IncomingBytes
		case IncomingRecords:
			total += n.IncomingRecords
		case WriteThrottled:
			total += n.WriteThrottled
		case ReadThrottled:
			total += n.ReadThrottled
		default:
			panic(fmt.Sprintf("autoscale: %s has no sum", m))
		}
	}
	return float64(total)
}

// oldest is the largest iterator age of some minutes, in milliseconds.
func oldest(minutes []Minute) (p point) {
	for i := range minutes {
		if n := &minutes[i]; n.HasAge {
			p = point{max(p.value, float64(n.IteratorAge)/1e6), true}
		}
	}
	return p
}

// format writes a value with its unit.
func (m Metric) format(v float64) string {
	switch {
	case m.share():
		return percent(v)
	case m == IteratorAge:
		return (time.Duration(v) * time.Millisecond).String()
	case m == IncomingBytes:
		return model.Bytes(v).String()
	}
	return fmt.Sprintf("%.0f", v)
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
