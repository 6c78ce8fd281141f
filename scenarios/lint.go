package scenarios

import (
	"fmt"
	"math"
	"time"

	"github.com/dustin/go-humanize"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// long is how many records make a run long: minutes on one core.
const long = 1e10

// lint warns of what a scenario may do but probably should not. It is called only
// for scenarios without errors.
func (c *compiler) lint() {
	for i := range c.scenario.Producers {
		c.large(&c.scenario.Producers[i], &c.config.Producers[i])
		c.packedLarge(&c.scenario.Producers[i])
	}
	c.capacity()
	c.polls()
	c.functions()
	c.scaling()
	if c.like == nil { // else another variant may use what this one does not
		c.unused()
	}
}

// large warns of records that the stream will refuse.
func (c *compiler) large(p *Producer, compiled *client.ProducerConfig) {
	record := largest(p, compiled)
	if most := c.config.Stream.MaxRecordSize; record > most {
		c.warn(problem{
			code: codeLarge, message: fmt.Sprintf("%s makes records of up to %s with their keys; the stream refuses those above %s", p.Name, Size(record), Size(most)),
			hint: "stream.max_record_size goes up to 10MiB",
		}, p.Trace, p.Size.Constant, p.Size.Uniform, p.Size.Lognormal, &p.Size.Histogram, p)
	}
}

// capacity warns when more is offered, on average, than all shards together
// take, and when the run will take long.
func (c *compiler) capacity() {
	end := c.config.Clock.Duration
	records, volume := 0.0, 0.0
	for _, p := range c.config.Producers {
		n, bytes := offered(&p, end)
		records += n
		volume += bytes
	}
	shards, seconds := float64(c.config.Stream.Shards.Len()), end.Seconds()
	room := shards * float64(c.config.Limits.WriteRecordsPerSecond)
	space := shards * float64(c.config.Limits.WriteBytesPerSecond)
	switch s := &c.scenario.Stream.Shards; {
	case c.changes(): // how much they take is what the run is to show
	case records/seconds > room:
		c.warn(problem{code: codeCapacity, message: fmt.Sprintf("the producers offer %s records a second on average; %s take at most %s",
			decimals(records/seconds), count(int(shards), "shard"), decimals(room))}, s, s.Even, s.File)
	case volume/seconds > space:
		c.warn(problem{code: codeCapacity, message: fmt.Sprintf("the producers offer about %s/s on average, partition keys counted; %s take at most %s/s",
			model.Bytes(volume/seconds), count(int(shards), "shard"), model.Bytes(space))}, s, s.Even, s.File)
	}
	if records > long {
		c.warn(problem{code: codeLong, message: fmt.Sprintf("about %s records will arise; expect minutes to hours", humanize.SIWithDigits(records, 1, "")),
			hint: "a shorter clock.duration often answers the same question"}, &c.scenario.Clock.Duration, &c.scenario.Producers)
	}
}

// largest is the size of a producer's largest record, with its key.
func largest(p *Producer, compiled *client.ProducerConfig) model.Bytes {
	if compiled.Trace != nil {
		return compiled.Trace.Facts().Largest
	}
	return compiled.Size.Largest() + longestKey(compiled.Keys, p.Hot)
}

// offered is about how many records and bytes, keys counted, a producer offers. Of
// a trace that goes on after the end it is the part as long as the run.
func offered(p *client.ProducerConfig, end time.Duration) (records, bytes float64) {
	if p.Trace != nil {
		facts := p.Trace.Facts()
		part := min(1, float64(end)/max(float64(facts.Last), 1))
		return part * float64(facts.Records), part * float64(facts.Bytes)
	}
	records = p.Rate.Expected(des.Time(end))
	volume := records * (p.Size.Mean() + meanKey(p.Keys))
	if p.Put.Packs() { // as many as are packed, at the least
		records = volume / float64(p.Put.KPL.AggregationMaxSize)
	}
	return records, volume
}

// meanKey is the usual length of a partition key: of the frequent ones, where
// they differ.
func meanKey(k workload.Keys) float64 {
	if k.Len() == 0 {
		return model.UniqueKeyBytes
	}
	return float64(len(k.Name(k.Len() / 2)))
}

// decimals prints a number for people: one decimal where it matters.
func decimals(x float64) string {
	if x >= 1000 {
		return humanize.Comma(int64(math.Round(x)))
	}
	return humanize.Ftoa(math.Round(x*10) / 10)
}

// count is a number of things.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return humanize.Comma(int64(n)) + " " + what + "s"
}

// poller is a kind of consumer that may call GetRecords.
type poller interface {
	// polls is the time from an answer to the next call, and the value that says so; 0:
	// it makes no calls.
	polls() (every time.Duration, at any)
}

// polls warns when classic readers call more often than a shard allows.
func (c *compiler) polls() {
	limits := &c.config.Limits
	calls, readers := 0.0, 0
	var interval, last any
	for i := range c.scenario.Consumers {
		k, ok := kindOf[consumerKind](c.scenario.Consumers[i]).(poller)
		if !ok {
			continue
		}
		every, at := k.polls()
		if every == 0 {
			continue
		}
		cycle := every + limits.GetLatency.Min // the interval counts from the answer
		calls += 1 / cycle.Seconds()
		readers++
		interval, last = at, k
	}
	if allowed := float64(limits.ReadCallsPerSecond); calls > allowed {
		c.warn(problem{
			code: codePolls, message: fmt.Sprintf("%s poll each shard up to %s times a second; a shard allows %d GetRecords calls a second, so some will be refused",
				count(readers, "classic reader"), decimals(calls), limits.ReadCallsPerSecond),
			hint: "a longer interval, or efo for some of them",
		}, interval, last)
	}
}

// unused warns of overridden constants that make no difference.
func (c *compiler) unused() {
	table, used := model.AWS2026(), c.scenario.Limits.used
	for _, k := range model.Register {
		key := c.scenario.Limits.overridden[k.Name]
		p := problem{code: codeUnused, warning: true}
		switch {
		case key == nil || used[k.Used]:
			continue
		case k.Value(table) == k.Value(c.config.Limits):
			continue // as the table has it: an effective scenario lists everything
		case k.Used == model.Resharding:
			p.message = fmt.Sprintf("limits.%s makes no difference: the shards of this run never change", k.Name)
		case k.Used == model.OnDemandMode:
			p.message = fmt.Sprintf("limits.%s makes no difference: the stream is never on-demand", k.Name)
		default:
			p.message = fmt.Sprintf("limits.%s makes no difference: no consumer is read by %s", k.Name, k.Used)
		}
		c.at(key, p)
	}
}

// parts are the parts of the run, by which constants are used or not.
func (c *compiler) parts() map[model.Part]bool {
	used := map[model.Part]bool{
		model.Always: true, model.Resharding: c.changes() || c.scenario.Compare != nil,
		model.OnDemandMode: c.scenario.Stream.Mode != "provisioned" || c.becomesOnDemand() || c.comparesOnDemand(),
	}
	for _, k := range c.scenario.Consumers {
		used[model.Classic] = used[model.Classic] || k.polls()
		used[model.Fanout] = used[model.Fanout] || k.fanout()
		used[model.Functions] = used[model.Functions] || k.Lambda != nil
		used[model.Leases] = used[model.Leases] || k.KCL != nil
	}
	return used
}
