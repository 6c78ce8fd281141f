package client

import (
	"fmt"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// poller reads one shard with GetRecords: it calls, waits for the answer, has
// the records processed, and calls again one interval after the answer, or when
// it is done, whichever is later. A refused call is answered as well, and the
// poller waits its interval like after any other.
type poller struct {
	*reader
	*polling
	answer kinesis.GetResult // on its way while from < to
}

// polling is what the pollers of a consumer share.
type polling struct {
	Classic
	latency   *workload.Delays
	available *workload.Delays
}

// newPollers starts a poller on each shard, each at an even time within the
// first interval.
func newPollers(k *Consumer, c Classic, stream func(use string) *des.Rand) {
	shared := &polling{c,
		workload.NewDelays(k.links.Limits.GetLatency, stream("latency")),
		workload.NewDelays(k.links.Limits.ClassicAvailability, stream("availability"))}
	phase := stream("phase")
	pollers := make([]poller, len(k.readers))
	for i := range pollers {
		pollers[i] = poller{reader: &k.readers[i], polling: shared}
		pollers[i].next(des.Time(fraction(phase, c.Interval)))
	}
}

// String names the poller in messages.
func (p *poller) String() string {
	return fmt.Sprintf("reader of shard %d of consumer %s", p.place, p.consumer.Config.Name)
}

// Act makes the call that is due or takes the answer that has come.
func (p *poller) Act(now des.Time) {
	if p.answer.From < p.answer.To {
		p.handOver(now, p.answer.From, p.answer.To)
		p.answer = kinesis.GetResult{}
		p.next(now.Add(p.Interval))
		return
	}
	k := p.consumer
	p.silent(now)
	p.expire(now)
	visible := now - des.Time(p.available.Next())
	r := k.links.Stream.GetRecords(now, p.place, p.cursor, p.MaxRecords, visible)
	answered := now.Add(p.latency.Next())
	if now >= k.links.Warmup {
		p.count(now, r)
	}
	if r.From < r.To {
		p.answer = r
		k.links.Engine.At(answered, des.Deliveries, p)
		return
	}
	p.next(answered.Add(p.Interval))
}

// count measures a call at the instant at which the service judged it.
func (p *poller) count(now des.Time, r kinesis.GetResult) {
	k := p.consumer
	k.Calls++
	switch {
	case r.Refused != kinesis.NoLimit:
		k.Throttled++
	case r.From == r.To:
		k.Empty++
		k.IteratorAge.Add(0)
	default:
		k.Bytes += r.Bytes
		k.IteratorAge.Add(uint64(now - r.Last))
	}
}

// next makes the next call at t, or when the reader is no longer busy.
func (p *poller) next(t des.Time) {
	p.due = t
	p.consumer.links.Engine.At(max(t, p.busy), des.Deliveries, p)
}
