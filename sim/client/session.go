package client

import (
	"fmt"
	"slices"
	"time"

	"kinesim/sim/des"
)

// session is a worker's reading of the shard of one lease: it begins at the lease's
// checkpoint, reads ahead, has its batches processed one after the other, and
// checkpoints.
type session struct {
	worker *worker
	lease  *lease
	reader *reader
	move   int // of the fleet's moves: the one that the session began with; -1: not kept

	queue   []rows // read and waiting
	waiting int64  // records in the queue
	hand    rows   // in processing, if busy
	busy    bool
	began   des.Time // when the first record of the batch in hand was begun
	each    time.Duration

	processed    int64    // rows before this one are done with
	checkpointed des.Time // when it last was
	renewed      des.Time // when the lease last was
	closing      bool     // it ends after the batch in hand
	lost         bool     // likewise, and it does not checkpoint
	ended        bool
	atEnd        bool // the shard is closed and was read to its end
}

// rows is [from, to) of a shard.
type rows struct{ from, to int64 }

// start begins to read at the checkpoint.
func (s *session) start(now des.Time) {
	f := s.worker.fleet
	k := f.consumer
	p := k.positions[s.lease.place]
	s.reader = k.read(s.lease.place, s.processed, s)
	s.reader.due = now
	if len(s.lease.active) == 1 { // nobody read before
		p.silent(now)
	}
	slot := &f.slots[s.worker.slot]
	s.reader.awake = func(t des.Time) des.Time {
		for {
			ready := slot.connected(slot.frozen(t))
			if ready == t {
				return t
			}
			t = ready
		}
	}
	switch {
	case f.pushes != nil:
		s.reader.way = f.pushes.pusher(s.reader)
		s.reader.way.start(now, now)
	case now == k.Config.Joins: // as classic readers do
		s.reader.way = f.polls.poller(s.reader)
		s.reader.way.start(now, now.Add(fraction(f.random, f.Interval)))
	default:
		p := f.polls.poller(s.reader)
		p.state = iterating
		s.reader.way = p
		p.start(now, now)
	}
}

// take puts what was read into the queue.
func (s *session) take(now des.Time, r *reader, from, to int64) {
	r.send(to) // until it is handed over
	s.queue = append(s.queue, rows{from, to})
	s.waiting += to - from
	s.next(now)
	if s.full() {
		r.busy = des.Forever
	}
}

// full tells whether the session reads no further ahead.
func (s *session) full() bool {
	f := s.worker.fleet
	if f.Prefetch == 0 {
		return s.busy || len(s.queue) > 0
	}
	if len(s.queue) >= f.Prefetch || s.waiting >= prefetchRecords {
		return true
	}
	return s.waiting > 0 && f.consumer.links.Stream.BytesOf(s.lease.place, s.queue[0].from, s.queue[len(s.queue)-1].to) >= prefetchBytes
}

// next hands the next batch over, unless one is in hand.
func (s *session) next(now des.Time) {
	f := s.worker.fleet
	k := f.consumer
	for !s.busy && !s.ended && len(s.queue) > 0 {
		b := s.queue[0]
		s.queue = slices.Delete(s.queue, 0, 1)
		s.waiting -= b.to - b.from
		s.reader.underway--
		p := s.reader.position
		s.worker.Received += b.to - b.from
		s.worker.Again += max(0, min(b.to, p.seen)-b.from)
		p.handOver(now, b.from, b.to)
		work := k.work(now)
		s.hand, s.busy, s.began, s.each = b, true, now.Add(work.PerBatch), work.PerRecord
		length := des.Time(0).Add(work.PerBatch).Add(time.Duration(b.to-b.from) * work.PerRecord)
		if length == 0 {
			s.done(now)
			continue
		}
		k.links.Engine.At(f.slots[s.worker.slot].through(now, length), des.Deliveries, s)
	}
}

// Act ends the batch in hand.
func (s *session) Act(now des.Time) {
	switch {
	case s.ended:
		return
	case !s.worker.up: // killed in the middle of a batch whose lease it had lost
		s.ended = true
		s.leaveLease()
		return
	}
	s.done(now)
	s.next(now)
	if !s.ended && !s.full() {
		s.reader.resume(now)
	}
}

