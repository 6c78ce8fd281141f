package kinesis_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// stream is a stream of so many even shards under the table's limits.
func stream(shards int, change func(*kinesis.Config)) *kinesis.Stream {
	c := kinesis.Config{Limits: model.AWS2026(), Shards: model.EvenShards(shards), Retention: model.MinRetention, MaxRecordSize: model.DefaultMaxRecord}
	if change != nil {
		change(&c)
	}
	return kinesis.New(c)
}

// TestHotKey: one key at 1,500 records a second has one third refused in the long
// run, whatever the number of shards; 1,000 pass at once at the beginning.
func TestHotKey(t *testing.T) {
	const seconds = 600
	for _, shards := range []int{1, 7, 1000} {
		s := stream(shards, nil)
		b := &kinesis.Batch{Keys: s.Keys([]model.HashKey{model.KeyHash("tenant-1")}), Key: []int32{0}, Size: []uint32{100}, Arose: []des.Time{0}}
		accepted := 0
		for k := range int64(1500 * seconds) {
			now := des.Time(k * int64(time.Second) / 1500)
			b.Arose[0] = now
			accepted += s.Put(now, b).Accepted
		}
		if want := 1000*seconds + 1000; accepted < want-1 || accepted > want {
			t.Errorf("%d shards: %d accepted, want %d", shards, accepted, want)
		}
	}
}

// naive is the write side of a shard in numbers without bound.
type naive struct {
	rates          [4]int64 // records a second, their burst, bytes a second and theirs
	records, bytes *big.Int // levels, in billionths
	last           des.Time
}

// TestPut holds random puts against a naive copy of the rules: both buckets must
// hold enough, and a refused record takes nothing. What a shard meters is what it
// answered.
func TestPut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shards := rapid.IntRange(1, 5).Draw(t, "shards")
		var rates [4]int64
		s := stream(shards, func(c *kinesis.Config) {
			c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = rapid.Int64Range(1, 20).Draw(t, "records"), rapid.Int64Range(1, 20).Draw(t, "burst")
			speed := rapid.SampledFrom([]int64{1000, 4 << 30}).Draw(t, "speed") // at the second, levels fit 63 bits for a second only
			c.Limits.WriteBytesPerSecond, c.Limits.WriteBurstBytes = model.Bytes(speed), model.Bytes(rapid.Int64Range(100, 3000).Draw(t, "bytes"))
			rates = [4]int64{c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords, speed, int64(c.Limits.WriteBurstBytes)}
		})
		hashes := make([]model.HashKey, 8)
		for i := range hashes {
			hashes[i] = model.KeyHash(string(rune('a' + i)))
		}
		keys := s.Keys(hashes)
		oracle := make([]naive, shards)
		for i := range oracle {
			oracle[i] = naive{rates: rates, records: billions(rates[1]), bytes: billions(rates[3])}
		}
		meters := make([]kinesis.Meter, shards)
		now := des.Time(0)
		for range rapid.IntRange(1, 30).Draw(t, "calls") {
			now += des.Time(rapid.Int64Range(0, 2e9).Draw(t, "pause"))
			b := anyBatch(t, keys, len(hashes), now)
			r := s.Put(now, b)
			refused := map[int]bool{}
			for _, f := range r.Refused {
				refused[int(f.Index)] = true
			}
			for i, size := range b.Size {
				place := keys.Place(int(b.Key[i]))
				ok := oracle[place].admit(now, int64(size))
				if ok == refused[i] {
					t.Fatalf("record %d of %d B at %v: refused %v", i, size, time.Duration(now), refused[i])
				}
				m := &meters[place]
				if ok {
					m.IncomingRecords++
					m.IncomingBytes += model.Bytes(size)
					m.PayloadUnits++
				} else {
					m.ThrottledRecords++
					m.ThrottledBytes += model.Bytes(size)
				}
			}
		}
		for i, want := range meters {
			if got := s.Meter(i); got != want {
				t.Fatalf("shard %d meters %+v, want %+v", i, got, want)
			}
		}
	})
}

func billions(n int64) *big.Int { return new(big.Int).Mul(big.NewInt(n), big.NewInt(1e9)) }

func (n *naive) admit(now des.Time, size int64) bool {
	dt := big.NewInt(int64(now - n.last))
	n.last = now
	for i, level := range []*big.Int{n.records, n.bytes} {
		level.Add(level, new(big.Int).Mul(dt, big.NewInt(n.rates[2*i])))
		if full := billions(n.rates[2*i+1]); level.Cmp(full) > 0 {
			level.Set(full)
		}
	}
	if n.records.Cmp(billions(1)) < 0 || n.bytes.Cmp(billions(size)) < 0 {
		return false
	}
	n.records.Sub(n.records, billions(1))
	n.bytes.Sub(n.bytes, billions(size))
	return true
}

