package client

import (
	"cmp"
	"slices"

	"kinesim/sim/des"
)

// report is what a worker of version 3 does each half a minute: it tells how it is,
// and the leader that it still leads. Who finds that the leader has not done so for
// the life of the lock takes its place.
func (w *worker) report(now des.Time) {
	f := w.fleet
	w.reported = now
	f.table.write(now)
	if f.leader == w || f.leader == nil || now.Sub(f.heartbeat) >= leaderLock {
		f.leader, f.heartbeat = w, now
		f.table.write(now)
	}
}

// discover is how a worker of version 3 finds out which leases it got. It renews those
// that it does not read yet, so that nobody takes it for dead while it waits for the
// owner before.
func (w *worker) discover(now des.Time) {
	f := w.fleet
	f.table.query(now)
	for _, l := range f.leases {
		if l.owner != w || w.closing || w.reads(l) {
			continue
		}
		if f.table.write(now) {
			l.counter++
		}
		if l.giver == nil || now >= l.until {
			l.giver = nil
			w.beginLater(now, l)
		}
	}
}

// assign is the leader's work: leases that nobody renews go to the workers with the
// least load, and each third time some go from those that are above the mean.
//
// The load of a worker is the throughput of its leases; the processor's load, by
// which the library goes where it can read it, is not modelled.
func (w *worker) assign(now des.Time) {
	f := w.fleet
	if f.leader == nil {
		f.leader, f.heartbeat = w, now
	}
	if f.leader != w || w.closing {
		return
	}
	w.look(now)
	loads := w.loads(now)
	for _, l := range f.leases {
		if l.owner == nil || w.expired(now, l, 1) {
			w.entrust(now, l, loads)
		}
	}
	if f.runs++; f.runs%rebalanceEvery == 0 {
		w.rebalance(now, loads)
	}
}

// load is what the leader knows of a worker.
type load struct {
	worker *worker
	leases int
	bytes  float64 // a second, of its leases
}

// loads are the workers that report and renew. A worker one of whose leases has
// expired is as good as gone.
func (w *worker) loads(now des.Time) []*load {
	f := w.fleet
	var list []*load
	for _, o := range f.workers {
		gone := now.Sub(o.reported) > workerStale || o.reported <= f.lapsed[o]
		for _, l := range f.leases {
			if l.owner == o && w.expired(now, l, 1) {
				gone = true
				f.lapsed[o] = now
			}
		}
		if gone || o.closing {
			continue
		}
		mine := &load{worker: o}
		for _, l := range f.leases {
			if l.owner == o {
				mine.leases++
				mine.bytes += w.rate(now, l)
			}
		}
		list = append(list, mine)
	}
	return list
}

// rate is the bytes a second that a lease brings, over the run so far; that is
// smoother than what the library measures, so a load that moves is followed later.
func (w *worker) rate(now des.Time, l *lease) float64 {
	m := w.fleet.consumer.links.Stream.Meter(l.place)
	return float64(m.IncomingBytes) / max(now.Seconds(), 1)
}

// entrust gives a lease that nobody renews to the worker with the least load.
func (w *worker) entrust(now des.Time, l *lease, loads []*load) {
	room := slices.DeleteFunc(slices.Clone(loads), func(o *load) bool { return o.leases >= w.fleet.MaxLeases })
	if len(room) == 0 || !w.fleet.table.write(now) {
		return
	}
	least := slices.MinFunc(room, func(a, b *load) int {
		return cmp.Or(cmp.Compare(a.bytes, b.bytes), cmp.Compare(a.leases, b.leases))
	})
	why := Lapsed
	if l.owner == nil {
		why = Unowned
	}
	w.fleet.own(now, l, least.worker, why)
	l.giver = nil
	w.view[l] = sighting{l.counter, now, l.owner}
	least.leases++
	least.bytes += max(w.rate(now, l), 1) // so that leases without throughput are spread as well
}

// rebalance moves leases from workers above the mean to the one with the least.
func (w *worker) rebalance(now des.Time, loads []*load) {
	f := w.fleet
	if len(loads) < 2 {
		return
	}
	mean := 0.0
	for _, o := range loads {
		mean += o.bytes / float64(len(loads))
	}
	for _, o := range loads {
		if o.bytes <= mean*rebalanceAbove || o.leases < 2 {
			continue
		}
		surplus := (o.bytes - mean) * dampening
		for _, l := range f.leases {
			if surplus <= 0 || o.leases < 2 || l.owner != o.worker || l.giver != nil {
				continue
			}
			least := slices.MinFunc(loads, func(a, b *load) int {
				return cmp.Or(cmp.Compare(a.bytes, b.bytes), cmp.Compare(a.leases, b.leases))
			})
			rate := w.rate(now, l)
			if least == o || least.leases >= f.MaxLeases || least.bytes+rate >= o.bytes || !f.table.write(now) {
				continue
			}
			w.hand(now, l, least.worker)
			surplus -= rate
			o.leases, o.bytes = o.leases-1, o.bytes-rate
			least.leases, least.bytes = least.leases+1, least.bytes+rate
		}
	}
}

// hand moves a lease from one worker to another, who begins once the first has
// finished, or when its time for that is over.
func (w *worker) hand(now des.Time, l *lease, to *worker) {
	if w.fleet.Handoff > 0 {
		l.giver, l.until = l.owner, now.Add(w.fleet.Handoff)
	}
	w.fleet.own(now, l, to, Balanced)
	w.view[l] = sighting{l.counter, now, to}
}
