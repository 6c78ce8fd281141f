package client

import (
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// answered tells how a call went, if the record was in it.
func (st *Story) answered(now des.Time, a *attempt, r *kinesis.PutResult) {
	if st == nil {
		return
	}
	if a.again == nil {
		st.here = st.due && st.sender == a.sender
	} else {
		st.here = st.call == a.again
	}
	if st.here {
		st.sender, st.call, st.due = nil, nil, false
		st.attempt(now, a, r, st.at)
	}
}

// attempt tells how a call went for its record i.
func (st *Story) attempt(now des.Time, a *attempt, r *kinesis.PutResult, i int) {
	st.sent++
	st.tell(Step{At: now, Kind: Sent, Records: a.batch.Len(), Attempt: st.sent, Waited: now.Sub(st.arose())})
	if r.Rejected != kinesis.Valid {
		st.ended = true
		st.tell(Step{At: now, Kind: Rejected, Cause: string(r.Rejected)})
		return
	}
	place, limit := int(r.Place[i]), refusedBy(r, i)
	switch limit {
	case kinesis.NoLimit:
		st.stored(now, place, rowOf(a.producer().links.Stream, r, i))
	case kinesis.ByFault:
		st.tell(Step{At: now, Kind: Failed, Place: place, Attempt: st.sent, Cause: a.producer().links.Trouble.reason(now, place)})
	default:
		st.tell(Step{At: now, Kind: Refused, Place: place, Attempt: st.sent, Limit: limit})
	}
	st.lost = limit != kinesis.NoLimit || a.whole
	st.ended = !st.lost
	if a.timeout && a.answer < st.End {
		st.tell(Step{At: a.answer, Kind: TimedOut, Attempt: st.sent, Waited: a.answer.Sub(now)})
	}
}

// producer is the producer whose call it is.
func (a *attempt) producer() *Producer { return a.sender.producer }

// refusedBy is what refused record i of a call.
func refusedBy(r *kinesis.PutResult, i int) kinesis.Limit {
	for _, f := range r.Refused {
		if int(f.Index) == i {
			return f.Limit
		}
	}
	return kinesis.NoLimit
}

// rowOf is the row of record i of a call, which was written just now: its shard has
// taken what it wrote of the rest of the call since.
func rowOf(s *kinesis.Stream, r *kinesis.PutResult, i int) int64 {
	row, refused := s.End(int(r.Place[i])), len(r.Refused)-1
	for k := len(r.Place) - 1; k >= i; k-- {
		switch {
		case refused >= 0 && int(r.Refused[refused].Index) == k:
			refused--
		case r.Place[k] == r.Place[i]:
			row--
		}
	}
	return row
}

// again is told that the lost records of an attempt are sent again at t, as the batch
// of c.
func (st *Story) again(a *attempt, c *call, lost []kinesis.Refusal, t des.Time) {
	if st == nil || !st.here || !st.lost {
		return
	}
	st.call = c
	if !a.whole {
		for i, f := range lost {
			if int(f.Index) == st.at {
				st.at = i
				break
			}
		}
	}
	if last := st.last(); last.Kind == Refused || last.Kind == Failed || last.Kind == TimedOut {
		last.Again = t
	}
}

// gaveUp is told that the lost records of an attempt are given up. What is answered
// after the end of the run is not known to be lost.
func (st *Story) gaveUp(a *attempt) {
	if st == nil || !st.here || !st.lost || st.ended || a.answer >= st.End {
		return
	}
	cause := "retry"
	if !a.whole && !a.batch.Single && !a.producer().Config.Retry.Entries() {
		cause = "entries" // of an answer, about which the policy is not asked
	}
	st.ended = true
	st.tell(Step{At: a.answer, Kind: GivenUp, Attempt: st.sent, Cause: cause})
}

// packed is told of a Kinesis record that was packed with the record in it.
func (st *Story) packed(now des.Time, k *packed) {
	st.tell(Step{At: now, Kind: Packed, Records: int(k.users), Bytes: k.size})
}

// collected tells how a call of a library went, if the record was in it.
func (st *Story) collected(now des.Time, a *attempt, r *kinesis.PutResult, records []packed) {
	if st == nil {
		return
	}
	for i := range records {
		if records[i].told {
			st.attempt(now, a, r, i)
		}
	}
}

// libraryGaveUp is told that a library gives up the Kinesis record with the record in
// it. A rejection has told so already.
func (st *Story) libraryGaveUp(now des.Time, k *packed, ttl des.Time) {
	if st.ended {
		return
	}
	cause := "record_ttl"
	if now < k.arose+ttl {
		cause = "fail_if_throttled"
	}
	st.ended = true
	st.tell(Step{At: now, Kind: GivenUp, Attempt: st.sent, Cause: cause})
}
