package des_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kinesim/sim/des"
)

// actor acts by calling a function.
type actor struct {
	name string
	act  func(now des.Time)
}

func (a *actor) Act(now des.Time) { a.act(now) }
func (a *actor) String() string   { return a.name }

// TestOrder plays random events, some of which ask for more, beside a list that
// is sorted by time, class and the order of asking.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var e des.Engine
		type event struct {
			at    des.Time
			class des.Class
			n     int
		}
		var asked, played []event
		var ask func(at des.Time, depth int)
		ask = func(at des.Time, depth int) {
			ev := event{at, des.Class(rapid.IntRange(0, int(des.Policies)).Draw(t, "class")), len(asked)}
			asked = append(asked, ev)
			e.At(ev.at, ev.class, &actor{"x", func(now des.Time) {
				if now != ev.at || e.Now() != now {
					t.Fatalf("asked for %v, played at %v", ev.at, now)
				}
				played = append(played, ev)
				for range rapid.IntRange(0, 2-depth).Draw(t, "more") {
					ask(now+des.Time(rapid.IntRange(1, 5).Draw(t, "later")), depth+1)
				}
			}})
		}
		for range rapid.IntRange(0, 40).Draw(t, "events") {
			ask(des.Time(rapid.IntRange(0, 12).Draw(t, "at")), 0)
		}
		const end = 15
		if err := e.Run(t.Context(), end); err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(asked, func(ev event) bool { return ev.at >= end })
		slices.SortFunc(want, func(a, b event) int {
			if a.at != b.at {
				return int(a.at - b.at)
			}
			if a.class != b.class {
				return int(a.class) - int(b.class)
			}
			return a.n - b.n
		})
		if !slices.Equal(played, want) {
			t.Fatalf("played %v\nwant   %v", played, want)
		}
		if e.Now() != end || e.Played() != uint64(len(want)) {
			t.Fatalf("at %v after %d events", e.Now(), e.Played())
		}
	})
}

// clock wakes itself at a fixed distance.
func clock(e *des.Engine, distance des.Time) *actor {
	a := &actor{name: "the clock"}
	a.act = func(now des.Time) { e.At(now+distance, des.Service, a) }
	e.At(0, des.Service, a)
	return a
}

// TestStandstill: an actor that never lets time pass ends the run with its name.
func TestStandstill(t *testing.T) {
	var e des.Engine
	clock(&e, 0)
	if err := e.Run(t.Context(), 1); err == nil || !strings.Contains(err.Error(), "the clock") {
		t.Errorf("got %v", err)
	}
}

// TestManyAtOnce: as many events at one instant as are allowed are allowed.
func TestManyAtOnce(t *testing.T) {
	var e des.Engine
	n := 0
	for range des.MaxEventsAtOnce {
		e.At(5, des.Service, &actor{"x", func(des.Time) { n++ }})
	}
	if err := e.Run(t.Context(), 10); err != nil || n != des.MaxEventsAtOnce {
		t.Errorf("%d events, %v", n, err)
	}
}

// TestEndIsOpen: what is due at the end is not played.
func TestEndIsOpen(t *testing.T) {
	var e des.Engine
	var played []des.Time
	for _, at := range []des.Time{0, 9, 10, 11} {
		e.At(at, des.Service, &actor{"x", func(now des.Time) { played = append(played, now) }})
	}
	if err := e.Run(t.Context(), 10); err != nil || !slices.Equal(played, []des.Time{0, 9}) || e.Now() != 10 {
		t.Errorf("played %v up to %v, %v", played, e.Now(), err)
	}
}

// TestStop: when its context ends, the engine stops where it is, and has told of
// its progress before.
func TestStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var e des.Engine
	clock(&e, 1)
	told := des.Time(-1)
	e.Watch = func(now des.Time) {
		if now <= told {
			t.Errorf("told of %v after %v", now, told)
		}
		if told = now; now > 50_000 {
			cancel()
		}
	}
	err := e.Run(ctx, 1_000_000)
	if !errors.Is(err, context.Canceled) || e.Now() < 50_000 || e.Now() > 100_000 {
		t.Errorf("stopped at %v, %v", e.Now(), err)
	}
}

func TestThePastIsClosed(t *testing.T) {
	var e des.Engine
	e.At(5, des.Service, &actor{"the latecomer", func(now des.Time) { e.At(now-1, des.Service, clock(new(des.Engine), 1)) }})
	defer func() {
		if p := fmt.Sprint(recover()); !strings.Contains(p, "the clock asks for 4ns at 5ns") {
			t.Errorf("got %v", p)
		}
	}()
	_ = e.Run(t.Context(), 10)
	t.Error("an event in the past was taken")
}

// TestFingerprint: the same events leave the same imprint, and any other time,
// class or order another.
func TestFingerprint(t *testing.T) {
	imprint := func(events ...[2]int) uint64 {
		var e des.Engine
		for _, ev := range events {
			e.At(des.Time(ev[0]), des.Class(ev[1]), &actor{"x", func(des.Time) {}})
		}
		if err := e.Run(t.Context(), 100); err != nil {
			t.Fatal(err)
		}
		return e.Fingerprint()
	}
	base := imprint([2]int{1, 1}, [2]int{2, 1})
	if base != imprint([2]int{1, 1}, [2]int{2, 1}) {
		t.Error("the same events differ")
	}
	for i, other := range []uint64{imprint([2]int{1, 1}), imprint([2]int{1, 1}, [2]int{3, 1}), imprint([2]int{1, 1}, [2]int{2, 2}), imprint([2]int{2, 1}, [2]int{1, 1})} {
		if other == base {
			t.Errorf("case %d does not differ", i)
		}
	}
}

func TestTime(t *testing.T) {
	if got := des.Time(5).Add(3); got != 8 {
		t.Errorf("5 + 3 = %v", got)
	}
	if got := des.Forever.Add(1); got != des.Forever {
		t.Errorf("after for ever comes %v", got)
	}
	if got := des.Time(1_500_000_000); got.Seconds() != 1.5 || got.String() != "1.5s" || got.Sub(500_000_000) != 1_000_000_000 {
		t.Errorf("%v, %v s, %v", got, got.Seconds(), got.Sub(500_000_000))
	}
}

// BenchmarkEvent is the hold model: so many pending events, of which each asks for
// its next.
func BenchmarkEvent(b *testing.B) {
	for _, pending := range []int{128, 16_384} {
		b.Run(fmt.Sprintf("%d-pending", pending), func(b *testing.B) {
			var e des.Engine
			random := des.Stream(1, "hold")
			for range pending {
				a := &actor{name: "x"}
				a.act = func(now des.Time) { e.At(now+1+des.Time(1e6*random.Exp()), des.Service, a) }
				e.At(des.Time(random.Int64N(1e6)), des.Service, a)
			}
			for b.Loop() {
				if err := e.Run(b.Context(), e.Now()+des.Time(1e6)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(e.Played()), "ns/event")
		})
	}
}
