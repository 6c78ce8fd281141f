package client

import (
	"fmt"
	"time"

	"kinesim/model"
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
	return &pollers{consumer: k, polls: byGroup(k.links.Stream, func(group int) *polling { return newPolling(k, c, group) }), phase: k.random("phase"), into: func(*position) intake { return direct{} }}
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
	span      time.Duration // of the shard that a call goes through at the most; 0: any
	latency   *workload.Delays
	available *workload.Delays
	inflow    *arm          // of the group; nil: records come one by one
	gaps      *des.Rand     // between records, where it does not know them
	hurry     time.Duration // in place of the interval while the shard is not read to its tip; 0: no hurry
}

func newPolling(k *Consumer, c Classic, group int) *polling {
	return &polling{
		Classic: c,
		stream:  k.links.Stream, warmup: k.links.Warmup,
		life: k.links.Limits.IteratorLife, span: k.links.Limits.GetRecordsSpan,
		latency:   workload.NewDelays(k.links.Limits.GetLatency, k.randomOf(group, "latency")),
		available: workload.NewDelays(k.links.Limits.ClassicAvailability, k.randomOf(group, "availability")),
		inflow:    k.links.Inflow.arm(group), gaps: k.randomOf(group, "gaps"),
	}
}

func (c *polling) poller(r *reader) *poller { return &poller{reader: r, polling: c} }

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
	state  pollState
	answer kinesis.GetResult // the last one, which may be on its way
	issued des.Time          // when the iterator in hand was
	place  des.Time          // up to when the iterator has gone through the shard
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
	stream, shard := p.stream, p.reader.place
	p.issued, p.place = first, now
	if row := max(p.cursor, stream.Expire(now, shard)); row < stream.End(shard) { // what is empty before it is not gone through, which errs to fewer calls
		p.place = min(now, stream.AcceptedAt(shard, row)) // it may be yet to come
	}
	p.wake(first)
}

// String names the poller in messages.
func (p *poller) String() string {
	return fmt.Sprintf("reader of shard %d of consumer %s", p.reader.place, p.consumer.Config.Name)
}

// Act makes the call that is due or takes the answer that has come, and goes on with what
// comes next as long as nothing else of the shard comes before.
func (p *poller) Act(now des.Time) {
	if p.lane == nil {
		p.act(now)
		return
	}
	p.acting = true
	for goesOn := true; goesOn; now = p.then {
		p.then = des.Forever
		p.act(now)
		goesOn = p.lane.GoesOn(p.then, des.Deliveries)
	}
	if p.acting = false; p.then < des.Forever {
		p.at(p.then)
	}
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
		p.take(now)
	case iterating:
		p.fetchIterator(now)
	case iterated:
		p.state, p.issued = calling, now
		p.wake(now)
	case ending:
		p.into.end(now, p.reader)
	}
}

// take takes an answer with records.
func (p *poller) take(now des.Time) {
	a := &p.answer
	p.state = calling
	p.underway--
	p.cursor = a.To
	p.into.take(now, p.reader, a.From, a.To)
	p.passed(a.To, a.Last)
	switch {
	case a.End:
		p.state = ending
		p.wake(now)
	case p.hurry > 0 && !a.Tip:
		p.wake(now.Add(p.hurry))
	default:
		p.wake(now.Add(p.Interval))
	}
}

// call makes a GetRecords call.
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
	visible := now - des.Time(p.available.Next())
	reach := visible
	if p.span > 0 {
		reach = min(reach, p.place.Add(p.span))
	}
	r := &p.answer
	p.stream.GetRecords(now, p.reader.place, p.cursor, p.MaxRecords, reach, r)
	if r.Refused != kinesis.NoLimit {
		p.requests.AllThrottled++
	}
	if now >= p.warmup {
		p.count(now, visible, reach, r)
	} else {
		p.requests.WarmBytes += r.Bytes
	}
	if r.Refused == kinesis.NoLimit {
		p.issued = back
		p.place = max(p.place, reach)
	}
	if r.From < r.To {
		p.place = r.Last
		if now.Sub(r.Last) > model.Week {
			p.requests.OldBytes += r.Bytes
		}
		p.send(r.To)
		p.due = back
		if back == now || p.lane != nil && p.lane.Free(back) { // nobody sees anything of it before
			p.take(back)
			return
		}
		p.state = answered
		p.at(back)
		return
	}
	if r.End {
		p.state = ending
		p.wake(back)
		return
	}
	p.wake(back.Add(p.Interval))
}

// count measures a call at the instant at which the service judged it, which saw what was
// accepted by visible and looked as far as reach.
func (p *poller) count(now, visible, reach des.Time, r *kinesis.GetResult) {
	requests := &p.requests
	requests.Calls++
	switch {
	case r.Refused != kinesis.NoLimit:
		requests.Throttled++
		return
	case r.From == r.To: // nothing in the part of the shard that the call went through
		requests.Empty++
		behind := uint64(0)
		if p.span > 0 && p.place.Add(p.span) < visible {
			behind = uint64(visible - p.place.Add(p.span))
		}
		p.reached(behind, true)
		return
	}
	requests.Bytes += r.Bytes
	last := r.Last
	if p.inflow != nil && r.Tip && reach == visible {
		last = p.inflow.last(now, p.reader.place, visible, last, p.gaps)
	}
	p.reached(uint64(now-last), r.Behind)
}

// fetchIterator makes a GetShardIterator call, and another when it is refused.
func (p *poller) fetchIterator(now des.Time) {
	k := p.consumer
	refused := k.links.Stream.GetShardIterator(now, p.reader.place)
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
