package sim_test

import (
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/workload"
)

// elastic is an on-demand stream with so many shards of 500 B records.
func elastic(rate workload.Rate, duration time.Duration) *sim.Config {
	c := scene(4, 1, duration)
	c.Stream.Mode = sim.OnDemand
	c.Producers[0].Rate = rate
	c.Producers[0].Size = workload.ConstantSize(500)
	c.Stream.Shards = model.EvenShards(c.ShardsOnDemand())
	return c
}

// TestOnDemandBeginsWithItsPast: twice the peak of the last 30 days, or what its warm
// throughput asks for, and never fewer than four shards (worked figures of the guide:
// a peak of 40 MB/s keeps 80, one of 50 keeps 100).
func TestOnDemandBeginsWithItsPast(t *testing.T) {
	for _, row := range []struct {
		peak, warm model.Bytes
		records    int64
		want       int
	}{{0, 0, 0, 4}, {model.MiB, 0, 0, 4}, {40 * model.MiB, 0, 0, 80}, {50 * model.MiB, 0, 0, 100}, {0, 0, 30_000, 60}, {0, 60 * model.MiB, 0, 60}, {40 * model.MiB, 60 * model.MiB, 0, 80}} {
		c := elastic(workload.Constant(model.PerSecond(1)), time.Second)
		c.Stream.History, c.Stream.Warm = sim.History{PeakBytes: row.peak, PeakRecords: row.records}, row.warm
		if got := c.ShardsOnDemand(); got != row.want {
			t.Errorf("%+v: %d shards", row, got)
		}
	}
}

// TestOnDemandSpike: a spike to ten times what a new stream takes is refused until the
// shards have been split often enough, 5 minutes and a minute for each doubling; with a
// history of such a peak nothing is refused.
func TestOnDemandSpike(t *testing.T) {
	oneByOne(t)
	c := elastic(workload.Constant(model.PerSecond(1)), 20*time.Minute)
	stepped(t, c, 0, 1000, 120, 7500)
	r := play(t, c)
	if r.Stream.OpenShards != 16 || r.Stream.WriteThrottled == 0 {
		t.Errorf("%d shards, %d refused", r.Stream.OpenShards, r.Stream.WriteThrottled)
	}
	last := 0.0
	for i, n := range r.Series.Stream.ThrottledRecords {
		if n > 0 {
			last = float64(i+1) * r.Series.StepS
		}
	}
	// 7,500 records/s need 8 shards. The minute that ends at 3 min shows the need, and the
	// split is there 5 min later.
	near(t, "refusals end", last, 120+60+300, 0.01)
	near(t, "refused", float64(r.Stream.WriteThrottled), 360*3500-4000, 0.02)
	for _, change := range r.Changes {
		if change.By != "service" || change.Splits != 1 || change.Error != "" {
			t.Errorf("%+v", change)
		}
	}

	c.Stream.History = sim.History{PeakRecords: 8000}
	c.Stream.Shards = model.EvenShards(c.ShardsOnDemand())
	if r := play(t, c); r.Stream.WriteThrottled != 0 || r.Stream.OpenShards < 16 {
		t.Errorf("with a history: %d refused, %d shards", r.Stream.WriteThrottled, r.Stream.OpenShards)
	}
}

// TestOnDemandHotKey: a key is on one shard, however often that is split.
func TestOnDemandHotKey(t *testing.T) {
	oneByOne(t)
	c := elastic(workload.Constant(model.PerSecond(1500)), 30*time.Minute)
	c.Producers[0].Keys = oneKey("hot")
	c.Clock.Warmup = 10 * time.Minute
	r := play(t, c)
	near(t, "a hot key", throttled(r), 1./3, 1e-3)
	if len(r.Changes) < 3 || r.Causes[0].Cause != "hot_key" {
		t.Errorf("%d changes, causes %+v", len(r.Changes), r.Causes)
	}
	// A stream that spreads records does not look at keys, and loses their order.
	c.Stream.AutoKeys = true
	if r := play(t, c); r.Stream.WriteThrottled != 0 || r.Stream.ScatteredRecords < r.Stream.IncomingRecords/2 {
		t.Errorf("%d refused, %d out of order", r.Stream.WriteThrottled, r.Stream.ScatteredRecords)
	}
}

// TestOnDemandShrinks: after a time without need the stream goes down to what it must have;
// without that assumption it never does.
func TestOnDemandShrinks(t *testing.T) {
	oneByOne(t)
	run := func(after time.Duration) *sim.Result {
		c := elastic(workload.Constant(model.PerSecond(20)), 4*time.Hour)
		c.Limits.WriteRecordsPerSecond, c.Limits.OnDemandScaleDown = 20, after
		c.Stream.Shards = model.EvenShards(20)
		return play(t, c)
	}
	if r := run(time.Hour); r.Stream.OpenShards != 4 {
		t.Errorf("%d shards, want those of a new stream", r.Stream.OpenShards)
	}
	if r := run(0); r.Stream.OpenShards != 20 {
		t.Errorf("%d shards", r.Stream.OpenShards)
	}
}

// TestOnDemandBill: stream-hours, data in by whole KiB, data out; worked by hand.
func TestOnDemandBill(t *testing.T) {
	oneByOne(t)
	c := elastic(workload.Constant(model.PerSecond(1000)), time.Hour)
	c.Producers[0].Size = workload.ConstantSize(1024 - 4) // and a key of 36 B: 2 KiB each
	c.Consumers = append(c.Consumers, classic("lake", time.Second))
	r := play(t, c)
	in := 1000. * 2048 * 720 * 3600 / (1 << 30)
	want := 720*0.04 + in*0.08
	for _, item := range r.Cost.Items {
		switch item.Item {
		case "on-demand stream", "on-demand data in":
			want -= item.USD
		}
	}
	if math.Abs(want) > 0.01 {
		t.Errorf("off by %v USD: %+v", want, r.Cost.Items)
	}
	c.Stream.Mode = sim.OnDemandAdvantage
	r = play(t, c)
	if least := 25. * 2592000 / 1024 * (0.032 + 0.016); r.Cost.PerMonth < least-0.01 || r.Cost.PerMonth > least+0.01 {
		t.Errorf("%v USD a month, want the commitment of %v", r.Cost.PerMonth, least)
	}
}
