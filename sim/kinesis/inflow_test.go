package kinesis_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// TestAdmitIsPut: a shard takes as many of a lot as it takes of its records when they are
// put one by one, evenly over the span, but for one at the ends of each.
func TestAdmitIsPut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tick := des.Time(rapid.SampledFrom([]time.Duration{10 * time.Millisecond, 100 * time.Millisecond, time.Second}).Draw(t, "tick"))
		size := rapid.Int64Range(1, 4_000).Draw(t, "size")
		fixed := rapid.Bool().Draw(t, "fixed second")
		limits := func(c *kinesis.Config) {
			if fixed {
				c.Limits.WriteWindow = model.FixedS1
			}
		}
		one, lots := stream(1, limits), stream(1, func(c *kinesis.Config) { limits(c); c.Coarse = tick })
		b := &kinesis.Batch{Keys: one.Keys([]model.HashKey{{}}), Key: []int32{0}, Size: []uint32{uint32(size)}, Arose: []des.Time{0}}
		for span := range des.Time(rapid.IntRange(1, 30).Draw(t, "spans")) {
			from, to := span*tick, (span+1)*tick
			n := rapid.Int64Range(0, int64(3_000*tick.Seconds())+1).Draw(t, "n")
			for i := range n {
				now := from + des.Time((2*i+1)*int64(tick)/(2*n))
				b.Arose[0] = now
				one.Put(now, b)
			}
			if n == 0 {
				continue
			}
			if kept := admit(lots, from, to, kinesis.Load{Records: n, Bytes: n * size}); kept.Records > 0 {
				lots.Append(0, from, to, kept, kinesis.Lags{})
			}
			want, got := one.Meter(0), lots.Meter(0)
			if off := got.IncomingRecords - want.IncomingRecords; off < -int64(span)-2 || off > int64(span)+2 {
				t.Fatalf("span %d: %d accepted in lots, %d one by one", span, got.IncomingRecords, want.IncomingRecords)
			}
			if got.IncomingRecords+got.ThrottledRecords != want.IncomingRecords+want.ThrottledRecords || got.IncomingBytes+got.ThrottledBytes != want.IncomingBytes+want.ThrottledBytes {
				t.Fatalf("span %d: %+v in lots, %+v one by one: not as many were offered", span, got, want)
			}
		}
	})
}

// admit is what a stream's first shard takes of a load that comes in one span.
func admit(s *kinesis.Stream, from, to des.Time, l kinesis.Load) kinesis.Load {
	kept := []kinesis.Load{{}}
	s.Admit(0, from, []des.Time{to}, []kinesis.Load{l}, kept, make([]kinesis.Refused, 1))
	return kept[0]
}

// TestReadsOfLots: whatever a reader asks for, it is given the rows that came by then, of
// which the log says the same instants and bytes, and nothing twice. The log may hold some
// spans that are yet to come.
func TestReadsOfLots(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tick := des.Time(time.Second)
		s := stream(1, func(c *kinesis.Config) { c.Coarse = tick })
		s.AddReader()
		var total, row, read int64
		var it kinesis.Iterator
		ahead := des.Time(0) // the first span that is not in the log
		for span := range des.Time(rapid.IntRange(1, 20).Draw(t, "spans")) {
			from := span * tick
			for until := span + des.Time(rapid.IntRange(1, 40).Draw(t, "ahead")); ahead < until; ahead++ {
				n, from := rapid.Int64Range(1, 900).Draw(t, "n"), ahead*tick
				half := from + tick/2
				if kept := admit(s, from, half, kinesis.Load{Records: n, Bytes: 100 * n}); kept.Records > 0 {
					s.Append(0, from, half, kept, kinesis.Lags{})
					total += kept.Bytes
				}
			}
			now := from + des.Time(rapid.Int64Range(0, int64(tick)-1).Draw(t, "poll"))
			at := max(0, now-des.Time(rapid.Int64Range(0, int64(tick)).Draw(t, "unseen")))
			r := s.GetBy(&it, now, rapid.Int64Range(1, 2_000).Draw(t, "limit"), at)
			if r.Refused != kinesis.NoLimit {
				continue
			}
			if r.From != row || r.To < r.From || r.To > s.End(0) {
				t.Fatalf("asked from %d: %+v of %d rows", row, r, s.End(0))
			}
			if r.To > r.From && (s.AcceptedAt(0, r.To-1) > at || s.AcceptedAt(0, r.To-1) != r.Last) {
				t.Fatalf("row %d of %v is read at %v", r.To-1, s.AcceptedAt(0, r.To-1), at)
			}
			var rows int64
			for slab := s.Slabs(0, r.From, r.To); slab.Next(); {
				first, last := s.AcceptedAt(0, r.From+rows), s.AcceptedAt(0, r.From+rows+slab.Rows-1)
				if rows += slab.Rows; slab.First != first || slab.Last != last || last > at {
					t.Fatalf("a slab from %v to %v at %v, of rows from %v to %v", slab.First, slab.Last, at, first, last)
				}
			}
			if tip := r.To == s.End(0) || s.AcceptedAt(0, r.To) > at; r.Tip != tip || int64(r.Bytes) != s.BytesOf(0, r.From, r.To) {
				t.Fatalf("%+v, tip %v, %d bytes", r, tip, s.BytesOf(0, r.From, r.To))
			}
			next := des.Forever
			if r.To < s.End(0) {
				next = s.AcceptedAt(0, r.To)
			}
			if at := s.Next(&it); at != next {
				t.Fatalf("the next row comes at %v, not at %v", next, at)
			}
			if behind := r.To < s.End(0) && s.AcceptedAt(0, r.To) <= now; r.Behind != behind {
				t.Fatalf("at %v %+v, behind %v", now, r, behind)
			}
			if rows != r.To-r.From {
				t.Fatalf("slabs of %d rows for %d", rows, r.To-r.From)
			}
			read += int64(r.Bytes)
			row = r.To
			s.Release(0, 0, row)
		}
		if left := s.BytesOf(0, row, s.End(0)); read+left != total {
			t.Fatalf("%d bytes read and %d left of %d", read, left, total)
		}
	})
}

