package workload

import (
	"slices"

	"kinesim/model"
	"kinesim/sim/des"
)

// KeySpace is a key distribution ready to be drawn from: all hash keys reckoned
// once, hot keys laid over. It is made for one run.
type KeySpace struct {
	Hashes []model.HashKey // of the numbered keys, the distribution's and then further hot ones
	Bytes  []uint16        // of their names in UTF-8

	keys    Keys
	extra   []string         // names of hot keys that the distribution does not have, or of a trace's keys
	numbers map[string]int32 // of a trace's keys
	base    numbers          // made for the first draw: a coarse resolution draws no keys
	alike   []uint16         // by alikeKeys keys: the length that all of them have, 0 if they differ; of many keys
	hot     []hotKey
}

type hotKey struct {
	key      int32
	share    float64
	from, to des.Time
}

// NewKeySpace reckons the hash keys of a distribution and of its hot keys.
func NewKeySpace(keys Keys, hot []Hot) *KeySpace {
	n := keys.Len()
	k := &KeySpace{keys: keys, Hashes: make([]model.HashKey, 0, n+len(hot)), Bytes: make([]uint16, 0, n+len(hot))}
	number := map[string]int32{} // of the hot keys
	for _, h := range hot {
		number[h.Key] = model.NoKey
	}
	var name []byte
	for i := range n {
		name = appendName(name[:0], keys, i)
		hash, explicit := keys.Explicit(i)
		if !explicit {
			hash = model.KeyHash(name)
		}
		k.add(len(name), hash)
		if len(hot) > 0 {
			if _, isHot := number[string(name)]; isHot {
				number[string(name)] = int32(i)
			}
		}
	}
	for _, h := range hot {
		if number[h.Key] == model.NoKey {
			number[h.Key] = int32(len(k.Hashes))
			k.extra = append(k.extra, h.Key)
			k.add(len(h.Key), model.KeyHash(h.Key))
		}
		k.hot = append(k.hot, hotKey{number[h.Key], h.Share, h.From, h.To})
	}
	return k
}

func (k *KeySpace) add(bytes int, hash model.HashKey) {
	k.Hashes = append(k.Hashes, hash)
	k.Bytes = append(k.Bytes, uint16(bytes))
}

// appendName appends the name of a key to text, and makes no string of it where there may be
// millions.
func appendName(text []byte, keys Keys, i int) []byte {
	if ranked, ok := keys.(Ranked); ok {
		return ranked.appendName(text, i)
	}
	return append(text, keys.Name(i)...)
}

// Name is the partition key of that number.
func (k *KeySpace) Name(i int) string {
	if n := k.keys.Len(); i >= n {
		return k.extra[i-n]
	}
	return k.keys.Name(i)
}

// LongestKey is the most bytes that a key of the space has.
func (k *KeySpace) LongestKey() int {
	longest := 0
	if k.keys.Len() == 0 {
		longest = model.UniqueKeyBytes
	}
	for _, n := range k.Bytes {
		longest = max(longest, int(n))
	}
	return longest
}

// Weights are the shares of the numbered keys in all records, hot keys apart; nil where
// keys have no numbers.
func (k *KeySpace) Weights() []float64 {
	n := k.keys.Len()
	if n == 0 {
		return nil
	}
	weights, sum := make([]float64, len(k.Hashes)), 0.0
	for i := range n {
		weights[i] = k.keys.Weight(i)
		sum += weights[i]
	}
	for i := range weights {
		weights[i] /= sum
	}
	return weights
}

// MeanKey is the mean length of a record's key in bytes, hot keys apart.
func (k *KeySpace) MeanKey() float64 {
	weights, mean := k.Weights(), 0.0
	if weights == nil {
		return model.UniqueKeyBytes
	}
	for i, w := range weights {
		mean += float64(w * float64(k.Bytes[i]))
	}
	return mean
}

