package scenarios

import (
	"cmp"
	"slices"
	"strings"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/des"
)

// Reshard is a call of the control plane.
type Reshard struct {
	At Duration `json:"at" jsonschema:"required" eg:"30m" doc:"The time of the run at which the call is made."`

	UpdateShardCount *TargetCount `json:"update_shard_count,omitempty" one:"call" range:"1..10000" doc:"UpdateShardCount: so many shards, evenly cut; at most twice and at least half of what is open."`
	SplitShard       *SplitShard  `json:"split_shard,omitempty" one:"call" doc:"SplitShard: one shard becomes two."`
	MergeShards      *MergeShards `json:"merge_shards,omitempty" one:"call" doc:"MergeShards: two neighbours become one."`
	UpdateStreamMode *Mode        `json:"update_stream_mode,omitempty" one:"call" doc:"UpdateStreamMode: another capacity mode, at most twice in 24 hours."`
}

// reshardCall is a call of the control plane.
type reshardCall interface {
	call(c *compiler, r *sim.Reshard)
}

// TargetCount is a number of shards that is wanted.
type TargetCount int64

func (n TargetCount) call(_ *compiler, r *sim.Reshard) {
	r.Update = &sim.UpdateShardCount{Target: int(n)}
}

// SplitShard splits a shard.
type SplitShard struct {
	Shard PickedShard `json:"shard" jsonschema:"required" eg:"hottest" doc:"shardId-000000000000 and so on; or hottest or coldest: the one that was asked for most or least in the last full minute."`
	At    SplitAt     `json:"at" doc:"Where the upper child begins: midpoint (default), optimal (so that both would have had the same load of the keys so far), or a hash key in quotes."`
}

func (s *SplitShard) defaults() { s.At = midpoint }

func (s *SplitShard) call(_ *compiler, r *sim.Reshard) {
	r.Split = &sim.SplitShard{Shard: s.Shard.pick()}
	switch s.At {
	case midpoint:
	case optimal:
		r.Split.Point = sim.SplitOptimal
	default:
		r.Split.Point = sim.SplitAtKey
		r.Split.At, _ = model.ParseHashKey(string(s.At)) // as parse has seen
	}
}

// MergeShards merges two shards.
type MergeShards struct {
	Shard    PickedShard  `json:"shard" jsonschema:"required" eg:"coldest" doc:"shardId-000000000000 and so on; or coldest or hottest."`
	Adjacent *PickedShard `json:"adjacent,omitempty" doc:"The shard whose range follows; without it the neighbour, on either side, that was asked for less."`
}

func (m *MergeShards) call(c *compiler, r *sim.Reshard) {
	r.Merge = &sim.MergeShards{Shard: m.Shard.pick()}
	if m.Adjacent == nil {
		return
	}
	pick := m.Adjacent.pick()
	if pick.Which != sim.ByID {
		c.complain(codeConflict, m.Adjacent, "adjacent is %s; give the neighbour by its id, or leave it out", *m.Adjacent)
	}
	r.Merge.Adjacent = &pick.ID
}

func (m *Mode) call(_ *compiler, r *sim.Reshard) { r.Mode = sim.Mode(*m) }

// PickedShard names a shard, or says which one by a property.
type PickedShard string

// coldest is the shard that was asked for least.
const coldest = "coldest"

func (PickedShard) form() form {
	return form{"a shard", "a shard such as shardId-000000000000, or hottest, or coldest", `^(hottest|coldest|shardId-[0-9]{12})$`, ""}
}

func (s *PickedShard) parse(text string) error {
	_, err := model.ParseShardID(text)
	if text != hottest && text != coldest && (!strings.HasPrefix(text, "shardId-") || err != nil) {
		return refuse(text, s.form(), nil)
	}
	*s = PickedShard(text)
	return nil
}

// String is the name as it is read.
func (s PickedShard) String() string { return string(s) }

func (s PickedShard) pick() sim.ShardPick {
	switch s {
	case hottest:
		return sim.ShardPick{Which: sim.Hottest}
	case coldest:
		return sim.ShardPick{Which: sim.Coldest}
	}
	id, _ := model.ParseShardID(string(s)) // as parse has seen
	return sim.ShardPick{ID: id}
}

// SplitAt is where a shard is split.
type SplitAt string

// The points that are not hash keys.
const (
	midpoint = "midpoint"
	optimal  = "optimal"
)

func (SplitAt) form() form {
	return form{"a split point", `midpoint, optimal, or a hash key in quotes such as "170141183460469231731687303715884105728"`, `^(midpoint|optimal|0|[1-9][0-9]{0,38})$`, ""}
}

func (s *SplitAt) parse(text string) error {
	if text != midpoint && text != optimal {
		if _, err := model.ParseHashKey(text); err != nil {
			return refuse(text, s.form(), nil)
		}
	}
	*s = SplitAt(text)
	return nil
}

// String is the point as it is read.
func (s SplitAt) String() string { return string(s) }

// reshard compiles the calls, in the order of time.
func (c *compiler) reshard(calls []Reshard) {
	var written []*Reshard // beside the compiled ones
	for i := range calls {
		r := &calls[i]
		if !c.sound(r) {
			continue
		}
		compiled := sim.Reshard{At: des.Time(r.At)}
		kindOf[reshardCall](*r).call(c, &compiled)
		if r.At >= c.scenario.Clock.Duration {
			c.outside(&r.At, r, "the call at %s comes after the end of the run at %s", r.At, c.scenario.Clock.Duration)
		}
		c.config.Reshard = append(c.config.Reshard, compiled)
		written = append(written, r)
	}
	order := make([]int, len(written))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(written[a].At, written[b].At) })
	sorted, places := make([]sim.Reshard, len(order)), make([]*Reshard, len(order))
	for to, from := range order {
		sorted[to], places[to] = c.config.Reshard[from], written[from]
	}
	if len(sorted) > 0 {
		c.config.Reshard = sorted
		c.rehearse(places)
	}
}
