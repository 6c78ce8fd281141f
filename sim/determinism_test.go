package sim_test

import (
	"context"
	"encoding/json"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// lively is a scenario in which everything draws: arrivals, sizes, keys, waits,
// latencies, phases and delays.
func lively() *sim.Config {
	c := scene(4, 0, 12*time.Second)
	c.Limits = model.AWS2026()
	c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 100, 100
	c.Clock.Warmup = 2 * time.Second
	p := producer("app", 600)
	p.Clients, p.Arrivals = 3, workload.Poisson{}
	p.Size = workload.LognormalSize{P50: 200, P99: 2000, Max: 9000}
	p.Keys = workload.Ranked{S: 1.1, Count: 300, Prefix: "k"}
	p.Hot = []workload.Hot{{Key: "hot", Share: 0.2, From: 3e9, To: 8e9}}
	p.Put = client.Put{Records: 50, Bytes: model.MiB, Linger: 100 * ms}
	p.Retry = client.Backoff{Base: 100 * ms, Max: 2 * time.Second, Jitter: client.JitterFull, GiveUpAfter: 5 * time.Second}
	c.Producers = []client.ProducerConfig{p}
	busy := classic("busy", time.Second)
	busy.Processing = client.Processing{PerRecord: ms, PerBatch: 5 * ms}
	c.Consumers = []client.ConsumerConfig{classic("poll", 300*ms), busy, efo("fan")}
	c.Expect = []sim.Expectation{
		{Metric: "put_throttled_ratio", Op: sim.Below, Limit: 0.3, P: 1, To: des.Forever},
		{Metric: "propagation_delay", Stat: "p99", Consumer: "fan", Op: sim.Below, Limit: 200, P: 0.5, From: 4e9, To: 9e9, Windowed: true},
	}
	return c
}

// bytesOf is a result as it goes to standard output.
func bytesOf(t *testing.T, r *sim.Result) string {
	t.Helper()
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// packing is lively, with the producer library in between.
func packing() *sim.Config {
	c := lively()
	withKPL(func(*client.KPL) {})(&c.Producers[0])
	return c
}

func TestSameSeedSameBytes(t *testing.T) {
	for name, build := range map[string]func() *sim.Config{"lively": lively, "packing": packing, "serverless": serverless} {
		t.Run(name, func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			want := bytesOf(t, play(t, build()))
			if again := bytesOf(t, play(t, build())); again != want {
				t.Error("a second run differs:\n", cmp.Diff(want, again))
			}
			runtime.GOMAXPROCS(4)
			if again := bytesOf(t, play(t, build())); again != want {
				t.Error("four processors make a difference:\n", cmp.Diff(want, again))
			}
		})
	}
}

// TestOneConfigServesManyRuns: a run leaves nothing behind in its Config.
func TestOneConfigServesManyRuns(t *testing.T) {
	c := lively()
	first := bytesOf(t, play(t, c))
	if second := bytesOf(t, play(t, c)); second != first {
		t.Error("the second run of one Config differs:\n", cmp.Diff(first, second))
	}
}

func TestAnotherSeedAnotherRun(t *testing.T) {
	c := lively()
	one := play(t, c)
	c.Seed = 2
	two := play(t, c)
	if one.Fingerprint == two.Fingerprint || one.Stream.OfferedRecords == two.Stream.OfferedRecords {
		t.Error("seeds 1 and 2 give the same run")
	}
}

func TestReplicateDoesNotDependOnWorkers(t *testing.T) {
	replicate := func(workers int) (*sim.Result, string) {
		r, err := sim.Replicate(context.Background(), lively(), 5, workers, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r, bytesOf(t, r)
	}
	r, want := replicate(1)
	if _, got := replicate(4); got != want {
		t.Error("four workers make a difference:\n", cmp.Diff(want, got))
	}
	if r.Runs != 5 || r.Replications.Runs != 5 || r.Partial {
		t.Errorf("%d runs, %d summed up, partial %v", r.Runs, r.Replications.Runs, r.Partial)
	}
	alone := play(t, lively())
	if r.Fingerprint != alone.Fingerprint {
		t.Error("run 1 is not the run of the scenario's own seed")
	}
	// Run i has the seed that des.SeedOf names, and counts in the summary as if
	// it were played by itself.
	var received []float64
	for i := range 5 {
		c := lively()
		c.Seed = des.SeedOf(c.Seed, i+1)
		if r.Replications.Seeds[i] != c.Seed {
			t.Errorf("run %d has seed %d, want %d", i+1, r.Replications.Seeds[i], c.Seed)
		}
		received = append(received, float64(play(t, c).Stream.IncomingRecords))
	}
	mean := (received[0] + received[1] + received[2] + received[3] + received[4]) / 5
	for _, m := range r.Replications.Metrics {
		if m.Metric == "incoming_records" {
			near(t, "mean of the incoming records", m.Mean, mean, 1e-12)
			if !(m.Min < m.Mean && m.Mean < m.Max && m.CI95Low < m.Mean && m.Mean < m.CI95High) {
				t.Errorf("range or interval without the mean inside: %+v", m)
			}
			return
		}
	}
	t.Error("no summary of the incoming records")
}

// TestNamedStreams: on a stream with room for all, adding others does not move a
// producer's draws, nor what its records are.
func TestNamedStreams(t *testing.T) {
	c := lively()
	c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 1e6, 1e6
	alone := play(t, c)
	second := c.Producers[0]
	second.Name = "other"
	for name, change := range map[string]func(*sim.Config){
		"a producer": func(c *sim.Config) { c.Producers = append(c.Producers, second) },
		"one before": func(c *sim.Config) { c.Producers = append([]client.ProducerConfig{second}, c.Producers...) },
		"a consumer": func(c *sim.Config) { c.Consumers = append(c.Consumers, efo("more"), classic("even more", time.Second)) },
	} {
		t.Run(name, func(t *testing.T) {
			more := lively()
			more.Limits = c.Limits
			change(more)
			for _, p := range play(t, more).Producers {
				if p.Name == "app" {
					if diff := cmp.Diff(alone.Producers[0], p); diff != "" {
						t.Error("the first producer changed:\n", diff)
					}
				}
			}
		})
	}
	if name := c.Producers[0].Name; true {
		c.Producers[0].Name = "renamed"
		if play(t, c).Producers[0].OfferedRecords == alone.Producers[0].OfferedRecords {
			t.Errorf("%s draws as it did under another name", name)
		}
	}
}
