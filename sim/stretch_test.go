package sim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// many is a run of shards in several groups, each of which is played for seconds before the
// next, in which some refuse.
func many(duration time.Duration) *sim.Config { return crowd(130, 998, duration) }

// crowd is many of so many shards, each of which is sent so much a second.
func crowd(shards, perSecond int, duration time.Duration) *sim.Config {
	c := scene(shards, int64(shards*perSecond), duration)
	c.Resolution = sim.By1s
	c.Producers[0].Clients = 100
	c.Producers[0].Arrivals = workload.Poisson{}
	c.Producers[0].Keys = workload.Unique{}
	c.Producers[0].Put = client.Put{Records: 500, Bytes: 5 * model.MiB, Linger: 20 * ms}
	c.Consumers = []client.ConsumerConfig{classic("one", time.Second), classic("two", time.Second)}
	return c
}

// TestStretchesSeeEachSecond: what is seen of every second is the same whether all shards
// are looked at each second, as alarms want it, or one shard after the other is played for
// seconds.
func TestStretchesSeeEachSecond(t *testing.T) {
	oneByOne(t)
	t.Run("few shards", func(t *testing.T) { seesEachSecond(t, crowd(7, 1001, 25*time.Minute), 9) })
	t.Run("many shards", func(t *testing.T) { seesEachSecond(t, many(25*time.Minute), 150) })
}

// seesEachSecond plays a run, whose shards are split and merged on the way, in both ways.
func seesEachSecond(t *testing.T, c *sim.Config, target int) {
	c.Reshard = []sim.Reshard{{At: des.Time(7*time.Minute) + 3500*des.Time(ms), Update: &sim.UpdateShardCount{Target: target}}}
	watched := *c
	watched.Alarms = []sim.Alarm{alarmOn("WriteProvisionedThroughputExceeded", 1e12, 1, "")}
	want, got := play(t, &watched), play(t, c)
	if want.Stream.WriteThrottled == 0 || want.Fingerprint == got.Fingerprint {
		t.Fatalf("%d refused; fingerprints %s and %s", want.Stream.WriteThrottled, want.Fingerprint, got.Fingerprint)
	}
	for _, part := range []struct {
		name      string
		want, got any
	}{
		{"stream", want.Stream, got.Stream}, {"shards", want.Shards, got.Shards}, {"heat map", want.Heatmap, got.Heatmap},
		{"series", want.Series.Stream, got.Series.Stream}, {"hidden", want.CloudWatch.Hidden, got.CloudWatch.Hidden}, {"causes", want.Causes, got.Causes},
	} {
		if diff := cmp.Diff(part.want, part.got, cmpopts.IgnoreUnexported(sim.Cause{})); diff != "" {
			t.Errorf("%s:\n%s", part.name, diff)
		}
	}
	for i := range want.Consumers {
		w, g := &want.Consumers[i], &got.Consumers[i]
		near(t, w.Name+" p99", *g.PropagationDelay.P99, *w.PropagationDelay.P99, 0.01)
		near(t, w.Name+" backlog", float64(g.MaxBacklog), float64(w.MaxBacklog), 0.01)
		near(t, w.Name+" calls", float64(g.Calls), float64(w.Calls), 0.001)
	}
}

// TestStretchesKeepToWindows: what happens in the window of an expectation is the same,
// whether shards are played one by one around it or not.
func TestStretchesKeepToWindows(t *testing.T) {
	oneByOne(t)
	at := func(s float64) des.Time { return des.Time(s * 1e9) }
	for _, window := range [][2]float64{{603, 607}, {602.5, 608.5}} {
		build := func() *sim.Config {
			c := many(62 * time.Minute) // bins of 10 s
			c.Consumers = c.Consumers[:1]
			c.Limits.PutLatency = model.Constantly(20 * ms)
			var err error
			if c.Producers[0].Rate, err = workload.Steps([]workload.Step{
				{Rate: model.PerSecond(130 * 100)}, {At: 603 * time.Second, Rate: model.PerSecond(130 * 900)}, {At: 606 * time.Second, Rate: model.PerSecond(130 * 100)},
			}); err != nil {
				t.Fatal(err)
			}
			c.Faults = []client.Fault{{From: at(603), To: at(607), SlowPuts: 10}}
			puts, backlog := expect("put_latency", "p50", sim.Below, 1e9), expect("backlog_records", "max", sim.Below, 1e9)
			backlog.Consumer = "one"
			c.Expect = []sim.Expectation{during(puts, window[0], window[1]), during(backlog, window[0], window[1])}
			return c
		}
		watched := build()
		watched.Alarms = []sim.Alarm{alarmOn("WriteProvisionedThroughputExceeded", 1e12, 1, "")}
		want, got := play(t, watched), play(t, build())
		for i := range want.Expectations {
			w, g := &want.Expectations[i], &got.Expectations[i]
			if w.Measured == nil || g.Measured == nil {
				t.Errorf("%s: measured %v and %v", w.Metric, w.Measured, g.Measured)
				continue
			}
			near(t, fmt.Sprint(w.Metric, " during ", window), *g.Measured, *w.Measured, 0.03)
		}
	}
}

