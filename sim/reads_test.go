package sim_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/model/analytic"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

const ms = time.Millisecond

// TestPollingDelay: one classic reader against the residual life of its polls.
func TestPollingDelay(t *testing.T) {
	oneByOne(t)
	limits := model.AWS2026()
	latency := limits.GetLatency
	for _, interval := range []time.Duration{200 * ms, time.Second} {
		for _, perSecond := range []int64{3, 200} { // polls that often find nothing, and polls that never do
			t.Run(fmt.Sprintf("each %v at %d/s", interval, perSecond), func(t *testing.T) {
				c := scene(4, perSecond*4, 200*time.Second)
				c.Limits = limits
				c.Producers[0].Arrivals = workload.Poisson{}
				c.Consumers = []client.ConsumerConfig{classic("one", interval)}
				want := analytic.Polling{
					Interval: interval, Latency: (latency.Min + latency.Max) / 2,
					LatencyDeviation: analytic.UniformDeviation(latency.Min, latency.Max),
					Availability:     limits.ClassicAvailability.Min,
				}.MeanDelay()
				inside(t, "mean delay", seeds(t, 8, c, delay), want.Seconds(), 0.04)
			})
		}
	}
}

// TestFiveClassicReaders: AWS documents about 200 ms for one reader and about
// 1,000 ms for five. Five that poll each 200 ms ask for 25 calls a second less
// latency of the 5 that a shard takes.
func TestFiveClassicReaders(t *testing.T) {
	for readers, documented := range map[int]float64{1: 0.2, 5: 1} {
		c := scene(4, 400, 120*time.Second)
		c.Limits = model.AWS2026()
		c.Producers[0].Arrivals = workload.Poisson{}
		for i := range readers {
			c.Consumers = append(c.Consumers, classic(fmt.Sprint("reader", i), 200*ms))
		}
		r := play(t, c)
		sum, calls, refused := 0.0, int64(0), int64(0)
		for _, k := range r.Consumers {
			sum += *k.PropagationDelay.Mean / 1e3
			calls, refused = calls+k.Calls, refused+k.ReadThrottled
		}
		near(t, fmt.Sprintf("mean delay with %d", readers), sum/float64(readers), documented, 0.15)
		if readers == 1 {
			if refused > 0 {
				t.Errorf("a single reader was refused %d calls", refused)
			}
			continue
		}
		// Each reader calls every 200 ms + latency; only 5 calls a second and shard pass.
		near(t, "calls", float64(calls), 5*4*120/0.24, 0.01)
		near(t, "refused calls", float64(refused), float64(calls)-5*4*120, 0.02)
		if r.Stream.ReadThrottled != refused {
			t.Errorf("consumers count %d refused calls, the stream %d", refused, r.Stream.ReadThrottled)
		}
	}
}

// TestFanoutDelay: AWS documents a mean near 70 ms that does not depend on the
// number of consumers. The rate must not matter either.
func TestFanoutDelay(t *testing.T) {
	oneByOne(t)
	for _, c := range []struct {
		consumers int
		perShard  int64
	}{{1, 1}, {1, 10}, {1, 100}, {1, 1000}, {5, 50}, {20, 50}} {
		t.Run(fmt.Sprintf("%d consumers at %d/s a shard", c.consumers, c.perShard), func(t *testing.T) {
			span := time.Duration(max(20, 1000/c.perShard)) * time.Second
			s := scene(4, 4*c.perShard, span)
			s.Limits = model.AWS2026()
			s.Producers[0].Arrivals = workload.Poisson{}
			for i := range c.consumers {
				s.Consumers = append(s.Consumers, efo(fmt.Sprint("fan", i)))
			}
			for _, k := range play(t, s).Consumers {
				near(t, k.Name, *k.PropagationDelay.Mean, 70, 0.08)
			}
		})
	}
}

