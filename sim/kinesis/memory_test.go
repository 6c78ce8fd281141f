package kinesis

import (
	"reflect"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// chunks are those that a stream holds, in use and free.
func chunks(s *Stream) (used, free int) {
	for i := range s.shards {
		used += len(s.shards[i].log.chunks)
	}
	return used, len(s.groups[0].free.chunks)
}

// TestMemoryIsBounded: what is held hangs on how far the readers are behind, or on
// the retention if nobody reads, and not on the length of the run.
func TestMemoryIsBounded(t *testing.T) {
	const behind = 1000 // rows
	for _, readers := range []int{0, 2} {
		s := New(Config{
			Limits: model.AWS2026(), Shards: model.EvenShards(1), Retention: behind * time.Millisecond, MaxRecordSize: model.DefaultMaxRecord,
		})
		for range readers {
			s.AddReader()
		}
		b := &Batch{Key: []int32{model.NoKey}, Hash: make([]model.HashKey, 1), Size: []uint32{100}, Arose: make([]des.Time, 1)}
		for i := range int64(200_000) {
			now := des.Time(i) * 1e6
			if b.Arose[0] = now; s.Put(now, b).Accepted != 1 {
				t.Fatal("refused")
			}
			for reader := range readers {
				s.Release(reader, 0, max(0, i+1-behind))
			}
			if readers == 0 {
				s.Expire(now, 0)
			}
			if used, free := chunks(s); used > behind/chunkRows+2 || used+free > behind/chunkRows+3 {
				t.Fatalf("%d readers, after %d records: %d chunks in use, %d free", readers, i, used, free)
			}
		}
		if m := s.Meter(0); m.IncomingRecords != 200_000 || m.IncomingBytes != 20_000_000 {
			t.Errorf("%d readers: %+v", readers, m)
		}
	}
}

// TestRowIsSmall: a row has 16 bytes, since a run may keep hundreds of millions.
func TestRowIsSmall(t *testing.T) {
	if got := reflect.TypeFor[Row]().Size(); got != 16 {
		t.Errorf("a row has %d bytes", got)
	}
}

// TestFreeChunksComeBack: a chunk that a log has given back is the next one taken,
// and starts at the bytes of the log that takes it.
func TestFreeChunksComeBack(t *testing.T) {
	var free freeList
	var a, b log
	for i := range des.Time(2 * chunkRows) {
		a.append(i, 0, 1000, &free)
	}
	old := a.chunks[0]
	a.drop(chunkRows+3, &free)
	for i := range des.Time(3) {
		b.append(i, 0, 7, &free)
	}
	if b.chunks[0] != old || len(free.chunks) != 0 {
		t.Errorf("the chunk is not taken again; %d are free", len(free.chunks))
	}
	if got := b.bytesBefore(2); got != 14 || a.bytesBefore(chunkRows+4) != 1000*(chunkRows+4) {
		t.Errorf("%d bytes before row 2, %d in the other log", got, a.bytesBefore(chunkRows+4))
	}
}

// late is a stream of one shard with a reader, and a call that writes a record and
// lets the reader go on to the records that came so much before.
func late(exact int64, behind int64) (*Stream, func()) {
	limits := model.AWS2026()
	limits.ReadCallsPerSecond, limits.ReadBurstCalls = 1e6, 1e6
	s := New(Config{
		Limits: limits, Shards: model.EvenShards(1), Retention: 24 * time.Hour, MaxRecordSize: model.DefaultMaxRecord, ExactRows: exact,
	})
	s.AddReader()
	b := &Batch{Key: []int32{model.NoKey}, Hash: make([]model.HashKey, 1), Size: []uint32{100}, Arose: make([]des.Time, 1)}
	now, read := des.Time(0), int64(0)
	return s, func() {
		now += 5e6
		b.Arose[0] = now
		s.Put(now, b)
		if s.End(0)-read >= behind+1000 {
			r := s.Get(now, 0, read, 1000, now)
			s.Walk(0, r.From, r.To, func([]Row) {})
			read = r.To
			s.Release(0, 0, read)
		}
	}
}

// TestFoldingBoundsMemory: a reader that is always two hours behind costs a lot a
// second; what it lets go of is used again, and in the end nothing is allocated.
func TestFoldingBoundsMemory(t *testing.T) {
	const exact, behind = 20_000, 2 * 3600 * 200 // rows
	s, step := late(exact, behind)
	for range 3 * behind {
		step()
	}
	used, free := chunks(s)
	if most := exact*5/4/chunkRows + 2; used+free > most {
		t.Errorf("%d chunks in use, %d free, want %d at the most", used, free, most)
	}
	lots := s.shards[0].log.lots
	if n, seconds := lots.next-lots.first, int64(behind/200); n < seconds-100 || n > seconds*11/10 {
		t.Errorf("%d lots for %d s", n, seconds)
	}
	if n := int64(len(lots.blocks) + len(s.groups[0].free.blocks)); n > (lots.next-lots.first)/blockLots*11/10+3 {
		t.Errorf("%d blocks for %d lots", n, lots.next-lots.first)
	}
	if got, within := s.Folded(); got < s.End(0)-behind-2000 || got > s.End(0)-behind || within != time.Second {
		t.Errorf("%d rows were read from lots, good to ±%v; want %d", got, within, s.End(0)-behind)
	}
	if n := testing.AllocsPerRun(100_000, step); n != 0 {
		t.Errorf("%v allocations for a record", n)
	}
}

// TestNothingIsFoldedAtTheTip: who is less than a minute behind reads rows as they
// came, however few may be kept.
func TestNothingIsFoldedAtTheTip(t *testing.T) {
	s, step := late(1, 50*200)
	for range 100_000 {
		step()
	}
	if n, _ := s.Folded(); n != 0 || s.shards[0].log.lots.next != 0 {
		t.Errorf("%d rows were read from %d lots", n, s.shards[0].log.lots.next)
	}
	if s.foldAbove < s.groups[0].free.used {
		t.Errorf("every call looks for something to fold: with more than %d chunks, of %d", s.foldAbove, s.groups[0].free.used)
	}
}

// TestFoldingWithoutReaders: what nobody will read costs lots until its retention
// ends, and no longer.
func TestFoldingWithoutReaders(t *testing.T) {
	s := New(Config{
		Limits: model.AWS2026(), Shards: model.EvenShards(1), Retention: time.Hour, MaxRecordSize: model.DefaultMaxRecord, ExactRows: 1000,
	})
	b := &Batch{Key: []int32{model.NoKey}, Hash: make([]model.HashKey, 1), Size: []uint32{100}, Arose: make([]des.Time, 1)}
	for i := range des.Time(24 * 3600 * 10) {
		s.Put(i*100e6, b)
	}
	l := s.shards[0].log
	if used, _ := chunks(s); used > 10 || l.lots.next-l.lots.first > 4000 {
		t.Errorf("%d chunks and %d lots for an hour", used, l.lots.next-l.lots.first)
	}
}

// TestReadersThatNeverComeBack leave nothing behind.
func TestReadersThatNeverComeBack(t *testing.T) {
	s, step := late(1000, 0)
	for range 100_000 {
		step()
		if r := s.Get(des.Time(s.End(0))*5e6, 0, s.End(0)-1, 1, 0); r.Refused != NoLimit {
			t.Fatalf("refused by limit %d", r.Refused)
		}
	}
	if n := len(s.shards[0].log.seams); n > 10 {
		t.Errorf("%d rows are remembered, from which someone may read on", n)
	}
}

// TestLotsAreJoined: when there are too many lots they last longer. A reader that
// then reads two hours of them gets every byte, and instants that are off by no more.
func TestLotsAreJoined(t *testing.T) {
	s, step := late(1000, 1<<40)
	most := int64(512 / blockLots)
	s.mostLots = most
	for range 2 * 3600 * 200 {
		step()
	}
	lots, end := s.shards[0].log.lots, s.End(0)
	if n := int64(len(lots.blocks)); n > most || n < most/2 || s.width != 32e9 {
		t.Errorf("%d blocks of lots of %v for %d rows", n, time.Duration(s.width), end)
	}
	bytes, now := int64(0), des.Time(3*24*3600e9)
	for row := int64(0); row < end; now += 1e9 {
		r := s.Get(now, 0, row, 10_000, now)
		for i := range r.To - row {
			if off := s.AcceptedAt(0, row+i) - des.Time(row+i+1)*5e6; off < -s.width || off > s.width {
				t.Fatalf("row %d is %v off", row+i, time.Duration(off))
			}
		}
		row, bytes = r.To, bytes+int64(r.Bytes)
	}
	if n, within := s.Folded(); bytes != end*100 || n != lots.row || within != time.Duration(s.width) {
		t.Errorf("%d bytes of %d rows, %d from lots, good to ±%v", bytes, end, n, within)
	}
}

// TestLotIsSmall: a lot has lotBytes, since a run may keep millions.
func TestLotIsSmall(t *testing.T) {
	if got := reflect.TypeFor[lot]().Size(); got != lotBytes {
		t.Errorf("a lot has %d bytes", got)
	}
}

// TestShardsAreAligned: the shards lie in one slice, so each begins with a line of
// the cache if its size is a multiple of one.
func TestShardsAreAligned(t *testing.T) {
	if size := reflect.TypeFor[shard]().Size(); size%64 != 0 {
		t.Errorf("a shard has %d bytes", size)
	}
}

// TestFirstsAreInTheMean: records that are made up of a lot, and lots that are joined, lag as all do
// in the mean, the first ones of calls with them.
func TestFirstsAreInTheMean(t *testing.T) {
	s := New(Config{
		Limits: model.AWS2026(), Shards: model.EvenShards(1), Retention: model.MinRetention, MaxRecordSize: model.DefaultMaxRecord,
		Coarse: des.Time(time.Second),
	})
	s.AddReader()
	s.mostLots = 1
	lags := Lags{Mean: PackLag(50 * time.Millisecond), Wide: PackLag(100 * time.Millisecond), Firsts: 0.5}
	for i := range des.Time(2 * blockLots) {
		s.Append(0, i*1e9, (i+1)*1e9, Load{Records: 10, Bytes: 1_000}, lags)
	}
	for _, what := range []string{"kept", "joined"} {
		s.Walk(0, 0, s.End(0), func(rows []Row) {
			for _, r := range rows {
				if lag := r.Lag.Duration(); lag < 74*time.Millisecond || lag > 76*time.Millisecond {
					t.Fatalf("a record of lots as they are %s lags by %v, want 75ms", what, lag)
				}
			}
		})
		lots := s.shards[0].log.lots.next
		if s.Thin(); what == "kept" && s.shards[0].log.lots.next >= lots {
			t.Errorf("%d lots, and %d before they were joined", s.shards[0].log.lots.next, lots)
		}
	}
}