// TestStretchesKnowWhatExpiredFirst: the first record that is lost is not that of the shard
// that is played first.
func TestStretchesKnowWhatExpiredFirst(t *testing.T) {
	oneByOne(t)
	build := func() *sim.Config {
		c := many(25 * time.Minute)
		c.Stream.Retention = 303 * time.Second
		c.Consumers = []client.ConsumerConfig{{Name: "slow", Kind: client.Classic{Interval: time.Second, MaxRecords: 500}, Processing: client.Processing{PerRecord: 4 * ms}}}
		return c
	}
	watched := build()
	watched.Alarms = []sim.Alarm{alarmOn("WriteProvisionedThroughputExceeded", 1e12, 1, "")}
	want, got := play(t, watched).Consumers[0], play(t, build()).Consumers[0]
	near(t, "expired", float64(got.ExpiredRecords), float64(want.ExpiredRecords), 0.001)
	near(t, "the first at", *got.FirstExpiredAtS, *want.FirstExpiredAtS, 0.0005)
}

// TestStretchInterrupted: who stops a run between two looks gets books that balance.
func TestStretchInterrupted(t *testing.T) {
	for _, at := range []time.Duration{0, 7 * time.Minute, 13*time.Minute + 3*time.Second} {
		c := many(25 * time.Minute)
		c.Reshard = []sim.Reshard{{At: des.Time(7*time.Minute) + 3500*des.Time(ms), Update: &sim.UpdateShardCount{Target: 150}}}
		c.Expect = []sim.Expectation{during(expect("put_latency", "p50", sim.Below, 1e9), 421, 783)}
		r := interrupted(t, c, at)
		near(t, "offered until then", float64(r.Ledger.Producers[0].Offered), 130*998*r.EndedAtS, 0.01)
		if !r.Partial || !r.Ledger.Holds || r.EndedAtS < at.Seconds() || r.EndedAtS > at.Seconds()+60 {
			t.Errorf("interrupted at %v: partial %v at %v s, ledger %v", at, r.Partial, r.EndedAtS, r.Ledger.Holds)
		}
	}
}

// TestStretchesBalance: random scenarios whose shards are played one by one keep their books as others
// do, of one group of shards and of several.
func TestStretchesBalance(t *testing.T) {
	draw(t, 12)
	rapid.Check(t, func(t *rapid.T) {
		bounds := pick(t, "size", [2]int{1, 9}, [2]int{129, 140})
		balance(t, anyApart(t, bounds[0], bounds[1]))
	})
}

// anyApart is a random run of so many shards, which have lanes.
func anyApart(t *rapid.T, least, most int) *sim.Config {
	c := anyCoarse(t)
	c.Resolution = sim.By1s
	c.Stream.Shards = model.EvenShards(rapid.IntRange(least, most).Draw(t, "that many shards"))
	c.Clock.Duration, c.Clock.Warmup = 60*c.Clock.Duration, 60*c.Clock.Warmup
	for i := range c.Reshard {
		c.Reshard[i].At *= 60
		if u := c.Reshard[i].Update; u != nil {
			u.Target += least
		}
	}
	for i := range c.Consumers {
		c.Consumers[i].Kind = pick(t, c.Consumers[i].Name+" way", client.ConsumerKind(client.Classic{Interval: time.Second, MaxRecords: 10_000}),
			client.ConsumerKind(client.Classic{Interval: time.Minute, MaxRecords: 1000}), client.ConsumerKind(client.EFO{}))
	}
	return c
}
