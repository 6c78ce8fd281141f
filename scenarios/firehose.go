package scenarios

import (
	"fmt"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
)

// Firehose is a delivery stream.
type Firehose struct {
	BufferSize     Size     `json:"buffer_size" range:"1MiB..128MiB" doc:"It delivers when so much is in its buffer (default 5MiB),"`
	BufferInterval Duration `json:"buffer_interval" range:"0s..900s" doc:"or when the oldest record has been there for so long (default 300s)."`
}

func (f *Firehose) defaults() {
	f.BufferSize, f.BufferInterval = Size(5*model.MiB), Duration(300*time.Second)
}

func (f *Firehose) consumer(*compiler) client.ConsumerKind {
	return client.Firehose{BufferSize: model.Bytes(f.BufferSize), BufferInterval: time.Duration(f.BufferInterval)}
}

func (f *Firehose) polls() (time.Duration, any) { return client.FirehoseInterval, f }

// Flink is a job of Managed Service for Apache Flink.
type Flink struct {
	Retrieval       Retrieval `json:"retrieval" doc:"How records are read (default classic)."`
	Interval        Duration  `json:"interval" range:"1ms..24h" doc:"Classic: from an answer to the next call (default 250ms, which the connector waits after an empty one)."`
	MaxRecords      *int64    `json:"max_records,omitempty" range:"1..1000000000" doc:"Classic: records that a call asks for (default 10000)."`
	CheckpointEvery Duration  `json:"checkpoint_every" range:"1ms..24h" doc:"How often the state of the job is saved (default 60s; an assumption)."`
}

func (f *Flink) defaults() {
	f.Retrieval, f.Interval, f.CheckpointEvery = "classic", Duration(250*time.Millisecond), Duration(time.Minute)
}

func (f *Flink) consumer(c *compiler) client.ConsumerKind {
	if f.MaxRecords == nil {
		f.MaxRecords = ptr(c.config.Limits.GetRecordsLimit)
	}
	c.askFor(f.MaxRecords)
	if least := c.leastRetention(); time.Duration(f.CheckpointEvery) >= least {
		c.complain(codeConflict, &f.CheckpointEvery, "a checkpoint each %s is rarer than the stream keeps records, %s: what comes after a restart would be gone", f.CheckpointEvery, Duration(least))
	}
	return client.Flink{EFO: f.Retrieval == "efo", Interval: time.Duration(f.Interval), MaxRecords: *f.MaxRecords, CheckpointEvery: time.Duration(f.CheckpointEvery)}
}

func (f *Flink) polls() (time.Duration, any) {
	if f.Retrieval == "efo" {
		return 0, f
	}
	return time.Duration(f.Interval), &f.Interval
}

// RestartJob takes a job away and starts it again at the end.
type RestartJob struct {
	Consumer Name `json:"consumer" jsonschema:"required" eg:"fraud" doc:"Which one; of kind flink."`
}

func (r *RestartJob) fault(c *compiler, f *client.Fault) {
	k := c.befalls(&r.Consumer, f)
	f.Restart = true
	if k != nil && k.Flink == nil {
		c.fail(problem{code: codeConflict, message: fmt.Sprintf("consumer %s is not of kind flink", k.Name), hint: "kill_workers is for kcl, pause for any kind"}, &r.Consumer)
	}
}
