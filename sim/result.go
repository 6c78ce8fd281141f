package sim

import (
	"encoding/json"

	"kinesim/sim/metric"
)

// Format names the shape of a Result in JSON.
const Format = "kinesim/run/v1"

// Result is the outcome of one run: plain data, no engine behind it. Counts are
// exact; durations are milliseconds, sizes bytes, money USD, instants seconds
// since the start of the run. Producer counts cover the records that arose at
// or after warm-up, consumer counts the records accepted at or after it, stream
// and shard counts what happened since.
type Result struct {
	Format      string      `json:"format"`
	Version     string      `json:"version"`
	Scenario    ScenarioRef `json:"scenario"`
	Seed        uint64      `json:"seed"`
	Runs        int         `json:"runs"`
	Resolution  string      `json:"resolution"`
	Choice      *Choice     `json:"resolution_choice,omitempty"`
	Passed      bool        `json:"passed"`
	Fingerprint string      `json:"fingerprint"`
	Clock       ClockRef    `json:"clock"`

	Stream    StreamResult     `json:"stream"`
	Shards    []ShardResult    `json:"shards"`
	Producers []ProducerResult `json:"producers"`
	Consumers []ConsumerResult `json:"consumers"`

	Causes       []Cause             `json:"causes"`
	Keys         []KeyResult         `json:"keys"`
	Ledger       Ledger              `json:"ledger"`
	Expectations []ExpectationResult `json:"expectations"`
	Cost         Cost                `json:"cost"`
	Series       Series              `json:"series"`
	Heatmap      Heatmap             `json:"heatmap"`
	Histograms   []HistogramResult   `json:"histograms"`
	Replications *Replications       `json:"replications,omitempty"`
	Config       json.RawMessage     `json:"config"`
	Partial      bool                `json:"partial"`
	EndedAtS     float64             `json:"ended_at_s"`
	Assumptions  []Assumption        `json:"assumptions"`
	CloudWatch   *CloudWatch         `json:"cloudwatch"`
	Recovery     *Recovery           `json:"recovery,omitempty"`
	Faults       []FaultResult       `json:"faults,omitempty"`
	Changes      []ChangeResult      `json:"changes,omitempty"`
	Autoscaler   *AutoscalerResult   `json:"autoscaler,omitempty"`
	Comparison   *Shootout           `json:"comparison,omitempty"`
	Alarms       []AlarmResult       `json:"alarms,omitempty"` // those that were rehearsed
	Unrehearsed  []string            `json:"alarms_not_rehearsed,omitempty"`
	Troubles     []TroubleResult     `json:"troubles,omitempty"` // what they should have told of, in the order of time; only with alarms
	Story        *Story              `json:"story,omitempty"`
	NotModelled  []string            `json:"not_modelled"`
	Warnings     []string            `json:"warnings"`
	Reproduce    string              `json:"reproduce"`
}

// ScenarioRef says which scenario was run.
type ScenarioRef struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	SHA256      string `json:"sha256"`
}

// ClockRef is the span of the run.
type ClockRef struct {
	Start     string  `json:"start,omitempty"` // RFC 3339, where the scenario gave one
	DurationS float64 `json:"duration_s"`
	WarmupS   float64 `json:"warmup_s"`
}

// StreamResult is the stream as a whole.
type StreamResult struct {
	Mode            string  `json:"mode"`
	RetentionS      float64 `json:"retention_s"`  // at the end
	OpenShards      int     `json:"open_shards"`  // at the end
	LeastShards     int     `json:"least_shards"` // while no change was under way
	MostShards      int     `json:"most_shards"`
	OfferedRecords  int64   `json:"offered_records"`
	OfferedBytes    int64   `json:"offered_bytes"` // data and key
	IncomingRecords int64   `json:"incoming_records"`
	IncomingBytes   int64   `json:"incoming_bytes"`                        // data and key
	WriteThrottled  int64   `json:"write_provisioned_throughput_exceeded"` // records, each attempt counted
	ReadThrottled   int64   `json:"read_provisioned_throughput_exceeded"`  // calls

	ScatteredRecords int64 `json:"scattered_records,omitempty"` // of a stream that spreads records: those whose key's record before went to another shard

	// What one shard takes a second, and how full shards were: the largest of
	// the byte and the record share over shards and whole seconds, 1 = the limit.
	ShardRecordsPerS float64      `json:"shard_records_per_s"`
	ShardBytesPerS   float64      `json:"shard_bytes_per_s"`
	Utilization      metric.Stats `json:"shard_utilization"`
}

