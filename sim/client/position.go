package client

import (
	"math"
	"time"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// position is how far a consumer has come on one shard, whoever reads for it. A
// reader that starts again from an older row goes over rows a second time; what
// came the first time is not counted again. Always start ≤ seen ≤ the shard's end
// and done ≤ seen.
//
// Shards that a split or merge closed are read to their ends before their children.
type position struct {
	consumer  *Consumer
	*readings        // of its shard's group
	place     int    // of the shard
	start     int64  // rows before this one are before the consumer's starting point
	seen      int64  // rows before this one were handed over, or expired before that; some after it may have been as well
	done      int64  // rows before this one were processed, or given up; only of readers that process in order
	oldRows   int64  // rows before this one were accepted before warm-up
	underway  int    // batches that the service has given out and that are not handed over yet
	ahead     int64  // the end of the last of them
	gaps      []rows // after seen, in order: what expired behind batches under way or in hand
	hold      hold   // nil: what is read is handed over in order
	begun     bool   // somebody reads, or will
	drained   bool   // read to the end of a closed shard, or before the consumer's starting point
	drainedAt des.Time
	since     des.Time     // what is not handed over was accepted then or later
	inHand    func() int64 // the first row that somebody has in hand and has not processed; nil: that never takes longer than an instant
}

// hold is where records wait that were read and are handed over later, and not in
// order.
type hold interface {
	unread() (all, old int64)         // rows that were not handed over; of them, accepted before warm-up
	expire(now des.Time, first int64) // lets go of unread rows before first, which have left the stream
}

// open finds the consumer's starting point. A closed shard that ends before it counts
// as drained.
func (p *position) open(now des.Time) {
	s, start := p.consumer.links.Stream, p.consumer.Config.Start
	first := s.Expire(now, p.place)
	row := first
	switch start.Where {
	case Latest:
		row = s.End(p.place)
	case AtTimestamp:
		row = max(first, s.Since(p.place, start.Time))
	case AtSequenceNumber, AfterSequenceNumber:
		if s.Shard(p.place).ID == start.Shard {
			row = min(max(first, start.Row), s.End(p.place))
		}
	}
	p.start, p.seen, p.done = row, row, row
	p.drained = start.Where == Latest && s.Ended(p.place)
	s.Release(p.consumer.id, p.place, row)
}

// unread is how many rows have not been handed over, and how many of them were
// accepted before warm-up.
func (p *position) unread() (all, old int64) {
	if p.hold != nil {
		return p.hold.unread()
	}
	end := p.consumer.links.Stream.End(p.place)
	all, old = end-p.seen, p.old(p.seen, end)
	for _, g := range p.gaps {
		all -= g.to - g.from
		old -= p.old(g.from, g.to)
	}
	return all, old
}

// send notes that a batch up to to is under way.
func (p *position) send(to int64) {
	if p.underway == 0 {
		p.ahead = p.seen
	}
	p.underway++
	p.ahead = max(p.ahead, to)
}

// passed notes that the rows from row on were accepted at or after at.
func (p *position) passed(row int64, at des.Time) {
	if p.seen >= row {
		p.since = max(p.since, at)
	}
}

// oldest is the age of the oldest unread record of the shard; 0 without one. What
// has expired while nobody looked is no longer in the stream, and what is yet to come is not
// there yet.
func (p *position) oldest(now des.Time) time.Duration {
	s := p.consumer.links.Stream
	row := max(p.seen, s.Expire(now, p.place))
	if row >= s.End(p.place) {
		return 0
	}
	return max(0, now.Sub(s.AcceptedAt(p.place, row)))
}

// silent counts the age of the oldest unread record of a shard that nobody read
// until now.
func (p *position) silent(now des.Time) {
	if now < p.consumer.links.Warmup {
		return
	}
	if age := p.oldest(now); age > 0 {
		p.silence.Add(uint64(age))
	}
}

// expire drops what the retention has ended for and returns the first row that is
// left.
func (p *position) expire(now des.Time) int64 {
	first := p.consumer.links.Stream.Expire(now, p.place)
	if first > p.done { // else all that is gone was processed
		p.outlive(now, first)
	}
	return first
}

// outlive is expire where rows that were not processed may be gone.
func (p *position) outlive(now des.Time, first int64) {
	if p.inHand != nil && p.underway == 0 { // what was interrupted can no longer be read again
		p.giveUp(now, p.done, min(first, p.seen, p.inHand()))
	}
	switch {
	case first <= p.seen:
	case p.hold != nil:
		if p.underway == 0 {
			p.hold.expire(now, first)
		}
	case p.underway > 0, p.inHand != nil && p.done < p.seen: // that was read in time
		p.loseBehind(now, first)
	default:
		p.lose(now, first)
		p.consumer.links.Stream.Release(p.consumer.id, p.place, first)
	}
}

// loseBehind counts the rows before first that are neither under way nor in hand as
// expired unread.
func (p *position) loseBehind(now des.Time, first int64) {
	from, n := p.seen, len(p.gaps)
	if p.underway > 0 {
		from = max(from, p.ahead)
	}
	if n > 0 {
		from = max(from, p.gaps[n-1].to)
	}
	if from >= first {
		return
	}
	p.miss(now, from, first)
	if n > 0 && p.gaps[n-1].to == from {
		p.gaps[n-1].to = first
	} else {
		p.gaps = append(p.gaps, rows{from, first})
	}
}

// lose counts the rows up to to as expired unread, those that were not yet.
func (p *position) lose(now des.Time, to int64) {
	from := p.seen
	for len(p.gaps) > 0 && p.gaps[0].from < to {
		p.miss(now, from, p.gaps[0].from)
		from = p.gaps[0].to
		p.gaps = p.gaps[1:]
	}
	p.miss(now, from, to)
	if p.done == p.seen {
		p.done = to
	}
	p.seen = to
}

// miss counts the rows [from, to) as expired unread.
func (p *position) miss(now des.Time, from, to int64) {
	k := p.consumer
	k.links.Story.expired(now, k, p.place, from, to)
	if p.reads.Expired == 0 || now < p.firstExpired { // shards of the group may be played one by one
		p.firstExpired = now
	}
	old := p.old(from, to)
	p.reads.Expired += to - from
	p.before.Expired += old
	p.leave(now, to-from-old)
}

// old is how many of the rows [from, to) were accepted before warm-up.
func (p *position) old(from, to int64) int64 {
	if from >= p.oldRows {
		return 0
	}
	return max(0, min(to, p.oldRows)-from)
}

// handOver counts and measures the rows [from, to), which the consumer gets at
// now, after those that it has had. Rows that it was handed before are duplicates, and
// nothing else.
func (p *position) handOver(now des.Time, from, to int64) {
	if from > p.seen {
		p.lose(now, from)
	}
	if again := min(to, p.seen); again > from {
		p.repeat(now, from, again)
		from = again
	}
	if from < to {
		p.arrive(now, from, to)
		p.seen = to
	}
}

// arrive counts and measures the rows [from, to) as handed over at now for the first
// time.
func (p *position) arrive(now des.Time, from, to int64) {
	k := p.consumer
	k.links.Story.handedOver(now, k, p.place, from, to)
	old := p.old(from, to)
	p.reads.Received += to - from
	p.before.Received += old
	p.leave(now, to-from-old)
	if k.links.Inflow != nil {
		p.measureSlabs(now, now, 0, from+old, to, 0)
		return
	}
	k.links.Stream.Walk(p.place, from+old, to, func(rows []kinesis.Row) {
		delays := p.delays[:len(rows)]
		for i, row := range rows {
			delays[i] = uint64(now - row.At)
		}
		p.propagation.AddAll(delays)
	})
}

// repeat counts the rows [from, to) as handed over again.
func (p *position) repeat(now des.Time, from, to int64) {
	k := p.consumer
	k.links.Story.handedOver(now, k, p.place, from, to)
	p.reads.Duplicates += to - from
	p.before.Duplicates += p.old(from, to)
}

// process counts and measures the rows [from, to) as processed one after the
// other, each in each, the first begun at start. Rows that were processed before are
// processed again, and nothing else.
func (p *position) process(start des.Time, each time.Duration, from, to int64) {
	if again := min(to, p.done); again > from {
		p.redo(start, each, from, again)
		start = start.Add(time.Duration(again-from) * each)
		from = again
	}
	if from < to {
		p.complete(start, each, from, to)
		p.done = to
	}
}

// complete counts and measures the rows [from, to) as processed for the first time.
func (p *position) complete(start des.Time, each time.Duration, from, to int64) {
	k := p.consumer
	k.links.Story.processed(start, each, k, p.place, from, to)
	old := p.old(from, to)
	p.reads.Processed += to - from
	p.before.Processed += old
	at := start.Add(time.Duration(old) * each)
	if k.links.Inflow != nil {
		p.finishSlabs(at, each, from+old, to)
		return
	}
	k.links.Stream.Walk(p.place, from+old, to, func(rows []kinesis.Row) {
		totals := p.totals[:len(rows)]
		for i, row := range rows {
			at += des.Time(each)
			totals[i] = uint64(at-row.At) + uint64(row.Lag.Duration())
		}
		p.endToEnd.AddAll(totals)
	})
}

// redo counts the rows [from, to) as processed again.
func (p *position) redo(start des.Time, each time.Duration, from, to int64) {
	k := p.consumer
	k.links.Story.processed(start, each, k, p.place, from, to)
	p.reads.Repeated += to - from
	p.before.Repeated += p.old(from, to)
}

// giveUp counts the rows [from, to) as handed over and never processed, but for those
// that were.
func (p *position) giveUp(now des.Time, from, to int64) {
	if from = max(from, p.done); from < to {
		p.abandon(now, from, to)
		p.done = to
	}
}

// abandon counts the rows [from, to) as handed over and never processed.
func (p *position) abandon(now des.Time, from, to int64) {
	k := p.consumer
	k.links.Story.failed(now, k, p.place, from, to)
	p.reads.Failed += to - from
	p.before.Failed += p.old(from, to)
}

// receive is handOver and process in one walk, for rows that come for the first
// time. Those that are not processed before the run ends are not counted as
// processed.
func (p *position) receive(now, start des.Time, each time.Duration, from, to int64) {
	k := p.consumer
	if st := k.links.Story; st != nil {
		st.handedOver(now, k, p.place, from, to)
		st.processed(start, each, k, p.place, from, to)
	}
	if from > p.seen {
		p.lose(now, from)
	}
	n, old := to-from, p.old(from, to)
	processed := finished(start, each, n, k.links.End)
	p.reads.Received += n
	p.reads.Processed += processed
	if old > 0 {
		p.before.Received += old
		p.before.Processed += min(processed, old)
	}
	p.leave(now, n-old)
	p.seen, p.done = to, from+processed
	at := start.Add(time.Duration(old) * each)
	left := processed - old // of the measured rows: those that are processed before the end
	if k.links.Inflow != nil {
		p.measureSlabs(now, at, each, from+old, to, left)
		return
	}
	k.links.Stream.Walk(p.place, from+old, to, func(rows []kinesis.Row) {
		delays, totals := p.delays[:len(rows)], p.totals[:len(rows)]
		for i, row := range rows {
			at += des.Time(each)
			delays[i] = uint64(now - row.At)
			totals[i] = uint64(at-row.At) + uint64(row.Lag.Duration())
		}
		p.propagation.AddAll(delays)
		p.endToEnd.AddAll(totals[:max(0, min(left, int64(len(totals))))])
		left -= int64(len(totals))
	})
}

// finished is how many of n records are processed before end, the first of them
// started at start and each taking each.
func finished(start des.Time, each time.Duration, n int64, end des.Time) int64 {
	switch {
	case start >= end:
		return 0
	case each == 0:
		return n
	}
	return min(n, int64((end-1-start)/des.Time(each))) // done strictly before the end
}

// warmth wakes a consumer at the end of warm-up.
type warmth struct{ consumer *Consumer }

// Act notes which rows were accepted before warm-up, before anything else of
// that instant adds to them.
func (w warmth) Act(des.Time) {
	for i, p := range w.consumer.positions {
		p.oldRows = w.consumer.links.Stream.End(i)
	}
}

// String names the event in messages.
func (w warmth) String() string { return "warm-up of consumer " + w.consumer.Config.Name }

// allOld marks every row as accepted before warm-up, until that ends.
const allOld = math.MaxInt64
