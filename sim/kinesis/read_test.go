package kinesis_test

import (
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// purse is a bucket that may go into debt, in numbers without bound.
type purse struct {
	level, full *big.Int
	rate        int64
	last        des.Time
}

func newPurse(full, rate int64) *purse { return &purse{billions(full), billions(full), rate, 0} }

func (p *purse) at(now des.Time) *big.Int {
	p.level.Add(p.level, new(big.Int).Mul(big.NewInt(int64(now-p.last)), big.NewInt(p.rate)))
	if p.last = now; p.level.Cmp(p.full) > 0 {
		p.level.Set(p.full)
	}
	return p.level
}

func (p *purse) take(n int64) { p.level.Sub(p.level, billions(n)) }

// shelf is a stream of one shard with some records, their sizes, and the limits.
type shelf struct {
	stream *kinesis.Stream
	limits model.Limits
	sizes  []int64
}

// anyShelf draws small limits and records accepted at time 0.
func anyShelf(t *rapid.T) *shelf {
	h := &shelf{}
	h.stream = stream(1, func(c *kinesis.Config) {
		l := &c.Limits
		l.WriteBurstRecords, l.WriteBurstBytes = 1000, model.MiB
		l.ReadCallsPerSecond, l.ReadBurstCalls = rapid.Int64Range(1, 5).Draw(t, "calls"), rapid.Int64Range(1, 5).Draw(t, "burst")
		l.ReadBytesPerSecond, l.ReadBurstBytes = 1000, model.Bytes(rapid.Int64Range(1, 2000).Draw(t, "saved"))
		l.GetRecordsLimit, l.GetRecordsBytes = rapid.Int64Range(1, 50).Draw(t, "limit"), model.Bytes(rapid.Int64Range(400, 5000).Draw(t, "most"))
		l.EFOBytesPerSecond, l.EFOBurstBytes = 1000, l.ReadBurstBytes
		h.limits = *l
	})
	h.stream.AddReader()
	for range rapid.IntRange(1, 100).Draw(t, "records") {
		size := rapid.Int64Range(1, 400).Draw(t, "size")
		if putOne(h.stream, 0, one(uint32(size))) != kinesis.NoLimit {
			t.Fatal("refused")
		}
		h.sizes = append(h.sizes, size)
	}
	return h
}

// fit is the row before which a read ends that takes at most n rows and room
// bytes, their bytes, and whether bytes were what ended it.
func (h *shelf) fit(from, n int64, room *big.Int) (to, bytes int64, cut bool) {
	for to = from; to < int64(len(h.sizes)) && to < from+n; to++ {
		if billions(bytes+h.sizes[to]).Cmp(room) > 0 {
			return to, bytes, true
		}
		bytes += h.sizes[to]
	}
	return to, bytes, false
}

// TestGetRecords holds calls against a naive copy of the rules: calls come out of
// their bucket, bytes may go into debt, and a read of the largest size closes the shard.
func TestGetRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyShelf(t)
		l := h.limits
		calls, debt := newPurse(l.ReadBurstCalls, l.ReadCallsPerSecond), newPurse(int64(l.ReadBurstBytes), 1000)
		now, closed, refused := des.Time(0), des.Time(0), int64(0)
		for range rapid.IntRange(1, 40).Draw(t, "reads") {
			now += des.Time(rapid.OneOf(rapid.Int64Range(0, 1e8), rapid.Int64Range(0, 6e9)).Draw(t, "pause"))
			from, n := rapid.Int64Range(0, int64(len(h.sizes))).Draw(t, "from"), rapid.Int64Range(1, 80).Draw(t, "n")
			got := h.stream.Get(now, 0, from, n, now)
			want := kinesis.GetResult{Rows: kinesis.Rows{From: from, To: from}}
			call, bytes := calls.at(now).Cmp(billions(1)) >= 0, debt.at(now).Sign() >= 0
			switch {
			case now < closed:
				want.Refused = kinesis.ByFullRead
			case !call:
				want.Refused = kinesis.ByCalls
			case !bytes:
				want.Refused = kinesis.ByBytes
			default:
				to, read, cut := h.fit(from, min(n, l.GetRecordsLimit), billions(int64(l.GetRecordsBytes)))
				want.To, want.Bytes, want.Tip = to, model.Bytes(read), to == int64(len(h.sizes))
				want.Behind = !want.Tip
				calls.take(1)
				if debt.take(read); cut || read == int64(l.GetRecordsBytes) {
					closed = now.Add(l.FullReadPenalty)
				}
			}
			if want.Refused != kinesis.NoLimit {
				refused++
			}
			if got != want {
				t.Fatalf("at %v %+v, want %+v", time.Duration(now), got, want)
			}
		}
		if got := h.stream.Meter(0).ReadThrottled; got != refused {
			t.Fatalf("%d calls metered as refused, want %d", got, refused)
		}
	})
}

