package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"slices"

	"kinesim/sim"
)

// Event is something that happened at an instant of the run: a line of events.jsonl.
// What does not apply to its kind is left out.
type Event struct {
	TimeS float64 `json:"time_s"`
	Time  string  `json:"time,omitempty"` // RFC 3339, where the scenario has a start
	Event string  `json:"event"`          // its kind: run_started, fault_began, lease_moved, …
	Text  string  `json:"text"`           // in words

	Consumer string   `json:"consumer,omitempty"`
	Producer string   `json:"producer,omitempty"`
	Shard    string   `json:"shard,omitempty"`
	Key      string   `json:"key,omitempty"`
	Fault    string   `json:"fault,omitempty"`
	Call     string   `json:"call,omitempty"`
	By       string   `json:"by,omitempty"`
	Error    string   `json:"error,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	From     string   `json:"from,omitempty"` // of a lease: who had it
	To       string   `json:"to,omitempty"`
	Metric   string   `json:"metric,omitempty"`
	Passed   *bool    `json:"passed,omitempty"`
	Measured *float64 `json:"measured,omitempty"`
	Records  int64    `json:"records,omitempty"`
	Shards   int      `json:"shards,omitempty"`
}

// writeEvents writes what happened as JSON Lines, in the order of time.
func writeEvents(w io.Writer, d *Document) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, event := range Events(d.Result) {
		if d.Result.Clock.Start != "" {
			event.Time = timestamp(d, event.TimeS)
		}
		if err := e.Encode(event); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Events are what happened in a run, in the order of time; what happened at one instant
// is in the order: the run itself, faults, changes, refusals, leases, losses,
// expectations, alarms.
func Events(r *sim.Result) []Event {
	l := &eventList{{TimeS: 0, Event: "run_started", Text: "the run begins", Shards: firstShards(r)}}
	if r.Clock.WarmupS > 0 {
		l.at(r.Clock.WarmupS, Event{Event: "warmup_ended", Text: "statistics begin"})
	}
	for i := range r.Faults {
		l.fault(&r.Faults[i])
	}
	for i := range r.Changes {
		l.change(&r.Changes[i])
	}
	l.refusals(r)
	for i := range r.Shards {
		l.shard(&r.Shards[i])
	}
	for i := range r.Consumers {
		l.consumer(&r.Consumers[i])
	}
	for i := range r.Expectations {
		l.expectation(&r.Expectations[i])
	}
	for i := range r.Alarms {
		l.alarm(&r.Alarms[i], r.EndedAtS)
	}
	slices.SortStableFunc(*l, func(a, b Event) int { return cmp.Compare(a.TimeS, b.TimeS) })
	*l = slices.DeleteFunc(*l, func(e Event) bool { return r.Partial && e.TimeS > r.EndedAtS }) // was to come
	end := Event{TimeS: r.EndedAtS, Event: "run_ended", Text: "all expectations are met", Passed: &r.Passed, Shards: r.Stream.OpenShards}
	switch {
	case r.Partial:
		end.Event, end.Text = "run_stopped", "stopped before its end"
	case len(r.Expectations) == 0:
		end.Text = "there are no expectations"
	case !r.Passed:
		end.Text = "an expectation is missed"
	}
	return append(*l, end)
}

// alarm is when an alarm rang, as far as that lies in the run.
func (l *eventList) alarm(a *sim.AlarmResult, ended float64) {
	for i := range a.Rang {
		s := &a.Rang[i]
		if s.AtS > ended {
			return
		}
		l.at(s.AtS, Event{Event: "alarm_rang", Text: "alarm " + a.Name + " rang", By: a.Name, Metric: a.Metric, Measured: &s.Value, Reason: a.Condition})
		l.maybe(0, s.UntilS, Event{Event: "alarm_ended", Text: "alarm " + a.Name + " was over", By: a.Name, Metric: a.Metric})
	}
}

func firstShards(r *sim.Result) int {
	if open := r.Series.Stream.OpenShards; len(open) > 0 {
		return open[0]
	}
	return r.Stream.OpenShards
}

type eventList []Event

func (l *eventList) at(s float64, e Event) {
	e.TimeS = s
	*l = append(*l, e)
}

// maybe adds what has a time, counted from an instant.
func (l *eventList) maybe(from float64, s *float64, e Event) {
	if s != nil {
		l.at(from+*s, e)
	}
}

func (l *eventList) fault(f *sim.FaultResult) {
	e := Event{Text: shownText(f.Text), Fault: f.Fault, Consumer: f.Consumer}
	with := func(kind string) Event { e.Event = kind; return e }
	l.at(f.FromS, with("fault_began"))
	if f.ToS > f.FromS {
		l.at(f.ToS, with("fault_ended"))
	}
	if h := f.Recovery; h != nil {
		l.maybe(f.FromS, h.DetectedS, with("fault_detected"))
		l.maybe(f.FromS, h.TakenOverS, with("leases_taken_over"))
		l.maybe(f.FromS, h.CaughtUpS, with("caught_up"))
	}
}

func (l *eventList) change(c *sim.ChangeResult) {
	e := Event{Event: "change", Call: c.Call, By: shown(c.By), Reason: shownText(c.Reason), Shards: c.ShardsBefore,
		Text: shownText(c.Call + " " + c.Arguments)}
	if c.Error != "" {
		e.Event, e.Error, e.Text = "change_refused", c.Error, shownText(c.Call+" "+c.Arguments+": "+c.Message)
	}
	l.at(c.AtS, e)
	e.Reason = ""
	e.Event, e.Shards = "change_done", c.ShardsAfter
	l.maybe(0, c.DoneS, e)
	for _, x := range c.Drained {
		l.maybe(0, x.AtS, Event{Event: "closed_shards_read", Call: c.Call, Consumer: x.Consumer, Text: "the shards that " + c.Call + " closed are read to their ends"})
	}
}

// refusals are the first of the run, where a cause begins and ends, and the last.
func (l *eventList) refusals(r *sim.Result) {
	s := &r.Series
	first, last := -1, -1
	for bin, n := range s.Stream.ThrottledRecords {
		if n > 0 {
			if last = bin; first < 0 {
				first = bin
			}
		}
	}
	if first >= 0 {
		l.at(float64(first)*s.StepS, Event{Event: "first_refusal", Text: "writes are refused, in the bin that begins here", Records: s.Stream.ThrottledRecords[first]})
		l.at(min(float64(last+1)*s.StepS, r.EndedAtS), Event{Event: "last_refusal", Text: "no write is refused from here on"})
	}
	for _, c := range r.Causes {
		e := Event{Event: "cause_began", Reason: c.Cause, Shard: c.Shard, Key: shown(c.Key), Records: c.Records, Text: c.Cause + ": writes over the limit on " + c.Limit}
		l.at(c.FromS, e)
		e.Event = "cause_ended"
		l.at(c.ToS, e)
	}
	for i := range s.Consumers {
		k := &s.Consumers[i]
		if bin := slices.IndexFunc(k.ReadThrottled, func(n int64) bool { return n > 0 }); bin >= 0 {
			l.at(float64(bin)*s.StepS, Event{Event: "first_read_refused", Consumer: k.Name, Text: "reads are refused, in the bin that begins here", Records: k.ReadThrottled[bin]})
		}
	}
}

func (l *eventList) shard(s *sim.ShardResult) {
	if s.OpenedAtS > 0 {
		l.at(s.OpenedAtS, Event{Event: "shard_opened", Shard: s.ID, Text: s.ID + " takes writes"})
	}
	l.maybe(0, s.ClosedAtS, Event{Event: "shard_closed", Shard: s.ID, Text: s.ID + " takes no more writes"})
}

func (l *eventList) consumer(c *sim.ConsumerResult) {
	l.maybe(0, c.FirstExpiredAtS, Event{Event: "first_loss", Consumer: c.Name, Records: c.ExpiredRecords, Text: "records leave the stream unread"})
	if c.KCL == nil {
		return
	}
	for _, m := range c.KCL.Moves {
		l.at(m.AtS, Event{Event: "lease_moved", Consumer: c.Name, Shard: m.Shard, From: shown(m.From), To: shown(m.To), Reason: m.Reason, Text: "the lease of " + m.Shard + ": " + m.Reason})
	}
}

func (l *eventList) expectation(e *sim.ExpectationResult) {
	if e.WorstAtS == nil {
		return
	}
	passed := e.Passed
	l.at(*e.WorstAtS, Event{Event: "expectation_worst", Metric: e.Metric, Passed: &passed, Measured: e.Measured,
		Text: measureText(e.Metric, e.Stat, e.Where, e.During) + " is at its worst"})
}
