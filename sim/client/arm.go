package client

import (
	"math"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/metric"
	"kinesim/sim/workload"
)

// arm is what a confluence brings to one group of shards. Different arms may be played at
// the same time: what one of them writes no other touches.
type arm struct {
	*Confluence
	group    int             // its number
	branches []*branch       // by flow
	begun    int             // spans of the stretch that any of its shards has begun
	number   int             // of the span under way
	evens    uint64          // those of the shard under way that have an even lot, a bit for each
	ordered  bool            // it may matter in which order calls come: something may come again, or a window be used up
	asked    int             // number of the span that a reader has asked about last
	to       des.Time        // the end of the span under way
	under    parcelQueue     // of the shard under way: what it is still sent in the span
	list     []des.Time      // scratch of callTimes
	drawn    []des.Time      // and of evenTimes
	try      Try             // scratch of retry
	parts    []int64         // of the records, by call
	sums     []Load          // scratch of loads
	kept     [mostSpans]Load // by span from the first one on: what the shard under way has room for
	woken    []int32
	random   *des.Rand
	refused  [mostSpans]kinesis.Refused // by span as kept: what it refuses; nothing once somebody has been told of it
	seconds  []kinesis.Writes           // what the shard under way had done by each of the whole seconds that nobody was told of yet
	_        [64]byte                   // keeps neighbours out of each other's cache lines
}

// branch is what a flow brings to one group of shards, and what it draws and counts there.
type branch struct {
	*flow
	*sending            // in the span under way
	routes      []route // of the flow's, those to shards of the group
	drawn       []Load  // by span: what the routes get
	all, before Tally   // of its records once they have been sent, and of those that arose before warm-up
	firsts      []int64 // by span: how many were accepted that had been sent once
	delays      *workload.Delays
	retries     *des.Rand
	latency     *metric.Histogram // a part of the laps of the producer's put latency
	rest        remainders
	_           [64]byte // keeps neighbours out of each other's cache lines
}

// newArm makes the arm of a group.
func newArm(c *Confluence, group int) *arm {
	return &arm{Confluence: c, group: group, random: des.Stream(c.links.Seed, groupName("inflow", group))}
}

// join adds the branch of a flow.
func (a *arm) join(f *flow, group int) {
	p := f.producer
	b := &branch{
		flow: f, sending: f.drawing, retries: p.retries, delays: p.latency,
		latency: p.PutLatency.Lap(group), firsts: make([]int64, mostSpans), drawn: make([]Load, mostSpans),
	}
	if group > 0 {
		b.retries = p.random(groupName("retries", group))
		b.delays = workload.NewDelays(p.links.Limits.PutLatency, p.random(groupName("latency", group)))
	}
	a.ordered = a.ordered || f.resends || a.links.Trouble != nil || a.links.Limits.WriteWindow == model.FixedS1
	a.branches = append(a.branches, b)
	f.branches = append(f.branches, b)
}

// draw draws what the shards of the group are sent in the spans of a stretch, if they draw
// by themselves.
func (b *branch) draw(spans []*sending) {
	clear(b.drawn)
	if !b.apart() {
		return
	}
	law, varied, drawn := workload.PoissonLawOf(0), b.size.deviation > 0, b.drawn[:len(spans)]
	for i := range b.routes {
		r := &b.routes[i]
		source, each := b.sources[r.place], b.size.mean+r.key
		loads := b.loads[int(r.place)*b.stride:][:len(spans)]
		for n, s := range spans {
			if mean := s.mean * float64(s.plain*r.share); mean != law.Mean {
				law = workload.PoissonLawOf(mean)
			}
			l := &loads[n]
			source, l.Records = law.Draw(source)
			if varied {
				var z float64
				source, z = source.Normal()
				l.Bytes = b.bytes(l.Records, each, z)
			} else {
				l.Bytes = wholeBytes(l.Records, each)
			}
			drawn[n].Add(*l)
		}
		b.sources[r.place] = source
	}
}

// open makes span number n of the stretch the one under way.
func (a *arm) open(n int) {
	a.number, a.to = n, a.ends[n]
	for _, b := range a.branches {
		b.sending = b.flow.spans[n]
	}
}

// took draws how long a call takes that is sent at now.
func (b *branch) took(now des.Time) time.Duration { return b.producer.takes(now, b.delays.Next()) }

