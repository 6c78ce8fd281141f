package client

import (
	"slices"
	"time"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// A stretch is some spans in a row in which nobody looks at more than one shard. Each shard
// plays all of them before the next shard does, so that what it touches stays in a core's
// cache; what is seen of it in between, at each whole second, is noted shard by shard.

// Apart tells whether shards that records come to in lots may be played one by one, if these
// consumers read them.
func Apart(consumers []ConsumerConfig) bool { return !slices.ContainsFunc(consumers, crossesShards) }

// fewShards are in one group: at the end of each bin what groups measure is put together, which
// takes longer for eight groups than a hundred shards take to be played for seconds.
const fewShards = 128

// shardGroups is into how many groups more shards are put, which may be played on as many
// cores: more than most machines have, few enough that what each of them measures is put
// together in next to no time beside so many shards.
const shardGroups = 8

// ShardGroups is into how many groups so many shards are put that may be played one by one.
func ShardGroups(shards int) int {
	if shards <= fewShards {
		return 1
	}
	return shardGroups
}

// crossesShards tells whether what a consumer does on one shard has to do with others.
func crossesShards(c ConsumerConfig) bool {
	switch c.Kind.(type) {
	case Classic, EFO:
		return false
	}
	return true
}

// onlyGroup is the group of all shards in a run that has no lanes.
const onlyGroup = 0

// byGroup makes something for each group of shards.
func byGroup[T any](s *kinesis.Stream, one func(group int) T) (all []T) {
	for group := range s.Groups() {
		all = append(all, one(group))
	}
	return all
}

// lane is that of a shard; nil: shards may not be played one by one. Those of children come after
// those of their parents, whose readers start theirs.
func (c *Confluence) lane(place int) *des.Lane {
	if !c.apart() {
		return nil
	}
	for len(c.lanes) <= place {
		c.lanes = append(c.lanes, c.links.Engine.Lane(c.links.Stream.Group(len(c.lanes))))
	}
	return c.lanes[place]
}

// Change gives the shards that have been opened their lanes, before anybody acts for them.
// From now on those of the closed ones may be read to their ends.
func (c *Confluence) Change(change kinesis.Change) {
	if !c.apart() {
		return
	}
	c.links.Engine.InTurn(true)
	for _, place := range change.Closed {
		c.closed = append(c.closed, int32(place))
	}
	for _, place := range change.Opened {
		c.lane(place)
	}
}

// apart tells whether shards have lanes.
func (c *Confluence) apart() bool { return c != nil && c.links.Apart }

// reach is a shard with a lane, or all shards where there are none.
type reach struct {
	*arm
	lane   *des.Lane
	place  int     // of the shard, if it has a lane
	next   int     // span of the stretch
	places []int32 // of the open shards
}

// Act plays the span that begins at now for the shards of the reach, and those after it as
// long as nobody has to see anything in between: readers ask for what was accepted by an
// instant, and do not mind what comes later.
func (r *reach) Act(now des.Time) {
	first, next := r.next, r.next+1
	if r.lane != nil {
		for next < len(r.ends) && r.lane.Alone(r.ends[next-1]) {
			next++
		}
	}
	r.next = next
	for _, place := range r.places {
		r.shard(now, int(place), first, r.next)
	}
	if r.lane != nil {
		if len(r.places) == 0 { // the shard is closed
			r.idle(r.place, first, r.next)
		}
		r.tell(now, r.place)
	}
	if len(r.woken) > 0 {
		r.links.Fanout.wake(now, r.woken)
		r.woken = r.woken[:0]
	}
	if r.next < len(r.ends) {
		r.lane.At(r.ends[r.next-1], des.Arrivals, r)
	}
}

// passesOn tells whether a closed shard may be read to its end in the stretch from now on,
// upon which its readers go on to its children, whatever their groups. Who joins later does
// so between two stretches.
func (c *Confluence) passesOn(now des.Time) bool {
	c.closed = slices.DeleteFunc(c.closed, func(place int32) bool {
		return !slices.ContainsFunc(c.readers, func(k *Consumer) bool { return !k.positions[place].drained })
	})
	return slices.ContainsFunc(c.closed, func(place int32) bool {
		return slices.ContainsFunc(c.readers, func(k *Consumer) bool { return now >= k.Config.Joins && !k.positions[place].drained })
	})
}

// group finds the reaches: of open shards, and of closed ones with lanes that readers have not
// let go of, or that took records in the last second.
func (c *Confluence) group() {
	c.reaches = c.reaches[:0]
	s, now := c.links.Stream, c.links.Engine.Now()
	for place := range c.shards {
		ended := s.Ended(place)
		if _, to := s.Life(place); ended && to.Add(time.Second) <= now && s.Empty(place) {
			continue
		}
		if c.apart() || len(c.reaches) == 0 {
			c.reaches = append(c.reaches, reach{arm: c.arms[s.Group(place)], lane: c.lane(place), place: place})
		}
		if r := &c.reaches[len(c.reaches)-1]; !ended {
			r.places = append(r.places, int32(place))
		}
	}
}

// mostSpans bounds what is drawn beforehand: 10 MB for ten thousand shards and a producer.
// They are as many as a word has bits.
const mostSpans = 64

// stretch draws what comes in the spans from now on: those until somebody looks at all
// shards or something happens that they share, or else just one. Groups draw at the same
// time.
func (c *Confluence) stretch(now des.Time) {
	c.spans(now)
	clear(c.even)
	c.links.Engine.Each(len(c.arms), func(i int) {
		for _, b := range c.arms[i].branches {
			b.draw(b.flow.spans[:len(c.ends)])
		}
	})
	for _, f := range c.flows {
		for n := range c.ends {
			f.whole(n)
			f.count(1)
		}
		f.uncounted = f.spans[:len(c.ends)]
	}
}

// spans finds the spans of the stretch, and draws what shards do not get by themselves.
func (c *Confluence) spans(now des.Time) {
	end, apart := c.shared(now)
	for _, f := range c.flows {
		f.countKeys(now)
		f.keep(len(c.ends))
	}
	c.ends, c.marks = c.ends[:0], 0
	for _, a := range c.arms {
		a.begun = 0
	}
	for at := now; ; {
		n := len(c.ends)
		if at%des.Time(time.Second) == 0 && c.apart() {
			c.marks |= 1 << n
		}
		for _, f := range c.flows {
			f.begin(n)
			f.pace(at, c.tick)
		}
		to, pushed := min(end, c.until(at)), c.pushed(at)
		for _, f := range c.flows {
			f.bring(at, to, c.links.Warmup)
			f.ready(to, pushed, to.Add(f.producer.takes(to, f.producer.latency.Longest())) >= c.links.End)
		}
		if c.ends = append(c.ends, to); !apart || to >= end || len(c.ends) == mostSpans {
			return
		}
		at = to
	}
}

// pushed tells whether enhanced fan-out reads what comes in a span that begins at an instant.
func (c *Confluence) pushed(at des.Time) bool {
	return slices.ContainsFunc(c.readers, func(k *Consumer) bool { return k.Fanout() && k.Config.Joins <= at })
}

// shared is when next after now something happens that no span reaches over, as somebody
// looks, an expectation's window begins or ends, or all shards are befallen by something; and
// whether shards may be played one by one until then.
func (c *Confluence) shared(now des.Time) (at des.Time, apart bool) {
	at, apart = c.links.Look()
	for len(c.edges) > 0 && c.edges[0] <= now {
		c.edges = c.edges[1:]
	}
	if len(c.edges) > 0 {
		at = min(at, c.edges[0])
	}
	if due := c.links.Stream.Due(); due > now {
		at = min(at, due)
	}
	return at, apart
}

// until is where the span ends that begins at now, if nothing happens before.
func (c *Confluence) until(now des.Time) des.Time {
	to := (now/c.tick + 1) * c.tick
	for _, f := range c.flows {
		bend := f.producer.Space.Bend(f.drawn)
		if f.byCall {
			to = min(to, f.law.Bend(now))
		} else {
			bend = min(bend, f.law.Bend(f.drawn))
		}
		if f.drawn < c.links.Warmup {
			bend = min(bend, c.links.Warmup)
		}
		if bend == des.Forever {
			continue
		}
		if at := bend.Add(f.drawing.batch.mean()); at > now { // else the wait has become shorter, and it is over already
			to = min(to, at)
		}
	}
	return to
}

// finish counts what waits at the end of the run: what has arisen and is not sent yet.
func (c *Confluence) finish(f *flow, end des.Time) {
	f.answers()
	begun := 0
	for _, a := range c.arms {
		begun = max(begun, a.begun)
	}
	for n := begun; n < len(c.ends); n++ { // the run was interrupted, and what was drawn beforehand has not arisen
		f.span(n)
		f.count(-1)
	}
	f.uncounted = f.uncounted[:max(0, len(f.uncounted)-len(c.ends)+begun)]
	f.countKeys(des.Forever)
	f.countByCall(false)
	for f.drawn < end {
		f.draw(end, c.links.Warmup)
		for _, b := range f.branches {
			b.draw([]*sending{f.drawing})
			f.drawing.add(b.drawn[0])
		}
		f.wait()
	}
}
