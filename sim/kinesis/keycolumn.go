package kinesis

import "kinesim/model"

// KeyID tells partition keys apart in 32 bits. Two keys may share one, which only
// makes readers take them for the same key.
type KeyID uint32

// packedKey is the one partition key of all records that the KPL packs.
const packedKey KeyID = 'a'

// keyColumn is the partition keys of the rows of one shard, kept only for streams
// with a reader who wants them.
type keyColumn struct {
	first int64 // row of ids[0]
	ids   []KeyID
	made  []KeyID // scratch of KeyIDs
}

// KeepKeys makes the stream remember the partition key of each row that is kept. It
// must be asked for before the first record.
func (s *Stream) KeepKeys() {
	if s.keys == nil {
		s.keys = make([]keyColumn, len(s.shards))
	}
}

// noteKeys remembers the keys of the records of a batch that were accepted.
func (s *Stream) noteKeys(b *Batch) {
	next := 0
	for i, place := range s.result.Place {
		if next < len(s.result.Refused) && int(s.result.Refused[next].Index) == i {
			next++
			continue
		}
		c := &s.keys[place]
		c.ids = append(c.ids, b.keyID(i))
	}
}

// keyID is the key of record i of a batch.
func (b *Batch) keyID(i int) KeyID {
	switch key := b.Key[i]; {
	case key != model.NoKey:
		return KeyID(b.Keys.hashes[key].Lo)
	case b.Packed:
		return packedKey
	default:
		return KeyID(b.Hash[i].Lo)
	}
}

// KeyIDs are the partition keys of the rows [from, to) of a shard, which must still be
// kept; good until the next call or put. The keys of rows in lots are forgotten: such a
// row is given the key of one that is not, all of which take turns, so a key that many
// records have keeps its share.
func (s *Stream) KeyIDs(place int, from, to int64) []KeyID {
	c := &s.keys[place]
	if from >= c.first {
		return c.ids[from-c.first : to-c.first]
	}
	c.made = c.made[:0]
	for row := from; row < min(to, c.first); row++ {
		id := KeyID(row)
		if n := int64(len(c.ids)); n > 0 {
			id = c.ids[row%n]
		}
		c.made = append(c.made, id)
	}
	if to > c.first {
		c.made = append(c.made, c.ids[:to-c.first]...)
	}
	return c.made
}

// drop forgets the keys of the rows before row. They are moved up when half of them
// are gone, so that a row is moved once on average.
func (c *keyColumn) drop(row int64) {
	n := row - c.first
	if n < chunkRows || 2*n < int64(len(c.ids)) {
		return
	}
	c.ids = c.ids[:copy(c.ids, c.ids[n:])]
	c.first = row
}
