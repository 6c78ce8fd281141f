package scenarios

import (
	"strconv"

	"kinesim/model"
	"kinesim/sim/workload"
)

// Keys says which partition keys the records have.
type Keys struct {
	Zipf    *ZipfKeys    `json:"zipf,omitempty" one:"kind of keys" doc:"The key of rank i has a share in proportion to i^-s."`
	Uniform *UniformKeys `json:"uniform,omitempty" one:"kind of keys" doc:"All keys equally often."`
	List    ListKeys     `json:"list,omitempty" one:"kind of keys" range:"1..100000" doc:"Named keys with their shares."`
	Unique  *Unique      `json:"unique,omitempty" one:"kind of keys" doc:"A new key for each record, as a UUID would be."`
	File    *KeyFile     `json:"file,omitempty" one:"kind of keys" doc:"Keys with their weights from a CSV file."`
}

// keysKind is a distribution of keys.
type keysKind interface {
	keys(c *compiler) workload.Keys
}

// ZipfKeys are prefix1, prefix2 …, the first the most frequent.
type ZipfKeys struct {
	S      float64 `json:"s" jsonschema:"required" range:"0..20" doc:"How steep: 0 is even, 1 is usual, 2 is very steep."`
	Count  int64   `json:"count" jsonschema:"required" range:"1..10000000" doc:"How many keys there are."`
	Prefix string  `json:"prefix" doc:"What comes before the rank in a key's name (default nothing)."`
}

func (z *ZipfKeys) keys(c *compiler) workload.Keys {
	return c.ranked(workload.Ranked{S: z.S, Count: int(z.Count), Prefix: z.Prefix}, &z.Prefix)
}

// UniformKeys are prefix1, prefix2 …, equally often.
type UniformKeys struct {
	Count  int64  `json:"count" jsonschema:"required" range:"1..10000000" doc:"How many keys there are."`
	Prefix string `json:"prefix" doc:"What comes before the number in a key's name (default nothing)."`
}

func (u *UniformKeys) keys(c *compiler) workload.Keys {
	return c.ranked(workload.Ranked{Count: int(u.Count), Prefix: u.Prefix}, &u.Prefix)
}

// ranked holds the longest name against the limit of partition keys.
func (c *compiler) ranked(r workload.Ranked, prefix *string) workload.Ranked {
	if fault := model.CheckKey(r.Name(r.Count - 1)); fault != "" {
		c.complain(codeRange, prefix, "%s; with this prefix the longest has %d", fault, width(r.Prefix)+len(strconv.Itoa(r.Count)))
	}
	return r
}

// ListedKey is a key with its share.
type ListedKey struct {
	Key      Key      `json:"key" jsonschema:"required" doc:"The partition key."`
	Share    Share    `json:"share" jsonschema:"required" range:"0%..100%" doc:"Its part of the records; the shares add up to 100%."`
	Explicit *HashKey `json:"explicit_hash_key,omitempty" doc:"Routes the key's records by this hash key in place of its MD5."`
}

// ListKeys are named keys.
type ListKeys []ListedKey

// slack is how far shares may be from 100%, for what people round: 0.01%.
const slack = Share(1e9 / 10_000)

func (l ListKeys) keys(c *compiler) workload.Keys {
	sum := Share(0)
	first := map[Key]int{}
	var list workload.List
	for i := range l {
		k := &l[i]
		if before, twice := first[k.Key]; twice {
			c.complain(codeTwice, &k.Key, "key %q stands twice in the list; it is also number %d", k.Key, before+1)
		} else {
			first[k.Key] = i
		}
		sum += k.Share
		entry := workload.Key{Name: string(k.Key), Weight: k.Share.Ratio()}
		if k.Explicit != nil {
			entry.Explicit = ptr(model.HashKey(*k.Explicit))
		}
		list = append(list, entry)
	}
	c.addUp(sum, &l[0].Share)
	return list
}

// addUp wants shares to add up to 100%; place is one of them.
func (c *compiler) addUp(sum Share, place *Share) {
	switch over := sum - 1e9; {
	case over < -slack:
		c.complain(codeConflict, place, "the shares add up to %s; %s is missing to 100%%", sum, -over)
	case over > slack:
		c.complain(codeConflict, place, "the shares add up to %s; %s too much", sum, over)
	}
}

// Unique gives each record a key of its own.
type Unique struct{}

func (*Unique) keys(*compiler) workload.Keys { return workload.Unique{} }
