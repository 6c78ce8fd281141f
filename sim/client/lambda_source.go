package client

import (
	"math"

	"kinesim/sim/des"
)

// source is one shard of a mapping: its reader, and the tracks in which its batches
// are processed.
type source struct {
	mapping  *mapping
	position *position
	reader   *reader
	read     int64 // rows before this one were read, or are lost
	tracks   []*track
	ended    bool // the shard is closed and was read to its end
}

// track is one of the batches at a time that a mapping has of a shard. Every key has
// its track, so its records stay in their order.
type track struct {
	source *source
	queue  []rows   // read and waiting to be batched, in order
	count  int64    // records in the queue
	bytes  int64    // of them
	since  des.Time // when the first of them was read
	again  []*bunch // to be tried again, the next one first
	busy   bool     // an invocation runs, or it rests
	queued bool     // it waits for others to end
	timer  bool     // it will be looked at when the window of its batch is over
	window des.Time // start of the tumbling window that it is in; negative before the first
}

// bunch is a batch of records for an invocation.
type bunch struct {
	runs     []rows
	n        int64
	attempts int
	handed   bool
	closing  bool // no records: the end of a tumbling window
}

// readAhead is how many full batches of each track a source keeps ready.
const readAhead = 2

// take puts what was read into the tracks, without what the filter keeps out.
func (s *source) take(now des.Time, r *reader, from, to int64) {
	m := s.mapping
	s.expire(now, from)
	s.read = to
	if m.Keep < 1 {
		s.filter(now, from, to)
	} else {
		s.share(now, from, to)
	}
	s.release()
	for _, l := range s.tracks {
		l.next(now)
	}
	s.ease(now)
}

// filter drops the records that the filter does not let through, which are done with.
func (s *source) filter(now des.Time, from, to int64) {
	m := s.mapping
	for row := from; row < to; row++ {
		if m.passes.Float64() < m.Keep {
			s.share(now, row, row+1)
			continue
		}
		s.position.arrive(now, row, row+1)
		s.position.complete(now, 0, row, row+1)
		if now >= m.consumer.links.Warmup {
			m.report.Filtered++
		}
	}
}

// share gives rows to their tracks.
func (s *source) share(now des.Time, from, to int64) {
	if len(s.tracks) == 1 {
		s.tracks[0].add(now, from, to)
		return
	}
	ids := s.mapping.consumer.links.Stream.KeyIDs(s.position.place, from, to)
	for i, id := range ids {
		l := s.tracks[spread(uint64(id))%uint64(len(s.tracks))]
		l.add(now, from+int64(i), from+int64(i)+1)
	}
}

// spread makes keys whose numbers are alike go to different tracks.
func spread(id uint64) uint64 { return des.Mix(id + 0x9e3779b97f4a7c15) }

// add queues rows.
func (t *track) add(now des.Time, from, to int64) {
	if t.count == 0 {
		t.since = now
	}
	t.count += to - from
	t.bytes += t.source.size(rows{from, to})
	if n := len(t.queue); n > 0 && t.queue[n-1].to == from {
		t.queue[n-1].to = to
		return
	}
	t.queue = append(t.queue, rows{from, to})
}

// size is how many bytes rows have.
func (s *source) size(r rows) int64 {
	return s.mapping.consumer.links.Stream.BytesOf(s.position.place, r.from, r.to)
}

// ease holds the reader up while there is enough to do, and lets it go on after.
func (s *source) ease(now des.Time) {
	if s.ended {
		s.retire(now)
		return
	}
	waiting := int64(0)
	for _, l := range s.tracks {
		waiting += l.count
	}
	full := waiting >= readAhead*s.mapping.BatchSize*int64(len(s.tracks))
	switch {
	case full:
		s.reader.busy = des.Forever
	case s.reader.busy == des.Forever:
		s.reader.resume(now)
	}
}

// expire counts the rows before first as lost that nobody read in time, and lets go
// of those that wait and are too old.
func (s *source) expire(now des.Time, first int64) {
	if first > s.read {
		s.position.miss(now, s.read, first)
		s.read = first
		s.release()
	}
	for _, t := range s.tracks {
		t.purge(now)
	}
	if s.ended {
		s.retire(now)
	}
}

// waits calls f for all rows that were read and not handed over, track by track.
func (s *source) waits(f func(rows)) {
	for _, t := range s.tracks {
		for _, b := range t.again {
			for _, r := range b.runs {
				if !b.handed {
					f(r)
				}
			}
		}
		for _, r := range t.queue {
			f(r)
		}
	}
}

