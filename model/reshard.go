package model

import (
	"fmt"
	"math/big"
)

// Operation is one split or merge of open shards. Ids of children grow in the order
// of operations.
type Operation struct {
	Merge    bool
	Shard    ShardID
	Adjacent ShardID // of a merge: the shard whose range follows; else NoShard
	At       HashKey // of a split: where the upper child begins
	Child    ShardID // of a split: the lower child
	Upper    ShardID // of a split; else NoShard
}

// String is the operation in words.
func (o Operation) String() string {
	if o.Merge {
		return fmt.Sprintf("merge %v and %v into %v", o.Shard, o.Adjacent, o.Child)
	}
	return fmt.Sprintf("split %v at %v into %v and %v", o.Shard, o.At, o.Child, o.Upper)
}

// closes are the shards that the operation closes.
func (o Operation) closes() []ShardID {
	if o.Merge {
		return []ShardID{o.Shard, o.Adjacent}
	}
	return []ShardID{o.Shard}
}

// NextID is the number of the next shard of a stream of which these are the open
// ones: children have higher numbers than their parents.
func (m ShardMap) NextID() ShardID {
	next := ShardID(0)
	for _, s := range m.shards {
		next = max(next, s.ID+1)
	}
	return next
}

// Lookup finds an open shard by its number.
func (m ShardMap) Lookup(id ShardID) (place int, ok bool) {
	for i := range m.shards {
		if m.shards[i].ID == id {
			return i, true
		}
	}
	return 0, false
}

// CanSplit tells whether a shard may be split so that the upper child begins at a
// hash key: both children need room for two keys, by the rule of kinesalite
// (start + 1 < at < end); what production does at the very edge is not documented.
func (s Shard) CanSplit(at HashKey) bool {
	return s.Range.Start.Next() != s.Range.End && s.Range.Start.Next().Less(at) && at.Less(s.Range.End)
}

// Apply is the map after operations of which none needs a child of another, and the
// shards that they open, in the order of the operations.
func (m ShardMap) Apply(operations []Operation) (after ShardMap, opened []Shard, err error) {
	of := make(map[ShardID]Operation, 2*len(operations))
	for _, o := range operations {
		for _, id := range o.closes() {
			if _, twice := of[id]; twice {
				return ShardMap{}, nil, fmt.Errorf("%v is part of two operations", id)
			}
			of[id] = o
		}
	}
	after.shards = make([]Shard, 0, len(m.shards)+len(operations))
	born := make(map[ShardID][]Shard, len(operations))
	for i := 0; i < len(m.shards); i++ {
		s := m.shards[i]
		o, changes := of[s.ID]
		if !changes {
			after.shards = append(after.shards, s)
			continue
		}
		children, err := m.children(i, o)
		if err != nil {
			return ShardMap{}, nil, err
		}
		born[o.Child] = children
		after.shards = append(after.shards, children...)
		if o.Merge {
			i++
		}
	}
	for _, o := range operations {
		if born[o.Child] == nil {
			return ShardMap{}, nil, fmt.Errorf("cannot %v: not open", o)
		}
		opened = append(opened, born[o.Child]...)
	}
	return after, opened, nil
}

// children are the shards that an operation makes of the one at place i.
func (m ShardMap) children(i int, o Operation) ([]Shard, error) {
	s := m.shards[i]
	if !o.Merge {
		if !s.CanSplit(o.At) {
			return nil, fmt.Errorf("cannot %v: it has %v to %v", o, s.Range.Start, s.Range.End)
		}
		return []Shard{
			{o.Child, s.ID, NoShard, HashRange{s.Range.Start, o.At.Prev()}},
			{o.Upper, s.ID, NoShard, HashRange{o.At, s.Range.End}},
		}, nil
	}
	if s.ID != o.Shard || i+1 == len(m.shards) || m.shards[i+1].ID != o.Adjacent {
		return nil, fmt.Errorf("cannot %v: their ranges do not follow each other", o)
	}
	return []Shard{{o.Child, o.Shard, o.Adjacent, HashRange{s.Range.Start, m.shards[i+1].Range.End}}}, nil
}

