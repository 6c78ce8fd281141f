package client

import (
	"slices"

	"kinesim/sim/des"
)

// parcelQueue gives the parcels of one shard and span in the order in which they are due,
// those that are due at once in the order in which they came. The first calls of flows come
// in order already and are most of them, so only the others go through a heap, which holds
// places and no parcels.
type parcelQueue struct {
	store []parcel // all that came, the first ones first
	next  int      // of the first ones
	end   int      // of them
	heap  []place  // of the others
}

// place is where a parcel lies in the store, and when it is due.
type place struct {
	due des.Time
	at  int
}

func (p place) before(o place) bool { return p.due < o.due || p.due == o.due && p.at < o.at }

// first adds a first call. Each flow adds its own in order.
func (q *parcelQueue) first(p parcel) { q.store = append(q.store, p) }

// begin ends the first calls, which are of several flows or of one.
func (q *parcelQueue) begin(several bool) {
	if q.next, q.end = 0, len(q.store); several {
		slices.SortStableFunc(q.store, func(a, b parcel) int { return int(a.due - b.due) })
	}
}

// push adds a parcel that comes again.
func (q *parcelQueue) push(p parcel) {
	e := place{p.due, len(q.store)}
	q.store = append(q.store, p)
	h := append(q.heap, e)
	i := len(h) - 1
	for parent := (i - 1) / 2; i > 0 && e.before(h[parent]); parent = (i - 1) / 2 {
		h[i] = h[parent]
		i = parent
	}
	h[i], q.heap = e, h
}

// pop takes the first parcel out; ok is false, and the queue ready for another shard, when
// there is none.
func (q *parcelQueue) pop() (p parcel, ok bool) {
	switch {
	case len(q.heap) > 0 && (q.next == q.end || q.heap[0].before(place{q.store[q.next].due, q.next})):
		return q.store[q.sink()], true
	case q.next < q.end:
		q.next++
		return q.store[q.next-1], true
	}
	q.store, q.next, q.end = q.store[:0], 0, 0
	return parcel{}, false
}

// sink takes the first place out of the heap.
func (q *parcelQueue) sink() int {
	h := q.heap
	first, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	for i := 0; len(h) > 0; {
		child := 2*i + 1
		if child+1 < len(h) && h[child+1].before(h[child]) {
			child++
		}
		if child >= len(h) || !h[child].before(last) {
			h[i] = last
			break
		}
		h[i] = h[child]
		i = child
	}
	q.heap = h
	return first.at
}
