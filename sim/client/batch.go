package client

import (
	"fmt"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// lookAhead is how many arrivals a client draws at a time: enough to keep the
// draw a tight loop, few enough that thousands of clients stay small.
const lookAhead = 128

// sender is one client of a producer. It knows its next arrivals ahead of time,
// so its only events are its calls: when one is sent, the next batch is filled
// and its sending instant follows from the arrivals.
type sender struct {
	producer *Producer
	client   int
	process  workload.Process
	arrivals []des.Time // drawn, not yet in the batch
	room     []des.Time // what arrivals is a part of
	ended    bool       // the process has no more

	batch   kinesis.Batch // drawn records in the order of their arising
	count   int           // of them go out with the next call
	counted int           // of them are counted as offered already, and waiting
	due     kinesis.Batch // those that go out, while they do

	flying  int   // calls of which some records are neither written nor given up
	blocked bool  // a batch is due, and no more calls may fly
	quota   Quota // of retries
}

// String names the client in messages.
func (s *sender) String() string {
	return fmt.Sprintf("client %d of producer %s", s.client, s.producer.Config.Name)
}

// Act sends the batch that is due, or lets it wait until a call is answered.
func (s *sender) Act(now des.Time) {
	if !s.slot() {
		s.blocked = true
		s.producer.links.Story.blocked(s, now, now)
		return
	}
	s.send(now)
}

// send sends the batch that is due and fills the next.
func (s *sender) send(now des.Time) {
	b, n := &s.batch, s.count
	s.due = kinesis.Batch{Single: b.Single, Keys: b.Keys, Key: b.Key[:n], Size: b.Size[:n], Arose: b.Arose[:n]}
	if b.Hash != nil {
		s.due.Hash = b.Hash[:n]
	}
	counted := min(s.counted, n)
	s.counted -= counted
	s.producer.links.Story.leaves(s, n)
	s.producer.send(now, s, &s.due, counted)
	s.shift(n)
	s.fill(now)
}

// shift takes the first n records out of the batch.
func (s *sender) shift(n int) {
	b := &s.batch
	b.Key = append(b.Key[:0], b.Key[n:]...)
	b.Size = append(b.Size[:0], b.Size[n:]...)
	b.Arose = append(b.Arose[:0], b.Arose[n:]...)
	if b.Hash != nil {
		b.Hash = append(b.Hash[:0], b.Hash[n:]...)
	}
}

// fill completes the next batch and asks to be woken when it is due.
func (s *sender) fill(now des.Time) {
	p := s.producer
	had := len(s.batch.Arose)
	s.collect()
	if len(s.batch.Arose) == 0 {
		return
	}
	s.draw(had)
	p.links.Engine.At(max(s.pick(), now), des.Arrivals, s)
}

// pick says how many records go out with the next call, and when it is due.
func (s *sender) pick() des.Time {
	b, put := &s.batch, &s.producer.Config.Put
	at := b.Arose[0].Add(put.Linger)
	if s.count = min(len(b.Arose), put.Records); s.count == put.Records {
		at = b.Arose[s.count-1]
	}
	if fits := s.fitting(); fits < s.count { // the record that does not fit sends those before it on their way
		s.count, at = fits, b.Arose[fits]
	}
	return at
}

// collect adds arrivals to the batch until it has enough records or its oldest
// has lingered. A record that arises in that very instant still joins.
func (s *sender) collect() {
	put := &s.producer.Config.Put
	for len(s.batch.Arose) < put.Records {
		if len(s.arrivals) == 0 && !s.more() {
			return
		}
		if len(s.batch.Arose) == 0 {
			s.batch.Arose = append(s.batch.Arose, s.arrivals[0])
			s.arrivals = s.arrivals[1:]
			continue
		}
		due := s.batch.Arose[0].Add(put.Linger)
		room := min(len(s.arrivals), put.Records-len(s.batch.Arose))
		n := room
		for n > 0 && s.arrivals[n-1] > due { // mostly none, or a few
			n--
		}
		s.batch.Arose = append(s.batch.Arose, s.arrivals[:n]...)
		s.arrivals = s.arrivals[n:]
		if n < room {
			return
		}
	}
}

// more draws further arrivals.
func (s *sender) more() bool {
	if s.ended {
		return false
	}
	if s.room == nil {
		s.room = make([]des.Time, min(lookAhead, max(8, s.producer.Config.Put.Records)))
	}
	n := s.process.Fill(s.room)
	s.arrivals, s.ended = s.room[:n], n < len(s.room)
	return n > 0
}

// draw gives keys and sizes to the records that came into the batch after the
// first had of them.
func (s *sender) draw(had int) {
	p, b := s.producer, &s.batch
	b.Single, b.Keys = p.Config.Put.Single, p.Keys
	n := len(b.Arose)
	b.Key = grown(b.Key, n)
	b.Size = grown(b.Size, n)
	var hash []model.HashKey
	if p.nameless {
		b.Hash = grown(b.Hash, n)
		hash = b.Hash[had:]
	}
	if p.replay != nil {
		p.replay.draw(s.client, b, had)
	} else {
		p.sizes.Fill(b.Size[had:])
		keeps, _ := s.process.(workload.Keeper)
		p.Space.Draw(b.Key[had:], hash, b.Size[had:], b.Arose[had:], p.keys, keeps)
	}
	p.links.Story.drew(s, had)
	if p.links.Drawn != nil {
		p.links.Drawn(Lot{p, s.client, b.Key[had:], b.Arose[had:]})
	}
}

// Lot is records that a client drew, in the order of their arising. It may draw them
// ahead of time, even beyond the end of the run.
type Lot struct {
	Producer *Producer
	Client   int
	Key      []int32
	Arose    []des.Time
}

// grown is s with length n.
func grown[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return append(s, make([]T, n-len(s))...)
}

// fitting is how many of the next count records fit into a call: at least one,
// which the service may then reject.
func (s *sender) fitting() int {
	put := &s.producer.Config.Put
	if model.Bytes(s.count)*s.producer.largest <= put.Bytes {
		return s.count
	}
	var bytes model.Bytes
	for i, size := range s.batch.Size[:s.count] {
		if bytes += model.Bytes(size); bytes > put.Bytes && i > 0 {
			return i
		}
	}
	return s.count
}
