package client

import (
	"slices"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// Fault is something that is wrong for a while, in [From, To): with the service,
// as producers meet it, or with one consumer. Its zero parts are not wrong.
type Fault struct {
	From, To    des.Time
	Unavailable bool    // every put fails as a whole
	Internal    float64 // share of records that fail with InternalFailure
	SlowPuts    float64 // put latency times this; 0: as usual
	Stall       *Stall  // one shard fails every record

	Consumer string  // whom the rest befalls
	Pause    bool    // it makes no calls and takes nothing
	Slow     float64 // processing times this; 0: as usual
	Errors   float64 // share of batches whose processing fails
	HalfOpen bool    // its subscriptions fall silent without an end
	Restart  bool    // its job ends, and starts again at the end
	Poison   *Stall  // the next record of this shard makes every invocation of its function fail

	// Of an application with workers.
	Workers    int     // how many of them are hit; 0: all
	Kill       bool    // they end at once, and others start in their place at the end
	NetworkGap bool    // they reach neither the stream nor the lease table
	LeaseTable float64 // share of the writes to the lease table that it refuses
	Deploy     *Deploy // all of them are replaced, some at a time
}

// Deploy replaces the workers of an application within the time of its fault.
type Deploy struct {
	AtATime int           // workers
	Down    time.Duration // from the end of one until the start of the next in its place
	Kill    bool          // they end at once, in place of finishing their batches, checkpointing and giving up their leases
}

// Stall is the shard that a fault stalls.
type Stall struct {
	Hottest bool          // the one that is asked for most when the fault begins
	Shard   model.ShardID // else this one
}

// Trouble is all that is wrong with the service in a run, as producers meet it. It stands between the
// producers and the stream, which itself never fails and draws nothing.
type Trouble struct {
	stream *kinesis.Stream
	faults []Fault
	places []int32 // of the shards that faults stall
	random *des.Rand

	batch  kinesis.Batch // what is left of a call for the stream
	index  []int32       // of its records in the whole call
	place  []int32
	fails  []kinesis.Refusal
	merged []kinesis.Refusal
	result kinesis.PutResult
}

// NewTrouble makes the faults of a run, nil without any. hottest is asked, when
// a fault begins that stalls the hottest shard, for the place of that shard.
func NewTrouble(engine *des.Engine, stream *kinesis.Stream, faults []Fault, seed uint64, hottest func(now des.Time) int) *Trouble {
	faults = slices.DeleteFunc(slices.Clone(faults), func(f Fault) bool { return f.Consumer != "" })
	if len(faults) == 0 {
		return nil
	}
	t := &Trouble{stream: stream, faults: faults, places: make([]int32, len(faults)), random: des.Stream(seed, "service/failures")}
	for i, f := range faults {
		if f.Stall != nil {
			t.places[i] = -1
			engine.At(f.From, des.Service, &onset{t, i, hottest})
		}
	}
	return t
}

// onset is the beginning of a fault that has to look for its shard, which may not have
// been there at the start of the run. If it is not there now, nothing befalls it.
type onset struct {
	trouble *Trouble
	fault   int
	hottest func(now des.Time) int
}

// Act implements des.Actor.
func (o *onset) Act(now des.Time) {
	t, stall := o.trouble, o.trouble.faults[o.fault].Stall
	if stall.Hottest {
		t.places[o.fault] = int32(o.hottest(now))
		return
	}
	t.places[o.fault] = int32(t.stream.Lookup(stall.Shard))
}

// String names the event in messages.
func (o *onset) String() string { return "the beginning of a fault" }

// active tells whether a fault is under way that fails records.
func (t *Trouble) active(now des.Time) bool {
	for i := range t.faults {
		if f := &t.faults[i]; now >= f.From && now < f.To && (f.Unavailable || f.Internal > 0 || f.Stall != nil) {
			return true
		}
	}
	return false
}

// unavailable tells whether every call fails.
func (t *Trouble) unavailable(now des.Time) bool {
	for i := range t.faults {
		if f := &t.faults[i]; f.Unavailable && now >= f.From && now < f.To {
			return true
		}
	}
	return false
}

// stretched is how long a call takes that would take d.
func (t *Trouble) stretched(now des.Time, d time.Duration) time.Duration {
	for i := range t.faults {
		if f := &t.faults[i]; f.SlowPuts > 0 && now >= f.From && now < f.To {
			d = times(d, f.SlowPuts)
		}
	}
	return d
}

// put writes what the faults let through of a batch, and answers for all of it:
// what they fail is refused with kinesis.ByFault.
func (t *Trouble) put(now des.Time, b *kinesis.Batch) *kinesis.PutResult {
	if t.failing(now, b); len(t.fails) == 0 {
		return t.stream.Put(now, b)
	}
	t.batch = kinesis.Batch{Single: b.Single, Packed: b.Packed, Keys: b.Keys, Key: t.batch.Key[:0], Hash: t.batch.Hash[:0], Size: t.batch.Size[:0], Arose: t.batch.Arose[:0]}
	t.index = t.index[:0]
	next := 0
	for i := range b.Size {
		if next < len(t.fails) && int(t.fails[next].Index) == i {
			next++
			continue
		}
		t.index = append(t.index, int32(i))
		t.batch.Key, t.batch.Size, t.batch.Arose = append(t.batch.Key, b.Key[i]), append(t.batch.Size, b.Size[i]), append(t.batch.Arose, b.Arose[i])
		if b.Hash != nil {
			t.batch.Hash = append(t.batch.Hash, b.Hash[i])
		}
	}
	if len(t.index) == 0 {
		t.result = kinesis.PutResult{Bytes: bytesOf(b.Size), Refused: t.fails, Faults: len(t.fails), Place: t.place}
		return &t.result
	}
	return t.merge(b, t.stream.Put(now, &t.batch))
}

// failing finds the places of all records, and which of them fail.
func (t *Trouble) failing(now des.Time, b *kinesis.Batch) {
	t.fails, t.place = t.fails[:0], t.place[:0]
	if !t.active(now) {
		return
	}
	for i := range b.Size {
		t.place = append(t.place, int32(t.stream.Place(b, i)))
		fails := false // every fault is asked, so that what it draws does not hang on the others
		for k := range t.faults {
			f := &t.faults[k]
			if now < f.From || now >= f.To {
				continue
			}
			stalled := f.Stall != nil && t.places[k] == t.place[i]
			drawn := f.Internal > 0 && t.random.Float64() < f.Internal
			fails = fails || f.Unavailable || stalled || drawn
		}
		if fails {
			t.fails = append(t.fails, kinesis.Refusal{Index: int32(i), Limit: kinesis.ByFault})
		}
	}
}

// part is the share of the records for a shard that fails in a span that begins at now, in
// which no fault begins or ends.
func (t *Trouble) part(now des.Time, place int) float64 {
	if t == nil {
		return 0
	}
	passes := 1.0
	for i := range t.faults {
		f := &t.faults[i]
		switch {
		case now < f.From || now >= f.To:
		case f.Unavailable, f.Stall != nil && int(t.places[i]) == place:
			return 1
		default:
			passes *= 1 - f.Internal
		}
	}
	return 1 - passes
}

// reason says which kind of fault fails records of a shard.
func (t *Trouble) reason(now des.Time, place int) string {
	reason := "internal_failure"
	for i := range t.faults {
		f := &t.faults[i]
		switch {
		case now < f.From || now >= f.To:
		case f.Unavailable:
			return "unavailable"
		case f.Stall != nil && int(t.places[i]) == place:
			reason = "stall_shard"
		}
	}
	return reason
}

// merge makes the stream's answer to a part of a batch an answer to all of it.
func (t *Trouble) merge(b *kinesis.Batch, r *kinesis.PutResult) *kinesis.PutResult {
	t.result = *r
	t.result.Bytes, t.result.Place = bytesOf(b.Size), t.place
	if r.Rejected != kinesis.Valid {
		return &t.result
	}
	for i, place := range r.Place {
		t.place[t.index[i]] = place
	}
	t.merged = t.merged[:0]
	next := 0
	for _, f := range r.Refused {
		at := t.index[f.Index]
		for ; next < len(t.fails) && t.fails[next].Index < at; next++ {
			t.merged = append(t.merged, t.fails[next])
		}
		t.merged = append(t.merged, kinesis.Refusal{Index: at, Limit: f.Limit})
	}
	t.merged = append(t.merged, t.fails[next:]...)
	t.result.Refused, t.result.Faults = t.merged, len(t.fails)
	return &t.result
}

// bytesOf is the bytes of records together.
func bytesOf(sizes []uint32) (n model.Bytes) {
	for _, size := range sizes {
		n += model.Bytes(size)
	}
	return n
}
