package kinesis

import (
	"kinesim/model"
	"kinesim/sim/des"
)

// GetResult is the answer to a GetRecords call: the rows [From, To) of the
// shard, or the limit that refused the call. Who reads on in the shard keeps it for the next
// call, which then need not look for where this one ended.
type GetResult struct {
	Refused  Limit
	Tip      bool // nothing that can be seen is left in the shard
	Behind   bool // something is left in it that had been accepted by the time of the call
	End      bool // nothing is left and nothing will come: there is no next iterator
	From, To int64
	Bytes    model.Bytes
	Last     des.Time // when the last row was accepted; only if there is a row
	next     iterator
}

// GetRecords reads a shard from a row on into r, which is empty or the answer to the call for
// the shard before: at most limit rows, those accepted at or before visible. All classic
// readers of a shard share its limits. A refused call takes nothing.
func (s *Stream) GetRecords(now des.Time, place int, from, limit int64, visible des.Time, r *GetResult) {
	sh := &s.shards[place]
	dt := int64(now - sh.asked)
	calls, bytes := s.readCalls.after(sh.calls, dt), s.readBytes.after(sh.read, dt)
	sh.asked, sh.calls, sh.read = now, calls, bytes
	refused := NoLimit
	switch {
	case now < sh.closed:
		refused = ByFullRead
	case calls < token:
		refused = ByCalls
	case bytes < 0:
		refused = ByBytes
	}
	if refused != NoLimit {
		sh.refusedReads++
		*r = GetResult{Refused: refused, From: from, To: from, next: r.next}
		return
	}
	cut := sh.log.rows(r, &sh.group.slabs, &rowsCall{from, min(limit, s.limits.GetRecordsLimit), int64(s.limits.GetRecordsBytes), now, visible})
	sh.calls, sh.read = calls-token, bytes-int64(r.Bytes)*token
	r.End = r.To >= sh.log.next && sh.ended != des.Forever
	s.answered(sh, from, r.From, r.To)
	if cut || r.Bytes == s.limits.GetRecordsBytes {
		sh.closed = now.Add(s.limits.FullReadPenalty)
	}
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

// rowsCall asks for the rows from from on that were accepted at or before visible: at most
// limit of them, and as many as fit into room bytes.
type rowsCall struct {
	from, limit, room int64
	now, visible      des.Time
}

// rows answers a call. cut tells that bytes, and not the want of rows, ended the read.
func (l *log) rows(r *GetResult, slabs *Slabs, c *rowsCall) (cut bool) {
	c.from = max(c.from, l.first, l.expired)
	from := c.from
	seen := from
	if from < l.next {
		if l.tail == nil && l.lots.rows(r, slabs, c) {
			return false
		}
		seen = l.after(from, c.visible)
	}
	to := min(seen, from+c.limit)
	before := l.bytesBeforeOr(from)
	if l.bytesBeforeOr(to)-before > c.room {
		to = l.search(from, func(row int64) bool { return l.bytesBeforeOr(row+1)-before > c.room })
		cut = true
	}
	*r = GetResult{From: from, To: to, Bytes: model.Bytes(l.bytesBeforeOr(to) - before), Tip: to == seen, Behind: l.holds(to, c.now), next: r.next}
	if to > from {
		r.Last = l.acceptedAt(to - 1)
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

// PushResult is what enhanced fan-out sends: the rows [From, To). When its limit
// holds rows back, Until is when it may send more; else it is 0.
type PushResult struct {
	From, To int64
	Bytes    model.Bytes
	Last     des.Time
	Until    des.Time
	Behind   bool // something is left in the shard that has been accepted
	End      bool // nothing is left and nothing will come: the subscription ends
}

// Push takes the rows of a shard from a row on that were accepted at or before
// visible, as far as the reader's own limit on that shard allows. A record that
// is larger than the full limit goes out alone when the limit is full, and
// leaves it in debt.
func (s *Stream) Push(now des.Time, reader, place int, from int64, visible des.Time) PushResult {
	sh := &s.shards[place]
	sub := &sh.subs[reader]
	level := sub.at(now)
	var r GetResult
	cut := sh.log.rows(&r, &sh.group.slabs, &rowsCall{from, 1 << 62, max(0, level/token), now, visible})
	out := PushResult{From: r.From, To: r.To, Bytes: r.Bytes, Last: r.Last}
	if cut {
		first := sh.log.bytesBeforeOr(r.To+1) - sh.log.bytesBeforeOr(r.To)
		switch {
		case r.To == r.From && level >= sub.full: // larger than the limit can ever hold
			out.To, out.Bytes, out.Last = r.From+1, model.Bytes(first), sh.log.acceptedAt(r.From)
			out.Until = now
		default:
			left := level - int64(r.Bytes)*token
			out.Until = now.Add(sub.wait(left, min(first*token, sub.full)))
		}
	}
	sub.take(int64(out.Bytes))
	out.Behind = sh.log.holds(out.To, now)
	out.End = out.To >= sh.log.next && sh.ended != des.Forever
	s.answered(sh, from, out.From, out.To)
	return out
}