// ShardResult is one shard. Hash keys are decimal strings; they pass 64 bits.
type ShardResult struct {
	ID               string  `json:"id"`
	ParentID         *string `json:"parent_id"`
	AdjacentParentID *string `json:"adjacent_parent_id"`
	StartingHashKey  string  `json:"starting_hash_key"`
	EndingHashKey    string  `json:"ending_hash_key"`
	State            string  `json:"state"` // OPEN, CLOSED or EXPIRED
	IncomingRecords  int64   `json:"incoming_records"`
	IncomingBytes    int64   `json:"incoming_bytes"`
	WriteThrottled   int64   `json:"write_provisioned_throughput_exceeded"`
	ReadThrottled    int64   `json:"read_provisioned_throughput_exceeded"`

	OpenedAtS float64  `json:"opened_at_s"` // 0: it was there at the start
	ClosedAtS *float64 `json:"closed_at_s"` // null: it is open
}

// ProducerResult is one producer.
type ProducerResult struct {
	Name              string       `json:"name"`
	OfferedRecords    int64        `json:"offered_records"`
	OfferedBytes      int64        `json:"offered_bytes"`
	AcceptedRecords   int64        `json:"accepted_records"`
	FailedRecords     int64        `json:"failed_records"`      // given up
	PendingRecords    int64        `json:"pending_records"`     // still waiting at the end
	RejectedRecords   int64        `json:"rejected_records"`    // refused by validation; part of the failed ones
	KPL               bool         `json:"kpl,omitempty"`       // the counts above are of user records, those of stored_records and attempts of Kinesis records
	StoredRecords     int64        `json:"stored_records"`      // taken by the stream, copies included
	DroppedRecords    int64        `json:"dropped_records"`     // the client's buffer was full; part of the failed ones
	Unconfirmed       int64        `json:"unconfirmed_records"` // part of the failed ones, of which the stream has a copy: no answer came in time
	DuplicateRecords  int64        `json:"duplicate_records"`   // copies in the stream: sent again after no answer came in time
	ReorderedRecords  int64        `json:"reordered_records"`   // stored after one of their key that arose later, because they were sent again
	Calls             int64        `json:"calls"`
	Attempts          int64        `json:"attempts"`           // records sent, each time counted
	ThrottledAttempts int64        `json:"throttled_attempts"` // of them refused by a limit
	FailedAttempts    int64        `json:"failed_attempts"`    // of them failed by the service
	PutLatency        metric.Stats `json:"put_latency_ms"`
}

// ChangeResult is a call of the control plane, or a change that an on-demand stream
// made by itself, in the order of time.
type ChangeResult struct {
	AtS       float64 `json:"at_s"`
	By        string  `json:"by"`                // scenario, service, or the name of the autoscaler
	Call      string  `json:"call"`              // UpdateShardCount, SplitShard, MergeShards, UpdateStreamMode; of the service: split, merge
	Arguments string  `json:"arguments"`         // as the API names them: TargetShardCount=16
	Error     string  `json:"error,omitempty"`   // the service's name of it; the call did nothing
	Message   string  `json:"message,omitempty"` // of the error
	Saw       string  `json:"saw,omitempty"`     // what an autoscaler saw
	Reason    string  `json:"reason,omitempty"`  // why it acted

	FirstS       *float64 `json:"first_s"` // when the first shard changed; null: not in this run
	DoneS        *float64 `json:"done_s"`  // when the stream was ACTIVE again
	Splits       int      `json:"splits"`  // planned
	Merges       int      `json:"merges"`
	ShardsBefore int      `json:"shards_before"`
	ShardsMost   int      `json:"shards_most"` // on the way; they count to the quota
	ShardsAfter  int      `json:"shards_after"`

	Drained []Drained `json:"drained,omitempty"` // of the shards that it closed
}

// Drained is when a consumer had read the shards that a change closed to their ends.
type Drained struct {
	Consumer string   `json:"consumer"`
	AtS      *float64 `json:"at_s"` // null: not in this run
}

// AutoscalerResult sums up what an autoscaler did. Its decisions are among the changes.
type AutoscalerResult struct {
	Name         string `json:"name"`
	Policy       string `json:"policy"`
	Calls        int    `json:"calls"`         // that the service accepted
	Refused      int    `json:"refused_calls"` // that it did not
	MostCalls    int    `json:"most_calls_in_24h"`
	Oscillations int    `json:"oscillations"` // times that it turned from out to in or back
	LeastShards  int    `json:"least_shards"`
	MostShards   int    `json:"most_shards"`
}

// FaultResult is something that was wrong for a while.
type FaultResult struct {
	Fault    string  `json:"fault"` // as scenarios name it: unavailable, pause, …
	Text     string  `json:"text"`  // in words
	Consumer string  `json:"consumer,omitempty"`
	FromS    float64 `json:"from_s"`
	ToS      float64 `json:"to_s"`

	Recovery *Hardship `json:"recovery,omitempty"` // of the consumer that it befell
}