// HotShare is a hot key's share of all records, on top of what it has without.
type HotShare struct {
	Key   int32
	Share float64
}

// HotAt are the hot keys at an instant.
func (k *KeySpace) HotAt(at des.Time) (hot []HotShare) {
	for _, h := range k.hot {
		if at >= h.from && at < h.to {
			hot = append(hot, HotShare{h.key, h.share})
		}
	}
	return hot
}

// Bend is the next instant after t at which a key becomes hot or ceases to be.
func (k *KeySpace) Bend(t des.Time) des.Time {
	bend := des.Time(des.Forever)
	for _, h := range k.hot {
		for _, edge := range []des.Time{h.from, h.to} {
			if edge > t {
				bend = min(bend, edge)
			}
		}
	}
	return bend
}

// Draw writes a key for each record to key, and its length in bytes on top of
// size. arose are the instants of the records, in order. Where a drawn key has no
// number, key is NoKey and hash, which must then be as long, holds its place. A record
// that keeps a key has none of its own; keeps is nil where all do.
func (k *KeySpace) Draw(key []int32, hash []model.HashKey, size []uint32, arose []des.Time, random *des.Rand, keeps Keeper) {
	if n := k.keys.Len(); n == 0 {
		for i := range key {
			key[i] = model.NoKey
			hash[i] = model.HashKey{Hi: random.Uint64(), Lo: random.Uint64()}
		}
	} else {
		if k.base == nil {
			k.base = newNumbers(k.keys)
			k.liken()
		}
		k.base.fill(key, random)
	}
	if len(k.hot) > 0 {
		k.heat(key, arose, random)
	}
	if keeps != nil {
		keeps.Keep(key, hash)
	}
	if k.alike != nil {
		k.lengthen(key, size)
		return
	}
	for i, n := range key {
		if n == model.NoKey {
			size[i] += model.UniqueKeyBytes
		} else {
			size[i] += uint32(k.Bytes[n])
		}
	}
}

// alikeKeys is how many consecutive keys are asked together whether their lengths are alike.
const alikeKeys = 256

// liken finds out which of many keys have the length of their neighbours, as those with
// counted names have: a table that the first-level cache holds then tells most lengths.
func (k *KeySpace) liken() {
	if len(k.Bytes) <= mostRows {
		return
	}
	for all := range slices.Chunk(k.Bytes, alikeKeys) {
		length := all[0]
		for _, n := range all {
			if n != length {
				length = 0
			}
		}
		k.alike = append(k.alike, length)
	}
}

// lengthen adds the lengths of keys to sizes. All keys of a space with many have numbers.
func (k *KeySpace) lengthen(key []int32, size []uint32) {
	size = size[:len(key)]
	for i, n := range key {
		length := k.alike[uint32(n)/alikeKeys]
		if length == 0 {
			length = k.Bytes[n]
		}
		size[i] += uint32(length)
	}
}

// numbers draws numbers of keys.
type numbers interface {
	fill(dst []int32, random *des.Rand)
}

// mostRows is how many keys an alias table of all of them is for, which the second-level
// cache then has room for beside much else.
const mostRows = 1 << 16

func newNumbers(keys Keys) numbers {
	n := keys.Len()
	if ranked, ok := keys.(Ranked); ok && n > mostRows && ranked.S >= 0 {
		return newStrata(n, keys.Weight)
	}
	weights := make([]float64, n)
	for i := range weights {
		weights[i] = keys.Weight(i)
	}
	return newAlias(weights)
}

// heat gives each record one more draw, and those that fall to a hot key get it.
func (k *KeySpace) heat(key []int32, arose []des.Time, random *des.Rand) {
	for i, at := range arose {
		u := random.Float64()
		for _, h := range k.hot {
			if at < h.from || at >= h.to {
				continue
			}
			if u < h.share {
				key[i] = h.key
				break
			}
			u -= h.share
		}
	}
}
