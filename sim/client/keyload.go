package client

import (
	"kinesim/model"
	"kinesim/sim/workload"
)

// Load is a number of records and their bytes of data and key.
type Load struct{ Records, Bytes int64 }

// keyLoads is what was offered under each numbered key, of records that arose at or after
// warm-up.
type keyLoads struct {
	loads []Load

	// Of many keys whose records have each the same size only their number is counted, in
	// a quarter of the room, since each record counts under a key that is in no cache.
	counts  []uint32 // not yet in loads; nil where all is counted there
	counted int64    // all of counts together
	size    func(key int) int64
}

// manyKeys is how many keys have loads that the second-level cache has no room for.
const manyKeys = 1 << 16

func newKeyLoads(c *ProducerConfig, space *workload.KeySpace) keyLoads {
	l := keyLoads{loads: make([]Load, len(space.Hashes))}
	if data, constant := c.Size.(workload.ConstantSize); constant && c.Trace == nil && len(l.loads) > manyKeys {
		l.counts = make([]uint32, len(l.loads))
		l.size = func(key int) int64 { return int64(data) + int64(space.Bytes[key]) }
	}
	return l
}

// add counts records.
func (l *keyLoads) add(keys []int32, sizes []uint32) {
	if l.counts != nil {
		l.count(keys)
		return
	}
	loads, sizes := l.loads, sizes[:len(keys)]
	for i, key := range keys {
		if key != model.NoKey {
			load := &loads[key]
			load.Records++
			load.Bytes += int64(sizes[i])
		}
	}
}

// count counts records whose size their key tells. All of many keys have numbers.
func (l *keyLoads) count(keys []int32) {
	for _, key := range keys {
		l.counts[key]++
	}
	if l.counted += int64(len(keys)); l.counted > 1<<31 { // before any count can overflow
		l.settle()
	}
}

// settle takes what was only counted into the loads.
func (l *keyLoads) settle() {
	if l.counted == 0 {
		return
	}
	for key, n := range l.counts {
		if n > 0 {
			l.loads[key].Records += int64(n)
			l.loads[key].Bytes += int64(n) * l.size(key)
		}
	}
	clear(l.counts)
	l.counted = 0
}

// KeyLoads is what was offered under each numbered key, of records that arose at or after
// warm-up. It is good until the next record.
func (p *Producer) KeyLoads() []Load {
	p.offers.settle()
	return p.offers.loads
}
