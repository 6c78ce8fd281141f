package kinesis

import (
	"fmt"
	"math/big"
	"slices"

	"kinesim/model"
	"kinesim/sim/des"
)

// State is where a shard is in its life.
type State uint8

// The states.
const (
	Open    State = iota
	Closed        // after a split or merge: it takes no writes and is read to its end
	Expired       // closed, and so long ago that nothing is left of it
)

// String is the state as results write it.
func (s State) String() string { return [...]string{"OPEN", "CLOSED", "EXPIRED"}[s] }

// Change is what a step did: the places of the shards that it closed and opened.
type Change struct{ Closed, Opened []int }

// State is the state of the shard at a place.
func (s *Stream) State(now des.Time, place int) State {
	switch sh := &s.shards[place]; {
	case sh.ended == des.Forever:
		return Open
	case sh.ended.Add(s.retention) > now:
		return Closed
	}
	return Expired
}

// Ended tells whether a shard takes no more writes, so that it has an end to read to.
func (s *Stream) Ended(place int) bool { return s.shards[place].ended != des.Forever }

// Life is from when until when the shard takes writes; des.Forever: until now.
func (s *Stream) Life(place int) (from, to des.Time) {
	sh := &s.shards[place]
	if len(sh.parents) > 0 {
		from = s.shards[sh.parents[0]].ended
	}
	return from, sh.ended
}

// OpenShards are the open shards in the order of their hash key ranges.
func (s *Stream) OpenShards() model.ShardMap { return s.open }

// Lookup is the place of a shard, open or not; -1 if there is none.
func (s *Stream) Lookup(id model.ShardID) int {
	return slices.IndexFunc(s.shards, func(sh shard) bool { return sh.ID == id })
}

// PlaceOf is the place of the i-th open shard in the order of hash key ranges.
func (s *Stream) PlaceOf(i int) int { return int(s.order[i]) }

// Parents are the places of a shard's parents, and Children those of its children; of
// a shard that was there at the start no parents are known.
func (s *Stream) Parents(place int) []int { return s.shards[place].parents }

// Children are the places of a shard's children.
func (s *Stream) Children(place int) []int { return s.shards[place].children }

// change makes splits and merges: the parents are closed, and what comes from now on
// goes to the children. What the parents hold stays there.
//
// A child begins with its part of the levels that its parents' write buckets have, not
// with a fresh burst. Its readers' limits are full: those of the parents go on to serve
// who still reads there.
func (s *Stream) change(now des.Time, operations []model.Operation) Change {
	after, opened, err := s.open.Apply(operations)
	if err != nil {
		panic(fmt.Sprintf("kinesis: %v", err)) // the calls have checked it
	}
	s.lift(now)
	var c Change
	first, next := len(s.shards), 0
	for _, o := range operations {
		children := opened[next : next+1]
		if !o.Merge {
			children = opened[next : next+2]
		}
		next += len(children)
		c.Closed = append(c.Closed, s.divide(now, o, children)...)
	}
	for place := first; place < len(s.shards); place++ {
		c.Opened = append(c.Opened, place)
	}
	s.remap(after, first)
	return c
}

// divide closes the parents of an operation, whose places it returns, and opens the
// children.
func (s *Stream) divide(now des.Time, o model.Operation, children []model.Shard) (parents []int) {
	for _, id := range []model.ShardID{o.Shard, o.Adjacent} {
		if i, ok := s.open.Lookup(id); ok {
			parents = append(parents, s.PlaceOf(i))
		}
	}
	var records, bytes int64
	for _, place := range parents {
		p := &s.shards[place]
		s.refill(p, now)
		p.refilled = now
		p.ended = now
		records, bytes = records+p.records, bytes+p.bytes
	}
	whole := s.shards[parents[0]].Range
	for _, child := range children {
		place := len(s.shards)
		sh := s.newShard(child, len(s.shards))
		sh.refilled, sh.parents = now, parents
		if o.Merge {
			sh.records, sh.bytes = min(records, s.writeRecords.full), min(bytes, s.writeBytes.full)
		} else {
			sh.records, sh.bytes = portion(records, child.Range, whole), portion(bytes, child.Range, whole)
		}
		for range s.readers {
			s.addReader(&sh)
		}
		s.shards = append(s.shards, sh)
		if s.keys != nil {
			s.keys = append(s.keys, keyColumn{})
		}
		for _, parent := range parents {
			s.shards[parent].children = append(s.shards[parent].children, place)
		}
	}
	return parents
}

// portion is a level's part for a range within another.
func portion(level int64, part, whole model.HashRange) int64 {
	n := new(big.Int).Mul(big.NewInt(level), part.Width())
	return n.Div(n, whole.Width()).Int64()
}

// remap makes the stream route by a new map, of which the shards from place first on
// are new.
func (s *Stream) remap(after model.ShardMap, first int) {
	places := make(map[model.ShardID]int32, after.Len())
	for _, place := range s.order {
		places[s.shards[place].ID] = place
	}
	for place := first; place < len(s.shards); place++ {
		places[s.shards[place].ID] = int32(place)
	}
	s.open, s.order, s.turn = after, make([]int32, after.Len()), 0
	for i := range s.order {
		s.order[i] = places[after.At(i).ID]
	}
	for _, k := range s.keySets {
		for i := range k.rows {
			if s.shards[k.rows[i].place].ended != des.Forever {
				k.rows[i].place = s.find(k.hashes[i])
			}
		}
	}
}

// find is the place of the shard that owns a hash key.
func (s *Stream) find(h model.HashKey) int32 { return s.order[s.open.Find(h)] }
