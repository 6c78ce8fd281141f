package client

import (
	"fmt"
	"slices"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// EFO is pushed to by enhanced fan-out.
type EFO struct{}

func (EFO) kind() string { return "efo" }
func (EFO) Fanout() bool { return true }

func (EFO) open(k *Consumer, _ des.Time) application {
	return &pushers{consumer: k, pushes: byGroup(k.links.Stream, func(group int) *pushing {
		p := newPushing(k, group)
		p.atOnce = k.idle()
		return p
	})}
}

// pushers are a subscription to each shard.
type pushers struct {
	consumer *Consumer
	pushes   []*pushing // by group of shards
	plainReaders
}

// shard subscribes to a shard.
func (a *pushers) shard(now des.Time, p *position) {
	r := a.consumer.read(p.place, p.seen, direct{})
	r.lane = a.consumer.links.Inflow.lane(p.place)
	r.way = a.pushes[a.consumer.links.Stream.Group(p.place)].pusher(r)
	r.way.start(now, now)
}

// pusher is one SubscribeToShard subscription: the first record after a silence
// opens a push, which takes along what is accepted within the push window and
// arrives after a delay drawn for it. Pushes arrive first in, first out: the next
// one opens with the first record that this one leaves behind.
type pusher struct {
	*reader
	*pushing
	iterator kinesis.Iterator
	opened   des.Time // when the first record of the push was accepted
	delay    des.Time // of the push
	renewal  des.Time // when the subscription must be renewed
	waiting  bool     // for a record
	ending   bool     // the shard has ended, and with it the subscription

	replaced bool // another subscription of the same consumer has taken its place

	subscribed, heard des.Time // when the subscription began, and when it last brought something
}

// pushing is what the pushers of a consumer share, of a group of shards.
type pushing struct {
	delays, gaps *workload.Delays
	inflow       *arm      // as polling.inflow
	random       *des.Rand // as polling.gaps
	atOnce       bool      // as Consumer.idle
}

// Fanout are all enhanced fan-out consumers of a run.
type Fanout struct {
	engine  *des.Engine
	pushers [][]*pusher // by place of the shard
	any     bool        // there is one
}

// NewFanout is a fan-out without consumers.
func NewFanout(engine *des.Engine, shards int) *Fanout {
	return &Fanout{engine: engine, pushers: make([][]*pusher, shards)}
}

// Change tells the subscriptions that wait on closed shards that nothing will come.
func (f *Fanout) Change(now des.Time, change kinesis.Change) {
	f.pushers = append(f.pushers, make([][]*pusher, len(change.Opened))...)
	for _, place := range change.Closed {
		for _, p := range f.pushers[place] {
			if p.waiting && !p.stopped && !p.replaced {
				p.waiting = false
				p.next(now)
			}
		}
	}
}

// add joins a subscription to those of its shard, in place of the consumer's last.
func (f *Fanout) add(p *pusher) {
	f.any = true
	others := slices.DeleteFunc(f.pushers[p.place], func(o *pusher) bool { return o.replaced })
	f.pushers[p.place] = append(others, p)
}

// wake tells the waiting subscriptions of shards that a record has come.
func (f *Fanout) wake(now des.Time, places []int32) {
	for _, place := range places {
		for _, p := range f.pushers[place] {
			if p.waiting && !p.stopped && !p.replaced {
				p.waiting = false
				p.next(now) // at a coarse resolution the record may come a little later
			}
		}
	}
}

func newPushing(k *Consumer, group int) *pushing {
	limits := &k.links.Limits
	return &pushing{
		delays: workload.NewDelays(limits.EFODelay, k.randomOf(group, "delay")),
		gaps:   workload.NewDelays(limits.EFOReconnectGap, k.randomOf(group, "reconnect")),
		inflow: k.links.Inflow.arm(group), random: k.randomOf(group, "gaps"),
	}
}

func (c *pushing) pusher(r *reader) *pusher {
	return &pusher{reader: r, pushing: c, iterator: kinesis.Iterator{Place: r.place}}
}

// start subscribes at first, or as soon as so long has passed since the consumer last
// subscribed to the shard that the service lets it. A subscription that is still there
// gets nothing any more: it belongs to a worker that has lost its lease, and will find
// that out within seconds.
func (p *pusher) start(_, first des.Time) {
	k := p.consumer
	for _, o := range k.links.Fanout.pushers[p.place] {
		if o.consumer == k {
			first = max(first, o.subscribed.Add(k.links.Limits.EFOResubscribe))
			o.replaced = true
		}
	}
	p.subscribed, p.heard = first, first
	p.renewal = first.Add(k.links.Limits.EFOSubscription)
	k.links.Fanout.add(p)
	p.next(first)
}

// String names the subscription in messages.
func (p *pusher) String() string {
	return fmt.Sprintf("subscription to shard %d of consumer %s", p.place, p.consumer.Config.Name)
}

// next opens the next push, or waits for a record.
func (p *pusher) next(now des.Time) {
	s := p.consumer.links.Stream
	p.iterator.Row = p.cursor
	switch at := s.Next(&p.iterator); {
	case at < des.Forever:
		p.open(now, at)
	case p.exhausted():
		p.ending = true
		p.wake(max(now, p.subscribed))
	default:
		p.waiting = true
		s.Watch(p.place)
	}
}

// open begins a push whose first record was accepted at accepted.
func (p *pusher) open(now, accepted des.Time) {
	p.opened, p.delay = accepted, des.Time(p.delays.Next())
	p.arrive(max(now, accepted+p.delay, p.subscribed))
}

// arrive lets the push arrive at t, or when the subscription is there again if
// it is being renewed or dead then.
func (p *pusher) arrive(t des.Time) {
	limits := &p.consumer.links.Limits
	t = p.alive(t)
	for p.renewal <= t {
		back := p.renewal.Add(p.gaps.Next())
		t = max(t, back)
		p.subscribed, p.renewal = back, back.Add(limits.EFOSubscription)
	}
	p.wake(t)
}

// alive is when something that would arrive at t arrives after all. A connection
// that goes half-open says nothing: the reader notices when it has heard nothing
// for so long, and subscribes again, as soon as the network lets it.
func (p *pusher) alive(t des.Time) des.Time {
	limits := &p.consumer.links.Limits
	for i := range p.consumer.faults {
		f := &p.consumer.faults[i]
		if !f.HalfOpen || t < f.From || p.subscribed >= f.From {
			continue
		}
		back := max(f.To, p.heard.Add(limits.EFOReadTimeout)).Add(p.gaps.Next())
		p.subscribed, p.renewal = back, back.Add(limits.EFOSubscription)
		t = max(t, back)
	}
	return t
}

// act hands over the push that has arrived and opens the next.
func (p *pusher) act(now des.Time) {
	switch {
	case p.stopped || p.replaced:
		return
	case p.ending:
		p.into.end(now, p.reader)
		return
	}
	if p.renewal <= now { // held up for longer than the subscription lasts
		due := p.due
		p.arrive(now)
		p.due = due
		return
	}
	k := p.consumer
	p.silent(now)
	p.skipExpired(now)
	visible := p.opened.Add(k.links.Limits.EFOPushWindow)
	if now > p.opened+p.delay { // held up: what has been long enough under way comes with it
		visible = max(visible, now-p.delay)
	}
	p.iterator.Row = p.cursor
	r := k.links.Stream.Push(now, k.id, &p.iterator, min(visible, now))
	if r.From < r.To {
		p.heard = now
		if now >= k.links.Warmup {
			p.count(now, min(visible, now), &r)
		} else {
			p.requests.WarmBytes += r.Bytes
		}
		p.take(now, &r.Rows)
	}
	if r.Until > 0 {
		p.arrive(max(now, r.Until))
		return
	}
	p.next(now)
}

// take takes what a push brings.
func (p *pusher) take(now des.Time, r *kinesis.Rows) {
	p.cursor = r.To
	if !p.atOnce {
		p.into.take(now, p.reader, r.From, r.To)
		return
	}
	p.receiveAll([]des.Time{now}, []kinesis.GetCall{{Answer: kinesis.GetResult{Rows: *r}}})
	p.consumer.links.Stream.Release(p.consumer.id, p.place, r.To)
}

// count measures a push.
func (p *pusher) count(now, visible des.Time, r *kinesis.PushResult) {
	p.requests.Calls++
	p.requests.Bytes += r.Bytes
	last := r.Last
	if p.inflow != nil && r.Until == 0 {
		if span := p.inflow.spanAt(now); p.inflow.evenly(p.place)>>span&1 > 0 {
			last = p.inflow.last(p.place, span, visible, p.random)
		}
		last = max(p.opened, last)
	}
	p.reached(uint64(now-last), r.Behind)
}
