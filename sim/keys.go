package sim

import (
	"sort"
	"time"

	"kinesim/sim/client"
	"kinesim/sim/des"
)

// keyLoad remembers what had been offered of each key of a producer when the
// window began, and the rates of its busiest window.
type keyLoad struct {
	began []client.Load
	peak  []peakLoad
}

// grow makes room for keys that a trace brought up.
func (k *keyLoad) grow(keys int) {
	if more := keys - len(k.began); more > 0 {
		k.began = append(k.began, make([]client.Load, more)...)
		k.peak = append(k.peak, make([]peakLoad, more)...)
	}
}

// peakLoad is a key's rate in its busiest window, of records and of bytes.
type peakLoad struct{ recordsPerS, bytesPerS float64 }

// busyKey is the busiest key of a shard in a window, over all producers.
type busyKey struct {
	name string
	client.Load
}

// span is the length of the current window. What is left of one at the end of a run
// says nothing about a rate: it counts as a whole second at the least.
func (c *causes) span() float64 {
	return max(c.world.engine.Now()-c.began, min(des.Time(time.Second), c.world.end)).Seconds()
}

// busiestKeys finds the busiest key of each shard in the window, and keeps the
// busiest window of each key. Producers that write under the same key make one key
// of it.
func (c *causes) busiestKeys() []busyKey {
	busiest := make([]busyKey, len(c.shards))
	shared := map[string]client.Load{} // keys that more than one producer may have, by name
	span := c.span()
	spreads := c.world.stream.Spreads() // then no key is on one shard
	for p, producer := range c.world.producers {
		load := &c.keys[p]
		loads := producer.KeyLoads()
		load.grow(len(loads))
		for k, now := range loads {
			before, peak := &load.began[k], &load.peak[k]
			got := client.Load{Records: now.Records - before.Records, Bytes: now.Bytes - before.Bytes}
			peak.recordsPerS = max(peak.recordsPerS, float64(got.Records)/span)
			peak.bytesPerS = max(peak.bytesPerS, float64(got.Bytes)/span)
			if producer.Config.Put.Packs() { // user records, of which many make a record: only bytes weigh
				got.Records = 0
			}
			if got == (client.Load{}) || spreads {
				continue
			}
			name := ""
			if len(c.world.producers) > 1 && c.weighty(got) {
				name = producer.Space.Name(k)
				got.Records, got.Bytes = got.Records+shared[name].Records, got.Bytes+shared[name].Bytes
				shared[name] = got
			}
			if b := &busiest[producer.Keys.Place(k)]; c.share(got.Records, got.Bytes, 1) > c.share(b.Records, b.Bytes, 1) {
				if name == "" {
					name = producer.Space.Name(k)
				}
				*b = busyKey{name, got}
			}
		}
	}
	return busiest
}

// leastWeight is the share of a shard below which a key of one producer is not added
// up with those of others of its name: a hundred such would still not fill it.
const leastWeight = 0.01

// weighty tells whether a key has enough in this window to matter.
func (c *causes) weighty(l client.Load) bool { return c.share(l.Records, l.Bytes, 1) > leastWeight }

// topKeys is how many of the busiest keys a result names.
const topKeys = 20

// keyResults are the busiest keys: by their busiest window, so that a key that
// was hot for a while is not lost in a long run. Producers that write under the same
// key share a line; its peak is the sum of theirs, which errs high when they come at
// different times.
func (w *world) keyResults(ended des.Time) []KeyResult {
	var all []KeyResult
	offered := int64(0)
	for n, p := range w.producers {
		load := &w.causes.keys[n]
		load.grow(len(p.KeyLoads()))
		offered += p.Tally().Offered
		all = append(all, w.ownKeys(p, load, 5*topKeys)...)
	}
	at := map[[2]string]int{}
	merged := []KeyResult{}
	for _, k := range all {
		id := [2]string{k.Key, k.Shard}
		if i, ok := at[id]; ok {
			m := &merged[i]
			m.Records, m.Bytes, m.Packed = m.Records+k.Records, m.Bytes+k.Bytes, m.Packed && k.Packed
			m.PeakRecordsPerS, m.PeakBytesPerS = m.PeakRecordsPerS+k.PeakRecordsPerS, m.PeakBytesPerS+k.PeakBytesPerS
			continue
		}
		at[id] = len(merged)
		merged = append(merged, k)
	}
	merged = busiestOf(merged, topKeys)
	span := max((ended - w.warmup).Seconds(), 1e-9)
	for i := range merged {
		k := &merged[i]
		k.Share = float64(k.Records) / float64(offered)
		k.RecordsPerS, k.BytesPerS = float64(k.Records)/span, float64(k.Bytes)/span
	}
	return merged
}

// ownKeys are the n busiest keys of a producer.
func (w *world) ownKeys(p *client.Producer, load *keyLoad, n int) []KeyResult {
	loads := p.KeyLoads()
	var used []int
	for i, l := range loads {
		if l.Records > 0 {
			used = append(used, i)
		}
	}
	sort.SliceStable(used, func(i, j int) bool {
		a, b := used[i], used[j]
		if x, y := load.peak[a].recordsPerS, load.peak[b].recordsPerS; x != y {
			return x > y
		}
		return loads[a].Records > loads[b].Records
	})
	keys := make([]KeyResult, 0, n)
	for _, i := range used[:min(len(used), n)] { // only these get names, which many keys would take long to make
		shard := ""
		if !w.stream.Spreads() {
			shard = w.stream.Shard(p.Keys.Place(i)).ID.String()
		}
		keys = append(keys, KeyResult{
			Key: p.Space.Name(i), Shard: shard, Records: loads[i].Records, Bytes: loads[i].Bytes,
			PeakRecordsPerS: load.peak[i].recordsPerS, PeakBytesPerS: load.peak[i].bytesPerS, Packed: p.Config.Put.Packs(),
		})
	}
	return keys
}

// busiestOf are the n keys with the busiest windows, of equals those with the most
// records.
func busiestOf(keys []KeyResult, n int) []KeyResult {
	sort.SliceStable(keys, func(i, j int) bool {
		a, b := &keys[i], &keys[j]
		if a.PeakRecordsPerS != b.PeakRecordsPerS {
			return a.PeakRecordsPerS > b.PeakRecordsPerS
		}
		return a.Records > b.Records
	})
	return keys[:min(len(keys), n)]
}
