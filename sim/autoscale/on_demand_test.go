package autoscale_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/autoscale"
	"kinesim/sim/des"
)

// shardSet carries out what the service's scaler says, on shards and nothing else.
type shardSet struct {
	use  []autoscale.ShardUse
	next model.ShardID
	due  []autoscale.Operation
	log  []string
}

func evenSet(n int) *shardSet {
	s := &shardSet{next: model.ShardID(n)}
	m := model.EvenShards(n)
	for i := range n {
		s.use = append(s.use, autoscale.ShardUse{ID: m.At(i).ID, Range: m.At(i).Range})
	}
	return s
}

// minute lets a load, in shards' worth, fall evenly on the hash keys; none takes more
// than a shard does.
func (s *shardSet) minute(c *autoscale.OnDemandScaler, n int, load float64) {
	end := des.Time(n+1) * minute
	for i := range s.use {
		s.use[i].Bytes = min(1, load*s.use[i].Range.Share())
		s.use[i].Records = s.use[i].Bytes / 2
	}
	s.due = append(s.due, c.Minute(end, slices.Clone(s.use))...)
	s.due = slices.DeleteFunc(s.due, func(op autoscale.Operation) bool {
		if op.At > end {
			return false
		}
		s.do(op)
		return true
	})
}

func (s *shardSet) do(op autoscale.Operation) {
	i := slices.IndexFunc(s.use, func(u autoscale.ShardUse) bool { return u.ID == op.Shard })
	if i < 0 {
		panic("no such shard")
	}
	r := s.use[i].Range
	if op.Merge {
		if s.use[i+1].ID != op.Adjacent {
			panic("not adjacent")
		}
		r.End = s.use[i+1].Range.End
		s.use = slices.Replace(s.use, i, i+2, autoscale.ShardUse{ID: s.next, Range: r})
		s.next++
	} else {
		mid := r.Midpoint()
		s.use = slices.Replace(s.use, i, i+1,
			autoscale.ShardUse{ID: s.next, Range: model.HashRange{Start: r.Start, End: mid.Prev()}},
			autoscale.ShardUse{ID: s.next + 1, Range: model.HashRange{Start: mid, End: r.End}})
		s.next += 2
	}
	s.log = append(s.log, fmt.Sprintf("%v: %d", op.At, len(s.use)))
}

func onDemand(p autoscale.OnDemand) *autoscale.OnDemandScaler {
	p.NewShards = 4
	if err := p.Validate(); err != nil {
		panic(err)
	}
	return p.Start()
}

// TestOnDemandDoubles: a new stream grows 4, 8, 16 under a load beyond it, each time the
// reaction after the first minute above half.
func TestOnDemandDoubles(t *testing.T) {
	c, s := onDemand(autoscale.OnDemand{Reaction: 5 * time.Minute}), evenSet(4)
	for n := range 60 {
		s.minute(c, n, 7)
	}
	want := []string{"6m0s: 5", "6m0s: 6", "6m0s: 7", "6m0s: 8", "12m0s: 9", "12m0s: 10", "12m0s: 11", "12m0s: 12", "12m0s: 13", "12m0s: 14", "12m0s: 15", "12m0s: 16"}
	if !slices.Equal(s.log, want) {
		t.Errorf("got %v, want %v", s.log, want)
	}
	if c.Peak() != 7 || c.Least() != 14 {
		t.Errorf("peak %v, least %d", c.Peak(), c.Least())
	}
}

// TestOnDemandWorkedCases: the developer guide keeps capacity for 80 MB/s for a stream
// that peaks at 40, and for 100 once it has had 50; history counts from the start.
func TestOnDemandWorkedCases(t *testing.T) {
	c := onDemand(autoscale.OnDemand{HistoryPeak: 40})
	if c.Least() != 80 {
		t.Errorf("least %d, want 80", c.Least())
	}
	s := evenSet(80)
	for n, load := range []float64{10, 40, 50, 10} {
		s.minute(c, n, load)
	}
	if c.Least() != 100 {
		t.Errorf("least %d, want 100", c.Least())
	}
	if c := onDemand(autoscale.OnDemand{}); c.Least() != 4 {
		t.Errorf("a new stream has %d", c.Least())
	}
	if c := onDemand(autoscale.OnDemand{Warm: 100, HistoryPeak: 3, MaxShards: 90}); c.Least() != 90 {
		t.Errorf("warm stream has %d", c.Least())
	}
}