// String names the session in messages.
func (s *session) String() string {
	return fmt.Sprintf("batch of shard %d in worker %d of consumer %s", s.lease.place, s.worker.number+1, s.worker.fleet.consumer.Config.Name)
}

// done ends the batch in hand. An exception in processing is logged and no more: the
// library goes on with the next batch, and these records are lost (section 7.5).
func (s *session) done(now des.Time) {
	f := s.worker.fleet
	k := f.consumer
	s.busy = false
	n := s.hand.to - s.hand.from
	if share := k.errors(now); share > 0 && f.random.Float64() < share {
		s.reader.giveUp(now, s.hand.from, s.hand.to)
	} else {
		s.worker.Processed += n
		s.reader.process(now.Add(-time.Duration(n)*s.each), s.each, s.hand.from, s.hand.to)
	}
	s.processed = s.hand.to
	if s.lost {
		s.ended = true
		s.leaveLease()
		return
	}
	if s.closing || now.Sub(s.checkpointed) >= f.CheckpointEvery {
		s.checkpoint(now)
	}
	switch {
	case s.ended:
	case s.closing:
		s.close(now)
	case s.atEnd && len(s.queue) == 0:
		s.shardEnd(now)
	}
}

// checkpoint writes down how far the session is. When the lease is another's by now
// that fails, and the session ends.
func (s *session) checkpoint(now des.Time) {
	f, l := s.worker.fleet, s.lease
	wrote := !f.slots[s.worker.slot].cut(now) && f.table.write(now)
	switch {
	case l.owner != s.worker && l.giver != s.worker:
		if wrote {
			s.lose(now)
		}
	case wrote:
		l.checkpoint = s.processed
		s.checkpointed = now
		s.release()
	}
}

// release lets the stream forget what no session of the lease reads again.
func (s *session) release() {
	k := s.worker.fleet.consumer
	k.links.Stream.Release(k.id, s.lease.place, min(s.lease.checkpoint, s.lease.inHand()))
}

// close ends the session after the batch in hand, with a checkpoint, and gives the
// lease up.
func (s *session) close(now des.Time) {
	s.closing = true
	if s.busy || s.ended {
		return
	}
	f, l := s.worker.fleet, s.lease
	if l.checkpoint < s.processed {
		s.checkpoint(now)
	}
	switch {
	case l.giver == s.worker:
		l.giver = nil
	case l.owner == s.worker && f.table.write(now):
		f.own(now, l, nil, Released)
	}
	s.finish()
}

// lose ends a session whose lease is another's. Nobody stops the record processor in
// the middle of a batch, so what is in hand is finished; nothing of it is
// checkpointed.
func (s *session) lose(now des.Time) {
	if s.busy {
		s.lost = true
		s.leave()
		return
	}
	s.finish()
}

// cut counts what of the batch in hand is processed by now.
func (s *session) cut(now des.Time) {
	if !s.busy || s.ended {
		return
	}
	n := finished(s.began, s.each, s.hand.to-s.hand.from, now)
	s.worker.Processed += n
	s.reader.process(s.began, s.each, s.hand.from, s.hand.from+n)
}

// finish ends the session where it stands.
func (s *session) finish() {
	s.ended = true
	s.leave()
	s.leaveLease()
}

// leave stops the reader and takes the session from its worker.
func (s *session) leave() {
	s.reader.underway -= len(s.queue)
	s.queue, s.waiting = nil, 0
	f := s.worker.fleet
	f.consumer.stop(s.reader)
	if s.move >= 0 {
		f.moves[s.move].Ended = f.consumer.links.Engine.Now()
	}
	s.worker.sessions = without(s.worker.sessions, s)
	s.worker.closed()
}

// leaveLease takes the session from its lease.
func (s *session) leaveLease() {
	s.lease.active = without(s.lease.active, s)
	s.release()
}

// without is a list without one of its items.
func without(list []*session, s *session) []*session {
	return slices.DeleteFunc(slices.Clone(list), func(o *session) bool { return o == s })
}
