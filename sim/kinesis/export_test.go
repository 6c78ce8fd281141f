package kinesis

import "kinesim/sim/des"

// Get makes a GetRecords call by itself for the rows from from on.
func (s *Stream) Get(now des.Time, place int, from, limit int64, visible des.Time) GetResult {
	return s.GetBy(&Iterator{Place: place, Row: from, Through: visible}, now, limit, visible)
}

// GetBy makes a GetRecords call by itself that reads on from an iterator.
func (s *Stream) GetBy(it *Iterator, now des.Time, limit int64, visible des.Time) GetResult {
	calls := GetCalls{By: it, Limit: limit, List: []GetCall{{Now: now, Visible: visible}}}
	s.GetRecords(&calls)
	return calls.List[0].Answer
}

// PushFrom pushes the rows of a shard from one on, as to a new subscription.
func (s *Stream) PushFrom(now des.Time, reader, place int, from int64, visible des.Time) PushResult {
	return s.Push(now, reader, &Iterator{Place: place, Row: from}, visible)
}

// read gives rows of a log to one who asks for them from some row on.
func (l *log) read(from, limit, room int64, now, visible des.Time) (r GetResult, cut bool) {
	one, it := []GetCall{{Now: now, Visible: visible}}, Iterator{Row: from}
	l.settle(&it)
	cut = l.rows(&it, one, limit, room, 0)
	return one[0].Answer, cut
}
