package autoscale_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/autoscale"
	"kinesim/sim/des"
)

var limits = model.AWS2026()

const minute = des.Time(time.Minute)

// load is a minute whose use, of one shard's byte limit and of its GetRecords, is given.
type load struct{ put, get float64 }

// even is the same load at all times.
func even(put float64) func(int) load { return func(int) load { return load{put, put} } }

// rig is a stream as far as a policy can tell: it grants changes by the service's rules
// and lets them last.
type rig struct {
	shards int
	lasts  time.Duration // of each change
	late   time.Duration // from the end of a minute until it is shown
	calls  int           // granted in all; 0: no end
	age    func(int) time.Duration
}

// move is a decision and what became of it.
type move struct {
	at     des.Time
	shards int
	err    string
	d      autoscale.Decision
}

func (m move) String() string {
	s := fmt.Sprintf("%v: %d", m.at, m.shards)
	if m.d.Piecemeal {
		s += " piecemeal"
	}
	if m.err != "" {
		s += " " + m.err
	}
	return s
}

// play runs a policy over minutes of load.
func (r rig) play(t rapid.TB, p autoscale.Policy, minutes int, loadAt func(int) load) (moves []move) {
	t.Helper()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	s := p.Start()
	open, target, until := r.shards, r.shards, des.Time(-1)
	var seen []autoscale.Minute
	for now := des.Time(0); now <= des.Time(minutes)*minute; now = now.Add(p.Every()) {
		if until >= 0 && now >= until {
			open, until = target, -1
		}
		for n := len(seen); des.Time(n+1)*minute+des.Time(r.late) <= now; n++ {
			seen = append(seen, r.minute(n, loadAt(n)))
		}
		o := autoscale.Observation{Now: now, Minutes: seen, OpenShards: open, Updating: until >= 0, Limits: &limits}
		d := s.Decide(&o)
		if d == (autoscale.Decision{}) {
			continue
		}
		if d.Saw == "" || d.Reason == "" || d.Shards == open {
			t.Errorf("%v: with %d shards %+v", now, open, d)
		}
		m := move{at: now, shards: d.Shards, d: d}
		switch {
		case until >= 0:
			m.err = "ResourceInUseException"
		case !d.Piecemeal && (d.Shards > 2*open || 2*d.Shards < open || r.calls > 0 && len(moves) >= r.calls):
			m.err = "LimitExceededException"
		default:
			target, until = d.Shards, now.Add(r.lasts)
		}
		s.Answered(now, d.Shards, m.err)
		moves = append(moves, m)
	}
	return moves
}

func (r rig) minute(n int, l load) autoscale.Minute {
	m := autoscale.Minute{
		End:             des.Time(n+1) * minute,
		IncomingBytes:   int64(l.put * 60 * float64(model.MiB)),
		IncomingRecords: int64(l.put * 60),
		OutgoingBytes:   int64(l.get * 120 * float64(model.MiB)),
		OutgoingRecords: int64(l.get * 60),
	}
	if r.age != nil {
		m.IteratorAge, m.HasAge = r.age(n), true
	}
	return m
}

// check compares moves with what they should be.
func check(t *testing.T, got []move, want ...string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i].String()
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("move %d is %s, want %s", i+1, g, w)
		}
	}
}

// from switches from one load to another at a minute.
func from(at int, before, after float64) func(int) load {
	return func(n int) load {
		if n < at {
			return load{before, before}
		}
		return load{after, after}
	}
}
