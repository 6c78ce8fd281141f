package model

import (
	"math"
	"math/big"
	"sort"
)

// KeyWeight is a hash key with the load that comes under it.
type KeyWeight struct {
	Key    HashKey
	Weight float64
}

// SplitPoint is where the upper child of a shard should begin so that both children
// have as nearly as possible the same load: that of keys, and an even load over the
// whole range beside them. A point is next to a key or the midpoint, whichever is best.
func SplitPoint(s Shard, keys []KeyWeight, even float64) HashKey {
	sort.Slice(keys, func(i, j int) bool { return keys[i].Key.Less(keys[j].Key) })
	half := even / 2
	for _, k := range keys {
		half += k.Weight / 2
	}
	best, off := s.Range.Midpoint(), math.Inf(1)
	below := 0.0 // load of the keys that the lower child keeps
	try := func(at HashKey) {
		if !s.CanSplit(at) {
			return
		}
		lower := below + even*s.Range.part(at)
		if d := math.Abs(lower - half); d < off {
			best, off = at, d
		}
	}
	middle, tried := best, false
	for _, k := range keys {
		if !tried && !k.Key.Less(middle) {
			try(middle)
			tried = true
		}
		try(k.Key)
		below += k.Weight
		try(k.Key.Next())
	}
	if !tried {
		try(middle)
	}
	return best
}

// part is the share of the range below h, which lies in it.
func (r HashRange) part(h HashKey) float64 {
	if h == r.Start {
		return 0
	}
	below, _ := new(big.Float).SetInt(HashRange{r.Start, h.Prev()}.Width()).Float64()
	all, _ := new(big.Float).SetInt(r.Width()).Float64()
	return below / all
}
