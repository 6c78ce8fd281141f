package sim

import (
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/metric"
)

// probe measures one expectation that has a window: what happened in [from, to),
// by the time of the measurement.
type probe struct {
	world      *world
	from, to   des.Time
	histogram  metric.Histogram
	recorders  []*metric.Recorder
	start, now counters
	opened     bool
	closed     bool
	most       []int64 // largest backlog of each consumer
}

// counters are what ratio and count expectations are made of, by producer and by
// consumer.
type counters struct {
	producers []client.Tally
	consumers []readCounters
}

type readCounters struct {
	calls, throttled int64
	reads            client.Reads
	backlog, most    int64 // unread: now, and at the most
}

// counters counts what statistics cover, up to now.
func (w *world) counters() counters {
	var c counters
	for _, p := range w.producers {
		c.producers = append(c.producers, p.Tally())
	}
	for _, k := range w.consumers {
		backlog, old := k.Backlog()
		asked := k.Requests()
		c.consumers = append(c.consumers, readCounters{calls: asked.Calls, throttled: asked.Throttled, reads: k.Reads(), backlog: backlog - old})
	}
	return c
}

// newProbes makes a probe for each expectation that has a window, nil for the
// others, and wakes them when their windows begin and end.
func newProbes(w *world) []*probe {
	probes := make([]*probe, len(w.config.Expect))
	for i := range w.config.Expect {
		e := &w.config.Expect[i]
		if !e.Windowed {
			continue
		}
		p := &probe{world: w, from: e.From, to: e.To, recorders: w.recorders(e), most: make([]int64, len(w.consumers))}
		probes[i] = p
		w.engine.At(p.from, des.Sampling, p)
		if p.to < w.end {
			w.engine.At(p.to, des.Sampling, p)
		}
	}
	return probes
}

// String names the probe in messages.
func (p *probe) String() string { return "the probe of an expectation" }

// Act opens or closes the window.
func (p *probe) Act(now des.Time) {
	p.world.observer.upTo(now)
	p.world.observer.noteBacklogs(now)
	if p.opened {
		p.end(now)
		return
	}
	p.world.observer.endLaps()
	p.opened = true
	p.start = p.world.counters()
	for _, r := range p.recorders {
		r.Open(&p.histogram)
	}
}

// end closes the window, at the latest at the end of the run.
func (p *probe) end(now des.Time) {
	if p == nil || !p.opened || p.closed {
		return
	}
	for _, k := range p.world.consumers {
		k.Look(now) // what is held up over the edge of the window belongs to it as well
	}
	p.world.observer.endLaps()
	p.closed = true
	p.now = p.world.counters()
	for _, r := range p.recorders {
		r.Close(&p.histogram)
	}
}

// backlog notes the backlog of a consumer at an instant.
func (p *probe) backlog(now des.Time, consumer int, n int64) {
	if p != nil && p.opened && !p.closed && now < p.to {
		p.most[consumer] = max(p.most[consumer], n)
	}
}
