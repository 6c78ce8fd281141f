package scenarios

import (
	"fmt"
	"time"

	"github.com/dustin/go-humanize"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
)

// Consumer is an application that reads all shards.
type Consumer struct {
	Name        Name         `json:"name" jsonschema:"required" doc:"Name, for reports and --set."`
	Classic     *Classic     `json:"classic,omitempty" one:"kind" doc:"Polls each shard with GetRecords; all classic readers share the shard's limits."`
	EFO         *EFO         `json:"efo,omitempty" one:"kind" doc:"Enhanced fan-out: is pushed to, with limits of its own."`
	KCL         *KCL         `json:"kcl,omitempty" one:"kind" doc:"An application of the Kinesis Client Library: workers that share the shards by leases."`
	Lambda      *Lambda      `json:"lambda,omitempty" one:"kind" doc:"A Lambda event source mapping: invokes a function with batches of what it reads."`
	Firehose    *Firehose    `json:"firehose,omitempty" one:"kind" doc:"A Firehose delivery stream: reads each shard once a second and delivers by the buffer."`
	Flink       *Flink       `json:"flink,omitempty" one:"kind" doc:"A job of Managed Service for Apache Flink, whose state is checkpointed for all shards at once."`
	Joins       *Duration    `json:"joins,omitempty" doc:"When it begins to read (default 0s, or the time of its at_timestamp)."`
	Start       Start        `json:"start" doc:"Where it starts to read (default TRIM_HORIZON)."`
	ExactlyOnce *ExactlyOnce `json:"exactly_once,omitempty" doc:"A sink on which what is processed again has no effect a second time."`
	Processing  Processing   `json:"processing" doc:"How long it takes over what it has read (default: no time)."`
}

// consumerKind is a way to read.
type consumerKind interface {
	consumer(c *compiler) client.ConsumerKind
}

// Classic polls each shard.
type Classic struct {
	Interval   Duration `json:"interval" range:"1ms..24h" doc:"From an answer to the next call (default 1s)."`
	MaxRecords *int64   `json:"max_records,omitempty" range:"1..1000000000" doc:"Records that a call asks for (default 10000, the most that a call returns)."`
}

func (k *Classic) defaults() { k.Interval = Duration(time.Second) }

func (k *Classic) polls() (time.Duration, any) { return time.Duration(k.Interval), &k.Interval }

func (k *Classic) consumer(c *compiler) client.ConsumerKind {
	if k.MaxRecords == nil {
		k.MaxRecords = ptr(c.config.Limits.GetRecordsLimit)
	}
	c.askFor(k.MaxRecords)
	return client.Classic{Interval: time.Duration(k.Interval), MaxRecords: *k.MaxRecords}
}

// askFor holds the records that a call asks for against what it returns.
func (c *compiler) askFor(records *int64) {
	if most := c.config.Limits.GetRecordsLimit; *records > most {
		c.fail(problem{
			code: codeRange, message: fmt.Sprintf("max_records %d is more than GetRecords returns", *records),
			accepted: fmt.Sprintf("1 to %s (limits.get_records_limit)", humanize.Comma(most)),
		}, records)
	}
}

// EFO is enhanced fan-out.
type EFO struct{}

func (*EFO) consumer(*compiler) client.ConsumerKind { return client.EFO{} }

// ExactlyOnce is what a consumer must do itself for effects that happen once.
type ExactlyOnce struct {
	Dedup Dedup `json:"dedup" jsonschema:"required" eg:"sequence_number" doc:"By what the sink knows what it has had."`
}

// Processing is how long a consumer takes over a batch of a shard.
type Processing struct {
	PerRecord Duration `json:"per_record" range:"0s..24h" doc:"For each record (default 0s)."`
	PerBatch  Duration `json:"per_batch" range:"0s..24h" doc:"For each batch (default 0s)."`
}

// consumer compiles a consumer.
func (c *compiler) consumer(k *Consumer) client.ConsumerConfig {
	compiled := client.ConsumerConfig{
		Name: string(k.Name), Kind: kindOf[consumerKind](*k).consumer(c),
		Start: c.start(k), Joins: des.Time(*k.Joins), Dedup: k.ExactlyOnce != nil,
		Processing: client.Processing{PerRecord: time.Duration(k.Processing.PerRecord), PerBatch: time.Duration(k.Processing.PerBatch)},
	}
	if k.KCL != nil {
		c.leases(k.Name, k.KCL)
	}
	return compiled
}

// fanout tells whether the consumer is registered for enhanced fan-out.
func (k *Consumer) fanout() bool {
	return k.EFO != nil || k.KCL != nil && k.KCL.efo() || k.Lambda != nil && k.Lambda.Retrieval == "efo" ||
		k.Flink != nil && k.Flink.Retrieval == "efo"
}

// polls tells whether it calls GetRecords.
func (k *Consumer) polls() bool { return !k.fanout() }

// fanouts holds the number of enhanced fan-out consumers against the limit.
func (c *compiler) fanouts(consumers []Consumer) {
	n, most := 0, model.MaxEFOConsumers
	rule := fmt.Sprintf("a provisioned or standard on-demand stream registers at most that many, one of on-demand advantage %d", model.MaxEFOConsumersAdvantage)
	if c.scenario.Stream.Mode == "on_demand_advantage" {
		most, rule = model.MaxEFOConsumersAdvantage, "no stream registers more"
	}
	for i := range consumers {
		if !consumers[i].fanout() {
			continue
		}
		if n++; n == most+1 {
			c.complain(codeRange, kindOf[consumerKind](consumers[i]), "more than %d enhanced fan-out consumers; %s", most, rule)
		}
	}
}
