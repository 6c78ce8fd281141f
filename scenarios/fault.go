package scenarios

import (
	"strings"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
)

// Fault is something that goes wrong for a while.
type Fault struct {
	At  Duration `json:"at" jsonschema:"required" eg:"5m" doc:"The time of the run at which the fault begins."`
	For Duration `json:"for" jsonschema:"required" eg:"1m" doc:"How long the fault lasts."`

	InternalFailure *InternalFailure `json:"internal_failure,omitempty" one:"kind of fault" doc:"A share of records fails with InternalFailure."`
	SlowPuts        *SlowPuts        `json:"slow_puts,omitempty" one:"kind of fault" doc:"Put calls take longer than usual to be answered."`
	StallShard      *StallShard      `json:"stall_shard,omitempty" one:"kind of fault" doc:"One shard fails every record."`
	Unavailable     *Unavailable     `json:"unavailable,omitempty" one:"kind of fault" doc:"Every put fails as a whole."`

	Pause          *Pause          `json:"pause,omitempty" one:"kind of fault" doc:"A consumer makes no calls; what it is processing it finishes."`
	SlowProcessing *SlowProcessing `json:"slow_processing,omitempty" one:"kind of fault" doc:"A consumer takes longer over what it reads."`
	KillWorkers    *KillWorkers    `json:"kill_workers,omitempty" one:"kind of fault" doc:"Workers of a kcl consumer end at once; others start in their place when it is over."`
	RollingDeploy  *RollingDeploy  `json:"rolling_deploy,omitempty" one:"kind of fault" doc:"All workers of a kcl consumer are replaced, some at a time."`
	NetworkGap     *NetworkGap     `json:"network_gap,omitempty" one:"kind of fault" doc:"Workers of a kcl consumer reach neither the stream nor the lease table, and do not know it."`
	LeaseTable     *LeaseTable     `json:"throttle_lease_table,omitempty" one:"kind of fault" doc:"The lease table of a kcl consumer refuses writes."`
	Errors         *Errors         `json:"processing_errors,omitempty" one:"kind of fault" doc:"A share of a consumer's batches fails: kcl goes on without them, lambda tries them again."`
	Poison         *Poison         `json:"poison_record,omitempty" one:"kind of fault" doc:"The next record of a shard makes every invocation fail that holds it, until the fault is over."`
	RestartJob     *RestartJob     `json:"restart_job,omitempty" one:"kind of fault" doc:"A flink consumer ends, and starts again at its last checkpoint when it is over."`
	HalfOpen       *HalfOpen       `json:"half_open,omitempty" one:"kind of fault" doc:"A consumer's enhanced fan-out subscriptions fall silent without an end."`
}

// faultKind is something that may go wrong.
type faultKind interface {
	fault(c *compiler, f *client.Fault)
}

// InternalFailure fails single records, entries of a PutRecords too.
type InternalFailure struct {
	Share Share `json:"share" jsonschema:"required" eg:"5%" range:"0%..100%" doc:"Part of the records that fails."`
}

func (i *InternalFailure) fault(_ *compiler, f *client.Fault) { f.Internal = i.Share.Ratio() }

// SlowPuts stretches the time until a put is answered.
type SlowPuts struct {
	Factor float64 `json:"factor" jsonschema:"required" eg:"10" range:"0.001..1000000" doc:"Times the usual put latency."`
}

func (s *SlowPuts) fault(_ *compiler, f *client.Fault) { f.SlowPuts = s.Factor }

// StallShard makes one shard fail.
type StallShard struct {
	Shard ShardName `json:"shard" jsonschema:"required" eg:"hottest" doc:"shardId-000000000000 and so on; or hottest: the one that was asked for most in the last full minute."`
}

func (s *StallShard) fault(c *compiler, f *client.Fault) { f.Stall = c.shard(&s.Shard) }

// shard is the shard that a fault is about.
func (c *compiler) shard(name *ShardName) *client.Stall {
	if *name == hottest {
		return &client.Stall{Hottest: true}
	}
	id, err := model.ParseShardID(string(*name))
	if err != nil {
		return &client.Stall{Hottest: true} // told already
	}
	c.openShard(id, "hottest, or ", name)
	return &client.Stall{Shard: id}
}

// Unavailable makes the whole stream fail.
type Unavailable struct{}

func (*Unavailable) fault(_ *compiler, f *client.Fault) { f.Unavailable = true }

// ShardName names a shard, or says which one by a property.
type ShardName string

// hottest is the shard that was asked for most.
const hottest = "hottest"

func (ShardName) form() form {
	return form{"a shard", "a shard such as shardId-000000000000, or hottest", `^(hottest|shardId-[0-9]{12})$`, ""}
}

func (s *ShardName) parse(text string) error {
	if text != hottest && !strings.HasPrefix(text, "shardId-") {
		return refuse(text, s.form(), nil)
	}
	if _, err := model.ParseShardID(text); text != hottest && err != nil {
		return refuse(text, s.form(), nil)
	}
	*s = ShardName(text)
	return nil
}

// fault compiles a fault.
func (c *compiler) fault(f *Fault) client.Fault {
	compiled := client.Fault{From: des.Time(f.At), To: des.Time(f.At).Add(time.Duration(f.For))}
	kindOf[faultKind](*f).fault(c, &compiled)
	switch {
	case f.For == 0:
		c.complain(codeRange, &f.For, "the fault lasts no time")
	case f.At >= c.scenario.Clock.Duration:
		c.outside(&f.At, f, "the fault at %s comes after the end of the run at %s", f.At, c.scenario.Clock.Duration)
	}
	return compiled
}

// String is the name as it is read.
func (s ShardName) String() string { return string(s) }
