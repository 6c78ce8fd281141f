package sim

import (
	"math"
	"sort"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// Why was a write refused? Every refused attempt is charged to exactly one
// cause, so the causes add up to all refusals. In this order:
//
//	retry_echo    the record had been refused before: the attempt repeats a
//	              refusal whose own cause is counted at its first attempt
//	large_record  bytes refused it, and a record of the shard's mean size would
//	              have passed, which is less than a quarter of its own
//
// The rest is charged window by window and shard by shard, looking at first
// attempts alone (the load that people bring, not the one that refusals make):
//
//	hot_key       one key alone asked for more than a shard carries
//	capacity      all shards together were asked for more than they carry
//	hot_shard     the shard was asked for more than it carries, by many keys
//	retry_echo    the shard could have carried the first attempts, but not those
//	              and the retries beside them
//	burst         the shard could have carried all, had it come evenly
//
// A window lasts 10 s, or longer where a long run with many keys would spend its
// time on looking at keys. What is shorter than a window is a burst; a longer
// window would call more bursts and fewer hot shards.
//
// Shards that are played one by one are ahead of the current window, some windows of
// ten seconds in a minute. What they do there is kept window by window until it is the
// turn of each.
type causes struct {
	world   *world
	window  des.Time
	began   des.Time         // of the current window
	until   des.Time         // of the one that is charged
	windows [][]shardLoad    // by place: the current one, and those that shards may have been played ahead to
	busiest []busyKey        // scratch of busiestKeys
	keys    []keyLoad        // by producer
	last    []kinesis.Writes // by place: until the current window
	total   int64
	found   map[causeKey]*Cause

	recovery recovery
}

// causeKey tells causes apart. Shards go by their places, since what has refused does so in
// window after window, and to write its name each time took half of charging it.
type causeKey struct {
	cause string
	place int // noShard: of the whole stream
	key   string
}

const noShard = -1

// shardLoad is one shard in a window.
type shardLoad struct {
	refused    [3]int64 // by kinesis.Limit: first attempts
	echo       [3]int64
	large      int64
	again      int64 // attempts that were not the first, passed or refused
	againBytes int64

	did   kinesis.Writes // since the start of the run by the end of the window
	known bool           // did is
}

const (
	shortestWindow = 10 * time.Second
	mostLooks      = 200_000_000 // at keys, in all windows together: well under a second
)

func newCauses(w *world) *causes {
	c := &causes{world: w, window: des.Time(shortestWindow), windows: make([][]shardLoad, 1), found: map[causeKey]*Cause{}}
	if w.apart {
		c.windows = make([][]shardLoad, 2+(mostAhead-1)/des.Time(shortestWindow))
	}
	c.grow()
	return c
}

// grow makes room for the shards that were opened.
func (c *causes) grow() {
	more := c.world.stream.Shards() - len(c.last)
	for i, shards := range c.windows {
		c.windows[i] = append(shards, make([]shardLoad, more)...)
	}
	c.last = append(c.last, make([]kinesis.Writes, more)...)
}

// follow begins to follow the keys of a producer.
func (c *causes) follow(p *client.Producer) {
	n := len(p.Space.Hashes)
	if p.Config.Trace != nil {
		n = p.Config.Trace.Facts().Keys
	}
	c.keys = append(c.keys, keyLoad{keys: n})
	total := 0
	for _, k := range c.keys {
		total += k.keys
	}
	if windows := mostLooks / max(total, 1); c.world.end/c.window > des.Time(windows) {
		c.window = (c.world.end/des.Time(windows)/des.Time(time.Second) + 1) * des.Time(time.Second)
	}
}

// refused takes note of a call with refused records, or with records that were
// refused before.
func (c *causes) refused(now des.Time, call client.Call) {
	b, r := call.Batch, call.Result
	again := call.Attempt > 1 || call.Again != nil
	if again {
		c.resent(call)
	}
	for _, f := range r.Refused {
		s := &c.windows[0][r.Place[f.Index]]
		switch size := b.Size[f.Index]; {
		case f.Limit == kinesis.ByFault:
		case again && call.Resent(int(f.Index)):
			s.echo[f.Limit]++
		case f.Limit == kinesis.ByBytes && c.large(int(r.Place[f.Index]), size):
			s.large++
		default:
			s.refused[f.Limit]++
		}
	}
}

// end is when the current window ends, if nothing cuts it: with a whole second.
func (c *causes) end() des.Time {
	const second = des.Time(time.Second)
	return (c.began + c.window + second - 1) / second * second
}

// ahead takes note of what a shard that is played by itself had done by some whole seconds in
// a row, the first of which ends at first: of those with which windows end. Shards of different
// groups may be told of at the same time, here and in poured.
func (c *causes) ahead(first des.Time, place int, did []kinesis.Writes) {
	beyond := first.Add(time.Duration(len(did)) * time.Second)
	for n, end := 0, c.end(); end < beyond; n, end = n+1, end+c.window {
		if end >= first {
			s := &c.windows[n][place]
			s.did, s.known = did[(end-first)/des.Time(time.Second)], true
		}
	}
}

// poured takes note of what a shard refused at a coarse resolution at an instant, of records
// that came for the first time or, all of them, again.
func (c *causes) poured(at des.Time, place int, refused *kinesis.Refused, again client.Load) {
	n := 0
	for end := c.end(); at >= end; end += c.window {
		n++
	}
	s := &c.windows[n][place]
	charged := &s.refused
	if again.Records > 0 {
		s.again += again.Records
		s.againBytes += again.Bytes
		charged = &s.echo
	}
	for by, n := range refused {
		charged[by] += n
	}
}

// resent counts the records of a call that were sent before. What a fault fails
// never reaches the shard, and is in none of its counts.
func (c *causes) resent(call client.Call) {
	r, next := call.Result, 0
	for i, place := range r.Place {
		failed := false
		if next < len(r.Refused) && int(r.Refused[next].Index) == i {
			failed = r.Refused[next].Limit == kinesis.ByFault
			next++
		}
		if call.Resent(i) && !failed {
			c.windows[0][place].again++
			c.windows[0][place].againBytes += int64(call.Batch.Size[i])
		}
	}
}

// large tells whether a record that bytes refused is much larger than the
// shard's mean, and a mean one would have passed.
func (c *causes) large(place int, size uint32) bool {
	m := c.world.stream.Meter(place)
	if m.IncomingRecords == 0 {
		return false
	}
	mean := m.IncomingBytes / model.Bytes(m.IncomingRecords)
	return model.Bytes(size) > 4*mean && c.world.stream.Room(place) >= mean
}

// second is called at the end of each second of the run.
func (c *causes) second(now des.Time) {
	if now-c.began >= c.window {
		c.endWindow(now)
	}
}

// endWindow charges the window's refusals and begins the next.
func (c *causes) endWindow(now des.Time) {
	c.chargeWindow(now)
	shards := c.windows[0]
	for i := range shards {
		c.last[i] = shards[i].did
	}
	clear(shards)
	copy(c.windows, c.windows[1:])
	c.windows[len(c.windows)-1] = shards
	for i, p := range c.world.producers {
		c.keys[i].began = append(c.keys[i].began[:0], p.KeyLoads(now)...)
	}
	c.began = now
}

// chargeWindow charges the window's refusals. A shard of which nobody knows has not been played
// beyond its end, or is closed and does nothing.
func (c *causes) chargeWindow(now des.Time) {
	c.until = now
	shards := c.windows[0]
	for i := range shards {
		if s := &shards[i]; !s.known {
			s.did = c.world.stream.Writes(i)
		}
	}
	busiest := c.busiestKeys()
	all := c.load()
	over, refusing := all > 1, false
	for i := range shards {
		own, refused := c.charge(i, now, all, busiest[i])
		over, refusing = over || own > 1, refusing || refused
	}
	if now-c.began >= c.window/2 { // what is left at the end of a run may be less than a burst
		c.recovery.window(now, over, refusing)
	}
}

// cut ends the window early, before the shards change: what it charges belongs to the
// shards as they were.
func (c *causes) cut(now des.Time) {
	c.world.observer.gather()
	if now > c.began {
		c.endWindow(now)
	}
}

// share is a load of the current window over what so many shards carry in it.
func (c *causes) share(records, bytes int64, shards int) float64 {
	span := c.span() * float64(shards)
	limits := &c.world.config.Limits
	return max(float64(records)/span/float64(limits.WriteRecordsPerSecond), float64(bytes)/span/float64(limits.WriteBytesPerSecond))
}

// first is the shard's load of first attempts in the window.
func (c *causes) first(i int) (records, bytes int64) {
	s, was := &c.windows[0][i], &c.last[i]
	records = s.did.Records + s.did.Refused - was.Records - was.Refused - s.again
	bytes = int64(s.did.Bytes+s.did.RefusedBytes-was.Bytes-was.RefusedBytes) - s.againBytes
	return records, bytes
}

// load is the whole stream's load of first attempts over its capacity.
func (c *causes) load() float64 {
	var records, bytes int64
	for i := range c.last {
		r, b := c.first(i)
		records, bytes = records+r, bytes+b
	}
	return c.share(records, bytes, c.world.stream.OpenShards().Len())
}

// charge charges what the shard refused in the window. It returns the load of its
// first attempts, and whether it refused anything.
func (c *causes) charge(i int, now des.Time, all float64, busy busyKey) (own float64, refused bool) {
	s, before := &c.windows[0][i], c.total
	records, bytes := c.first(i)
	own = c.share(records, bytes, 1)
	if s.refused == [3]int64{} && s.echo == [3]int64{} && s.large == 0 {
		return own, false
	}
	c.add("retry_echo", i, "", s.echo, 0, now)
	c.add("large_record", i, "", [3]int64{kinesis.ByBytes: s.large}, 0, now)
	crowd := c.share(records+s.again, bytes+s.againBytes, 1)
	switch {
	case busy.share > 1:
		c.add("hot_key", i, busy.name(), s.refused, busy.share, now)
	case all > 1:
		c.add("capacity", noShard, "", s.refused, all, now)
	case own > 1:
		c.add("hot_shard", i, "", s.refused, own, now)
	case crowd > 1:
		c.add("retry_echo", i, "", s.refused, 0, now)
	default:
		c.add("burst", i, "", s.refused, own, now)
	}
	return own, c.total > before
}

// add charges refusals to a cause.
func (c *causes) add(cause string, place int, key string, refused [3]int64, load float64, now des.Time) {
	n := refused[kinesis.ByRecords] + refused[kinesis.ByBytes]
	if n == 0 {
		return
	}
	k := causeKey{cause, place, key}
	f := c.found[k]
	if f == nil {
		f = &Cause{Cause: cause, Key: key, FromS: c.began.Seconds()}
		if place != noShard {
			f.Shard = c.world.stream.Shard(place).ID.String()
		}
		c.found[k] = f
	}
	f.Records += n
	f.byBytes += refused[kinesis.ByBytes]
	f.ToS = now.Seconds()
	f.Load = max(f.Load, math.Round(load*1e4)/1e4)
	c.total += n
}

// warmUp forgets what was refused before.
func (c *causes) warmUp(now des.Time) {
	c.world.observer.gather()
	c.endWindow(now)
	clear(c.found)
	c.total, c.recovery = 0, recovery{overloaded: c.recovery.overloaded}
}

// maxCauses bounds the list; what is beyond is summed up by kind.
const maxCauses = 40

// finish ends the last window.
func (c *causes) finish(now des.Time) {
	if now > c.began {
		c.chargeWindow(now)
	}
}

// list is all causes, the largest first.
func (c *causes) list() []Cause {
	list := make([]Cause, 0, len(c.found))
	for _, f := range c.found {
		list = append(list, *f)
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		if a.Records != b.Records {
			return a.Records > b.Records
		}
		return a.Cause+a.Shard+a.Key < b.Cause+b.Shard+b.Key
	})
	if len(list) > maxCauses {
		list = c.fold(list)
	}
	for i := range list {
		f := &list[i]
		f.Share = float64(f.Records) / float64(c.total)
		f.Limit = "records"
		if 2*f.byBytes > f.Records {
			f.Limit = "bytes"
		}
		f.Remedy = c.remedy(f)
	}
	return list
}

// fold keeps the largest causes and sums up the others by kind, without shard
// and key, so that the records still add up.
func (c *causes) fold(list []Cause) []Cause {
	kept := list[:maxCauses:maxCauses]
	rest := map[string]int{}
	for _, f := range list[maxCauses:] {
		i, ok := rest[f.Cause]
		if !ok {
			i = len(kept)
			rest[f.Cause] = i
			kept = append(kept, Cause{Cause: f.Cause, FromS: f.FromS})
		}
		k := &kept[i]
		k.Records += f.Records
		k.byBytes += f.byBytes
		k.FromS, k.ToS, k.Load = min(k.FromS, f.FromS), max(k.ToS, f.ToS), max(k.Load, f.Load)
	}
	return kept
}

// headroom is what a remedy leaves free of a limit.
const headroom = model.Headroom
