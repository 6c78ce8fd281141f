package client

import (
	"cmp"
	"slices"
	"time"

	"kinesim/sim/des"
)

// storedCopy is one of the copies of the record in the stream: more than one if its
// client sent it again without need.
type storedCopy struct {
	at    des.Time
	place int
	row   int64
}

// meeting is a consumer's with a copy.
type meeting struct {
	consumer string
	copy     int
}

// mostCopies is how many copies of a record are followed to the consumers.
const mostCopies = 8

// stored tells that a shard took the record.
func (st *Story) stored(now des.Time, place int, row int64) {
	st.stores++
	st.tell(Step{At: now, Kind: Stored, Place: place, Row: row, Copy: st.stores, Attempt: st.sent})
	if len(st.copies) < mostCopies {
		st.copies = append(st.copies, storedCopy{now, place, row})
	}
}

// HandedOver is told that a consumer of some kind is handed the rows [from, to) of a
// shard, after its reader was busy for so long when it should have read.
func (st *Story) HandedOver(now des.Time, consumer, kind string, place int, from, to int64, busy time.Duration) {
	st.among(consumer, place, from, to, func(c storedCopy, m meeting) {
		st.met[m]++
		st.tell(Step{
			At: now, Kind: HandedOver, Consumer: consumer, How: kind, Place: place, Row: c.row,
			Copy: m.copy, Attempt: st.met[m], Waited: min(busy, now.Sub(c.at)),
		})
	})
}

// Processed is told that a consumer processes the rows [from, to) of a shard one after
// the other from start on, each for so long.
func (st *Story) Processed(start des.Time, each time.Duration, consumer string, place int, from, to int64) {
	st.among(consumer, place, from, to, func(c storedCopy, m meeting) {
		step := Step{At: start.Add(time.Duration(c.row-from+1) * each), Kind: Processed, Consumer: consumer, Copy: m.copy, Attempt: st.met[m]}
		if step.At >= st.End {
			step.At, step.Kind = st.End, Unprocessed
		}
		st.tell(step)
	})
}

// Expired is told that the rows [from, to) of a shard have left the stream before a
// consumer read them.
func (st *Story) Expired(consumer string, place int, from, to int64) {
	st.among(consumer, place, from, to, func(c storedCopy, m meeting) {
		st.met[m]++
		st.tell(Step{At: c.at.Add(st.Retention), Kind: Expired, Consumer: consumer, Copy: m.copy})
	})
}

// among calls f for each copy of the record among the rows [from, to) of a shard.
func (st *Story) among(consumer string, place int, from, to int64, f func(storedCopy, meeting)) {
	if st == nil {
		return
	}
	for i, c := range st.copies {
		if c.place == place && from <= c.row && c.row < to {
			if st.met == nil {
				st.met = map[meeting]int{}
			}
			f(c, meeting{consumer, i + 1})
		}
	}
}

// Finish tells what is left open at the end of the run, and brings the steps into the
// order of time.
func (st *Story) Finish(consumers []*Consumer) {
	if len(st.Steps) == 0 { // the run ended before the record arose
		return
	}
	if !st.ended {
		st.tell(Step{At: st.End, Kind: Pending, Attempt: st.sent})
	}
	for _, k := range consumers {
		for i, c := range st.copies {
			if st.met[meeting{k.Config.Name, i + 1}] == 0 {
				st.tell(Step{At: st.End, Kind: Unread, Consumer: k.Config.Name, Place: c.place, Row: c.row, Copy: i + 1})
			}
		}
	}
	slices.SortStableFunc(st.Steps, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
}
