package sim

import (
	"fmt"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// Service is the mode as the service knows it.
func (m Mode) Service() kinesis.Mode {
	if m == Provisioned || m == "" {
		return kinesis.Provisioned
	}
	return kinesis.OnDemand
}

// changes tells whether the shards of the run may change.
func (c *Config) changes() bool {
	return len(c.Reshard) > 0 || c.Autoscale != nil || c.Stream.Mode.Service() == kinesis.OnDemand
}

// plane is the control plane of a run: it makes the calls of the scenario and of
// autoscalers, and lets happen what they set off.
type plane struct {
	world *world
	done  []ChangeResult
	did   [][]int            // by result: the places of the shards that it closed
	under int                // the result whose change is under way; -1: none
	after func(now des.Time) // called when the stream is ACTIVE again; nil: by nobody

	counts  []shardCount // since the start, of the stream when it was ACTIVE
	current Mode         // of the stream; Advantage if its account has that setting
	next    Mode         // once the switch under way is over
}

// byService is who changes an on-demand stream.
const byService = "service"

// mostChanges bounds the list of calls that a result keeps.
const mostChanges = 5_000

func newPlane(w *world) *plane {
	p := &plane{world: w, under: -1, current: w.config.Stream.Mode, next: w.config.Stream.Mode}
	p.look(0)
	for i := range w.config.Reshard {
		r := &w.config.Reshard[i]
		w.engine.At(r.At, des.Service, &planned{p, r})
	}
	return p
}

// planned is a call of the scenario.
type planned struct {
	plane *plane
	call  *Reshard
}

// Act makes the call.
func (c *planned) Act(now des.Time) {
	p, r := c.plane, c.call
	switch {
	case r.Update != nil:
		p.update(now, "scenario", r.Update.Target, "", "")
	case r.Split != nil:
		shard := p.pick(now, r.Split.Shard)
		p.split(now, "scenario", shard, p.point(r.Split, shard))
	case r.Merge != nil:
		shard, adjacent := p.pair(now, r.Merge)
		p.merge(now, "scenario", shard, adjacent)
	default:
		p.mode(now, "scenario", r.Mode)
	}
}

// String names the event in messages.
func (c *planned) String() string { return "a call of the control plane" }

// update asks for so many shards.
func (p *plane) update(now des.Time, by string, target int, saw, reason string) kinesis.Fault {
	f := p.world.stream.UpdateShardCount(now, target)
	p.note(now, ChangeResult{By: by, Call: "UpdateShardCount", Arguments: fmt.Sprintf("TargetShardCount=%d", target), Saw: saw, Reason: reason}, f)
	return f
}

// split asks for a shard to be split.
func (p *plane) split(now des.Time, by string, shard model.ShardID, at model.HashKey) kinesis.Fault {
	f := p.world.stream.SplitShard(now, shard, at)
	p.note(now, ChangeResult{By: by, Call: "SplitShard", Arguments: fmt.Sprintf("ShardToSplit=%v NewStartingHashKey=%v", shard, at)}, f)
	return f
}

// merge asks for a shard and the one after it to become one.
func (p *plane) merge(now des.Time, by string, shard, adjacent model.ShardID) kinesis.Fault {
	f := p.world.stream.MergeShards(now, shard, adjacent)
	p.note(now, ChangeResult{By: by, Call: "MergeShards", Arguments: fmt.Sprintf("ShardToMerge=%v AdjacentShardToMerge=%v", shard, adjacent)}, f)
	return f
}

// mode asks for another capacity mode.
func (p *plane) mode(now des.Time, by string, mode Mode) {
	if mode.Service() == kinesis.OnDemand && p.current.Service() == kinesis.OnDemand && mode != p.current {
		p.advantage(now, by, mode)
		return
	}
	f := p.world.stream.UpdateStreamMode(now, mode.Service())
	p.note(now, ChangeResult{By: by, Call: "UpdateStreamMode", Arguments: "StreamMode=" + mode.StreamMode()}, f)
	if f == (kinesis.Fault{}) {
		p.next = mode
	}
}

// advantage changes the setting of the account, which takes no time and leaves the
// stream as it is.
func (p *plane) advantage(now des.Time, by string, mode Mode) {
	status := map[Mode]string{OnDemand: "DISABLED", OnDemandAdvantage: "ENABLED"}[mode]
	at := now.Seconds()
	open := p.world.stream.OpenShards().Len()
	p.done = append(p.done, ChangeResult{AtS: at, By: by, Call: "UpdateAccountSettings", Arguments: "MinimumThroughputBillingCommitment=" + status,
		DoneS: &at, ShardsBefore: open, ShardsMost: open, ShardsAfter: open})
	p.did = append(p.did, nil)
	p.current, p.next = mode, mode
	p.world.cutBill(now, mode)
}

// note writes a call and its answer down, and waits for what it set off.
func (p *plane) note(now des.Time, r ChangeResult, f kinesis.Fault) {
	s := p.world.stream
	r.AtS, r.Error, r.Message = now.Seconds(), f.Name, f.Message
	r.ShardsBefore = s.OpenShards().Len()
	r.ShardsMost, r.ShardsAfter = r.ShardsBefore, r.ShardsBefore
	if r.Error == "" {
		operations := s.Planned()
		for _, o := range operations {
			if o.Merge {
				r.Merges++
			} else {
				r.Splits++
			}
		}
		p.under = len(p.done)
		p.world.engine.At(s.Due(), des.Service, p)
	}
	if len(p.done) < mostChanges || r.Error == "" {
		p.done, p.did = append(p.done, r), append(p.did, nil)
	}
}

// explain says of the last call why an autoscaler made it.
func (p *plane) explain(saw, reason string) {
	r := &p.done[len(p.done)-1]
	r.Saw, r.Reason = saw, reason
}

// String names the control plane in messages.
func (p *plane) String() string { return "the control plane" }

// Act takes the step that is due.
func (p *plane) Act(now des.Time) {
	w, s := p.world, p.world.stream
	w.causes.cut(now)
	change := s.Step(now)
	w.changed(now, change)
	r := &p.done[p.under]
	if len(change.Closed) > 0 {
		if r.FirstS == nil {
			at := now.Seconds()
			r.FirstS = &at
		}
		p.did[p.under] = append(p.did[p.under], change.Closed...)
	}
	r.ShardsAfter = s.OpenShards().Len()
	r.ShardsMost = max(r.ShardsMost, r.ShardsAfter)
	if due := s.Due(); due != des.Forever {
		w.engine.At(due, des.Service, p)
		return
	}
	at := now.Seconds()
	r.DoneS = &at
	if p.next != p.current {
		p.current = p.next
		w.cutBill(now, p.current)
	}
	p.under = -1
	p.look(now)
	if p.after != nil {
		p.after(now)
	}
}

// shardCount is how many shards were open from an instant on.
type shardCount struct {
	at   des.Time
	open int
}

// look notes how many shards are open, once no change is under way.
func (p *plane) look(now des.Time) {
	p.counts = append(p.counts, shardCount{now, p.world.stream.OpenShards().Len()})
}

// shards is the least and the most shards of the ACTIVE stream in [from, to), and how
// many it had last.
func (p *plane) shards(from, to des.Time) (least, most, last int) {
	for i, c := range p.counts {
		if c.at >= to && i > 0 {
			break
		}
		last = c.open
		if i+1 < len(p.counts) && p.counts[i+1].at <= from {
			continue
		}
		if most == 0 {
			least = c.open
		}
		least, most = min(least, c.open), max(most, c.open)
	}
	return least, most, last
}

// openShards is how many shards there were in the window of an expectation.
func openShards(_ *counters, e *Expectation, w *world) *float64 {
	least, most, last := w.plane.shards(max(e.From, w.warmup), min(e.To, w.engine.Now()+1))
	return number(int64(map[string]int{"max": most, "min": least, "end": last}[e.Stat]))
}

// callCount counts the calls that changed the stream in the window of an expectation, or
// those that were refused.
func callCount(refused bool) func(*counters, *Expectation, *world) *float64 {
	return func(_ *counters, e *Expectation, w *world) *float64 {
		n := int64(0)
		for i := range w.plane.done {
			r := &w.plane.done[i]
			if at := des.Time(r.AtS * 1e9); at >= max(e.From, w.warmup) && at < e.To && r.By != byService && (r.Error != "") == refused {
				n++
			}
		}
		return number(n)
	}
}

// changed tells everyone of shards that were closed and opened.
func (w *world) changed(now des.Time, change kinesis.Change) {
	if len(change.Opened) == 0 {
		return
	}
	w.observer.grow()
	w.causes.grow()
	w.inflow.Change(change)
	for _, k := range w.consumers {
		k.Change(now, change)
	}
	w.fanout.Change(now, change)
}

// results are the calls with what became of them.
func (p *plane) results() []ChangeResult {
	for i := range p.done {
		r := &p.done[i]
		if len(p.did[i]) == 0 {
			continue
		}
		for _, k := range p.world.consumers {
			d := Drained{Consumer: k.Config.Name}
			last, all := des.Time(0), true
			for _, place := range p.did[i] {
				at, ok := k.Drained(place)
				last, all = max(last, at), all && ok
			}
			if at := last.Seconds(); all {
				d.AtS = &at
			}
			r.Drained = append(r.Drained, d)
		}
	}
	return p.done
}

// pick is the shard that a call means.
func (p *plane) pick(now des.Time, which ShardPick) model.ShardID {
	s := p.world.stream
	switch which.Which {
	case Hottest:
		return s.Shard(p.world.hottest(now)).ID
	case Coldest:
		return s.Shard(p.world.coldest(now)).ID
	}
	return which.ID
}

// pair is the two shards that a merge means, in the order of their ranges if the second
// is not given: then it is the neighbour that is asked for less.
func (p *plane) pair(now des.Time, m *MergeShards) (shard, adjacent model.ShardID) {
	shard = p.pick(now, m.Shard)
	if m.Adjacent != nil {
		return shard, *m.Adjacent
	}
	w := p.world
	open := w.stream.OpenShards()
	i, ok := open.Lookup(shard)
	use := func(i int) float64 { return w.observer.minute.use(w, w.stream.PlaceOf(i)) }
	switch {
	case !ok || open.Len() == 1:
		return shard, shard // which the service refuses
	case i == 0 || i+1 < open.Len() && use(i+1) <= use(i-1):
		return shard, open.At(i + 1).ID
	}
	return open.At(i - 1).ID, shard
}

// point is where a shard is split.
func (p *plane) point(split *SplitShard, id model.ShardID) model.HashKey {
	open := p.world.stream.OpenShards()
	i, ok := open.Lookup(id)
	switch {
	case split.Point == SplitAtKey || !ok:
		return split.At
	case split.Point == SplitOptimal:
		return p.optimal(p.world.stream.PlaceOf(i))
	}
	return open.At(i).Range.Midpoint()
}

// optimal is the split point by which both children would have had as nearly as
// possible the same load so far: the larger of the shares of bytes and records. What was
// offered counts, as retries would weigh down the keys that were refused. Keys without a
// number are as many as records, so they are even over the hash keys.
func (p *plane) optimal(place int) model.HashKey {
	w := p.world
	limits := &w.config.Limits
	weight := func(l client.Load) float64 {
		return max(float64(l.Records)/float64(limits.WriteRecordsPerSecond), float64(l.Bytes)/float64(limits.WriteBytesPerSecond))
	}
	var keys []model.KeyWeight
	even := 0.0
	w.observer.gather()
	for _, producer := range w.producers {
		all := producer.Tally()
		unnamed := client.Load{Records: all.Offered, Bytes: all.OfferedBytes}
		for k, load := range producer.KeyLoads(w.engine.Now()) {
			unnamed.Records -= load.Records
			unnamed.Bytes -= load.Bytes
			if producer.Keys.Place(k) == place && load.Records > 0 {
				keys = append(keys, model.KeyWeight{Key: producer.Keys.Hash(k), Weight: weight(load)})
			}
		}
		even += weight(unnamed)
	}
	shard := w.stream.Shard(place)
	return model.SplitPoint(shard, keys, even*shard.Range.Share())
}