// slabs are those of rows of the first shard.
func slabs(s *kinesis.Stream, from, to int64) (all []kinesis.Slab) {
	for slab := s.Slabs(0, from, to); slab.Next(); {
		all = append(all, slab.Slab)
	}
	return all
}

// TestAppendAllIsAppend: loads of spans in a row are stored as if each were stored by itself.
func TestAppendAllIsAppend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coarse := func(c *kinesis.Config) { c.Coarse = des.Time(time.Second) }
		one, all := stream(1, coarse), stream(1, coarse)
		one.AddReader()
		all.AddReader()
		for start := des.Time(0); start < 90e9; start += 45e9 { // more spans than a block has lots
			var ends []des.Time
			var loads []kinesis.Load
			var lags []kinesis.Lags
			from := start
			for range rapid.IntRange(1, 40).Draw(t, "spans") {
				to, n := from+des.Time(rapid.Int64Range(1, 1e9).Draw(t, "span")), rapid.Int64Range(1, 1_000).Draw(t, "n")
				load := kinesis.Load{Records: n, Bytes: n + rapid.Int64Range(0, 1e6).Draw(t, "bytes")}
				wait := kinesis.Lags{Mean: kinesis.Lag(rapid.IntRange(0, 2).Draw(t, "mean")), Wide: kinesis.Lag(rapid.IntRange(0, 2).Draw(t, "wide"))}
				one.Append(0, from, to, load, wait)
				ends, loads, lags, from = append(ends, to), append(loads, load), append(lags, wait), to
			}
			all.AppendAll(0, start, ends, loads, lags)
		}
		if got, want := all.Meter(0), one.Meter(0); got != want {
			t.Fatalf("%+v, want %+v", got, want)
		}
		if got, want := slabs(all, 0, all.End(0)), slabs(one, 0, one.End(0)); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
		for row := range one.End(0) {
			if got, want := all.AcceptedAt(0, row), one.AcceptedAt(0, row); got != want || all.BytesOf(0, 0, row) != one.BytesOf(0, 0, row) {
				t.Fatalf("row %d is accepted at %v after %d bytes, want %v, %d", row, got, all.BytesOf(0, 0, row), want, one.BytesOf(0, 0, row))
			}
		}
	})
}

// TestAlikeLotsAreOneSlab: spans that differ as chance has it are measured together, those
// of another pace, of another wait or after a gap by themselves.
func TestAlikeLotsAreOneSlab(t *testing.T) {
	tick := des.Time(time.Second)
	s := stream(1, func(c *kinesis.Config) { c.Coarse = tick })
	s.AddReader()
	lag := 10 * time.Millisecond
	for i, span := range []struct {
		n   int64
		lag time.Duration
	}{{950, lag}, {1_000, lag}, {900, lag}, {700, lag}, {720, lag}, {700, 2 * lag}, {0, 0}, {710, 2 * lag}} {
		from := des.Time(i) * tick
		if span.n > 0 {
			s.Append(0, from, from+tick, kinesis.Load{Records: span.n, Bytes: 100 * span.n}, kinesis.Lags{Mean: kinesis.PackLag(span.lag)})
		}
	}
	var got []int64
	for _, slab := range slabs(s, 50, s.End(0)-10) {
		got = append(got, slab.Rows)
	}
	if want := []int64{900 + 1_000 + 900, 700 + 720, 700, 700}; !slices.Equal(got, want) {
		t.Errorf("slabs of %v rows, want %v", got, want)
	}
}

