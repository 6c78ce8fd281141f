package client

import (
	"time"

	"kinesim/sim/des"
)

// intake is who takes what a reader reads of its shard. It is handed the rows
// [from, to), the next after those before, at now. Until when it takes no more it
// says in r.busy; des.Forever: until it calls resume.
type intake interface {
	take(now des.Time, r *reader, from, to int64)
	end(now des.Time, r *reader) // the shard is closed and has been read to its end; r is ready for more
}

// reader reads one shard for a consumer from a row on, one answer after the other.
// A consumer may have several on a shard, one after the other or, when workers are
// cut off from each other, at the same time.
type reader struct {
	*position
	into   intake
	way    retrieval // how it gets the records; it acts for the reader
	cursor int64     // the next row to read

	due     des.Time // when it should have called or been served next
	busy    des.Time // takes nothing before; Forever: until resume
	parked  bool     // it waits for resume
	stopped bool     // for good

	awake func(t des.Time) des.Time // when it acts that would act at t; nil: then
	lane  *des.Lane                 // in which it acts; nil: none of its own

	acting bool     // in its lane, and goes on by itself if it can
	then   des.Time // when it is to act next, while it is acting; Forever: not by itself
}

// retrieval is the way in which a reader gets records.
type retrieval interface {
	des.Actor
	start(now, first des.Time) // begin at first; now is the time
	act(now des.Time)          // do what is due, and wake for what comes next
}

// Act lets the reader act, and go on with what comes next as long as nothing else of the shard
// comes before.
func (r *reader) Act(now des.Time) {
	if r.lane == nil {
		r.way.act(now)
		return
	}
	r.acting = true
	for goesOn := true; goesOn; now = r.then {
		r.then = des.Forever
		r.way.act(now)
		goesOn = r.lane.GoesOn(r.then, des.Deliveries)
	}
	if r.acting = false; r.then < des.Forever {
		r.ask(r.then)
	}
}

// wake lets the reader act at t, or when it is no longer busy and its consumer not
// at rest.
func (r *reader) wake(t des.Time) {
	r.due = t
	if r.busy == des.Forever {
		r.parked = true
		return
	}
	r.whenAwake(max(t, r.busy))
}

// whenAwake lets the reader act at t, or when nothing holds it up any more.
func (r *reader) whenAwake(t des.Time) {
	if r.awake != nil {
		t = r.awake(t)
	}
	r.at(t)
}

// at lets the reader act at t.
func (r *reader) at(t des.Time) {
	if r.acting {
		r.then = t
		return
	}
	r.ask(t)
}

// ask asks the queue for the reader to act at t.
func (r *reader) ask(t des.Time) {
	if r.lane != nil {
		r.lane.At(t, des.Deliveries, r.way)
		return
	}
	r.consumer.links.Engine.At(t, des.Deliveries, r.way)
}

// resume lets a reader go on that was busy without an end in sight.
func (r *reader) resume(now des.Time) {
	r.busy = now
	if r.parked && !r.stopped {
		r.parked = false
		r.whenAwake(max(r.due, now))
	}
}

// exhausted tells whether nothing is left for the reader, and nothing will come.
func (r *reader) exhausted() bool {
	s := r.consumer.links.Stream
	return s.Ended(r.place) && r.cursor >= s.End(r.place)
}

// silent counts the age of the oldest unread record if the reader should have
// called before now and was held up instead.
func (r *reader) silent(now des.Time) {
	if now > r.due && !r.stopped {
		r.position.silent(now)
	}
}

// skipExpired moves the reader on past what has expired.
func (r *reader) skipExpired(now des.Time) { r.cursor = max(r.cursor, r.expire(now)) }

// direct is the intake of a consumer that processes each batch where it is read:
// the reader is busy until it is done.
type direct struct{}

func (direct) take(now des.Time, r *reader, from, to int64) {
	k := r.consumer
	work := k.work(now)
	start := now.Add(work.PerBatch)
	r.busy = start.Add(time.Duration(to-from) * work.PerRecord)
	r.receive(now, start, work.PerRecord, from, to)
	k.links.Stream.Release(k.id, r.place, to)
}

func (direct) end(now des.Time, r *reader) {
	r.consumer.stop(r)
	r.consumer.drained(now, r.position)
}
