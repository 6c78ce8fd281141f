package workload

import (
	"math"
	"strconv"

	"kinesim/model"
	"kinesim/sim/des"
)

// Keys is a distribution of partition keys. Its keys are numbered from 0; a
// distribution without any (Len 0) gives every record a new key.
type Keys interface {
	Len() int
	Name(i int) string
	Weight(i int) float64 // relative to the other keys', at least 0
	Explicit(i int) (hash model.HashKey, ok bool)
}

// Ranked are Count keys, Prefix followed by 1 … Count, where the weight of rank
// i is i to the power of −S: a Zipf law for S > 0, even for S = 0.
type Ranked struct {
	S      float64
	Count  int
	Prefix string
}

// Len implements Keys.
func (z Ranked) Len() int { return z.Count }

// Name implements Keys.
func (z Ranked) Name(i int) string { return string(z.appendName(nil, i)) }

func (z Ranked) appendName(text []byte, i int) []byte {
	return strconv.AppendInt(append(text, z.Prefix...), int64(i)+1, 10)
}

// Weight implements Keys.
func (z Ranked) Weight(i int) float64 { return math.Pow(float64(i+1), -z.S) }

// Explicit implements Keys.
func (z Ranked) Explicit(int) (model.HashKey, bool) { return model.HashKey{}, false }

// Key is one key of a list. With an explicit hash key it is routed by that, and
// the partition key is only carried along.
type Key struct {
	Name     string
	Weight   float64
	Explicit *model.HashKey
}

// List are keys with their weights.
type List []Key

// Len implements Keys.
func (l List) Len() int { return len(l) }

// Name implements Keys.
func (l List) Name(i int) string { return l[i].Name }

// Weight implements Keys.
func (l List) Weight(i int) float64 { return l[i].Weight }

// Explicit implements Keys.
func (l List) Explicit(i int) (model.HashKey, bool) {
	if l[i].Explicit == nil {
		return model.HashKey{}, false
	}
	return *l[i].Explicit, true
}

// Unique gives each record a key of its own, as a UUID would be. Such a key has
// no name to recompute: it counts model.UniqueKeyBytes, and its hash key is
// drawn evenly, which is what MD5 makes of a random text.
type Unique struct{}

// Len implements Keys.
func (Unique) Len() int { return 0 }

// Name implements Keys. There is none to ask for.
func (Unique) Name(int) string { return "" }

// Weight implements Keys.
func (Unique) Weight(int) float64 { return 0 }

// Explicit implements Keys.
func (Unique) Explicit(int) (model.HashKey, bool) { return model.HashKey{}, false }

// Hot lays one key over a distribution: in [From, To) it takes Share of all
// records, and the rest follows the distribution. It is added to a key of that
// name if there is one.
type Hot struct {
	Key      string
	Share    float64 // 0 … 1
	From, To des.Time
}

// LongestKey is the most bytes that a key of a distribution has.
func LongestKey(keys Keys) (longest int) {
	switch n := keys.Len(); k := keys.(type) {
	case Unique:
		return model.UniqueKeyBytes
	case Ranked: // whose numbers grow
		return len(k.Name(n - 1))
	default:
		for i := range n {
			longest = max(longest, len(k.Name(i)))
		}
	}
	return longest
}
