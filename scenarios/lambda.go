package scenarios

import (
	"fmt"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
)

// Lambda is an event source mapping.
type Lambda struct {
	BatchSize int64    `json:"batch_size" range:"1..10000" doc:"Records of an invocation at the most (default 100)."`
	Window    Duration `json:"window" range:"0s..300s" doc:"MaximumBatchingWindowInSeconds: how long a batch that is not full may wait (default 0s)."`
	Parallel  int64    `json:"parallelization_factor" range:"1..10" doc:"Batches of a shard at a time; records of one partition key stay in order, so one key keeps one of them busy (default 1)."`

	Duration    Delay `json:"duration" doc:"How long an invocation takes, beside what processing says (default 100ms)."`
	Concurrency int64 `json:"concurrency" range:"0..100000" doc:"Invocations at a time over all shards (default 0: any number)."`

	Errors   Share     `json:"errors" range:"0%..100%" doc:"Part of the invocations that fail (default 0%)."`
	Retries  *int64    `json:"retries,omitempty" range:"-1..10000" doc:"MaximumRetryAttempts (default -1: until the records expire)."`
	Bisect   bool      `json:"bisect_on_error" doc:"BisectBatchOnFunctionError: a batch that failed is tried again in halves, which counts as no retry (default false)."`
	MaxAge   *Duration `json:"max_record_age,omitempty" range:"60s..168h" doc:"MaximumRecordAgeInSeconds: older records are given up (default: when they expire)."`
	Send     bool      `json:"on_failure" doc:"Whether there is a destination for what is given up after retries or for its age or size (default false: it is lost). What expires goes nowhere."`
	Partial  bool      `json:"report_batch_item_failures" doc:"The function names the record that failed, and only that and those after it are tried again (default false)."`
	Tumbling Duration  `json:"tumbling_window" range:"0s..900s" doc:"TumblingWindowInSeconds: batches end at the edges of such windows, where the function is called once more (default 0s: none)."`
	Filter   *Share    `json:"filter,omitempty" range:"0%..100%" doc:"Part of the records that the filter lets through (default 100%)."`

	Retrieval Retrieval `json:"retrieval" doc:"How records are read (default classic)."`
	Interval  Duration  `json:"interval" range:"1ms..24h" doc:"Classic: from an answer to the next call once a shard is read to its tip (default 1s)."`
}

func (l *Lambda) defaults() {
	l.BatchSize, l.Parallel, l.Retrieval, l.Interval = 100, 1, "classic", Duration(time.Second)
}

func (l *Lambda) consumer(c *compiler) client.ConsumerKind {
	compiled := client.Lambda{
		BatchSize: l.BatchSize, Window: time.Duration(l.Window), Parallel: int(l.Parallel), Duration: c.functionTime(l),
		Concurrency: int(l.Concurrency), Errors: l.Errors.Ratio(), Retries: -1, Bisect: l.Bisect, Destination: l.Send,
		Partial: l.Partial, Tumbling: time.Duration(l.Tumbling), Keep: 1, EFO: l.Retrieval == "efo", Interval: time.Duration(l.Interval),
	}
	if l.Retries == nil {
		l.Retries = ptr(int64(-1))
	}
	compiled.Retries = int(*l.Retries)
	if l.MaxAge != nil {
		compiled.MaxAge = time.Duration(*l.MaxAge)
	}
	if l.Filter != nil {
		compiled.Keep = l.Filter.Ratio()
	}
	c.suits(l, compiled)
	return compiled
}

func (l *Lambda) polls() (time.Duration, any) {
	if l.Retrieval == "efo" {
		return 0, l
	}
	return time.Duration(l.Interval), &l.Interval
}

// suits tells what of a mapping contradicts itself.
func (c *compiler) suits(l *Lambda, compiled client.Lambda) {
	if l.Tumbling > 0 && l.Parallel > 1 {
		c.complain(codeConflict, &l.Parallel, "parallelization_factor %d with a tumbling_window: the state of a window is handed from one batch of a shard to the next", l.Parallel)
	}
	if l.Bisect && compiled.Retries < 0 && compiled.MaxAge == 0 {
		c.warn(problem{code: codeUnused, message: "bisect_on_error finds the record that fails, and then nothing gives it up: it blocks its shard until it expires",
			hint: "set retries or max_record_age"}, &l.Bisect, l)
	}
	if compiled.MaxAge > c.leastRetention() {
		c.warn(problem{code: codeUnused, message: fmt.Sprintf("max_record_age %s is longer than the stream keeps records, %s", *l.MaxAge, Duration(c.leastRetention()))}, l.MaxAge)
	}
}

// functions warns of records that functions cannot get, or not side by side.
func (c *compiler) functions() {
	packed, record := true, model.Bytes(0)
	for i := range c.scenario.Producers {
		p := &c.scenario.Producers[i]
		compiled := &c.config.Producers[i]
		packed = packed && compiled.Put.Packs()
		record = max(record, largest(p, compiled))
	}
	for i := range c.scenario.Consumers {
		l := c.scenario.Consumers[i].Lambda
		if l == nil {
			continue
		}
		if l.Parallel > 1 && packed {
			c.warn(problem{code: codeUnused, message: fmt.Sprintf("parallelization_factor %d makes no difference: all records that the KPL packs have one partition key", l.Parallel)}, &l.Parallel, l)
		}
		room := c.config.Limits.LambdaPayload
		if l.Send && *l.Retries < 0 && l.MaxAge == nil && record <= room {
			c.warn(problem{code: codeUnused, message: "nothing is ever sent to on_failure: a batch that fails is tried again until its records expire, and those go nowhere",
				hint: "set retries or max_record_age"}, &l.Send, l)
		}
		if record > room && !l.Send {
			c.warn(problem{code: codeLarge, message: fmt.Sprintf("the producers make records of up to %s with their keys; no invocation takes more than %s, so larger ones are lost", Size(record), Size(room)),
				hint: "on_failure: true sends them to a destination"}, &l.Send, l)
		}
	}
}

// usualInvocation is how long an invocation takes that does not say so.
const usualInvocation = 100 * time.Millisecond

// functionTime is how long an invocation takes.
func (c *compiler) functionTime(l *Lambda) model.Delay {
	if l.Duration == (Delay{}) {
		l.Duration = delayOf(model.Constantly(usualInvocation))
	}
	if !c.sound(&l.Duration) {
		return model.Delay{} // told already
	}
	return kindOf[delayKind](l.Duration).delay(c.checker)
}
