package model

import (
	"errors"
	"fmt"
	"math/big"
	"sort"
)

// ShardID is the number in a shard's name. Numbers start at 0, grow with every
// split or merge and are never used again.
type ShardID int64

// NoShard stands for a parent that does not exist.
const NoShard ShardID = -1

// String is the name as the API writes it: shardId-000000000007.
func (id ShardID) String() string { return fmt.Sprintf("shardId-%012d", int64(id)) }

// ParseShardID reads a name like shardId-000000000007.
func ParseShardID(name string) (ShardID, error) {
	var n int64
	if _, err := fmt.Sscanf(name, "shardId-%d", &n); err != nil || ShardID(n).String() != name {
		return NoShard, fmt.Errorf("%q is not a shard id such as %s", name, ShardID(0))
	}
	return ShardID(n), nil
}

// Shard is one shard of a stream: its name, where it came from and the range of
// hash keys that it owns.
type Shard struct {
	ID                     ShardID
	Parent, AdjacentParent ShardID // NoShard where there is none
	Range                  HashRange
}

// MaxShards is the largest number of shards that UpdateShardCount allows
// (quotas page, 2026).
const MaxShards = 10_000

// ShardMap is the set of open shards of a stream in the order of their ranges.
// Invariant: the ranges tile 0 … 2^128−1 without gap or overlap.
type ShardMap struct {
	shards []Shard
	width  HashKey // of every shard but the last when the map is even, else zero
}

// EvenShards is the map that CreateStream makes for n shards: each is
// ⌊2^128/n⌋ wide and the last takes the remainder. n must be 1 … MaxShards.
func EvenShards(n int) ShardMap {
	if n < 1 || n > MaxShards {
		panic(fmt.Sprintf("model: %d shards; 1 to %d", n, MaxShards))
	}
	if n == 1 {
		return ShardMap{shards: []Shard{{0, NoShard, NoShard, Whole}}}
	}
	space := new(big.Int).Lsh(big.NewInt(1), 128)
	w := space.Div(space, big.NewInt(int64(n)))
	width, _ := ParseHashKey(w.String())
	m := ShardMap{shards: make([]Shard, n), width: width}
	for i := range m.shards {
		start := width.times(uint64(i))
		m.shards[i] = Shard{ShardID(i), NoShard, NoShard, HashRange{start, start.plus(width).Prev()}}
	}
	m.shards[n-1].Range.End = MaxHashKey
	return m
}

// ShardsFrom makes a map from the starting hash keys of its shards, numbered
// from 0 in that order. The first must be 0 and each must be above the one
// before.
func ShardsFrom(starts []HashKey) (ShardMap, error) {
	shards := make([]Shard, len(starts))
	for i, start := range starts {
		end := MaxHashKey
		if i+1 < len(starts) {
			end = starts[i+1].Prev()
		}
		shards[i] = Shard{ShardID(i), NoShard, NoShard, HashRange{start, end}}
	}
	return NewShardMap(shards)
}

// NewShardMap makes a map from open shards in any order. It refuses shards that
// do not tile the hash key space, and names the place.
func NewShardMap(open []Shard) (ShardMap, error) {
	if len(open) == 0 {
		return ShardMap{}, errors.New("no open shard")
	}
	if len(open) > MaxShards {
		return ShardMap{}, fmt.Errorf("%d shards; at most %d", len(open), MaxShards)
	}
	shards := append([]Shard(nil), open...)
	sort.Slice(shards, func(i, j int) bool { return shards[i].Range.Start.Less(shards[j].Range.Start) })
	want := HashKey{}
	for i, s := range shards {
		switch {
		case s.Range.End.Less(s.Range.Start):
			return ShardMap{}, fmt.Errorf("%s ends before it starts", s.ID)
		case want.Less(s.Range.Start):
			return ShardMap{}, fmt.Errorf("no shard owns hash keys %s to %s", want, s.Range.Start.Prev())
		case s.Range.Start.Less(want):
			return ShardMap{}, fmt.Errorf("%s starts at %s, inside or before another shard", s.ID, s.Range.Start)
		case s.Range.End == MaxHashKey && i+1 < len(shards):
			return ShardMap{}, fmt.Errorf("%s starts at %s, inside or before another shard", shards[i+1].ID, shards[i+1].Range.Start)
		}
		want = s.Range.End.Next()
	}
	if want != (HashKey{}) {
		return ShardMap{}, fmt.Errorf("no shard owns hash keys %s to %s", want, MaxHashKey)
	}
	return ShardMap{shards: shards}, nil
}

// Len is the number of open shards.
func (m ShardMap) Len() int { return len(m.shards) }

// At is the i-th shard in the order of hash key ranges.
func (m ShardMap) At(i int) Shard { return m.shards[i] }

// Find is the place, in the order of ranges, of the shard that owns h.
func (m ShardMap) Find(h HashKey) int {
	lo, hi := 0, len(m.shards) // the owner is in [lo, hi)
	if m.width.Hi > 0 {        // an even map: the guess by the upper half is right or one off
		guess := min(int(h.Hi/m.width.Hi), len(m.shards)-1)
		lo, hi = max(0, guess-1), guess+1
	}
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; h.Less(m.shards[mid].Range.Start) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return lo
}
