package model

import (
	"fmt"
	"time"
)

// Kind says how well a constant is known.
type Kind string

// The kinds of knowledge, from firm to soft.
const (
	Documented Kind = "documented" // AWS says so
	Observed   Kind = "observed"   // others measured it on the service
	Assumed    Kind = "assumed"    // a modelling choice; try the range
)

// Part is the part of a run that makes use of a constant.
type Part string

// The parts.
const (
	Always    Part = "always"
	Classic   Part = "classic readers"
	Fanout    Part = "enhanced fan-out"
	Functions Part = "Lambda"
	Leases    Part = "the Kinesis Client Library"

	Resharding   Part = "splits, merges and mode switches"
	OnDemandMode Part = "on-demand streams"
)

// Constant is one row of the register: what a scenario can override under
// limits, with where it comes from.
type Constant struct {
	Name      string // the key under limits
	ID        string // of the assumption (A1 …), empty for a documented constant
	Kind      Kind
	Used      Part
	Range     string  // in which the truth is believed to lie, for assumptions
	Ends      []int64 // of that range, as values to try: in the base unit; of a Delay its median, of the Window its place among Windows
	Source    string
	Help      string // one sentence: what it is, with its unit
	Low, High int64  // legal values, inclusive, in the field's base unit (bytes, count, ns)
	field     func(*Limits) any
}

// Field points to the constant's place in l: a *Bytes, *int64, *time.Duration,
// *Delay or *Window.
func (c Constant) Field(l *Limits) any { return c.field(l) }

// Windows are the ways to meter a second, for Set.
var Windows = []Window{Bucket, FixedS1}

// Set gives the constant a value, as Ends has them. A delay keeps the shape of its law.
func (c Constant) Set(l *Limits, value int64) {
	switch v := c.field(l).(type) {
	case *Bytes:
		*v = Bytes(value)
	case *int64:
		*v = value
	case *time.Duration:
		*v = time.Duration(value)
	case *Delay:
		*v = v.withMedian(time.Duration(value))
	case *Window:
		*v = Windows[value]
	default:
		panic(fmt.Sprintf("model: constant %s has a field of type %T", c.Name, v))
	}
}

// Value prints the constant's value in l.
func (c Constant) Value(l Limits) string {
	switch v := c.field(&l).(type) {
	case *Bytes:
		return v.String()
	case *int64:
		return fmt.Sprint(*v)
	case *time.Duration:
		return v.String()
	case *Delay:
		return v.String()
	case *Window:
		return string(*v)
	default:
		panic(fmt.Sprintf("model: constant %s has a field of type %T", c.Name, v))
	}
}

const (
	ms   = int64(time.Millisecond)
	sec  = int64(time.Second)
	hour = int64(time.Hour)
	gib4 = int64(4 * GiB) // keeps bytes × 10⁹, which the buckets count in, within 63 bits
)

