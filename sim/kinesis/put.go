package kinesis

import (
	"kinesim/model"
	"kinesim/sim/des"
)

// Batch is the records of one PutRecord or PutRecords call, in columns.
type Batch struct {
	Single bool            // PutRecord
	Keys   *KeySet         // what Key counts in
	Key    []int32         // number of the key, or model.NoKey
	Hash   []model.HashKey // used where Key is model.NoKey; may be nil if it never is
	Size   []uint32        // data and key
	Arose  []des.Time      // when the producer had the record
	Packed bool            // what has no number was packed by the KPL, under one key (a lone record of a key that is used once counts as packed)
}

// Len is the number of records.
func (b *Batch) Len() int { return len(b.Size) }

// Limit is what refused a record or a call.
type Limit uint8

// The limits of a shard.
const (
	NoLimit    Limit = iota
	ByRecords        // records a second
	ByBytes          // bytes a second
	ByCalls          // GetRecords calls a second
	ByFullRead       // the pause after a read of the largest size
	ByFault          // no limit, but a failure of the service; the stream itself never answers so
)

// Rejection is why the service's validation refuses a whole call, with the name
// of its error.
type Rejection string

// The rejections. AWS documents the errors but not, since records of 10 MiB, all
// of their texts.
const (
	Valid           Rejection = ""
	TooManyRecords  Rejection = "ValidationException: more records than a PutRecords call may hold"
	NoRecords       Rejection = "ValidationException: a PutRecords call needs a record"
	RequestTooLarge Rejection = "InvalidArgumentException: the records exceed the size limit of a PutRecords call"
	RecordTooLarge  Rejection = "ValidationException: a record exceeds the stream's maximum record size"
)

// Refusal is one record that a limit refused.
type Refusal struct {
	Index int32 // in the batch
	Limit Limit
}

// PutResult is the answer to a put. It is good until the next put.
type PutResult struct {
	Rejected Rejection   // nothing was written
	Bytes    model.Bytes // of the whole batch
	Accepted int
	Refused  []Refusal // in the order of the batch
	Place    []int32   // of the shard of each record
	Woken    []int32   // places of watched shards that got a record
}

// Put writes a batch at now. Records are judged one by one in the order of the
// batch: a record passes only if both buckets of its shard hold enough, and a
// refused one takes nothing.
func (s *Stream) Put(now des.Time, b *Batch) *PutResult {
	r := &s.result
	r.Accepted, r.Refused, r.Woken = 0, r.Refused[:0], r.Woken[:0]
	if r.Rejected = s.validate(b); r.Rejected != Valid {
		return r
	}
	s.route(b)
	if len(s.shards) > farShards {
		s.touch()
	}
	s.admit(now, b)
	if s.keys != nil {
		s.noteKeys(b)
	}
	if s.spread {
		s.scatter(b)
	}
	r.Accepted = b.Len() - len(r.Refused)
	if s.free.used > s.foldAbove {
		s.fold(now)
	}
	return r
}

// validate is what the service checks before it looks at any shard. One record
// that is too large makes it refuse a whole PutRecords call (boto3 issue 1147).
func (s *Stream) validate(b *Batch) Rejection {
	total, largest := model.Bytes(0), uint32(0)
	for _, size := range b.Size {
		total += model.Bytes(size)
		largest = max(largest, size)
	}
	s.result.Bytes = total
	switch {
	case model.Bytes(largest) > s.maxRecord:
		return RecordTooLarge
	case b.Single:
		return Valid
	case b.Len() == 0:
		return NoRecords
	case int64(b.Len()) > s.limits.PutRecordsRecords:
		return TooManyRecords
	case total > s.limits.PutRecordsBytes:
		return RequestTooLarge
	}
	return Valid
}

// route finds the shard of each record.
func (s *Stream) route(b *Batch) {
	r := &s.result
	if cap(r.Place) < b.Len() {
		r.Place = make([]int32, max(b.Len(), 512))
	}
	r.Place = r.Place[:b.Len()]
	if s.spread {
		for i := range r.Place {
			r.Place[i] = s.inTurn(i)
		}
		s.turn = (s.turn + b.Len()) % len(s.order)
		return
	}
	for i, key := range b.Key {
		if key == model.NoKey {
			r.Place[i] = s.find(b.Hash[i])
		} else {
			r.Place[i] = b.Keys.place[key]
		}
	}
}

// inTurn is the place of the shard whose turn it is for record i of a batch.
func (s *Stream) inTurn(i int) int32 { return s.order[(s.turn+i)%len(s.order)] }

// scatter counts the accepted records of a batch whose key's record before went to
// another shard: nobody can read those two in their order.
func (s *Stream) scatter(b *Batch) {
	next := 0
	for i, place := range s.result.Place {
		if next < len(s.result.Refused) && int(s.result.Refused[next].Index) == i {
			next++
			continue
		}
		key := b.Key[i]
		if key == model.NoKey {
			continue
		}
		for len(b.Keys.last) <= int(key) {
			b.Keys.last = append(b.Keys.last, make([]int32, len(b.Keys.place)-len(b.Keys.last))...)
		}
		if was := &b.Keys.last[key]; *was != place+1 {
			if *was != 0 {
				s.scattered++
			}
			*was = place + 1
		}
	}
}