// TestCallsTogether: calls of two readers that are made together are answered, and refused, as
// if each were made by itself, and leave the iterators where those do.
func TestCallsTogether(t *testing.T) {
	refused, even, ended := map[kinesis.Limit]int{}, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		random := des.Stream(rapid.Uint64().Draw(t, "seed"), "calls") // rapid draws mostly small numbers
		size := rapid.SampledFrom([]int64{100, 3_000, 50_000}).Draw(t, "size")
		var ends []des.Time
		var loads []kinesis.Load
		for i := range 60 {
			n := 1 + random.Int64N(900)
			ends, loads = append(ends, des.Time(i+1)*des.Time(time.Second)), append(loads, kinesis.Load{Records: n, Bytes: n * size})
		}
		var streams [2]*kinesis.Stream
		var iterators [2][2]kinesis.Iterator // by stream
		for i := range streams {
			s := stream(1, func(c *kinesis.Config) { c.Coarse, c.Limits.GetRecordsSpan = des.Time(time.Second), 5*time.Second })
			s.AddReader()
			s.AddReader()
			s.AppendAll(0, 0, ends, loads, make([]kinesis.Lags, len(loads)))
			streams[i] = s
		}
		now, pause := des.Time(0), rapid.SampledFrom([]int64{3e8, 3e9, 8e9}).Draw(t, "longest pause")
		limit := rapid.SampledFrom([]int64{100, 1_000, 10_000}).Draw(t, "limit")
		var want, got [2][]kinesis.GetResult // by reader
		var together [2]kinesis.GetCalls
		for range rapid.IntRange(2, 40).Draw(t, "calls") {
			now += des.Time(random.Int64N(pause))
			reader := random.IntN(2)
			visible := max(0, now-des.Time(random.Int64N(2e9)))
			want[reader] = append(want[reader], streams[0].GetBy(&iterators[0][reader], now, limit, visible))
			together[reader].List = append(together[reader].List, kinesis.GetCall{Now: now, Visible: visible})
		}
		var all []*kinesis.GetCalls
		for reader := range together {
			if calls := &together[reader]; len(calls.List) > 0 {
				calls.By, calls.Limit = &iterators[1][reader], limit
				all = append(all, calls)
			}
		}
		streams[1].GetRecords(all...)
		for reader, calls := range together {
			for _, c := range calls.List {
				got[reader] = append(got[reader], c.Answer)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		for i := range iterators[0] {
			if a, b := &iterators[0][i], &iterators[1][i]; a.Row != b.Row || a.Through != b.Through {
				t.Fatalf("reader %d is at row %d, through %v, and together at %d, %v", i, a.Row, a.Through, b.Row, b.Through)
			}
		}
		if a, b := streams[0].Meter(0), streams[1].Meter(0); a != b {
			t.Fatalf("metered %+v, and together %+v", a, b)
		}
		for _, r := range slices.Concat(got[0], got[1]) {
			switch {
			case r.Refused != kinesis.NoLimit:
				refused[r.Refused]++
			case r.Rest > 0:
				ended++
			case r.Even:
				even++
			}
		}
	})
	if min(refused[kinesis.ByCalls], refused[kinesis.ByBytes], refused[kinesis.ByFullRead], even, ended) == 0 {
		t.Errorf("refused by limit %v; %d answers were even, %d ended before what could be seen", refused, even, ended)
	}
}

