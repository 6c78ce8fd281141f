package report

import (
	"fmt"

	"kinesim/sim"
)

// checkShape makes sure that a result which was read from a file hangs together
// as Build expects it to: slices that belong together have one length.
func checkShape(r *sim.Result) error {
	s := &r.Series
	if s.Bins < 0 || s.Bins > 0 && !(s.StepS > 0) {
		return fmt.Errorf("series: %d bins of %v s", s.Bins, s.StepS)
	}
	t := &s.Stream
	lengths := []seriesLength{
		{"offered_records", len(t.OfferedRecords)}, {"offered_bytes", len(t.OfferedBytes)},
		{"incoming_records", len(t.IncomingRecords)}, {"incoming_bytes", len(t.IncomingBytes)},
		{"throttled_records", len(t.ThrottledRecords)}, {"throttled_bytes", len(t.ThrottledBytes)},
		{"retried_records", len(t.RetriedRecords)}, {"failed_records", len(t.FailedRecords)}, {"open_shards", len(t.OpenShards)},
		{"capacity_records_per_s", len(t.CapacityRecordsPerS)}, {"capacity_bytes_per_s", len(t.CapacityBytesPerS)},
		{"peak_attempted_records_per_s", len(t.PeakAttemptedRecords)}, {"peak_attempted_bytes_per_s", len(t.PeakAttemptedBytes)},
	}
	for i := range s.Producers {
		p := &s.Producers[i]
		lengths = append(lengths, seriesLength{"pending_records", len(p.PendingRecords)}, seriesLength{"put_latency_p50_ms", len(p.PutLatencyP50)},
			seriesLength{"put_latency_p99_ms", len(p.PutLatencyP99)}, seriesLength{"put_latency_max_ms", len(p.PutLatencyMax)})
	}
	for i := range s.Consumers {
		lengths = append(lengths, consumerLengths(&s.Consumers[i])...)
	}
	for _, l := range lengths {
		if l.length != s.Bins {
			return fmt.Errorf("series: %s has %d values for %d bins", l.name, l.length, s.Bins)
		}
	}
	for _, h := range r.Histograms {
		if len(h.UpperMS) != len(h.Counts) {
			return fmt.Errorf("histogram of %s: %d edges for %d counts", h.Metric, len(h.UpperMS), len(h.Counts))
		}
	}
	return checkHeatmap(&r.Heatmap)
}

type seriesLength struct {
	name   string
	length int
}

func consumerLengths(c *sim.ConsumerSeries) []seriesLength {
	list := []seriesLength{
		{"received_records", len(c.ReceivedRecords)}, {"read_throttled_calls", len(c.ReadThrottled)},
		{"backlog_records", len(c.BacklogRecords)}, {"oldest_unread_ms", len(c.OldestUnread)}, {"iterator_age_max_ms", len(c.IteratorAge)},
		{"propagation_delay_p50_ms", len(c.PropagationP50)}, {"propagation_delay_p99_ms", len(c.PropagationP99)},
		{"propagation_delay_max_ms", len(c.PropagationMax)}, {"end_to_end_latency_p50_ms", len(c.EndToEndP50)},
		{"end_to_end_latency_p99_ms", len(c.EndToEndP99)}, {"end_to_end_latency_max_ms", len(c.EndToEndMax)},
	}
	if c.Invocations != nil {
		list = append(list, seriesLength{"invocations_at_a_time", len(c.Invocations)})
	}
	return list
}

func checkHeatmap(h *sim.Heatmap) error {
	if len(h.Utilization) != len(h.Rows) || len(h.Throttled) != len(h.Rows) {
		return fmt.Errorf("heatmap: %d and %d rows of values for %d rows", len(h.Utilization), len(h.Throttled), len(h.Rows))
	}
	for r := range h.Rows {
		if len(h.Utilization[r]) != len(h.Utilization[0]) || len(h.Throttled[r]) != len(h.Utilization[0]) {
			return fmt.Errorf("heatmap: row %d is not as long as the first", r)
		}
	}
	return nil
}