// Scattered is how many records were accepted whose key's record before went to another
// shard, in a stream that spreads them.
func (s *Stream) Scattered() int64 { return s.scattered }

// Spreads tells whether keys do not say where a record goes.
func (s *Stream) Spreads() bool { return s.spread }

// Place is the place of the shard that record i of a batch goes to.
func (s *Stream) Place(b *Batch, i int) int {
	if s.spread {
		return int(s.inTurn(i))
	}
	if key := b.Key[i]; key != model.NoKey {
		return int(b.Keys.place[key])
	}
	return int(s.find(b.Hash[i]))
}

// admit takes the tokens for each record from its shard and stores it, or says
// which limit refuses it. This is the hot loop: what it touches of a shard lies
// together, and nothing is counted that can be derived.
func (s *Stream) admit(now des.Time, b *Batch) {
	r := &s.result
	places := r.Place
	sizes, arose := b.Size[:len(places)], b.Arose[:len(places)]
	step := int64(1) // what a record's size is rounded up to for its bucket
	if b.Single {
		step = max(step, int64(s.limits.PutRecordRounding))
	}
	records, bytes, quick := s.writeRecords, s.writeBytes, s.quick
	for i, place := range places {
		sh, size := &s.shards[place], sizes[i]
		if dt := int64(now - sh.refilled); dt < quick { // often 0, but to refill by nothing is cheaper than to ask
			sh.records = min(records.full, sh.records+dt*records.rate)
			sh.bytes = min(bytes.full, sh.bytes+dt*bytes.rate)
		} else {
			s.refill(sh, now)
		}
		sh.refilled = now
		need := int64(size) * token
		if step > 1 {
			need = (int64(size) + step - 1) / step * step * token
		}
		if sh.records < token || sh.bytes < need && !s.oversize(sh, need) {
			s.refuse(sh, int32(i), size)
			continue
		}
		sh.records -= token
		sh.bytes -= need
		if int64(size) > s.units {
			sh.extraUnits += (int64(size) - 1) / s.units
		}
		if s.kibs {
			sh.kib += (int64(size) + 1023) >> 10
		}
		lag := now.Sub(arose[i])
		packed := Lag(lag)
		if lag >= 1<<lagBits {
			packed = PackLag(lag)
		}
		sh.log.append(now, packed, size, &s.free)
		if sh.watched {
			sh.watched = false
			r.Woken = append(r.Woken, place)
		}
	}
}

// farShards is how many shards leave the second-level cache no room: what a write
// touches of them is 128 bytes each.
const farShards = 2048

// touch reads a word of each cache line that admit is about to write, one loop for
// the shards and one for the tails of their logs. The reads of a loop do not depend
// on each other, so the processor waits for many at once; in admit each record
// would wait for its own. It takes a third off the put of ten thousand shards.
func (s *Stream) touch() {
	sum := s.touched
	for _, place := range s.result.Place {
		sum += s.shards[place].log.next
	}
	for _, place := range s.result.Place {
		l := &s.shards[place].log
		if rows := l.newest; rows != nil {
			sum += int64(rows[uint(l.next)%chunkRows].At)
		}
	}
	s.touched = sum // else the compiler could leave the reads out
}

// oversize tells whether a record passes though the window's quota can never hold it:
// in a stream of large records with windows of a second it does into one that is
// untouched, and the following pay for it.
func (s *Stream) oversize(sh *shard, need int64) bool {
	return s.limits.WriteWindow == model.FixedS1 && s.maxRecord > model.DefaultMaxRecord && need > s.writeBytes.full && sh.bytes == s.writeBytes.full
}

// refuse counts a refused record. Where both limits refuse it, records it is.
func (s *Stream) refuse(sh *shard, index int32, size uint32) {
	limit := ByBytes
	if sh.records < token {
		limit = ByRecords
	}
	sh.refused++
	sh.refusedBytes += model.Bytes(size)
	s.result.Refused = append(s.result.Refused, Refusal{index, limit})
}

// refill brings the write levels of a shard up to now, by whichever window.
func (s *Stream) refill(sh *shard, now des.Time) {
	if s.limits.WriteWindow == model.FixedS1 {
		if windows := int64(now/des.Time(token) - sh.refilled/des.Time(token)); windows > 0 {
			sh.records = s.writeRecords.full
			if full := s.writeBytes.full; windows > (full-sh.bytes)/full {
				sh.bytes = full
			} else { // still in debt for a large record
				sh.bytes = min(full, sh.bytes+windows*full)
			}
		}
		return
	}
	dt := max(0, int64(now-sh.refilled)) // a lot takes what comes in while it does beforehand
	sh.records = s.writeRecords.refill(sh.records, dt)
	sh.bytes = s.writeBytes.refill(sh.bytes, dt)
}

// Watch asks that the next record of a shard be told in PutResult.Woken.
func (s *Stream) Watch(place int) { s.shards[place].watched = true }
