package client

import (
	"slices"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// mostCalls is how many calls of a poller are made together at the most: as many as it mostly
// makes in a stretch.
const mostCalls = 64

// streak is calls of one poller in a row, of which each is made whatever the ones before are
// answered, so all are made together, with those that other pollers of the shard make in
// between: what they share is looked at once.
type streak struct {
	n     int // how many calls
	calls [mostCalls]kinesis.GetCall
	backs [mostCalls]des.Time // when the answers come back
	until des.Time            // before when calls are certain
	ages  []uint64            // of the last records of answers, at the calls

	pollers []*poller          // whose calls are made together, if this is the streak of the first
	turns   []*kinesis.GetCall // all their calls, in the order of time
}

// list lists the call at now, whose answer comes back at an instant, and those of any poller of
// the shard that follow whatever it is answered. Each poller has then asked for its next event,
// but for the one that is returned: what comes next for it hangs on its last answer.
func (p *poller) list(now, back des.Time) (last *poller) {
	p.pollers, p.turns, p.until = p.pollers[:0], p.turns[:0], p.certain()
	p.join(p)
	for q := p; ; back = now.Add(q.latency.Next()) {
		p.turns = append(p.turns, q.add(now, back))
		next := back.Add(q.Interval)
		switch {
		case next < q.until && q.n < mostCalls && q.lane.GoesOn(next, des.Deliveries):
			now = next
		case now < q.until && now < next && q.lane.Alone(back): // what it reads no other poller sees
			q.lane.At(next, des.Deliveries, q)
			if q, now = p.following(); q == nil {
				return nil
			}
		default:
			return q
		}
	}
}

// add adds a call to the streak.
func (p *poller) add(now, back des.Time) *kinesis.GetCall {
	p.backs[p.n] = back
	c := &p.calls[p.n]
	p.n++
	c.Now, c.Visible = now, now-des.Time(p.available.Next())
	c.By, c.Limit = &p.iterator, p.MaxRecords
	return c
}

// join lets the calls of a poller be made with those of p.
func (p *poller) join(q *poller) {
	p.pollers = append(p.pollers, q)
	q.n, q.iterator.Row = 0, q.cursor
}

// following goes on to the call that follows in the lane, if that is certain.
func (p *poller) following() (q *poller, now des.Time) {
	actor, now := p.lane.Next()
	q, ok := actor.(*poller)
	if !ok || q.stopped || q.state != calling {
		return nil, 0
	}
	if !slices.Contains(p.pollers, q) {
		if q.until = q.certain(); now >= q.until {
			return nil, 0
		}
		q.skipExpired(now)
		p.join(q)
	}
	if now >= q.until || q.n == mostCalls {
		return nil, 0
	}
	p.lane.Follow()
	return q, now
}

// certain is the instant before which each call comes one interval after the answer to the
// one before, whatever it is answered: until then the iterator lives and nothing expires. 0: no
// call after this one is certain, as the answer is worked on, or may be the last.
func (p *poller) certain() des.Time {
	if !p.atOnce || p.lane == nil || p.stream.Ended(p.iterator.Place) {
		return 0
	}
	return min(p.issued.Add(p.life), p.stream.Keeps(p.iterator.Place))
}

// note counts the answers of the streak, as the service gave them.
func (p *poller) note() {
	measured := p.calls[0].Now >= p.warmup // nothing goes on over the end of warm-up
	if measured {
		p.measure()
	}
	for i := range p.n {
		r := &p.calls[i].Answer
		if r.Refused != kinesis.NoLimit {
			p.requests.AllThrottled++
			continue
		}
		p.issued = p.backs[i]
		if !measured {
			p.requests.WarmBytes += r.Bytes
		}
		if r.From < r.To && p.calls[i].Now.Sub(r.Last) > model.Week {
			p.requests.OldBytes += r.Bytes
		}
	}
}

// measure measures the calls of the streak at the instants at which the service judged them.
func (p *poller) measure() {
	requests, calls, ages := &p.requests, p.calls[:p.n], p.ages[:0]
	requests.Calls += int64(len(calls))
	tip := p.inflow.tip(calls[0].Now, p.iterator.Place, p.gaps)
	for i := range calls {
		c := &calls[i]
		r := &c.Answer
		switch {
		case r.Refused != kinesis.NoLimit:
			requests.Throttled++
			continue
		case r.From == r.To: // nothing in the part of the shard that the call went through
			requests.Empty++
			ages = append(ages, uint64(r.Rest))
			continue
		}
		requests.Bytes += r.Bytes
		last := r.Last
		if r.Tip && r.Rest == 0 {
			last = tip.last(c.Now, c.Visible, last)
		}
		if age := uint64(c.Now - last); r.Behind {
			ages = append(ages, age)
		} else {
			p.reached(age, false)
		}
	}
	p.alike.AddAll(ages)
	p.ages = ages
}

// takeLast takes the answers of the streak and goes on after the last one, which waits until
// it is back if somebody would see it before.
func (p *poller) takeLast() {
	last := p.n - 1
	r, back := &p.calls[last].Answer, p.backs[last]
	seen := back > p.calls[last].Now && (p.lane == nil || !p.lane.Free(back))
	if r.From == r.To || !seen {
		p.take(last + 1)
		p.goOn(back, r)
		return
	}
	p.take(last)
	p.send(r.To)
	p.state, p.answer, p.due = answered, *r, back
	p.at(back)
}

// take takes the first n answers of the streak.
func (p *poller) take(n int) {
	if n == 0 {
		return
	}
	r, back := &p.calls[n-1].Answer, p.backs[n-1]
	switch {
	case r.To == p.cursor: // nothing
	case p.atOnce:
		p.receiveAll(p.backs[:n], p.calls[:n])
		p.cursor = r.To
		p.stream.Release(p.consumer.id, p.iterator.Place, r.To)
	default:
		p.hand(back, r)
	}
}
