package autoscale

import (
	"fmt"
	"math"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// OnDemand is what the service itself does with the shards of an on-demand stream.
//
// Documented: a new stream takes 4 MB/s; a stream takes up to twice the peak of the last
// 30 days; a shard that takes more than half of its limits is split within 15 minutes,
// in even halves, without a look at its keys (developer guide and quotas page, 2022 to
// 2026; AWS blog of March 2023).
//
// Assumed (A12): the mean of one minute decides, and the split is effective Reaction
// later, whatever comes in between. Assumed (A13): once there have been more shards than
// Least for ShrinkAfter, without a split in that time, the two neighbours that together
// take the least are merged, one pair a minute, down to Least; only if together they take
// no more than half a shard's limits, as they would be split again.
type OnDemand struct {
	NewShards   int           // of a new stream
	Reaction    time.Duration // from the first minute above half; 0 to 24 h
	ShrinkAfter time.Duration // 0: never
	HistoryPeak float64       // of the 30 days before the run: shards' worth in one minute
	Warm        float64       // warm throughput of on-demand advantage, in shards' worth
	MaxShards   int           // splits stop there; 0: what the service allows
}

// Facts of on-demand streams.
const (
	splitAbove = 0.5                 // of a shard's limits
	peakCounts = 2                   // times the peak that a stream takes
	peakLasts  = 30 * 24 * time.Hour // of data
)

// ShardUse is how much of its write limits an open shard took in a minute: shares, 1 is
// all.
type ShardUse struct {
	ID             model.ShardID
	Range          model.HashRange
	Bytes, Records float64
}

func (u *ShardUse) share() float64 { return max(u.Bytes, u.Records) }

// Operation is a change of shards that the service makes at an instant. A split is at
// the midpoint of the shard's range.
type Operation struct {
	At          des.Time
	Merge       bool // else a split
	Shard       model.ShardID
	Adjacent    model.ShardID // of a merge: the shard above; else model.NoShard
	Saw, Reason string
}

// Validate refuses values out of range.
func (p OnDemand) Validate() error {
	for _, err := range []error{
		span("reaction", p.Reaction, 0, day), span("shrink_after", p.ShrinkAfter, 0, 8760*time.Hour),
		between("new shards", p.NewShards, 0, model.MaxShards), between("max_shards", p.MaxShards, 0, model.MaxShards),
	} {
		if err != nil {
			return err
		}
	}
	for _, v := range []float64{p.HistoryPeak, p.Warm} {
		if !(v >= 0 && v <= model.MaxShards) {
			return fmt.Errorf("throughput is %v shards' worth; 0 to %d", v, model.MaxShards)
		}
	}
	return nil
}

// Start gives fresh running state.
func (p OnDemand) Start() *OnDemandScaler {
	s := &OnDemandScaler{OnDemand: p, pending: map[model.ShardID]des.Time{}}
	s.remember(0, p.HistoryPeak)
	return s
}

// OnDemandScaler is an on-demand stream's scaler that runs.
type OnDemandScaler struct {
	OnDemand
	peaks   []peak // the largest minutes that a later one has not passed, oldest first
	pending map[model.ShardID]des.Time
	calm    des.Time // since when there has been neither a split nor too few shards
}

// peak is a minute with its use.
type peak struct {
	at  des.Time
	use float64
}

// remember keeps the maximum of the last 30 days: a minute that a later one reaches never
// counts again.
func (s *OnDemandScaler) remember(at des.Time, use float64) {
	for len(s.peaks) > 0 && s.peaks[len(s.peaks)-1].use <= use {
		s.peaks = s.peaks[:len(s.peaks)-1]
	}
	s.peaks = append(s.peaks, peak{at, use})
	for at.Sub(s.peaks[0].at) >= peakLasts {
		s.peaks = s.peaks[1:]
	}
}

// Peak is the largest minute of the last 30 days, in shards' worth.
func (s *OnDemandScaler) Peak() float64 { return s.peaks[0].use }

// Least is how many shards the stream should have at least: those of a new one, room for
// twice the peak, and its warm throughput. At the start, that is how many it should begin with.
func (s *OnDemandScaler) Least() int {
	return s.most(int(math.Ceil(max(float64(s.NewShards), peakCounts*s.Peak(), s.Warm))))
}

func (s *OnDemandScaler) most(shards int) int {
	if s.MaxShards > 0 {
		return min(shards, s.MaxShards)
	}
	return min(shards, model.MaxShards)
}

// Minute tells what the open shards, in the order of their hash keys, took in the minute
// that ends at end, and gives the changes that follow from it. They are due at once or
// later, and are told once; whoever carries them out passes over what he cannot do then.
func (s *OnDemandScaler) Minute(end des.Time, use []ShardUse) []Operation {
	bytes, records := 0.0, 0.0
	open := map[model.ShardID]bool{}
	for i := range use {
		bytes, records = bytes+use[i].Bytes, records+use[i].Records
		open[use[i].ID] = true
	}
	for id, at := range s.pending { // each for itself: their order does not show
		if !open[id] || end.Sub(at) > time.Minute { // done, or it could not be
			delete(s.pending, id)
		}
	}
	s.remember(end, max(bytes, records))
	splits := s.splits(end, use)
	if len(splits) > 0 || len(use) <= s.Least() {
		s.calm = end
	}
	if s.ShrinkAfter == 0 || end.Sub(s.calm) < s.ShrinkAfter {
		return splits
	}
	return s.merge(end, use)
}

// splits are those of shards that took more than half for the first time.
func (s *OnDemandScaler) splits(end des.Time, use []ShardUse) (ops []Operation) {
	will := len(use)
	for _, at := range s.pending {
		if at >= end {
			will++
		}
	}
	for i := range use {
		u := &use[i]
		if _, known := s.pending[u.ID]; known || u.share() <= splitAbove || u.Range.Start == u.Range.End || will >= s.most(model.MaxShards) {
			continue
		}
		will++
		at := end.Add(s.Reaction)
		s.pending[u.ID] = at
		ops = append(ops, Operation{
			At: at, Shard: u.ID, Adjacent: model.NoShard,
			Saw:    fmt.Sprintf("%s took %s of its limits in a minute", u.ID, percent(u.share())),
			Reason: fmt.Sprintf("more than %s: split in halves after %v", percent(splitAbove), s.Reaction),
		})
	}
	return ops
}

// merge is that of the coldest neighbours, if there is a pair.
func (s *OnDemandScaler) merge(end des.Time, use []ShardUse) []Operation {
	coldest, least := -1, 0.0
	for i := 0; i+1 < len(use); i++ {
		a, b := &use[i], &use[i+1]
		together := max(a.Bytes+b.Bytes, a.Records+b.Records)
		if s.pending[a.ID] == 0 && s.pending[b.ID] == 0 && together <= splitAbove && (coldest < 0 || together < least) {
			coldest, least = i, together
		}
	}
	if coldest < 0 {
		return nil
	}
	a, b := use[coldest].ID, use[coldest+1].ID
	s.pending[a], s.pending[b] = end, end
	return []Operation{{
		At: end, Merge: true, Shard: a, Adjacent: b,
		Saw:    fmt.Sprintf("%d shards; %s and %s together took %s of the limits of one", len(use), a, b, percent(least)),
		Reason: fmt.Sprintf("%d shards would do for %v", s.Least(), s.ShrinkAfter),
	}}
}
