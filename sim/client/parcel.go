package client

import (
	"time"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// parcel is records of one producer for one shard that are sent again together, as the
// refused ones of a call are: with one back-off drawn for all of them.
//
// It has no pointers, and fits a cache line: a shard that refuses much has thousands.
type parcel struct {
	n, bytes int64
	first    des.Time      // when they were sent first
	due      des.Time      // when they are sent next
	waited   time.Duration // before they were sent first
	quota    Quota
	flow     int32 // number of the branch, in any arm
	attempt  int32 // the number of the next
	next     int32 // the one after it in a list of a parcelQueue
	old      bool  // they arose before warm-up
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
			heir := place
			for c.links.Stream.Ended(heir) {
				heir = c.child(heir)
			}
			c.waiting[heir].add(p)
		}
		w.parcels = nil
	}
}

// child is the shard to which records of a closed one go now: which of its children, by
// their ranges.
func (c *Confluence) child(place int) int {
	s := c.links.Stream
	children := s.Children(place)
	at, sum := c.arms[0].random.Float64(), 0.0
	for _, child := range children {
		sum += s.Shard(child).Range.Share()
	}
	for _, child := range children {
		if at -= s.Shard(child).Range.Share() / sum; at < 0 {
			return child
		}
	}
	return children[len(children)-1]
}

// play lets a shard judge, in the order of time, the calls that come to it in the span:
// the first ones of all flows, and parcels as often as they come within it.
func (a *arm) play(now des.Time, place int) {
	q := &a.under
	q.begin(now, a.to)
	for flow := range a.branches {
		a.calls(now, place, flow)
	}
	a.waiting[place].take(a.to, q)
	for i, ok := q.pop(); ok; i, ok = q.pop() {
		a.attempt(max(now, q.store[i].due), place, i)
	}
}

// mostParts is into how many calls the records are dealt at the most that one flow sends a
// shard in a span, where the instants of its calls are not known. What lies in one part is
// judged at one instant, a sixty-fourth of the span wide, and what is refused of it comes
// again together. With 512 shares of refused records move by less than between two seeds.
const mostParts = 64

// calls deals what a flow sends a shard in the span out to its calls.
func (a *arm) calls(now des.Time, place, flow int) {
	b := a.branches[flow]
	load := b.load(place, b.number)
	n, bytes := load.Records, load.Bytes
	if n == 0 {
		return
	}
	a.callTimes(b, now, a.to, min(b.visits(n, a.to-now), mostParts))
	a.share(n, &b.batch)
	waited := b.batch.mean()
	for i, part := range a.parts {
		if part > 0 {
			p := parcel{
				n: part, bytes: portion(bytes, part, n), first: a.list[i], due: a.list[i], waited: waited,
				flow: int32(flow), attempt: 1, old: b.old,
			}
			n, bytes = n-part, bytes-p.bytes
			a.under.push(p)
		}
	}
}

// attempt sends parcel number i of those under way.
func (a *arm) attempt(at des.Time, place int, i int32) {
	p := &a.under.store[i]
	b, sent, failed := a.branches[p.flow], Load{Records: p.n, Bytes: p.bytes}, int64(0)
	if t := a.links.Trouble; t != nil {
		failed = workload.BinomialCount(p.n, t.part(at, place), a.random)
		sent.Records, sent.Bytes = p.n-failed, p.bytes-portion(p.bytes, failed, p.n)
	}
	kept, by := a.links.Stream.AdmitAt(place, at, sent)
	for _, t := range b.tallies(p.old) {
		t.write(sent.Records, kept.Records)
		t.Attempts += failed
		t.Failures += failed
		if p.attempt > 1 {
			t.Waiting -= p.n
		}
	}
	if kept.Records > 0 {
		a.keep(b, place, at, p, kept)
	}
	if a.links.Poured != nil && (kept.Records < sent.Records || p.attempt > 1 && sent.Records > 0) {
		again, refused := Load{}, &a.refused[0]
		if refused[by] = sent.Records - kept.Records; p.attempt > 1 {
			again = sent
		}
		a.links.Poured(at, place, refused, again)
		refused[by] = 0
	}
	left := Load{Records: p.n - kept.Records, Bytes: p.bytes - kept.Bytes}
	switch {
	case left.Records == 0:
	case failed == 0:
		a.retry(b, place, at, i, left, false)
	case failed == left.Records:
		a.retry(b, place, at, i, left, true)
	default:
		apart := Load{Records: failed, Bytes: portion(left.Bytes, failed, left.Records)}
		a.under.store = append(a.under.store, *p)
		a.retry(b, place, at, int32(len(a.under.store)-1), apart, true)
		a.retry(b, place, at, i, Load{Records: left.Records - failed, Bytes: left.Bytes - apart.Bytes}, false)
	}
}

// keep stores what a shard has accepted of a parcel.
func (a *arm) keep(b *branch, place int, at des.Time, p *parcel, load Load) {
	if p.attempt == 1 {
		b.firsts[b.number] += load.Records
		a.lot(b, place, at, at, load, b.lags[b.number])
		return
	}
	a.lot(b, place, at, at, load, kinesis.Lags{Mean: kinesis.PackLag(at.Sub(p.first) + p.waited)})
	if answer := at.Add(b.took(at)); answer < a.links.End && !p.old {
		b.latency.AddN(uint64(answer-p.first), uint64(load.Records))
	}
}

// retry sends what is left of parcel number i again, which was sent at an instant, and which a
// fault failed or a limit refused, or gives it up.
func (a *arm) retry(b *branch, place int, at des.Time, i int32, left Load, fault bool) {
	p := &a.under.store[i]
	answer := at.Add(b.took(at))
	wait, ok := time.Duration(0), false
	whole := fault && a.links.Trouble.unavailable(at)
	if policy := b.producer.Config.Retry; whole || b.producer.Config.Put.Single || policy.Entries() {
		t := &a.try // a Try made here would be made elsewhere and copied
		t.Attempt, t.Waited, t.Throttled, t.Quota, t.Random = int(p.attempt), answer.Sub(p.first), !fault, &p.quota, b.retries
		wait, ok = policy.Next(t)
	}
	for _, t := range b.tallies(p.old) {
		if !ok && answer < a.links.End {
			t.Failed += left.Records
		} else {
			t.Waiting += left.Records
		}
	}
	if !ok {
		return
	}
	p.n, p.bytes, p.due = left.Records, left.Bytes, answer.Add(wait)
	if p.attempt++; p.due < a.to {
		a.under.list(i)
	} else {
		a.waiting[place].add(*p)
	}
}
