package report

import (
	"cmp"
	"slices"

	"kinesim/sim"
)

// shardsByHash are the shards ordered by where their ranges begin; parents
// before the children that took over their place.
func shardsByHash(shards []sim.ShardResult) []sim.ShardResult {
	sorted := slices.Clone(shards)
	slices.SortStableFunc(sorted, func(a, b sim.ShardResult) int {
		return cmp.Or(compareDecimal(a.StartingHashKey, b.StartingHashKey), cmp.Compare(a.ID, b.ID))
	})
	return sorted
}

// life is for how many seconds after warm-up a shard took writes; at least a nanosecond.
func (b *builder) life(s *sim.ShardResult) float64 {
	warmup := b.r.Clock.WarmupS
	until := warmup + b.span
	if s.ClosedAtS != nil {
		until = *s.ClosedAtS
	}
	return max(until-max(s.OpenedAtS, warmup), 1e-9)
}

// compareDecimal compares whole numbers written in decimal; they pass 64 bits.
func compareDecimal(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// busiest are the n shards that were asked for most, in the order in which they
// came.
func busiest(shards []sim.ShardResult, n int) []sim.ShardResult {
	order := make([]int, len(shards))
	for i := range order {
		order[i] = i
	}
	asked := func(i int) int64 { return shards[i].IncomingRecords + shards[i].WriteThrottled }
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(asked(j), asked(i)) })
	order = order[:n]
	slices.Sort(order)
	kept := make([]sim.ShardResult, n)
	for i, k := range order {
		kept[i] = shards[k]
	}
	return kept
}
