package client

import (
	"time"

	"kinesim/sim/des"
)

// KCL is an application of the Kinesis Client Library: workers that share the
// shards by leases in a table. Defaults and timings are those of kinesis.md,
// section 7, read from the library's source.
type KCL struct {
	Version    int  // 1, 2 or 3: who takes leases, and how
	Workers    int  // that start with the application
	EFO        bool // retrieval by enhanced fan-out in place of GetRecords
	Interval   time.Duration
	MaxRecords int64
	Prefetch   int // batches read ahead of the one in hand; 0: none

	CheckpointEvery time.Duration // at the end of a batch, if so long has passed since the last; 0: of each batch
	Failover        time.Duration // for how long an unchanged lease is another's
	MaxLeases       int           // of a worker
	Steal           int           // leases taken from another worker at a time; versions 1 and 2
	Handoff         time.Duration // how long the old owner may take to finish, version 3; 0: leases move without a word
	Cold            bool          // the table is empty at the start, and workers come up within a second; else leases are spread evenly
	FirstPage       bool          // it sees only the shards of the first page that ListShards answers
	WriteUnits      int64         // what the lease table takes a second; 0: whatever comes
}

func (KCL) kind() string   { return "kcl" }
func (c KCL) Fanout() bool { return c.EFO }

// Timings of the library beside its settings (kinesis.md, sections 7.2 and 7.4).
const (
	epsilon           = 25 * time.Millisecond // KCL: taken off and added to the failover time
	leaderHeartbeat   = 30 * time.Second
	leaderLock        = 120 * time.Second // without a heartbeat, until another may lead
	rebalanceEvery    = 3                 // runs of the leader
	rebalanceAbove    = 1.10              // of the mean load
	dampening         = 0.6               // part of the surplus that is moved
	prefetchBytes     = 8 << 20
	prefetchRecords   = 30_000
	listShardsPage    = 1_000                // shards in an answer of ListShards
	workerStale       = 2 * 30 * time.Second // a worker that has not reported for two reports gets no leases; the library's own rule is not known
	veryOldExpiration = 3                    // times the failover: such leases are taken whatever the target
)

// renewEvery is how often a worker renews its leases: a third of the failover time.
func (c *KCL) renewEvery() time.Duration { return c.Failover/3 - epsilon }

// scanEvery is how often a worker of versions 1 and 2 looks for leases.
func (c *KCL) scanEvery() time.Duration { return 2 * (c.Failover + epsilon) }

// assignEvery is how often the leader of version 3 assigns leases, and
// discoverEvery how often a worker looks for those that it got.
func (c *KCL) assignEvery() time.Duration   { return 2 * c.Failover }
func (c *KCL) discoverEvery() time.Duration { return c.Failover - epsilon }

// fleet is a running application.
type fleet struct {
	KCL
	consumer *Consumer
	table    leaseTable
	leases   []*lease
	workers  []*worker // every one that ever was; a worker that comes back is another
	slots    []slot
	random   *des.Rand
	polls    *polling
	pushes   *pushing

	leader     *worker              // version 3
	heartbeat  des.Time             // of the leader, the last
	leaderless []des.Time           // when a leader died
	runs       int                  // of the leader, so far
	lapsed     map[*worker]des.Time // when the leader last found that a worker did not renew
	moves      []Move
	unseen     []*position // of shards that nobody knows of
}

func (c KCL) open(k *Consumer, _ des.Time) application {
	f := &fleet{KCL: c, consumer: k, random: k.random("leases"), lapsed: map[*worker]des.Time{}}
	f.table = leaseTable{fleet: f, random: k.random("lease table"), level: c.WriteUnits * token}
	if c.EFO {
		f.pushes = newPushing(k, onlyGroup)
	} else {
		f.polls = newPolling(k, Classic{c.Interval, c.MaxRecords}, onlyGroup)
	}
	return f
}

// shard makes a lease for a shard, which is nobody's until a worker takes it. Leases of
// children are made here when the last of their parents is at its end; the library
// makes that of a merged shard when the first is, and then waits.
func (f *fleet) shard(now des.Time, p *position) {
	if f.FirstPage && p.place >= listShardsPage {
		f.unseen = append(f.unseen, p)
		return
	}
	l := &lease{place: p.place, checkpoint: p.seen}
	f.leases = append(f.leases, l)
	p.inHand = l.busy
	if now > f.consumer.Config.Joins {
		f.table.write(now)
	}
}

// ready starts the workers.
func (f *fleet) ready(now des.Time) {
	f.slots = newSlots(f.consumer, f.Workers)
	f.befall()
	for i := range f.slots {
		f.start(now, i, true)
	}
	if !f.Cold {
		f.spread(now)
	}
}

// spread gives the leases to the workers in turn, as a fleet that has run for long
// has them.
func (f *fleet) spread(now des.Time) {
	for i, l := range f.leases {
		w := f.workers[i%len(f.workers)]
		if len(w.sessions) >= f.MaxLeases {
			break
		}
		f.own(now, l, w, Given)
		w.begin(now, l)
	}
}

// start brings a worker up in a slot.
func (f *fleet) start(now des.Time, slot int, first bool) {
	w := &worker{fleet: f, slot: slot, number: len(f.workers), up: true, reported: now}
	f.workers = append(f.workers, w)
	w.run(now, first && f.Cold)
}

// own makes a worker the owner of a lease, by a write that has been made.
func (f *fleet) own(now des.Time, l *lease, w *worker, why Reason) {
	from := l.owner
	l.owner = w
	l.counter++
	l.move = -1
	move := Move{At: now, Place: l.place, From: from.numberOr(), To: w.numberOr(), Why: why, Ended: des.Forever}
	f.consumer.links.Story.leaseMoved(now, f.consumer, l.place, l.checkpoint, move)
	if len(f.moves) < mostMoves {
		l.move = len(f.moves)
		f.moves = append(f.moves, move)
	}
}

// look counts the silence of shards that nobody reads: those whose leases wait for an
// owner, and those that nobody knows of.
func (f *fleet) look(now des.Time) {
	for _, l := range f.leases {
		if len(l.active) == 0 {
			f.consumer.positions[l.place].silent(now)
		}
	}
	for _, p := range f.unseen {
		p.silent(now)
	}
}

// finish counts what is processed by the end of the run.
func (f *fleet) finish(end des.Time) {
	for _, w := range f.workers {
		for _, s := range w.sessions {
			s.cut(end)
		}
	}
}
