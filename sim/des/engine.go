package des

import (
	"context"
	"fmt"
	"math/bits"
)

// Actor is anything that can act at an instant. Its String names it when the
// engine has to complain.
type Actor interface {
	Act(now Time)
	String() string
}

// MaxEventsAtOnce is how many events may happen at one instant. More means that
// an actor wakes itself without letting time pass.
const MaxEventsAtOnce = 1_000_000

// checkEvery is how many events pass between two looks at the context and calls
// of Watch: rare enough to cost nothing, often enough for Ctrl-C.
const checkEvery = 4096

// Engine plays events in order. The zero Engine is ready at time 0.
type Engine struct {
	// Watch, if set, is called now and then while the engine runs.
	Watch func(now Time)
	// Workers is on how many cores groups of lanes are played; 0 and 1: on one. It
	// changes nothing but the time that it takes.
	Workers int

	queue   queue
	lanes   []*Lane // of all groups
	groups  []*laneGroup
	due     []*laneGroup // scratch of runLanes
	inTurn  bool         // lanes are played in the order of lanes
	alone   Time         // while lanes are played: the engine's own next event
	now     Time
	asked   uint64
	atOnce  int
	played  uint64
	checkAt uint64 // so many events
	imprint uint64
}

// Now is the current instant.
func (e *Engine) Now() Time { return e.now }

// Played is the number of events so far.
func (e *Engine) Played() uint64 {
	n := e.played
	for _, g := range e.groups {
		n += g.played
	}
	return n
}

// Fingerprint is a hash over the time, class and number of all events so far.
// Two runs that differ in any decision differ in it.
func (e *Engine) Fingerprint() uint64 {
	f := Mix(e.imprint)
	for _, g := range e.groups {
		f = Mix(f ^ g.imprint)
	}
	return f
}

// At wakes actor at t in the given class. t must not lie in the past.
func (e *Engine) At(t Time, class Class, actor Actor) {
	if t < e.now {
		panic(fmt.Sprintf("des: %s asks for %v at %v", actor, t, e.now))
	}
	e.asked++
	e.queue.push(event{t, uint64(class)<<56 | e.asked, actor})
}

// Run plays all events before end and then stands at end. It stops early, and
// says so, when ctx is done or when an actor stands still in time. Events at or
// after end stay unplayed.
func (e *Engine) Run(ctx context.Context, end Time) error {
	for {
		if len(e.lanes) > 0 {
			if err := e.runLanes(e.next(end)); err != nil {
				return err
			}
		}
		if len(e.queue) == 0 || e.queue[0].at >= end {
			break
		}
		if played := e.Played(); played >= e.checkAt {
			e.checkAt = played + checkEvery
			if err := ctx.Err(); err != nil {
				if len(e.lanes) > 0 {
					e.now = e.queue[0].at // which lanes have been played up to
				}
				return err
			}
			if e.Watch != nil {
				e.Watch(e.now)
			}
		}
		ev := e.queue.pop()
		if ev.at == e.now {
			if e.atOnce++; e.atOnce > MaxEventsAtOnce {
				return fmt.Errorf("%s makes more than %d events at one instant, %v: it never lets time pass", ev.actor, MaxEventsAtOnce, e.now)
			}
		} else {
			e.now, e.atOnce = ev.at, 1
		}
		e.played++
		e.imprint = imprint(e.imprint, ev.at, ev.order)
		ev.actor.Act(ev.at)
	}
	e.now = end
	return nil
}

// next is the engine's own next event before end, or the end.
func (e *Engine) next(end Time) event {
	if len(e.queue) > 0 && e.queue[0].at < end {
		return e.queue[0]
	}
	return event{at: end}
}

// imprint is the hash of some events and one more. Each step can be undone, so nothing that was
// hashed is lost; Mix spreads the bits in the end, which at each event would take three times as
// many instructions.
func imprint(h uint64, t Time, order uint64) uint64 {
	return (bits.RotateLeft64(h, 27) ^ uint64(t) ^ order) * 0x9e3779b97f4a7c15
}

// Mix spreads every bit of x over the whole word (the finalizer of MurmurHash3,
// by Austin Appleby, in the public domain).
func Mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
