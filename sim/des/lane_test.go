package des_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kinesim/sim/des"
)

// mark is an actor that notes when it acts, and then does something.
func mark(name string, list *[]string, then func(now des.Time)) *actor {
	return &actor{name, func(now des.Time) {
		*list = append(*list, fmt.Sprint(name, "@", int64(now)))
		if then != nil {
			then(now)
		}
	}}
}

// TestLanesKeepTheirOrder: what happens in one lane, and in the engine, happens in the
// order of time, and no lane gets past an event of the engine.
func TestLanesKeepTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var e des.Engine
		var list []string
		lanes := []*des.Lane{e.Lane(0), e.Lane(0), e.Lane(1)}
		times := map[string][]int{}
		for range rapid.IntRange(1, 30).Draw(t, "events") {
			at := rapid.IntRange(0, 50).Draw(t, "at")
			lane := rapid.IntRange(-1, len(lanes)-1).Draw(t, "lane")
			name := fmt.Sprint("lane ", lane)
			times[name] = append(times[name], at)
			if m := mark(name, &list, nil); lane < 0 {
				e.At(des.Time(at), des.Deliveries, m)
			} else {
				lanes[lane].At(des.Time(at), des.Deliveries, m)
			}
		}
		if err := e.Run(context.Background(), 40); err != nil {
			t.Fatal(err)
		}
		engine, farthest := 0, 0
		played := map[string][]int{}
		for _, entry := range list {
			var lane, at int
			if _, err := fmt.Sscanf(entry, "lane %d@%d", &lane, &at); err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprint("lane ", lane)
			if played[name] = append(played[name], at); lane < 0 {
				engine = at
			}
			if farthest = max(farthest, at); at < engine || lane < 0 && at < farthest {
				t.Errorf("%s when the engine was at %d and a lane at %d", entry, engine, farthest)
			}
		}
		for name, all := range times {
			slices.Sort(all)
			all = slices.DeleteFunc(all, func(at int) bool { return at >= 40 })
			if !slices.Equal(played[name], all) {
				t.Errorf("%s played %v of %v", name, played[name], all)
			}
		}
	})
}

// TestLaneIsAnEngine: what happens in a lane is what would happen in an engine, whatever its
// events ask for: nothing, one or several others, at once or later. And each knows what the
// lane is free for.
func TestLaneIsAnEngine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		delays := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, 9), 0, 3), 1, 60).Draw(t, "delays") // of what each event asks for
		play := func(e *des.Engine, ask func(des.Time, des.Class, des.Actor), look func(now des.Time, pending []des.Time)) (list []string) {
			var pending []des.Time
			asked := 0
			var plan func(at des.Time)
			plan = func(at des.Time) {
				if asked == len(delays) {
					return
				}
				mine := delays[asked]
				pending = append(pending, at)
				ask(at, des.Deliveries, mark(fmt.Sprint(asked), &list, func(now des.Time) {
					i := slices.Index(pending, now)
					pending = slices.Delete(pending, i, i+1)
					look(now, pending)
					for _, delay := range mine {
						plan(now + des.Time(delay))
						look(now, pending)
					}
				}))
				asked++
			}
			plan(3)
			plan(1)
			if err := e.Run(context.Background(), 10_000); err != nil {
				t.Fatal(err)
			}
			return list
		}
		var e, other des.Engine
		lane := other.Lane(0)
		want := play(&e, e.At, func(des.Time, []des.Time) {})
		got := play(&other, lane.At, func(now des.Time, pending []des.Time) {
			for at := now; at < now+12; at++ {
				if want := !slices.ContainsFunc(pending, func(p des.Time) bool { return p <= at }); at < lane.Free() != want {
					t.Fatalf("at %d, with %v to come, free for %d: %v", now, pending, at, !want)
				}
			}
		})
		if !slices.Equal(got, want) {
			t.Fatalf("%v in a lane, %v in an engine", got, want)
		}
	})
}

