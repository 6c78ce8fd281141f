package sim

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"kinesim/sim/client"
	"kinesim/sim/des"
)

// keyLoad remembers what had been offered of each key of a producer when the
// window began, and the rates of its busiest window.
type keyLoad struct {
	keys  int           // that there may be
	began []client.Load // of the keys that there were; none in the first window
	peak  []peakLoad
}

// grow makes room for keys that were seen for the first time.
func (k *keyLoad) grow(keys int) {
	if more := keys - len(k.peak); more > 0 {
		k.peak = append(k.peak, make([]peakLoad, more)...)
	}
}

// before is what had been offered of a key when the window began.
func (k *keyLoad) before(key int) client.Load {
	if key < len(k.began) {
		return k.began[key]
	}
	return client.Load{}
}

// peakLoad is a key's rate in its busiest window, of records and of bytes.
type peakLoad struct{ recordsPerS, bytesPerS float64 }

// busyKey is the busiest key of a shard in a window, over all producers. The zero value is
// none.
type busyKey struct {
	producer *client.Producer // one of those that write under it
	key      int
	share    float64 // of what the shard carries
}

// name is the key's name, which is made when asked for: many keys would take long.
func (b *busyKey) name() string { return b.producer.Space.Name(b.key) }

// span is the length of the window that is charged. What is left of one at the end of a run
// says nothing about a rate: it counts as a whole second at the least.
func (c *causes) span() float64 {
	return max(c.until-c.began, min(des.Time(time.Second), c.world.end)).Seconds()
}

// busiestKeys finds the busiest key of each shard in the window, and keeps the
// busiest window of each key. Producers that write under the same key make one key
// of it.
func (c *causes) busiestKeys() []busyKey {
	c.busiest = cleared(c.busiest, len(c.last))
	busiest := c.busiest
	shared := map[string]client.Load{} // keys that more than one producer may have, by name
	span := c.span()
	spreads := c.world.stream.Spreads() // then no key is on one shard
	for p, producer := range c.world.producers {
		load, packs := &c.keys[p], producer.Config.Put.Packs()
		loads := producer.KeyLoads(c.until)
		load.grow(len(loads))
		for k, now := range loads {
			before, peak := load.before(k), &load.peak[k]
			got := client.Load{Records: now.Records - before.Records, Bytes: now.Bytes - before.Bytes}
			if got == (client.Load{}) {
				continue
			}
			peak.recordsPerS = max(peak.recordsPerS, float64(got.Records)/span)
			peak.bytesPerS = max(peak.bytesPerS, float64(got.Bytes)/span)
			if packs { // user records, of which many make a record: only bytes weigh
				got.Records = 0
			}
			if spreads {
				continue
			}
			share := c.share(got.Records, got.Bytes, 1)
			if len(c.world.producers) > 1 && share > leastWeight {
				name := producer.Space.Name(k)
				got.Records, got.Bytes = got.Records+shared[name].Records, got.Bytes+shared[name].Bytes
				shared[name], share = got, c.share(got.Records, got.Bytes, 1)
			}
			if b := &busiest[producer.Keys.Place(k)]; share > b.share {
				*b = busyKey{producer, k, share}
			}
		}
	}
	return busiest
}

// leastWeight is the share of a shard below which a key of one producer is not added
// up with those of others of its name: a hundred such would still not fill it.
const leastWeight = 0.01

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
		load.grow(len(p.KeyLoads(ended)))
		offered += p.Tally().Offered
		all = append(all, w.ownKeys(p, p.KeyLoads(ended), load, 5*topKeys)...)
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

// ownKeys are the n busiest keys of a producer that was offered so much of each.
func (w *world) ownKeys(p *client.Producer, loads []client.Load, load *keyLoad, n int) []KeyResult {
	compare := func(a, b int) int {
		return cmp.Or(cmp.Compare(load.peak[b].recordsPerS, load.peak[a].recordsPerS), cmp.Compare(loads[b].Records, loads[a].Records))
	}
	busiest := make([]int, 0, n+1)
	for i, l := range loads {
		if m := len(busiest); l.Records == 0 || m == n && compare(i, busiest[m-1]) >= 0 {
			continue
		}
		at := sort.Search(len(busiest), func(j int) bool { return compare(i, busiest[j]) < 0 })
		busiest = slices.Insert(busiest, at, i)
		busiest = busiest[:min(len(busiest), n)]
	}
	keys := make([]KeyResult, 0, n)
	for _, i := range busiest { // only these get names, which many keys would take long to make
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

// cleared is s with n zeros.
func cleared[T any](s []T, n int) []T {
	if len(s) != n {
		return make([]T, n)
	}
	clear(s)
	return s
}
