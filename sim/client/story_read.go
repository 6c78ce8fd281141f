package client

import (
	"cmp"
	"math"
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

// meeting is a consumer's with a copy, and reading with a shard.
type (
	meeting struct {
		consumer string
		copy     int
	}
	reading struct {
		consumer string
		place    int
	}
)

// encounter is how often a consumer was handed a copy, and how often it was done with
// it.
type encounter struct{ handed, done int }

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

// handedOver is told that a consumer gets the rows [from, to) of a shard.
func (st *Story) handedOver(now des.Time, k *Consumer, place int, from, to int64) {
	st.among(k, place, from, to, func(c storedCopy, m meeting) {
		st.meet(m, 1, 0)
		st.tell(Step{
			At: now, Kind: HandedOver, Consumer: m.consumer, How: k.Type(), Copy: m.copy, Attempt: st.met[m].handed,
			Since: now.Sub(c.at), Waited: max(0, min(now, st.busy[reading{m.consumer, place}]).Sub(c.at)),
		})
	})
}

// processed is told that a consumer processes the rows [from, to) of a shard one after
// the other from start on, each for so long.
func (st *Story) processed(start des.Time, each time.Duration, k *Consumer, place int, from, to int64) {
	if st == nil {
		return
	}
	st.among(k, place, from, to, func(c storedCopy, m meeting) {
		st.meet(m, 0, 1)
		step := Step{At: start.Add(time.Duration(c.row-from+1) * each), Kind: Processed, Consumer: m.consumer, Copy: m.copy, Attempt: st.met[m].done}
		step.Since = step.At.Sub(st.arose())
		if step.At >= st.End {
			step.At, step.Kind = st.End, Unprocessed
		}
		st.tell(step)
	})
	if st.busy == nil {
		st.busy = map[reading]des.Time{}
	}
	st.busy[reading{k.Config.Name, place}] = start.Add(time.Duration(to-from) * each)
}

// expired is told that the rows [from, to) of a shard have left the stream before a
// consumer read them, which shows at now.
func (st *Story) expired(now des.Time, k *Consumer, place int, from, to int64) {
	st.among(k, place, from, to, func(c storedCopy, m meeting) {
		st.meet(m, 1, 1)
		st.tell(Step{At: now, Kind: Expired, Consumer: m.consumer, Copy: m.copy, Since: now.Sub(c.at)})
	})
}

// failed is told that a consumer could not process the rows [from, to) of a shard, and
// goes on without them.
func (st *Story) failed(now des.Time, k *Consumer, place int, from, to int64) {
	st.among(k, place, from, to, func(_ storedCopy, m meeting) {
		st.meet(m, 0, 1)
		st.tell(Step{At: now, Kind: Unfinished, Consumer: m.consumer, Copy: m.copy})
	})
}

// leaseMoved is told that the lease of a shard has a new owner, who will read from
// checkpoint on.
func (st *Story) leaseMoved(now des.Time, k *Consumer, place int, checkpoint int64, m Move) {
	st.among(k, place, checkpoint, math.MaxInt64, func(_ storedCopy, met meeting) {
		st.tell(Step{At: now, Kind: LeaseMoved, Consumer: met.consumer, Copy: met.copy, From: m.From, To: m.To, Why: m.Why})
	})
}

// orphaned is told that the worker died that had the lease of a shard.
func (st *Story) orphaned(now des.Time, k *Consumer, place int, checkpoint int64, worker int) {
	st.among(k, place, checkpoint, math.MaxInt64, func(_ storedCopy, met meeting) {
		st.tell(Step{At: now, Kind: Orphaned, Consumer: met.consumer, Copy: met.copy, From: worker})
	})
}

// meet counts.
func (st *Story) meet(m meeting, handed, done int) {
	if st.met == nil {
		st.met = map[meeting]encounter{}
	}
	e := st.met[m]
	st.met[m] = encounter{e.handed + handed, e.done + done}
}

// among calls f for each copy of the record among the rows [from, to) of a shard.
func (st *Story) among(k *Consumer, place int, from, to int64, f func(storedCopy, meeting)) {
	if st == nil {
		return
	}
	for i, c := range st.copies {
		if c.place == place && from <= c.row && c.row < to {
			f(c, meeting{k.Config.Name, i + 1})
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
			st.open(k, c, i+1)
		}
	}
	slices.SortStableFunc(st.Steps, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
}

// open tells what a consumer has not done with a copy by the end of the run.
func (st *Story) open(k *Consumer, c storedCopy, number int) {
	step := Step{At: st.End, Consumer: k.Config.Name, Copy: number, Since: st.End.Sub(c.at)}
	switch e := st.met[meeting{step.Consumer, step.Copy}]; {
	case e.done > 0:
		return
	case e.handed > 0:
		step.Kind = Unprocessed
	case !k.joined || c.row < k.positions[c.place].start:
		step.At, step.Kind = c.at, Passed
	default:
		step.Kind = Unread
	}
	st.tell(step)
}