// TestActorsThatGoOn: actors who act for what they ask for by themselves, where nothing comes
// before, do so at the same instants and in the same order as those who ask the queue, and a
// run is marked by the same fingerprint.
func TestActorsThatGoOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		periods := rapid.SliceOfN(rapid.Int64Range(1, 40), 1, 4).Draw(t, "periods")
		looks := rapid.SliceOfN(rapid.Int64Range(1, 300), 0, 5).Draw(t, "looks")
		went := 0
		play := func(goOn bool) (list []string, e *des.Engine) {
			e = new(des.Engine)
			l := e.Lane(0)
			for _, at := range looks {
				e.At(des.Time(at), des.Sampling, mark("look", &list, nil))
			}
			for i, period := range periods {
				var a *actor
				a = &actor{fmt.Sprint(i), func(now des.Time) {
					for {
						list = append(list, fmt.Sprint(i, "@", int64(now)))
						next := now + des.Time(period)
						if !goOn || !l.GoesOn(next, des.Deliveries) {
							l.At(next, des.Deliveries, a)
							return
						}
						went++
						now = next
					}
				}}
				l.At(des.Time(i), des.Deliveries, a)
			}
			if err := e.Run(context.Background(), 300); err != nil {
				t.Fatal(err)
			}
			return list, e
		}
		want, plain := play(false)
		got, e := play(true)
		if !slices.Equal(got, want) || e.Played() != plain.Played() || e.Fingerprint() != plain.Fingerprint() {
			t.Fatalf("%v, %d events; those who ask the queue %v, %d", got, e.Played(), want, plain.Played())
		}
		if len(periods) == 1 && went == 0 {
			t.Fatal("one who is alone asked the queue")
		}
	})
}

// TestActorsThatAct: an actor who takes those that come next out of its lane, whoever they
// are, and acts for them, also further on while nothing else happens, does what they would have
// done by themselves, and lets the engine have its turn.
func TestActorsThatAct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		periods := rapid.SliceOfN(rapid.Int64Range(1, 40), 1, 4).Draw(t, "periods")
		looks := rapid.SliceOfN(rapid.Int64Range(1, 300), 0, 5).Draw(t, "looks")
		most := rapid.IntRange(0, 4).Draw(t, "most that are taken at a time")
		taken := 0
		play := func(take bool) (list []string, played uint64) {
			var e des.Engine
			latest := des.Time(0)
			note := func(now des.Time, name string) {
				list = append(list, fmt.Sprintf("%3d %s", now, name))
				latest = max(latest, now)
			}
			for _, at := range looks {
				e.At(des.Time(at), des.Sampling, &actor{"look", func(now des.Time) { note(now, "look") }})
			}
			l := e.Lane(0)
			for i, period := range periods {
				l.At(des.Time(i), des.Deliveries, &visitor{lane: l, period: des.Time(period), take: take, most: most, taken: &taken, latest: &latest, note: note, name: fmt.Sprint(i), fail: t.Fatalf})
			}
			if err := e.Run(context.Background(), 300); err != nil {
				t.Fatal(err)
			}
			for i, entry := range list { // who acts for others lets the engine have its turn, which comes first
				if !strings.HasSuffix(entry, "look") {
					continue
				}
				late := func(other string) bool { return !strings.HasSuffix(other, "look") && other[:3] >= entry[:3] }
				if slices.ContainsFunc(list[:i], late) || slices.ContainsFunc(list[i:], func(other string) bool { return other[:3] < entry[:3] }) {
					t.Fatalf("not in the order of time: %v", list)
				}
			}
			slices.Sort(list) // of actors one may be ahead of another
			return list, e.Played()
		}
		want, n := play(false)
		if got, m := play(true); !slices.Equal(got, want) || m != n {
			t.Fatalf("%v, %d events; those who ask the queue %v, %d", got, m, want, n)
		}
		if taken == 0 && len(periods) > 1 && most > 0 {
			t.Fatal("nobody was taken")
		}
	})
}

// visitor acts every so often, and may act for the others of its lane.
type visitor struct {
	lane   *des.Lane
	name   string
	period des.Time
	at     des.Time // when it acts
	take   bool
	most   int // others at a time
	taken  *int
	latest *des.Time // when any has acted
	fail   func(format string, args ...any)
	note   func(now des.Time, name string)
}

func (v *visitor) String() string { return v.name }

func (v *visitor) Act(now des.Time) {
	if now < *v.latest { // others who were left in the lane are not overtaken
		v.fail("%s acts at %d, after somebody did at %d", v.name, now, *v.latest)
	}
	v.at = now
	all := []*visitor{v}
	for v.take && len(all) <= v.most {
		a, at := v.lane.Next()
		if a == nil {
			break
		}
		v.lane.Take()
		*v.taken++
		o := a.(*visitor)
		o.at = at
		all = append(all, o)
	}
	for _, o := range all { // one may get ahead of the next
		for {
			o.note(o.at, o.name)
			o.at += o.period
			if !v.take || o.at >= v.lane.Free() {
				break
			}
			v.lane.Acts(o.at, des.Deliveries)
		}
	}
	for _, o := range all {
		v.lane.At(o.at, des.Deliveries, o)
	}
}