// TestPush plays a subscription to its end: it never exceeds its limit, each push
// is as large as the limit allows, and Until is the first instant at which there
// is more. A record that the limit can never hold goes alone, out of a full one.
func TestPush(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyShelf(t)
		full := int64(h.limits.EFOBurstBytes)
		level := newPurse(full, 1000)
		now, row := des.Time(1), int64(0)
		for steps := 0; row < int64(len(h.sizes)); steps++ {
			if steps > 300 {
				t.Fatalf("row %d is never sent", row)
			}
			before := new(big.Int).Set(level.at(now))
			got := h.stream.PushFrom(now, 0, 0, row, now)
			room := before
			if room.Sign() < 0 {
				room = new(big.Int)
			}
			to, bytes, cut := h.fit(row, 1<<40, room)
			if to == row && before.Cmp(level.full) == 0 {
				to, bytes = row+1, h.sizes[row]
			}
			if got.From != row || got.To != to || int64(got.Bytes) != bytes || (got.Until > 0) != cut {
				t.Fatalf("at %v with %s: %+v, want rows to %d, %d bytes, more %v", time.Duration(now), before, got, to, bytes, cut)
			}
			level.take(bytes)
			if row = to; got.Until > now && row < int64(len(h.sizes)) { // the next record fits then, and not a nanosecond before
				need := billions(min(h.sizes[row], full))
				dt := int64(got.Until - now)
				at := func(dt int64) *big.Int { return new(big.Int).Add(level.level, big.NewInt(dt*1000)) }
				if at(dt).Cmp(need) < 0 || at(dt-1).Cmp(need) >= 0 {
					t.Fatalf("more at %v, with %s of %s there", time.Duration(got.Until), at(dt), need)
				}
			}
			now = max(now, got.Until)
		}
	})
}

// TestReadersHaveTheirOwn: what one subscriber is sent does not hold up another,
// nor the same one on another shard.
func TestReadersHaveTheirOwn(t *testing.T) {
	s := stream(2, nil)
	s.AddReader()
	s.AddReader()
	for place := range 2 {
		b := one(1 << 20)
		b.Hash[0] = s.Shard(place).Range.Start
		for _, now := range []des.Time{0, 1e9, 2e9} {
			putOne(s, now, b)
		}
	}
	for place := range 2 {
		for reader := range 2 {
			if r := s.PushFrom(3e9, reader, place, 0, 3e9); r.To != 2 || r.Bytes != 2*model.MiB || r.Until != 3.5e9 {
				t.Errorf("reader %d of shard %d is sent %+v", reader, place, r)
			}
		}
	}
}

