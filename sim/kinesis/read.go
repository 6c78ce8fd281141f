package kinesis

import (
	"slices"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// Iterator is where a reader goes on in a shard. Each answer moves it on, and leaves with it
// what the next call then need not look for.
type Iterator struct {
	Place   int      // of the shard
	Row     int64    // the next one
	Through des.Time // up to when it has gone through the shard
	spot    spot     // of the row
}

// Rows are the rows [From, To) of a shard, which a reader is given.
type Rows struct {
	From, To int64
	Bytes    model.Bytes
	Last     des.Time // when the last row was accepted; only if there is a row
	Even     bool     // the rows are known to be one slab
	First    des.Time // when the first row was accepted; only if they are
	Lags     Lags     // of the rows; only if they are
	Behind   bool     // something is left in the shard that has been accepted by now
	End      bool     // nothing is left and nothing will come
}

// GetResult is the answer to a GetRecords call: rows, or the limit that refused the call. At
// the end there is no next iterator.
type GetResult struct {
	Rows
	Refused Limit
	Tip     bool          // nothing is left in what the call went through
	Rest    time.Duration // how far before Visible the call ended, which may go through so much of a shard only
}

// GetCall is a GetRecords call at Now for rows that were accepted at or before Visible.
type GetCall struct {
	Now, Visible des.Time
	Answer       GetResult
}

// reach is up to when a call goes through a shard that was gone through before: through no more
// than span of it, unless that is 0.
func (c *GetCall) reach(through des.Time, span time.Duration) des.Time {
	if span > 0 && c.Visible.Sub(through) > span {
		return through.Add(span)
	}
	return c.Visible
}

// GetCalls are GetRecords calls, in the order of time, that read on from an iterator one after
// the other, at most Limit rows each.
type GetCalls struct {
	By    *Iterator
	Limit int64
	List  []GetCall

	next  int      // of the list: those before were taken
	due   des.Time // when that one is made; Forever: there is none
	moved bool     // the iterator is,
	asked int64    // from this row on
}

// GetRecords answers calls for one shard, whose limits all its classic readers share. A refused
// call takes nothing. Calls of several iterators are answered in the order of time, of equal ones
// that of the first list before, and each as if it were made by itself.
func (s *Stream) GetRecords(all ...*GetCalls) {
	sh := &s.shards[all[0].By.Place]
	if !s.answerFreely(sh, all) {
		s.answerInTurn(sh, all)
	}
	for _, calls := range all {
		if calls.moved {
			s.answered(sh, calls.asked, calls.asked, calls.By.Row)
		}
	}
}

// answerFreely answers calls in lots, of which none is refused and whose answers no limit cuts,
// as hardly any are: those of each iterator in a row, and judges them afterwards. Where that
// does not hold all is as before, but for the answers.
func (s *Stream) answerFreely(sh *shard, all []*GetCalls) bool {
	if sh.log.tail != nil || sh.crowded || sh.ended != des.Forever {
		return false
	}
	before, whole := sh.group.iterators[:0], true
	for _, calls := range all {
		before = append(before, *calls.By)
		sh.log.settle(calls.By)
		calls.moved, calls.asked = true, calls.By.Row
		limit, room := s.most(calls)
		if whole = sh.log.inLots(calls.By, calls.List, limit, room, s.limits.GetRecordsSpan) == len(calls.List); !whole {
			break
		}
	}
	whole = whole && s.judgeAll(sh, all)
	if !whole {
		for i := range before {
			*all[i].By = before[i]
		}
	}
	sh.group.iterators = before
	return whole
}

// judgeAll takes what calls were answered from the limits of the shard, if none of them refuses
// one.
func (s *Stream) judgeAll(sh *shard, all []*GetCalls) bool {
	readings := sh.group.readings[:0]
	for _, calls := range all {
		readings = merge(readings, calls.List)
	}
	sh.group.readings = readings
	if readings[0].at < sh.closed {
		return false
	}
	asked, called, read, calls, bytes := sh.asked, sh.calls, sh.read, s.readCalls, s.readBytes
	for i := range readings {
		r := &readings[i]
		dt := int64(r.at - asked)
		asked, called, read = r.at, calls.lack(called, dt), bytes.lack(read, dt)
		if called > calls.full-token || read > bytes.full {
			return false
		}
		called += token
		read += r.bytes * token
	}
	sh.asked, sh.calls, sh.read = asked, called, read
	return true
}

// reading is what a call takes from the limits of a shard.
type reading struct {
	at    des.Time
	bytes int64
}

// merge merges what calls take into all, in the order of time: of equal instants after them.
func merge(all []reading, calls []GetCall) []reading {
	before, to := all, len(all)+len(calls)
	all = slices.Grow(all, len(calls))[:to]
	for i := len(calls) - 1; i >= 0; i-- {
		c := &calls[i]
		to--
		for n := len(before); n > 0 && before[n-1].at > c.Now; n = len(before) {
			all[to] = before[n-1]
			before = before[:n-1]
			to--
		}
		all[to] = reading{c.Now, int64(c.Answer.Bytes)}
	}
	return all
}

// answerInTurn answers calls in the order of time.
func (s *Stream) answerInTurn(sh *shard, all []*GetCalls) {
	sh.crowded = false
	for _, calls := range all {
		calls.next, calls.due, calls.moved = 0, calls.List[0].Now, false
	}
	for {
		calls := soonest(all)
		if calls.due == des.Forever {
			return
		}
		s.get(sh, calls, calls.take())
	}
}

// soonest are those of which the next call is made first.
func soonest(all []*GetCalls) *GetCalls {
	calls := all[0]
	for _, other := range all[1:] {
		if other.due < calls.due {
			calls = other
		}
	}
	return calls
}

// take takes the next call.
func (g *GetCalls) take() (one []GetCall) {
	one = g.List[g.next:][:1]
	if g.next++; g.next < len(g.List) {
		g.due = g.List[g.next].Now
	} else {
		g.due = des.Forever
	}
	return one
}

// most is how many rows and bytes an answer has at the most.
func (s *Stream) most(calls *GetCalls) (rows, bytes int64) {
	return min(calls.Limit, s.limits.GetRecordsLimit), int64(s.limits.GetRecordsBytes)
}

// judge tells which limit refuses a GetRecords call.
func (s *Stream) judge(sh *shard, now des.Time) Limit {
	dt := int64(now - sh.asked)
	sh.asked, sh.calls, sh.read = now, s.readCalls.lack(sh.calls, dt), s.readBytes.lack(sh.read, dt)
	switch {
	case now < sh.closed:
		return ByFullRead
	case sh.calls > s.readCalls.full-token:
		return ByCalls
	case sh.read > s.readBytes.full:
		return ByBytes
	}
	return NoLimit
}

// get answers the next call of some.
func (s *Stream) get(sh *shard, calls *GetCalls, one []GetCall) {
	it, c, r := calls.By, &one[0], &one[0].Answer
	if refused := s.judge(sh, c.Now); refused != NoLimit {
		sh.refusedReads++
		sh.crowded = true
		*r = GetResult{Refused: refused, Rows: Rows{From: it.Row, To: it.Row}}
		return
	}
	if !calls.moved {
		calls.moved, calls.asked = true, it.Row
		sh.log.settle(it)
	}
	limit, room := s.most(calls)
	if sh.log.rows(it, one, limit, room, s.limits.GetRecordsSpan) || int64(r.Bytes) == room {
		sh.closed = c.Now.Add(s.limits.FullReadPenalty)
	}
	sh.crowded = sh.crowded || !r.Tip
	sh.calls += token
	sh.read += int64(r.Bytes) * token
	r.End = sh.ended != des.Forever && r.To >= sh.log.next
}

// GetShardIterator judges a GetShardIterator call, whose limit all readers of a
// shard share.
func (s *Stream) GetShardIterator(now des.Time, place int) Limit {
	sh := &s.shards[place]
	if sh.iterators.at(now) < token {
		return ByCalls
	}
	sh.iterators.take(1)
	return NoLimit
}

// settle lets an iterator go on at the first row from its own on that is still there.
func (l *log) settle(it *Iterator) {
	it.Row = max(it.Row, l.first, l.expired)
	if l.tail == nil {
		l.lots.settle(&it.spot, it.Row)
	}
}

// rows answers one call of an iterator that was settled, with rows that it can see: at most limit
// of them, and as many as fit into room bytes. cut tells that bytes, and not the want of rows,
// ended the read. The iterator goes on by what it is given.
func (l *log) rows(it *Iterator, one []GetCall, limit, room int64, span time.Duration) (cut bool) {
	return l.inLots(it, one, limit, room, span) == 0 && l.find(it, &one[0], limit, room, span)
}

// find is rows of any log, whatever ends them.
func (l *log) find(it *Iterator, c *GetCall, limit, room int64, span time.Duration) (cut bool) {
	visible, from := c.reach(it.Through, span), it.Row
	seen := l.after(from, visible)
	to := min(seen, from+limit)
	before := l.bytesBeforeOr(from)
	if l.bytesBeforeOr(to)-before > room {
		to = l.search(from, func(row int64) bool { return l.bytesBeforeOr(row+1)-before > room })
		cut = true
	}
	r := &c.Answer
	*r = GetResult{Tip: to == seen, Rest: c.Visible.Sub(visible), Rows: Rows{From: from, To: to, Bytes: model.Bytes(l.bytesBeforeOr(to) - before), Behind: l.holds(to, c.Now)}}
	if to > from {
		r.Last = l.acceptedAt(to - 1)
		it.Row, it.Through = to, r.Last
	} else {
		it.Through = max(it.Through, visible)
	}
	if l.tail == nil {
		l.lots.settle(&it.spot, to)
	}
	return cut
}

// holds tells whether row was accepted by t. At a coarse resolution a log also has rows that
// are yet to come.
func (l *log) holds(row int64, t des.Time) bool {
	return row < l.next && (l.tail != nil || l.acceptedAt(row) <= t)
}

// bytesBeforeOr is bytesBefore, also for a log that keeps nothing.
func (l *log) bytesBeforeOr(row int64) int64 {
	if row >= l.next {
		return l.bytes
	}
	return l.bytesBefore(row)
}

// PushResult is what enhanced fan-out sends. When its limit holds rows back, Until is when it
// may send more; else it is 0. At the end the subscription ends.
type PushResult struct {
	Rows
	Until des.Time
}

// Push takes the rows of a shard from an iterator on that were accepted at or before
// visible, as far as the reader's own limit on that shard allows. A record that
// is larger than the full limit goes out alone when the limit is full, and
// leaves it in debt.
func (s *Stream) Push(now des.Time, reader int, it *Iterator, visible des.Time) PushResult {
	sh := &s.shards[it.Place]
	sub := &sh.subs[reader]
	level := sub.at(now)
	one := [1]GetCall{{Now: now, Visible: visible}}
	asked := it.Row
	sh.log.settle(it)
	cut := sh.log.rows(it, one[:], 1<<62, max(0, level/token), 0)
	r := &one[0].Answer
	out := PushResult{Rows: r.Rows}
	if cut {
		first := sh.log.bytesBeforeOr(r.To+1) - sh.log.bytesBeforeOr(r.To)
		switch {
		case r.To == r.From && level >= sub.full: // larger than the limit can ever hold
			out.To, out.Bytes, out.Last = r.From+1, model.Bytes(first), sh.log.acceptedAt(r.From)
			out.Behind = sh.log.holds(out.To, now)
			out.Until = now
		default:
			left := level - int64(r.Bytes)*token
			out.Until = now.Add(sub.wait(left, min(first*token, sub.full)))
		}
	}
	sub.take(int64(out.Bytes))
	it.Row = out.To
	out.End = out.To >= sh.log.next && sh.ended != des.Forever
	s.answered(sh, asked, out.From, out.To)
	return out
}

// Next is when the next row of an iterator was accepted, or is to be; Forever: it is yet to be
// added.
func (s *Stream) Next(it *Iterator) des.Time {
	l := &s.shards[it.Place].log
	switch {
	case it.Row >= l.next:
		return des.Forever
	case l.tail != nil:
		return l.acceptedAt(it.Row)
	}
	l.lots.settle(&it.spot, it.Row)
	return it.spot.at
}
