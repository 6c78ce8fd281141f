package model

import (
	"math"
	"sort"
	"strconv"
)

// Headroom is the share of a limit that a remedy plans for (assumption A17).
const Headroom = 0.75

// WeightedKey is a partition key with its part of all records, relative to the
// other keys', and the hash key that routes it.
type WeightedKey struct {
	Name   string
	Weight float64
	Hash   HashKey
}

// KeyStudy says how keys spread over the shards of a stream. Loads are multiples
// of what one shard takes; without a rate, of an even share.
type KeyStudy struct {
	Share   []float64 // of all records, by place in the map
	Load    []float64 // by place in the map
	Keys    []int     // by place in the map
	Hottest int       // place
	Empty   int       // shards without a key
	Over    []int     // places with a load above 1
	Top     []int     // numbers of the hottest shard's keys, the busiest first
	Hot     []HotKey  // keys whose load alone is above 1, the busiest first
	Enough  int       // the fewest even shards at which none is over; 0: none were found
}

// HotKey is a key that is too much for any shard, and what salting makes of it.
type HotKey struct {
	Key  int // its number
	Load float64
	Salt int     // over so many keys it must be spread, so that each stays within the headroom
	Left float64 // load of the hottest shard when all hot keys are salted so
}

// KeyRate is how many records a second all keys have together, and how large their
// data is. The zero KeyRate is not known.
type KeyRate struct {
	RecordsPerS float64
	Data        Bytes
}

// keyLab holds what a study goes over again and again.
type keyLab struct {
	limits Limits
	rate   KeyRate
	sum    float64
	shards int
}

// StudyKeys looks at keys on the shards of a map. There must be a key, and some
// weight.
func StudyKeys(m ShardMap, keys []WeightedKey, rate KeyRate, limits Limits) KeyStudy {
	lab := keyLab{limits: limits, rate: rate, shards: m.Len()}
	for _, k := range keys {
		lab.sum += k.Weight
	}
	s := lab.spread(m, keys)
	for i, load := range s.Load {
		if load > s.Load[s.Hottest] {
			s.Hottest = i
		}
		if load > 1+1e-12 {
			s.Over = append(s.Over, i)
		}
		if s.Keys[i] == 0 {
			s.Empty++
		}
	}
	for i, k := range keys {
		if m.Find(k.Hash) == s.Hottest {
			s.Top = append(s.Top, i)
		}
		if load := lab.load(k.Weight, float64(len(k.Name))*k.Weight); load > 1+1e-12 {
			s.Hot = append(s.Hot, HotKey{Key: i, Load: load, Salt: int(math.Ceil(load / Headroom))})
		}
	}
	byWeight := func(number func(i int) int) func(i, j int) bool {
		return func(i, j int) bool { return keys[number(i)].Weight > keys[number(j)].Weight }
	}
	sort.SliceStable(s.Top, byWeight(func(i int) int { return s.Top[i] }))
	sort.SliceStable(s.Hot, byWeight(func(i int) int { return s.Hot[i].Key }))
	if len(s.Hot) > 0 {
		lab.salt(m, keys, s.Hot)
	} else if len(s.Over) > 0 && rate.RecordsPerS > 0 {
		s.Enough = lab.enough(keys)
	}
	return s
}

// load is what records of that weight, with so many bytes of keys weighed alike,
// ask for.
func (l *keyLab) load(weight, keyBytes float64) float64 {
	if l.rate.RecordsPerS == 0 {
		return weight / l.sum * float64(l.shards)
	}
	records := weight / l.sum * l.rate.RecordsPerS
	bytes := (float64(weight*float64(l.rate.Data)) + keyBytes) / l.sum * l.rate.RecordsPerS
	return max(records/float64(l.limits.WriteRecordsPerSecond), bytes/float64(l.limits.WriteBytesPerSecond))
}

// spread adds the keys up by shard.
func (l *keyLab) spread(m ShardMap, keys []WeightedKey) KeyStudy {
	n := m.Len()
	s := KeyStudy{Share: make([]float64, n), Load: make([]float64, n), Keys: make([]int, n)}
	keyBytes := make([]float64, n)
	for _, k := range keys {
		i := m.Find(k.Hash)
		s.Share[i] += k.Weight
		keyBytes[i] += float64(k.Weight * float64(len(k.Name)))
		s.Keys[i]++
	}
	for i := range s.Share {
		s.Load[i] = l.load(s.Share[i], keyBytes[i])
		s.Share[i] /= l.sum
	}
	return s
}

// salt reckons what is left when the hot keys are spread: key-1, key-2 … in place
// of each, wherever MD5 puts them.
func (l *keyLab) salt(m ShardMap, keys []WeightedKey, hot []HotKey) {
	ways := map[int]int{}
	for _, h := range hot {
		ways[h.Key] = h.Salt
	}
	var salted []WeightedKey
	for i, k := range keys {
		if ways[i] == 0 {
			salted = append(salted, k)
			continue
		}
		for part := 1; part <= ways[i]; part++ {
			name := SaltedName(k.Name, part)
			salted = append(salted, WeightedKey{name, k.Weight / float64(ways[i]), KeyHash(name)})
		}
	}
	left := 0.0
	for _, load := range l.spread(m, salted).Load {
		left = max(left, load)
	}
	for i := range hot {
		hot[i].Left = left
	}
}

// SaltedName is one of the keys that a hot key is spread over, from 1.
func SaltedName(key string, part int) string { return key + "-" + strconv.Itoa(part) }

// mostLooked bounds the search for enough shards: keys looked at, in all.
const mostLooked = 50_000_000

// enough is the fewest even shards at which none is over; 0 when none were found.
func (l *keyLab) enough(keys []WeightedKey) int {
	for n, looked := l.shards, 0; n <= MaxShards && looked < mostLooked; n++ {
		looked += len(keys) + n
		over := false
		for _, load := range l.spread(EvenShards(n), keys).Load {
			over = over || load > 1
		}
		if !over {
			return n
		}
	}
	return 0
}
