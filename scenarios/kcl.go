package scenarios

import (
	"fmt"
	"time"

	"kinesim/sim/client"
)

// KCL is an application of the Kinesis Client Library.
type KCL struct {
	Version    int64     `json:"version" range:"1..3" doc:"Major version of the library (default 3)."`
	Workers    int64     `json:"workers" range:"1..10000" doc:"Processes that share the shards (default 1)."`
	Retrieval  Retrieval `json:"retrieval,omitempty" doc:"How workers get records (default classic in version 1, else efo, as in the library)."`
	Interval   *Duration `json:"interval,omitempty" range:"1ms..24h" doc:"Classic: idleTimeBetweenReads, from an answer to the next call (default 1s in version 1, else 1500ms)."`
	MaxRecords *int64    `json:"max_records,omitempty" range:"1..1000000000" doc:"Classic: records that a call asks for (default 10000)."`
	Prefetch   *int64    `json:"prefetch,omitempty" range:"0..1000" doc:"Classic: answers read ahead while a batch is processed (default 0 in version 1, else 4)."`

	CheckpointEvery CheckpointEvery `json:"checkpoint_every" doc:"How often the application checkpoints: a time, at whose end the next finished batch is; or batch (default 10s)."`
	FailoverTime    Duration        `json:"failover_time" range:"1s..1h" doc:"failoverTimeMillis: how long a lease stays its owner's without renewal (default 10s)."`
	MaxLeases       int64           `json:"max_leases" range:"1..1000000" doc:"maxLeasesForWorker (default 1000000: any number)."`
	StealLeases     int64           `json:"steal_leases" range:"1..10000" doc:"maxLeasesToStealAtOneTime, of versions 1 and 2 (default 1)."`
	Handoff         *Duration       `json:"graceful_handoff,omitempty" range:"0s..1h" doc:"Version 3: how long the old owner of a moved lease may take to finish (default 30s; 0s: leases move without a word)."`
	LeasesAtStart   LeasesAtStart   `json:"leases_at_start" doc:"How leases are at the start of the run (default spread)."`
	Discovery       Discovery       `json:"shard_discovery" doc:"How workers list shards (default all_pages)."`
	WriteUnits      int64           `json:"lease_table_write_units" range:"0..40000" doc:"Write capacity of the lease table a second (default 0: on demand; version 1 of the library made tables of 10)."`
}

func (k *KCL) defaults() {
	*k = KCL{
		Version: 3, Workers: 1, CheckpointEvery: CheckpointEvery(10 * time.Second), FailoverTime: Duration(10 * time.Second),
		MaxLeases: 1_000_000, StealLeases: 1, LeasesAtStart: "spread", Discovery: "all_pages",
	}
}

func (k *KCL) polls() (time.Duration, any) {
	if k.efo() {
		return 0, k
	}
	return time.Duration(*k.Interval), k.Interval
}

// efo tells whether the workers subscribe.
func (k *KCL) efo() bool { return k.Retrieval == "efo" || k.Retrieval == "" && k.Version > 1 }

func (k *KCL) consumer(c *compiler) client.ConsumerKind {
	k.fill(c)
	if k.efo() && k.Version == 1 {
		c.complain(codeConflict, &k.Retrieval, "version 1 of the library has no enhanced fan-out; retrieval: classic, or version: 2")
	}
	if k.Version < 3 && *k.Handoff > 0 {
		c.complain(codeConflict, k.Handoff, "graceful_handoff needs version 3; version %d moves leases without a word", k.Version)
	}
	return client.KCL{
		Version: int(k.Version), Workers: int(k.Workers), EFO: k.efo(), Interval: time.Duration(*k.Interval), MaxRecords: *k.MaxRecords, Prefetch: int(*k.Prefetch),
		CheckpointEvery: time.Duration(k.CheckpointEvery), Failover: time.Duration(k.FailoverTime), MaxLeases: int(k.MaxLeases), Steal: int(k.StealLeases),
		Handoff: time.Duration(*k.Handoff), Cold: k.LeasesAtStart == "unowned", FirstPage: k.Discovery == "first_page", WriteUnits: k.WriteUnits,
	}
}

