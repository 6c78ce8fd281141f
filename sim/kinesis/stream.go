package kinesis

import (
	"fmt"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// Config is what a stream is made with.
type Config struct {
	Limits        model.Limits
	Shards        model.ShardMap
	Mode          Mode
	Retention     time.Duration
	MaxRecordSize model.Bytes // data and key
	Spread        bool        // record distribution AUTO: shards take turns, whatever the keys
	ExactRows     int64       // how many are kept one by one before any is folded; 0: the constant ExactRows
	Coarse        des.Time    // records come in lots that last so long at the most, by Admit and Append; 0: one by one, by Put
	Groups        int         // in which shards are, as Group says; 0: one
}

// Stream is a data stream. It is made by New, and its calls must come in the
// order of time.
type Stream struct {
	limits    model.Limits
	retention time.Duration
	maxRecord model.Bytes
	shards    []shard // by place: those of the start in the order of their ranges, then children as they come
	open      model.ShardMap
	order     []int32 // places of the open shards, in the order of their ranges
	control   control
	keySets   []*KeySet
	keys      []keyColumn // by place; nil unless a reader wants them
	readers   int

	writeRecords, writeBytes bucket
	bucket                   bool     // writes are limited by buckets, and not by windows
	oversizes                bool     // see oversize
	epoch                    des.Time // what the write levels of all shards are as of, if buckets refill and records come one by one
	stride                   des.Time // as far as the epoch may lie back, so that levels fit 63 bits: 73 minutes at 1 MiB a second
	last                     des.Time // when the last put was
	readCalls, readBytes     bucket
	fanout                   bucket
	groups                   []group
	exactChunks, foldAbove   int64          // chunks that may be kept before the first fold, and before the next
	width                    des.Time       // how long new lots may last
	sharp                    des.Time       // lots of this width are as they came, and blur nothing
	mostLots                 int64          // blocks of them that may be kept before all are joined
	scratch                  [chunkRows]Row // of Walk
	units                    int64          // of PayloadUnits, in bytes
	result                   PutResult
	largest                  uint32 // record of the batch
	touched                  int64  // means nothing, but that what was read ahead was read

	spread    bool
	turn      int   // of the shards, if they take turns
	scattered int64 // records whose key's record before went to another shard
	kibs      bool  // sizes are also counted in whole KiB, which on-demand streams are billed by
}

// shard is one shard: the levels of its buckets, its meter and its records. What a
// write touches of it comes first and fits a cache line of 64 bytes, which the size
// of the whole is a multiple of.
type shard struct {
	refilled       des.Time // what the two levels are as of: the stream's epoch, or when they were brought up to date
	records, bytes int64    // levels of the write buckets, in billionths of a token
	watched        bool     // a reader wants to know of the next record
	crowded        bool     // calls were refused the last time, or limits cut answers
	log            log      // of which newest, next, bytes and base end the line
	refused        int64    // records
	refusedBytes   model.Bytes
	extraUnits     int64 // payload units of accepted records beyond one each
	kib            int64 // of accepted records, each rounded up; only if the stream counts them
	refusedReads   int64 // calls

	asked     des.Time     // when GetRecords was called last, which the next two are as of
	calls     int64        // what is missing of its calls, which are never overdrawn
	read      int64        // what is missing of bytes for classic readers, which may be
	closed    des.Time     // GetRecords is refused until then, after a full read
	iterators debtBucket   // GetShardIterator calls; never overdrawn
	cursors   []int64      // by reader: rows before it are no longer wanted
	subs      []debtBucket // by reader: bytes of enhanced fan-out
	model.Shard

	ended             des.Time // it takes writes until then; des.Forever while it is open
	parents, children []int    // places
	group             *group
	_                 [16]byte // up to whole lines
}

// group is what shards share that take nothing of each other otherwise: those of
// different groups may be written and read at the same time, but for Put.
type group struct {
	free      freeList
	late      int64    // rows that reads were given from lots
	blur      des.Time // width when the last of them were read
	slabs     Slabs
	readings  []reading  // scratch of judgeAll
	iterators []Iterator // scratch of answerFreely
	_         [64]byte   // keeps neighbours out of each other's cache lines
}

// neighbours is how many shards that lie together are in one group, so that few cache
// lines belong to several.
const neighbours = 16

// Groups is the number of groups that shards are in.
func (s *Stream) Groups() int { return len(s.groups) }

// Group is the number of the group of the shard at a place, whether it is there yet or not.
func (s *Stream) Group(place int) int { return place / neighbours % len(s.groups) }

// New makes a stream with full buckets and no records.
func New(c Config) *Stream {
	l := c.Limits
	s := &Stream{
		limits: l, retention: c.Retention, maxRecord: c.MaxRecordSize, open: c.Shards,
		writeRecords: newBucket(l.WriteBurstRecords, l.WriteRecordsPerSecond),
		writeBytes:   newBucket(int64(l.WriteBurst(c.MaxRecordSize)), int64(l.WriteBytesPerSecond)),
		readCalls:    newBucket(l.ReadBurstCalls, l.ReadCallsPerSecond),
		readBytes:    newBucket(int64(l.ReadBurstBytes), int64(l.ReadBytesPerSecond)),
		fanout:       newBucket(int64(l.EFOBurstBytes), int64(l.EFOBytesPerSecond)),
		units:        int64(l.PutPayloadUnit),
	}
	s.bucket = l.WriteWindow == model.Bucket
	if l.WriteWindow == model.FixedS1 { // the window's quota is the rate
		s.writeRecords = newBucket(l.WriteRecordsPerSecond, l.WriteRecordsPerSecond)
		s.writeBytes = newBucket(int64(l.WriteBytesPerSecond), int64(l.WriteBytesPerSecond))
	}
	s.oversizes = l.WriteWindow == model.FixedS1 && s.maxRecord > model.DefaultMaxRecord
	s.stride = des.Time(1 << 62 / max(s.writeRecords.rate, s.writeBytes.rate))
	if c.ExactRows == 0 {
		c.ExactRows = ExactRows
	}
	s.exactChunks = c.ExactRows / chunkRows
	s.foldAbove, s.width, s.mostLots = s.exactChunks, narrow, mostLots
	if c.Coarse > 0 {
		s.width, s.sharp = c.Coarse, c.Coarse
	}
	s.spread, s.kibs = c.Spread, c.Mode == OnDemand
	s.control = control{mode: c.Mode, next: c.Shards.NextID()}
	s.groups = make([]group, max(1, c.Groups))
	s.shards = make([]shard, 0, c.Shards.Len())
	for i := range c.Shards.Len() {
		s.shards = append(s.shards, s.newShard(c.Shards.At(i), i))
		s.order = append(s.order, int32(i))
	}
	return s
}

// newShard is a shard with full buckets, for a place.
func (s *Stream) newShard(m model.Shard, place int) shard {
	l := &s.limits
	return shard{
		Shard: m, ended: des.Forever, group: &s.groups[s.Group(place)],
		records: s.writeRecords.full, bytes: s.writeBytes.full,
		iterators: newDebtBucket(l.IteratorCallsPerSecond, l.IteratorCallsPerSecond),
	}
}

// coarse tells whether records come in lots.
func (s *Stream) coarse() bool { return s.sharp > 0 }

// Shards is the number of shards that there ever were. They are told apart by their
// place, 0 … n−1: those of the start in the order of their hash key ranges, then
// children as they come.
func (s *Stream) Shards() int { return len(s.shards) }

// Shard is the shard at place i.
func (s *Stream) Shard(i int) model.Shard { return s.shards[i].Shard }

// Meter is what the shard at place i has counted.
func (s *Stream) Meter(i int) Meter {
	sh := &s.shards[i]
	return Meter{
		IncomingRecords: sh.log.next, IncomingBytes: model.Bytes(sh.log.bytes),
		ThrottledRecords: sh.refused, ThrottledBytes: sh.refusedBytes,
		ReadThrottled: sh.refusedReads, PayloadUnits: sh.log.next + sh.extraUnits, KiB: sh.kib,
	}
}

// Room is how many bytes the shard at place i would take right after the last put to
// the stream.
func (s *Stream) Room(i int) model.Bytes {
	_, gained := s.gained(s.last)
	return model.Bytes(min(s.writeBytes.full, s.shards[i].bytes+gained) / token)
}

// SequenceNumber is the sequence number of a shard's row.
func (s *Stream) SequenceNumber(i int, row int64) string {
	return model.SequenceNumber(s.shards[i].ID, row)
}

// KeySet is a set of partition keys whose places in the shard map the stream
// remembers, so that MD5 and the search are done once for a key and not for each
// record.
type KeySet struct {
	hashes []model.HashKey
	rows   []KeyRow
	last   []int32 // place of the key's last record and 1; only of streams that spread records
}

// KeyRow is what each record under a key wants of it. The two lie together as one of a
// million keys is in no cache: one read brings both.
type KeyRow struct {
	place int32  // of its shard
	Count uint16 // of whoever writes under the key; the stream does not look at it
}

// Rows are the rows of all keys, by their numbers; good until a key is added.
func (k *KeySet) Rows() []KeyRow { return k.rows }

// Place is the place of the shard that owns key number i.
func (k *KeySet) Place(i int) int { return int(k.rows[i].place) }

// Hash is the hash key of key number i.
func (k *KeySet) Hash(i int) model.HashKey { return k.hashes[i] }

// Keys makes a key set of hash keys.
func (s *Stream) Keys(hashes []model.HashKey) *KeySet {
	k := &KeySet{hashes: hashes, rows: make([]KeyRow, len(hashes))}
	for i, h := range hashes {
		k.rows[i].place = s.find(h)
	}
	s.keySets = append(s.keySets, k)
	return k
}

// AddKey adds a hash key to a key set, with the next number.
func (s *Stream) AddKey(k *KeySet, hash model.HashKey) {
	k.hashes = append(k.hashes, hash)
	k.rows = append(k.rows, KeyRow{place: s.find(hash)})
}

// AddReader announces a reader, whose number it returns. From then on the stream
// keeps every record until each reader has let go of it, or its retention ends.
// All readers must be announced before the first record.
func (s *Stream) AddReader() int {
	for i := range s.shards {
		sh := &s.shards[i]
		if sh.log.next > 0 {
			panic(fmt.Sprintf("kinesis: reader announced after %d records", sh.log.next))
		}
		s.addReader(sh)
	}
	s.readers++
	return s.readers - 1
}

// addReader makes a place for one more reader of a shard.
func (s *Stream) addReader(sh *shard) {
	sh.cursors = append(sh.cursors, 0)
	sh.subs = append(sh.subs, debtBucket{bucket: s.fanout, level: s.fanout.full})
}

// Release says that a reader wants no row before row of the shard any more.
func (s *Stream) Release(reader, place int, row int64) {
	sh := &s.shards[place]
	sh.cursors[reader] = row
	for _, c := range sh.cursors {
		row = min(row, c)
	}
	if l := &sh.log; uint64(row)/chunkRows > uint64(l.first)/chunkRows || row == l.next {
		l.drop(row, &sh.group.free)
		if s.keys != nil {
			s.keys[place].drop(row)
		}
	}
}

// Expire takes the records of a shard that are older than the retention out of
// the stream, and returns the first row that is left. No later read returns
// them, but a reader that has been answered with some may still walk them until
// it lets go of them.
func (s *Stream) Expire(now des.Time, place int) int64 {
	l := &s.shards[place].log
	if now >= l.keeps {
		s.expire(now, &s.shards[place])
	}
	return max(l.expired, l.first)
}

// Keeps is the instant before which nothing more expires of what has come to a shard; 0: that
// is not known.
func (s *Stream) Keeps(place int) des.Time { return s.shards[place].log.keeps }

// expire is Expire where something may have expired.
func (s *Stream) expire(now des.Time, sh *shard) {
	l := &sh.log
	l.expired = max(l.expired, l.first)
	if horizon := now - des.Time(s.retention); horizon >= 0 {
		l.expired = l.search(l.expired, func(row int64) bool { return l.acceptedAt(row) > horizon })
	}
	if s.readers == 0 {
		l.drop(l.expired, &sh.group.free)
	}
	l.keeps = 0 // rows that are yet to be added may come before now, if the shard is a child that is played after its parents
	if l.expired < l.next {
		l.keeps = l.acceptedAt(l.expired).Add(s.retention)
	}
}

// SetRetention changes how long records are kept. What a longer retention finds
// gone stays gone; what a shorter one ends for is gone at once.
func (s *Stream) SetRetention(now des.Time, d time.Duration) {
	for i := range s.shards {
		s.Expire(now, i)
		s.shards[i].log.keeps = 0
	}
	s.retention = d
}

// Retention is how long records are kept.
func (s *Stream) Retention() time.Duration { return s.retention }

// Since is the first row of a shard that is kept and was accepted at or after t,
// else the next row.
func (s *Stream) Since(place int, t des.Time) int64 {
	l := &s.shards[place].log
	return l.search(l.first, func(row int64) bool { return l.acceptedAt(row) >= t })
}

// BytesOf is how many bytes the rows [from, to) of a shard have, which must still
// be kept.
func (s *Stream) BytesOf(place int, from, to int64) int64 {
	l := &s.shards[place].log
	return l.bytesBeforeOr(to) - l.bytesBeforeOr(from)
}

// Empty tells whether every reader has let go of all records of the shard.
func (s *Stream) Empty(place int) bool {
	l := &s.shards[place].log
	return s.readers == 0 || l.first == l.next
}

// End is the number of the next record of the shard: how many it has accepted.
func (s *Stream) End(place int) int64 { return s.shards[place].log.next }

// AcceptedAt is when a row was accepted, which must still be kept.
func (s *Stream) AcceptedAt(place int, row int64) des.Time {
	return s.shards[place].log.acceptedAt(row)
}

// Walk calls f for the rows [from, to) of a shard, piece by piece in order. They
// must still be kept. A piece is good until f returns, and f must not call Walk.
func (s *Stream) Walk(place int, from, to int64, f func([]Row)) {
	walk(s, place, from, to, f, (*Stream).piece)
}

// walk has piece as a parameter since the compiler then inlines Walk, and with it
// f, where it is called; else what f adds up would be in memory and not in
// registers, which costs 1.5 ns for each row and reader.
func walk(s *Stream, place int, from, to int64, f func([]Row), piece func(s *Stream, place int, from, to int64) []Row) {
	for from < to {
		rows := piece(s, place, from, to)
		f(rows)
		from += int64(len(rows))
	}
}

// piece is the rows [from, to), or the first of them.
func (s *Stream) piece(place int, from, to int64) []Row {
	l := &s.shards[place].log
	if from%chunkRows != 0 && from >= l.lots.row { // the first piece of nearly every walk, and no other
		s.reach(l, from, to)
	}
	return l.piece(from, to, &s.scratch)
}

// reach reads a word of each further chunk of a walk ahead. The reads do not depend on
// each other, so the processor waits for all at once and not for each as the walk comes
// to it: 3 ns a record where thousands of shards are read by two consumers.
func (s *Stream) reach(l *log, from, to int64) {
	for row := (from/chunkRows + 1) * chunkRows; row < to; row += chunkRows {
		if c := l.chunk(row); c.rows != nil {
			s.touched += int64(c.rows[0].At)
		}
	}
}
