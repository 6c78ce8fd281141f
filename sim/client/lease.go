package client

import (
	"math"
	"time"

	"kinesim/sim/des"
)

// token is what one unit of a rate counts, so that a nanosecond brings a whole
// number of it.
const token = int64(time.Second)

// lease is the right to read one shard, a row of the lease table.
type lease struct {
	place      int
	owner      *worker // nil: nobody
	counter    int64   // raised by each renewal and each taking
	checkpoint int64   // rows before it are done with

	giver  *worker  // version 3: the owner before, which has still to finish
	until  des.Time // that may take so long
	active []*session
	move   int // the last, in the moves of the fleet; -1: none that is kept
}

// inHand is the first row that a session has not processed.
func (l *lease) inHand() int64 {
	least := int64(math.MaxInt64)
	for _, s := range l.active {
		least = min(least, s.processed)
	}
	return least
}

// busy is the first row that a session has in hand.
func (l *lease) busy() int64 {
	least := int64(math.MaxInt64)
	for _, s := range l.active {
		if s.busy {
			least = min(least, s.hand.from)
		}
	}
	return least
}

// leaseTable is the DynamoDB table that the leases are kept in: what it is asked
// for, and what it refuses.
type leaseTable struct {
	fleet     *fleet
	random    *des.Rand
	level     int64 // of provisioned write units, in billionths
	refilled  des.Time
	writes    int64
	throttled int64
	readUnits int64 // half units: eventually consistent reads of 4 KiB

	warmWrites, warmReads int64 // before warm-up was over: writes taken, and half units read
}

// itemBytes is about what a lease takes in the table: its key, owner, counter,
// checkpoint and hash key range (kinesis.md, section 7.3; the size is our estimate,
// and below 1 KB, which is what a write unit holds).
const itemBytes = 400

// write makes a write of one unit and tells whether the table took it.
func (t *leaseTable) write(now des.Time) bool {
	c := t.fleet
	refused := false
	for i := range c.consumer.faults {
		f := &c.consumer.faults[i]
		if f.LeaseTable > 0 && now >= f.From && now < f.To {
			refused = t.random.Float64() < f.LeaseTable || refused
		}
	}
	if c.WriteUnits > 0 {
		full := c.WriteUnits * token
		idle := min(int64(now-t.refilled), token) // a second fills it
		t.level = min(full, t.level+idle*c.WriteUnits)
		t.refilled = now
		if t.level < token {
			refused = true
		} else if !refused {
			t.level -= token
		}
	}
	if now >= c.consumer.links.Warmup {
		t.writes++
		if refused {
			t.throttled++
		}
	} else if !refused {
		t.warmWrites++
	}
	return !refused
}

// scan reads all leases.
func (t *leaseTable) scan(now des.Time) {
	t.read(now, (int64(len(t.fleet.leases))*itemBytes+4095)/4096)
}

// query reads the leases of one owner by the index, which holds keys only.
func (t *leaseTable) query(now des.Time) { t.read(now, 1) }

func (t *leaseTable) read(now des.Time, units int64) {
	if now >= t.fleet.consumer.links.Warmup {
		t.readUnits += units
	} else {
		t.warmReads += units
	}
}

// Reason is why a lease changed its owner.
type Reason string

// The reasons.
const (
	Given    Reason = "start"    // it had this owner from the start
	Unowned  Reason = "unowned"  // nobody had it
	Lapsed   Reason = "expired"  // its owner had not renewed it
	Stolen   Reason = "stolen"   // to even out the number of leases
	Balanced Reason = "balanced" // by the leader, to even out the load
	Released Reason = "released" // its owner shut down and gave it up
	Finished Reason = "finished" // its shard is closed and was read to its end
)

// Move is one change of the owner of a lease. Workers go by number from 0; −1 is
// nobody.
type Move struct {
	At       des.Time
	Place    int
	From, To int
	Why      Reason
	Begun    des.Time // when the new owner began to read; only if Read
	Read     bool
	Ended    des.Time // when it had stopped again; Forever: not in this run
}

// mostMoves bounds what is kept.
const mostMoves = 20_000

// numberOr is the worker's number, -1 for nobody.
func (w *worker) numberOr() int {
	if w == nil {
		return -1
	}
	return w.number
}
