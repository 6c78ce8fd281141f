package sim_test

import (
	"math"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// at is a scenario at another resolution.
func at(r sim.Resolution, c *sim.Config) *sim.Config {
	other := *c
	other.Resolution = r
	return &other
}

// age is the mean iterator age of the first consumer in milliseconds.
func age(r *sim.Result) float64 { return *r.Consumers[0].IteratorAge.Mean }

// TestSpansKnowHowFarAnAnswerWent: a reader that is behind gets the part of the shard that a
// call goes through, whose last record is as old in spans.
func TestSpansKnowHowFarAnAnswerWent(t *testing.T) {
	c := scene(1, 200, 6*time.Minute)
	c.Producers[0].Arrivals = workload.Poisson{}
	c.Limits.GetRecordsSpan = 10 * time.Second
	c.Consumers = []client.ConsumerConfig{classic("late", time.Second)}
	c.Faults = []client.Fault{{From: 60e9, To: 240e9, Consumer: "late", Pause: true}}
	near(t, "iterator age", age(play(t, at(sim.By1s, c))), age(play(t, c)), sim.CoarseDelay)
}

// TestSpansKnowTheCallsOfAllProducers: how old the last record is hangs on the calls of all
// producers, be they few in a span, many, or few of all.
func TestSpansKnowTheCallsOfAllProducers(t *testing.T) {
	c := scene(1, 50, 10*time.Minute)
	few := producer("few", 800)
	few.Clients, few.Put = 3, client.Put{Records: 500, Bytes: model.MiB, Linger: 100 * ms}
	c.Producers = append(c.Producers, few)
	for i := range c.Producers {
		c.Producers[i].Arrivals = workload.Poisson{}
	}
	c.Consumers = []client.ConsumerConfig{classic("one", 100*ms)}
	exact := age(play(t, c))
	for _, r := range []sim.Resolution{sim.By100ms, sim.By1s} {
		near(t, "iterator age at "+string(r), age(play(t, at(r, c))), exact, 0.04)
	}
}

// TestSpansWithoutCalls: where calls are rarer than spans, most spans bring nothing.
func TestSpansWithoutCalls(t *testing.T) {
	c := scene(1, 120, time.Hour)
	c.Producers[0].Arrivals = workload.Poisson{}
	c.Producers[0].Put = client.Put{Records: 500, Bytes: model.MiB, Linger: 2 * time.Second}
	c.Consumers = []client.ConsumerConfig{classic("one", time.Second), efo("two")}
	exact := play(t, c)
	for _, r := range []sim.Resolution{sim.By100ms, sim.By1s} {
		got := play(t, at(r, c))
		near(t, "iterator age at "+string(r), age(got), age(exact), 0.04)
		near(t, "pushes at "+string(r), float64(got.Consumers[1].Calls), float64(exact.Consumers[1].Calls), sim.CoarseDelay)
	}
}

// TestSpansHoldWholeCalls: how much comes to a shard in a second that has a quota of its own
// hangs on which calls lie in it, and with them on what all of them have had to wait for.
func TestSpansHoldWholeCalls(t *testing.T) {
	oneByOne(t)
	c := scene(3, 2_700, 10*time.Minute)
	c.Limits.WriteWindow = model.FixedS1
	c.Producers[0].Arrivals, c.Producers[0].Clients = workload.Poisson{}, 7
	c.Producers[0].Put = client.Put{Records: 500, Bytes: model.MiB, Linger: 730 * ms}
	mean := func(r sim.Resolution) float64 { return stat.Mean(seeds(t, 12, at(r, c), throttled), nil) }
	exact := mean(sim.ByRecord)
	if exact < 0.01 {
		t.Errorf("%v are throttled: few", exact)
	}
	for _, r := range []sim.Resolution{sim.By100ms, sim.By1s} {
		if got := mean(r); math.Abs(got-exact) > 0.1*exact {
			t.Errorf("at %s %.5f are throttled, record by record %.5f", r, got, exact)
		}
	}
}

// TestSpansFollowAStepOfTheRate: where records have waited for seconds and then come faster,
// calls do so too, and nothing is sent at once that comes one after the other.
func TestSpansFollowAStepOfTheRate(t *testing.T) {
	rate, err := workload.Steps([]workload.Step{{At: 0, Rate: model.PerSecond(100)}, {At: time.Minute, Rate: model.PerSecond(3_700)}})
	if err != nil {
		t.Fatal(err)
	}
	c := scene(4, 1, 2*time.Minute)
	p := &c.Producers[0]
	p.Rate, p.Clients, p.Put = rate, 6, client.Put{Records: 400, Bytes: model.MiB, Linger: 5 * time.Second}
	for _, p.Arrivals = range []workload.Arrivals{workload.Poisson{}, workload.Regular{}} {
		for _, r := range []sim.Resolution{sim.ByRecord, sim.By1s} {
			got := play(t, at(r, c))
			if s := got.Stream; s.WriteThrottled > 0 || s.IncomingRecords < 200_000 {
				t.Errorf("%T at %s: %d refused, %d accepted", p.Arrivals, r, s.WriteThrottled, s.IncomingRecords)
			}
		}
	}
}

// TestSpansKnowTheEndOfAShard: what is read of a shard that has been closed is as old as its
// last record, and not as young as if calls still came.
func TestSpansKnowTheEndOfAShard(t *testing.T) {
	c := scene(4, 160, 150*time.Second)
	c.Producers[0].Arrivals = workload.Poisson{}
	c.Consumers = []client.ConsumerConfig{classic("one", 10*time.Second)}
	c.Reshard = []sim.Reshard{{At: 40e9, Update: &sim.UpdateShardCount{Target: 8}}}
	near(t, "largest iterator age", *play(t, at(sim.By1s, c)).Consumers[0].IteratorAge.Max, *play(t, c).Consumers[0].IteratorAge.Max, 0.2)
}

// TestSpansUseUpAWindow: of a second that has a quota of its own the first records are taken,
// and what a reader finds later is older.
func TestSpansUseUpAWindow(t *testing.T) {
	c := scene(20, 20*1500, time.Minute)
	c.Limits.WriteWindow = model.FixedS1
	c.Producers[0].Arrivals, c.Producers[0].Clients = workload.Poisson{}, 50
	c.Producers[0].Put = client.Put{Records: 500, Bytes: model.MiB, Linger: 100 * ms}
	c.Consumers = []client.ConsumerConfig{classic("one", time.Second)}
	near(t, "iterator age", age(play(t, at(sim.By1s, c))), age(play(t, c)), 0.1)
}
