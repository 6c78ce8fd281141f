package client

import (
	"math"
	"slices"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// fewCalls is how many calls may reach a shard in a span for each of them to be a lot of
// its own, at its own instant. With more of them a lot lasts as long as the span, and
// nothing is lost but which instant within it.
const fewCalls = 32

// lay lays records that are sent for the first time evenly over [from, to), or at the
// instants of their calls where these are few.
func (a *arm) lay(place int, k *volume, from, to des.Time) {
	b, n := k.branch, k.accepted
	seen := b.visits(n, a.to-b.at)
	fine := a.fine(to - from)
	few := seen <= fewCalls || fine > 0 && seen <= 4*int64(fine)
	if !few {
		a.even[place] |= 1 << a.number
	}
	if few {
		a.layCalls(place, k, from, to, seen)
		return
	}
	if fine > 0 {
		a.laySpans(place, k, from, to, int64(fine))
		return
	}
	a.layLags(b, place, &kinesis.Inflow{From: from, To: to, Records: n, Bytes: k.taken})
}

// visits is in how many calls, at the most, n records come to a shard in a span.
func (b *branch) visits(n int64, span des.Time) int64 {
	calls := max(1, b.batch.rate*span.Seconds(), float64(n)/max(1, b.batch.records))
	return int64(math.Ceil(min(float64(n), calls)))
}

// chance is how likely a call is to bring records of a shard, which is sent n in the span.
func (s *sending) chance(place int, n int64) float64 {
	if s.chances != nil {
		return s.chances[place]
	}
	return s.batch.brings(min(1, float64(n)/float64(s.offered)))
}

// clients is how many clients call, as a reader of a shard sees them.
func (f *flow) clients() int {
	if f.producer.Config.Put.Single {
		return independent
	}
	return f.producer.Config.Clients
}

// independent is a number of clients whose calls are as good as independent.
const independent = 1_000

// fine is into how many parts a span must be divided for readers that tell them apart:
// pushes of enhanced fan-out take along what comes within a window of theirs. 0: none.
func (c *Confluence) fine(span des.Time) int {
	if window := des.Time(c.links.Limits.EFOPushWindow); c.links.Fanout.any && window > 0 {
		return int((span + window - 1) / window)
	}
	return 0
}

// layCalls lays records at the instants of calls, of which so many bring them.
func (a *arm) layCalls(place int, k *volume, from, to des.Time, visits int64) {
	b, n, bytes := k.branch, k.accepted, k.taken
	a.callTimes(b, from, to, visits)
	a.share(n, &b.batch)
	for i, part := range a.parts {
		if part > 0 {
			lot := kinesis.Inflow{From: a.list[i], To: a.list[i], Records: part, Bytes: portion(bytes, part, n)}
			n, bytes = n-part, bytes-lot.Bytes
			a.layLags(b, place, &lot)
		}
	}
}

// callTimes finds the instants of the calls of a flow in [from, to), in order: all of
// them where they are known, else n that are as good.
func (a *arm) callTimes(b *branch, from, to des.Time, n int64) {
	a.list = a.list[:0]
	for _, at := range b.sent {
		if from > b.at || to < a.to { // the class has a part of the span
			at = from + des.Time(float64(at-b.at)/float64(a.to-b.at)*float64(to-from))
		}
		a.list = append(a.list, at)
	}
	if len(a.list) == 0 {
		for range n {
			a.list = append(a.list, from+des.Time(a.random.Float64()*float64(to-from)))
		}
		slices.Sort(a.list)
	}
}

// share deals n records out to the calls in list. Each of those that begin with a record
// and then wait has one of them, and the others as they come; full calls, and those of even
// arrivals, have room for so many each. Where there are more records than room, each of the
// list stands for several calls.
func (a *arm) share(n int64, b *batching) {
	calls := int64(len(a.list))
	a.parts = grown(a.parts, int(calls))
	firsts := int64(0)
	if b.firsts > 0 {
		firsts = min(calls, int64(math.Round(float64(n)/b.records)))
	}
	others, room := n-firsts, int64(b.records)
	several := others > room*calls
	for i := range a.parts {
		left := calls - int64(i)
		part := others
		switch {
		case left == 1:
		case b.firsts > 0 || several:
			part = workload.BinomialCount(others, 1/float64(left), a.random)
		default:
			part = min(others, workload.BinomialCount(room, float64(others)/float64(room*left), a.random))
		}
		others -= part
		if firsts > 0 && a.random.Int64N(left) < firsts {
			part++
			firsts--
		}
		a.parts[i] = part
	}
}

// laySpans lays records into so many parts of a span, by chance.
func (a *arm) laySpans(place int, k *volume, from, to des.Time, parts int64) {
	n, bytes, at := k.accepted, k.taken, from
	for i := range parts {
		end := from + des.Time(int64(to-from)*(i+1)/parts)
		part := n
		if left := parts - i; left > 1 {
			part = workload.BinomialCount(n, 1/float64(left), a.random)
		}
		if part > 0 {
			lot := kinesis.Inflow{From: at, To: end, Records: part, Bytes: portion(bytes, part, n)}
			n, bytes = n-part, bytes-lot.Bytes
			a.layLags(k.branch, place, &lot)
		}
		at = end
	}
}

// someFirsts is the share of records from which on it matters that the first of a call
// waits longest: with less of them the mean wait errs by a hundredth at the most.
const someFirsts = 0.02

// layLags lays a lot whose records have waited for their calls: those that were the first
// of a call for all of the linger, the others evenly less.
func (a *arm) layLags(b *branch, place int, lot *kinesis.Inflow) {
	batch := &b.batch
	firsts := int64(0)
	if batch.firsts >= someFirsts {
		firsts = int64(float64(float64(lot.Records)*batch.firsts) + a.random.Float64())
	}
	if firsts == 0 {
		lot.Lag, lot.LagSpan = batch.middle(), batch.longest-batch.shortest
		a.append(b, place, lot)
		return
	}
	first := *lot
	first.Lag = batch.longest
	if firsts < lot.Records {
		first.Records, first.Bytes = firsts, portion(lot.Bytes, firsts, lot.Records)
		first.To = lot.From + des.Time(float64(lot.To-lot.From)*(float64(firsts)/float64(lot.Records)))
		lot.Records, lot.Bytes, lot.From = lot.Records-first.Records, lot.Bytes-first.Bytes, first.To
		lot.Lag, lot.LagSpan = batch.middle(), batch.longest-batch.shortest
		a.append(b, place, &first)
		a.append(b, place, lot)
		return
	}
	a.append(b, place, &first)
}

// append stores a lot.
func (a *arm) append(b *branch, place int, lot *kinesis.Inflow) {
	lot.KiB = lot.Records
	if more := b.more[units]; more > 0 {
		lot.Units = b.rest.whole(units, more*float64(lot.Records))
	}
	if more := b.more[kibs]; more > 0 {
		lot.KiB += b.rest.whole(kibs, more*float64(lot.Records))
	}
	if a.links.Stream.Append(place, lot) {
		a.woken = append(a.woken, int32(place))
	}
}
