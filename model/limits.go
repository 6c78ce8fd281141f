package model

import "time"

// Limits are the rules of the service that a run is played against: quotas,
// bursts, delays and the units of the bill. AWS2026 gives the dated table that
// a scenario starts from; each field's meaning, unit, source and legal range
// stand in Register.
type Limits struct {
	// Writes, for each shard.
	WriteBytesPerSecond   Bytes
	WriteRecordsPerSecond int64
	WriteBurstBytes       Bytes // 0: as large as the stream's largest record asks for
	WriteBurstRecords     int64
	WriteWindow           Window
	PutRecordRounding     Bytes // a PutRecord counts in whole multiples of this; 0: none

	// Calls.
	PutRecordsRecords int64
	PutRecordsBytes   Bytes
	PutLatency        Delay

	// Classic reads, for each shard, shared by all readers.
	ReadBytesPerSecond  Bytes
	ReadCallsPerSecond  int64
	ReadBurstBytes      Bytes
	ReadBurstCalls      int64
	GetRecordsLimit     int64
	GetRecordsBytes     Bytes
	FullReadPenalty     time.Duration
	GetLatency          Delay
	ClassicAvailability Delay
	GetRecordsSpan      time.Duration // 0: no end

	// Iterators of classic reads, for each shard, shared by all readers.
	IteratorLife           time.Duration
	IteratorCallsPerSecond int64

	// Enhanced fan-out, for each consumer and shard.
	EFOBytesPerSecond Bytes
	EFOBurstBytes     Bytes
	EFODelay          Delay
	EFOPushWindow     time.Duration
	EFOSubscription   time.Duration
	EFOReconnectGap   Delay
	EFOReadTimeout    time.Duration
	EFOResubscribe    time.Duration

	// The Kinesis Client Library.
	LeaseTakeOver time.Duration

	// Lambda.
	LambdaBusyPoll   time.Duration
	LambdaRetryDelay time.Duration
	LambdaPayload    Bytes

	// CloudWatch.
	CloudWatchDelay time.Duration

	// The bill.
	BillingMonth   time.Duration
	PutPayloadUnit Bytes

	// Changes of the stream.
	ReshardOperation         time.Duration
	UpdateShardCountStart    time.Duration
	UpdateShardCountParallel int64
	UpdateShardCountCalls    int64 // in any 24 hours
	ShardQuota               int64 // open shards of the account
	ModeSwitch               time.Duration
	ModeSwitches             int64 // in any 24 hours

	// On-demand streams.
	OnDemandReaction  time.Duration
	OnDemandScaleDown time.Duration // 0: never
	OnDemandShards    int64         // of a new stream
}

// Window is how a shard meters its writes.
type Window string

// The metering windows. The bucket is the assumption; the fixed second is there
// so that people see how much hangs on it.
const (
	Bucket  Window = "bucket"   // a token bucket, refilled without pause
	FixedS1 Window = "fixed_1s" // a count that starts anew with every whole second
)

// Profile is the name of the table that AWS2026 gives.
const Profile = "aws-2026-11"

// AWS2026 are the limits as compiled in November 2026, each from its row in
// Register.
func AWS2026() Limits {
	return Limits{
		WriteBytesPerSecond:   MiB,
		WriteRecordsPerSecond: 1_000,
		WriteBurstRecords:     1_000,
		WriteWindow:           Bucket,

		PutRecordsRecords: 500,
		PutRecordsBytes:   10 * MiB,
		PutLatency:        Delay{Min: 2 * time.Millisecond, P50: 10 * time.Millisecond, P99: 60 * time.Millisecond},

		ReadBytesPerSecond:  2 * MiB,
		ReadCallsPerSecond:  5,
		ReadBurstBytes:      2 * MiB,
		ReadBurstCalls:      5,
		GetRecordsLimit:     10_000,
		GetRecordsBytes:     10 * MiB,
		FullReadPenalty:     5 * time.Second,
		GetLatency:          Delay{Min: 5 * time.Millisecond, Max: 75 * time.Millisecond},
		ClassicAvailability: Constantly(40 * time.Millisecond),
		GetRecordsSpan:      time.Hour,

		IteratorLife:           300 * time.Second,
		IteratorCallsPerSecond: 5,

		EFOBytesPerSecond: 2 * MiB,
		EFOBurstBytes:     2 * MiB,
		EFODelay:          Delay{P50: 60 * time.Millisecond, P99: 218 * time.Millisecond},
		EFOPushWindow:     30 * time.Millisecond,
		EFOSubscription:   300 * time.Second,
		EFOReconnectGap:   Constantly(100 * time.Millisecond),
		EFOReadTimeout:    30 * time.Second,
		EFOResubscribe:    5 * time.Second,

		LeaseTakeOver: time.Second,

		LambdaBusyPoll:   250 * time.Millisecond,
		LambdaRetryDelay: time.Second,
		LambdaPayload:    6 * MiB,

		CloudWatchDelay: time.Minute,

		BillingMonth:   720 * time.Hour,
		PutPayloadUnit: 25 * KiB,

		ReshardOperation:         30 * time.Second,
		UpdateShardCountStart:    30 * time.Second,
		UpdateShardCountParallel: 10,
		UpdateShardCountCalls:    10,
		ShardQuota:               20_000,
		ModeSwitch:               time.Minute,
		ModeSwitches:             2,

		OnDemandReaction:  5 * time.Minute,
		OnDemandScaleDown: 24 * time.Hour,
		OnDemandShards:    4,
	}
}

// WriteBurst is the byte burst of a shard for a stream that takes records up to
// maxRecord: what the limits say, else 1 MiB (assumed), or 10 MiB where records
// above 1 MiB are allowed (AWS blog on 10 MiB records, 28 October 2025).
func (l Limits) WriteBurst(maxRecord Bytes) Bytes {
	switch {
	case l.WriteBurstBytes > 0:
		return l.WriteBurstBytes
	case maxRecord > DefaultMaxRecord:
		return 10 * MiB
	}
	return MiB
}

// NoKey stands for the number of a partition key that has none: a key that is
// used once and known by its hash key alone.
const NoKey int32 = -1

// Facts that a scenario does not override.
const (
	MaxPartitionKey          = 256      // Unicode characters; at least 1 (API reference, PutRecord)
	DefaultMaxRecord         = MiB      // data and key; a stream's default (API reference, CreateStream)
	LargestMaxRecord         = 10 * MiB // data and key; the most that UpdateMaxRecordSize allows
	UniqueKeyBytes           = 36       // a UUID as text
	MinRetention             = 24 * time.Hour
	MaxRetention             = 8760 * time.Hour
	MaxEFOConsumers          = 20 // provisioned and on-demand standard (RegisterStreamConsumer)
	MaxEFOConsumersAdvantage = 50 // on-demand advantage
)
