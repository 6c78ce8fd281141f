package client

import (
	"fmt"
	"slices"
	"time"

	"kinesim/sim/des"
)

// next begins the next invocation of a track, if there is one to begin.
func (t *track) next(now des.Time) {
	if t.busy || t.queued {
		return
	}
	m := t.source.mapping
	if wake := m.consumer.awake(now); wake > now {
		t.restUntil(wake)
		return
	}
	if len(t.again) == 0 {
		t.purge(now)
	}
	if len(t.again) == 0 && t.ready(now) {
		t.batch(now)
	}
	if len(t.again) == 0 {
		if t.source.ended {
			t.source.retire(now)
		}
		return
	}
	if m.Concurrency > 0 && m.running >= m.Concurrency {
		t.queued = true
		m.waiting = append(m.waiting, t)
		if now >= m.consumer.links.Warmup {
			m.report.Throttled++
		}
		return
	}
	t.invoke(now)
}

// ready tells whether the next batch is full or has waited long enough; else it sees
// to it that somebody looks then.
func (t *track) ready(now des.Time) bool {
	m := t.source.mapping
	switch {
	case t.count == 0:
		return false
	case t.count >= m.BatchSize, t.bytes >= int64(m.consumer.links.Limits.LambdaPayload), now.Sub(t.since) >= m.Window:
		return true
	}
	if !t.timer {
		t.timer = true
		m.consumer.links.Engine.At(t.since.Add(m.Window), des.Deliveries, t)
	}
	return false
}

// Act looks whether the window of the batch is over.
func (t *track) Act(now des.Time) {
	t.timer = false
	t.next(now)
}

// String names the track in messages.
func (t *track) String() string {
	return fmt.Sprintf("batch window of shard %d of consumer %s", t.source.position.place, t.source.mapping.consumer.Config.Name)
}

// batch makes the next batch, behind the end of the tumbling window before it.
func (t *track) batch(now des.Time) {
	m := t.source.mapping
	if m.Tumbling > 0 {
		at := m.consumer.links.Stream.AcceptedAt(t.source.position.place, t.queue[0].from)
		if start := at - at%des.Time(m.Tumbling); start > t.window {
			if t.window >= 0 {
				t.again = append(t.again, &bunch{closing: true})
			}
			t.window = start
		}
	}
	t.again = append(t.again, t.cut())
	t.since = now // what is left was read by now
}

// invocation is a function at work on a batch.
type invocation struct {
	track *track
	batch *bunch
	began des.Time      // when the first record was begun
	each  time.Duration // for a record
}

// invoke calls the function with the track's next batch.
func (t *track) invoke(now des.Time) {
	m := t.source.mapping
	b := t.again[0]
	if !b.closing {
		if b = t.fresh(now, b); b == nil {
			t.next(now)
			return
		}
	}
	t.busy = true
	m.running++
	m.mostRunning, m.peak = max(m.mostRunning, m.running), max(m.peak, m.running)
	t.handOver(now, b)
	work := m.consumer.work(now)
	before := times(m.duration.Next(), m.consumer.slowness(now)) + work.PerBatch
	run := max(before+time.Duration(b.n)*work.PerRecord, minLatency)
	m.consumer.links.Engine.At(now.Add(run), des.Deliveries, &invocation{t, b, now.Add(before), work.PerRecord})
}

// fresh drops the records of a batch that are too old or too large, and returns
// what is left; nil if nothing is.
func (t *track) fresh(now des.Time, b *bunch) *bunch {
	links := &t.source.mapping.consumer.links
	old := t.aged(b, t.horizon(now))
	if b.n == 1 && t.source.size(b.runs[0]) > int64(links.Limits.LambdaPayload) {
		old = 1
	}
	if old == 0 {
		return b
	}
	t.drop(now, b.part(0, old))
	if old == b.n {
		t.again = slices.Delete(t.again, 0, 1)
		t.source.release()
		return nil
	}
	t.again[0] = b.part(old, b.n)
	t.source.release()
	return t.again[0]
}

// horizon is when the latest records were accepted that are too old by now, for the
// mapping or for the stream.
func (t *track) horizon(now des.Time) des.Time {
	m := t.source.mapping
	oldest := m.consumer.links.Stream.Retention()
	if m.MaxAge > 0 {
		oldest = min(oldest, m.MaxAge)
	}
	return now.Add(-oldest)
}

// aged is how many records of a batch were accepted at or before an instant.
func (t *track) aged(b *bunch, horizon des.Time) (n int64) {
	stream, place := t.source.mapping.consumer.links.Stream, t.source.position.place
	for _, r := range b.runs {
		for row := r.from; row < r.to; row++ {
			if stream.AcceptedAt(place, row) > horizon {
				return n
			}
			n++
		}
	}
	return n
}

// purge drops what waits and is too old, so that it takes no room in a batch.
func (t *track) purge(now des.Time) {
	b, horizon := &bunch{}, t.horizon(now)
	for len(t.queue) > 0 {
		r := t.queue[0]
		n := t.aged(&bunch{runs: t.queue[:1]}, horizon)
		if n > 0 {
			old := rows{r.from, r.from + n}
			b.add(old)
			t.count -= n
			t.bytes -= t.source.size(old)
			t.queue[0].from += n
		}
		if r.from+n < r.to {
			break
		}
		t.queue = t.queue[1:]
	}
	if b.n > 0 {
		t.drop(now, b)
		t.source.release()
	}
}

