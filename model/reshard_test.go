package model_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"kinesim/model"
)

// applied plays operations on a map, round by round, and returns what is open then.
func applied(t interface{ Fatalf(string, ...any) }, m model.ShardMap, operations []model.Operation, parallel int) model.ShardMap {
	rounds, most := model.Rounds(operations, parallel, m.Len())
	peak, n := m.Len(), 0
	for _, r := range rounds {
		after, opened, err := m.Apply(r)
		if err != nil {
			t.Fatalf("%v", err)
		}
		if len(r) > parallel {
			t.Fatalf("%d operations at a time, at most %d", len(r), parallel)
		}
		tiles(t, after)
		m = after
		peak = max(peak, m.Len())
		n += len(opened)
	}
	if peak != most {
		t.Fatalf("%d shards at the most, but %d were said", peak, most)
	}
	return m
}

// tiles tells whether the open ranges cover the hash key space, each key once.
func tiles(t interface{ Fatalf(string, ...any) }, m model.ShardMap) {
	want := model.HashKey{}
	for i := range m.Len() {
		s := m.At(i)
		if s.Range.Start != want || s.Range.End.Less(s.Range.Start) {
			t.Fatalf("shard %v has %v to %v, want it to begin at %v", s.ID, s.Range.Start, s.Range.End, want)
		}
		want = s.Range.End.Next()
	}
	if want != (model.HashKey{}) {
		t.Fatalf("nobody owns %v and what is above", want)
	}
}

func ids(m model.ShardMap) (list []int64) {
	for i := range m.Len() {
		list = append(list, int64(m.At(i).ID))
	}
	return list
}

// TestResize: the operations of UpdateShardCount, worked out by hand.
func TestResize(t *testing.T) {
	for _, row := range []struct {
		from, to, splits, merges int
		open                     string
	}{
		{1, 2, 1, 0, "[1 2]"},
		{2, 3, 2, 1, "[2 6 5]"},
		{2, 4, 2, 0, "[2 3 4 5]"},
		{4, 2, 0, 2, "[4 5]"},
		{4, 3, 2, 3, "[6 9 10]"},
		{4, 4, 0, 0, "[0 1 2 3]"},
		{3, 6, 3, 0, "[3 4 5 6 7 8]"}, // boundaries differ by rounding alone
		{6, 3, 0, 3, "[6 7 8]"},
		{4, 8, 4, 0, "[4 5 6 7 8 9 10 11]"},
		{100, 101, 100, 99, ""},
		{4, 6, 4, 2, ""},
		{4, 5, 4, 3, ""},
		{10_000, 5_000, 0, 5_000, ""},
	} {
		m := model.EvenShards(row.from)
		operations := m.Resize(row.to, m.NextID())
		splits := 0
		for _, o := range operations {
			if !o.Merge {
				splits++
			}
		}
		merges := len(operations) - splits
		if splits != row.splits || merges != row.merges {
			t.Errorf("%d to %d: %d splits and %d merges, want %d and %d", row.from, row.to, splits, merges, row.splits, row.merges)
		}
		after := applied(t, m, operations, 10)
		if after.Len() != row.to {
			t.Errorf("%d to %d leaves %d", row.from, row.to, after.Len())
		}
		if got := fmt.Sprint(ids(after)); row.open != "" && got != row.open {
			t.Errorf("%d to %d leaves %s open, want %s", row.from, row.to, got, row.open)
		}
	}
}

// TestResizeStepByStep: 4 to 3, with the hash keys.
func TestResizeStepByStep(t *testing.T) {
	m := model.EvenShards(4)
	want := []string{
		"split shardId-000000000001 at 113427455640312821154458202477256070485 into shardId-000000000004 and shardId-000000000005",
		"merge shardId-000000000000 and shardId-000000000004 into shardId-000000000006",
		"split shardId-000000000002 at 226854911280625642308916404954512140970 into shardId-000000000007 and shardId-000000000008",
		"merge shardId-000000000005 and shardId-000000000007 into shardId-000000000009",
		"merge shardId-000000000008 and shardId-000000000003 into shardId-000000000010",
	}
	for i, o := range m.Resize(3, m.NextID()) {
		if o.String() != want[i] {
			t.Errorf("step %d: %v, want %s", i+1, o, want[i])
		}
	}
}