// TestReadersOfAnEmptyShard: who finds a shard empty is given with the same iterator what comes
// later, whether records come one by one or in lots.
func TestReadersOfAnEmptyShard(t *testing.T) {
	for _, tick := range []des.Time{0, 1e9} {
		s := stream(1, func(c *kinesis.Config) { c.Coarse = tick })
		s.AddReader()
		var get, push kinesis.Iterator
		read := func(now des.Time) (rows [2]int64) {
			c, r := s.GetBy(&get, now, 10, now), s.Push(now, 0, &push, now)
			return [2]int64{c.To - c.From, r.To - r.From}
		}
		for i := range des.Time(3) {
			if got := read(2 * i * 1e9); got != [2]int64{} {
				t.Fatalf("tick %v: %v rows of nothing new", tick, got)
			}
			if from := (2*i + 1) * 1e9; tick == 0 {
				putOne(s, from, one(100))
			} else {
				s.Append(0, from, from+tick, kinesis.Load{Records: 1, Bytes: 100}, kinesis.Lags{})
			}
			if got := read((2*i+2)*1e9 - 1); got != [2]int64{1, 1} {
				t.Fatalf("tick %v: %v rows of one that came", tick, got)
			}
		}
	}
}

// shelved is a stream with many records of 1 KiB on one shard and free reading.
func shelved(b *testing.B) *kinesis.Stream {
	s := stream(1, func(c *kinesis.Config) {
		c.Limits.WriteRecordsPerSecond, c.Limits.WriteBytesPerSecond = 1e9, 4<<30
		c.Limits.ReadCallsPerSecond, c.Limits.ReadBytesPerSecond = 1e9, 4<<30
		c.Limits.EFOBytesPerSecond, c.Limits.EFOBurstBytes = 4<<30, 4<<30
	})
	s.AddReader()
	for i := range des.Time(100_000) {
		if putOne(s, i*1e6, one(1<<10)) != kinesis.NoLimit {
			b.Fatal("refused")
		}
	}
	return s
}

func BenchmarkGetRecords(b *testing.B) {
	s, now, row := shelved(b), des.Time(1e12), int64(0)
	for b.Loop() {
		now += 1e9
		r := s.Get(now, 0, row, 1000, now)
		if row = r.To; row == s.End(0) {
			row = 0
		}
	}
}

func BenchmarkPush(b *testing.B) {
	s, now, row := shelved(b), des.Time(1e12), int64(0)
	for b.Loop() {
		now += 1e9
		r := s.PushFrom(now, 0, 0, row, s.AcceptedAt(0, row)+100e6)
		if row = r.To; row == s.End(0) {
			row = 0
		}
	}
}

// TestFullReadOfLots: an answer with as many bytes as one can hold closes the shard for a while,
// also where lots end just there; one with a byte less does not.
func TestFullReadOfLots(t *testing.T) {
	for missing, want := range []kinesis.Limit{kinesis.ByFullRead, kinesis.NoLimit} {
		s := stream(1, func(c *kinesis.Config) {
			c.Coarse = 1e9
			c.Limits.GetRecordsBytes = 1 << 20 // of which the bucket has more
		})
		s.Append(0, 0, 1e9, kinesis.Load{Records: 10, Bytes: 1<<20 - int64(missing)}, kinesis.Lags{})
		if r := s.Get(2e9, 0, 0, 100, 2e9); r.To != 10 {
			t.Fatalf("given %+v of 10 rows", r)
		}
		if r := s.Get(2e9+3e8, 0, 10, 100, 2e9); r.Refused != want {
			t.Errorf("%d bytes less than a full read: refused by %v, want %v", missing, r.Refused, want)
		}
	}
}

// TestCallsAtOnce: of calls of lots that are made at one instant those of the first list come first,
// whoever of them takes what the shard's readers share.
func TestCallsAtOnce(t *testing.T) {
	for first, want := range []kinesis.Limit{kinesis.ByBytes, kinesis.NoLimit} {
		s := stream(1, func(c *kinesis.Config) { c.Coarse = 1e9 })
		s.Append(0, 0, 1e9, kinesis.Load{Records: 100, Bytes: 3 << 20}, kinesis.Lags{}) // of which the bucket has less
		late := kinesis.GetCalls{By: &kinesis.Iterator{}, Limit: 1_000, List: []kinesis.GetCall{{Now: 2e9, Visible: 2e9}}}
		tip := kinesis.GetCalls{By: &kinesis.Iterator{Row: 100}, Limit: 1_000, List: []kinesis.GetCall{{Now: 2e9, Visible: 2e9}}}
		if first == 0 {
			s.GetRecords(&late, &tip)
		} else {
			s.GetRecords(&tip, &late)
		}
		if r := late.List[0].Answer; r.Refused != kinesis.NoLimit || r.To != 100 {
			t.Errorf("who is late is given %+v of 100 rows", r)
		}
		if r := tip.List[0].Answer; r.Refused != want {
			t.Errorf("number %d: refused by %v, want %v", 1-first, r.Refused, want)
		}
	}
}

