package client

import (
	"fmt"
	"slices"
	"time"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// Change tells the consumer of shards that were closed and opened. It goes on to the
// children of a shard once it has read that to its end.
func (k *Consumer) Change(now des.Time, change kinesis.Change) {
	for _, place := range change.Opened {
		p := &position{consumer: k, readings: k.readingsOf(place), place: place}
		if now < k.links.Warmup {
			p.oldRows = allOld
		}
		k.positions = append(k.positions, p)
	}
}

// begin reads the shards that may be read and that nobody reads yet: those of whose
// parents nothing is left to read.
func (k *Consumer) begin(now des.Time) {
	for _, p := range k.positions {
		k.beginAt(now, p)
	}
}

func (k *Consumer) beginAt(now des.Time, p *position) {
	if p.begun || p.drained || slices.ContainsFunc(k.links.Stream.Parents(p.place), func(parent int) bool { return !k.positions[parent].drained }) {
		return
	}
	p.begun = true
	for _, parent := range k.links.Stream.Parents(p.place) {
		now = max(now, k.positions[parent].drainedAt) // which was in another lane
	}
	p.expire(now)
	if now > k.Config.Joins {
		p.silent(now)
	}
	k.app.shard(now, p)
}

// drained notes that the consumer has read a closed shard to its end, and goes on to
// its children.
func (k *Consumer) drained(now des.Time, p *position) {
	if p.drained {
		return
	}
	if k.links.Engine.AtOnce() {
		panic(fmt.Sprintf("client: consumer %s goes on to the children of shard %d at %v while other groups of shards are under way", k.Config.Name, p.place, now))
	}
	p.drained, p.drainedAt = true, now
	for _, child := range k.links.Stream.Children(p.place) {
		k.beginAt(now, k.positions[child])
	}
}

// lookAhead counts the silence of shards whose parents have not been read yet.
func (k *Consumer) lookAhead(now des.Time) {
	for _, p := range k.positions {
		if !p.begun && !p.drained {
			p.silent(now)
		}
	}
}

// Drained is when the consumer had read a closed shard to its end.
func (k *Consumer) Drained(place int) (at des.Time, ok bool) {
	p := k.positions[place]
	return p.drainedAt, p.drained
}

// end notes that nothing more comes for the session. When what was read is processed,
// it writes the end of the shard down as its checkpoint; the children begin after that.
func (s *session) end(now des.Time, _ *reader) {
	s.atEnd = true
	if !s.busy && !s.ended && !s.closing && len(s.queue) == 0 {
		s.shardEnd(now)
	}
}

// taskBackoff is how long a worker waits to try again what failed.
const taskBackoff = 500 * time.Millisecond

// shardEnd checkpoints the end of the shard. Its lease is then over. When the table
// refuses it is tried again; when the lease is another's, he will come to the end.
func (s *session) shardEnd(now des.Time) {
	f, l := s.worker.fleet, s.lease
	slot := &f.slots[s.worker.slot]
	if wait := slot.frozen(now); wait > now {
		f.consumer.links.Engine.At(wait, des.Policies, &lastWord{s})
		return
	}
	s.checkpoint(now)
	switch {
	case s.ended:
	case s.checkpointed != now || l.checkpoint != s.processed || slot.cut(now):
		f.consumer.links.Engine.At(now.Add(taskBackoff), des.Policies, &lastWord{s})
	case l.owner == s.worker:
		f.own(now, l, nil, Finished)
		f.leases = slices.DeleteFunc(slices.Clone(f.leases), func(o *lease) bool { return o == l })
		s.finish()
		f.consumer.drained(now, f.consumer.positions[l.place])
	}
}

// lastWord is another try to checkpoint the end of a shard.
type lastWord struct{ session *session }

// Act tries it, unless the session is over.
func (w *lastWord) Act(now des.Time) {
	if s := w.session; !s.ended && !s.closing && s.worker.up {
		s.shardEnd(now)
	}
}

// String names the event in messages.
func (w *lastWord) String() string {
	return fmt.Sprintf("the end of shard %d in worker %d of consumer %s", w.session.lease.place, w.session.worker.number+1, w.session.worker.fleet.consumer.Config.Name)
}
