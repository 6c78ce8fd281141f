package client

import (
	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// order finds the records that come into the stream after one of their key that
// arose later: a record that was not written at once is overtaken. It looks at
// keys only while records of theirs are late, so a producer without refusals pays
// nothing. Unique keys have no order.
type order struct {
	late   []int32    // by key: records not written yet that were sent
	newest []des.Time // by key: when the latest of those stored meanwhile arose
	count  int        // of late records, all keys together
	off    bool       // nothing is ever sent again
}

// concerned tells whether a call has to be looked at. One whose refused records are given
// up at once has not, where no others are late.
func (o *order) concerned(a *attempt, r *kinesis.PutResult) bool {
	return !o.off && (o.count > 0 || a.again != nil || len(r.Refused) > 0 && a.resends())
}

// reorder looks at the records of a call in their order.
func (p *Producer) reorder(a *attempt, r *kinesis.PutResult) {
	o, next := &p.order, 0
	if more := len(p.offers.loads) - len(o.late); more > 0 {
		o.late = append(o.late, make([]int32, more)...)
		o.newest = append(o.newest, make([]des.Time, more)...)
	}
	resent := a.again != nil && a.again.stored == nil // and the stream has a copy of none
	for i, key := range a.batch.Key {
		refused := next < len(r.Refused) && int(r.Refused[next].Index) == i
		if refused {
			next++
			if resent { // late as before: most of what there is to see in a storm of retries
				continue
			}
		}
		copied := a.again.has(i)
		if copied && !refused {
			p.all.Duplicates++
			if i < a.old {
				p.old.Duplicates++
			}
		}
		if key == model.NoKey || copied {
			continue
		}
		switch late := a.again != nil; {
		case refused && !late:
			if o.late[key]++; o.late[key] == 1 {
				o.newest[key] = -1
			}
			o.count++
		case !refused && o.late[key] > 0:
			if late {
				o.late[key]--
				o.count--
				if o.newest[key] > a.batch.Arose[i] {
					p.all.Reordered++
					if i < a.old {
						p.old.Reordered++
					}
				}
			}
			o.newest[key] = max(o.newest[key], a.batch.Arose[i])
		}
	}
}

// forget lets go of the records of a call that are given up.
func (o *order) forget(a *attempt, r *kinesis.PutResult) {
	if o.count == 0 {
		return
	}
	for _, f := range r.Refused {
		if key := a.batch.Key[f.Index]; key != model.NoKey && !a.again.has(int(f.Index)) && o.late[key] > 0 {
			o.late[key]--
			o.count--
		}
	}
}