// Resize is how UpdateShardCount gets from the map to an even one of target shards,
// 1 … MaxShards: a sweep from the lowest hash key up, which splits at each new
// boundary what reaches beyond it and merges what ends before. With 4 shards and a
// target of 3 it leaves 6, 9 and 10 open, as seen on the service (risingwave issue
// 9961). next is the number of the first new shard.
//
// A boundary that is there already is kept when it is off by rounding alone: even
// maps of 3 and of 6 shards differ by a few hash keys.
func (m ShardMap) Resize(target int, next ShardID) []Operation {
	w := sweep{next: next, rest: m.shards[1:]}
	space := new(big.Int).Lsh(big.NewInt(1), 128)
	width, _ := ParseHashKey(space.Div(space, big.NewInt(int64(max(target, 2)))).String())
	slack := HashKey{0, uint64(2 * (target + len(m.shards)))}
	current := m.shards[0]
	for k := 1; k < target; k++ {
		current = w.reach(current, width.times(uint64(k)), slack)
	}
	for len(w.rest) > 0 {
		current = w.merge(current, w.take())
	}
	return w.operations
}

// sweep is a Resize on its way from the lowest hash key to the highest.
type sweep struct {
	operations []Operation
	rest       []Shard // not reached yet
	next       ShardID
}

// reach makes current end right before boundary, and returns the shard after it.
func (w *sweep) reach(current Shard, boundary, slack HashKey) Shard {
	for {
		after := current.Range.End.Next() // 0 after the last one
		switch {
		case within(after, boundary, slack) && after != HashKey{}:
			return w.take()
		case after == HashKey{} || boundary.Less(after):
			_, upper := w.split(current, boundary)
			return upper
		}
		s := w.take()
		if end := s.Range.End.Next(); !within(end, boundary, slack) && (end == HashKey{} || boundary.Less(end)) {
			lower, upper := w.split(s, boundary)
			w.merge(current, lower)
			return upper
		}
		current = w.merge(current, s)
	}
}

// within tells whether two hash keys are no more than slack apart.
func within(a, b, slack HashKey) bool {
	if a.Less(b) {
		a, b = b, a
	}
	return !b.plus(slack).Less(a)
}

func (w *sweep) take() Shard {
	s := w.rest[0]
	w.rest = w.rest[1:]
	return s
}

func (w *sweep) split(s Shard, at HashKey) (lower, upper Shard) {
	o := Operation{Shard: s.ID, Adjacent: NoShard, At: at, Child: w.next, Upper: w.next + 1}
	w.next += 2
	w.operations = append(w.operations, o)
	lower, upper = Shard{ID: o.Child, Range: s.Range}, Shard{ID: o.Upper, Range: s.Range}
	lower.Range.End, upper.Range.Start = at.Prev(), at
	return lower, upper
}

func (w *sweep) merge(a, b Shard) Shard {
	o := Operation{Merge: true, Shard: a.ID, Adjacent: b.ID, Child: w.next, Upper: NoShard}
	w.next++
	w.operations = append(w.operations, o)
	return Shard{ID: o.Child, Range: HashRange{a.Range.Start, b.Range.End}}
}

// Rounds puts operations into rounds of at most parallel, each as early as what it
// needs is there, and says how many shards are open at the most on the way from open.
func Rounds(operations []Operation, parallel, open int) (rounds [][]Operation, most int) {
	ready := map[ShardID]int{} // the round after which a shard is there
	most = open
	for _, o := range operations {
		r := 0
		for _, id := range o.closes() {
			r = max(r, ready[id])
		}
		for r < len(rounds) && len(rounds[r]) == parallel {
			r++
		}
		if r == len(rounds) {
			rounds = append(rounds, nil)
		}
		rounds[r] = append(rounds[r], o)
		ready[o.Child], ready[o.Upper] = r+1, r+1
	}
	for _, r := range rounds {
		for _, o := range r {
			if o.Merge {
				open--
			} else {
				open++
			}
		}
		most = max(most, open)
	}
	return rounds, most
}
