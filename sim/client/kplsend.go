package client

import (
	"fmt"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// send sends the collected records in one PutRecords call.
func (l *library) send(now des.Time) {
	p, b := l.producer, &l.batch
	*b = kinesis.Batch{Keys: p.Keys, Packed: l.settings.AggregationEnabled, Key: b.Key[:0], Hash: b.Hash[:0], Size: b.Size[:0], Arose: b.Arose[:0]}
	l.again = l.again[:0]
	resent := false
	for i := range l.collected {
		r := &l.collected[i]
		b.Key, b.Hash = append(b.Key, r.key), append(b.Hash, r.hash)
		b.Size, b.Arose = append(b.Size, r.size), append(b.Arose, r.arose)
		l.again = append(l.again, r.first >= 0)
		if resent = resent || r.first >= 0; r.first < 0 {
			r.first = now
		}
		l.lanes[r.place].collected = 0
	}
	a := attempt{sender: &l.source, batch: b, number: 1, first: now, old: p.older(b)}
	if now >= p.links.Warmup {
		p.Calls++
	}
	r := p.write(now, &a)
	p.links.Story.collected(now, &a, r, l.collected)
	l.answered(&a, r)
	if p.links.Refused != nil && (len(r.Refused) > 0 || resent) && r.Rejected == kinesis.Valid {
		p.links.Refused(now, Call{Producer: p, Batch: b, Attempt: 1, Again: l.again, Result: r})
	}
	l.collected, l.size = l.collected[:0], 0
	if len(r.Woken) > 0 {
		p.links.Fanout.wake(now, r.Woken)
	}
}

// answered counts the answer to a call, and takes back what was not written.
func (l *library) answered(a *attempt, r *kinesis.PutResult) {
	p := l.producer
	var back *returned
	next := 0
	for i := range l.collected {
		k := &l.collected[i]
		limit := kinesis.NoLimit
		if next < len(r.Refused) && int(r.Refused[next].Index) == i {
			limit = r.Refused[next].Limit
			next++
		}
		written := r.Rejected == kinesis.Valid && limit == kinesis.NoLimit
		p.attempted(k, limit, written)
		if written && !a.timeout {
			p.acknowledged(a, k)
			continue
		}
		if back == nil {
			back = &returned{library: l}
		}
		if k.copies = k.copies || written; r.Rejected != kinesis.Valid {
			k.rejected = true
		}
		k.throttled = !a.timeout && (limit == kinesis.ByRecords || limit == kinesis.ByBytes) // after a timeout nobody knows
		back.records = append(back.records, *k)
	}
	if back != nil {
		p.links.Engine.At(a.answer, des.Arrivals, back)
	}
}

// returned is the answer to a call some of whose records were not written.
type returned struct {
	library *library
	records []packed
}

// String names the event in messages.
func (r *returned) String() string { return fmt.Sprintf("an answer to %v", r.library) }

// Act sends the records through the pipeline again, with a new deadline, or gives
// them up.
func (r *returned) Act(now des.Time) {
	l := r.library
	for i := range r.records {
		k := &r.records[i]
		expiry := k.arose + l.settings.RecordTTL
		if k.rejected || now >= expiry || k.throttled && l.settings.FailIfThrottled {
			l.producer.gaveUp(k)
			continue
		}
		k.deadline = min(now+l.settings.RecordMaxBufferedTime/2, expiry)
		l.queue(*k)
	}
	if len(l.active) > 0 {
		l.wake(l.step(now + 1))
	}
}

// attempted counts a Kinesis record that was sent. Those of which most user records
// arose before warm-up count as old.
func (p *Producer) attempted(k *packed, limit kinesis.Limit, written bool) {
	tallies := []*Tally{&p.all, &p.old}
	if 2*k.old <= k.users {
		tallies = tallies[:1]
	}
	for _, t := range tallies {
		t.Attempts++
		switch {
		case written:
			t.Stored++
			if k.copies {
				t.Duplicates++
			}
		case limit == kinesis.ByFault:
			t.Failures++
		case limit != kinesis.NoLimit:
			t.Throttled++
		}
	}
}

// acknowledged counts the user records of a Kinesis record that was accepted.
func (p *Producer) acknowledged(a *attempt, k *packed) {
	p.all.Waiting -= int64(k.users)
	p.old.Waiting -= int64(k.old)
	p.all.Accepted += int64(k.users)
	p.old.Accepted += int64(k.old)
	if a.answer < p.links.End {
		p.PutLatency.AddN(uint64(a.answer-k.first), uint64(k.users-k.old))
	}
}

// gaveUp counts the user records of a Kinesis record that is given up.
func (p *Producer) gaveUp(k *packed) {
	if k.told {
		p.links.Story.libraryGaveUp(p.links.Engine.Now(), k, p.Config.Put.KPL.RecordTTL)
	}
	for _, t := range []struct {
		tally *Tally
		n     int64
	}{{&p.all, int64(k.users)}, {&p.old, int64(k.old)}} {
		t.tally.Waiting -= t.n
		t.tally.Failed += t.n
		if k.rejected {
			t.tally.Rejected += t.n
		}
		if k.copies {
			t.tally.Unconfirmed += t.n
		}
	}
}
