package analytic

import (
	"math"
	"strconv"

	"kinesim/model"
)

// Zipf are the shares of count ranked keys: that of rank i = 1 … count is
//
//	i^−s / Σ j^−s, j = 1 … count
//
// for any s ≥ 0; s = 0 makes them equal. They are in the order of rank and add
// up to 1. The sum goes from the smallest term to the largest, which keeps it
// exact to a few parts in 10¹⁶.
func Zipf(s float64, count int) []float64 {
	shares := make([]float64, count)
	sum := 0.0
	for i := count; i >= 1; i-- {
		shares[i-1] = math.Pow(float64(i), -s)
		sum += shares[i-1]
	}
	for i := range shares {
		shares[i] /= sum
	}
	return shares
}

// Numbered gives the keys prefix1, prefix2 …, as a scenario names ranked keys.
func Numbered(prefix string) func(rank int) string {
	return func(rank int) string { return prefix + strconv.Itoa(rank) }
}

// ShardShares adds the shares of keys up by the shard that owns each: the share
// of shard i of the map is Σ share of key k over all k with MD5(k) in its range.
// key names the key of rank 1, 2 …. No closed form exists, as MD5 places keys at
// random; this is the direct sum, key by key, with a linear search.
func ShardShares(m model.ShardMap, shares []float64, key func(rank int) string) []float64 {
	sums := make([]float64, m.Len())
	for i, share := range shares {
		h := model.KeyHash(key(i + 1))
		for place := range sums {
			if m.At(place).Range.Contains(h) {
				sums[place] += share
				break
			}
		}
	}
	return sums
}

// Hottest is the largest of the shares and its place; ties go to the lower.
func Hottest(shares []float64) (place int, share float64) {
	for i, s := range shares {
		if s > share {
			place, share = i, s
		}
	}
	return place, share
}

// ThrottledShare is the part of a load that shards refuse in the long run:
//
//	Σ max(0, λᵢ − limit) / Σ λᵢ
//
// over shards of load λᵢ, in the unit of the limit. It is the fluid limit: what
// the mean load alone forces, for senders that do not try again. Random
// arrivals add to it near the limit (see Bucket). Range: loads ≥ 0, limit > 0; 0
// without any load. One key at 1,500 records a second: 1/3, on any number of
// shards.
func ThrottledShare(loads []float64, limit float64) float64 {
	return ThrottledShareOf(loads, limit, 0, math.Inf(1))
}

// ThrottledShareOf is ThrottledShare in the first t seconds, when each shard
// starts with a full bucket of burst tokens:
//
//	Σ max(0, (λᵢ − limit)·t − burst) / Σ λᵢ·t
//
// A shard above its limit spends its burst once and never saves it up again.
func ThrottledShareOf(loads []float64, limit, burst, t float64) float64 {
	refused, offered := 0.0, 0.0
	for _, load := range loads {
		refused += max(0, load-limit-burst/t)
		offered += load
	}
	if offered == 0 {
		return 0
	}
	return refused / offered
}
