package client

import (
	"fmt"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// library is one instance of the Kinesis Producer Library: it packs user records
// for the shard that they will go to, holds them back to a rate, collects them into
// PutRecords calls and sends what was refused again until its time to live is over.
//
// It works in steps of 25 ms, in which the library looks at its limiters, and wakes
// between them only for a collection's deadline. What was refused goes again as it
// is; the library would pack its user records anew, perhaps in better company, so
// this errs towards a few records more.
type library struct {
	producer *Producer
	settings *KPL
	client   int
	source   sender   // draws the user records; it never sends
	phase    des.Time // of its steps
	next     des.Time // when it acts next

	lanes  []*lane // by place of the predicted shard; nil: nothing went there yet
	active []*lane // with something in the reducer or the limiter

	collected []packed // for the next call
	size      model.Bytes

	batch kinesis.Batch
	again []bool
}

// lane is what a library has for one shard.
type lane struct {
	reducer   reducer
	limiter   limiter
	active    bool
	collected model.Bytes // in the next call
}

func newLibrary(p *Producer, client int, process workload.Process, random *des.Rand) *library {
	l := &library{
		producer: p, settings: p.Config.Put.KPL, client: client, phase: des.Time(random.Int64N(int64(drainEvery))), next: des.Forever,
		lanes: make([]*lane, p.links.Stream.Shards()),
	}
	l.source = sender{producer: p, client: client, process: process}
	l.sleep()
	return l
}

// String names the library in messages.
func (l *library) String() string {
	return fmt.Sprintf("KPL %d of producer %s", l.client, l.producer.Config.Name)
}

// step is the first step at or after t.
func (l *library) step(t des.Time) des.Time {
	if t <= l.phase {
		return l.phase
	}
	return l.phase + (t-l.phase+drainEvery-1)/drainEvery*drainEvery
}

// sleep wakes the library for the step after the next user record arises.
func (l *library) sleep() {
	if s := &l.source; len(s.arrivals) > 0 || s.more() {
		l.wake(l.step(s.arrivals[0]))
	}
}

// wake lets the library act at t, if it does not act before.
func (l *library) wake(t des.Time) {
	if t = max(t, l.producer.links.Engine.Now()); t < l.next {
		l.next = t
		l.producer.links.Engine.At(t, des.Arrivals, l)
	}
}

// Act does what is due.
func (l *library) Act(now des.Time) {
	if now != l.next { // it was woken earlier than it had asked for, and has asked anew
		return
	}
	l.next = des.Forever
	l.take(now)
	l.reduce(now)
	if (now-l.phase)%drainEvery == 0 {
		l.drain(now)
	}
	if len(l.collected) > 0 && l.due() <= now {
		l.send(now)
	}
	l.settle()
	switch next := l.step(now + 1); {
	case len(l.collected) > 0:
		l.wake(min(next, max(l.due(), now+1)))
	case len(l.active) > 0:
		l.wake(next)
	default:
		l.sleep()
	}
}

// take hands the user records that have arisen by now to the reducers.
func (l *library) take(now des.Time) {
	s, p := &l.source, l.producer
	for {
		if len(s.arrivals) == 0 && !s.more() {
			return
		}
		n := 0
		for n < len(s.arrivals) && s.arrivals[n] <= now {
			n++
		}
		if n == 0 {
			return
		}
		s.batch.Arose = append(s.batch.Arose[:0], s.arrivals[:n]...)
		s.arrivals = s.arrivals[n:]
		s.batch.Key, s.batch.Size, s.batch.Hash = s.batch.Key[:0], s.batch.Size[:0], s.batch.Hash[:0]
		s.draw(0)
		p.offered(&s.batch, 0, bytesOf(s.batch.Size))
		p.wait(&s.batch, 0)
		told := p.links.Story.taken(s)
		for i := range s.batch.Arose {
			l.add(i, i == told)
		}
	}
}

// add hands one user record to the reducer of the shard that it will go to. told says
// that a story follows it.
func (l *library) add(i int, told bool) {
	b, p := &l.source.batch, l.producer
	u := userRecord{key: b.Key[i], place: int32(p.links.Stream.Place(b, i)), keySize: model.UniqueKeyBytes, told: told}
	if u.key != model.NoKey {
		u.keySize, u.hash = int32(p.Space.Bytes[u.key]), p.Space.Hashes[u.key]
	} else {
		u.hash = b.Hash[i]
	}
	u.data = b.Size[i] - uint32(min(u.keySize, int32(b.Size[i])))
	to := l.touch(u.place)
	l.ripe(to, b.Arose[i]) // whoever came before may have waited long enough meanwhile
	if to.reducer.add(u, b.Arose[i], l.settings) {
		l.queue(to.reducer.flush(l.settings, p.links.Warmup))
	}
}

// touch is the lane of a shard for which there is something.
func (l *library) touch(place int32) *lane {
	for len(l.lanes) <= int(place) { // shards that were opened since
		l.lanes = append(l.lanes, nil)
	}
	to := l.lanes[place]
	if to == nil {
		to = &lane{reducer: reducer{frame: newFrame()}, limiter: limiter{since: l.producer.links.Engine.Now()}} // limiters start empty
		l.lanes[place] = to
	}
	if !to.active {
		to.active = true
		l.active = append(l.active, to)
	}
	return to
}

// queue puts a record into the queue of its limiter.
func (l *library) queue(r packed) {
	if p := l.producer; r.told && r.first < 0 {
		p.links.Story.packed(p.links.Engine.Now(), &r)
	}
	lim := &l.touch(r.place).limiter
	lim.queue = append(lim.queue, r)
}

// reduce flushes the reducers whose oldest record has waited long enough.
func (l *library) reduce(now des.Time) {
	for _, to := range l.active {
		l.ripe(to, now)
	}
}

// ripe flushes a reducer if its oldest record has waited long enough by t.
func (l *library) ripe(to *lane, t des.Time) {
	for r := &to.reducer; len(r.members) > 0 && r.arose[0]+l.settings.RecordMaxBufferedTime <= t; {
		l.queue(r.flush(l.settings, l.producer.links.Warmup))
	}
}

// drain lets through what the limiters allow.
func (l *library) drain(now des.Time) {
	for _, to := range l.active {
		lim := &to.limiter
		lim.refill(now, l.settings.RateLimit)
		n := 0
		for ; n < len(lim.queue); n++ {
			r := &lim.queue[n]
			if r.arose+l.settings.RecordTTL <= now {
				l.producer.gaveUp(r)
				continue
			}
			if !lim.pass(r.data) {
				break
			}
			l.collect(now, *r)
		}
		lim.queue = append(lim.queue[:0], lim.queue[n:]...)
		if (now-l.phase)/drainEvery%expireEvery == 0 {
			l.expire(now, lim)
		}
	}
}

// expire gives up what has outlived its time in a queue. What was sent before
// stands behind younger records, so it would not come to light at the front.
func (l *library) expire(now des.Time, lim *limiter) {
	kept := lim.queue[:0]
	for i := range lim.queue {
		if r := &lim.queue[i]; r.arose+l.settings.RecordTTL <= now {
			l.producer.gaveUp(r)
		} else {
			kept = append(kept, *r)
		}
	}
	lim.queue = kept
}

// collect takes a record into the next call, and sends that when it is full.
func (l *library) collect(now des.Time, r packed) {
	if l.size+model.Bytes(r.size) > l.settings.CollectionMaxSize && len(l.collected) > 0 {
		l.send(now)
	}
	l.collected = append(l.collected, r)
	l.size += model.Bytes(r.size)
	to := l.lanes[r.place]
	to.collected += model.Bytes(r.data)
	if int64(len(l.collected)) >= l.settings.CollectionMaxCount || to.collected >= flushShard {
		l.send(now)
	}
}

// due is when the first deadline of the collected records comes.
func (l *library) due() des.Time {
	due := des.Forever
	for i := range l.collected {
		due = min(due, l.collected[i].deadline)
	}
	return due
}

// settle forgets the shards that have nothing left.
func (l *library) settle() {
	kept := l.active[:0]
	for _, to := range l.active {
		if to.active = len(to.reducer.members)+len(to.limiter.queue) > 0; to.active {
			kept = append(kept, to)
		}
	}
	l.active = kept
}