// write counts records that were sent for the first time, and how many were written.
func (b *branch) write(n, accepted int64) {
	b.all.write(n, accepted)
	if b.old {
		b.before.write(n, accepted)
	}
	b.firsts[b.number] += accepted
}

// tallies are those that records count in.
func (b *branch) tallies(old bool) []*Tally { return tallies(&b.all, &b.before, old) }

// giveUp gives up records that a shard has refused.
func (a *arm) giveUp(b *branch, n int64) {
	late := int64(0)
	if b.final {
		if answer := a.to.Add(b.took(a.to)); answer >= a.links.End { // no answer came to the last ones
			late = min(n, int64(float64(n)*float64(answer-a.links.End)/float64(max(1, a.to-b.at))))
		}
	}
	for _, t := range b.tallies(b.old) {
		t.Failed += n - late
		t.Waiting += late
	}
}

// shard lets a shard judge what comes to it in the spans [first, last) of the stretch, the
// first of which begins at now. What fits into its buckets, as they are or as they fill while it
// comes, is stored at once. Else it matters in which order calls come, as it does where they are
// few and of several flows: they are played one by one, unless they are many, nothing of them
// comes again, and no window is used up by the first of them.
func (a *arm) shard(now des.Time, place, first, last int) {
	a.evens, a.begun = a.even[place], max(a.begun, last)
	for n := first; n < last; now = a.ends[n-1] {
		if calm := a.calm(now, place, n, last); calm > n {
			a.pour(now, place, n, calm)
			n = calm
			continue
		}
		a.open(n)
		if a.ordered && a.inOrder(now, place) || len(a.branches) > 1 && a.few(place) {
			a.second(n, a.links.Stream.Writes(place))
			a.play(now, place)
		} else {
			a.pour(now, place, n, n+1)
		}
		n++
	}
	a.even[place] = a.evens
}

// calm is the span up to which, from number first on, it does not matter in which order the only
// flow's calls to a shard come, as is known without a look at each span: first, if it is not.
func (a *arm) calm(now des.Time, place, first, last int) int {
	if len(a.branches) > 1 || a.links.Trouble != nil {
		return first
	}
	if !a.ordered {
		return last
	}
	for waiting := &a.waiting[place]; last > first && waiting.due(a.ends[last-1]); {
		last--
	}
	return first + a.links.Stream.FitAtOnce(place, now, a.ends[first:last], a.loads(place, first, last))
}

// inOrder tells whether the order of the calls to a shard matters in the span under way,
// where something may come again or a window be used up.
func (a *arm) inOrder(now des.Time, place int) bool {
	return a.waiting[place].due(a.to) || a.links.Trouble.part(now, place) > 0 ||
		!a.links.Stream.Fits(now, a.to, place, a.loads(place, a.number, a.number+1)[0], a.ahead(now, place))
}

// ahead is the share of what a shard is sent in the span under way that may come before it would
// come evenly. In n calls as large, each of which comes at any instant, more than 3/√n of all is
// ahead at some instant once in e^18 spans (N. V. Smirnov, 1939). Where it is known when calls
// come, all of it may be.
func (a *arm) ahead(now des.Time, place int) float64 {
	all, squares := 0.0, 0.0
	for _, b := range a.branches {
		n := b.load(place, b.number).Records
		if n == 0 {
			continue
		}
		if len(b.sent) > 0 {
			return 1
		}
		all += float64(n)
		squares += float64(n) * float64(n) / float64(min(b.visits(n, a.to-now), mostParts))
	}
	return min(1, 3*math.Sqrt(squares)/max(1, all))
}

// loads is what all flows send a shard in the spans [first, last).
func (a *arm) loads(place, first, last int) []Load {
	if len(a.branches) == 1 {
		b := a.branches[0]
		return b.loads[place*b.stride:][first:last]
	}
	a.sums = grown(a.sums, last-first)
	clear(a.sums)
	for _, b := range a.branches {
		for i, load := range b.loads[place*b.stride:][first:last] {
			a.sums[i].Add(load)
		}
	}
	return a.sums
}

// few tells whether several flows send a shard few calls each in the span, which lie among
// each other and not one flow after the other.
func (a *arm) few(place int) bool {
	flows := 0
	for _, b := range a.branches {
		n := b.load(place, b.number).Records
		if n >= b.many {
			return false
		}
		if n > 0 {
			flows++
		}
	}
	return flows > 1
}