// fill gives the settings their defaults that hang on the version.
func (k *KCL) fill(c *compiler) {
	idle, ahead, handoff := Duration(1500*time.Millisecond), int64(4), Duration(0)
	if k.Version == 1 {
		idle, ahead = Duration(time.Second), 0
	}
	if k.Version == 3 {
		handoff = Duration(30 * time.Second)
	}
	if k.Retrieval == "" {
		k.Retrieval = "efo"
		if k.Version == 1 {
			k.Retrieval = "classic"
		}
	}
	if k.Interval == nil {
		k.Interval = &idle
	}
	if k.MaxRecords == nil {
		k.MaxRecords = ptr(c.config.Limits.GetRecordsLimit)
	}
	if k.Prefetch == nil {
		k.Prefetch = &ahead
	}
	if k.Handoff == nil {
		k.Handoff = &handoff
	}
	c.askFor(k.MaxRecords)
}

// leases warns where the workers and shards do not go together.
func (c *compiler) leases(name Name, k *KCL) {
	if !c.sound(&c.scenario.Stream) {
		return
	}
	if least := c.leastRetention(); time.Duration(k.CheckpointEvery) >= least {
		c.complain(codeConflict, &k.CheckpointEvery, "a checkpoint each %s is rarer than the stream keeps records, %s: what comes after a failover would be gone", k.CheckpointEvery, Duration(least))
	}
	if !c.sound(&c.scenario.Stream.Shards) || c.changes() {
		return // how many shards there are is not known, or changes
	}
	shards, workers := int64(c.config.Stream.Shards.Len()), k.Workers
	if workers > shards {
		idle := fmt.Sprintf("worker %d", workers)
		if workers > shards+1 {
			idle = fmt.Sprintf("workers %d to %d", shards+1, workers)
		}
		c.warn(problem{code: codeIdle, message: fmt.Sprintf("%s of consumer %s will have nothing to do: a shard is read by one worker at a time, and the stream has %s", idle, name, count(int(shards), "shard")),
			hint: "more shards, or fewer workers; the spare ones only take over when others fail"}, &k.Workers)
	}
	if k.MaxLeases < (shards+workers-1)/workers {
		c.warn(problem{code: codeIdle, message: fmt.Sprintf("%s of consumer %s with at most %d leases each read %d of the %d shards", count(int(workers), "worker"), name, k.MaxLeases, workers*k.MaxLeases, shards)}, &k.MaxLeases)
	}
}

// Retrieval is how a consumer gets records.
type Retrieval string

func (Retrieval) words() []word {
	return []word{
		{text: "classic", doc: "GetRecords, with limits that all classic readers share."},
		{text: "efo", doc: "Enhanced fan-out."},
	}
}

// LeasesAtStart is how leases are at the start of the run.
type LeasesAtStart string

func (LeasesAtStart) words() []word {
	return []word{
		{text: "spread", doc: "Evenly among the workers, as in an application that has run for long."},
		{text: "unowned", doc: "Nobody has them, and all workers come up within a second."},
	}
}

// Discovery is how workers list shards.
type Discovery string

func (Discovery) words() []word {
	return []word{
		{text: "all_pages", doc: "All of them."},
		{text: "first_page", doc: "Only the first 1,000, which is what ListShards answers at once: a mistake that has been made."},
	}
}

// CheckpointEvery is how often an application checkpoints; 0 after each batch.
type CheckpointEvery time.Duration

const eachBatch = "batch"

func (CheckpointEvery) form() form {
	f := Duration(0).form()
	f.accepted = "batch, or " + f.accepted
	f.pattern = "^batch$|" + f.pattern
	return f
}

func (e *CheckpointEvery) parse(text string) error {
	if text == eachBatch {
		*e = 0
		return nil
	}
	var d Duration
	if err := d.parse(text); err != nil {
		return err
	}
	*e = CheckpointEvery(d)
	return nil
}

// String is the time as it is read.
func (e CheckpointEvery) String() string {
	if e == 0 {
		return eachBatch
	}
	return Duration(e).String()
}

// MarshalText writes the time as it is read.
func (e CheckpointEvery) MarshalText() ([]byte, error) { return []byte(e.String()), nil }
