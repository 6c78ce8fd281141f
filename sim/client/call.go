package client

import (
	"fmt"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// call is records on their way to be sent again, together.
type call struct {
	producer *Producer
	sender   *sender
	batch    kinesis.Batch
	stored   []bool   // of which the stream has a copy; nil: of none
	attempt  int      // the number of the next
	first    des.Time // when they were sent first
	cost     int      // what the last retry took from the client's quota
	next     *call    // in the free list
}

// String names the call in messages.
func (c *call) String() string {
	return fmt.Sprintf("attempt %d of a call of producer %s", c.attempt, c.producer.Config.Name)
}

// Act sends the records again.
func (c *call) Act(now des.Time) {
	p := c.producer
	p.all.Waiting -= int64(c.batch.Len())
	p.old.Waiting -= int64(p.older(&c.batch))
	p.put(now, c.sender, &c.batch, c)
}

// has tells whether the stream has a copy of record i. c may be nil.
func (c *call) has(i int) bool { return c != nil && c.stored != nil && c.stored[i] }

// keep makes what was lost of an attempt the batch of c, all of it where the
// attempt failed as a whole, and returns how many of these arose before warm-up.
// The attempt's batch may be that of c.
func (c *call) keep(a *attempt, r *kinesis.PutResult, lost []kinesis.Refusal) (old int) {
	all, had := *a.batch, c.stored // keeps the lengths if it is the batch that shrinks
	n := len(lost)
	if a.whole {
		n = all.Len()
	}
	d := &c.batch
	d.Single, d.Keys = all.Single, all.Keys
	d.Key, d.Size, d.Arose = grown(d.Key, n), grown(d.Size, n), grown(d.Arose, n)
	if all.Hash != nil {
		d.Hash = grown(d.Hash, n)
	}
	if a.timeout && c.stored == nil {
		c.stored = make([]bool, n)
	}
	next := 0
	for to := range n { // to ≤ from: in place, nothing is overwritten before it is read
		from := to
		if !a.whole {
			from = int(lost[to].Index)
		}
		d.Key[to], d.Size[to], d.Arose[to] = all.Key[from], all.Size[from], all.Arose[from]
		if all.Hash != nil {
			d.Hash[to] = all.Hash[from]
		}
		if c.stored != nil {
			for next < len(r.Refused) && int(r.Refused[next].Index) < from {
				next++
			}
			refused := next < len(r.Refused) && int(r.Refused[next].Index) == from
			c.stored[to] = had != nil && had[from] || !refused
		}
		if from < a.old {
			old++
		}
	}
	if c.stored != nil {
		c.stored = c.stored[:n]
	}
	return old
}

// take is a call from the free list, or a new one.
func (p *Producer) take() *call {
	c := p.free
	if c == nil {
		return &call{producer: p}
	}
	p.free, c.next = c.next, nil
	return c
}

// release gives a call back, if there is one.
func (p *Producer) release(c *call) {
	if c != nil {
		c.stored, c.cost = nil, 0
		c.next, p.free = p.free, c
	}
}
