package autoscale

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"kinesim/sim/des"
)

// ScalingUtils is the stream monitor of awslabs/amazon-kinesis-scaling-utils, as its
// source of version .9.8.8 (August 2021) and its README have it.
//
// Each check asks CloudWatch for as many minutes back as the larger of the two
// scaleAfterMins. A minute above the threshold of scaleUp is high, one below that of
// scaleDown low, and one that CloudWatch does not show yet is low as well. Of bytes and
// records the one with the higher moving average counts. PUT and GET each vote; up if one
// says up, down if all say down.
//
// What makes it run away (issues #9 and #87): after a change by UpdateShardCount the
// monitor goes on reckoning with the number of shards from before it, until a check with
// nothing to do, or refreshShardsNumberAfterMin, lets it look again. High minutes from
// before count again as well.
//
// What makes it blind: of the last minutes one or two are not there yet. A scaleUp that
// asks for as many minutes as are looked at never comes true.
//
// Simplified: the moving average goes in the order of time, where the tool takes the
// points as a hash table gives them. Minutes before the run do not count as low. The
// monitor learns of the end of a change at its next check, and then waits for another.
// After a refusal for limits the change by splits and merges begins at the next check.
// Limits on both sides hold for both directions; what .9.8.8 does with a stream that is
// outside of them could not be read.
type ScalingUtils struct {
	Stream, Region string // as configured; nothing hangs on them
	Put, Get       bool   // the operations that vote
	Up, Down       MonitorRule
	Bounds
	Refresh       time.Duration // refreshShardsNumberAfterMin
	CheckInterval time.Duration
}

// MonitorRule is one direction of a stream monitor.
type MonitorRule struct {
	ThresholdPct int
	AfterMins    int
	Count        int // shards; prevails over Pct
	Pct          int // percent of the open shards, see to
	CoolOff      time.Duration
}

// The values that the tool takes where its configuration has none.
const (
	monitorCheck   = 45 * time.Second
	monitorRefresh = 10 * time.Minute
)

// The tool's own capacity of a shard for GET; for PUT it has the published one.
var monitorGet = capacity{2 << 20, 2000}

// Kind is the policy's name.
func (ScalingUtils) Kind() string { return "scaling_utils" }

// Every is the check interval.
func (p ScalingUtils) Every() time.Duration { return p.CheckInterval }

