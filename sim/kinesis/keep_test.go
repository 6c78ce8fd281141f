package kinesis_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// fill writes n records, one a millisecond from 0 on, of 1, 2, 3 … bytes; each had
// arisen 1 ms for each of its bytes earlier, as far as there is time before it.
func fill(t *testing.T, s *kinesis.Stream, n int) {
	t.Helper()
	for i := range n {
		b := one(uint32(i%1000 + 1))
		now := des.Time(i) * 1e6
		b.Arose[0] = max(0, now-des.Time(b.Size[0])*1e6)
		if r := s.Put(now, b); r.Accepted != 1 {
			t.Fatalf("record %d is refused", i)
		}
	}
}

// lags are the instants and lags of rows, as Walk gives them.
func lags(s *kinesis.Stream, from, to int64) (at []des.Time, lag []time.Duration) {
	s.Walk(0, from, to, func(rows []kinesis.Row) {
		if len(rows) == 0 || len(rows) > kinesis.MaxRows {
			panic("a piece of no length, or too long a one")
		}
		for _, r := range rows {
			at, lag = append(at, r.At), append(lag, r.Lag.Duration())
		}
	})
	return at, lag
}

// TestWalk: any span of rows comes whole and in order, across the chunks.
func TestWalk(t *testing.T) {
	s := stream(1, nil)
	s.AddReader()
	fill(t, s, 1100)
	for _, span := range [][2]int64{{0, 1100}, {0, 0}, {255, 256}, {255, 257}, {256, 512}, {300, 1025}, {1099, 1100}} {
		var wantAt []des.Time
		var wantLag []time.Duration
		for i := span[0]; i < span[1]; i++ {
			wantAt = append(wantAt, des.Time(i)*1e6)
			wantLag = append(wantLag, time.Duration(min(i, i%1000+1))*time.Millisecond)
		}
		at, lag := lags(s, span[0], span[1])
		if diff := cmp.Diff(wantAt, at); diff != "" {
			t.Errorf("rows %v: %s", span, diff)
		}
		for i, want := range wantLag { // beyond 67 ms a lag has 26 bits
			if off := want - lag[i]; off < 0 || float64(off) > 3e-8*float64(want) {
				t.Fatalf("row %d lagged %v, want %v", span[0]+int64(i), lag[i], want)
			}
		}
	}
	if got := s.AcceptedAt(0, 700); got != 700e6 {
		t.Errorf("row 700 was accepted at %v", got)
	}
}

// TestLagsOfABatch: each record of a call has its own lag, and a refused one none.
func TestLagsOfABatch(t *testing.T) {
	s := stream(1, nil)
	s.AddReader()
	b := one(10)
	for i := range 3 {
		b.Key, b.Hash = append(b.Key, model.NoKey), append(b.Hash, model.HashKey{})
		b.Size, b.Arose = append(b.Size, []uint32{1 << 20, 20, 30}[i]), append(b.Arose, des.Time(10+i))
	}
	if r := s.Put(100, b); r.Accepted != 3 || r.Refused[0].Index != 1 {
		t.Fatalf("%+v", r)
	}
	if _, lag := lags(s, 0, 3); !cmp.Equal(lag, []time.Duration{100, 89, 88}) {
		t.Errorf("lags %v", lag)
	}
}

// TestSlowestReader: a record is kept until the last reader has let go of it, and
// the rows of the others stay where they were.
func TestSlowestReader(t *testing.T) {
	s := stream(1, nil)
	slow, quick := s.AddReader(), s.AddReader()
	fill(t, s, 2000)
	s.Release(quick, 0, 2000)
	if r := s.PushFrom(3e9, slow, 0, 0, 3e9); r.From != 0 || r.To != 2000 || int64(r.Bytes) != 2*(1000*1001/2) {
		t.Errorf("the slow reader is sent %+v", r)
	}
	s.Release(slow, 0, 600)
	at, _ := lags(s, 600, 2000)
	if len(at) != 1400 || at[0] != 600e6 || at[1399] != 1999e6 {
		t.Errorf("%d rows are left", len(at))
	}
	if r := s.PushFrom(10e9, slow, 0, 600, 700e6); r.From != 600 || r.To != 701 || r.Last != 700e6 {
		t.Errorf("the slow reader is then sent %+v", r)
	}
}

