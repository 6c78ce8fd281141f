package client

import (
	"math/bits"

	"kinesim/sim/des"
)

// parcelQueue gives the parcels of one shard and span in the order in which they are due,
// those that are due at once in the order in which they came. It is a calendar, with a list for
// each part of the span, since a heap of hundreds takes four times as long. Parcels are moved
// neither between lists nor out of the queue: they go by where they lie in the store.
type parcelQueue struct {
	store       []parcel
	from        des.Time                   // of the span
	shift       uint                       // each part of it lasts 2^shift ns
	first, last [calendarParts]int32       // of the list of each part that has one
	busy        [calendarParts / 64]uint64 // the parts that have one, a bit for each
	word        int                        // of busy; those before it are empty
}

// calendarParts is into how many parts a span is divided at the most: parcels of a busy shard
// are then mostly alone in theirs, and what is looked at of lists stays in a core's cache.
const calendarParts = 512

// begin makes an empty queue one of a span.
func (q *parcelQueue) begin(from, to des.Time) {
	q.store, q.word, q.from = q.store[:0], 0, from
	q.shift = uint(bits.Len64(uint64(to-from) / calendarParts))
}

// push adds a parcel.
func (q *parcelQueue) push(p parcel) {
	q.store = append(q.store, p)
	q.list(int32(len(q.store) - 1))
}

// list puts number i of the store into the list of the part in which it is due, behind those
// that are due by then. None is put before one that has been taken out.
func (q *parcelQueue) list(i int32) {
	p := &q.store[i]
	part := max(0, p.due-q.from) >> q.shift
	word, bit := part/64, uint64(1)<<(part%64)
	switch last := &q.last[part]; {
	case q.busy[word]&bit == 0:
		q.busy[word] |= bit
		q.first[part], *last = i, i
	case q.store[*last].due <= p.due:
		q.store[*last].next, *last = i, i
	default:
		at := &q.first[part]
		for q.store[*at].due <= p.due {
			at = &q.store[*at].next
		}
		p.next, *at = *at, i
	}
}

// pop takes the first parcel out of its list, and tells where it lies; ok is false when there is
// none.
func (q *parcelQueue) pop() (i int32, ok bool) {
	for ; q.word < len(q.busy); q.word++ {
		if busy := q.busy[q.word]; busy != 0 {
			part := q.word*64 + bits.TrailingZeros64(busy)
			if i = q.first[part]; i == q.last[part] {
				q.busy[q.word] = busy & (busy - 1)
			} else {
				q.first[part] = q.store[i].next
			}
			return i, true
		}
	}
	return 0, false
}
