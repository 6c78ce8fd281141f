package des

import "fmt"

// Lane is a queue of its own within an engine, for actors who see nothing of those in
// other lanes: between two events of the engine itself the events of one lane are played
// after each other, and then those of the next lane. So what lies together in memory is
// used together. Within a lane the order is as ever; who acts in one must not look at what
// others may change before the next event of the engine. Lanes are played in the order in
// which they were added, so an actor may ask for something in a later one.
type Lane struct {
	engine *Engine
	queue  queue
	now    Time
	asked  uint64
}

// Lane adds a lane.
func (e *Engine) Lane() *Lane {
	l := &Lane{engine: e, now: e.now}
	e.lanes = append(e.lanes, l)
	return l
}

// At wakes actor at t in the given class. t must not lie in the past.
func (l *Lane) At(t Time, class Class, actor Actor) {
	if now := max(l.now, l.engine.now); t < now {
		panic(fmt.Sprintf("des: %s asks for %v at %v", actor, t, now))
	}
	l.asked++
	l.queue.push(event{t, uint64(class)<<56 | l.asked, actor})
	l.engine.lanesAt = min(l.engine.lanesAt, t)
}

// Free tells whether nothing happens up to t that anybody in the lane could see, so that who
// acts in it may act for t at once.
func (l *Lane) Free(t Time) bool {
	return t < l.engine.alone && (len(l.queue) == 0 || t < l.queue[0].at)
}

// runLanes plays all events of lanes that come before one of the engine itself.
func (e *Engine) runLanes(before event) error {
	if e.lanesAt > before.at {
		return nil
	}
	e.lanesAt, e.alone = Forever, before.at
	for _, l := range e.lanes {
		if err := e.runLane(l, &before); err != nil {
			return err
		}
		if len(l.queue) > 0 {
			e.lanesAt = min(e.lanesAt, l.queue[0].at)
		}
	}
	e.alone = 0
	return nil
}

func (e *Engine) runLane(l *Lane, before *event) error {
	atOnce := 0
	for len(l.queue) > 0 && l.queue[0].beforeClass(before) {
		ev := l.queue.pop()
		if ev.at > l.now {
			atOnce = 0
		}
		if atOnce++; atOnce > MaxEventsAtOnce {
			return fmt.Errorf("%s makes more than %d events at one instant, %v: it never lets time pass", ev.actor, MaxEventsAtOnce, l.now)
		}
		l.now = ev.at
		e.played++
		e.imprint = Mix(e.imprint ^ uint64(ev.at) ^ ev.order)
		ev.actor.Act(ev.at)
	}
	return nil
}

// beforeClass tells whether an event of a lane comes before one of the engine: by time,
// then by class; of equal ones the engine's comes first.
func (e *event) beforeClass(o *event) bool {
	return e.at < o.at || e.at == o.at && e.order>>56 < o.order>>56
}
