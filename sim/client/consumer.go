package client

import (
	"time"

	"kinesim/sim/des"
	"kinesim/sim/metric"
)

// Consumer is one consumer: how far it is on each shard, and what its readers
// measure together.
type Consumer struct {
	Config ConsumerConfig

	// Of records accepted at or after warm-up, in ns: Propagation from acceptance
	// to the first hand-over, EndToEnd from arising to processed for the first time.
	// EndToEnd of consumers that process where they read is counted at the hand-over
	// of the batch that holds the record.
	Propagation, EndToEnd metric.Recorder
	// IteratorAge is, for each GetRecords call or push at or after warm-up, its
	// instant minus the arrival of the last record returned; 0 for an empty answer
	// at the tip. That is how CloudWatch defines it, and it is silent while a reader
	// makes no calls. Silence is the age of the oldest unread record when a reader
	// that should have called before was held up until now, or when there was none. Behind is
	// MillisBehindLatest of each answer: 0 at the tip of the shard.
	IteratorAge, Silence, Behind metric.Recorder

	groups    []*readings // by group of shards
	links     Links
	id        int         // the stream's number for this reader
	positions []*position // by place of the shard
	faults    []Fault     // that befall this consumer
	joined    bool
	app       application

	readers []*reader // that have not stopped
}

// application is what reads for a consumer, and what it does with what it read.
type application interface {
	shard(now des.Time, p *position) // begins to read a shard, when those that it came from have been read to their ends
	ready(now des.Time)              // starts, when it has been told of the first shards
	finish(end des.Time)             // counts what is done by then
	look(now des.Time)               // counts the silence of shards that nobody reads
}

// NewConsumer makes a consumer, which wakes its readers when it joins. Random
// streams are named after it.
func NewConsumer(c ConsumerConfig, l Links) *Consumer {
	k := &Consumer{Config: c, links: l, id: l.Stream.AddReader()}
	if l.Inflow != nil {
		l.Inflow.readers = append(l.Inflow.readers, k)
	}
	k.groups = byGroup(l.Stream, k.newReadings)
	together := make([]position, l.Stream.Shards()) // those of neighbours lie together
	for i := range together {
		together[i] = position{consumer: k, readings: k.readingsOf(i), place: i}
		k.positions = append(k.positions, &together[i])
	}
	if kind, ok := c.Kind.(interface{ keyed() bool }); ok && kind.keyed() {
		l.Stream.KeepKeys()
	}
	for _, f := range l.Faults {
		if f.Consumer == c.Name {
			k.faults = append(k.faults, f)
		}
	}
	if l.Warmup > 0 {
		for _, p := range k.positions {
			p.oldRows = allOld
		}
		l.Engine.At(l.Warmup, des.Sampling, warmth{k})
	}
	if c.Joins == 0 {
		k.join(0)
	} else {
		l.Engine.At(c.Joins, des.Deliveries, arrival{k})
	}
	return k
}

// readingsOf are those of the shard at a place.
func (k *Consumer) readingsOf(place int) *readings { return k.groups[k.links.Stream.Group(place)] }

// join starts to read.
func (k *Consumer) join(now des.Time) {
	k.joined = true
	k.app = k.Config.Kind.open(k, now)
	for _, p := range k.positions {
		p.open(now)
	}
	k.begin(now)
	k.app.ready(now)
}

// arrival is the instant at which a consumer joins.
type arrival struct{ consumer *Consumer }

// Act implements des.Actor.
func (a arrival) Act(now des.Time) { a.consumer.join(now) }

// String names the event in messages.
func (a arrival) String() string { return "the start of consumer " + a.consumer.Config.Name }

// random is the consumer's stream of random numbers for a use.
func (k *Consumer) random(use string) *des.Rand {
	return des.Stream(k.links.Seed, "consumer/"+k.Config.Name+"/"+use)
}

// randomOf is random for a group of shards, whose readers draw by themselves.
func (k *Consumer) randomOf(group int, use string) *des.Rand {
	return k.random(groupName(use, group))
}

// read makes a reader of a shard from a row on.
func (k *Consumer) read(place int, from int64, into intake) *reader {
	r := &reader{position: k.positions[place], into: into, cursor: from}
	if len(k.faults) > 0 {
		r.awake = k.awake
	}
	k.readers = append(k.readers, r)
	return r
}

// stop ends a reader for good. What is on its way to it is dropped.
func (k *Consumer) stop(r *reader) {
	r.stopped = true
	for i := range k.readers {
		if k.readers[i] == r {
			last := len(k.readers) - 1
			k.readers[i] = k.readers[last]
			k.readers = k.readers[:last]
			return
		}
	}
}

// Type is the kind of the consumer by the name that scenarios use.
func (k *Consumer) Type() string { return k.Config.Kind.kind() }

// Fanout tells whether the consumer is registered for enhanced fan-out.
func (k *Consumer) Fanout() bool { return k.Config.Kind.Fanout() }

// Accepted is how many records the stream took after the consumer's starting point.
func (k *Consumer) Accepted() (n int64) {
	if k.joined {
		for i, p := range k.positions {
			n += k.links.Stream.End(i) - p.start
		}
	}
	return n
}

// Backlog is how many records of the stream the consumer has not been handed, and
// how many of them were accepted before warm-up.
func (k *Consumer) Backlog() (all, old int64) {
	if !k.joined {
		return 0, 0
	}
	for _, p := range k.positions {
		a, o := p.unread()
		all, old = all+a, old+o
	}
	return all, old
}

// OldestUnread is the age of the oldest record that the consumer has not been
// handed; 0 without one.
func (k *Consumer) OldestUnread(now des.Time) time.Duration {
	var oldest time.Duration
	for _, p := range k.positions {
		if k.joined && now.Sub(p.since) > oldest { // else it need not be looked up, in cache lines that are far
			oldest = max(oldest, p.oldest(now))
		}
	}
	return oldest
}

// Expire lets expired records go.
func (k *Consumer) Expire(now des.Time) {
	for _, p := range k.positions {
		if k.joined {
			p.expire(now)
		}
	}
}

// Look lets expired records go and counts the silence of held-up readers and of
// shards that nobody reads, for whoever measures up to now.
func (k *Consumer) Look(now des.Time) {
	k.Expire(now)
	for _, r := range k.readers {
		r.silent(now)
	}
	if k.joined {
		k.app.look(now)
		k.lookAhead(now)
	}
}

// Finish brings the consumer up to the end of the run.
func (k *Consumer) Finish(end des.Time) {
	k.Look(end)
	if k.joined {
		k.app.finish(end)
	}
}
