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
	Faults   int       // of the refused: ByFault
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
	if s.groups[0].free.used > s.foldAbove {
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
	s.result.Bytes, s.largest = total, largest
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
		room := max(b.Len(), 512)
		r.Place, r.Refused = make([]int32, room), make([]Refusal, 0, room)
	}
	r.Place = r.Place[:b.Len()]
	if s.spread {
		for i := range r.Place {
			r.Place[i] = s.inTurn(i)
		}
		s.turn = (s.turn + b.Len()) % len(s.order)
		return
	}
	places, rows := r.Place, []KeyRow(nil)
	if b.Keys != nil {
		rows = b.Keys.rows
	}
	for i, key := range b.Key[:len(places)] {
		if key == model.NoKey {
			places[i] = s.find(b.Hash[i])
		} else {
			places[i] = rows[key].place
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
			b.Keys.last = append(b.Keys.last, make([]int32, len(b.Keys.rows)-len(b.Keys.last))...)
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
		return int(b.Keys.rows[key].place)
	}
	return int(s.find(b.Hash[i]))
}

// admit takes the tokens for each record from its shard and stores it, or says
// which limit refuses it.
func (s *Stream) admit(now des.Time, b *Batch) {
	r := &s.result
	switch {
	case s.limits.WriteWindow == model.FixedS1:
		for _, place := range r.Place {
			s.nextWindow(&s.shards[place], now)
		}
	case now-s.epoch > s.stride:
		s.lift(now)
	}
	s.last = now
	for i := s.take(now, b, 0); i < len(r.Place); i = s.take(now, b, i) {
		sh := &s.shards[r.Place[i]]
		sh.log.open(&s.groups[0].free)
		if sh.watched {
			sh.watched = false
			r.Woken = append(r.Woken, r.Place[i])
		}
	}
	if s.kibs || int64(s.largest) > s.units {
		s.bill(b)
	}
}

// take goes through the records of a batch from one on, to the end or to the first
// whose shard wants something else before it stores another. This is the hot loop: what
// it touches of a shard lies together, nothing is counted that can be derived, and it
// calls nothing, since Go moves all that is in registers to memory and back around a call.
func (s *Stream) take(now des.Time, b *Batch, from int) int {
	r := &s.result
	places, shards := r.Place, s.shards
	sizes, arose := b.Size[:len(places)], b.Arose[:len(places)]
	gainedRecords, gainedBytes := s.gained(now)
	// Levels as of the epoch of a full and of an empty bucket. Against these a shard's are
	// held as they are: to bring them up to now for each record costs 3 ns a record.
	fullRecords, fullBytes := s.writeRecords.full-gainedRecords, s.writeBytes.full-gainedBytes
	emptyRecords, emptyBytes := -gainedRecords, -gainedBytes
	step := int64(1) // what a record's size is rounded up to for its bucket
	if b.Single {
		step = max(step, int64(s.limits.PutRecordRounding))
	}
	for i := from; i < len(places); i++ {
		sh, size := &shards[places[i]], sizes[i]
		need := int64(size) * token
		if step > 1 {
			need = (int64(size) + step - 1) / step * step * token
		}
		records, bytes := min(fullRecords, sh.records)-token, min(fullBytes, sh.bytes)-need
		if records < emptyRecords || bytes < emptyBytes && !s.oversize(bytes, need) {
			limit := ByBytes
			if records < emptyRecords {
				limit = ByRecords
			}
			sh.refused++
			sh.refusedBytes += model.Bytes(size)
			r.Refused = r.Refused[:len(r.Refused)+1]
			r.Refused[len(r.Refused)-1] = Refusal{int32(i), limit}
			continue
		}
		rows := sh.log.newest
		if rows == nil {
			return i
		}
		sh.records, sh.bytes = records, bytes
		lag := now.Sub(arose[i])
		packed := Lag(lag)
		if lag >= 1<<lagBits {
			packed = PackLag(lag)
		}
		sh.log.put(rows, now, packed, size)
	}
	return len(places)
}

// bill counts what a batch costs beyond a payload unit for each record.
func (s *Stream) bill(b *Batch) {
	next := 0
	for i, place := range s.result.Place {
		if next < len(s.result.Refused) && int(s.result.Refused[next].Index) == i {
			next++
			continue
		}
		sh, size := &s.shards[place], int64(b.Size[i])
		sh.extraUnits += (size - 1) / s.units
		if s.kibs {
			sh.kib += (size + 1023) >> 10
		}
	}
}

// farShards is how many shards leave the second-level cache no room: what a write
// touches of them and their logs is 128 bytes each.
const farShards = 2048

// touch reads a word of the line of each shard that admit is about to write. The reads
// do not depend on each other, so the processor waits for many at once; in admit each
// record would wait for its own. The tails of the logs are not read ahead: they are only
// written, which nothing waits for, and to read them costs 6 ns a record.
func (s *Stream) touch() {
	sum := s.touched
	for _, place := range s.result.Place {
		sum += s.shards[place].log.next
	}
	s.touched = sum // else the compiler could leave the reads out
}

// oversize tells whether a record passes though the window's quota can never hold it:
// in a stream of large records with windows of a second it does into one that is
// untouched, and the following pay for it. left is what it leaves of the level.
func (s *Stream) oversize(left, need int64) bool {
	return s.oversizes && need > s.writeBytes.full && left+need == s.writeBytes.full
}

// gained is what the write buckets have gained since the epoch, were they not full.
func (s *Stream) gained(now des.Time) (records, bytes int64) {
	if s.limits.WriteWindow == model.FixedS1 {
		return 0, 0
	}
	dt := int64(now - s.epoch)
	return dt * s.writeRecords.rate, dt * s.writeBytes.rate
}

// lift moves the epoch to now, for all shards of a stream that takes records one by one.
func (s *Stream) lift(now des.Time) {
	if s.coarse() || s.limits.WriteWindow == model.FixedS1 { // whose shards are each as of when they were refilled
		return
	}
	records, bytes := s.gained(s.last)
	idle := int64(now - s.last)
	for i := range s.shards {
		sh := &s.shards[i]
		sh.records = s.writeRecords.refill(min(s.writeRecords.full, sh.records+records), idle)
		sh.bytes = s.writeBytes.refill(min(s.writeBytes.full, sh.bytes+bytes), idle)
		sh.refilled = now
	}
	s.epoch, s.last = now, now
}

// refill brings the write levels of a shard up to now, by whichever window.
func (s *Stream) refill(sh *shard, now des.Time) {
	if s.limits.WriteWindow == model.FixedS1 {
		s.nextWindow(sh, now)
		return
	}
	dt := max(0, int64(now-sh.refilled)) // a lot takes what comes in while it does beforehand
	sh.records = s.writeRecords.refill(sh.records, dt)
	sh.bytes = s.writeBytes.refill(sh.bytes, dt)
}

// nextWindow gives a shard the quota of the window of a second that now is in.
func (s *Stream) nextWindow(sh *shard, now des.Time) {
	if windows := int64(now/des.Time(token) - sh.refilled/des.Time(token)); windows > 0 {
		sh.records = s.writeRecords.full
		if full := s.writeBytes.full; windows > (full-sh.bytes)/full {
			sh.bytes = full
		} else { // still in debt for a large record
			sh.bytes = min(full, sh.bytes+windows*full)
		}
	}
	sh.refilled = now
}

// Watch asks that the next record of a shard be told in PutResult.Woken.
func (s *Stream) Watch(place int) {
	sh := &s.shards[place]
	sh.watched, sh.log.newest = true, nil
}
