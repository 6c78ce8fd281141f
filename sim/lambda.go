package sim

import (
	"kinesim/sim/client"
	"kinesim/sim/metric"
)

// Functions is what an event source mapping did.
type Functions struct {
	Invocations    int64        `json:"invocations"`
	Errors         int64        `json:"errors"`
	Throttled      int64        `json:"throttled"` // had to wait for others to end, for want of concurrency
	MaxConcurrency int          `json:"max_concurrency"`
	MeanBatch      float64      `json:"mean_batch_records"`
	Filtered       int64        `json:"filtered_records"`
	Sent           int64        `json:"sent_to_destination_records"`
	WindowEnds     int64        `json:"window_ends"`     // of the invocations: ends of tumbling windows, without records
	IteratorAge    metric.Stats `json:"iterator_age_ms"` // as Lambda defines it: of the last record of a batch when the function gets it
}

// lambdaResult is what an event source mapping did; nil of other consumers.
func lambdaResult(k *client.Consumer) *Functions {
	r := k.Lambda()
	if r == nil {
		return nil
	}
	f := &Functions{
		Invocations: r.Invocations, Errors: r.Failures, Throttled: r.Throttled, MaxConcurrency: r.MostRunning,
		Filtered: r.Filtered, Sent: r.Sent, WindowEnds: r.Closings, IteratorAge: r.Age,
	}
	if n := r.Invocations - r.Closings; n > 0 {
		f.MeanBatch = float64(r.Records) / float64(n)
	}
	return f
}
