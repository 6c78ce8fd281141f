package sim

import (
	"fmt"
	"math"
	"time"

	"kinesim/model"
	"kinesim/sim/autoscale"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// onDemand is the service's own scaling of an on-demand stream. It knows what each shard
// takes, minute by minute, and its changes need no call and are there at once.
type onDemand struct {
	world  *world
	state  *autoscale.OnDemandScaler
	minute []kinesis.Meter // at the end of the last one, by place
}

// ShardsOnDemand is how many shards an on-demand stream begins with: those of a new one,
// or as many as its past and its warm throughput ask for.
func (c *Config) ShardsOnDemand() int { return c.scalerOnDemand().Start().Least() }

// scalerOnDemand are the rules of the run's on-demand scaling.
func (c *Config) scalerOnDemand() autoscale.OnDemand {
	l := &c.Limits
	share := func(bytes model.Bytes, records int64) float64 {
		return max(float64(bytes)/float64(l.WriteBytesPerSecond), float64(records)/float64(l.WriteRecordsPerSecond))
	}
	return autoscale.OnDemand{
		NewShards: int(l.OnDemandShards), Reaction: l.OnDemandReaction, ShrinkAfter: l.OnDemandScaleDown,
		HistoryPeak: min(share(c.Stream.History.PeakBytes, c.Stream.History.PeakRecords), model.MaxShards),
		Warm:        math.Min(share(c.Stream.Warm, 0), model.MaxShards),
		MaxShards:   int(min(l.ShardQuota, model.MaxShards)),
	}
}

// newOnDemand watches a stream that is on-demand, or may become so; nil for others.
func newOnDemand(w *world) *onDemand {
	if !w.config.mayBeOnDemand() {
		return nil
	}
	d := &onDemand{world: w, state: w.config.scalerOnDemand().Start()}
	w.engine.At(des.Time(time.Minute), des.Service, d)
	return d
}

// mayBeOnDemand tells whether the stream is on-demand at any time.
func (c *Config) mayBeOnDemand() bool {
	if c.Stream.Mode.Service() == kinesis.OnDemand {
		return true
	}
	for i := range c.Reshard {
		if r := &c.Reshard[i]; r.Mode != "" && r.Mode.Service() == kinesis.OnDemand {
			return true
		}
	}
	return false
}

// String names the scaling in messages.
func (d *onDemand) String() string { return "the scaling of the on-demand stream" }

// Act looks at the minute that has ended.
func (d *onDemand) Act(now des.Time) {
	w, s := d.world, d.world.stream
	d.minute = append(d.minute, make([]kinesis.Meter, s.Shards()-len(d.minute))...)
	limits := &w.config.Limits
	open := s.OpenShards()
	use := make([]autoscale.ShardUse, open.Len())
	for i := range use {
		place := s.PlaceOf(i)
		m, was := s.Meter(place), &d.minute[place]
		began, _ := s.Life(place)
		seconds := max((now - max(began, now.Add(-time.Minute))).Seconds(), 1)
		use[i] = autoscale.ShardUse{
			ID: open.At(i).ID, Range: open.At(i).Range,
			Bytes:   float64(m.IncomingBytes-was.IncomingBytes) / seconds / float64(limits.WriteBytesPerSecond),
			Records: float64(m.IncomingRecords-was.IncomingRecords) / seconds / float64(limits.WriteRecordsPerSecond),
		}
	}
	for place := range d.minute {
		d.minute[place] = s.Meter(place)
	}
	operations := d.state.Minute(now, use)
	w.engine.At(now.Add(time.Minute), des.Service, d)
	if s.Mode() != kinesis.OnDemand {
		return
	}
	for _, o := range operations {
		w.engine.At(o.At, des.Service, &ownChange{d, o})
	}
}

// ownChange is a split or merge that the service has decided on.
type ownChange struct {
	scaling   *onDemand
	operation autoscale.Operation
}

// Act makes it, if the shards are still open and the stream is still on-demand.
func (c *ownChange) Act(now des.Time) {
	w, s, o := c.scaling.world, c.scaling.world.stream, c.operation
	i, ok := s.OpenShards().Lookup(o.Shard)
	if !ok || s.Mode() != kinesis.OnDemand || s.Updating() {
		return
	}
	shard := s.OpenShards().At(i)
	change := model.Operation{Merge: o.Merge, Shard: o.Shard, Adjacent: o.Adjacent, At: shard.Range.Midpoint()}
	r := ChangeResult{By: byService, Call: "merge", Arguments: fmt.Sprintf("%v and %v", o.Shard, o.Adjacent), Saw: o.Saw, Reason: o.Reason, Merges: 1}
	if o.Merge {
		if j, ok := s.OpenShards().Lookup(o.Adjacent); !ok || j != i+1 {
			return
		}
	} else {
		if !shard.CanSplit(change.At) {
			return
		}
		r.Call, r.Arguments, r.Splits, r.Merges = "split", fmt.Sprintf("%v in halves", o.Shard), 1, 0
	}
	w.plane.own(now, r, change)
}

// String names the event in messages.
func (c *ownChange) String() string { return "a change that the on-demand stream makes itself" }

// own makes a change that the service has decided on by itself.
func (p *plane) own(now des.Time, r ChangeResult, operation model.Operation) {
	w, s := p.world, p.world.stream
	at := now.Seconds()
	r.AtS, r.FirstS, r.DoneS, r.ShardsBefore = at, &at, &at, s.OpenShards().Len()
	w.causes.cut(now)
	change := s.Scale(now, []model.Operation{operation})
	w.changed(now, change)
	p.look(now)
	r.ShardsAfter = s.OpenShards().Len()
	r.ShardsMost = max(r.ShardsBefore, r.ShardsAfter)
	p.done, p.did = append(p.done, r), append(p.did, change.Closed)
}
