package client

import (
	"kinesim/model"
	"kinesim/sim/des"
)

// KPL are the settings of the Kinesis Producer Library, by its own names.
type KPL struct {
	AggregationEnabled    bool
	AggregationMaxCount   int64
	AggregationMaxSize    model.Bytes
	CollectionMaxCount    int64
	CollectionMaxSize     model.Bytes
	RecordMaxBufferedTime des.Time
	RecordTTL             des.Time
	RateLimit             int64 // percent of what a shard takes
	FailIfThrottled       bool
}

// Packs tells whether user records are put together into fewer Kinesis records.
func (p *Put) Packs() bool { return p.KPL != nil && p.KPL.AggregationEnabled }

// packed is one Kinesis record with the user records that are in it.
type packed struct {
	key        int32 // of a lone record; model.NoKey of an aggregated one
	hash       model.HashKey
	place      int32
	size       uint32   // data and key
	data       uint32   // without the key: what the library reckons with
	users, old int32    // user records in it, and those that arose before warm-up
	arose      des.Time // the oldest of them
	deadline   des.Time // it is not held back longer for company
	first      des.Time // when it was sent first; −1: not yet

	copies    bool // the stream has it, but no answer came in time
	throttled bool // the last answer said that a limit refused it
	rejected  bool // the service's validation refused its call
	told      bool // a story follows a user record in it
}

// reducer collects user records for one predicted shard.
type reducer struct {
	frame   frame
	members []userRecord
	arose   []des.Time
}

// add takes a record in and tells whether the reducer is full by its estimate.
func (r *reducer) add(u userRecord, arose des.Time, k *KPL) (full bool) {
	r.frame.add(&u)
	r.members = append(r.members, u)
	r.arose = append(r.arose, arose)
	size := r.frame.estimate
	if len(r.members) == 1 { // goes without a frame, if it goes alone
		size = int(u.data)
	}
	return size >= int(k.AggregationMaxSize) || int64(len(r.members)) >= k.AggregationMaxCount || !k.AggregationEnabled
}

// flush packs what the reducer holds. Where the exact size passes the limit, the
// last records stay behind for the next one.
func (r *reducer) flush(k *KPL, warmup des.Time) packed {
	n := len(r.members)
	for n > 1 && r.frame.exact > int(k.AggregationMaxSize) {
		n--
		r.frame.remove(&r.members[n])
	}
	first := &r.members[0]
	p := packed{key: first.key, hash: first.hash, place: first.place, arose: r.arose[0], deadline: r.arose[0] + k.RecordMaxBufferedTime, first: -1}
	p.users = int32(n)
	for i, at := range r.arose[:n] {
		if at < warmup {
			p.old++
		}
		p.told = p.told || r.members[i].told
	}
	if n == 1 { // a lone record goes as it is
		p.data = first.data
		p.size = p.data + uint32(first.keySize)
	} else {
		p.key, p.data = model.NoKey, uint32(r.frame.exact)
		p.size = p.data + aggregatedKey
	}
	rest, times := r.members[n:], r.arose[n:]
	r.frame.reset()
	r.members = append(r.members[:0], rest...)
	r.arose = append(r.arose[:0], times...)
	for i := range r.members {
		r.members[i].fresh = false
		r.frame.add(&r.members[i])
	}
	return p
}

// The library's own limit of what it sends to a shard: two buckets, which start
// empty and are looked at in steps. It knows the limits of a shard by heart and does
// not ask the service for them.
const (
	drainEvery     = des.Time(25e6)
	expireEvery    = 40           // steps between two looks for what has outlived its time: a second
	limiterRecords = 1_000        // a second at 100 %, and the most that is saved up
	limiterRate    = 1 << 20      // bytes a second at 100 %
	limiterBytes   = 10 * 1 << 20 // the most that is saved up: the shard's reserve
	flushShard     = 256 << 10    // bytes for one shard that send a collection on its way
	billionth      = 1_000_000_000
)

// limiter holds back the records for one shard.
type limiter struct {
	queue          []packed
	records, bytes int64 // levels in billionths
	since          des.Time
}

// refill brings the levels up to now, at so many percent of what a shard takes.
func (l *limiter) refill(now des.Time, percent int64) {
	dt := int64(now - l.since)
	l.since = now
	l.records = risen(l.records, dt, limiterRecords*percent/100, limiterRecords*billionth)
	l.bytes = risen(l.bytes, dt, limiterRate*percent/100, limiterBytes*billionth)
}

// risen is a level after dt nanoseconds at so much a nanosecond. What is idle for
// long is full, which is asked first, as the product may pass 63 bits.
func risen(level, dt, rate, full int64) int64 {
	if dt > (full-level)/rate {
		return full
	}
	return level + dt*rate
}

// pass takes tokens for a record, if there are enough.
func (l *limiter) pass(size uint32) bool {
	need := int64(size) * billionth
	if l.records < billionth || l.bytes < need {
		return false
	}
	l.records -= billionth
	l.bytes -= need
	return true
}
