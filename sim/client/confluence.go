package client

import (
	"slices"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// Confluence is where the flows of all producers join, at a coarse resolution: span by
// span it draws what each shard is sent, lets the shard judge all of it together, and
// sends again later what was refused. A span is a tick long, or shorter where something
// happens that not all of it may share.
type Confluence struct {
	links  Links
	tick   des.Time
	edges  []des.Time // instants that no span reaches over, the next one first
	flows  []*flow
	random *des.Rand

	ends    []des.Time // of the spans of the stretch
	begun   int        // of them
	to      des.Time   // the end of the span under way
	shards  int        // that there were when routes were made
	waiting []waiting  // by place
	gaps    []gap
	under   parcelQueue // of the shard under way: what it is still sent in the span
	apart   bool        // shards have lanes
	lanes   []*des.Lane // by place
	reaches []reach
	list    []des.Time // scratch of callTimes
	parts   []int64    // of the records, by call
	woken   []int32
}

// NewConfluence makes the inflow of a run, in spans of a tick, for these consumers. Edges
// are instants at which something happens.
func NewConfluence(l Links, tick des.Time, edges []des.Time, consumers []ConsumerConfig) *Confluence {
	edges = slices.Clone(edges)
	slices.Sort(edges)
	return &Confluence{
		links: l, tick: tick, edges: edges, random: des.Stream(l.Seed, "inflow"),
		apart: l.Stream.Shards() > fewShards && !slices.ContainsFunc(consumers, crossesShards),
	}
}

// join adds a producer.
func (c *Confluence) join(p *Producer, random *des.Rand) *flow {
	f := newFlow(p, random)
	if c.flows = append(c.flows, f); len(c.flows) == 1 {
		c.links.Engine.At(0, des.Arrivals, c)
	}
	return f
}

// String names the inflow in messages.
func (c *Confluence) String() string { return "the inflow of the stream" }

// Act plays the stretch that begins at now.
func (c *Confluence) Act(now des.Time) {
	if s := c.links.Stream; s.Shards() != c.shards {
		c.reroute()
	}
	for _, f := range c.flows {
		f.answers()
	}
	c.stretch(now)
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
	c.gaps = append(c.gaps, make([]gap, more)...)
	c.waiting = append(c.waiting, make([]waiting, more)...)
	c.inherit()
	c.group()
	for _, f := range c.flows {
		f.reroute(c.links.Stream)
	}
}

// shard lets a shard judge what comes to it in the span. What fits into its buckets as they
// are is stored at once. Else it matters in which order calls come: they are played one by
// one, unless they are many and nothing of them comes again.
func (c *Confluence) shard(now des.Time, place int) {
	c.gaps[place] = gap{}
	n, bytes, due := int64(0), int64(0), c.waiting[place].due(c.to)
	again := due || c.links.Trouble != nil
	for _, f := range c.flows {
		n, bytes = n+f.counts[place], bytes+f.bytes[place]
		again = again || f.resends
	}
	if again && (due || c.links.Trouble.part(now, place) > 0 || !c.links.Stream.Fits(now, place, n, bytes)) {
		c.play(now, place)
		return
	}
	c.pour(now, place, n, bytes)
}

// pour lets a shard judge what all flows send it for the first time as a whole: what it
// refuses it refuses of all in proportion, and nobody sends it again.
func (c *Confluence) pour(now des.Time, place int, n, bytes int64) {
	if n == 0 {
		return
	}
	accepted, taken, by := c.links.Stream.Admit(now, c.to, place, n, bytes)
	at := now
	for _, f := range c.flows {
		own := f.counts[place]
		if own == 0 {
			continue
		}
		k := volume{flow: f, n: own, accepted: own, taken: f.bytes[place]}
		if accepted < n {
			k.accepted = c.nearly(accepted, own, n)
			k.taken = portion(taken, k.accepted, max(1, accepted))
			c.giveUp(place, f, own-k.accepted, own, f.bytes[place], by)
		}
		f.write(own, k.accepted)
		n, accepted, taken = n-own, accepted-k.accepted, taken-k.taken
		if k.accepted > 0 {
			to := c.to
			if accepted > 0 { // the flows lie one after the other
				to = at + des.Time(float64(c.to-at)*float64(k.accepted)/float64(k.accepted+accepted))
			}
			c.lay(place, &k, at, to)
			at = to
		}
	}
}

// volume is the records of one producer that come to a shard in a span.
type volume struct {
	flow            *flow
	n               int64
	accepted, taken int64 // records and their bytes
}

// nearly is accepted·own/of, now the number below and now the one above.
func (c *Confluence) nearly(accepted, own, of int64) int64 {
	if own == of {
		return accepted
	}
	exact := float64(accepted) * (float64(own) / float64(of))
	return min(accepted, own, int64(exact+c.random.Float64()))
}

// portion is whole·part/of, rounded down.
func portion(whole, part, of int64) int64 {
	if part == of {
		return whole
	}
	return int64(float64(whole) * (float64(part) / float64(of)))
}

// tallies are those that records count in.
func tallies(all, before *Tally, old bool) []*Tally {
	if old {
		return []*Tally{all, before}
	}
	return []*Tally{all}
}

// Pour is what a shard did with some records in a span.
type Pour struct {
	Place   int
	Again   bool // they had been sent before
	Records int64
	Bytes   int64
	Refused int64 // of the records
	By      kinesis.Limit
}

// last is when the last record that a reader sees of a shard was accepted, which sees
// all that was by visible. In a lot records are even; but the last one before an instant
// lies as far behind it as calls do that bring some.
func (c *Confluence) last(place int, visible, last des.Time, random *des.Rand) des.Time {
	g := &c.gaps[place]
	if g.calls == 0 {
		return last
	}
	return min(visible, max(0, visible-des.Time(g.draw(random))))
}
