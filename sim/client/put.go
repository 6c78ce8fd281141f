package client

import (
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// Call is one PutRecord or PutRecords call that was answered.
type Call struct {
	Producer *Producer
	Batch    *kinesis.Batch
	Attempt  int    // 1 is the first
	Again    []bool // by record: sent before; nil: all of them if Attempt says so
	Result   *kinesis.PutResult
}

// Resent tells whether record i of the call was sent before.
func (c *Call) Resent(i int) bool {
	if c.Again != nil {
		return c.Again[i]
	}
	return c.Attempt > 1
}

// attempt is one call under way.
type attempt struct {
	sender  *sender
	batch   *kinesis.Batch
	again   *call    // what the batch belongs to, if it was sent before
	number  int      // 1 is the first
	first   des.Time // when the first attempt was sent
	answer  des.Time // when the client knows, or gives up waiting
	old     int      // so many of the records arose before warm-up; they come first
	whole   bool     // the call fails as a whole
	timeout bool     // because no answer comes in time
}

// put sends a batch and sees to what is not written of it. again is the call that
// the batch belongs to, if it was sent before. It returns the bytes of the batch.
func (p *Producer) put(now des.Time, s *sender, b *kinesis.Batch, again *call) model.Bytes {
	a := attempt{sender: s, batch: b, again: again, number: 1, first: now, old: p.older(b)}
	if again != nil {
		a.number, a.first = again.attempt, again.first
	}
	if now >= p.links.Warmup {
		p.Calls++
	}
	r := p.write(now, &a)
	p.links.Story.answered(now, &a, r)
	n, old := int64(b.Len()), int64(a.old)
	p.all.Attempts += n
	p.old.Attempts += old
	if r.Rejected != kinesis.Valid {
		p.all.Rejected += n
		p.old.Rejected += old
		p.fail(&a, nil)
		return r.Bytes
	}
	p.count(&a, r)
	if p.links.Refused != nil && (len(r.Refused) > 0 || a.number > 1) {
		p.links.Refused(now, Call{Producer: p, Batch: b, Attempt: a.number, Result: r})
	}
	if p.order.concerned(&a, r) {
		p.reorder(&a, r)
	}
	switch {
	case a.whole:
		p.again(&a, r, nil)
	case len(r.Refused) > 0:
		p.again(&a, r, r.Refused)
	default:
		p.succeed(&a)
	}
	if len(r.Woken) > 0 {
		p.links.Fanout.wake(now, r.Woken)
	}
	return r.Bytes
}

// write calls the service, through whatever is wrong with it, and says when the
// client knows how it went.
func (p *Producer) write(now des.Time, a *attempt) *kinesis.PutResult {
	took := p.took(now)
	var r *kinesis.PutResult
	if t := p.links.Trouble; t == nil {
		r = p.links.Stream.Put(now, a.batch)
	} else {
		a.whole = t.unavailable(now)
		r = t.put(now, a.batch)
	}
	if limit := p.Config.Put.Timeout; limit > 0 && took > limit {
		took, a.whole, a.timeout = limit, true, true
	}
	a.answer = now.Add(took)
	return r
}

// took draws how long a call takes that is sent at now.
func (p *Producer) took(now des.Time) time.Duration { return p.takes(now, p.latency.Next()) }

// takes is how long a call takes that is sent at now and usually takes d.
func (p *Producer) takes(now des.Time, d time.Duration) time.Duration {
	d = max(d, minLatency)
	if t := p.links.Trouble; t != nil {
		d = max(t.stretched(now, d), minLatency)
	}
	return d
}

// count counts what the stream did with the records of a call.
func (p *Producer) count(a *attempt, r *kinesis.PutResult) {
	n, old := int64(a.batch.Len()), int64(a.old)
	failures := int64(r.Faults)
	throttled := int64(len(r.Refused)) - failures
	oldThrottled, oldFailures := a.oldRefused(r)
	p.all.Throttled += throttled
	p.old.Throttled += oldThrottled
	p.all.Failures += failures
	p.old.Failures += oldFailures
	stored, oldStored := n-throttled-failures, old-oldThrottled-oldFailures
	p.all.Stored += stored
	p.old.Stored += oldStored
	if a.whole { // nobody is told
		return
	}
	p.all.Accepted += stored
	p.old.Accepted += oldStored
	if a.answer < p.links.End {
		p.PutLatency.AddN(uint64(a.answer-a.first), uint64(stored-oldStored))
	}
}

// oldRefused is how many refused records of a call arose before warm-up.
func (a *attempt) oldRefused(r *kinesis.PutResult) (throttled, failures int64) {
	for _, f := range r.Refused {
		switch {
		case int(f.Index) >= a.old:
			return throttled, failures
		case f.Limit == kinesis.ByFault:
			failures++
		default:
			throttled++
		}
	}
	return throttled, failures
}

// succeed ends a call that wrote all its records.
func (p *Producer) succeed(a *attempt) {
	a.sender.land(a.answer)
	cost := 0
	if a.again != nil {
		cost = a.again.cost
		p.release(a.again)
	}
	a.sender.quota.give(cost)
}

// resends tells whether the policy is asked about the records that are not written.
func (a *attempt) resends() bool {
	return a.whole || a.batch.Single || a.sender.producer.Config.Retry.Entries()
}

// again decides about the records of a call that were not written, all of them
// where the call failed as a whole: they are sent again, or fail.
func (p *Producer) again(a *attempt, r *kinesis.PutResult, lost []kinesis.Refusal) {
	policy := p.Config.Retry
	used := a.sender.quota.used
	wait, ok := time.Duration(0), false
	if a.resends() {
		p.try = Try{
			Attempt: a.number, Waited: a.answer.Sub(a.first), Throttled: len(r.Refused) > 0 && r.Faults == 0, Timeout: a.timeout,
			Quota: &a.sender.quota, Random: p.retries,
		}
		wait, ok = policy.Next(&p.try)
	}
	if !ok {
		p.fail(a, r)
		return
	}
	c := a.again
	if c == nil {
		c = p.take()
	}
	n := int64(len(lost))
	if a.whole {
		n = int64(a.batch.Len())
	}
	old := int64(c.keep(a, r, lost))
	c.sender, c.attempt, c.first, c.cost = a.sender, a.number+1, a.first, a.sender.quota.used-used
	p.all.Waiting += n
	p.old.Waiting += old
	p.links.Story.again(a, c, lost, a.answer.Add(wait))
	p.links.Engine.At(a.answer.Add(wait), des.Arrivals, c)
}

// fail gives up what was not written of a call: all of it where it was rejected,
// which r being nil says, or failed as a whole. An answer after the end of the run
// never came: such records are still waiting.
func (p *Producer) fail(a *attempt, r *kinesis.PutResult) {
	n, old := int64(a.batch.Len()), int64(a.old)
	if r != nil && !a.whole {
		throttled, failures := a.oldRefused(r)
		n, old = int64(len(r.Refused)), throttled+failures
	}
	if r != nil {
		p.order.forget(a, r)
	}
	p.links.Story.gaveUp(a)
	a.sender.land(a.answer)
	if a.answer < p.links.End {
		p.all.Failed += n
		p.old.Failed += old
		if r != nil {
			p.unconfirmed(a, r)
		}
	} else {
		p.all.Waiting += n
		p.old.Waiting += old
	}
	p.release(a.again)
}

// unconfirmed counts, of the records that are given up, those of which the stream
// has a copy all the same.
func (p *Producer) unconfirmed(a *attempt, r *kinesis.PutResult) {
	if !a.timeout && (a.again == nil || a.again.stored == nil) {
		return
	}
	next := 0
	for i := range a.batch.Size {
		lost := next < len(r.Refused) && int(r.Refused[next].Index) == i
		if lost {
			next++
		}
		if stored := !lost || a.again.has(i); !stored || !lost && !a.whole {
			continue
		}
		p.all.Unconfirmed++
		if i < a.old {
			p.old.Unconfirmed++
		}
	}
}
