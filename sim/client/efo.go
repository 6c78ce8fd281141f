package client

import (
	"fmt"

	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// pusher is one SubscribeToShard subscription: the first record after a silence
// opens a push, which takes along what is accepted within the push window and
// arrives after a delay drawn for it. Pushes arrive first in, first out: the next
// one opens with the first record that this one leaves behind.
type pusher struct {
	*reader
	*pushing
	opened  des.Time // when the first record of the push was accepted
	delay   des.Time // of the push
	renewal des.Time // when the subscription must be renewed
	waiting bool     // for a record
}

// pushing is what the pushers of a consumer share.
type pushing struct {
	delays, gaps *workload.Delays
}

// Fanout are all enhanced fan-out consumers of a run.
type Fanout struct {
	engine  *des.Engine
	pushers [][]*pusher // by place of the shard
}

// NewFanout is a fan-out without consumers.
func NewFanout(engine *des.Engine, shards int) *Fanout {
	return &Fanout{engine, make([][]*pusher, shards)}
}

// wake tells the waiting subscriptions of shards that a record has come.
func (f *Fanout) wake(now des.Time, places []int32) {
	for _, place := range places {
		for _, p := range f.pushers[place] {
			if p.waiting {
				p.waiting = false
				p.open(now, now)
			}
		}
	}
}

// newPushers subscribes a consumer to every shard.
func newPushers(k *Consumer, stream func(use string) *des.Rand) {
	limits := k.links.Limits
	shared := &pushing{
		workload.NewDelays(limits.EFODelay, stream("delay")),
		workload.NewDelays(limits.EFOReconnectGap, stream("reconnect"))}
	for i := range k.readers {
		p := &pusher{reader: &k.readers[i], pushing: shared, renewal: des.Time(limits.EFOSubscription)}
		k.links.Fanout.pushers[i] = append(k.links.Fanout.pushers[i], p)
		p.wait()
	}
}

// String names the subscription in messages.
func (p *pusher) String() string {
	return fmt.Sprintf("subscription to shard %d of consumer %s", p.place, p.consumer.Config.Name)
}

// wait leaves the subscription idle until the next record.
func (p *pusher) wait() {
	p.waiting = true
	p.consumer.links.Stream.Watch(p.place)
}

// open begins a push whose first record was accepted at accepted.
func (p *pusher) open(now, accepted des.Time) {
	p.opened, p.delay = accepted, des.Time(p.delays.Next())
	p.arrive(max(now, accepted+p.delay))
}

// arrive lets the push arrive at t, or when the subscription is there again if
// it is being renewed then.
func (p *pusher) arrive(t des.Time) {
	limits := &p.consumer.links.Limits
	for p.renewal <= t {
		back := p.renewal.Add(p.gaps.Next())
		t = max(t, back)
		p.renewal = back.Add(limits.EFOSubscription)
	}
	p.due = t
	p.consumer.links.Engine.At(max(t, p.busy), des.Deliveries, p)
}

// Act hands over the push that has arrived and opens the next.
func (p *pusher) Act(now des.Time) {
	k := p.consumer
	p.silent(now)
	p.expire(now)
	visible := p.opened.Add(k.links.Limits.EFOPushWindow)
	if now > p.opened+p.delay { // held up: what has been long enough under way comes with it
		visible = max(visible, now-p.delay)
	}
	r := k.links.Stream.Push(now, k.id, p.place, p.cursor, min(visible, now))
	if r.From < r.To {
		if now >= k.links.Warmup {
			k.Calls++
			k.Bytes += r.Bytes
			k.IteratorAge.Add(uint64(now - r.Last))
		}
		p.handOver(now, r.From, r.To)
	}
	switch {
	case r.Until > 0:
		p.arrive(max(now, r.Until))
	case p.cursor < k.links.Stream.End(p.place):
		p.open(now, k.links.Stream.AcceptedAt(p.place, p.cursor))
	default:
		p.wait()
	}
}