// TestGapIsPassed: a reader that may go through so much of a shard only passes a gap that is longer
// call by call, in lots as well.
func TestGapIsPassed(t *testing.T) {
	s := stream(1, func(c *kinesis.Config) { c.Coarse, c.Limits.GetRecordsSpan = 1e9, 5*time.Second })
	s.Append(0, 0, 1e9, kinesis.Load{Records: 10, Bytes: 1_000}, kinesis.Lags{})
	s.Append(0, 20e9, 21e9, kinesis.Load{Records: 10, Bytes: 1_000}, kinesis.Lags{})
	calls := kinesis.GetCalls{By: &kinesis.Iterator{}, Limit: 1_000}
	for now := des.Time(30e9); now < 36e9; now += 1e9 {
		calls.List = append(calls.List, kinesis.GetCall{Now: now, Visible: now})
	}
	s.GetRecords(&calls)
	var got []int64
	for _, c := range calls.List {
		got = append(got, c.Answer.To)
	}
	if want := []int64{10, 10, 10, 10, 20, 20}; !slices.Equal(got, want) {
		t.Errorf("read up to %v, want %v", got, want)
	}
}

// TestNothingFits: a push for whose first record there is no room leaves the iterator where it is,
// so that the next one brings what lies there and after it.
func TestNothingFits(t *testing.T) {
	s := stream(1, func(c *kinesis.Config) { c.Coarse = 1e9 })
	s.AddReader()
	size := int64(model.AWS2026().EFOBurstBytes) / 2
	ends := []des.Time{1e9, 2e9, 3e9, 4e9}
	s.AppendAll(0, 0, ends, []kinesis.Load{{Records: 3, Bytes: 3 * size}, {Records: 2, Bytes: 1_000}, {Records: 3, Bytes: 1_500}, {Records: 5, Bytes: 700}}, make([]kinesis.Lags, len(ends)))
	it := kinesis.Iterator{}
	for _, want := range []kinesis.Rows{{From: 0, To: 2, Bytes: model.Bytes(2 * size)}, {From: 2, To: 2}} {
		if r := s.Push(4e9, 0, &it, 3e9); r.From != want.From || r.To != want.To || r.Bytes != want.Bytes {
			t.Fatalf("given %+v, want %+v", r, want)
		}
	}
	if r := s.Push(60e9, 0, &it, 2e9); r.From != 2 || r.To != 5 || int64(r.Bytes) != size+1_000 {
		t.Errorf("given %+v, want rows 2 to 5 with %d bytes", r, size+1_000)
	}
}

// TestEndOfLots: who reads a closed shard in lots is told that nothing is left, with the last rows or
// without any.
func TestEndOfLots(t *testing.T) {
	s := stream(1, func(c *kinesis.Config) { c.Coarse = 1e9 })
	s.Append(0, 0, 1e9, kinesis.Load{Records: 10, Bytes: 1_000}, kinesis.Lags{})
	if f := s.SplitShard(1e9, 0, s.Shard(0).Range.Midpoint()); f != (kinesis.Fault{}) {
		t.Fatal(f)
	}
	for s.Due() < des.Forever {
		s.Step(s.Due())
	}
	var it kinesis.Iterator
	const now = des.Time(600e9)
	for i, want := range []kinesis.Rows{{From: 0, To: 6}, {From: 6, To: 10, End: true}, {From: 10, To: 10, End: true}} {
		if r := s.GetBy(&it, now+des.Time(i)*1e9, 6, now); r.From != want.From || r.To != want.To || r.End != want.End {
			t.Errorf("call %d: given %+v, want %+v", i, r, want)
		}
	}
}
