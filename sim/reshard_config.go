package sim

import (
	"kinesim/model"
	"kinesim/sim/des"
)

// Reshard is a call of the control plane that a scenario makes. Just one of its parts
// is set.
type Reshard struct {
	At     des.Time
	Update *UpdateShardCount
	Split  *SplitShard
	Merge  *MergeShards
	Mode   Mode // UpdateStreamMode
}

// UpdateShardCount wants so many evenly cut shards.
type UpdateShardCount struct{ Target int }

// SplitShard splits a shard in two.
type SplitShard struct {
	Shard ShardPick
	Point SplitPoint
	At    model.HashKey // of SplitAtKey
}

// MergeShards makes one shard of two neighbours.
type MergeShards struct {
	Shard    ShardPick
	Adjacent *model.ShardID // nil: the neighbour that is asked for less
}

// ShardPick says which shard is meant, at the instant of the call.
type ShardPick struct {
	Which Which
	ID    model.ShardID // of ByID
}

// Which are the ways to pick a shard.
type Which uint8

// The ways: by its number, or the one that was asked for most or least in the last
// full minute.
const (
	ByID Which = iota
	Hottest
	Coldest
)

// SplitPoint is where a shard is split.
type SplitPoint uint8

// The places: in the middle of its range, at a hash key, or so that both children
// would have had the same load of the keys seen so far.
const (
	SplitMidpoint SplitPoint = iota
	SplitAtKey
	SplitOptimal
)

// Mode is the capacity mode of a stream.
type Mode string

// The modes. An on-demand stream is Standard or Advantage by a setting of the account.
const (
	Provisioned       Mode = "provisioned"
	OnDemand          Mode = "on_demand"
	OnDemandAdvantage Mode = "on_demand_advantage"
)

// StreamMode is the mode as calls of the API have it.
func (m Mode) StreamMode() string {
	if m == Provisioned {
		return "PROVISIONED"
	}
	return "ON_DEMAND"
}

// History is what an on-demand stream has seen in the 30 days before the run.
type History struct {
	PeakBytes   model.Bytes // a second, in the busiest minute
	PeakRecords int64
}