// TestProcessingIsAQueue: fan-out without delay hands each record over as it
// comes, and processing is serial within a shard: M/D/1, with the wait for a busy
// reader in the propagation delay and the service on top in the end-to-end
// latency.
func TestProcessingIsAQueue(t *testing.T) {
	oneByOne(t)
	for _, rho := range []float64{0.3, 0.5, 0.8} {
		t.Run(fmt.Sprint("ρ ", rho), func(t *testing.T) {
			const perShard, shards = 20, 8
			service := rho / perShard
			c := scene(shards, perShard*shards, 1000*time.Second)
			c.Clock.Warmup = 50 * time.Second
			c.Producers[0].Arrivals = workload.Poisson{}
			k := efo("one")
			k.Processing.PerRecord = time.Duration(service * 1e9)
			c.Consumers = []client.ConsumerConfig{k}
			wait := analytic.MD1Wait(perShard, service)
			inside(t, "end to end", seeds(t, 8, c, func(r *sim.Result) float64 { return *r.Consumers[0].EndToEndLatency.Mean / 1e3 }), wait+service, 0.06)
			// What waits is handed over in one batch when the reader is free, so the
			// hand-over comes before the service, and sooner than in a queue that
			// hands over one by one.
			if got := delay(play(t, c)); got >= wait {
				t.Errorf("hand-over after %v s, a record by itself would wait %v s", got, wait)
			}
		})
	}
}

// TestLagGrowth: classic readers share 2 MiB/s of a shard that takes 1 MiB/s.
func TestLagGrowth(t *testing.T) {
	for readers, want := range map[int]float64{1: 0, 2: 0, 3: analytic.LagGrowth(2./3, 1), 5: analytic.LagGrowth(2./5, 1)} {
		t.Run(fmt.Sprint(readers, " readers"), func(t *testing.T) {
			c := scene(1, 128, 600*time.Second)
			c.Producers[0].Size = workload.ConstantSize(8*model.KiB - model.UniqueKeyBytes)
			for i := range readers {
				c.Consumers = append(c.Consumers, classic(fmt.Sprint("reader", i), time.Second))
			}
			r := play(t, c)
			if r.Stream.IncomingBytes != 600<<20 {
				t.Fatalf("%d bytes came in, want 600 MiB", r.Stream.IncomingBytes)
			}
			growth, bins := 0.0, r.Series.Bins
			for _, k := range r.Series.Consumers {
				growth += (k.OldestUnread[bins-1] - k.OldestUnread[bins/6-1]) / 1e3 / (float64(bins-bins/6) * r.Series.StepS) / float64(readers)
			}
			if math.Abs(growth-want) > 0.02 {
				t.Errorf("lag grows %v s a second, want %v", growth, want)
			}
		})
	}
}

// TestCatchUp: a reader that polls with a limit far under the arrivals falls
// behind for a minute; then the arrivals stop, and it reads the rest away.
func TestCatchUp(t *testing.T) {
	c := scene(1, 0, 200*time.Second)
	rate, err := workload.Steps([]workload.Step{{Rate: model.PerSecond(500)}, {At: 60 * time.Second, Rate: model.PerSecond(50)}})
	if err != nil {
		t.Fatal(err)
	}
	c.Producers[0].Rate = rate
	c.Consumers = []client.ConsumerConfig{{Name: "slow", Kind: client.Classic{Interval: time.Second, MaxRecords: 300}}}
	r := play(t, c)
	backlog := r.Series.Consumers[0].BacklogRecords
	at60 := float64(backlog[59])
	near(t, "backlog after a minute", at60, 60*200, 0.03)
	done := 0
	for i := 60; i < len(backlog) && done == 0; i++ {
		if backlog[i] <= 50 {
			done = i - 59
		}
	}
	near(t, "seconds to catch up", float64(done), analytic.CatchUp(at60, 300, 50), 0.05)
}

