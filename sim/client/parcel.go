package client

import (
	"time"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// parcel is records of one producer for one shard that are sent again together, as the
// refused ones of a call are: with one back-off drawn for all of them.
type parcel struct {
	branch   *branch
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
			p.branch = p.branch.flow.branches[c.links.Stream.Group(int(p.place))]
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
	at, sum := c.arms[0].random.Float64(), 0.0
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
func (a *arm) play(now des.Time, place int) {
	q := &a.under
	for _, b := range a.branches {
		a.calls(now, place, b)
	}
	q.begin(len(a.branches) > 1)
	a.waiting[place].take(a.to, q)
	for p, ok := q.pop(); ok; p, ok = q.pop() {
		a.attempt(max(now, p.due), place, &p)
	}
}

// mostParts is into how many calls the records are dealt at the most that one flow sends a
// shard in a span, where the instants of its calls are not known. What lies in one part is
// judged at one instant, a sixty-fourth of the span wide, and what is refused of it comes
// again together. With 512 shares of refused records move by less than between two seeds.
const mostParts = 64

// calls deals what a flow sends a shard in the span out to its calls.
func (a *arm) calls(now des.Time, place int, b *branch) {
	load := b.load(place, b.number)
	n, bytes := load.Records, load.Bytes
	if n == 0 {
		return
	}
	a.callTimes(b, now, a.to, min(b.visits(n, a.to-now), mostParts))
	a.share(n, &b.batch)
	for i, part := range a.parts {
		if part > 0 {
			p := parcel{
				branch: b, place: int32(place), old: b.old, attempt: 1, first: a.list[i], due: a.list[i],
				n: part, bytes: portion(bytes, part, n), waited: b.batch.mean(),
			}
			n, bytes = n-part, bytes-p.bytes
			a.under.first(p)
		}
	}
}

// attempt sends a parcel.
func (a *arm) attempt(at des.Time, place int, p *parcel) {
	n, bytes, failed := p.n, p.bytes, int64(0)
	if t := a.links.Trouble; t != nil {
		failed = workload.BinomialCount(n, t.part(at, place), a.random)
		n, bytes = n-failed, bytes-portion(bytes, failed, n)
	}
	sent, kept, refused := []Load{{Records: n, Bytes: bytes}}, a.kept[:1], []kinesis.Refused{{}}
	a.links.Stream.Admit(place, at, []des.Time{at}, sent, kept, refused)
	accepted, taken := kept[0].Records, kept[0].Bytes
	for _, t := range p.branch.tallies(p.old) {
		t.write(n, accepted)
		t.Attempts += failed
		t.Failures += failed
		if p.attempt > 1 {
			t.Waiting -= p.n
		}
	}
	if accepted > 0 {
		a.keep(at, p, kept[0])
	}
	again := Load{}
	if p.attempt > 1 {
		again = sent[0]
	}
	if a.links.Poured != nil && (accepted < n || again.Records > 0) {
		a.links.Poured(at, place, refused[0], again)
	}
	left := p.bytes - taken
	if failed > 0 {
		again := *p
		again.n, again.bytes = failed, portion(left, failed, p.n-accepted)
		left -= again.bytes
		a.retry(at, again, true)
	}
	if accepted < n {
		again := *p
		again.n, again.bytes = n-accepted, left
		a.retry(at, again, false)
	}
}

// keep stores what a shard has accepted of a parcel.
func (a *arm) keep(at des.Time, p *parcel, load Load) {
	if p.attempt == 1 {
		p.branch.firsts[p.branch.number] += load.Records
		a.layLags(p.branch, int(p.place), at, at, load)
		return
	}
	a.lot(p.branch, int(p.place), at, at, load, kinesis.Lags{Mean: kinesis.PackLag(at.Sub(p.first) + p.waited)})
	if answer := at.Add(p.branch.took(at)); answer < a.links.End && !p.old {
		p.branch.latency.AddN(uint64(answer-p.first), uint64(load.Records))
	}
}

// retry sends a parcel again that was sent at an instant, and that a fault failed or a limit
// refused, or gives it up.
func (a *arm) retry(at des.Time, p parcel, fault bool) {
	answer := at.Add(p.branch.took(at))
	wait, ok := time.Duration(0), false
	whole := fault && a.links.Trouble.unavailable(at)
	if policy := p.branch.producer.Config.Retry; whole || p.branch.producer.Config.Put.Single || policy.Entries() {
		wait, ok = policy.Next(Try{
			Attempt: p.attempt, Waited: answer.Sub(p.first), Throttled: !fault,
			Quota: &p.quota, Random: p.branch.retries,
		})
	}
	for _, t := range p.branch.tallies(p.old) {
		if !ok && answer < a.links.End {
			t.Failed += p.n
		} else {
			t.Waiting += p.n
		}
	}
	if ok {
		p.attempt++
		if p.due = answer.Add(wait); p.due < a.to {
			a.under.push(p)
		} else {
			a.waiting[p.place].add(p)
		}
	}
}