// Register lists every constant, in the order in which reports show them.
var Register = []Constant{
	{Name: "write_bytes_per_second", Kind: Documented, Used: Always, Low: 1, High: gib4,
		Range: "1,000,000 – 1,048,576 B/s", Source: "PutRecords, quotas page; KPL source computes with 1,048,576",
		Help:  "Bytes that one shard takes a second, partition keys counted.",
		field: func(l *Limits) any { return &l.WriteBytesPerSecond }},
	{Name: "write_records_per_second", Kind: Documented, Used: Always, Low: 1, High: 1e9,
		Source: "PutRecords, quotas page",
		Help:   "Records that one shard takes a second.",
		field:  func(l *Limits) any { return &l.WriteRecordsPerSecond }},
	{Name: "write_burst_records", ID: "A1", Kind: Assumed, Used: Always, Low: 1, High: 1e9,
		Range: "1,000 – 2,000", Ends: []int64{2000}, Source: "KPL 1.0 models its own limiter so; AWS gives no window",
		Help:  "Records that an idle shard takes at once.",
		field: func(l *Limits) any { return &l.WriteBurstRecords }},
	{Name: "write_burst_bytes", ID: "A2", Kind: Assumed, Used: Always, Low: 0, High: gib4,
		Range: "1 – 10 MiB", Ends: []int64{int64(10 * MiB)}, Source: "10 MiB documented for streams with records above 1 MiB (AWS blog, 28 Oct 2025); 1 MiB assumed for others",
		Help:  "Bytes that an idle shard takes at once; 0 B chooses 1 MiB, or 10 MiB for a stream with records above 1 MiB.",
		field: func(l *Limits) any { return &l.WriteBurstBytes }},
	{Name: "write_window", ID: "A1", Kind: Assumed, Used: Always,
		Range: "bucket or fixed_1s", Ends: []int64{1}, Source: "AWS says \"per second\" and no more",
		Help:  "How a shard meters writes: bucket refills without pause, fixed_1s counts anew each whole second.",
		field: func(l *Limits) any { return &l.WriteWindow }},
	{Name: "put_record_rounding", ID: "A3", Kind: Assumed, Used: Always, Low: 0, High: int64(MiB),
		Range: "0 B or 1 KiB", Ends: []int64{1024}, Source: "Developer guide 2022, troubleshooting producers",
		Help:  "The byte limit counts a PutRecord in whole multiples of this size; 0 B counts exact bytes.",
		field: func(l *Limits) any { return &l.PutRecordRounding }},
	{Name: "put_records_records", Kind: Documented, Used: Always, Low: 1, High: 1e6,
		Source: "API reference, PutRecords",
		Help:   "Records that one PutRecords call may hold.",
		field:  func(l *Limits) any { return &l.PutRecordsRecords }},
	{Name: "put_records_bytes", Kind: Documented, Used: Always, Low: 1, High: gib4,
		Range: "5 MiB before 28 Oct 2025", Source: "API reference, PutRecords",
		Help:  "Bytes that one PutRecords call may hold, partition keys counted.",
		field: func(l *Limits) any { return &l.PutRecordsBytes }},
	{Name: "put_latency", ID: "A4", Kind: Assumed, Used: Always, Low: 0, High: 24 * hour,
		Range: "median 5 – 40 ms, floor at least 1 ms", Ends: []int64{5 * ms, 40 * ms}, Source: "no AWS figure found",
		Help:  "From sending a PutRecord or PutRecords to its answer.",
		field: func(l *Limits) any { return &l.PutLatency }},
	{Name: "read_bytes_per_second", Kind: Documented, Used: Classic, Low: 1, High: gib4,
		Source: "API reference, GetRecords",
		Help:   "Bytes that all classic readers together get from one shard a second.",
		field:  func(l *Limits) any { return &l.ReadBytesPerSecond }},
	{Name: "read_calls_per_second", Kind: Documented, Used: Classic, Low: 1, High: 1e6,
		Source: "API reference, GetRecords",
		Help:   "GetRecords calls that all classic readers together may make on one shard a second.",
		field:  func(l *Limits) any { return &l.ReadCallsPerSecond }},
	{Name: "read_burst_bytes", ID: "A5", Kind: Assumed, Used: Classic, Low: 0, High: gib4,
		Range: "0 – 2 MiB", Ends: []int64{0}, Source: "fitted to the documented refusals after a large read",
		Help:  "Bytes that a shard saves up for classic reads; a call may go into debt and calls are refused while in debt.",
		field: func(l *Limits) any { return &l.ReadBurstBytes }},
	{Name: "read_burst_calls", ID: "A5", Kind: Assumed, Used: Classic, Low: 1, High: 1e6,
		Range: "1 – 5", Ends: []int64{1}, Source: "the documented five calls a second, as a bucket",
		Help:  "GetRecords calls that an idle shard takes at once.",
		field: func(l *Limits) any { return &l.ReadBurstCalls }},
	{Name: "get_records_limit", Kind: Documented, Used: Classic, Low: 1, High: 1e9,
		Source: "API reference, GetRecords",
		Help:   "Records that one GetRecords call returns at most.",
		field:  func(l *Limits) any { return &l.GetRecordsLimit }},
	{Name: "get_records_bytes", Kind: Documented, Used: Classic, Low: 1, High: gib4,
		Source: "API reference, GetRecords",
		Help:   "Bytes that one GetRecords call returns at most.",
		field:  func(l *Limits) any { return &l.GetRecordsBytes }},
	{Name: "full_read_penalty", Kind: Documented, Used: Classic, Low: 0, High: hour,
		Source: "API reference, GetRecords",
		Help:   "How long a shard refuses GetRecords after a call that returned the most bytes allowed.",
		field:  func(l *Limits) any { return &l.FullReadPenalty }},
	{Name: "get_latency", ID: "A6", Kind: Assumed, Used: Classic, Low: 0, High: 24 * hour,
		Range: "5 – 100 ms", Ends: []int64{5 * ms, 100 * ms}, Source: "no AWS figure found; with A7 chosen so that n readers polling each 200 ms see the documented n × 200 ms",
		Help:  "From sending a GetRecords call to its answer.",
		field: func(l *Limits) any { return &l.GetLatency }},
	{Name: "classic_availability_delay", ID: "A7", Kind: Assumed, Used: Classic, Low: 0, High: 24 * hour,
		Range: "20 – 150 ms", Ends: []int64{20 * ms, 150 * ms}, Source: "with A6 chosen so that n readers polling each 200 ms see the documented n × 200 ms",
		Help:  "From accepting a record until a classic read can return it.",
		field: func(l *Limits) any { return &l.ClassicAvailability }},
	{Name: "get_records_span", ID: "A20", Kind: Assumed, Used: Classic, Low: 0, High: 8760 * hour,
		Range: "1 min – no end", Ends: []int64{60 * sec, 0}, Source: "empty answers in front of the tip are documented, how far a call goes is not",
		Help:  "How much of a shard's time one GetRecords call goes through in search of records; 0 s sets no end.",
		field: func(l *Limits) any { return &l.GetRecordsSpan }},
	{Name: "iterator_life", Kind: Documented, Used: Classic, Low: int64(time.Second), High: 24 * hour,
		Source: "API reference, GetShardIterator",
		Help:   "How long a shard iterator can be used; later calls with it fail with ExpiredIteratorException.",
		field:  func(l *Limits) any { return &l.IteratorLife }},
	{Name: "iterator_calls_per_second", Kind: Documented, Used: Classic, Low: 1, High: 1e6,
		Source: "API reference, GetShardIterator",
		Help:   "GetShardIterator calls that all readers together may make on one shard a second.",
		field:  func(l *Limits) any { return &l.IteratorCallsPerSecond }},
	{Name: "efo_bytes_per_second", Kind: Documented, Used: Fanout, Low: 1, High: gib4,
		Source: "API reference, SubscribeToShard",
		Help:   "Bytes that each enhanced fan-out consumer gets from one shard a second.",
		field:  func(l *Limits) any { return &l.EFOBytesPerSecond }},
	{Name: "efo_burst_bytes", ID: "A8", Kind: Assumed, Used: Fanout, Low: 1, High: gib4,
		Range: "1 – 10 MiB", Ends: []int64{int64(10 * MiB)}, Source: "one second's worth",
		Help:  "Bytes that a shard saves up for each enhanced fan-out consumer.",
		field: func(l *Limits) any { return &l.EFOBurstBytes }},
	{Name: "efo_delay", ID: "A8", Kind: Assumed, Used: Fanout, Low: 0, High: 24 * hour,
		Range: "mean 50 – 100 ms, p99 150 – 400 ms", Ends: []int64{50 * ms, 100 * ms}, Source: "the mean of 70 ms is documented, the law is not",
		Help:  "From accepting a record until it is pushed to an enhanced fan-out consumer; drawn per push.",
		field: func(l *Limits) any { return &l.EFODelay }},
	{Name: "efo_push_window", ID: "A8", Kind: Assumed, Used: Fanout, Low: 0, High: hour,
		Range: "0 – 100 ms", Ends: []int64{0, 100 * ms}, Source: "chosen so that the mean delay stays near 70 ms at any rate",
		Help:  "Records accepted this long after the first travel in the same push.",
		field: func(l *Limits) any { return &l.EFOPushWindow }},
	{Name: "efo_subscription", Kind: Documented, Used: Fanout, Low: int64(time.Second), High: 24 * hour,
		Source: "API reference, SubscribeToShard",
		Help:   "How long a SubscribeToShard call lasts before it must be renewed.",
		field:  func(l *Limits) any { return &l.EFOSubscription }},
	{Name: "efo_reconnect_gap", ID: "A9", Kind: Assumed, Used: Fanout, Low: 0, High: hour,
		Range: "50 – 300 ms", Ends: []int64{50 * ms, 300 * ms}, Source: "no AWS figure found",
		Help:  "Pause without pushes while a subscription is renewed.",
		field: func(l *Limits) any { return &l.EFOReconnectGap }},
	{Name: "efo_resubscribe_guard", Kind: Documented, Used: Fanout, Low: 0, High: hour,
		Source: "API reference, SubscribeToShard",
		Help:   "How long after a SubscribeToShard call another of the same consumer for the same shard is refused; later it takes over.",
		field:  func(l *Limits) any { return &l.EFOResubscribe }},
	{Name: "efo_read_timeout", ID: "A21", Kind: Assumed, Used: Fanout, Low: int64(time.Millisecond), High: hour,
		Range: "10 – 60 s", Ends: []int64{10 * sec, 60 * sec}, Source: "Flink gives a silent subscription 30 s; other clients differ",
		Help:  "How long a subscriber hears nothing on a half-open connection before it subscribes again.",
		field: func(l *Limits) any { return &l.EFOReadTimeout }},
	{Name: "lease_take_over", ID: "A15", Kind: Assumed, Used: Leases, Low: 0, High: hour,
		Range: "0.2 – 5 s", Ends: []int64{200 * ms, 5 * sec}, Source: "no AWS figure found",
		Help:  "From taking a lease until its new owner reads the shard.",
		field: func(l *Limits) any { return &l.LeaseTakeOver }},
	{Name: "lambda_busy_poll", ID: "A22", Kind: Assumed, Used: Functions, Low: int64(time.Millisecond), High: hour,
		Range: "200 ms – 1 s", Ends: []int64{200 * ms, sec}, Source: "the guide says that a shard with backlog is polled more often than once a second, and no more",
		Help:  "From an answer that left records behind to the next GetRecords call of a Lambda event source mapping.",
		field: func(l *Limits) any { return &l.LambdaBusyPoll }},
	{Name: "lambda_retry_delay", ID: "A23", Kind: Assumed, Used: Functions, Low: 0, High: hour,
		Range: "0 – 60 s", Ends: []int64{0, 60 * sec}, Source: "no AWS figure found",
		Help:  "From a failed invocation until its batch is tried again.",
		field: func(l *Limits) any { return &l.LambdaRetryDelay }},
	{Name: "lambda_payload", Kind: Documented, Used: Functions, Low: 1, High: gib4,
		Range: "6 MB, taken for 6 MiB", Source: "Lambda developer guide, Kinesis",
		Help:  "What the records of one invocation have at the most; a record that is larger cannot be delivered.",
		field: func(l *Limits) any { return &l.LambdaPayload }},
	{Name: "cloudwatch_delay", ID: "A19", Kind: Assumed, Used: Always, Low: 0, High: hour,
		Range: "1 – 3 min", Ends: []int64{180 * sec}, Source: "no AWS figure found; minutes are seen a minute or more after they end",
		Help:  "From the end of a minute until CloudWatch shows it.",
		field: func(l *Limits) any { return &l.CloudWatchDelay }},
	{Name: "billing_month", ID: "A16", Kind: Assumed, Used: Always, Low: hour, High: 8760 * hour,
		Range: "720 – 744 h", Ends: []int64{744 * hour}, Source: "AWS examples use 30 or 31 days",
		Help:  "The month that cost_per_month speaks of.",
		field: func(l *Limits) any { return &l.BillingMonth }},
	{Name: "put_payload_unit", ID: "A16", Kind: Assumed, Used: Always, Low: 1, High: gib4,
		Range: "25,000 – 25,600 B", Ends: []int64{25_000}, Source: "pricing page says 25 KB",
		Help:  "Each accepted record is billed in whole units of this size.",
		field: func(l *Limits) any { return &l.PutPayloadUnit }},
	{Name: "reshard_operation", ID: "A10", Kind: Assumed, Used: Resharding, Low: 0, High: 24 * hour,
		Range: "10 – 60 s", Ends: []int64{10 * sec, 60 * sec}, Source: "no AWS figure found",
		Help:  "Time that one split or merge takes.",
		field: func(l *Limits) any { return &l.ReshardOperation }},
	{Name: "update_shard_count_start", ID: "A11", Kind: Assumed, Used: Resharding, Low: 0, High: 24 * hour,
		Range: "5 – 60 s", Ends: []int64{5 * sec, 60 * sec}, Source: "no AWS figure found",
		Help:  "Time before an UpdateShardCount begins to split and merge.",
		field: func(l *Limits) any { return &l.UpdateShardCountStart }},
	{Name: "update_shard_count_parallel", ID: "A11", Kind: Assumed, Used: Resharding, Low: 1, High: MaxShards,
		Range: "1 – all", Ends: []int64{1, MaxShards}, Source: "no AWS figure found",
		Help:  "Splits and merges that an UpdateShardCount does at a time.",
		field: func(l *Limits) any { return &l.UpdateShardCountParallel }},
	{Name: "update_shard_count_calls", Kind: Documented, Used: Resharding, Low: 1, High: 1_000_000,
		Range: "10", Source: "API reference, UpdateShardCount",
		Help:  "UpdateShardCount calls of a stream that are accepted in any 24 hours.",
		field: func(l *Limits) any { return &l.UpdateShardCountCalls }},
	{Name: "shard_quota", Kind: Documented, Used: Resharding, Low: 1, High: 1_000_000,
		Range: "20,000 in us-east-1, us-west-2 and eu-west-1, else 1,000 or 6,000", Source: "quotas page, 2026",
		Help:  "Open shards that the account may have; those that a reshard makes on its way count as well.",
		field: func(l *Limits) any { return &l.ShardQuota }},
	{Name: "mode_switch", ID: "A18", Kind: Assumed, Used: Resharding, Low: 0, High: 24 * hour,
		Range: "10 – 300 s", Ends: []int64{10 * sec, 300 * sec}, Source: "no AWS figure found",
		Help:  "Time that a switch of the capacity mode takes.",
		field: func(l *Limits) any { return &l.ModeSwitch }},
	{Name: "mode_switches", Kind: Documented, Used: Resharding, Low: 0, High: 1_000_000,
		Range: "2", Source: "quotas page, 2026",
		Help:  "Switches of the capacity mode that are accepted in any 24 hours.",
		field: func(l *Limits) any { return &l.ModeSwitches }},
	{Name: "on_demand_reaction", ID: "A12", Kind: Assumed, Used: OnDemandMode, Low: 0, High: 24 * hour,
		Range: "2 – 15 min", Ends: []int64{120 * sec, 900 * sec}, Source: "\"within 15 minutes\"",
		Help:  "Time from a shard's first busy minute until its on-demand split takes effect.",
		field: func(l *Limits) any { return &l.OnDemandReaction }},
	{Name: "on_demand_scale_down", ID: "A13", Kind: Assumed, Used: OnDemandMode, Low: 0, High: 8760 * hour,
		Range: "24 h – never", Ends: []int64{0}, Source: "no AWS figure found",
		Help:  "Time after which an on-demand stream gives up shards beyond twice its peak; 0: never.",
		field: func(l *Limits) any { return &l.OnDemandScaleDown }},
	{Name: "on_demand_shards", Kind: Documented, Used: OnDemandMode, Low: 1, High: MaxShards,
		Range: "4", Source: "developer guide: 4 MB/s and 4,000 records/s of a new stream",
		Help:  "Shards of a new on-demand stream.",
		field: func(l *Limits) any { return &l.OnDemandShards }},
}