// TestResizeAnything: after any number of splits, merges and resizes the open shards
// tile the space, a resize leaves the number that was wanted, evenly cut, and ids are
// never used again.
func TestResizeAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := model.EvenShards(rapid.IntRange(1, 20).Draw(t, "shards"))
		next := m.NextID()
		highest := next - 1 // of all numbers so far
		t.Repeat(map[string]func(*rapid.T){
			"split": func(t *rapid.T) {
				s := m.At(rapid.IntRange(0, m.Len()-1).Draw(t, "place"))
				at := s.Range.Midpoint()
				if rapid.Bool().Draw(t, "odd") {
					at = model.HashRange{Start: s.Range.Start, End: at}.Midpoint()
				}
				if !s.CanSplit(at) {
					t.Skip()
				}
				o := model.Operation{Shard: s.ID, Adjacent: model.NoShard, At: at, Child: next, Upper: next + 1}
				next += 2
				m = applied(t, m, []model.Operation{o}, 1)
			},
			"merge": func(t *rapid.T) {
				if m.Len() == 1 {
					t.Skip()
				}
				i := rapid.IntRange(0, m.Len()-2).Draw(t, "place")
				o := model.Operation{Merge: true, Shard: m.At(i).ID, Adjacent: m.At(i + 1).ID, Child: next, Upper: model.NoShard}
				next++
				m = applied(t, m, []model.Operation{o}, 1)
			},
			"resize": func(t *rapid.T) {
				target := rapid.IntRange(1, 40).Draw(t, "target")
				operations := m.Resize(target, next)
				for _, o := range operations {
					next = max(next, o.Child+1, o.Upper+1)
				}
				m = applied(t, m, operations, rapid.IntRange(1, 12).Draw(t, "parallel"))
				even := model.EvenShards(target)
				if m.Len() != target {
					t.Fatalf("%d shards, want %d", m.Len(), target)
				}
				for i := range target {
					if d := m.At(i).Range.Share() - even.At(i).Range.Share(); d > 1e-9 || d < -1e-9 {
						t.Fatalf("shard %d of %d has %v of the space", i, target, m.At(i).Range.Share())
					}
				}
			},
			"": func(t *rapid.T) {
				if last := m.NextID() - 1; last > highest && last != next-1 || last >= next {
					t.Fatalf("%v is the highest, %d numbers were given out", last, next)
				}
				highest = max(highest, m.NextID()-1)
			},
		})
	})
}

// TestApplyRefuses: what cannot be done is told, and nothing is done.
func TestApplyRefuses(t *testing.T) {
	m := model.EvenShards(4)
	start := m.At(1).Range.Start
	for _, row := range []struct {
		operation model.Operation
		want      string
	}{
		{model.Operation{Shard: 1, Adjacent: model.NoShard, At: start, Child: 4, Upper: 5}, "cannot split shardId-000000000001 at 85070591730234615865843651857942052864 into shardId-000000000004 and shardId-000000000005: it has 85070591730234615865843651857942052864 to 170141183460469231731687303715884105727"},
		{model.Operation{Merge: true, Shard: 0, Adjacent: 2, Child: 4}, "cannot merge shardId-000000000000 and shardId-000000000002 into shardId-000000000004: their ranges do not follow each other"},
		{model.Operation{Merge: true, Shard: 1, Adjacent: 0, Child: 4}, "cannot merge shardId-000000000001 and shardId-000000000000 into shardId-000000000004: their ranges do not follow each other"},
		{model.Operation{Shard: 7, Adjacent: model.NoShard, Child: 8, Upper: 9}, "cannot split shardId-000000000007 at 0 into shardId-000000000008 and shardId-000000000009: not open"},
	} {
		if _, _, err := m.Apply([]model.Operation{row.operation}); err == nil || err.Error() != row.want {
			t.Errorf("%v: %v, want %s", row.operation, err, row.want)
		}
	}
	split := model.Operation{Shard: 1, Adjacent: model.NoShard, At: m.At(1).Range.Midpoint(), Child: 4, Upper: 5}
	if _, _, err := m.Apply([]model.Operation{split, split}); err == nil {
		t.Error("a shard was split twice at a time")
	}
}
