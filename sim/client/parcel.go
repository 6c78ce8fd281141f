package client

import (
	"math"
	"time"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// parcel is records of one producer for one shard that are sent again together, as the
// refused ones of a call are: with one back-off drawn for all of them.
type parcel struct {
	flow     *flow
	place    int32
	old      bool // they arose before warm-up
	attempt  int  // the number of the next
	n, bytes int64
	first    des.Time      // when they were sent first
	due      des.Time      // when they are sent next
	waited   time.Duration // before they were sent first
	quota    Quota
}

// waiting are the parcels that a shard is sent again later.
type waiting struct {
	parcels []parcel
	soonest des.Time // when the first of them is due; only if there is one
}

func (w *waiting) add(p parcel) {
	if len(w.parcels) == 0 || p.due < w.soonest {
		w.soonest = p.due
	}
	w.parcels = append(w.parcels, p)
}

// due tells whether one is due before to.
func (w *waiting) due(to des.Time) bool { return len(w.parcels) > 0 && w.soonest < to }

// take moves those that are due before to into q.
func (w *waiting) take(to des.Time, q *parcelQueue) {
	if !w.due(to) {
		return
	}
	all := w.parcels
	w.parcels = all[:0]
	for _, p := range all {
		if p.due < to {
			q.push(p)
		} else {
			w.add(p)
		}
	}
}

// inherit hands the parcels of closed shards on to their children.
func (c *Confluence) inherit() {
	for place := range c.waiting {
		w := &c.waiting[place]
		if len(w.parcels) == 0 || !c.links.Stream.Ended(place) {
			continue
		}
		for _, p := range w.parcels {
			for c.links.Stream.Ended(int(p.place)) {
				p.place = c.child(int(p.place))
			}
			c.waiting[p.place].add(p)
		}
		w.parcels = nil
	}
}

// child is the shard to which records of a closed one go now: which of its children, by
// their ranges.
func (c *Confluence) child(place int) int32 {
	s := c.links.Stream
	children := s.Children(place)
	at, sum := c.random.Float64(), 0.0
	for _, child := range children {
		sum += s.Shard(child).Range.Share()
	}
	for _, child := range children {
		if at -= s.Shard(child).Range.Share() / sum; at < 0 {
			return int32(child)
		}
	}
	return int32(children[len(children)-1])
}

// play lets a shard judge, in the order of time, the calls that come to it in the span:
// the first ones of all flows, and parcels as often as they come within it.
func (c *Confluence) play(now des.Time, place int) {
	q := &c.under
	for _, f := range c.flows {
		c.calls(now, place, f)
	}
	q.begin(len(c.flows) > 1)
	c.waiting[place].take(c.to, q)
	for p, ok := q.pop(); ok; p, ok = q.pop() {
		c.attempt(max(now, p.due), place, &p)
	}
}

// mostParts is into how many calls the records are dealt at the most that one flow sends a
// shard in a span, where the instants of its calls are not known. What lies in one part is
// judged at one instant, a sixty-fourth of the span wide, and what is refused of it comes
// again together. With 512 shares of refused records move by less than between two seeds.
const mostParts = 64

// calls deals what a flow sends a shard in the span out to its calls.
func (c *Confluence) calls(now des.Time, place int, f *flow) {
	n, bytes := f.counts[place], f.bytes[place]
	if n == 0 {
		return
	}
	sent := max(1, f.batch.rate*(c.to-now).Seconds())
	c.callTimes(f, now, c.to, min(n, int64(math.Ceil(sent)), mostParts))
	c.share(n, &f.batch)
	for i, part := range c.parts {
		if part > 0 {
			p := parcel{
				flow: f, place: int32(place), old: f.old, attempt: 1, first: c.list[i], due: c.list[i],
				n: part, bytes: portion(bytes, part, n), waited: f.batch.mean(),
			}
			n, bytes = n-part, bytes-p.bytes
			c.under.first(p)
		}
	}
}

// attempt sends a parcel.
func (c *Confluence) attempt(at des.Time, place int, p *parcel) {
	producer := p.flow.producer
	n, bytes, failed := p.n, p.bytes, int64(0)
	if t := c.links.Trouble; t != nil {
		failed = workload.BinomialCount(n, t.part(at, place), c.random)
		n, bytes = n-failed, bytes-portion(bytes, failed, n)
	}
	accepted, taken, by := int64(0), int64(0), kinesis.NoLimit
	if n > 0 {
		accepted, taken, by = c.links.Stream.Admit(at, at, place, n, bytes)
	}
	for _, t := range tallies(&producer.all, &producer.old, p.old) {
		t.Attempts += p.n
		t.Stored += accepted
		t.Accepted += accepted
		t.Throttled += n - accepted
		t.Failures += failed
		if p.attempt > 1 {
			t.Waiting -= p.n
		}
	}
	if accepted > 0 {
		c.keep(at, place, p, accepted, taken)
	}
	if c.links.Poured != nil && n > 0 && (accepted < n || p.attempt > 1) {
		c.links.Poured(Pour{place, p.attempt > 1, n, bytes, n - accepted, by})
	}
	left := p.bytes - taken
	if failed > 0 {
		again := *p
		again.n, again.bytes = failed, portion(left, failed, p.n-accepted)
		left -= again.bytes
		c.retry(at, again, kinesis.ByFault)
	}
	if accepted < n {
		again := *p
		again.n, again.bytes = n-accepted, left
		c.retry(at, again, by)
	}
}

// keep stores what a shard has accepted of a parcel.
func (c *Confluence) keep(at des.Time, place int, p *parcel, accepted, taken int64) {
	lot := kinesis.Inflow{From: at, To: at, Records: accepted, Bytes: taken}
	if p.attempt == 1 {
		p.flow.first += accepted
		c.layLags(p.flow, place, lot)
		return
	}
	lot.Lag = at.Sub(p.first) + p.waited
	c.append(p.flow, place, lot)
	producer := p.flow.producer
	if answer := at.Add(producer.took(at)); answer < c.links.End && !p.old {
		producer.PutLatency.AddN(uint64(answer-p.first), uint64(accepted))
	}
}

// retry sends a parcel again that was sent at an instant, or gives it up.
func (c *Confluence) retry(at des.Time, p parcel, by kinesis.Limit) {
	producer := p.flow.producer
	answer := at.Add(producer.took(at))
	wait, ok := time.Duration(0), false
	whole := by == kinesis.ByFault && c.links.Trouble.unavailable(at)
	if policy := producer.Config.Retry; whole || producer.Config.Put.Single || policy.Entries() {
		wait, ok = policy.Next(Try{
			Attempt: p.attempt, Waited: answer.Sub(p.first), Throttled: by != kinesis.ByFault,
			Quota: &p.quota, Random: producer.retries,
		})
	}
	for _, t := range tallies(&producer.all, &producer.old, p.old) {
		if !ok && answer < c.links.End {
			t.Failed += p.n
		} else {
			t.Waiting += p.n
		}
	}
	if ok {
		p.attempt++
		if p.due = answer.Add(wait); p.due < c.to {
			c.under.push(p)
		} else {
			c.waiting[p.place].add(p)
		}
	}
}
