package plan

import (
	"math"
	"slices"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/workload"
)

// Load is what comes under each hash key at the busiest time of a scenario: of keys that
// come again, and evenly over the whole space of those that never do.
type Load struct {
	Keys                     []KeyLoad // in the order of their hash keys, each once
	EvenRecords, EvenBytes   float64   // a second
	recordsLimit, bytesLimit float64   // of a shard
}

// KeyLoad is a hash key with the records and bytes a second that come under it.
type KeyLoad struct {
	Hash           model.HashKey
	Name           string // of one of its partition keys, the busiest
	Records, Bytes float64
}

// LoadOf is the load of a scenario: each producer at its highest rate, with its hot keys
// hot, as a map has to carry that. What a trace brings is not known beforehand and is
// taken for even.
func LoadOf(c *sim.Config) *Load {
	l := &Load{recordsLimit: float64(c.Limits.WriteRecordsPerSecond), bytesLimit: float64(c.Limits.WriteBytesPerSecond)}
	for i := range c.Producers {
		p := &c.Producers[i]
		rate, size := Peak(p, c.Clock.Duration)
		if p.Trace != nil {
			l.EvenRecords += rate
			l.EvenBytes += rate * size
			continue
		}
		l.add(p.Keys, p.Hot, rate, size)
	}
	l.sort()
	return l
}

// add adds the keys of a producer.
func (l *Load) add(keys workload.Keys, hot []workload.Hot, rate, size float64) {
	cool := 1.0
	for _, h := range hot {
		cool -= h.Share
		l.key(model.KeyHash(h.Key), h.Key, rate*h.Share, size)
	}
	cool = max(0, cool)
	n := keys.Len()
	if n == 0 {
		l.EvenRecords += rate * cool
		l.EvenBytes += rate * cool * (size + model.UniqueKeyBytes)
		return
	}
	all := 0.0
	for i := range n {
		all += keys.Weight(i)
	}
	for i := range n {
		hash, explicit := keys.Explicit(i)
		if !explicit {
			hash = model.KeyHash(keys.Name(i))
		}
		l.key(hash, keys.Name(i), rate*cool*keys.Weight(i)/all, size)
	}
}

func (l *Load) key(hash model.HashKey, name string, records, size float64) {
	if records > 0 {
		l.Keys = append(l.Keys, KeyLoad{hash, name, records, records * (size + float64(len(name)))})
	}
}

// sort puts the keys in order and adds up those of one hash key.
func (l *Load) sort() {
	slices.SortStableFunc(l.Keys, func(a, b KeyLoad) int { return a.Hash.Compare(b.Hash) })
	kept := l.Keys[:0]
	for _, k := range l.Keys {
		if n := len(kept); n > 0 && kept[n-1].Hash == k.Hash {
			last := &kept[n-1]
			if k.Records > last.Records {
				last.Name = k.Name
			}
			last.Records += k.Records
			last.Bytes += k.Bytes
			continue
		}
		kept = append(kept, k)
	}
	l.Keys = kept
}

// share is how much of what one shard takes so many records and bytes a second are.
func (l *Load) share(records, bytes float64) float64 {
	return max(records/l.recordsLimit, bytes/l.bytesLimit)
}

// Hot are the keys that no map can carry at a target utilisation, with over how many keys
// each has to be spread.
func (l *Load) Hot(target float64) []HotKey {
	var list []HotKey
	for _, k := range l.Keys {
		if s := l.share(k.Records, k.Bytes); s > target {
			list = append(list, HotKey{k.Name, k.Records, k.Bytes, salt(s, target)})
		}
	}
	hottestFirst(list)
	return list
}

// salt is over how many keys one has to be spread that asks for so much of a shard.
func salt(load, target float64) int { return max(2, int(math.Ceil(load/target))) }

func hottestFirst(keys []HotKey) {
	slices.SortStableFunc(keys, func(a, b HotKey) int { return b.Salt - a.Salt })
}

// Hottest is the utilisation of the fullest shard of a map under the load.
func (l *Load) Hottest(m model.ShardMap) float64 { return slices.Max(l.shares(m)) }

func sortKeys(keys []model.HashKey) { slices.SortFunc(keys, model.HashKey.Compare) }