// pour lets a shard judge what all flows send it for the first time in the spans [first, last),
// as a whole: what it refuses it refuses of all in proportion, and nobody sends it again.
func (a *arm) pour(now des.Time, place, first, last int) {
	loads, did, kept := a.loads(place, first, last), a.links.Stream.Writes(place), a.kept[:last-first]
	if refused := a.refused[:last-first]; a.links.Stream.Admit(place, now, a.ends[first:last], loads, kept, refused) {
		a.poured(now, place, first, refused)
	}
	a.note(first, did, loads, kept)
	for n := first; n < last; now = a.ends[n-1] {
		laid := a.layWhole(now, place, n, loads[n-first:], kept[n-first:])
		if laid == 0 {
			a.open(n)
			a.deal(now, place, loads[n-first], kept[n-first])
			laid = 1
		}
		n += laid
	}
}

// poured tells of what a shard has refused in the spans from number first on, which begins at now.
func (a *arm) poured(now des.Time, place, first int, refused []kinesis.Refused) {
	for i := range refused {
		if r := &refused[i]; *r != (kinesis.Refused{}) && a.links.Poured != nil {
			a.links.Poured(now, place, r, Load{})
		}
		now = a.ends[first+i]
	}
	clear(refused)
}

// note notes what the shard under way has done by each whole second at which one of the spans
// of some loads begins, of which somebody is told: number first and those after it.
func (a *arm) note(first int, did kinesis.Writes, loads, kept []Load) {
	marks, seconds := a.marks>>first, a.seconds
	for i := range kept {
		if marks>>i&1 != 0 {
			seconds = append(seconds, did)
		}
		did.Take(loads[i], kept[i])
	}
	a.seconds = seconds
}

// second notes what the shard under way has done by the beginning of span number n, if that is
// a whole second of which somebody is told.
func (a *arm) second(n int, did kinesis.Writes) {
	if a.marks>>n&1 != 0 {
		a.seconds = append(a.seconds, did)
	}
}

// tell tells of the whole seconds of the shard under way since an instant.
func (a *arm) tell(since des.Time, place int) {
	if second := des.Time(time.Second); len(a.seconds) > 0 {
		a.links.Seconds((since+second-1)/second*second, a.group, place, a.seconds)
		a.seconds = a.seconds[:0]
	}
}

// idle lets a closed shard do nothing in the spans [first, last).
func (a *arm) idle(place, first, last int) {
	for n := first; n < last; n++ {
		a.second(n, a.links.Stream.Writes(place))
	}
}

// deal deals what a shard has taken of a load in the span under way to the flows: in
// proportion, and what is left to the last one. They lie one after the other.
func (a *arm) deal(now des.Time, place int, load, kept Load) {
	n, left, last := load.Records, kept, len(a.branches)-1
	for _, b := range a.branches[:last] {
		own := *b.load(place, b.number)
		if own.Records == 0 {
			continue
		}
		part := own
		if left.Records < n {
			part.Records = a.nearly(left.Records, own.Records, n)
			part.Bytes = portion(left.Bytes, part.Records, max(1, left.Records))
		}
		to := now + des.Time(float64(a.to-now)*float64(part.Records)/float64(max(1, left.Records)))
		a.give(b, place, own.Records, part, now, to)
		n, left.Records, left.Bytes, now = n-own.Records, left.Records-part.Records, left.Bytes-part.Bytes, to
	}
	if n > 0 {
		a.give(a.branches[last], place, n, left, now, a.to)
	}
}

// give gives a flow its part of the n records that it has sent in the span under way.
func (a *arm) give(b *branch, place int, n int64, part Load, from, to des.Time) {
	if part.Records < n {
		a.giveUp(b, n-part.Records)
	}
	b.write(n, part.Records)
	if part.Records > 0 {
		a.lay(b, place, part, from, to)
	}
}

// nearly is accepted·own/of, now the number below and now the one above.
func (a *arm) nearly(accepted, own, of int64) int64 {
	if own == of {
		return accepted
	}
	exact := float64(accepted) * (float64(own) / float64(of))
	return min(accepted, own, int64(exact+a.random.Float64()))
}

// portion is whole·part/of, rounded down.
func portion(whole, part, of int64) int64 {
	if part == of {
		return whole
	}
	return int64(float64(whole) * (float64(part) / float64(of)))
}
