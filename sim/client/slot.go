package client

import (
	"cmp"
	"fmt"
	"slices"

	"kinesim/sim/des"
)

// slot is a place for a worker in a fleet: what befalls whoever stands in it. All of
// it is known from the start, as faults are.
type slot struct {
	worker  *worker // the last that stood in it
	freezes []span  // it stands still
	cuts    []span  // it reaches neither the stream nor the lease table
	away    []span  // nobody stands in it
}

// span is [from, to).
type span struct{ from, to des.Time }

// frozen is when a worker that is held up at t goes on; t if it is not.
func (s *slot) frozen(t des.Time) des.Time {
	for again := true; again; {
		again = false
		for _, f := range s.freezes {
			if t >= f.from && t < f.to {
				t, again = f.to, true
			}
		}
	}
	return t
}

// cut tells whether a worker is cut off at t.
func (s *slot) cut(t des.Time) bool { return s.connected(t) > t }

// connected is when a worker that is cut off at t reaches the others again.
func (s *slot) connected(t des.Time) des.Time {
	for again := true; again; {
		again = false
		for _, c := range s.cuts {
			if t >= c.from && t < c.to {
				t, again = c.to, true
			}
		}
	}
	return t
}

// through is when work is done that is begun at t and takes so long, with the time
// that the worker stands still.
func (s *slot) through(t des.Time, work des.Time) des.Time {
	end := t + work
	for _, f := range s.freezes { // in the order of time
		if f.to > t && f.from < end {
			end += f.to - max(f.from, t)
		}
	}
	return end
}

// newSlots makes the slots of a fleet and wakes what befalls them. Which workers a
// fault befalls is drawn for each fault.
func newSlots(k *Consumer, n int) []slot {
	slots := make([]slot, n)
	random := k.random("victims")
	for _, f := range k.faults {
		hit := f.Workers
		if hit == 0 || hit > n {
			hit = n
		}
		order := shuffled(random, n)
		switch {
		case f.Pause:
			for _, i := range order[:hit] {
				slots[i].freezes = append(slots[i].freezes, span{f.From, f.To})
			}
		case f.NetworkGap:
			for _, i := range order[:hit] {
				slots[i].cuts = append(slots[i].cuts, span{f.From, f.To})
			}
		}
	}
	for i := range slots {
		slots[i].freezes, slots[i].cuts = merged(slots[i].freezes), merged(slots[i].cuts)
	}
	return slots
}

// merged are spans in the order of time, those that touch made one.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var list []span
	for _, s := range spans {
		if n := len(list); n > 0 && s.from <= list[n-1].to {
			list[n-1].to = max(list[n-1].to, s.to)
		} else {
			list = append(list, s)
		}
	}
	return list
}

// befall wakes the ends and starts of workers. While one fault keeps a worker away, the
// end of another does not bring it back.
func (f *fleet) befall() {
	random := f.consumer.random("killed")
	n := len(f.slots)
	for i := range f.consumer.faults {
		fault := &f.consumer.faults[i]
		switch {
		case fault.Kill:
			for _, slot := range shuffled(random, n)[:min(fault.Workers, n)] {
				f.downtime(slot, fault.From, fault.To, false)
			}
		case fault.Deploy != nil:
			turns := (n + fault.Deploy.AtATime - 1) / fault.Deploy.AtATime
			turn := (fault.To - fault.From) / des.Time(turns)
			for slot := range n {
				from := fault.From + des.Time(slot/fault.Deploy.AtATime)*turn
				f.downtime(slot, from, from.Add(fault.Deploy.Down), !fault.Deploy.Kill)
			}
		}
	}
	for slot := range f.slots {
		for _, a := range merged(f.slots[slot].away) {
			f.consumer.links.Engine.At(a.to, des.Service, &change{f, slot, true, false})
		}
	}
}

// downtime takes the worker of a slot away in [from, to), as far as the application
// runs then.
func (f *fleet) downtime(slot int, from, to des.Time, gently bool) {
	joined := f.consumer.Config.Joins
	if to <= joined && joined > 0 {
		return
	}
	from = max(from, joined)
	f.consumer.links.Engine.At(from, des.Service, &change{f, slot, false, gently})
	f.slots[slot].away = append(f.slots[slot].away, span{from, to})
}

// change is the end of a worker or the start of the next.
type change struct {
	fleet  *fleet
	slot   int
	start  bool
	gently bool
}

// Act implements des.Actor.
func (c *change) Act(now des.Time) {
	w := c.fleet.slots[c.slot].worker
	switch {
	case c.start && (w == nil || !w.up || w.closing):
		c.fleet.start(now, c.slot, false)
	case c.start:
	case c.gently && w.up:
		w.shutDown(now)
	case w.up:
		w.kill(now)
	}
}

// String names the event in messages.
func (c *change) String() string {
	return fmt.Sprintf("a change of worker %d of consumer %s", c.slot+1, c.fleet.consumer.Config.Name)
}

// shuffled are the numbers below n in random order.
func shuffled(r *des.Rand, n int) []int {
	order := make([]int, n)
	for i := range order {
		j := int(r.Int64N(int64(i + 1)))
		order[i] = order[j]
		order[j] = i
	}
	return order
}
