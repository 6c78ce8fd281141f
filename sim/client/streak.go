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
// answered, so all are made together: what they share is looked at once.
type streak struct {
	calls   []kinesis.GetCall
	backs   []des.Time // when the answers come back
	answers [mostCalls]kinesis.GetResult
	ages    []uint64 // of the last records of answers, at the calls
}

// list lists the call at now, whose answer comes back at an instant, and those that follow
// whatever it is answered.
func (p *poller) list(now, back des.Time) {
	p.calls, p.backs = p.calls[:0], p.backs[:0]
	for until := p.certain(); ; back = now.Add(p.latency.Next()) {
		p.calls = append(p.calls, kinesis.GetCall{Now: now, Visible: now - des.Time(p.available.Next())})
		p.backs = append(p.backs, back)
		next := back.Add(p.Interval)
		if next >= until || len(p.calls) == mostCalls || !p.lane.GoesOn(next, des.Deliveries) {
			return
		}
		now = next
	}
}

// certain is the instant before which each call comes one interval after the answer to the
// one before, whatever it is answered, as long as nothing else happens in the lane: until then
// the iterator lives and nothing expires. 0: no call after this one is certain, as the answer
// is worked on, or may be the last.
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
	for i := range p.calls {
		r := &p.answers[i]
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
	requests, calls, ages := &p.requests, p.calls, p.ages[:0]
	requests.Calls += int64(len(calls))
	tip := p.inflow.tip(calls[0].Now, p.iterator.Place, p.gaps)
	answers := p.answers[:len(calls)]
	for i := range calls {
		c, r := &calls[i], &answers[i]
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

// takeAll takes the answers of the streak, of which nobody sees anything before the next call.
// The last one waits until it is back if somebody would see it before.
func (p *poller) takeAll() {
	last := len(p.calls) - 1
	r, back := &p.answers[last], p.backs[last]
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
	r, back := &p.answers[n-1], p.backs[n-1]
	switch {
	case r.To == p.cursor: // nothing
	case p.atOnce:
		p.receiveAll(p.backs[:n], p.answers[:n])
		p.cursor = r.To
		p.stream.Release(p.consumer.id, p.iterator.Place, r.To)
	default:
		p.hand(back, r)
	}
}