// TestSlowConsumer: with fan-out, 150 records a second and 10 ms each, the
// backlog grows by the difference of the rates.
func TestSlowConsumer(t *testing.T) {
	for name, kind := range map[string]client.ConsumerKind{"efo": client.EFO{}, "classic": client.Classic{Interval: 250 * ms, MaxRecords: 10_000}} {
		t.Run(name, func(t *testing.T) {
			c := scene(2, 300, 100*time.Second)
			c.Consumers = []client.ConsumerConfig{{Name: "slow", Kind: kind, Processing: client.Processing{PerRecord: 10 * ms}}}
			k := play(t, c).Consumers[0]
			left := float64(30_000 - k.ProcessedRecords)
			near(t, "records not processed after 100 s", left, 2*100*analytic.BacklogGrowth(150, 0.01), 0.02)
		})
	}
}

// TestLittlesLaw: for each consumer the mean backlog is the rate times the mean
// delay. The two come from different counters: the series samples the backlog,
// the delay is measured at each hand-over.
func TestLittlesLaw(t *testing.T) {
	c := scene(4, 400, 400*time.Second)
	c.Limits = model.AWS2026()
	c.Producers[0].Arrivals = workload.Poisson{}
	c.Consumers = []client.ConsumerConfig{classic("fast", 200*ms), classic("slow", 3*time.Second), efo("fan")}
	c.Consumers = append(c.Consumers, client.ConsumerConfig{Name: "busy", Kind: client.Classic{Interval: 500 * ms, MaxRecords: 10_000}, Processing: client.Processing{PerRecord: 8 * ms}})
	r := play(t, c)
	for i, k := range r.Series.Consumers {
		sum := 0.0
		for _, n := range k.BacklogRecords {
			sum += float64(n)
		}
		backlog := sum / float64(r.Series.Bins)
		near(t, k.Name+": mean backlog", backlog, 400**r.Consumers[i].PropagationDelay.Mean/1e3, 0.06)
	}
}

// TestIteratorAge: at each poll of a reader that has caught up the last record
// returned has just come, so the age is far below the delay.
func TestIteratorAge(t *testing.T) {
	c := scene(1, 100, 100*time.Second)
	c.Consumers = []client.ConsumerConfig{classic("one", time.Second)}
	k := play(t, c).Consumers[0]
	near(t, "mean delay", *k.PropagationDelay.Mean, 500, 0.02)
	if *k.IteratorAge.Max > 10.01 { // the spacing of the records
		t.Errorf("age up to %v ms of a reader that has caught up, with records each 10 ms", *k.IteratorAge.Max)
	}
	if k.Calls != 100 || int(k.IteratorAge.Count) != 100 {
		t.Errorf("%d calls and %d ages in 100 s, want 100", k.Calls, k.IteratorAge.Count)
	}
	// Behind by an hour's worth the age is what it is behind by.
	c.Consumers[0].Kind = client.Classic{Interval: time.Second, MaxRecords: 50}
	near(t, "age of a reader at half speed", *play(t, c).Consumers[0].IteratorAge.Max, 50_000, 0.04)
}

// TestRetention: ten records a second, of which the reader takes five. It is 24
// hours behind after 48 hours; from then on its place moves with the horizon, at
// which ten records a second pass and five are read.
func TestRetention(t *testing.T) {
	oneByOne(t)
	const hours = 60
	c := scene(1, 10, hours*time.Hour)
	c.Consumers = []client.ConsumerConfig{{Name: "slow", Kind: client.Classic{Interval: 10 * time.Second, MaxRecords: 50}}}
	k := play(t, c).Consumers[0]
	const poll = 100. // arrivals between two polls
	if got, want := float64(k.ReceivedRecords), 5.*hours*3600; math.Abs(got-want) > poll {
		t.Errorf("received %v, want %v", got, want)
	}
	if got, want := float64(k.ExpiredRecords), 5.*(hours-48)*3600; math.Abs(got-want) > 2*poll {
		t.Errorf("expired %v, want %v", got, want)
	}
	if got, want := float64(k.BacklogRecords), 10.*24*3600; math.Abs(got-want) > 2*poll {
		t.Errorf("backlog %v, want a day's worth, %v", got, want)
	}
	near(t, "age", *k.IteratorAge.Max, 24*3600*1e3, 0.001)
}