// unread counts the rows that no invocation was given: those that were not read, and
// those that wait.
func (s *source) unread() (all, old int64) {
	end := s.mapping.consumer.links.Stream.End(s.position.place)
	all, old = end-s.read, s.position.old(s.read, end)
	s.waits(func(r rows) {
		all += r.to - r.from
		old += s.position.old(r.from, r.to)
	})
	return all, old
}

// unhanded is the first row that no invocation was given. Rows of a track are in
// order, and only the first of its batches may not have been handed over.
func (s *source) unhanded() int64 {
	least := s.read
	for _, t := range s.tracks {
		switch b := t.front(); {
		case b != nil && !b.handed:
			least = min(least, b.first())
		case len(t.queue) > 0:
			least = min(least, t.queue[0].from)
		}
	}
	return least
}

// release lets the stream forget what is done with: all before the first row that
// waits or is to be tried again.
func (s *source) release() {
	s.position.seen = s.unhanded()
	floor := s.position.seen
	for _, t := range s.tracks {
		if b := t.front(); b != nil {
			floor = min(floor, b.first())
		}
	}
	k := s.mapping.consumer
	k.links.Stream.Release(k.id, s.position.place, floor)
}

// end notes that nothing more comes. The children begin when all that was read has
// been processed or given up.
func (s *source) end(now des.Time, r *reader) {
	s.ended = true
	s.mapping.consumer.stop(r)
	s.retire(now)
}

// retire goes on to the children when nothing of the shard is left to do.
func (s *source) retire(now des.Time) {
	for _, t := range s.tracks {
		if t.busy || len(t.queue) > 0 || len(t.again) > 0 {
			return
		}
	}
	s.mapping.consumer.drained(now, s.position)
}

// front is the batch that is tried next, or is being tried; nil if there is none, or
// none with records.
func (t *track) front() *bunch {
	for _, b := range t.again {
		if !b.closing {
			return b
		}
	}
	return nil
}

// first is the first row of a batch, which must have records.
func (b *bunch) first() int64 { return b.runs[0].from }

// cut takes the next batch out of the queue: as many records as it may hold, of no
// more than the payload of an invocation, and of one tumbling window.
func (t *track) cut() *bunch {
	m := t.source.mapping
	stream, place := m.consumer.links.Stream, t.source.position.place
	b := &bunch{}
	room := int64(m.consumer.links.Limits.LambdaPayload)
	edge := des.Time(math.MaxInt64)
	if m.Tumbling > 0 {
		start := stream.AcceptedAt(place, t.queue[0].from)
		edge = start - start%des.Time(m.Tumbling) + des.Time(m.Tumbling)
	}
	for len(t.queue) > 0 && b.n < m.BatchSize {
		r := t.queue[0]
		to := min(r.to, r.from+m.BatchSize-b.n)
		for to > r.from && (stream.BytesOf(place, r.from, to) > room || stream.AcceptedAt(place, to-1) >= edge) {
			to -= max(1, (to-r.from)/2) // halves, and then one by one
			if to == r.from && b.n == 0 && stream.AcceptedAt(place, r.from) < edge {
				to++ // larger than the payload by itself: it goes alone, to be given up
				break
			}
		}
		if to == r.from {
			break
		}
		size := t.source.size(rows{r.from, to})
		b.add(rows{r.from, to})
		room -= size
		t.count -= to - r.from
		t.bytes -= size
		if t.queue[0].from = to; to == r.to {
			t.queue = t.queue[1:] // there may be thousands: they are not moved up
		}
	}
	return b
}

// add puts rows at the end of a batch.
func (b *bunch) add(r rows) {
	b.n += r.to - r.from
	if n := len(b.runs); n > 0 && b.runs[n-1].to == r.from {
		b.runs[n-1].to = r.to
		return
	}
	b.runs = append(b.runs, r)
}

// part is the records [from, to) of a batch, as a batch.
func (b *bunch) part(from, to int64) *bunch {
	p := &bunch{n: to - from, attempts: b.attempts, handed: b.handed}
	at := int64(0)
	for _, r := range b.runs {
		n := r.to - r.from
		low, high := max(from, at), min(to, at+n)
		if low < high {
			p.runs = append(p.runs, rows{r.from + low - at, r.from + high - at})
		}
		at += n
	}
	return p
}

// index is the place of a row in the batch; -1 if it is not in it.
func (b *bunch) index(row int64) int64 {
	at := int64(0)
	for _, r := range b.runs {
		if r.from <= row && row < r.to {
			return at + row - r.from
		}
		at += r.to - r.from
	}
	return -1
}
