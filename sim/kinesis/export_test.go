package kinesis

import "kinesim/sim/des"

// Get makes a GetRecords call by itself for the rows from from on.
func (s *Stream) Get(now des.Time, place int, from, limit int64, visible des.Time) GetResult {
	call := GetCall{Now: now, Visible: visible, By: &Iterator{Place: place, Row: from, Through: visible}, Limit: limit}
	s.GetRecords(&call)
	return call.Answer
}

// PushFrom pushes the rows of a shard from one on, as to a new subscription.
func (s *Stream) PushFrom(now des.Time, reader, place int, from int64, visible des.Time) PushResult {
	return s.Push(now, reader, &Iterator{Place: place, Row: from}, visible)
}

// read gives rows of a log to one who asks for them from some row on.
func (l *log) read(from, limit, room int64, now, visible des.Time) (r GetResult, cut bool) {
	call := GetCall{Now: now, By: &Iterator{Row: from}}
	l.settle(call.By)
	cut = l.rows(&call, visible, limit, room)
	return call.Answer, cut
}
