package client

import (
	"math"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
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
	Joins      des.Time // when it begins; it knows nothing of the stream before
	Start      Start
	Processing Processing
	Dedup      bool // its sink knows what it has had, by sequence number: what comes again has no effect
}

// ConsumerKind is a way to read, such as Classic, EFO or KCL.
type ConsumerKind interface {
	kind() string                               // the name that scenarios use
	Fanout() bool                               // whether it is registered for enhanced fan-out
	open(k *Consumer, now des.Time) application // begins to read all shards
}

// Start is where a consumer starts to read each shard.
type Start struct {
	Where Where
	Time  des.Time      // of AtTimestamp
	Shard model.ShardID // of a sequence number; the other shards start at TrimHorizon
	Row   int64         // the first row that is read there
}

// Where are the kinds of shard iterators.
type Where uint8

// The kinds; a consumer that starts at TrimHorizon reads all that the stream holds.
const (
	TrimHorizon Where = iota
	Latest
	AtTimestamp
	AtSequenceNumber
	AfterSequenceNumber
)

// Processing is what a consumer does with a batch, one batch of a shard at a
// time: so long for the batch and so long for each record in it.
type Processing struct{ PerRecord, PerBatch time.Duration }
