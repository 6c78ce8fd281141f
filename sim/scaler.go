package sim

import (
	"fmt"
	"slices"
	"time"

	"kinesim/model"
	"kinesim/sim/autoscale"
	"kinesim/sim/des"
	"kinesim/sim/metric"
)

// scaler is the autoscaler of a run. It sees minutes as CloudWatch shows them, when it
// shows them, and acts through the control plane like anybody.
type scaler struct {
	world  *world
	name   string
	policy autoscale.Policy
	state  autoscale.Scaler

	minutes []autoscale.Minute
	shown   int // of the minutes: those before are older than a day
	last    minuteTotals
	ages    []*metric.Histogram // of the current minute, of classic readers

	pieces []model.Operation // of a change by single calls, still to be asked for
	wanted int               // by it
	result AutoscalerResult
	calls  []des.Time // that were accepted
	turned int        // the direction of the last change
}

// minuteTotals are sums since the start of the run.
type minuteTotals struct {
	totals
	records, bytes int64 // of classic readers
}

func newScaler(w *world) *scaler {
	a := w.config.Autoscale
	if a == nil {
		return nil
	}
	s := &scaler{world: w, name: a.Name, policy: a.Policy, state: a.Policy.Start()}
	s.result = AutoscalerResult{Name: a.Name, Policy: a.Policy.Kind()}
	for _, k := range w.consumers {
		if !k.Fanout() {
			h := new(metric.Histogram)
			k.IteratorAge.Open(h)
			s.ages = append(s.ages, h)
		}
	}
	s.last = s.totals()
	w.plane.after = s.active
	w.engine.At(des.Time(time.Minute), des.Sampling, minuteEnd{s})
	w.engine.At(des.Time(a.Policy.Every()), des.Policies, s)
	return s
}

func (s *scaler) totals() minuteTotals {
	t := minuteTotals{totals: s.world.observer.totals()}
	for _, k := range s.world.consumers {
		if !k.Fanout() {
			r, asked := k.Total(), k.Requests()
			t.records += r.Received + r.Duplicates
			t.bytes += int64(asked.Bytes + asked.WarmBytes)
		}
	}
	return t
}

// minuteEnd is the end of a minute.
type minuteEnd struct{ *scaler }

// Act adds the minute to those that CloudWatch will show.
func (m minuteEnd) Act(now des.Time) {
	s := m.scaler
	s.world.observer.endLaps()
	t := s.totals()
	to, from := &t.meter, &s.last.meter
	minute := autoscale.Minute{
		End:             now,
		IncomingRecords: to.IncomingRecords - from.IncomingRecords, IncomingBytes: int64(to.IncomingBytes - from.IncomingBytes),
		WriteThrottled: to.ThrottledRecords - from.ThrottledRecords, ReadThrottled: to.ReadThrottled - from.ReadThrottled,
		OutgoingRecords: t.records - s.last.records, OutgoingBytes: t.bytes - s.last.bytes,
	}
	for _, h := range s.ages {
		if h.Count() > 0 {
			minute.HasAge = true
			minute.IteratorAge = max(minute.IteratorAge, time.Duration(h.Quantile(1000)))
		}
		h.Reset()
	}
	s.minutes = append(s.minutes, minute)
	s.last = t
	s.world.engine.At(now.Add(time.Minute), des.Sampling, m)
}

// String names the autoscaler in messages.
func (s *scaler) String() string { return "the autoscaler " + s.name }

// Act lets the policy look, and does what it wants.
func (s *scaler) Act(now des.Time) {
	w := s.world
	if d := s.state.Decide(s.observation(now)); d.Shards > 0 && d.Shards != w.stream.OpenShards().Len() {
		s.want(now, d)
	}
	w.engine.At(now.Add(s.policy.Every()), des.Policies, s)
}

// observation is what can be seen at an instant.
func (s *scaler) observation(now des.Time) *autoscale.Observation {
	w := s.world
	delay := w.config.Limits.CloudWatchDelay
	until, _ := slices.BinarySearchFunc(s.minutes, now, func(m autoscale.Minute, t des.Time) int {
		if m.End.Add(delay) <= t {
			return -1
		}
		return 1
	})
	for s.shown < until && s.minutes[s.shown].End <= now.Add(-24*time.Hour) {
		s.shown++
	}
	return &autoscale.Observation{
		Now: now, Minutes: s.minutes[s.shown:until], OpenShards: w.stream.OpenShards().Len(),
		Updating: w.stream.Updating() || len(s.pieces) > 0, CallsLeft: w.stream.CallsLeft(now), Limits: &w.config.Limits,
	}
}

// want makes the call for a decision, or the first of its calls.
func (s *scaler) want(now des.Time, d autoscale.Decision) {
	open := s.world.stream.OpenShards()
	if !d.Piecemeal {
		s.answered(now, d.Shards, s.world.plane.update(now, s.name, d.Shards, d.Saw, d.Reason).Name)
		return
	}
	if s.world.stream.Updating() || len(s.pieces) > 0 {
		return
	}
	s.wanted, s.pieces = d.Shards, open.Resize(d.Shards, s.world.stream.NextID())
	s.answered(now, d.Shards, s.piece(now, d.Saw, d.Reason))
}

// answered counts a call and tells the policy what became of it.
func (s *scaler) answered(now des.Time, shards int, err string) {
	s.state.Answered(now, shards, err)
	if err != "" {
		return
	}
	direction := 1
	if shards < s.world.stream.OpenShards().Len() {
		direction = -1
	}
	if s.turned == -direction {
		s.result.Oscillations++
	}
	s.turned = direction
}

// piece asks for the next operation of a change by single calls.
func (s *scaler) piece(now des.Time, saw, reason string) (err string) {
	o, p := s.pieces[0], s.world.plane
	s.pieces = s.pieces[1:]
	if o.Merge {
		err = p.merge(now, s.name, o.Shard, o.Adjacent).Name
	} else {
		err = p.split(now, s.name, o.Shard, o.At).Name
	}
	p.explain(saw, reason)
	if err != "" { // somebody else changed the stream meanwhile
		s.pieces = nil
	}
	return err
}

// active goes on with a change by single calls when the stream is ACTIVE again.
func (s *scaler) active(now des.Time) {
	if len(s.pieces) > 0 {
		s.piece(now, "", fmt.Sprintf("on the way to %d shards", s.wanted))
	}
}

// finish sums up what the autoscaler did; nil without one.
func (s *scaler) finish() *AutoscalerResult {
	if s == nil {
		return nil
	}
	r := s.result
	for i := range s.world.plane.done {
		switch c := &s.world.plane.done[i]; {
		case c.By != s.name:
		case c.Error != "":
			r.Refused++
		default:
			r.Calls++
			if c.Call == "UpdateShardCount" {
				s.calls = append(s.calls, des.Time(c.AtS*1e9))
			}
		}
	}
	for i, from := 0, 0; i < len(s.calls); i++ {
		for s.calls[i]-s.calls[from] >= des.Time(24*time.Hour) {
			from++
		}
		r.MostCalls = max(r.MostCalls, i-from+1)
	}
	r.LeastShards, r.MostShards, _ = s.world.plane.shards(0, des.Forever)
	return &r
}
