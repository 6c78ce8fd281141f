package client

import (
	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// Load is a number of records and their bytes of data and key.
type Load = kinesis.Load

// keyLoads is what was offered under each numbered key, of records that arose at or after
// warm-up.
type keyLoads struct {
	loads []Load
	some  bool // keys are drawn by themselves, as in spans the heaviest are, and
	end   int  // none from this one on was

	// Of keys whose records have each the same size only their number is counted, beside
	// what the stream has just looked up of each, since each record counts under another key.
	rows    []kinesis.KeyRow // counts that are not yet in loads; nil where all is counted there
	size    func(key int) int64
	counted bool // something since the last look: who looks in vain need not go through all keys
}

func newKeyLoads(c *ProducerConfig, space *workload.KeySpace, keys *kinesis.KeySet) keyLoads {
	l := keyLoads{loads: make([]Load, len(space.Hashes))}
	if data, constant := c.Size.(workload.ConstantSize); constant && c.Trace == nil && c.Keys.Len() > 0 {
		l.rows = keys.Rows()
		l.size = func(key int) int64 { return int64(data) + int64(space.Bytes[key]) }
	}
	return l
}

// add counts records.
func (l *keyLoads) add(keys []int32, sizes []uint32) {
	if l.rows != nil {
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

// count counts records whose size their key tells. All of them have numbers.
func (l *keyLoads) count(keys []int32) {
	l.counted = true
	rows := l.rows
	for _, key := range keys {
		n := &rows[key].Count
		if *n++; *n == 0 {
			l.settleKey(int(key), 1<<16)
		}
	}
}

// settle takes what was only counted into the loads.
func (l *keyLoads) settle() {
	if !l.counted {
		return
	}
	l.counted = false
	for key := range l.rows {
		if n := &l.rows[key].Count; *n > 0 {
			l.settleKey(key, int64(*n))
			*n = 0
		}
	}
}

// settleKey takes n records that were only counted into the loads of their key.
func (l *keyLoads) settleKey(key int, n int64) {
	l.loads[key].Records += n
	l.loads[key].Bytes += n * l.size(key)
}

// KeyLoads is what was offered under each numbered key until an instant that has come, of
// records that arose at or after warm-up; those that are not there had none. It is good until
// the next record. Spans are drawn beforehand: for those, who asks about several instants asks
// in their order, and before what comes after them is drawn.
func (p *Producer) KeyLoads(until des.Time) []Load {
	if p.flow != nil {
		p.flow.countKeys(until)
	}
	p.offers.settle()
	if p.offers.some {
		return p.offers.loads[:p.offers.end]
	}
	return p.offers.loads
}

// take counts what was drawn of keys by themselves.
func (l *keyLoads) take(keys []keyLoad) {
	for _, k := range keys {
		l.end = max(l.end, int(k.key)+1)
		l.loads[k.key].Add(k.Load)
	}
}
