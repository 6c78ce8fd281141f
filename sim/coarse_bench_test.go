package sim_test

import (
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// BenchmarkCoarseAgainstExact plays cases of millions of records at each coarse resolution
// and reports how far they are beside every record by itself, over the same seeds:
//
//	pp-throttled   percentage points of the throttled share
//	%-p50, %-p99   of the propagation delay of the first consumer, in percent
//	x-faster       by how much less time they take
//
// With back-off the share varies by 0.4 points from seed to seed on either side, so a few
// rounds say little of it; the other cases are sharp.
//
// go test -run '^$' -bench CoarseAgainstExact -benchtime 3x ./sim
func BenchmarkCoarseAgainstExact(b *testing.B) {
	unique := func(perSecond int64) func(*sim.Config) {
		return func(c *sim.Config) {
			c.Producers[0].Rate, c.Producers[0].Keys = workload.Constant(model.PerSecond(perSecond)), workload.Unique{}
		}
	}
	zipf := func(perSecond int64, interval time.Duration, retry client.Retry) func(*sim.Config) {
		return func(c *sim.Config) {
			p := &c.Producers[0]
			p.Rate, p.Keys, p.Retry = workload.Constant(model.PerSecond(perSecond)), workload.Ranked{S: 0.8, Count: 10_000, Prefix: "user-"}, retry
			c.Consumers = []client.ConsumerConfig{classic("one", interval), classic("two", interval)}
		}
	}
	backoff := client.Backoff{Base: 100 * ms, Max: 5 * time.Second, Jitter: client.JitterFull, GiveUpAfter: 30 * time.Second}
	again := func(perSecond int64) func(*sim.Config) {
		return func(c *sim.Config) {
			unique(perSecond)(c)
			c.Producers[0].Retry = backoff
		}
	}
	for _, row := range []struct {
		name   string
		change func(*sim.Config)
	}{
		{"yardstick", func(*sim.Config) {}},
		{"even at 95 percent", unique(61_000)},
		{"even at 99 percent", unique(63_500)},
		{"even at 100 percent", unique(64_200)},
		{"zipf 0.8, polls of 200 ms", zipf(30_000, 200*ms, client.NoRetry{})},
		{"zipf 0.8 with back-off", zipf(30_000, time.Second, backoff)},
		{"even at 95 percent with back-off", again(61_000)},
		{"even at 99 percent with back-off", again(63_500)},
		{"even at 101 percent with back-off", again(64_600)},
		{"little", zipf(2_000, time.Second, client.NoRetry{})},
	} {
		for _, r := range []sim.Resolution{sim.By100ms, sim.By1s} {
			b.Run(row.name+"/"+string(r), func(b *testing.B) { beside(b, row.change, r) })
		}
	}
}

// beside plays one case at a resolution and record by record.
func beside(b *testing.B, change func(*sim.Config), r sim.Resolution) {
	var off, p50, p99, runs float64
	var times [2]time.Duration
	for b.Loop() {
		runs++
		var results [2]*sim.Result
		for i, resolution := range []sim.Resolution{sim.ByRecord, r} {
			c := yardstick(time.Minute)
			change(c)
			c.Seed, c.Resolution = uint64(runs), resolution
			began := time.Now()
			results[i] = play(b, c)
			times[i] += time.Since(began)
		}
		exact, spans := results[0], results[1]
		off += 100 * (spans.ThrottledRatio() - exact.ThrottledRatio())
		beyond := func(got, want *float64) float64 { return 100 * (*got / *want - 1) }
		a, s := exact.Consumers[0].PropagationDelay, spans.Consumers[0].PropagationDelay
		p50, p99 = p50+beyond(s.P50, a.P50), p99+beyond(s.P99, a.P99)
	}
	round := func(x float64) float64 { return math.Round(x/runs*1e4) / 1e4 }
	b.ReportMetric(round(off), "pp-throttled")
	b.ReportMetric(round(p50), "%-p50")
	b.ReportMetric(round(p99), "%-p99")
	b.ReportMetric(float64(times[0])/float64(times[1]), "x-faster")
	b.ReportMetric(0, "ns/op")
}
