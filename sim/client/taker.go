package client

import "kinesim/sim/des"

// take is what a worker of versions 1 and 2 does at each scan of the lease table: it
// takes leases that nobody renews, up to its part, else it steals one.
//
// The part is ceil(leases ÷ workers), where workers are those who own a lease that is
// renewed, and itself. Leases that have expired long ago are taken whatever the part
// (kinesis.md, section 7.4).
func (w *worker) take(now des.Time) {
	f := w.fleet
	if w.closing {
		return
	}
	w.look(now)
	var free []*lease
	held := map[*worker]int{w: 0}
	for _, i := range shuffled(f.random, len(f.leases)) {
		l := f.leases[i]
		switch {
		case l.owner == nil, w.expired(now, l, 1): // its own too, that it lost sight of
			free = append(free, l)
		default:
			held[l.owner]++
		}
	}
	target := max(1, (len(f.leases)+len(held)-1)/len(held))
	target = min(target, f.MaxLeases)
	want := target - held[w]
	for _, l := range free {
		if want > 0 || w.expired(now, l, veryOldExpiration) && held[w] < f.MaxLeases {
			if w.win(now, l, Lapsed) {
				held[w]++
				want--
			}
		}
	}
	if len(free) == 0 && want > 0 {
		w.steal(now, held, target, want)
	}
}

// win takes a lease, if the table takes the write.
func (w *worker) win(now des.Time, l *lease, why Reason) bool {
	f := w.fleet
	if !f.table.write(now) {
		return false
	}
	if l.owner == nil {
		why = Unowned
	}
	f.own(now, l, w, why)
	w.view[l] = sighting{l.counter, now, w}
	w.beginLater(now, l)
	return true
}

// steal takes leases from the worker that has most.
func (w *worker) steal(now des.Time, held map[*worker]int, target, want int) {
	var rich *worker
	for _, o := range w.fleet.workers { // in their order, so that equals are told apart the same way each time
		if o != w && held[o] > 0 && (rich == nil || held[o] > held[rich]) {
			rich = o
		}
	}
	if rich == nil {
		return
	}
	n := 0
	switch surplus := held[rich] - target; {
	case surplus > 0:
		n = min(want, surplus, w.fleet.Steal)
	case surplus == 0 && want > 1:
		n = 1
	}
	for _, i := range shuffled(w.fleet.random, len(w.fleet.leases)) {
		if l := w.fleet.leases[i]; n > 0 && l.owner == rich && w.win(now, l, Stolen) {
			n--
		}
	}
}