func anyBatch(t *rapid.T, keys *kinesis.KeySet, n int, now des.Time) *kinesis.Batch {
	b := &kinesis.Batch{Keys: keys}
	for range rapid.IntRange(1, 20).Draw(t, "records") {
		b.Key = append(b.Key, int32(rapid.IntRange(0, n-1).Draw(t, "key")))
		b.Size = append(b.Size, uint32(rapid.IntRange(1, 400).Draw(t, "size")))
		b.Arose = append(b.Arose, now)
	}
	return b
}

// TestPayloadUnits: a record is billed in whole units of 25 KiB.
func TestPayloadUnits(t *testing.T) {
	for size, want := range map[uint32]int64{
		1: 1, 1024: 1, 25_600: 1, 25_601: 2, 51_200: 2, 51_201: 3, 102_400: 4, 1_000_000: 40, 1_048_576: 41, 10_485_760: 410,
	} {
		s := stream(1, func(c *kinesis.Config) { c.MaxRecordSize = model.LargestMaxRecord })
		b := &kinesis.Batch{Single: true, Key: []int32{model.NoKey}, Hash: make([]model.HashKey, 1), Size: []uint32{size}, Arose: []des.Time{0}}
		if s.Put(0, b); s.Meter(0).PayloadUnits != want {
			t.Errorf("%d B: %d units, want %d", size, s.Meter(0).PayloadUnits, want)
		}
	}
}

// TestSequenceNumbers are unique in the stream and grow within a shard.
func TestSequenceNumbers(t *testing.T) {
	s := stream(100, nil)
	seen := map[string]bool{}
	for shard := range 100 {
		last := new(big.Int)
		for row := int64(0); row < 1e12; row = 3*row + 1 {
			text := s.SequenceNumber(shard, row)
			n, ok := new(big.Int).SetString(text, 10)
			if !ok || n.Cmp(last) <= 0 || seen[text] {
				t.Fatalf("shard %d row %d: %s after %s", shard, row, text, last)
			}
			seen[text], last = true, n
		}
	}
}

// full is a batch of 500 records over 10,000 keys, and a stream that takes it.
func full(shards int) (*kinesis.Stream, *kinesis.Batch) {
	s := stream(shards, func(c *kinesis.Config) {
		c.Limits.WriteRecordsPerSecond, c.Limits.WriteBytesPerSecond = 1e9, 4<<30
	})
	s.AddReader()
	random := rand.New(rand.NewPCG(1, 2))
	hashes := make([]model.HashKey, 10_000)
	for i := range hashes {
		hashes[i] = model.HashKey{Hi: random.Uint64()}
	}
	b := &kinesis.Batch{Keys: s.Keys(hashes)}
	for range 500 {
		b.Key = append(b.Key, int32(random.IntN(len(hashes))))
		b.Size = append(b.Size, 500)
		b.Arose = append(b.Arose, 0)
	}
	return s, b
}

// put writes the batch and lets the reader read all of it.
func put(s *kinesis.Stream, b *kinesis.Batch, now des.Time) int {
	n := s.Put(now, b).Accepted
	for place := range s.Shards() {
		s.Release(0, place, s.End(place))
	}
	return n
}

// TestNoAllocation: in the steady state, writing and reading allocate nothing.
func TestNoAllocation(t *testing.T) {
	s, b := full(64)
	now := des.Time(0)
	step := func() {
		now += des.Time(10 * time.Millisecond)
		if n := put(s, b, now); n != 500 {
			t.Fatalf("%d accepted", n)
		}
		s.Get(now, 1, s.End(1), 100, now)
		s.PushFrom(now, 0, 2, s.End(2), now)
	}
	for range 100 {
		step()
	}
	if n := testing.AllocsPerRun(1000, step); n != 0 {
		t.Errorf("%v allocations for a call", n)
	}
}

func BenchmarkPut(b *testing.B) {
	for _, shards := range []int{1, 64, 10_000} {
		b.Run(fmt.Sprintf("%d-shards", shards), func(b *testing.B) {
			s, batch := full(shards)
			now, records := des.Time(0), 0
			for b.Loop() {
				now += des.Time(10 * time.Millisecond)
				records += s.Put(now, batch).Accepted
				if records%(100*500) == 0 {
					for place := range s.Shards() {
						s.Release(0, place, s.End(place))
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(records), "ns/record")
		})
	}
}