// TestOnDemandShrinks: after a day without need, the coldest neighbours merge, one pair a
// minute, down to twice the peak; and not at all if that is off.
func TestOnDemandShrinks(t *testing.T) {
	c, s := onDemand(autoscale.OnDemand{ShrinkAfter: 24 * time.Hour, HistoryPeak: 3}), evenSet(8)
	for n := range 1460 {
		s.minute(c, n, 0.5)
	}
	if want := []string{"24h0m0s: 7", "24h1m0s: 6"}; !slices.Equal(s.log, want) {
		t.Errorf("got %v, want %v", s.log, want)
	}
	c, s = onDemand(autoscale.OnDemand{HistoryPeak: 3}), evenSet(8)
	for n := range 3000 {
		s.minute(c, n, 0.5)
	}
	if len(s.log) > 0 {
		t.Error(s.log)
	}
}

// TestColdestPair: the pair that takes the least, and none that would be split again.
func TestColdestPair(t *testing.T) {
	for _, c := range []struct {
		use  []float64
		want string
	}{
		{[]float64{0.1, 0.3, 0.2, 0.1, 0.1, 0.4}, "3 and 4"},
		{[]float64{0.4, 0.2, 0.4, 0.2, 0.4, 0.2}, "none"},
		{[]float64{0.4, 0.1, 0.4, 0.2, 0.4, 0.2}, "0 and 1"},
	} {
		s := onDemand(autoscale.OnDemand{ShrinkAfter: time.Minute})
		m := model.EvenShards(len(c.use))
		use := make([]autoscale.ShardUse, len(c.use))
		for i := range use {
			use[i] = autoscale.ShardUse{ID: m.At(i).ID, Range: m.At(i).Range, Records: c.use[i]}
		}
		got := "none"
		for _, op := range s.Minute(minute, use) {
			got = fmt.Sprintf("%d and %d", op.Shard, op.Adjacent)
		}
		if got != c.want {
			t.Errorf("of %v it merges %s, want %s", c.use, got, c.want)
		}
	}
}

// TestOnDemandForgets: a peak counts for 30 days.
func TestOnDemandForgets(t *testing.T) {
	c := onDemand(autoscale.OnDemand{HistoryPeak: 20})
	use := []autoscale.ShardUse{{ID: 1, Range: model.Whole, Bytes: 0.25}}
	for n := 1; n <= 30*1440; n++ {
		if c.Peak() != 20 {
			t.Fatalf("peak %v in minute %d", c.Peak(), n)
		}
		c.Minute(des.Time(n)*minute, use)
	}
	if c.Peak() != 0.25 {
		t.Errorf("peak %v after 30 days", c.Peak())
	}
}

// TestHotKey: halving goes on and does not help a single key.
func TestHotKey(t *testing.T) {
	c := onDemand(autoscale.OnDemand{Reaction: time.Minute, MaxShards: 12})
	s := evenSet(4)
	key := model.KeyHash("hot")
	for n := range 200 {
		end := des.Time(n+1) * minute
		for i := range s.use {
			s.use[i].Bytes = 0
			if s.use[i].Range.Contains(key) {
				s.use[i].Bytes = 1
			}
		}
		for _, op := range s.due {
			s.do(op)
		}
		s.due = c.Minute(end, slices.Clone(s.use))
	}
	if len(s.use) != 12 {
		t.Errorf("%d shards, want as many as there may be", len(s.use))
	}
}

// TestOnDemandHolds: under any load, shards tile the space, the most is kept, and merges
// leave no fewer than the least.
func TestOnDemandHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := autoscale.OnDemand{
			Reaction:    time.Duration(rapid.IntRange(0, 15).Draw(t, "reaction")) * time.Minute,
			ShrinkAfter: time.Duration(rapid.IntRange(0, 60).Draw(t, "shrink")) * time.Minute,
			HistoryPeak: rapid.Float64Range(0, 8).Draw(t, "history"),
			MaxShards:   rapid.IntRange(4, 40).Draw(t, "most"),
		}
		c := onDemand(p)
		s := evenSet(c.Least())
		load := 0.0
		for n := range 200 {
			if n%20 == 0 {
				load = rapid.Float64Range(0, 30).Draw(t, "load")
			}
			before := len(s.use)
			s.minute(c, n, load)
			if len(s.use) > p.MaxShards || len(s.use) < before && len(s.use) < c.Least() {
				t.Fatalf("%d shards after %d, at most %d, at least %d", len(s.use), before, p.MaxShards, c.Least())
			}
			shards := make([]model.Shard, len(s.use))
			for i, u := range s.use {
				shards[i] = model.Shard{ID: u.ID, Range: u.Range}
			}
			if _, err := model.NewShardMap(shards); err != nil {
				t.Fatal(err)
			}
		}
	})
}
