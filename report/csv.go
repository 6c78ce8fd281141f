package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"kinesim/sim"
)

// csvColumn is one column of the series: its head, with the unit in it, and its
// value in a bin; empty where nothing was measured.
type csvColumn struct {
	head string
	cell func(bin int) string
}

// writeCSV writes the series, a row for each bin and a column for each measure.
// Names are those of the json format; those of producers and consumers have
// their name before them.
func writeCSV(w io.Writer, d *Document) error {
	s := &d.Result.Series
	list := append([]csvColumn{{"time_s", func(bin int) string { return decimal(float64(bin) * s.StepS) }}}, streamColumns(&s.Stream)...)
	for i := range s.Producers {
		p := &s.Producers[i]
		name := fmt.Sprintf("producer.%s.", shown(p.Name))
		list = append(list, whole(name+"pending_records", p.PendingRecords), measured(name+"put_latency_p50_ms", p.PutLatencyP50),
			measured(name+"put_latency_p99_ms", p.PutLatencyP99), measured(name+"put_latency_max_ms", p.PutLatencyMax))
	}
	for i := range s.Consumers {
		list = append(list, consumerColumns(&s.Consumers[i])...)
	}
	out := csv.NewWriter(w)
	row := make([]string, len(list))
	for i, c := range list {
		row[i] = c.head
	}
	if err := out.Write(row); err != nil {
		return err
	}
	for bin := range s.Bins {
		for i, c := range list {
			row[i] = c.cell(bin)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func streamColumns(s *sim.StreamSeries) []csvColumn {
	return []csvColumn{
		whole("offered_records", s.OfferedRecords), whole("offered_bytes", s.OfferedBytes),
		whole("incoming_records", s.IncomingRecords), whole("incoming_bytes", s.IncomingBytes),
		whole("write_provisioned_throughput_exceeded_records", s.ThrottledRecords), whole("throttled_bytes", s.ThrottledBytes),
		whole("retried_records", s.RetriedRecords), whole("failed_records", s.FailedRecords),
		{"open_shards", func(bin int) string { return strconv.Itoa(s.OpenShards[bin]) }},
		level("capacity_records_per_s", s.CapacityRecordsPerS), level("capacity_bytes_per_s", s.CapacityBytesPerS),
		level("peak_attempted_records_per_s", s.PeakAttemptedRecords), level("peak_attempted_bytes_per_s", s.PeakAttemptedBytes),
	}
}

func consumerColumns(c *sim.ConsumerSeries) []csvColumn {
	name := fmt.Sprintf("consumer.%s.", shown(c.Name))
	list := []csvColumn{
		whole(name+"received_records", c.ReceivedRecords),
		whole(name+"read_provisioned_throughput_exceeded_calls", c.ReadThrottled),
		whole(name+"backlog_records", c.BacklogRecords), level(name+"oldest_unread_ms", c.OldestUnread),
		measured(name+"iterator_age_max_ms", c.IteratorAge),
		measured(name+"propagation_delay_p50_ms", c.PropagationP50), measured(name+"propagation_delay_p99_ms", c.PropagationP99),
		measured(name+"propagation_delay_max_ms", c.PropagationMax),
		measured(name+"end_to_end_latency_p50_ms", c.EndToEndP50), measured(name+"end_to_end_latency_p99_ms", c.EndToEndP99),
		measured(name+"end_to_end_latency_max_ms", c.EndToEndMax),
	}
	if c.Invocations != nil {
		list = append(list, whole(name+"invocations_at_a_time", c.Invocations))
	}
	return list
}

func whole(head string, values []int64) csvColumn {
	return csvColumn{head, func(bin int) string { return strconv.FormatInt(values[bin], 10) }}
}

func level(head string, values []float64) csvColumn {
	return csvColumn{head, func(bin int) string { return decimal(values[bin]) }}
}

func measured(head string, values []*float64) csvColumn {
	return csvColumn{head, func(bin int) string {
		if values[bin] == nil {
			return ""
		}
		return decimal(*values[bin])
	}}
}

// decimal is the shortest number that reads back as x.
func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
