package sim

import (
	"slices"
	"time"

	"kinesim/model/analytic"
	"kinesim/sim/client"
	"kinesim/sim/des"
)

// A consumer is level again when its oldest unread record is at most slack older than
// levelTimes the oldest one in the usual minute before the fault, for calm.
const (
	usualFor   = des.Time(time.Minute)
	levelTimes = 1.5
	slack      = time.Second
	calm       = des.Time(10 * time.Second)
)

// hardship watches one consumer through one fault.
type hardship struct {
	fault    *client.Fault
	consumer *client.Consumer
	world    *world

	usual     time.Duration // age of the oldest unread record before the fault
	begun     bool
	before    client.Reads
	lastAbove des.Time // when it was last not level
	above     bool     // whether it ever was not
	over      bool
	after     client.Reads
	overAt    des.Time
	peakAge   time.Duration
	peak      int64    // backlog, the largest
	peakAt    des.Time // when the age was last within a hundredth of peakAge
	atPeak    int64    // backlog then
	estimate  float64  // seconds from peakAt on
}

// newHardships watches every fault that befalls a consumer.
func newHardships(w *world) []*hardship {
	list := make([]*hardship, len(w.config.Faults))
	for i := range w.config.Faults {
		f := &w.config.Faults[i]
		for _, k := range w.consumers {
			if k.Config.Name == f.Consumer {
				list[i] = &hardship{fault: f, consumer: k, world: w}
			}
		}
	}
	return list
}

// look is called at the end of each second.
func (h *hardship) look(now des.Time) {
	switch {
	case h.over || now < h.fault.From-usualFor:
		return
	case now < h.fault.From:
		h.usual = max(h.usual, h.consumer.OldestUnread(now))
		return
	case !h.begun:
		h.begun, h.before, h.lastAbove = true, h.consumer.Total(), h.fault.From
	}
	age := h.consumer.OldestUnread(now)
	h.consumer.Expire(now)
	backlog, _ := h.consumer.Backlog()
	h.peak = max(h.peak, backlog)
	h.peakAge = max(h.peakAge, age)
	if age >= h.peakAge-h.peakAge/100 { // as old as retention lets it be, it may stay for long
		h.peakAt, h.atPeak = now, backlog
		h.estimate = h.world.catchUp(h.consumer, now)
	}
	if age > time.Duration(levelTimes*float64(h.usual))+slack {
		h.lastAbove, h.above = now, true
	}
	if now >= h.fault.To && now-h.lastAbove >= calm {
		h.over, h.overAt, h.after = true, now, h.consumer.Total()
	}
}

// result is what the fault did; nil if it befell nobody or did not begin.
func (h *hardship) result(ended des.Time) *Hardship {
	if h == nil || !h.begun {
		return nil
	}
	after, until := h.after, h.overAt
	if !h.over {
		after, until = h.consumer.Total(), ended
	}
	did := after.Minus(h.before)
	r := &Hardship{
		PeakAgeMS: float64(h.peakAge) / 1e6, PeakBacklog: h.peak, BacklogAtPeak: h.atPeak, PeakS: (h.peakAt - h.fault.From).Seconds(),
		Duplicates: did.Duplicates, Expired: did.Expired, Failed: did.Failed,
	}
	since := func(t des.Time) *float64 { s := (t - h.fault.From).Seconds(); return &s }
	if h.over && h.above {
		r.CaughtUpS = since(h.lastAbove)
		if took := max(0, (h.lastAbove - h.peakAt).Seconds()); h.fault.Deploy == nil { // whose turns each have a peak
			r.CatchUpS = &took
		}
	}
	if h.estimate >= 0 && h.above && h.estimate < 1e9 {
		r.EstimateS = &h.estimate
	}
	h.leases(r, until, since)
	return r
}

// leases says when the leases that the fault put in doubt found owners again.
func (h *hardship) leases(r *Hardship, until des.Time, since func(des.Time) *float64) {
	f := h.consumer.Fleet()
	if f == nil {
		return
	}
	r.LeaderLost = slices.ContainsFunc(f.Leaderless, func(t des.Time) bool { return t >= h.fault.From && t <= until })
	waiting, taken := map[int]bool{}, map[int]bool{} // by shard
	for _, m := range f.Moves {
		if m.At < h.fault.From || m.At > until {
			continue
		}
		if r.DetectedS == nil && (m.Why == client.Lapsed || m.Why == client.Released) {
			r.DetectedS = since(m.At)
		}
		if m.Why == client.Lapsed || m.Why == client.Released {
			waiting[m.Place] = true
		}
		if waiting[m.Place] && m.Read {
			delete(waiting, m.Place)
			taken[m.Place] = true
			r.TakenOverS = since(m.Begun)
		}
	}
	r.TakenOver = len(taken)
}

// catchUp is how long a consumer takes from now on to read its backlog away, by the
// closed form; negative if its pace is not known.
func (w *world) catchUp(k *client.Consumer, now des.Time) float64 {
	others := 0
	for _, o := range w.consumers {
		if o != k && !o.Fanout() {
			others++
		}
	}
	level := make([]float64, w.stream.Shards()) // by place: when its backlog is read, its parents' before it
	for i := range level {
		for _, parent := range w.stream.Parents(i) {
			level[i] = max(level[i], level[parent])
		}
		m := w.stream.Meter(i)
		if m.IncomingRecords == 0 {
			continue
		}
		size := float64(m.IncomingBytes) / float64(m.IncomingRecords)
		arrive := 0.0
		if from, to := w.stream.Life(i); to == des.Forever {
			arrive = float64(m.IncomingRecords) / max(now.Sub(from).Seconds(), 1)
		}
		pace, ok := k.Pace(size, others, arrive*size)
		if !ok {
			return -1
		}
		level[i] += analytic.CatchUp(float64(k.Unread(i))+arrive*level[i], pace, arrive) // what comes while the parents are read waits as well
	}
	return slices.Max(level)
}