// Validate refuses what the tool would fail on, or do nothing with.
func (p ScalingUtils) Validate() error {
	if !p.Put && !p.Get {
		return errors.New("scaleOnOperation is neither PUT nor GET")
	}
	for _, err := range []error{
		span("checkInterval", p.CheckInterval, time.Second, day),
		span("refreshShardsNumberAfterMin", p.Refresh, 0, day),
		p.Up.validate("scaleUp"), p.Down.validate("scaleDown"), p.validate(),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (r MonitorRule) validate(name string) error {
	for _, err := range []error{
		between(name+".scaleThresholdPct", r.ThresholdPct, 0, 1000),
		between(name+".scaleAfterMins", r.AfterMins, 1, 1440),
		between(name+".scaleCount", r.Count, 0, 10_000),
		between(name+".scalePct", r.Pct, 0, 100_000),
		span(name+".coolOffMins", r.CoolOff, 0, day),
	} {
		if err != nil {
			return err
		}
	}
	if r.Count == 0 && r.Pct == 0 {
		return fmt.Errorf("%s has neither scaleCount nor scalePct", name)
	}
	return nil
}

// up is the number of shards that scaling up leads to, down that of scaling down. Since
// .9.8.7 a scalePct of 15 and one of 115 both add 15 percent, 50 and 200 both halve; so 100
// changes nothing upwards (issue #101; the tool's tests of these numbers).
func (r MonitorRule) up(shards int) int {
	switch {
	case r.Count > 0:
		return shards + r.Count
	case r.Pct < 100:
		return (shards*(100+r.Pct) + 99) / 100
	}
	return (shards*r.Pct + 99) / 100
}

func (r MonitorRule) down(shards int) int {
	switch {
	case r.Count > 0:
		return shards - r.Count
	case r.Pct > 100:
		return shards * 100 / r.Pct
	}
	return shards - shards*r.Pct/100
}

// Start gives fresh running state.
func (p ScalingUtils) Start() Scaler { return &monitor{ScalingUtils: p} }

// vote is which way an operation, or the monitor, wants to go.
type vote int

const (
	stay vote = iota
	goUp
	goDown
)

// monitor is a stream monitor that runs.
type monitor struct {
	ScalingUtils
	shards    int      // of the capacity that it reckons with
	refreshed des.Time // when it last looked at that

	change         underway
	direction      vote // of the last wish
	piecemeal      bool // the last wish was, or the next shall be
	retry          int  // shards that UpdateShardCount refused for its limits
	lastUp         des.Time
	lastDown       des.Time
	wentUp, wentDn bool
}

// Decide is a check.
func (m *monitor) Decide(o *Observation) Decision {
	if m.shards == 0 {
		m.shards = o.OpenShards
	}
	var d Decision
	switch {
	case m.change.over(o):
		m.rest(o)
	case m.change.shards > 0: // the monitor sleeps until the stream is ACTIVE
		return d
	case m.retry > 0:
		d = Decision{Shards: m.retry, Piecemeal: true, Saw: fmt.Sprintf("%d shards", o.OpenShards), Reason: "UpdateShardCount was refused, so by splits and merges"}
		m.retry, m.piecemeal = 0, true
		return d
	default:
		d = m.check(o)
	}
	if o.Now.Sub(m.refreshed) > m.Refresh {
		m.look(o)
	}
	return d
}

// look learns how many shards there are.
func (m *monitor) look(o *Observation) { m.shards, m.refreshed = o.OpenShards, o.Now }

// rest begins the cool-off after a change. Only after splits and merges does the tool
// have a report, and with it the new number of shards.
func (m *monitor) rest(o *Observation) {
	if m.direction == goUp {
		m.lastUp, m.wentUp = o.Now, true
	} else {
		m.lastDown, m.wentDn = o.Now, true
	}
	if m.piecemeal {
		m.look(o)
	}
}

// check votes and wishes.
func (m *monitor) check(o *Observation) (d Decision) {
	way, saw := m.votes(o)
	want, rule := 0, m.Up
	switch {
	case way == stay:
		m.look(o)
		return d
	case way == goUp && m.wentUp && o.Now.Sub(m.lastUp) < m.Up.CoolOff, way == goDown && m.wentDn && o.Now.Sub(m.lastDown) < m.Down.CoolOff:
		return d
	case way == goUp:
		want = m.clamp(m.Up.up(o.OpenShards))
	default:
		want, rule = m.clamp(m.Down.down(o.OpenShards)), m.Down
	}
	if want == o.OpenShards {
		return d
	}
	m.direction, m.piecemeal = way, false
	side := map[vote]string{goUp: "above", goDown: "below"}[way]
	return Decision{
		Shards: want,
		Saw:    saw,
		Reason: fmt.Sprintf("%s %d %% for %d min, from %d shards", side, rule.ThresholdPct, rule.AfterMins, o.OpenShards),
	}
}

// votes merges those of PUT and GET.
func (m *monitor) votes(o *Observation) (vote, string) {
	var votes []vote
	var saw []string
	for _, op := range []struct {
		on   bool
		name string
		of   func(*Minute) (bytes, records float64)
	}{
		{m.Put, "PUT", func(n *Minute) (float64, float64) {
			return m.used(n.IncomingBytes, n.IncomingRecords, published)
		}},
		{m.Get, "GET", func(n *Minute) (float64, float64) {
			return m.used(n.OutgoingBytes, n.OutgoingRecords, monitorGet)
		}},
	} {
		if op.on {
			v, s := m.vote(o, op.of)
			votes, saw = append(votes, v), append(saw, op.name+" "+s)
		}
	}
	way := votes[0]
	for _, v := range votes[1:] {
		switch {
		case way == goUp || v == goUp:
			way = goUp
		case v != way:
			way = stay
		}
	}
	return way, fmt.Sprintf("%s of %d shards", strings.Join(saw, ", "), m.shards)
}

func (m *monitor) used(bytes, records int64, c capacity) (float64, float64) {
	seconds := float64(60 * m.shards)
	return float64(bytes) / (seconds * float64(c.bytes)), float64(records) / (seconds * float64(c.records))
}

// tally is what the minutes looked at say of bytes or of records.
type tally struct {
	name      string
	high, low int
	average   float64
}

func (t *tally) add(share float64, m *monitor) {
	if t.average == 0 {
		t.average = share
	} else {
		t.average = (t.average + share) / 2
	}
	switch {
	case share > float64(m.Up.ThresholdPct)/100:
		t.high++
	case share < float64(m.Down.ThresholdPct)/100:
		t.low++
	}
}

// vote is that of one operation.
func (m *monitor) vote(o *Observation, of func(*Minute) (bytes, records float64)) (vote, string) {
	back := max(m.Up.AfterMins, m.Down.AfterMins)
	from := o.Now.Add(-time.Duration(back) * time.Minute)
	from -= (from%minute + minute) % minute // CloudWatch rounds the start down to the minute
	bytes, records := tally{name: "bytes"}, tally{name: "records"}
	found := 0
	for i := range o.Minutes {
		if n := &o.Minutes[i]; n.End-minute >= from {
			b, r := of(n)
			bytes.add(b, m)
			records.add(r, m)
			found++
		}
	}
	missing := max(back-int(max(-from, 0)/minute)-found, 0)
	t := &bytes
	if records.average > bytes.average {
		t = &records
	}
	t.low += missing
	saw := fmt.Sprintf("%s %s, %d high and %d low in %d min", t.name, percent(t.average), t.high, t.low, back)
	switch {
	case t.high >= m.Up.AfterMins:
		return goUp, saw
	case t.low >= m.Down.AfterMins:
		return goDown, saw
	}
	return stay, saw
}

const minute = des.Time(time.Minute)

// Answered begins to wait for the end of a change. What UpdateShardCount refuses for its
// limits is done by splits and merges; any other error ends the check.
func (m *monitor) Answered(_ des.Time, shards int, err string) {
	switch {
	case err == "":
		m.change.shards = shards
	case !m.piecemeal && (err == limitExceeded || err == invalidArgument):
		m.retry = shards
	}
}
