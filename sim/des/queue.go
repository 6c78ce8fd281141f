package des

// Class orders what happens at one instant.
type Class uint8

// The classes, in the order in which they are played.
const (
	Sampling   Class = iota // spans are half-open: what happens at an instant belongs to the span that begins there, so measuring comes first
	Service                 // the service changes before it is called, so a call at that instant meets the new state
	Arrivals                // calls that write come before calls that read, so a read sees them
	Deliveries              // readers call and are answered
	Policies                // who decides sees all that has happened
)

// event is one entry of the queue: actor shall act at an instant.
type event struct {
	at    Time
	order uint64 // class in the top byte, then the number of the asking
	actor Actor
}

func (e *event) before(o *event) bool {
	return e.at < o.at || e.at == o.at && e.order < o.order
}

// queue is a binary heap of events by (at, order), written out by hand:
// container/heap boxes every entry, which costs more than the rest of an event.
// A binary heap beat wider ones when measured in Go.
type queue []event

func (q *queue) push(e event) {
	h := append(*q, e)
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !e.before(&h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = e
	*q = h
}

// pop removes and returns the first event. The queue must not be empty.
func (q *queue) pop() event {
	h := *q
	first := h[0]
	last := h[len(h)-1]
	h[len(h)-1] = event{} // lets go of the actor
	h = h[:len(h)-1]
	if len(h) > 0 {
		h.sink(last)
	}
	*q = h
	return first
}

// sink puts e, which belongs at the root or below, into its place.
func (q queue) sink(e event) {
	i := 0
	for child := 1; child < len(q); child = 2*i + 1 {
		c := &q[child]
		if child+1 < len(q) {
			if other := &q[child+1]; other.before(c) {
				c = other
				child++
			}
		}
		if e.at < c.at || e.at == c.at && e.order < c.order {
			break
		}
		q[i] = *c
		i = child
	}
	q[i] = e
}
