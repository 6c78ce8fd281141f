package client

import (
	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// mostCalls is how many calls of a poller are made together at the most: as many as it mostly
// makes in a stretch.
const mostCalls = 64

// streak is calls of one poller in a row, of which each is made whatever the ones before are
// answered, so all are made together, with those that other pollers of the shard make
// meanwhile: what they share is looked at once.
type streak struct {
	asked kinesis.GetCalls           // the calls, as the service is asked
	calls [mostCalls]kinesis.GetCall // room for them
	backs [mostCalls]des.Time        // when the answers come back
	ages  [mostCalls]uint64          // of the last records of the answers, at the calls

	pollers []*poller           // whose calls are made together, if this is the streak of the first
	all     []*kinesis.GetCalls // theirs
}

// gather finds the pollers whose calls are made together with that of p at now, and before
// when: until then each makes its calls whatever it is answered, and nothing else happens in
// the lane. Their next calls are then the first ones of their streaks.
func (p *poller) gather(now, back des.Time) (until des.Time) {
	p.pollers, p.all = p.pollers[:0], p.all[:0]
	p.join(p, now, back)
	if until = p.certain(now); until <= now {
		return until
	}
	for {
		actor, at := p.lane.Next()
		q, ok := actor.(*poller)
		if !ok || q.stopped || q.state != calling {
			break
		}
		end := min(until, q.certain(at))
		if at >= end {
			break
		}
		p.lane.Take()
		q.skipExpired(at)
		until = end
		p.join(q, at, at.Add(q.latency.Next()))
	}
	return min(until, p.lane.Free())
}

// join lets the calls of a poller be made with those of p, of which the first one is made at
// now and comes back at an instant.
func (p *poller) join(q *poller, now, back des.Time) {
	q.calls[0].Now, q.backs[0] = now, back
	p.pollers, p.all = append(p.pollers, q), append(p.all, &q.asked)
}

// certain is the instant before which each call from one at now on comes one interval after
// the answer to the one before, whatever it is answered: until then the iterator lives, nothing
// expires, and there is room for the calls. 0: none is certain, as the answer is worked on, or
// may be the last.
func (p *poller) certain(now des.Time) des.Time {
	if !p.atOnce || p.lane == nil || p.stream.Ended(p.iterator.Place) {
		return 0
	}
	return min(p.issued.Add(p.life), p.stream.Keeps(p.iterator.Place), now.Add(mostCalls*p.Interval))
}

// list lists the first call of the streak, for which the lane knows that somebody acts, and
// those after it that come before until.
func (p *poller) list(until des.Time) {
	calls, backs, now, back := &p.calls, &p.backs, p.calls[0].Now, p.backs[0]
	for i := range calls {
		c := &calls[i]
		c.Now, c.Visible, backs[i] = now, now-des.Time(p.available.Next()), back
		if now = back.Add(p.Interval); now >= until {
			p.asked.List = calls[:i+1]
			break
		}
		p.lane.Acts(now, des.Deliveries)
		back = now.Add(p.latency.Next())
	}
	p.iterator.Row = p.cursor
	p.asked.By, p.asked.Limit = &p.iterator, p.MaxRecords
}

// note counts the answers of the streak, as the service gave them.
func (p *poller) note() {
	calls, requests, refused, empty, bytes, taken := p.asked.List, &p.requests, int64(0), int64(0), model.Bytes(0), -1
	for i := range calls {
		c := &calls[i]
		r := &c.Answer
		switch {
		case r.Refused != kinesis.NoLimit:
			refused++
			continue
		case r.From == r.To:
			empty++
		case c.Now.Sub(r.Last) > model.Week:
			requests.OldBytes += r.Bytes
		}
		bytes += r.Bytes
		taken = i
	}
	if taken >= 0 {
		p.issued = p.backs[taken]
	}
	requests.AllThrottled += refused
	if calls[0].Now < p.warmup { // nothing goes on over the end of warm-up
		requests.WarmBytes += bytes
		return
	}
	requests.Calls += int64(len(calls))
	requests.Throttled += refused
	requests.Empty += empty
	requests.Bytes += bytes
	p.measure()
}

// measure measures how old the last records of answers were at the instants at which the
// service judged the calls.
func (p *poller) measure() {
	calls := p.asked.List
	ages := p.ages[:len(calls)]
	p.inflow.ages(calls, ages, p.iterator.Place, p.gaps)
	n := 0 // how many are as old as the reader is behind after them
	for i, age := range ages {
		r := &calls[i].Answer
		switch {
		case r.Refused != kinesis.NoLimit:
			continue
		case r.From == r.To: // nothing in the part of the shard that the call went through
			age = uint64(r.Rest)
		case !r.Behind:
			p.reached(age, false)
			continue
		}
		ages[n] = age
		n++
	}
	p.alike.AddAll(ages[:n])
}

// takeLast takes the answers of the streak and goes on after the last one, which waits until
// it is back if somebody would see it before.
func (p *poller) takeLast() {
	last := len(p.asked.List) - 1
	r, back := &p.calls[last].Answer, p.backs[last]
	seen := back > p.calls[last].Now && (p.lane == nil || back >= p.lane.Free())
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
