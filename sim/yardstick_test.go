package sim_test

import (
	"math"
	"runtime"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/model/analytic"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

const (
	yardstickShards = 64
	yardstickRate   = 50_000
)

// yardstick is the job that simulators are compared by: 64 shards, 50,000
// records a second of 500 B, Zipf 1.1 over 10,000 keys, two classic readers.
func yardstick(duration time.Duration) *sim.Config {
	limits := plain()
	return &sim.Config{
		Name: "yardstick", Seed: 1, Clock: sim.Clock{Duration: duration}, Resolution: "record", Limits: limits,
		Stream: sim.StreamConfig{Mode: "provisioned", Shards: model.EvenShards(yardstickShards), Retention: 24 * time.Hour, MaxRecordSize: model.MiB},
		Producers: []client.ProducerConfig{{
			Name: "app", Clients: 1, Rate: workload.Constant(model.PerSecond(yardstickRate)), Arrivals: workload.Poisson{},
			Size: workload.ConstantSize(500), Keys: workload.Ranked{S: 1.1, Count: 10_000, Prefix: "user-"},
			Put: client.Put{Records: 100, Bytes: 10 * model.MiB, Linger: 2 * time.Millisecond}, Retry: client.NoRetry{},
		}},
		Consumers: []client.ConsumerConfig{classic("one", time.Second), classic("two", time.Second)},
	}
}

// loads are the records a second that each shard is offered in the mean.
func loads(shards int, s float64, keys int, prefix string, perSecond float64) []float64 {
	shares := analytic.ShardShares(model.EvenShards(shards), analytic.Zipf(s, keys), analytic.Numbered(prefix))
	for i := range shares {
		shares[i] *= perSecond
	}
	return shares
}

// busy is the least load of a shard, in records a second, at which a minute of
// Poisson arrivals leaves its bucket never full again: ten standard deviations
// above the limit.
const busy = 1_000 + 10*4.1 // √(1,000·60)/60 = 4.1

func TestYardstickThrottles(t *testing.T) {
	oneByOne(t)
	want := loads(yardstickShards, 1.1, 10_000, "user-", yardstickRate)
	minute := analytic.ThrottledShareOf(want, 1_000, 1_000, 60)
	near(t, "the published 29.9 %", minute, 0.299, 0.003)
	near(t, "the published limit of 30.305 %", analytic.ThrottledShare(want, 1_000), 0.30305, 0.0001)
	inside(t, "throttled in a minute", seeds(t, 8, yardstick(time.Minute), throttled), minute, 0.004)

	r := play(t, yardstick(time.Minute))
	for i, s := range r.Shards {
		offered := float64(s.IncomingRecords + s.WriteThrottled)
		if z := (offered - want[i]*60) / math.Sqrt(want[i]*60); math.Abs(z) > 5 {
			t.Errorf("shard %d was offered %v records, %v standard deviations from the sum over its keys", i, offered, z)
		}
		switch accepted := float64(s.IncomingRecords); {
		case want[i] > busy: // the first burst and the refill, but for what the end leaves
			if accepted > 61_000 || accepted < 61_000-100 {
				t.Errorf("shard %d with %.0f/s accepted %v records in a minute, not 61,000 less a few", i, want[i], accepted)
			}
		case want[i] < 850:
			if s.WriteThrottled > 0 {
				t.Errorf("shard %d with %.0f/s refused %d records", i, want[i], s.WriteThrottled)
			}
		}
	}
}

// Polls come once a second at a phase of their own for each shard, and answers
// are instant, so delays are even on [0, 1 s).
func TestYardstickDelays(t *testing.T) {
	for _, k := range play(t, yardstick(time.Minute)).Consumers {
		near(t, k.Name+" p50", *k.PropagationDelay.P50, 500, 0.01)
		near(t, k.Name+" p90", *k.PropagationDelay.P90, 900, 0.01)
		near(t, k.Name+" p99", *k.PropagationDelay.P99, 990, 0.01)
		near(t, k.Name+" mean", *k.PropagationDelay.Mean, 500, 0.005)
		if *k.PropagationDelay.Max > 1000 {
			t.Errorf("%s: a record waited %v ms for a poll each second", k.Name, *k.PropagationDelay.Max)
		}
	}
}

func TestYardstickForTenMinutes(t *testing.T) {
	oneByOne(t)
	want := loads(yardstickShards, 1.1, 10_000, "user-", yardstickRate)
	ten := analytic.ThrottledShareOf(want, 1_000, 1_000, 600)
	near(t, "the published 30.27 %", ten, 0.3027, 0.0005)
	near(t, "throttled in ten minutes", throttled(play(t, yardstick(10*time.Minute))), ten, 0.002) // five deviations of the minute's, over √10
}

// BenchmarkYardstick reports what a record costs: over a whole run, and at the
// margin, which leaves out what a run costs before its first record.
func BenchmarkYardstick(b *testing.B) {
	b.ReportAllocs()
	short, long := yardstick(10*time.Second), yardstick(130*time.Second)
	var records, more int64
	var whole, extra time.Duration
	for b.Loop() {
		start := time.Now()
		few := play(b, short).Stream.OfferedRecords
		middle := time.Now()
		many := play(b, long).Stream.OfferedRecords
		took := time.Since(middle)
		records, more = records+many, more+many-few
		whole, extra = whole+took, extra+took-middle.Sub(start)
	}
	b.ReportMetric(float64(whole.Nanoseconds())/float64(records), "ns/record")
	b.ReportMetric(float64(extra.Nanoseconds())/float64(more), "marginal-ns/record")
}

// allocated is how many allocations and bytes a run makes.
func allocated(t *testing.T, c *sim.Config) (objects, bytes float64) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	play(t, c)
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs - before.Mallocs), float64(after.TotalAlloc - before.TotalAlloc)
}

// What a run allocates beyond one of half its length is a few values for each
// second's bin of the series, and nothing for records, calls and polls.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	for name, change := range map[string]func(*sim.Config){
		"the yardstick": func(*sim.Config) {},
		"retries, sizes and fan-out": func(c *sim.Config) {
			p := &c.Producers[0]
			p.Size = workload.LognormalSize{P50: 300, P99: 2000, Max: 5000}
			p.Retry = client.Backoff{Base: 100 * time.Millisecond, Max: time.Second, Jitter: client.JitterFull, GiveUpAfter: 2 * time.Second}
			c.Consumers = append(c.Consumers, efo("three"), efo("four"))
			c.Limits.EFODelay = model.AWS2026().EFODelay
		},
	} {
		t.Run(name, func(t *testing.T) {
			short, long := yardstick(30*time.Second), yardstick(60*time.Second)
			for _, c := range []*sim.Config{short, long} {
				c.Producers[0].Rate = workload.Constant(model.PerSecond(20_000))
				c.Stream.Shards = model.EvenShards(16)
				change(c)
			}
			few, fewBytes := allocated(t, short)
			many, manyBytes := allocated(t, long)
			records := 20_000. * 30
			t.Logf("%v more objects, %v more bytes for %v more records", many-few, manyBytes-fewBytes, records)
			if per := (many - few) / records; per > 0.004 {
				t.Errorf("%v objects a record", per)
			}
			if per := (manyBytes - fewBytes) / records; per > 1 {
				t.Errorf("%v bytes a record", per)
			}
		})
	}
}
