package plan

import (
	"math"
	"math/big"

	"kinesim/model"
)

// Fewest is the map of the fewest shards of which none is fuller than the target, with
// keys that are too hot for it alone in a shard each. One sweep from the lowest hash key
// on, which goes on with a shard for as long as it may, is optimal, as a range is never
// less full than a part of it.
func (l *Load) Fewest(target float64) model.ShardMap {
	return toMap(l.sweep(target, model.MaxShards))
}

// Coolest is the map of n shards whose fullest shard is as cool as can be: the least
// target for which the sweep needs no more than n, found by halving to the last bit that
// matters. Shards that are left over then halve the fullest ones.
func (l *Load) Coolest(n int) model.ShardMap {
	low, high := 0.0, l.Hottest(model.EvenShards(1))
	for range 60 {
		middle := (low + high) / 2
		if len(l.sweep(middle, n)) <= n && !l.burst(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return l.fill(l.sweep(high, n), n)
}

// burst tells whether a single key is above a target.
func (l *Load) burst(target float64) bool {
	for i := range l.Keys {
		if l.share(l.Keys[i].Records, l.Keys[i].Bytes) > target {
			return true
		}
	}
	return false
}

// sweep cuts as late as a target allows, and gives the starts of the shards. It gives up
// when there are more than most.
func (l *Load) sweep(target float64, most int) []model.HashKey {
	starts := []model.HashKey{{}}
	s := sweeper{load: l, target: target}
	for i := range l.Keys {
		k := &l.Keys[i]
		to := place(k.Hash)
		starts = s.over(starts, to, most)
		if s.records+s.bytes > 0 && s.loadWith(k.Records, k.Bytes) > target {
			start := k.Hash
			if s.load.evenShare() == 0 && i > 0 { // anywhere in the gap: in its middle keys may drift both ways
				start = between(l.Keys[i-1].Hash, k.Hash)
			}
			if roomy(starts, start) {
				starts = s.cut(starts, start, to)
			}
		}
		s.records += k.Records
		s.bytes += k.Bytes
		s.last, s.some = k.Hash, true
		if len(starts) > most {
			return starts
		}
	}
	return s.over(starts, 1, most)
}

// sweeper is the shard that is being filled.
type sweeper struct {
	load           *Load
	target         float64
	at             float64 // how far it has come, of 0 to 1
	records, bytes float64
	last           model.HashKey // key in it, if there is some
	some           bool
}

func (s *sweeper) loadWith(records, bytes float64) float64 {
	return s.load.share(s.records+records, s.bytes+bytes)
}

// over goes on to a place with nothing but the even load on the way, and cuts where that
// fills the shard.
func (s *sweeper) over(starts []model.HashKey, to float64, most int) []model.HashKey {
	l := s.load
	for s.load.evenShare() > 0 && len(starts) <= most {
		width := to - s.at
		if s.loadWith(l.EvenRecords*width, l.EvenBytes*width) <= s.target {
			break
		}
		fits := 1.0 // the part of the space that still fits
		for _, x := range [][3]float64{{l.EvenRecords, s.records, l.recordsLimit}, {l.EvenBytes, s.bytes, l.bytesLimit}} {
			if x[0] > 0 {
				fits = min(fits, max(0, (s.target*x[2]-x[1])/x[0]))
			}
		}
		at := s.at + fits
		start := keyAt(at)
		if s.some && !s.last.Less(start) { // a float is not fine enough: behind the key that is in
			start = s.last.Next()
		}
		if !roomy(starts, start) {
			start = starts[len(starts)-1].Next().Next()
		}
		if at >= to {
			break
		}
		starts = s.cut(starts, start, at)
	}
	if width := to - s.at; width > 0 {
		s.records += l.EvenRecords * width
		s.bytes += l.EvenBytes * width
		s.at = to
	}
	return starts
}

// cut begins a new shard at a place.
func (s *sweeper) cut(starts []model.HashKey, start model.HashKey, at float64) []model.HashKey {
	s.records, s.bytes, s.at = 0, 0, max(s.at, at)
	return append(starts, start)
}

// fill adds shards to a map until it has n: each halves the load of the fullest one that
// can be cut, or its range where it has one key.
func (l *Load) fill(starts []model.HashKey, n int) model.ShardMap {
	m := toMap(starts)
	stuck := map[model.HashKey]bool{}
	for m.Len() < n {
		hottest, most := -1, -1.0
		for i, share := range l.shares(m) {
			if share > most && !stuck[m.At(i).Range.Start] {
				hottest, most = i, share
			}
		}
		if hottest < 0 {
			return m
		}
		s := m.At(hottest)
		at := model.SplitPoint(s, l.within(s.Range), l.evenShare()*s.Range.Share())
		if !s.CanSplit(at) {
			stuck[s.Range.Start] = true
			continue
		}
		starts = append(starts, at)
		m = toMap(starts)
	}
	return m
}

// shares are how full each shard of a map is.
func (l *Load) shares(m model.ShardMap) []float64 {
	list, key := make([]float64, m.Len()), 0
	for i := range list {
		r := m.At(i).Range
		records, bytes := float64(l.EvenRecords*r.Share()), float64(l.EvenBytes*r.Share())
		for ; key < len(l.Keys) && r.Contains(l.Keys[key].Hash); key++ {
			records += l.Keys[key].Records
			bytes += l.Keys[key].Bytes
		}
		list[i] = l.share(records, bytes)
	}
	return list
}

// evenShare is the load of the whole space by keys that never come again.
func (l *Load) evenShare() float64 { return l.share(l.EvenRecords, l.EvenBytes) }

// within are the keys of a range with their loads.
func (l *Load) within(r model.HashRange) []model.KeyWeight {
	var list []model.KeyWeight
	for _, k := range l.Keys {
		if r.Contains(k.Hash) {
			list = append(list, model.KeyWeight{Key: k.Hash, Weight: l.share(k.Records, k.Bytes)})
		}
	}
	return list
}

// roomy tells whether a shard may begin at a key, given the start of the last: by the rule
// of the service both children of a split need room for two keys.
func roomy(starts []model.HashKey, start model.HashKey) bool {
	s := model.Shard{Range: model.HashRange{Start: starts[len(starts)-1], End: model.MaxHashKey}}
	return s.CanSplit(start)
}

// toMap is the map with such starts, in any order. They are known to be sound.
func toMap(starts []model.HashKey) model.ShardMap {
	sorted := append([]model.HashKey(nil), starts...)
	sortKeys(sorted)
	m, err := model.ShardsFrom(sorted)
	if err != nil {
		panic("plan: a map that does not tile: " + err.Error())
	}
	return m
}

// place is where a hash key lies, from 0 to 1.
func place(h model.HashKey) float64 {
	return math.Ldexp(float64(h.Hi), -64) + math.Ldexp(float64(h.Lo), -128)
}

// keyAt is the hash key at a place, to what a float can tell.
func keyAt(at float64) model.HashKey {
	n, _ := new(big.Float).SetMantExp(big.NewFloat(min(max(at, 0), math.Nextafter(1, 0))), 128).Int(nil)
	h, err := model.ParseHashKey(n.String())
	if err != nil {
		return model.MaxHashKey
	}
	return h
}

// between is a hash key in the middle of two, above the lower one.
func between(low, high model.HashKey) model.HashKey {
	return model.HashRange{Start: low.Next(), End: high}.Midpoint()
}