// Hardship is what a fault did to a consumer, from its beginning until the consumer
// was level again. Times are counted from the beginning of the fault; null: not in
// this run. What came in the time of another fault of the same consumer counts for
// both.
type Hardship struct {
	DetectedS     *float64 `json:"detected_s"`            // the first lease was found expired or given up
	LeaderLost    bool     `json:"leader_lost,omitempty"` // the leader of version 3 was among the dead, and its lock kept others from leading
	TakenOverS    *float64 `json:"taken_over_s"`          // the last such lease had a reader again
	CaughtUpS     *float64 `json:"caught_up_s"`           // the oldest unread record was about as young as before
	PeakAgeMS     float64  `json:"peak_age_ms"`           // of the oldest unread record
	PeakBacklog   int64    `json:"peak_backlog_records"`
	BacklogAtPeak int64    `json:"backlog_at_peak_age_records"`
	PeakS         float64  `json:"peak_s"`              // when the age was last about the largest, within a hundredth
	EstimateS     *float64 `json:"catch_up_estimate_s"` // from then on, by the closed form: backlog ÷ (what the consumer reads − what arrives), for the shard that takes longest
	CatchUpS      *float64 `json:"catch_up_s"`          // what it took; null for a rolling_deploy, whose turns each have a peak
	Duplicates    int64    `json:"duplicate_records"`   // handed over again
	Expired       int64    `json:"expired_records"`     // lost unread
	Failed        int64    `json:"failed_records"`      // handed over and given up
	TakenOver     int      `json:"leases_taken_over"`   // such leases, each once
}

// ConsumerResult is one consumer.
type ConsumerResult struct {
	Name             string       `json:"name"`
	Type             string       `json:"type"` // as scenarios name it: classic, efo, kcl, …
	ReceivedRecords  int64        `json:"received_records"`
	ProcessedRecords int64        `json:"processed_records"`
	DuplicateRecords int64        `json:"duplicate_records"`            // handed over again
	RepeatedRecords  int64        `json:"repeated_records"`             // processed again, with effects that happened twice
	Deduplicated     int64        `json:"deduplicated_records"`         // processed again, and recognised by the sink
	FailedRecords    int64        `json:"failed_records"`               // handed over and given up
	ExpiredRecords   int64        `json:"expired_records"`              // left the stream unread
	FirstExpiredAtS  *float64     `json:"first_expired_at_s,omitempty"` // when the first of them did
	AgeGrowth        float64      `json:"age_growth"`                   // seconds a second by which the oldest unread record grew older since warm-up or the last fault
	UntilLossS       *float64     `json:"until_loss_s,omitempty"`       // from the end until records expire unread, if the age grows on like that; only where that can be told from noise, and as exact as it can
	BacklogRecords   int64        `json:"backlog_records"`              // unread at the end
	MaxBacklog       int64        `json:"max_backlog_records"`
	Calls            int64        `json:"calls"` // GetRecords calls, or pushes
	EmptyCalls       int64        `json:"empty_calls"`
	IteratorCalls    int64        `json:"iterator_calls"`    // GetShardIterator in place of one that had expired, or by a new reader
	ExpiredIterators int64        `json:"expired_iterators"` // calls whose iterator was too old
	ReadThrottled    int64        `json:"read_provisioned_throughput_exceeded"`
	PropagationDelay metric.Stats `json:"propagation_delay_ms"`
	EndToEndLatency  metric.Stats `json:"end_to_end_latency_ms"`
	IteratorAge      metric.Stats `json:"iterator_age_ms"`
	Behind           metric.Stats `json:"millis_behind_latest_ms"` // of each answer; 0 at the tip of the shard
	KCL              *FleetResult `json:"kcl,omitempty"`
	Lambda           *Functions   `json:"lambda,omitempty"`
}

// Cause says why writes were refused. The records of all causes add up to
// write_provisioned_throughput_exceeded.
type Cause struct {
	Cause   string  `json:"cause"` // hot_key, hot_shard, burst, capacity, retry_echo or large_record
	Shard   string  `json:"shard,omitempty"`
	Key     string  `json:"key,omitempty"`
	Records int64   `json:"records"`
	Share   float64 `json:"share"` // of all refused attempts
	FromS   float64 `json:"from_s"`
	ToS     float64 `json:"to_s"`
	Limit   string  `json:"limit"`          // records or bytes: which of the two refused most
	Load    float64 `json:"load,omitempty"` // what was asked of the shard (of the stream, for capacity) over its limit, at the worst; 1 = the limit
	Remedy  string  `json:"remedy"`

	byBytes int64   // of the records: refused by the byte limit
	Trials  []Trial `json:"trials,omitempty"` // what became of the run with a remedy
}

