package client

import (
	"fmt"

	"kinesim/sim/des"
)

// slot tells whether the client may send another call.
func (s *sender) slot() bool {
	limit := s.producer.Config.Put.InFlight
	return limit == 0 || s.flying < limit
}

// land ends a call with its last answer: all its records are written or given up.
// Until then it keeps its place, while it waits to be sent again as well.
func (s *sender) land(answer des.Time) {
	if s.producer.Config.Put.InFlight > 0 {
		s.producer.links.Engine.At(answer, des.Arrivals, landing{s})
	}
}

// landing is the last answer to a call of a client that waits for its answers.
type landing struct{ *sender }

// String names the event in messages.
func (l landing) String() string { return fmt.Sprintf("an answer to %v", l.sender) }

// Act sends the batch that waited for the answer, with all that has arisen
// meanwhile.
func (l landing) Act(now des.Time) {
	s := l.sender
	s.flying--
	if s.blocked {
		s.blocked = false
		s.absorb(now)
		s.pick()
		s.count = min(s.count, s.arisen(now))
		s.send(now)
	}
}

// absorb takes all that has arisen up to now into the batch of a client that
// cannot send, and counts it as offered. What finds the buffer full is dropped.
func (s *sender) absorb(now des.Time) {
	had := len(s.batch.Arose)
	for {
		if len(s.arrivals) == 0 && !s.more() {
			break
		}
		n := 0
		for n < len(s.arrivals) && s.arrivals[n] <= now {
			n++
		}
		s.batch.Arose = append(s.batch.Arose, s.arrivals[:n]...)
		if s.arrivals = s.arrivals[n:]; len(s.arrivals) > 0 {
			break
		}
	}
	s.draw(had)
	b, p := &s.batch, s.producer
	known := s.batch
	if n := s.arisen(now); n < b.Len() { // drawn ahead of time, and not there yet
		known.Key, known.Size, known.Arose = b.Key[:n], b.Size[:n], b.Arose[:n]
	}
	p.offered(&known, s.counted, bytesOf(known.Size[s.counted:]))
	p.wait(&known, s.counted)
	s.counted = known.Len()
	if room := p.Config.Put.Buffer; room > 0 && s.counted > room {
		s.drop(room)
	}
	p.links.Story.blocked(s, now, 0)
}

// arisen is how many records of the batch have arisen by now.
func (s *sender) arisen(now des.Time) int {
	n := len(s.batch.Arose)
	for n > 0 && s.batch.Arose[n-1] > now {
		n--
	}
	return n
}

// drop gives up the counted records of the batch from the first on that finds no
// room.
func (s *sender) drop(room int) {
	p, b := s.producer, &s.batch
	n := int64(s.counted - room)
	old := int64(0)
	for _, at := range b.Arose[room:s.counted] {
		if at < p.links.Warmup {
			old++
		}
	}
	for _, t := range []struct {
		tally *Tally
		n     int64
	}{{&p.all, n}, {&p.old, old}} {
		t.tally.Waiting -= t.n
		t.tally.Failed += t.n
		t.tally.Dropped += t.n
	}
	p.links.Story.drops(s, room, s.counted)
	b.Key = append(b.Key[:room], b.Key[s.counted:]...)
	b.Size = append(b.Size[:room], b.Size[s.counted:]...)
	b.Arose = append(b.Arose[:room], b.Arose[s.counted:]...)
	if b.Hash != nil {
		b.Hash = append(b.Hash[:room], b.Hash[s.counted:]...)
	}
	s.counted = room
}

// cut takes away what was drawn ahead of time and arises at the end or later.
func (s *sender) cut(end des.Time) {
	b, n := &s.batch, s.arisen(end-1)
	b.Key, b.Size, b.Arose = b.Key[:n], b.Size[:n], b.Arose[:n]
}

// waiting counts what is in the batch as offered and waiting.
func (s *sender) waiting() {
	s.producer.offered(&s.batch, s.counted, bytesOf(s.batch.Size[s.counted:]))
	s.producer.wait(&s.batch, s.counted)
	s.counted = s.batch.Len()
}