// drop gives records up that are too old for the mapping or too large. Those that have
// left the stream by now go nowhere: they are lost, or expired unread where no invocation
// was given them.
func (t *track) drop(now des.Time, b *bunch) {
	p := t.source.position
	gone := t.aged(b, now.Add(-t.source.mapping.consumer.links.Stream.Retention()))
	for _, r := range b.part(0, gone).runs {
		if b.handed {
			p.abandon(now, r.from, r.to)
		} else {
			p.miss(now, r.from, r.to)
		}
	}
	t.giveUp(now, b.part(gone, b.n))
}

// handOver counts and measures a batch as handed over.
func (t *track) handOver(now des.Time, b *bunch) {
	m, p := t.source.mapping, t.source.position
	measured := now >= m.consumer.links.Warmup
	if measured {
		m.report.Invocations++
		m.report.Records += b.n
		if b.closing {
			m.report.Closings++
		}
	}
	for _, r := range b.runs {
		if b.handed {
			p.repeat(now, r.from, r.to)
		} else {
			p.arrive(now, r.from, r.to)
		}
	}
	if n := len(b.runs); n > 0 && !b.handed && measured {
		last := b.runs[n-1].to - 1
		m.age.Add(uint64(now - m.consumer.links.Stream.AcceptedAt(p.place, last)))
	}
	b.handed = true
	p.seen = t.source.unhanded()
}

// Act ends the invocation.
func (i *invocation) Act(now des.Time) {
	l, b := i.track, i.batch
	m := l.source.mapping
	l.busy = false
	m.running--
	if bad := i.failure(now); bad < 0 {
		i.process(b.n)
		l.again = slices.Delete(l.again, 0, 1)
	} else {
		i.fail(now, bad)
	}
	l.source.release()
	for len(m.waiting) > 0 && (m.Concurrency == 0 || m.running < m.Concurrency) {
		o := m.waiting[0]
		m.waiting = slices.Delete(m.waiting, 0, 1)
		o.queued = false
		o.next(now)
	}
	l.next(now)
	l.source.ease(now)
}

// String names the invocation in messages.
func (i *invocation) String() string {
	return fmt.Sprintf("invocation for shard %d of consumer %s", i.track.source.position.place, i.track.source.mapping.consumer.Config.Name)
}

// failure is the record at which the invocation failed; -1 if it did not.
func (i *invocation) failure(now des.Time) int64 {
	m, bad := i.track.source.mapping, int64(-1)
	if share := max(m.Errors, m.consumer.errors(now)); share > 0 && m.random.Float64() < share {
		bad = m.random.Int64N(max(1, i.batch.n))
	}
	for _, p := range m.poisons {
		if p.place != i.track.source.position.place || now >= p.fault.To {
			continue
		}
		if at := i.batch.index(p.row); at >= 0 && (bad < 0 || at < bad) {
			bad = at
		}
	}
	return bad
}

// process counts the first n records of the batch as processed.
func (i *invocation) process(n int64) {
	p := i.track.source.position
	start := i.began
	for _, r := range i.batch.part(0, n).runs {
		p.complete(start, i.each, r.from, r.to)
		start = start.Add(time.Duration(r.to-r.from) * i.each)
	}
}

// fail decides what becomes of a batch whose invocation failed at a record. What came
// before it in the batch counts as processed only if the function says which one it was.
func (i *invocation) fail(now des.Time, bad int64) {
	l, b := i.track, i.batch
	m := l.source.mapping
	if now >= m.consumer.links.Warmup {
		m.report.Failures++
	}
	if m.Partial && bad > 0 {
		i.process(bad)
		b = b.part(bad, b.n)
	}
	switch {
	case m.Bisect && b.n > 1:
		half := b.n / 2
		l.again = slices.Replace(l.again, 0, 1, b.part(0, half), b.part(half, b.n))
	case m.Retries >= 0 && b.attempts >= m.Retries:
		l.giveUp(now, b)
		l.again = slices.Delete(l.again, 0, 1)
		return
	default:
		b.attempts++
		l.again[0] = b
	}
	l.rest(now)
}

// rest lets a track wait before its next attempt.
func (t *track) rest(now des.Time) {
	if wait := t.source.mapping.consumer.links.Limits.LambdaRetryDelay; wait > 0 {
		t.restUntil(now.Add(wait))
	}
}

// restUntil lets a track begin nothing before an instant.
func (t *track) restUntil(wake des.Time) {
	t.busy = true
	t.source.mapping.consumer.links.Engine.At(wake, des.Deliveries, &breather{t})
}

// breather is the end of a track's wait.
type breather struct{ track *track }

// Act goes on.
func (b *breather) Act(now des.Time) {
	b.track.busy = false
	b.track.next(now)
	b.track.source.ease(now)
}

// String names the event in messages.
func (b *breather) String() string { return "the end of a wait for the " + b.track.String() }

// giveUp counts a batch as given up, and as sent to the destination if there is one.
func (t *track) giveUp(now des.Time, b *bunch) {
	m, p := t.source.mapping, t.source.position
	for _, r := range b.runs {
		if !b.handed {
			p.arrive(now, r.from, r.to)
		}
		p.abandon(now, r.from, r.to)
	}
	if m.Destination && now >= m.consumer.links.Warmup {
		m.report.Sent += b.n
	}
}
