package client

import (
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// Firehose is a delivery stream: it reads each shard once a second, like any classic
// reader, and delivers what it has read when its buffer is full or has waited long
// enough (kinesis.md, section 8.2). A record counts as processed when it is delivered.
// Delivery itself takes no time here, and never fails. While the consumer pauses, the
// buffer waits.
type Firehose struct {
	BufferSize     model.Bytes
	BufferInterval time.Duration
}

func (Firehose) kind() string { return "firehose" }
func (Firehose) Fanout() bool { return false }

// FirehoseInterval is how often a delivery stream calls GetRecords on a shard
// (kinesis.md, section 8.2).
const FirehoseInterval = time.Second

// delivery is a running delivery stream.
type delivery struct {
	Firehose
	pollers
	pending [][]rows // in the buffer, by shard
	bytes   model.Bytes
	timer   int // counts the buffers, so that a timer knows whether its own was delivered
}

func (f Firehose) open(k *Consumer, _ des.Time) application {
	d := &delivery{Firehose: f}
	polls := newPolling(k, Classic{FirehoseInterval, k.links.Limits.GetRecordsLimit}, onlyGroup)
	d.pollers = pollers{consumer: k, polls: []*polling{polls}, phase: k.random("phase"), into: d.buffer}
	return d
}

// buffer makes a place in the buffer for the records of a shard.
func (d *delivery) buffer(p *position) intake {
	for len(d.pending) <= p.place {
		d.pending = append(d.pending, nil)
	}
	p.inHand = func() int64 {
		if runs := d.pending[p.place]; len(runs) > 0 {
			return runs[0].from
		}
		return p.seen
	}
	return d
}

// end goes on to the children: what they have may be delivered together with what
// is left of their parents, and after it.
func (d *delivery) end(now des.Time, r *reader) { direct{}.end(now, r) }

// take puts rows into the buffer.
func (d *delivery) take(now des.Time, r *reader, from, to int64) {
	k := d.consumer
	r.handOver(now, from, to)
	d.add(r.place, from, to)
	if d.bytes == 0 {
		d.timer++
		k.links.Engine.At(now.Add(d.BufferInterval), des.Deliveries, &flush{d, d.timer})
	}
	d.bytes += model.Bytes(k.links.Stream.BytesOf(r.place, from, to))
	if d.bytes >= d.BufferSize {
		d.deliver(now)
	}
}

// add puts rows into the buffer.
func (d *delivery) add(place int, from, to int64) {
	runs := d.pending[place]
	if n := len(runs); n > 0 && runs[n-1].to == from {
		runs[n-1].to = to
		return
	}
	d.pending[place] = append(runs, rows{from, to})
}

// deliver empties the buffer.
func (d *delivery) deliver(now des.Time) {
	k := d.consumer
	if wake := k.awake(now); wake > now {
		k.links.Engine.At(wake, des.Deliveries, &flush{d, d.timer})
		return
	}
	for i := range d.pending {
		p := k.positions[i]
		for _, r := range d.pending[i] {
			p.process(now, 0, r.from, r.to)
		}
		d.pending[i] = d.pending[i][:0]
		k.links.Stream.Release(k.id, i, p.seen)
	}
	d.bytes = 0
	d.timer++
}

// flush is the end of a buffer's time.
type flush struct {
	delivery *delivery
	buffer   int
}

// Act delivers, unless the buffer was full before.
func (f *flush) Act(now des.Time) {
	if f.buffer == f.delivery.timer {
		f.delivery.deliver(now)
	}
}

// String names the flush in messages.
func (f *flush) String() string { return "the buffer of consumer " + f.delivery.consumer.Config.Name }

// finish leaves what is in the buffer undelivered.
func (d *delivery) finish(des.Time) {}

// pace: as a classic reader that calls each second.
func (f Firehose) pace(k *Consumer, size, room float64) float64 {
	return Classic{FirehoseInterval, k.links.Limits.GetRecordsLimit}.pace(k, size, room)
}
