package analytic

import (
	"math"

	"kinesim/model"
)

// Binding names the limit that decides how many shards a load needs.
type Binding string

// The limits that can bind. OneShard stands for none: a stream has a shard.
const (
	OneShard    Binding = "one shard"
	ByBytes     Binding = "bytes in"
	ByRecords   Binding = "records"
	ByReadBytes Binding = "classic read"
)

// Load is what a stream has to carry, on average and spread evenly.
type Load struct {
	Records float64 // a second
	Bytes   float64 // a second, data and partition keys
	Classic int     // consumers that share the read limit and each read everything
}

// Shards is the least number of shards that carries a load without headroom:
//
//	max(1, ⌈max(bytes / write bytes, records / write records, classic · bytes / read bytes)⌉)
//
// with the three limits of one shard a second. binding is the largest of the
// three; the first named of equals. It is a lower bound: uneven keys and bursts
// need more. Range: every load ≥ 0. Source: developer guide, "Determining the
// initial size", with the record limit added, which it leaves out.
func Shards(load Load, limits model.Limits) (n int, binding Binding) {
	need, binding := 0.0, OneShard
	for _, bound := range []struct {
		shards  float64
		binding Binding
	}{
		{load.Bytes / float64(limits.WriteBytesPerSecond), ByBytes},
		{load.Records / float64(limits.WriteRecordsPerSecond), ByRecords},
		{float64(load.Classic) * load.Bytes / float64(limits.ReadBytesPerSecond), ByReadBytes},
	} {
		if bound.shards > need {
			need, binding = bound.shards, bound.binding
		}
	}
	if need == 0 {
		return 1, OneShard
	}
	return int(math.Ceil(need)), binding
}

// WithHeadroom is the number of shards that keeps the hottest shard at the
// target utilization: ⌈n · skew / target⌉ where n is the load in shards, skew the
// hottest shard's share times the number of shards (1 for even keys) and target
// in (0, 1]. Source: assumption A17 takes a target of 0.75.
//
// The skew itself grows with the number of shards, so for skewed keys this is
// the first step of a search and not its end.
func WithHeadroom(shards, skew, target float64) int {
	return max(1, int(math.Ceil(shards*skew/target)))
}
