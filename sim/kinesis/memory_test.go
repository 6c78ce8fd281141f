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
	return used, len(s.free.chunks)
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
