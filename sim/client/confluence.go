package client

import (
	"slices"

	"kinesim/sim/des"
)

// Confluence is where the flows of all producers join, at a coarse resolution: span by
// span it draws what each shard is sent, lets the shard judge all of it together, and
// sends again later what was refused. A span is a tick long, or shorter where something
// happens that not all of it may share.
type Confluence struct {
	links   Links
	tick    des.Time
	edges   []des.Time // instants that no span reaches over, the next one first
	flows   []*flow
	arms    []*arm      // by group of shards
	readers []*Consumer // of the stream
	closed  []int32     // places that some reader has not read to their ends; only of shards with lanes

	ends    []des.Time  // of the spans of the stretch
	marks   uint64      // those of its spans that begin at whole seconds of which somebody is told, a bit for each
	shards  int         // that there were when routes were made
	waiting []waiting   // by place
	even    []uint64    // by place, a bit for each span of the stretch: records of some flow lie evenly in it
	lanes   []*des.Lane // by place; none where shards may not be played one by one
	reaches []reach
}

// NewConfluence makes the inflow of a run, in spans of a tick. Edges are instants at
// which something happens.
func NewConfluence(l Links, tick des.Time, edges []des.Time) *Confluence {
	edges = slices.Clone(edges)
	slices.Sort(edges)
	c := &Confluence{links: l, tick: tick, edges: edges}
	c.arms = byGroup(l.Stream, func(group int) *arm { return newArm(c, group) })
	return c
}

// join adds a producer.
func (c *Confluence) join(p *Producer, random *des.Rand) *flow {
	f := newFlow(p, random)
	f.seeds, f.stride = p.random("shards"), 1
	if c.apart() {
		f.stride = mostSpans
	}
	for group, a := range c.arms {
		a.join(f, group)
	}
	if c.flows = append(c.flows, f); len(c.flows) == 1 {
		c.links.Engine.At(0, des.Arrivals, c)
	}
	return f
}

// String names the inflow in messages.
func (c *Confluence) String() string { return "the inflow of the stream" }

// Act plays the stretch that begins at now.
func (c *Confluence) Act(now des.Time) {
	s := c.links.Stream
	if s.Shards() != c.shards {
		c.reroute()
	}
	s.Thin()
	for _, f := range c.flows {
		f.answers()
	}
	c.stretch(now)
	c.links.Engine.InTurn(c.passesOn(now))
	for i := range c.reaches {
		r := &c.reaches[i]
		if r.next = 0; r.lane != nil {
			r.lane.At(now, des.Arrivals, r)
		} else {
			r.Act(now)
		}
	}
	c.links.Engine.At(c.ends[len(c.ends)-1], des.Arrivals, c)
}

// reroute finds out anew what goes where.
func (c *Confluence) reroute() {
	more := c.links.Stream.Shards() - c.shards
	c.shards += more
	c.even = append(c.even, make([]uint64, more)...)
	c.waiting = append(c.waiting, make([]waiting, more)...)
	c.inherit()
	c.group()
	for _, f := range c.flows {
		f.reroute(c.links.Stream)
	}
}

// tallies are those that records count in.
func tallies(all, before *Tally, old bool) []*Tally {
	if old {
		return []*Tally{all, before}
	}
	return []*Tally{all}
}

// arm is what the confluence brings to a group of shards; nil: there is no confluence.
func (c *Confluence) arm(group int) *arm {
	if c == nil {
		return nil
	}
	return c.arms[group]
}
