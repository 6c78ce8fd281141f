package des

import (
	"fmt"
	"sync"
)

// Lane is a queue of its own within an engine, for actors who see nothing of those in
// other lanes: between two events of the engine itself the events of one lane are played
// after each other, and then those of the next lane. So what lies together in memory is
// used together. Within a lane the order is as ever; who acts in one must not look at what
// others may change before the next event of the engine.
//
// Lanes are in groups, which may be played at the same time: who acts in one may share
// with lanes of its own group what no other group touches. What happens does not hang on
// whether they are.
type Lane struct {
	group *laneGroup
	queue queue // while an event is under way the first is that one
	now   Time
	free  Time // before it nothing else happens that who acts could see; 0: nobody does
	asked uint64
	acts  bool   // an event is under way, and what it asked for has not taken its place yet
	runs  bool   // it is under way
	once  int    // events at the instant that it is at
	until *event // while it is under way: the engine's own next event
}

// laneGroup are lanes that are played one after the other, in the order in which they
// were added.
type laneGroup struct {
	engine  *Engine
	lanes   []*Lane
	at      Time // before it none of them has an event
	played  uint64
	imprint uint64
	err     error
	_       [64]byte // keeps neighbours out of each other's cache lines
}

// Lane adds a lane to a group, which are numbered from 0.
func (e *Engine) Lane(group int) *Lane {
	for len(e.groups) <= group {
		e.groups = append(e.groups, &laneGroup{engine: e, at: Forever})
	}
	g := e.groups[group]
	l := &Lane{group: g, now: e.now}
	g.lanes, e.lanes = append(g.lanes, l), append(e.lanes, l)
	return l
}

// At wakes actor at t in the given class. t must not lie in the past.
func (l *Lane) At(t Time, class Class, actor Actor) {
	now := l.now
	if !l.runs {
		now = max(now, l.group.engine.now)
		l.group.at = min(l.group.at, t)
	}
	if t < now {
		panic(fmt.Sprintf("des: %s asks for %v at %v", actor, t, now))
	}
	l.free = min(l.free, t)
	l.asked++
	e := event{t, uint64(class)<<56 | l.asked, actor}
	if l.acts { // most events bring one other: it takes the place of its cause
		l.acts = false
		l.queue.sink(e)
		return
	}
	l.queue.push(e)
}

// Free is the instant before which nothing happens that anybody in the lane could see, so that
// who acts in it may act at once for any that comes before.
func (l *Lane) Free() Time { return l.free }

// GoesOn tells whether what the actor under way asks for at t in the given class comes before
// all else in the lane. It is then t, and the actor is to act for that by itself, which is an
// event like any other, but spares the queue. It must not have asked for anything before.
func (l *Lane) GoesOn(t Time, class Class) bool {
	if t <= l.now || t >= l.free {
		return false
	}
	l.Acts(t, class)
	return true
}

// Next is who acts next in the lane and when, if that comes before the engine's own next event;
// else nobody. Who is under way asks for what follows afterwards.
func (l *Lane) Next() (Actor, Time) {
	l.end()
	if len(l.queue) == 0 || !l.queue[0].beforeClass(l.until) {
		return nil, 0
	}
	return l.queue[0].actor, l.queue[0].at
}

// Take takes what Next told of out of the lane: who is under way acts for it, and for what
// comes of it as Acts says, and asks for what follows.
func (l *Lane) Take() {
	ev := l.queue.pop()
	l.play(ev.at, ev.order)
	if l.free = l.until.at; len(l.queue) > 0 {
		l.free = min(l.free, l.queue[0].at)
	}
}

// Acts says that who is under way acts at t, for itself or for another, in the given class. The
// lane must be free for it, but others for whom it acts may be further already. How many events
// happen at one instant is looked at where the queue is played only, so each must let time pass.
func (l *Lane) Acts(t Time, class Class) {
	l.asked++
	l.play(t, uint64(class)<<56|l.asked)
}

// end lets go of the event under way, unless what it asked for has taken its place.
func (l *Lane) end() {
	if l.acts {
		l.acts = false
		l.queue.pop()
	}
}

// play notes an event of such an order.
func (l *Lane) play(t Time, order uint64) {
	if t > l.now {
		l.now, l.once = t, 0
	}
	l.once++
	l.group.played++
	l.group.imprint = imprint(l.group.imprint, t, order)
}

// Alone tells whether the engine itself has nothing to do up to t, so that nobody in other
// lanes sees what happens in this one until then.
func (l *Lane) Alone(t Time) bool { return t < l.group.engine.alone }

// AtOnce tells whether lanes of different groups may be under way at the same time.
func (e *Engine) AtOnce() bool { return e.alone > 0 && !e.inTurn }

// InTurn says whether lanes are played in the order in which all were added, whatever their
// groups: an actor may then ask for something in a later one of any group. It is said while
// none is under way.
func (e *Engine) InTurn(yes bool) { e.inTurn = yes }

// runLanes plays all events of lanes that come before one of the engine itself.
func (e *Engine) runLanes(before event) error {
	e.due = e.due[:0]
	for _, g := range e.groups {
		if g.at <= before.at {
			e.due = append(e.due, g)
		}
	}
	if len(e.due) == 0 {
		return nil
	}
	e.alone = before.at
	if e.inTurn {
		e.runInTurn(&before)
	} else {
		e.Each(len(e.due), func(i int) { e.due[i].run(&before) })
	}
	e.alone = 0
	for _, g := range e.groups {
		if g.err != nil {
			return g.err
		}
	}
	return nil
}

// runInTurn plays all lanes, those of all groups in the order in which they were added.
func (e *Engine) runInTurn(before *event) {
	for _, g := range e.groups {
		g.at = Forever
	}
	for _, l := range e.lanes {
		l.run(before)
	}
}

// Each does things number 0 … n−1, at the same time as far as there are workers for it. What
// they do must not hang on whether they are.
func (e *Engine) Each(n int, do func(i int)) {
	workers := min(e.Workers, n)
	if workers <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	var done sync.WaitGroup
	for range workers {
		done.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	done.Wait()
}

// run plays the lanes of the group.
func (g *laneGroup) run(before *event) {
	g.at = Forever
	for _, l := range g.lanes {
		l.run(before)
	}
}

// run plays the events of a lane that come before one of the engine itself.
func (l *Lane) run(before *event) {
	g := l.group
	l.runs, l.until = true, before
	for g.err == nil && len(l.queue) > 0 && l.queue[0].beforeClass(before) {
		ev := &l.queue[0]
		at, actor := ev.at, ev.actor
		if l.play(at, ev.order); l.once > MaxEventsAtOnce {
			g.err = fmt.Errorf("%s makes more than %d events at one instant, %v: it never lets time pass", actor, MaxEventsAtOnce, l.now)
			break
		}
		l.acts, l.free = true, before.at
		for i := range l.queue[1:min(3, len(l.queue))] { // one of these is the first of those that are to come
			l.free = min(l.free, l.queue[1+i].at)
		}
		actor.Act(at)
		l.end()
	}
	l.free = 0
	if l.runs = false; len(l.queue) > 0 {
		g.at = min(g.at, l.queue[0].at)
	}
}

// beforeClass tells whether an event of a lane comes before one of the engine: by time,
// then by class; of equal ones the engine's comes first.
func (e *event) beforeClass(o *event) bool {
	return e.at < o.at || e.at == o.at && e.order>>56 < o.order>>56
}
