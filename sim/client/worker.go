package client

import (
	"fmt"
	"slices"
	"time"

	"kinesim/sim/des"
)

// worker is one process of a fleet, from its start to its end. Who comes back after
// that is another worker to the others: it has to win its leases anew.
type worker struct {
	fleet    *fleet
	slot     int // what it stands in for; faults befall slots
	number   int
	up       bool
	closing  bool     // it gives up its leases, batch by batch, and ends
	reported des.Time // version 3: when it last told the others how it is
	sessions []*session
	view     map[*lease]sighting

	Received, Processed, Again int64 // records handed to it, processed by it, and handed to it that another had had
}

// sighting is what a worker saw of a lease: its counter, and since when by the
// worker's own clock.
type sighting struct {
	counter int64
	since   des.Time
	owner   *worker
}

// chore is one of the things that a worker does again and again.
type chore struct {
	worker *worker
	name   string
	every  time.Duration
	do     func(now des.Time)

	offline bool // also when it is cut off
}

// Act does it, unless the worker is gone or frozen: then it does it once it can.
// Cut off from the network it lets the turn pass, but for renewing, which then fails.
func (c *chore) Act(now des.Time) {
	w := c.worker
	if !w.up {
		return
	}
	slot := &w.fleet.slots[w.slot]
	if wait := slot.frozen(now); wait > now {
		w.fleet.consumer.links.Engine.At(wait, des.Policies, c)
		return
	}
	if c.offline || !slot.cut(now) {
		c.do(now)
	}
	w.fleet.consumer.links.Engine.At(now.Add(c.every), des.Policies, c)
}

// String names the chore in messages.
func (c *chore) String() string {
	return fmt.Sprintf("%s of worker %d of consumer %s", c.name, c.worker.number+1, c.worker.fleet.consumer.Config.Name)
}

// run starts what a worker does. In a fleet that has run for long the workers'
// clocks have nothing to do with each other; in one that comes up cold they start
// within a second.
func (w *worker) run(now des.Time, cold bool) {
	f := w.fleet
	w.view = map[*lease]sighting{}
	settled := now == f.consumer.Config.Joins && !f.Cold
	chores := []*chore{{worker: w, name: "lease renewal", every: f.renewEvery(), do: w.renew, offline: true}}
	if f.Version < 3 {
		chores = append(chores, &chore{worker: w, name: "lease taking", every: f.scanEvery(), do: w.take})
	} else {
		chores = append(chores,
			&chore{worker: w, name: "lease discovery", every: f.discoverEvery(), do: w.discover},
			&chore{worker: w, name: "report", every: leaderHeartbeat, do: w.report},
			&chore{worker: w, name: "lease assignment", every: f.assignEvery(), do: w.assign})
	}
	late := des.Time(0)
	if cold {
		late = des.Time(fraction(f.random, time.Second))
	}
	for _, c := range chores {
		first := now + late
		if settled {
			first = now.Add(fraction(f.random, c.every))
		}
		f.consumer.links.Engine.At(first, des.Policies, c)
	}
	f.slots[w.slot].worker = w
}

// renew renews the worker's leases. One that is no longer its own it lets go of, as
// it does with one that it could not renew for longer than the failover time.
func (w *worker) renew(now des.Time) {
	f := w.fleet
	offline := f.slots[w.slot].cut(now)
	for _, s := range slices.Clone(w.sessions) {
		l := s.lease
		switch {
		case offline && now.Sub(s.renewed) > f.Failover:
			s.lose(now)
		case offline:
		case l.owner != w && l.giver == w:
			s.close(now) // asked to hand it over
			f.table.write(now)
		case l.owner != w:
			f.table.write(now) // which fails on its condition
			s.lose(now)
		case f.table.write(now):
			l.counter++
			s.renewed = now
		case now.Sub(s.renewed) > f.Failover:
			s.lose(now)
		}
	}
}

// look brings the worker's view of the leases up to date.
func (w *worker) look(now des.Time) {
	f := w.fleet
	f.table.scan(now)
	for _, l := range f.leases {
		if seen, ok := w.view[l]; !ok || seen.counter != l.counter || seen.owner != l.owner {
			w.view[l] = sighting{l.counter, now, l.owner}
		}
	}
}

// expired tells whether the worker has seen a lease unchanged for longer than so
// many failover times.
func (w *worker) expired(now des.Time, l *lease, failovers int) bool {
	return l.owner != nil && now.Sub(w.view[l].since) > time.Duration(failovers)*w.fleet.Failover
}

// begin starts to read the shard of a lease.
func (w *worker) begin(now des.Time, l *lease) {
	s := &session{worker: w, lease: l, renewed: now, checkpointed: now, move: l.move}
	s.processed = max(l.checkpoint, w.fleet.consumer.positions[l.place].expire(now))
	w.sessions = append(w.sessions, s)
	l.active = append(l.active, s)
	if l.move >= 0 && !w.fleet.moves[l.move].Read {
		w.fleet.moves[l.move].Begun, w.fleet.moves[l.move].Read = now, true
	}
	s.start(now)
}

// beginLater starts to read once the worker has set up what it needs for it.
func (w *worker) beginLater(now des.Time, l *lease) {
	w.fleet.consumer.links.Engine.At(now.Add(w.fleet.consumer.links.Limits.LeaseTakeOver), des.Policies, &setUp{w, l})
}

// setUp is a worker's getting ready to read a shard.
type setUp struct {
	worker *worker
	lease  *lease
}

// Act begins, if the lease is still the worker's and it does not read it yet.
func (s *setUp) Act(now des.Time) {
	w, l := s.worker, s.lease
	if !w.up || w.closing || l.owner != w || w.reads(l) {
		return
	}
	if wait := w.fleet.slots[w.slot].frozen(now); wait > now {
		w.fleet.consumer.links.Engine.At(wait, des.Policies, s)
		return
	}
	w.begin(now, l)
}

// String names the event in messages.
func (s *setUp) String() string {
	return fmt.Sprintf("taking over shard %d by worker %d of consumer %s", s.lease.place, s.worker.number+1, s.worker.fleet.consumer.Config.Name)
}

// reads tells whether the worker reads the shard of a lease.
func (w *worker) reads(l *lease) bool {
	return slices.ContainsFunc(w.sessions, func(s *session) bool { return s.lease == l })
}

// kill ends a worker at once.
func (w *worker) kill(now des.Time) {
	w.up = false
	k := w.fleet.consumer
	if w.fleet.Version >= 3 && w.fleet.leader == w {
		w.fleet.leaderless = append(w.fleet.leaderless, now)
	}
	for _, s := range slices.Clone(w.sessions) {
		s.cut(now)
		k.links.Story.orphaned(now, k, s.lease.place, s.lease.checkpoint, w.number)
		s.finish()
	}
}

// shutDown ends a worker once it has finished what it has in hand, checkpointed and
// given up its leases.
func (w *worker) shutDown(now des.Time) {
	w.closing = true
	if w.fleet.leader == w {
		w.fleet.leader = nil // the lock is given up as well; one that dies keeps it until it expires
	}
	for _, s := range slices.Clone(w.sessions) {
		s.close(now)
	}
	w.closed()
}

// closed ends a worker that was shutting down, when it has nothing left.
func (w *worker) closed() {
	if w.closing && len(w.sessions) == 0 {
		w.up = false
	}
}
