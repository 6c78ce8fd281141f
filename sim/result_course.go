package sim

// Series are what happened over time, in bins of StepS seconds from the start
// of the run. Every slice has one value a bin; a null is a bin in which nothing
// was measured.
type Series struct {
	StepS     float64          `json:"step_s"`
	Bins      int              `json:"bins"`
	Stream    StreamSeries     `json:"stream"`
	Producers []ProducerSeries `json:"producers"`
	Consumers []ConsumerSeries `json:"consumers"`
}

// StreamSeries are totals of each bin, but for the capacities and peaks, which
// are rates a second.
type StreamSeries struct {
	OfferedRecords       []int64   `json:"offered_records"` // sent for the first time
	OfferedBytes         []int64   `json:"offered_bytes"`
	IncomingRecords      []int64   `json:"incoming_records"` // accepted
	IncomingBytes        []int64   `json:"incoming_bytes"`
	ThrottledRecords     []int64   `json:"throttled_records"` // refused, each attempt counted
	ThrottledBytes       []int64   `json:"throttled_bytes"`
	RetriedRecords       []int64   `json:"retried_records"` // sent again
	FailedRecords        []int64   `json:"failed_records"`  // given up
	OpenShards           []int     `json:"open_shards"`
	CapacityRecordsPerS  []float64 `json:"capacity_records_per_s"`
	CapacityBytesPerS    []float64 `json:"capacity_bytes_per_s"`
	PeakAttemptedRecords []float64 `json:"peak_attempted_records_per_s"` // the busiest second of the bin, retries and refused ones included
	PeakAttemptedBytes   []float64 `json:"peak_attempted_bytes_per_s"`
}

// ProducerSeries is one producer over time.
type ProducerSeries struct {
	Name           string     `json:"name"`
	PendingRecords []int64    `json:"pending_records"` // refused and waiting to be sent again, at the end of the bin
	PutLatencyP50  []*float64 `json:"put_latency_p50_ms"`
	PutLatencyP99  []*float64 `json:"put_latency_p99_ms"`
	PutLatencyMax  []*float64 `json:"put_latency_max_ms"`
}

// ConsumerSeries is one consumer over time.
type ConsumerSeries struct {
	Name            string     `json:"name"`
	ReceivedRecords []int64    `json:"received_records"`
	ReadThrottled   []int64    `json:"read_throttled_calls"`
	BacklogRecords  []int64    `json:"backlog_records"`     // at the end of the bin
	OldestUnread    []float64  `json:"oldest_unread_ms"`    // age, at the end of the bin; 0 with nothing unread
	IteratorAge     []*float64 `json:"iterator_age_max_ms"` // as CloudWatch would show it: null without calls
	PropagationP50  []*float64 `json:"propagation_delay_p50_ms"`
	PropagationP99  []*float64 `json:"propagation_delay_p99_ms"`
	PropagationMax  []*float64 `json:"propagation_delay_max_ms"`
	EndToEndP50     []*float64 `json:"end_to_end_latency_p50_ms"`
	EndToEndP99     []*float64 `json:"end_to_end_latency_p99_ms"`
	EndToEndMax     []*float64 `json:"end_to_end_latency_max_ms"`
	Invocations     []int64    `json:"invocations_at_a_time,omitempty"` // of lambda: the most in the bin
}

// Heatmap is the write utilization of shards over time: for each row and column
// the worst second, the larger of the byte and the record share, 1 = the limit.
// Rows go by hash key; a row stands for several neighbouring shards when there
// are many, and then holds the busiest.
type Heatmap struct {
	StepS       float64     `json:"step_s"`
	Rows        []string    `json:"rows"`        // shard id, or "first … last"
	Utilization [][]float64 `json:"utilization"` // accepted writes, [row][column]
	Throttled   [][]int64   `json:"throttled_records"`
}

// HistogramResult is the whole law of one delay, in buckets.
type HistogramResult struct {
	Metric  string    `json:"metric"`   // put_latency, propagation_delay, end_to_end_latency or iterator_age
	Where   string    `json:"where"`    // "consumer fraud", "producer checkout"
	UpperMS []float64 `json:"upper_ms"` // upper edge of each bucket that holds something
	Counts  []uint64  `json:"counts"`
}
