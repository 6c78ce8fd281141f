package kinesis_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// one is a call with one record of that size, on a stream's first shard.
func one(size uint32) *kinesis.Batch {
	return &kinesis.Batch{Key: []int32{model.NoKey}, Hash: make([]model.HashKey, 1), Size: []uint32{size}, Arose: make([]des.Time, 1)}
}

// putOne writes b at now and says which limit refused it.
func putOne(s *kinesis.Stream, now des.Time, b *kinesis.Batch) kinesis.Limit {
	b.Arose[0] = now
	if r := s.Put(now, b); len(r.Refused) > 0 {
		return r.Refused[0].Limit
	}
	return kinesis.NoLimit
}

// TestFixedSecond holds puts against a plain count per whole second.
func TestFixedSecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.Int64Range(1, 20).Draw(t, "records")
		bytes := rapid.Int64Range(100, 3000).Draw(t, "bytes")
		s := stream(1, func(c *kinesis.Config) {
			c.Limits.WriteWindow = model.FixedS1
			c.Limits.WriteRecordsPerSecond, c.Limits.WriteBytesPerSecond = records, model.Bytes(bytes)
			c.Limits.WriteBurstRecords, c.Limits.WriteBurstBytes = 1000, model.MiB // neither counts here
		})
		used := map[des.Time][2]int64{}
		now := des.Time(0)
		for range rapid.IntRange(1, 100).Draw(t, "calls") {
			now += des.Time(rapid.OneOf(rapid.Int64Range(0, 1e8), rapid.Int64Range(0, 3e9)).Draw(t, "pause"))
			size := rapid.Int64Range(1, 400).Draw(t, "size")
			u := used[now/1e9]
			want := kinesis.NoLimit
			switch {
			case u[0] == records:
				want = kinesis.ByRecords
			case u[1]+size > bytes:
				want = kinesis.ByBytes
			default:
				used[now/1e9] = [2]int64{u[0] + 1, u[1] + size}
			}
			if got := putOne(s, now, one(uint32(size))); got != want {
				t.Fatalf("%d B at %v after %v: limit %d, want %d", size, time.Duration(now), u, got, want)
			}
		}
	})
}

// TestWindowsDiffer: 1,000 records on each side of a whole second pass a fixed
// second at once. A bucket lets only the first 1,000 and what came since pass.
func TestWindowsDiffer(t *testing.T) {
	for window, want := range map[model.Window]int{model.FixedS1: 2000, model.Bucket: 1002} {
		s := stream(1, func(c *kinesis.Config) { c.Limits.WriteWindow = window })
		b, accepted := one(10), 0
		for _, now := range []des.Time{999e6, 1001e6} {
			for range 1000 {
				if putOne(s, now, b) == kinesis.NoLimit {
					accepted++
				}
			}
		}
		if accepted != want {
			t.Errorf("%s: %d accepted, want %d", window, accepted, want)
		}
	}
}

// TestRestsOfYears: a level is right after a rest whose tokens would overflow, and
// right before and at the instant when a bucket becomes full.
func TestRestsOfYears(t *testing.T) {
	for _, rest := range []time.Duration{999_999_999, time.Second, time.Second + 1, 3 * time.Hour, 9 * 365 * 24 * time.Hour} {
		s := stream(1, func(c *kinesis.Config) { c.Limits.WriteBurstRecords = 2 })
		b := one(1 << 20)
		if putOne(s, 0, b) != kinesis.NoLimit || s.Room(0) != 0 {
			t.Fatalf("the first record is refused, or leaves room for %d B", s.Room(0))
		}
		want := kinesis.NoLimit
		if rest < time.Second {
			want = kinesis.ByBytes
		}
		if got := putOne(s, des.Time(rest), b); got != want {
			t.Errorf("after %v: limit %d, want %d", rest, got, want)
		}
	}
}

// TestHotBytes: one key at 3 MiB/s has two thirds refused in the long run.
func TestHotBytes(t *testing.T) {
	const seconds, size = 600, 32 << 10
	s, b, accepted := stream(4, nil), one(size), 0
	for k := range int64(96 * seconds) {
		if putOne(s, des.Time(k*1e9/96), b) == kinesis.NoLimit {
			accepted++
		}
	}
	if want := 32*seconds + 32; accepted < want-1 || accepted > want {
		t.Errorf("%d accepted, want %d", accepted, want)
	}
}