// TestRetentionWithABusyReader: records expire for all readers while one of them
// is busy for longer than the retention and does not look.
func TestRetentionWithABusyReader(t *testing.T) {
	c := scene(1, 10, 3*time.Hour)
	c.Stream.Retention = time.Hour
	busy := classic("busy", time.Second)
	busy.Processing.PerBatch = 100 * time.Minute
	c.Consumers = []client.ConsumerConfig{classic("fast", time.Second), busy}
	r := play(t, c)
	if k := r.Consumers[0]; k.ExpiredRecords != 0 || k.ReceivedRecords < 108_000-10 {
		t.Errorf("the fast reader: %d expired, %d received", k.ExpiredRecords, k.ReceivedRecords)
	}
	// It reads at once, and then after 100 min the 10,000 records from minute 40 on.
	// What came before expired, and by the end all up to minute 120.
	if k := r.Consumers[1]; math.Abs(float64(k.ExpiredRecords)-(120*600-10_000)) > 30 {
		t.Errorf("the busy reader lost %d records, want about 62,000", k.ExpiredRecords)
	}
	for i, age := range r.Series.Consumers[1].OldestUnread {
		if age > 3600*1e3 {
			t.Fatalf("bin %d: the oldest unread record is %v ms old, which the stream no longer holds", i, age)
		}
	}
}

// TestRetentionDuringAnAnswer: two readers at the horizon, whose answers take
// time. Records that expire while they are on their way to one reader are handed
// over all the same.
func TestRetentionDuringAnAnswer(t *testing.T) {
	c := scene(1, 100, 10*time.Minute)
	c.Limits.GetLatency = model.Constantly(75 * ms)
	c.Stream.Retention = time.Minute
	for _, name := range []string{"one", "two"} {
		c.Consumers = append(c.Consumers, client.ConsumerConfig{Name: name, Kind: client.Classic{Interval: time.Second, MaxRecords: 50}})
	}
	for _, k := range play(t, c).Consumers {
		near(t, k.Name+" received", float64(k.ReceivedRecords), 50*600/1.075, 0.01)
		near(t, k.Name+" backlog", float64(k.BacklogRecords), 6_000, 0.02)
	}
}

// TestReadsOfAFullShard: readers that ask at once for more of a backlog are allowed as
// many calls as calls or bytes permit, however many readers share them.
func TestReadsOfAFullShard(t *testing.T) {
	l := model.AWS2026()
	for _, readers := range []int{1, 3} {
		for _, records := range []int64{10, 128, 512, 1024} { // of 4 KiB: 40 KiB to 4 MiB an answer
			c := scene(1, 250, 3*time.Minute)
			c.Producers[0].Size = workload.ConstantSize(4096 - model.UniqueKeyBytes)
			for i := range readers {
				k := classic(fmt.Sprint("reader", i), 20*ms)
				k.Kind, k.Joins = client.Classic{Interval: 20 * ms, MaxRecords: records}, 120e9
				c.Consumers = append(c.Consumers, k)
			}
			const span = 30. // seconds, in which even the largest answers leave a backlog
			c.Clock.Duration = 150 * time.Second
			allowed := 0.0
			for _, k := range play(t, c).Consumers {
				allowed += float64(k.Calls - k.ReadThrottled)
			}
			want := analytic.Reads(float64(l.ReadCallsPerSecond), float64(l.ReadBytesPerSecond), float64(records)*4096)
			near(t, fmt.Sprintf("%d readers, %d records: reads a second", readers, records), allowed/span, want, 0.2) // the buckets are full at first
		}
	}
}
