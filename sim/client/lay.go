package client

import (
	"math"
	"math/bits"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// fewCalls is how many calls may reach a shard in a span for each of them to be a lot of
// its own, at its own instant. With more of them a lot lasts as long as the span, and
// nothing is lost but which instant within it.
const fewCalls = 32

// callsOfPush is how many calls with records of a shard may come in the window of a push of
// enhanced fan-out for each of them to be a lot of its own.
const callsOfPush = 4

// lay lays records that are sent for the first time evenly over [from, to), or at the
// instants of their calls where these are few.
func (a *arm) lay(b *branch, place int, kept Load, from, to des.Time) {
	if kept.Records < b.many {
		a.layCalls(b, place, kept, from, to)
		return
	}
	a.evens |= 1 << a.number
	a.lot(b, place, from, to, kept, b.lags[b.number])
}

// visits is in how many calls, at the most, n records come to a shard in a span.
func (b *branch) visits(n int64, span des.Time) int64 {
	calls := max(1, b.batch.rate*span.Seconds(), float64(n)/max(1, b.batch.records))
	return int64(math.Ceil(min(float64(n), calls)))
}

// ready gets what is sent in a span ready that lasts until to: what is the same for all shards
// is reckoned once.
func (f *flow) ready(to des.Time, pushed, final bool) {
	s := f.drawing
	few := int64(fewCalls)
	if window := f.producer.links.Limits.EFOPushWindow; pushed && window > 0 {
		few = max(few, callsOfPush*int64((to.Sub(s.at)+window-1)/window))
	}
	s.final, s.many = final, few+1
	if s.batch.rate*(to-s.at).Seconds() <= float64(few) {
		s.many = int64(float64(few)*max(1, s.batch.records)) + 1
	}
	if f.wholes[s.number] = s.many; s.final || s.old { // which giveUp and write look at
		f.wholes[s.number] = math.MaxInt64
	}
	s.between = 1e9 / s.batch.rate
	s.memoryless = !f.inTurn && f.callers > countless && len(s.sent) == 0 && s.chances != nil
	f.lags[s.number] = s.batch.lags()
}

// chance is how likely a call is to bring records of a shard, which is sent n in the span.
func (s *sending) chance(place int, n int64) float64 {
	if s.chances != nil {
		return s.chances[place]
	}
	return s.batch.brings(min(1, float64(n)/float64(s.offered)))
}

// independent is a number of clients whose calls are as good as independent.
const independent = 1_000

// layCalls lays records at the instants of the calls that bring them.
func (a *arm) layCalls(b *branch, place int, kept Load, from, to des.Time) {
	n, bytes := kept.Records, kept.Bytes
	a.callTimes(b, from, to, b.visits(n, a.to-b.at))
	a.share(n, &b.batch)
	for i, part := range a.parts {
		if part > 0 {
			load := Load{Records: part, Bytes: portion(bytes, part, n)}
			n, bytes = n-part, bytes-load.Bytes
			a.lot(b, place, a.list[i], a.list[i], load, b.lags[b.number])
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
		a.evenTimes(from, to, int(n))
	}
}

// evenTimes draws n instants of [from, to) into list, in order. They are counted by parts of the
// span and put where those begin, so that hardly any has to be moved further.
func (a *arm) evenTimes(from, to des.Time, n int) {
	const parts = 128
	var next [parts + 1]int32 // by part: where its next instant is put; first, those of the one before
	shift := uint(bits.Len64(uint64(to-from) / parts))
	a.list, a.drawn = grown(a.list, n), grown(a.drawn, n)
	for i := range a.drawn {
		at := des.Time(a.random.Float64() * float64(to-from))
		a.drawn[i] = at
		next[at>>shift+1]++
	}
	for i := range parts {
		next[i+1] += next[i]
	}
	for _, at := range a.drawn {
		i := &next[at>>shift]
		a.list[*i] = from + at
		*i++
	}
	for i := 1; i < n; i++ {
		at, j := a.list[i], i
		for ; j > 0 && a.list[j-1] > at; j-- {
			a.list[j] = a.list[j-1]
		}
		a.list[j] = at
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
			part = workload.EvenCount(others, left, a.random)
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

// layWhole lays what a shard has kept of loads that come in spans in a row from number first on,
// as long as that is one lot a span, as most are that come from the only flow of a run, and
// tells of how many.
func (a *arm) layWhole(now des.Time, place, first int, loads, kept []Load) (n int) {
	if len(a.branches) > 1 {
		return 0
	}
	b, sent, stored := a.branches[0], int64(0), int64(0)
	wholes, firsts := b.wholes[first:][:len(kept)], b.firsts[first:][:len(kept)]
	for i, load := range loads[:len(kept)] {
		records := kept[i].Records
		if records < wholes[i] {
			break
		}
		sent += load.Records
		stored += records
		firsts[i] += records
		n++
	}
	if n > 0 {
		b.all.write(sent, stored)
		b.all.Failed += sent - stored
		a.evens |= (1<<n - 1) << first
		a.lots(b, now, place, first, kept[:n])
	}
	return n
}

// lot stores what a shard has taken of a flow as a lot.
func (a *arm) lot(b *branch, place int, from, to des.Time, load Load, lags kinesis.Lags) {
	if b.large {
		a.larger(b, place, load)
	}
	if a.links.Stream.Append(place, from, to, load, lags) {
		a.woken = append(a.woken, int32(place))
	}
}

// lots is lot for loads that come in spans in a row from number first on.
func (a *arm) lots(b *branch, now des.Time, place, first int, loads []Load) {
	if b.large {
		for _, load := range loads {
			a.larger(b, place, load)
		}
	}
	if a.links.Stream.AppendAll(place, now, a.ends[first:], loads, b.lags[first:]) {
		a.woken = append(a.woken, int32(place))
	}
}

// larger counts what is larger of a load than a payload unit and a KiB.
func (a *arm) larger(b *branch, place int, load Load) {
	n := float64(load.Records)
	a.links.Stream.Larger(place, b.rest.whole(units, b.more[units]*n), b.rest.whole(kibs, b.more[kibs]*n))
}