// TestLaneGoesOnInTime: what is asked for at the same instant is not gone on with, so that
// who never lets time pass is stopped.
func TestLaneGoesOnInTime(t *testing.T) {
	var e des.Engine
	l := e.Lane(0)
	var a *actor
	a = &actor{"stuck", func(now des.Time) {
		for l.GoesOn(now, des.Deliveries) {
		}
		l.At(now, des.Deliveries, a)
	}}
	l.At(1, des.Deliveries, a)
	if err := e.Run(context.Background(), 10); err == nil || e.Played() < des.MaxEventsAtOnce {
		t.Errorf("%v after %d events", err, e.Played())
	}
}

// TestLaneIsFree: a lane knows how long nothing happens that it could see.
func TestLaneIsFree(t *testing.T) {
	var e des.Engine
	var list []string
	l := e.Lane(0)
	free := func(at des.Time, want bool) {
		if at < l.Free() != want {
			t.Errorf("free at %d: %v", at, !want)
		}
	}
	e.At(30, des.Sampling, mark("look", &list, nil))
	l.At(10, des.Deliveries, mark("one", &list, func(des.Time) {
		free(19, true)
		free(20, false) // somebody in the lane acts then
	}))
	l.At(20, des.Deliveries, mark("two", &list, func(des.Time) {
		free(29, true)
		free(30, false) // the engine does
	}))
	free(1, false) // nothing is played yet
	if err := e.Run(context.Background(), 100); err != nil || len(list) != 3 {
		t.Errorf("%v, %v", list, err)
	}
}

// TestLaterLanes: where lanes are played in turn, what is asked for in a later lane of any
// group happens there at its time, though the lane that asks for it is further.
func TestLaterLanes(t *testing.T) {
	var e des.Engine
	var list []string
	e.InTurn(true)
	a, b := e.Lane(1), e.Lane(0)
	a.At(7, des.Deliveries, mark("a", &list, func(now des.Time) {
		b.At(now+2, des.Deliveries, mark("asked", &list, nil))
	}))
	a.At(20, des.Deliveries, mark("a", &list, nil))
	b.At(8, des.Deliveries, mark("b", &list, nil))
	b.At(10, des.Deliveries, mark("b", &list, nil))
	e.At(30, des.Service, mark("engine", &list, nil))
	if err := e.Run(context.Background(), 100); err != nil {
		t.Fatal(err)
	}
	if want := []string{"a@7", "a@20", "b@8", "asked@9", "b@10", "engine@30"}; !slices.Equal(list, want) {
		t.Errorf("%v, want %v", list, want)
	}
}

// TestLanesAtOnce: what happens in groups of lanes is the same on any number of workers,
// each lane sees its own order, and what a group shares nobody else touches meanwhile.
func TestLanesAtOnce(t *testing.T) {
	play := func(workers int) (lists [4][]string, shared [2]uint64, fingerprint, played uint64) {
		e := des.Engine{Workers: workers}
		for i := range lists {
			group, lane := i%2, e.Lane(i%2)
			var act func(now des.Time)
			act = func(now des.Time) {
				shared[group] = des.Mix(shared[group] ^ uint64(now) ^ uint64(i))
				lane.At(now+des.Time(i+3), des.Deliveries, mark("lane", &lists[i], act))
			}
			lane.At(des.Time(i), des.Deliveries, mark("lane", &lists[i], act))
		}
		for at := range des.Time(50) {
			e.At(20*at, des.Sampling, mark("engine", new([]string), nil))
		}
		if err := e.Run(context.Background(), 1000); err != nil {
			t.Fatal(err)
		}
		return lists, shared, e.Fingerprint(), e.Played()
	}
	lists, shared, fingerprint, played := play(1)
	if len(lists[0]) != 334 || played < 1000 {
		t.Fatalf("%d events of a lane, %d of all: nothing to compare", len(lists[0]), played)
	}
	for _, workers := range []int{2, 3, 16} {
		l, s, f, n := play(workers)
		if s != shared || f != fingerprint || n != played {
			t.Errorf("%d workers: %x %x %d; one: %x %x %d", workers, s, f, n, shared, fingerprint, played)
		}
		for i := range l {
			if !slices.Equal(l[i], lists[i]) {
				t.Errorf("%d workers: lane %d differs", workers, i)
			}
		}
	}
}
