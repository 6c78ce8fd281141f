package autoscale_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/sim/autoscale"
	"kinesim/sim/des"
)

// future is a day with needs by the minute, and updates of five minutes.
func future(open, calls int, needs ...autoscale.Step) autoscale.Clairvoyant {
	return autoscale.Clairvoyant{
		Needs: needs, Open: open, End: 1440 * minute, Calls: calls,
		Update: func(int, int) time.Duration { return 5 * time.Minute },
	}
}

func TestClairvoyant(t *testing.T) {
	step := func(at, shards int) autoscale.Step {
		return autoscale.Step{At: des.Time(at) * minute, Shards: shards}
	}
	r := rig{shards: 4, lasts: 5 * time.Minute}
	t.Run("there in time, and not longer than needed", func(t *testing.T) {
		p := future(4, 10, step(0, 4), step(600, 8), step(660, 4))
		check(t, r.play(t, p, 1440, even(0)), "9h55m0s: 8", "11h0m0s: 4")
	})
	t.Run("far steps in several calls", func(t *testing.T) {
		p := future(4, 10, step(0, 4), step(600, 30), step(660, 5))
		check(t, r.play(t, p, 1440, even(0)), "9h45m0s: 8", "9h50m0s: 16", "9h55m0s: 30", "11h0m0s: 16", "11h5m0s: 8", "11h10m0s: 5")
	})
	t.Run("a lull that is shorter than two changes", func(t *testing.T) {
		p := future(4, 10, step(0, 4), step(600, 2), step(608, 4))
		check(t, r.play(t, p, 1440, even(0)))
	})
	t.Run("too few calls: the shortest lull is left out", func(t *testing.T) {
		p := future(8, 4, step(0, 8), step(100, 4), step(300, 8), step(400, 4), step(500, 8), step(600, 4), step(900, 8))
		check(t, r8(t, p), "1h40m0s: 4", "4h55m0s: 8", "10h0m0s: 4", "14h55m0s: 8")
	})
	t.Run("too few calls for the two shorter lulls, but enough for one", func(t *testing.T) {
		p := future(8, 4, step(0, 8), step(100, 4), step(300, 8), step(400, 4), step(500, 8), step(600, 4), step(710, 8))
		check(t, r8(t, p), "1h40m0s: 4", "4h55m0s: 8", "10h0m0s: 4", "11h45m0s: 8")
	})
	t.Run("no calls", func(t *testing.T) { check(t, r.play(t, future(4, 0, step(0, 8)), 1440, even(0))) })
	t.Run("as early as can be if it is late already", func(t *testing.T) {
		check(t, r.play(t, future(4, 10, step(0, 8)), 1440, even(0)), "0s: 8")
	})
}

func r8(t *testing.T, p autoscale.Policy) []move {
	return rig{shards: 8, lasts: 5 * time.Minute}.play(t, p, 1440, even(0))
}

// TestPlanHolds: whatever is needed, a plan keeps the rules (double, half, calls of 24 h,
// one change at a time), and has the shards in time wherever calls and time allow.
func TestPlanHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lasts := time.Duration(rapid.IntRange(1, 20).Draw(t, "minutes of an update")) * time.Minute
		p := autoscale.Clairvoyant{
			Open: rapid.IntRange(1, 20).Draw(t, "open"), Calls: rapid.IntRange(0, 10).Draw(t, "calls"),
			End:    des.Time(rapid.IntRange(60, 2880).Draw(t, "end")) * minute,
			Update: func(int, int) time.Duration { return lasts },
		}
		for at := 0; at < int(p.End/minute) && len(p.Needs) < 12; at += rapid.IntRange(1, 400).Draw(t, "gap") {
			p.Needs = append(p.Needs, autoscale.Step{At: des.Time(at) * minute, Shards: rapid.IntRange(1, 40).Draw(t, "need")})
		}
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		open, end, plan := p.Open, des.Time(0), p.Plan()
		for i, s := range plan {
			if s.Shards > 2*open || 2*s.Shards < open || s.Shards == open || s.At < end {
				t.Fatalf("call %d of %v from %d shards, the last change ends at %v", i+1, plan, open, end)
			}
			if i >= p.Calls && s.At-plan[i-p.Calls].At < 1440*minute {
				t.Fatalf("%v has more than %d calls in 24 h", plan, p.Calls)
			}
			open, end = s.Shards, s.At.Add(lasts)
		}
	})
}

// TestPlanIsCheapest compares a plan with all others that keep the rules, in a future of
// a few minutes: none with as many calls or fewer misses less or costs less.
func TestPlanIsCheapest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 8).Draw(t, "minutes")
		lasts := rapid.IntRange(1, 2).Draw(t, "update")
		p := autoscale.Clairvoyant{
			Open: rapid.IntRange(1, 4).Draw(t, "open"), Calls: rapid.IntRange(0, 3).Draw(t, "calls"), End: des.Time(n) * minute,
			Update: func(int, int) time.Duration { return time.Duration(lasts) * time.Minute },
		}
		need := make([]int, n)
		for i := range need {
			need[i] = rapid.IntRange(1, 4).Draw(t, "need")
			p.Needs = append(p.Needs, autoscale.Step{At: des.Time(i) * minute, Shards: need[i]})
		}
		plan := p.Plan()
		got := price(plan, p.Open, need, lasts)
		if best := cheapest(nil, 0, p.Open, len(plan), p.Open, need, lasts); best < got-1e-6 {
			t.Fatalf("%v for %v costs %v, but %v is enough", plan, need, got, best)
		}
	})
}

// price is what a plan costs, one minute at a time.
func price(plan []autoscale.Step, open int, need []int, lasts int) (cost float64) {
	busy := 0
	serves := open
	for at := range need {
		if busy == 0 {
			serves = open
			if len(plan) > 0 && plan[0].At == des.Time(at)*minute {
				serves, busy = min(open, plan[0].Shards), lasts
			}
		}
		pays := open
		if busy > 0 {
			pays = max(open, plan[0].Shards)
		}
		cost += float64(pays) + 1e7*float64(max(need[at]-serves, 0))
		if busy > 0 {
			if busy--; busy == 0 {
				open, plan = plan[0].Shards, plan[1:]
			}
		}
	}
	return cost
}

// cheapest tries all plans with so many calls at most.
func cheapest(plan []autoscale.Step, at, open, calls, first int, need []int, lasts int) float64 {
	best := price(plan, first, need, lasts)
	if calls == 0 {
		return best
	}
	for ; at < len(need); at++ {
		for to := 1; to <= 4; to++ {
			if to == open || to > 2*open || 2*to < open {
				continue
			}
			more := append(plan[:len(plan):len(plan)], autoscale.Step{At: des.Time(at) * minute, Shards: to})
			best = math.Min(best, cheapest(more, at+lasts, to, calls-1, first, need, lasts))
		}
	}
	return best
}

// BenchmarkPlan is a day whose need changes every minute, with ten calls.
func BenchmarkPlan(b *testing.B) {
	p := future(40, 10)
	for at := range 1440 {
		p.Needs = append(p.Needs, autoscale.Step{At: des.Time(at) * minute, Shards: 60 + int(50*math.Sin(float64(at)/230)) + at%7})
	}
	for b.Loop() {
		p.Plan()
	}
}
