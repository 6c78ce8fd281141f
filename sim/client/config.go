package client

import (
	"math"
	"time"

	"kinesim/model"
	"kinesim/sim/workload"
)

// ProducerConfig is one producer of a scenario.
type ProducerConfig struct {
	Name    string
	Clients int            // independent senders that share the rate
	Skew    float64        // how unevenly, as the exponent of a Zipf law; 0 is evenly
	Trace   workload.Trace // in place of the next five, if set

	Rate     workload.Rate
	Arrivals workload.Arrivals
	Size     workload.Size
	Keys     workload.Keys
	Hot      []workload.Hot

	Put   Put
	Retry Retry
}

// part is a client's part of the producer's records: in proportion to i^-Skew for
// client i = 1, 2 ….
func (c *ProducerConfig) part(client int) workload.Part {
	if c.Skew == 0 {
		return workload.EvenPart(client, c.Clients)
	}
	sum := 0.0
	for i := range c.Clients {
		sum += math.Pow(float64(i+1), -c.Skew)
	}
	return workload.Part{Client: client, Clients: c.Clients, Share: math.Pow(float64(client+1), -c.Skew) / sum}
}

// Put is how a client sends its records.
type Put struct {
	Single  bool          // PutRecord: each record by itself, as it arises; the rest does not apply
	KPL     *KPL          // the Kinesis Producer Library; the rest does not apply, but Timeout
	Records int           // PutRecords: sent when so many are together,
	Bytes   model.Bytes   // or when the next would pass so many bytes with keys,
	Linger  time.Duration // or when the oldest has waited so long

	Timeout  time.Duration // how long a client waits for an answer; 0: for ever
	InFlight int           // calls of a client at a time, each until its records are written or given up; 0: any number
	Buffer   int           // records that a client holds while it may not send; what finds it full is dropped; 0: any number
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