// TestFitAtOnce: as many spans fit as do one by one, each when the ones before have been taken,
// after spans of nothing as well, and whether the buckets are full, empty or as of later.
func TestFitAtOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tick := des.Time(rapid.SampledFrom([]time.Duration{10 * time.Millisecond, 100 * time.Millisecond, time.Second}).Draw(t, "tick"))
		most := int64(1_300 * tick.Seconds())
		fixed := rapid.IntRange(0, 9).Draw(t, "window") == 0
		s := stream(1, func(c *kinesis.Config) {
			if c.Coarse = tick; fixed {
				c.Limits.WriteWindow = model.FixedS1
			}
		})
		draw := func() kinesis.Load {
			n := rapid.Int64Range(0, most).Draw(t, "n")
			return kinesis.Load{Records: n, Bytes: n * rapid.SampledFrom([]int64{100, 900, 5_000}).Draw(t, "size")}
		}
		now := des.Time(0)
		for range rapid.IntRange(0, 20).Draw(t, "before") {
			if rapid.Bool().Draw(t, "idle") {
				now += tick
				continue
			}
			l := draw()
			admit(s, now, now+tick, kinesis.Load{Records: 2 * l.Records, Bytes: 2 * l.Bytes})
			now += tick
		}
		var ends []des.Time
		var loads []kinesis.Load
		for i := range des.Time(rapid.IntRange(1, 20).Draw(t, "spans")) {
			ends, loads = append(ends, now+(i+1)*tick), append(loads, draw())
		}
		got, want := s.FitAtOnce(0, now, ends, loads), 0
		for ; want < len(loads) && !fixed && s.Fits(now, ends[want], 0, loads[want], 1); want++ {
			if kept := admit(s, now, ends[want], loads[want]); kept != loads[want] {
				t.Fatalf("span %d: %+v of %+v", want, kept, loads[want])
			}
			now = ends[want]
		}
		if got != want {
			t.Fatalf("%d of %d spans fit at once, %d one by one", got, len(loads), want)
		}
	})
}

// TestFits: what comes fits if the buckets hold it as they are, or if at the beginning and at the end
// of an even course they hold what calls may be ahead of it; a second with a quota of its own fills
// nothing meanwhile.
func TestFits(t *testing.T) {
	for _, c := range []struct {
		window       model.Window
		records, kib int64 // of 500 and 512 that are left, and twice as many that come meanwhile
		ahead        float64
		want         bool
	}{
		{model.Bucket, 500, 512, 1, true},
		{model.Bucket, 501, 100, 1, false},
		{model.Bucket, 800, 100, 0.6, true}, // 500 at the beginning
		{model.Bucket, 800, 100, 0.7, false},
		{model.Bucket, 1_200, 100, 0.2, true}, // 300 at the end
		{model.Bucket, 1_200, 100, 0.3, false},
		{model.Bucket, 100, 800, 0.6, true},
		{model.Bucket, 100, 800, 0.7, false},
		{model.Bucket, 100, 1_200, 0.2, true},
		{model.Bucket, 100, 1_200, 0.3, false},
		{model.FixedS1, 500, 512, 1, true},
		{model.FixedS1, 501, 100, 0, false},
		{model.FixedS1, 100, 513, 0, false},
	} {
		s := stream(1, func(config *kinesis.Config) { config.Coarse, config.Limits.WriteWindow = 1e9, c.window })
		s.AdmitAt(0, 0, kinesis.Load{Records: 1_000, Bytes: 1 << 20})
		from := des.Time(5e8)
		if c.window == model.FixedS1 {
			from += 1e9
			s.AdmitAt(0, 1e9, kinesis.Load{Records: 500, Bytes: 512 << 10})
		}
		if got := s.Fits(from, from+1e9, 0, kinesis.Load{Records: c.records, Bytes: c.kib << 10}, c.ahead); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// TestAdmitAtIsAdmit: what comes at an instant is judged as a span that ends where it begins.
func TestAdmitAtIsAdmit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coarse := func(c *kinesis.Config) { c.Coarse = des.Time(time.Second) }
		one, other := stream(1, coarse), stream(1, coarse)
		now := des.Time(0)
		for range rapid.IntRange(1, 40).Draw(t, "calls") {
			now += des.Time(rapid.Int64Range(0, 3e8).Draw(t, "pause"))
			n := rapid.Int64Range(0, 500).Draw(t, "n")
			l := kinesis.Load{Records: n, Bytes: n * rapid.Int64Range(1, 3_000).Draw(t, "size")}
			want, refused := []kinesis.Load{{}}, make([]kinesis.Refused, 1)
			any := one.Admit(0, now, []des.Time{now}, []kinesis.Load{l}, want, refused)
			got, by := other.AdmitAt(0, now, l)
			if got != want[0] || any != (got != l) || refused[0][by] != l.Records-got.Records {
				t.Fatalf("%+v of %+v at %v, refused by %v; in a span %+v, refused %v", got, l, now, by, want[0], refused)
			}
		}
		if a, b := one.Meter(0), other.Meter(0); a != b {
			t.Fatalf("metered %+v, and in spans %+v", b, a)
		}
	})
}
