package sim

import (
	"time"

	"kinesim/sim/des"
	"kinesim/sim/metric"
)

// endBin adds one value to every series.
func (o *observer) endBin(now des.Time) {
	o.endLaps()
	t := o.totals()
	d := &o.series.Stream
	was := &o.last
	offered := t.producers.Offered - was.producers.Offered
	d.OfferedRecords = append(d.OfferedRecords, offered)
	d.OfferedBytes = append(d.OfferedBytes, t.producers.OfferedBytes-was.producers.OfferedBytes)
	d.RetriedRecords = append(d.RetriedRecords, t.producers.Attempts-was.producers.Attempts-offered)
	d.FailedRecords = append(d.FailedRecords, t.producers.Failed-was.producers.Failed)
	d.IncomingRecords = append(d.IncomingRecords, t.meter.IncomingRecords-was.meter.IncomingRecords)
	d.IncomingBytes = append(d.IncomingBytes, int64(t.meter.IncomingBytes-was.meter.IncomingBytes))
	d.ThrottledRecords = append(d.ThrottledRecords, t.meter.ThrottledRecords-was.meter.ThrottledRecords)
	d.ThrottledBytes = append(d.ThrottledBytes, int64(t.meter.ThrottledBytes-was.meter.ThrottledBytes))
	limits, open := &o.world.config.Limits, o.world.stream.OpenShards().Len()
	d.OpenShards = append(d.OpenShards, open)
	d.CapacityRecordsPerS = append(d.CapacityRecordsPerS, float64(open)*float64(limits.WriteRecordsPerSecond))
	d.CapacityBytesPerS = append(d.CapacityBytesPerS, float64(open)*float64(limits.WriteBytesPerSecond))
	if o.step < des.Time(time.Second) { // the bin is shorter than a second: its own rate is the peak
		span := (now - des.Time(o.series.Bins)*o.step).Seconds()
		o.peak[0] = float64(d.IncomingRecords[o.series.Bins]+d.ThrottledRecords[o.series.Bins]) / span
		o.peak[1] = float64(d.IncomingBytes[o.series.Bins]+d.ThrottledBytes[o.series.Bins]) / span
	}
	d.PeakAttemptedRecords = append(d.PeakAttemptedRecords, o.peak[0])
	d.PeakAttemptedBytes = append(d.PeakAttemptedBytes, o.peak[1])
	o.peak = [2]float64{}
	o.binProducers()
	o.binConsumers(now, t)
	o.last = t
	o.series.Bins++
}

func (o *observer) binProducers() {
	for i, p := range o.world.producers {
		s, h := &o.series.Producers[i], o.puts[i]
		s.PendingRecords = append(s.PendingRecords, p.Total().Waiting)
		s.PutLatencyP50 = append(s.PutLatencyP50, millis(h, 500))
		s.PutLatencyP99 = append(s.PutLatencyP99, millis(h, 990))
		s.PutLatencyMax = append(s.PutLatencyMax, millis(h, 1000))
		h.Reset()
	}
}

func (o *observer) binConsumers(now des.Time, t totals) {
	for i, k := range o.world.consumers {
		k.Expire(now)
		s, b := &o.series.Consumers[i], o.bins[i]
		s.ReceivedRecords = append(s.ReceivedRecords, t.reads[i].Received-o.last.reads[i].Received)
		s.ReadThrottled = append(s.ReadThrottled, t.throttled[i]-o.last.throttled[i])
		backlog, _ := k.Backlog()
		s.BacklogRecords = append(s.BacklogRecords, backlog)
		s.OldestUnread = append(s.OldestUnread, float64(k.OldestUnread(now))/1e6)
		s.IteratorAge = append(s.IteratorAge, millis(&b.age, 1000))
		s.PropagationP50 = append(s.PropagationP50, millis(&b.propagation, 500))
		s.PropagationP99 = append(s.PropagationP99, millis(&b.propagation, 990))
		s.PropagationMax = append(s.PropagationMax, millis(&b.propagation, 1000))
		s.EndToEndP50 = append(s.EndToEndP50, millis(&b.endToEnd, 500))
		s.EndToEndP99 = append(s.EndToEndP99, millis(&b.endToEnd, 990))
		s.EndToEndMax = append(s.EndToEndMax, millis(&b.endToEnd, 1000))
		if most, ok := k.Running(); ok {
			s.Invocations = append(s.Invocations, int64(most))
		}
		b.propagation.Reset()
		b.endToEnd.Reset()
		b.age.Reset()
	}
}

// millis is a quantile of nanoseconds in milliseconds; nil when there is none.
func millis(h *metric.Histogram, thousandths uint64) *float64 {
	if h.Count() == 0 {
		return nil
	}
	ms := float64(h.Quantile(thousandths)) / 1e6
	return &ms
}
