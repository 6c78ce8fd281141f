package client

import (
	"time"

	"kinesim/model"
	"kinesim/sim/workload"
)

// ProducerConfig is one producer of a scenario.
type ProducerConfig struct {
	Name    string
	Clients int            // independent senders that share the rate
	Trace   workload.Trace // in place of the next five, if set

	Rate     workload.Rate
	Arrivals workload.Arrivals
	Size     workload.Size
	Keys     workload.Keys
	Hot      []workload.Hot

	Put   Put
	Retry Retry
}

// Put is how a client sends its records.
type Put struct {
	Single  bool          // PutRecord: each record by itself, as it arises; the rest does not apply
	Records int           // PutRecords: sent when so many are together,
	Bytes   model.Bytes   // or when the next would pass so many bytes with keys,
	Linger  time.Duration // or when the oldest has waited so long
}

// ConsumerConfig is one consumer of a scenario.
type ConsumerConfig struct {
	Name       string
	Kind       ConsumerKind
	Latest     bool // starts at LATEST instead of TRIM_HORIZON
	Processing Processing
}

// ConsumerKind is how a consumer reads: Classic or EFO.
type ConsumerKind interface{ kind() string }

// Classic polls each shard with GetRecords.
type Classic struct {
	Interval   time.Duration // from an answer to the next call
	MaxRecords int64         // Limit of each call
}

func (Classic) kind() string { return "classic" }

// EFO is pushed to by enhanced fan-out.
type EFO struct{}

func (EFO) kind() string { return "efo" }

// Processing is what a consumer does with a batch, one batch of a shard at a
// time: so long for the batch and so long for each record in it.
type Processing struct{ PerRecord, PerBatch time.Duration }
