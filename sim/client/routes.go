package client

import (
	"slices"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// route is what one shard gets of the records that have no heavy key.
type route struct {
	place int32
	share float64 // of all the producer's records, without hot keys
	key   float64 // mean bytes of their keys
}

// heavyKey is a key that is drawn by itself.
type heavyKey struct {
	key   int32
	share float64 // of all records, without hot keys
}

// mostHeavy is how many keys are drawn by themselves at the most, beside hot ones.
const mostHeavy = 64

// weigh finds the keys that are drawn by themselves, and what the others weigh.
func (f *flow) weigh() {
	f.weights = f.producer.Space.Weights()
	for _, i := range heaviest(f.weights, mostHeavy) {
		f.heavy = append(f.heavy, heavyKey{int32(i), f.weights[i]})
	}
	for _, h := range f.heavy {
		f.weights[h.key] = 0
	}
}

// reroute finds out what goes where, after a change of the shards or at the start.
func (f *flow) reroute(s *kinesis.Stream) {
	f.routes = f.routes[:0]
	for _, b := range f.branches {
		b.routes = b.routes[:0]
	}
	space, open := f.producer.Space, s.OpenShards()
	if f.weights == nil && !s.Spreads() {
		f.weigh()
	}
	rest, keys := make([]float64, s.Shards()), make([]float64, s.Shards())
	switch {
	case len(f.weights) == 0:
		key := space.MeanKey()
		for i := range open.Len() {
			part := open.At(i).Range.Share()
			if s.Spreads() {
				part = 1 / float64(open.Len())
			}
			rest[s.PlaceOf(i)], keys[s.PlaceOf(i)] = part, part*key
		}
	default:
		for i, w := range f.weights {
			place := f.producer.Keys.Place(i)
			rest[place] += w
			keys[place] += float64(w * float64(space.Bytes[i]))
		}
	}
	for i := range open.Len() {
		place := s.PlaceOf(i)
		r := route{int32(place), rest[place], keys[place] / max(rest[place], 1e-300)}
		if r.share > 0 {
			f.routes = append(f.routes, r)
		}
		b := f.branches[s.Group(place)]
		b.routes = append(b.routes, r)
	}
	f.loads = grown(f.loads, s.Shards()*f.stride)
	for len(f.sources) < s.Shards() {
		f.sources = append(f.sources, des.Source(f.seeds.Uint64()))
	}
	for _, h := range f.heavy {
		rest[f.producer.Keys.Place(int(h.key))] += h.share
	}
	f.shares, f.odds = rest, nil
}

// likely are how likely a call is to bring records of each shard. They are reckoned anew
// where records begin to wait in another way, and may be looked at after that.
func (f *flow) likely() []float64 {
	if f.odds == nil || f.oddsOf != f.drawing.batch {
		f.odds, f.oddsOf = make([]float64, len(f.shares)), f.drawing.batch
		for i, share := range f.shares {
			f.odds[i] = f.drawing.batch.brings(min(1, share))
		}
	}
	return f.odds
}

// heaviest are the numbers of the n largest weights, in rising order; of equal ones the
// first.
func heaviest(weights []float64, n int) []int {
	if len(weights) == 0 {
		return nil
	}
	sorted := slices.Clone(weights)
	slices.Sort(sorted)
	sorted = sorted[max(0, len(sorted)-n):]
	least, equal := sorted[0], 0 // of those that weigh least so many
	for equal < len(sorted) && sorted[equal] == least {
		equal++
	}
	var list []int
	for i, w := range weights {
		switch {
		case w <= 0 || w < least || w == least && equal == 0:
			continue
		case w == least:
			equal--
		}
		list = append(list, i)
	}
	return list
}
