package client

import (
	"fmt"
	"time"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// Classic polls each shard with GetRecords.
type Classic struct {
	Interval   time.Duration // from an answer to the next call
	MaxRecords int64         // Limit of each call
}

func (Classic) kind() string { return "classic" }
func (Classic) Fanout() bool { return false }

func (c Classic) open(k *Consumer, _ des.Time) application {
	polls := byGroup(k.links.Stream, func(group int) *polling {
		p := newPolling(k, c, group)
		p.atOnce = k.idle()
		return p
	})
	return &pollers{consumer: k, polls: polls, phase: k.random("phase"), into: func(*position) intake { return direct{} }}
}

// pollers are a poller on each shard.
type pollers struct {
	consumer *Consumer
	polls    []*polling // by group of shards
	phase    *des.Rand
	into     func(*position) intake
	plainReaders
}

// shard starts a poller. The first ones begin at even times within the first
// interval; one for a child follows on the end of its parents.
func (a *pollers) shard(now des.Time, p *position) {
	k := a.consumer
	r := k.read(p.place, p.seen, a.into(p))
	if _, plain := r.into.(direct); plain { // what it reads concerns nobody else
		r.lane = k.links.Inflow.lane(p.place)
	}
	polls := a.polls[k.links.Stream.Group(p.place)]
	r.way = polls.poller(r)
	first := now
	if now == k.Config.Joins {
		first = now.Add(fraction(a.phase, polls.Interval))
	}
	r.way.start(now, first)
}

// plainReaders are readers without anything around them.
type plainReaders struct{}

func (plainReaders) ready(des.Time)  {}
func (plainReaders) finish(des.Time) {}
func (plainReaders) look(des.Time)   {}

// polling is what the pollers of a consumer share, of a group of shards.
type polling struct {
	Classic
	stream    *kinesis.Stream
	warmup    des.Time
	life      time.Duration // of an iterator
	latency   *workload.Delays
	available *workload.Delays
	inflow    *arm          // of the group; nil: records come one by one
	gaps      *des.Rand     // between records, where it does not know them
	hurry     time.Duration // in place of the interval while the shard is not read to its tip; 0: no hurry
	atOnce    bool          // as Consumer.idle
	streak                  // under way
}

func newPolling(k *Consumer, c Classic, group int) *polling {
	return &polling{
		Classic: c,
		stream:  k.links.Stream, warmup: k.links.Warmup,
		life:      k.links.Limits.IteratorLife,
		latency:   workload.NewDelays(k.links.Limits.GetLatency, k.randomOf(group, "latency")),
		available: workload.NewDelays(k.links.Limits.ClassicAvailability, k.randomOf(group, "availability")),
		inflow:    k.links.Inflow.arm(group), gaps: k.randomOf(group, "gaps"),
	}
}

func (c *polling) poller(r *reader) *poller {
	return &poller{reader: r, polling: c, iterator: kinesis.Iterator{Place: r.place}}
}

// poller reads one shard with GetRecords: it calls, waits for the answer, hands it
// on, and calls again one interval after the answer, or when who takes it is ready,
// whichever is later. A refused call is answered as well, and the poller waits its
// interval like after any other.
//
// Each answer brings the next iterator. One that is older than its life is refused,
// and the poller fetches another with GetShardIterator, as often as it takes.
type poller struct {
	*reader
	*polling
	state    pollState
	answer   kinesis.GetResult // that is on its way
	iterator kinesis.Iterator
	issued   des.Time // when the iterator in hand was
}

// pollState is what the poller's next event is.
type pollState uint8

const (
	calling   pollState = iota // GetRecords
	answered                   // the answer to it
	iterating                  // GetShardIterator
	iterated                   // the answer to it
	ending                     // nothing: there is no next iterator
)

// start calls first at first, with an iterator of that instant.
func (p *poller) start(now, first des.Time) {
	it := &p.iterator
	p.issued, it.Through = first, now
	if row := max(p.cursor, p.stream.Expire(now, it.Place)); row < p.stream.End(it.Place) { // what is empty before it is not gone through, which errs to fewer calls
		it.Through = min(now, p.stream.AcceptedAt(it.Place, row)) // it may be yet to come
	}
	p.wake(first)
}

// String names the poller in messages.
func (p *poller) String() string {
	return fmt.Sprintf("reader of shard %d of consumer %s", p.reader.place, p.consumer.Config.Name)
}

// act makes the call that is due or takes the answer that has come.
func (p *poller) act(now des.Time) {
	if p.stopped {
		if p.state == answered {
			p.underway--
		}
		return
	}
	switch p.state {
	case calling:
		p.call(now)
	case answered:
		p.state = calling
		p.underway--
		p.hand(now, &p.answer)
		p.goOn(now, &p.answer)
	case iterating:
		p.fetchIterator(now)
	case iterated:
		p.state, p.issued = calling, now
		p.wake(now)
	case ending:
		p.into.end(now, p.reader)
	}
}

// call makes the GetRecords call that is due, and those of the shard after it that are certain.
func (p *poller) call(now des.Time) {
	p.silent(now)
	p.skipExpired(now)
	back := now.Add(p.latency.Next())
	if now.Sub(p.issued) >= p.life {
		if now >= p.warmup {
			p.requests.Stale++
		}
		p.state = iterating
		p.wake(back)
		return
	}
	until := p.gather(now, back)
	for _, q := range p.pollers {
		q.list(until)
	}
	p.stream.GetRecords(p.all...)
	for _, q := range p.pollers {
		q.note()
		q.takeLast()
	}
}

// hand hands an answer with records on.
func (p *poller) hand(now des.Time, r *kinesis.GetResult) {
	p.cursor = r.To
	p.into.take(now, p.reader, r.From, r.To)
	p.passed(r.To, r.Last)
}

// goOn goes on after an answer that came now.
func (p *poller) goOn(now des.Time, r *kinesis.GetResult) {
	switch {
	case r.End:
		p.state = ending
		p.wake(now)
	case p.hurry > 0 && r.From < r.To && !r.Tip:
		p.wake(now.Add(p.hurry))
	default:
		p.wake(now.Add(p.Interval))
	}
}

// fetchIterator makes a GetShardIterator call, and another when it is refused.
func (p *poller) fetchIterator(now des.Time) {
	k := p.consumer
	refused := k.links.Stream.GetShardIterator(now, p.iterator.Place)
	if now >= k.links.Warmup {
		p.requests.Iterators++
	}
	back := now.Add(p.latency.Next())
	if refused != kinesis.NoLimit {
		p.wake(back.Add(p.Interval))
		return
	}
	p.state, p.due = iterated, back
	p.at(back)
}