// KeyResult is one of the busiest partition keys. Records are those offered.
type KeyResult struct {
	Key             string  `json:"key"`
	Shard           string  `json:"shard"`
	Records         int64   `json:"records"`
	Bytes           int64   `json:"bytes"`
	Share           float64 `json:"share"` // of all offered records
	RecordsPerS     float64 `json:"records_per_s"`
	BytesPerS       float64 `json:"bytes_per_s"`
	PeakRecordsPerS float64 `json:"peak_records_per_s"` // over the busiest window of the run
	PeakBytesPerS   float64 `json:"peak_bytes_per_s"`
	Packed          bool    `json:"packed,omitempty"` // the records are user records of the KPL, which no shard counts one by one
}

// Ledger proves that nothing was lost or made up, over the whole run, warm-up
// included.
type Ledger struct {
	Holds     bool             `json:"holds"`
	Producers []ProducerLedger `json:"producers"`
	Stream    StreamLedger     `json:"stream"`
	Consumers []ConsumerLedger `json:"consumers"`
}

// ProducerLedger: offered = accepted + failed + pending.
type ProducerLedger struct {
	Name     string `json:"name"`
	Offered  int64  `json:"offered_records"`
	Accepted int64  `json:"accepted_records"`
	Failed   int64  `json:"failed_records"`
	Pending  int64  `json:"pending_records"`
}

// StreamLedger: accepted by producers' count = accepted by shards' count.
type StreamLedger struct {
	AcceptedByProducers int64 `json:"accepted_by_producers"`
	AcceptedByShards    int64 `json:"accepted_by_shards"`
}

// ConsumerLedger: accepted = received + expired + backlog.
type ConsumerLedger struct {
	Name       string `json:"name"`
	Accepted   int64  `json:"accepted_records"` // after the consumer's starting point
	Received   int64  `json:"received_records"` // each once
	Expired    int64  `json:"expired_records"`
	Backlog    int64  `json:"backlog_records"`
	Duplicates int64  `json:"duplicate_records"` // counted apart
}

// ExpectationResult is one judged expectation. Measured is null when nothing
// was measured, and then the expectation fails.
type ExpectationResult struct {
	Metric   string   `json:"metric"`
	Where    string   `json:"where"` // "consumer fraud", "producer checkout", empty for the stream
	Stat     string   `json:"stat"`
	Unit     string   `json:"unit"` // ms, ratio, records, USD
	Op       string   `json:"op"`
	During   string   `json:"during,omitempty"` // "2h..3h"
	Measured *float64 `json:"measured"`
	Limit    float64  `json:"limit"`
	Upper    *float64 `json:"upper,omitempty"` // of between
	Margin   *float64 `json:"margin"`          // (limit − measured) / limit; null for a limit of 0
	Passed   bool     `json:"passed"`
	Severity string   `json:"severity"` // error or warn
	WorstAtS *float64 `json:"worst_at_s"`
	P        *float64 `json:"p,omitempty"`      // share of replications wanted
	PPass    *float64 `json:"p_pass,omitempty"` // share of replications that met it
	File     string   `json:"file"`
	Line     int      `json:"line"`
}

// Cost is the bill, without rounding to whole hours.
type Cost struct {
	Currency string     `json:"currency"`
	PerMonth float64    `json:"per_month"`
	OfRun    float64    `json:"of_run"`
	Items    []CostItem `json:"items"` // per month
}

// CostItem is one line of the monthly bill.
type CostItem struct {
	Item     string  `json:"item"`
	Quantity float64 `json:"quantity"`
	Unit     string  `json:"unit"`
	USD      float64 `json:"usd"`
}

// Assumption is one constant that the run used.
type Assumption struct {
	ID         string `json:"id"` // the name under limits
	Value      string `json:"value"`
	Source     string `json:"source"`
	Kind       string `json:"kind"` // documented, observed or assumed
	Range      string `json:"range,omitempty"`
	Help       string `json:"help"`
	Register   string `json:"register,omitempty"` // A1 … of the assumption register
	Overridden bool   `json:"overridden"`         // by the scenario
}

// Replications sums up the runs of --runs.
type Replications struct {
	Runs    int                 `json:"runs"`
	Seeds   []uint64            `json:"seeds"`
	Metrics []ReplicationMetric `json:"metrics"`
	Samples []Sample            `json:"samples"` // every measure of every run, of the first 1,000; kinesim diff lives on it
}

// ReplicationMetric is one metric over all runs, with a 95 % interval of its
// mean (Student's t).
type ReplicationMetric struct {
	Metric   string   `json:"metric"`
	Stat     string   `json:"stat"`
	Where    string   `json:"where"`
	Mean     float64  `json:"mean"`
	CI95Low  float64  `json:"ci95_low"`
	CI95High float64  `json:"ci95_high"`
	Min      float64  `json:"min"`
	Max      float64  `json:"max"`
	PPass    *float64 `json:"p_pass"` // share of runs that met the expectation on it; null without one
}