// TestExpireUnderRead: what the retention ends is gone for later reads, but who
// has been answered with it may still walk it until it lets go.
func TestExpireUnderRead(t *testing.T) {
	s := stream(1, nil)
	reader := s.AddReader()
	fill(t, s, 1000)
	day := des.Time(24 * time.Hour)
	if got := s.Expire(day+599e6, 0); got != 600 {
		t.Fatalf("rows from %d are left, want 600", got)
	}
	if r := s.Get(day+599e6, 0, 0, 1000, day); r.From != 600 || r.To != 1000 {
		t.Errorf("a read from the beginning gives %d to %d", r.From, r.To)
	}
	if r := s.PushFrom(day+599e6, reader, 0, 10, day); r.From != 600 || r.To != 1000 {
		t.Errorf("a push from row 10 gives %d to %d", r.From, r.To)
	}
	if at, _ := lags(s, 0, 600); len(at) != 600 || at[0] != 0 {
		t.Errorf("%d of the rows that had been read are left", len(at))
	}
	if got := s.Expire(day+599e6, 0); got != 600 {
		t.Errorf("asked again, rows from %d are left", got)
	}
	if got := s.Expire(10*day, 0); got != 1000 || s.End(0) != 1000 {
		t.Errorf("in the end rows from %d of %d are left", got, s.End(0))
	}
}

// TestWatch: who waits for a shard's next record is told of it once, and not of
// refused ones or of other shards'.
func TestWatch(t *testing.T) {
	s := stream(2, nil)
	low, high := one(1<<20), one(10)
	high.Hash[0] = s.Shard(1).Range.Start
	woken := func(now des.Time, b *kinesis.Batch) []int32 { return append([]int32{}, s.Put(now, b).Woken...) }
	check := func(what string, got []int32, want ...int32) {
		t.Helper()
		if diff := cmp.Diff(append([]int32{}, want...), got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	check("nobody waits", woken(0, low))
	s.Watch(0)
	check("a refused record", woken(1, low))
	check("another shard", woken(2, high))
	check("the record", woken(2e9, low), 0)
	check("the next one", woken(4e9, low))
	s.Watch(0)
	s.Watch(1)
	many := one(10)
	for _, h := range []int{1, 1, 0, 0} {
		many.Key, many.Hash = append(many.Key, many.Key[0]), append(many.Hash, s.Shard(h).Range.Start)
		many.Size, many.Arose = append(many.Size, 10), append(many.Arose, 0)
	}
	check("each shard once, as the batch comes to it", woken(6e9, many), 0, 1)
}

// TestLateReader: a reader that comes after the records would miss them.
func TestLateReader(t *testing.T) {
	s := stream(3, nil)
	if a, b := s.AddReader(), s.AddReader(); a != 0 || b != 1 {
		t.Errorf("readers %d and %d", a, b)
	}
	fill(t, s, 1)
	defer func() {
		if recover() == nil {
			t.Error("taken")
		}
	}()
	s.AddReader()
}

// TestExpiryOfLateRows: what comes into a shard that nothing was in, and came before somebody
// looked at it, expires when it is due: a child's records are stored after its parents' reader
// has come to it.
func TestExpiryOfLateRows(t *testing.T) {
	s := stream(1, func(c *kinesis.Config) { c.Coarse = des.Time(time.Second) })
	s.AddReader()
	second := des.Time(time.Second)
	s.Expire(50*second, 0)
	s.Append(0, 10*second, 11*second, kinesis.Load{Records: 100, Bytes: 100}, kinesis.Lags{})
	if got := s.Expire(des.Time(model.MinRetention)+12*second, 0); got != 100 {
		t.Errorf("the first row that is left is %d", got)
	}
}

// TestRetentionChanges: what a shorter retention ends for is gone at once, what a longer one
// finds gone stays gone, and it ends for the rest when that is as old.
func TestRetentionChanges(t *testing.T) {
	s := stream(1, nil)
	s.AddReader()
	fill(t, s, 1000) // a row each millisecond
	day := des.Time(24 * time.Hour)
	gone := func(now des.Time, want int64) {
		t.Helper()
		if got := s.Expire(now, 0); got != want {
			t.Errorf("at %v rows from %d are left, want %d", now, got, want)
		}
	}
	gone(day/2, 0)
	s.SetRetention(day/2, time.Duration(day/2)-100*time.Millisecond)
	gone(day/2, 101)
	s.SetRetention(day/2, time.Duration(day))
	gone(day+100e6, 101)
	gone(day+101e6, 102)
}
