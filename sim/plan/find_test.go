package plan_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/model/analytic"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/plan"
	"kinesim/sim/workload"
)

// seed is that of all scenes here, which failures name.
const seed = 11

// scene is a stream with one producer and one reader. A shard takes a tenth of what the
// service's does, so that runs are short.
func scene(perSecond int64, size int, keys workload.Keys) *sim.Config {
	c := &sim.Config{
		Name: "scene", Seed: seed, Resolution: "record", Clock: sim.Clock{Duration: 30 * time.Second, Warmup: 5 * time.Second}, Limits: model.AWS2026(),
		Stream: sim.StreamConfig{Mode: sim.Provisioned, Shards: model.EvenShards(1), Retention: 24 * time.Hour, MaxRecordSize: model.MiB},
		Producers: []client.ProducerConfig{{
			Name: "app", Clients: 2, Rate: workload.Constant(model.PerSecond(perSecond)), Arrivals: workload.Poisson{}, Size: workload.ConstantSize(size), Keys: keys,
			Put: client.Put{Records: 20, Bytes: model.MiB, Linger: 50 * time.Millisecond}, Retry: client.NoRetry{},
		}},
		Consumers: []client.ConsumerConfig{{Name: "lake", Kind: client.Classic{Interval: time.Second, MaxRecords: 10_000}}},
	}
	l := &c.Limits
	l.WriteRecordsPerSecond, l.WriteBurstRecords, l.WriteBytesPerSecond, l.WriteBurstBytes = 100, 100, 100_000, 100_000
	l.ReadBytesPerSecond = 200_000
	return c
}

func expect(c *sim.Config, metric, stat string, below float64) *sim.Config {
	c.Expect = append(c.Expect, sim.Expectation{Metric: metric, Stat: stat, Op: sim.Below, Limit: below, P: 1, To: des.Forever})
	return c
}

// problem leaves the number of shards of a configuration free.
func problem(c *sim.Config, most int) *plan.Problem {
	return &plan.Problem{
		Ways:  []plan.Way{{Name: "provisioned", Config: c, Map: model.EvenShards}},
		Least: 1, Most: most, P: 1, Runs: 5, Present: c.Stream.Shards,
	}
}

// scenes are problems with different limits that bind.
func scenes() map[string]*sim.Config {
	uniform := workload.Ranked{Count: 5000, Prefix: "k"}
	reads := expect(scene(300, 700, uniform), "read_throttled_ratio", "", 0.01)
	for _, name := range []string{"second", "third", "fourth"} {
		reads.Consumers = append(reads.Consumers, client.ConsumerConfig{Name: name, Kind: reads.Consumers[0].Kind})
	}
	slow := expect(scene(400, 100, uniform), "end_to_end_latency", "p99", 2_500)
	slow.Consumers[0].Processing.PerRecord = 20 * time.Millisecond // 50 records/s a shard, of which 8 shards get as many
	return map[string]*sim.Config{
		"records": expect(scene(640, 100, uniform), "put_throttled_ratio", "", 0.001),
		"bytes":   expect(scene(250, 2_500, uniform), "put_throttled_ratio", "", 0.001),
		"skew":    expect(scene(400, 100, workload.Ranked{S: 0.6, Count: 300, Prefix: "user-"}), "put_throttled_ratio", "", 0.01),
		"reads":   reads,
		"latency": slow,
		"use":     expect(scene(150, 100, workload.Ranked{Count: 40, Prefix: "k"}), "shard_utilization", "p99", 0.8),
	}
}

// TestLeastByExhaustion: the plan's number of shards is the least that holds in all runs,
// found by trying every number with the same seeds.
func TestLeastByExhaustion(t *testing.T) {
	if testing.Short() {
		t.Skip("tries every number, one after the other")
	}
	const most = 24
	for name, c := range scenes() {
		t.Run(name, func(t *testing.T) {
			p := problem(c, most)
			got, err := plan.Find(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			least := 0
			for n := 1; n <= most && least == 0; n++ {
				if holds(t, c, n, p.Runs) {
					least = n
				}
			}
			if least == 0 || !got.Feasible || got.Chosen.Shards != least || got.Chosen.PPass != 1 {
				t.Errorf("seed %d: %d shards, by exhaustion %d", c.Seed, got.Chosen.Shards, least)
			}
			if least > 1 && (got.Bound == nil || got.Bound.Shards != least-1) {
				t.Errorf("binding: %+v", got.Bound)
			}
			t.Logf("%d shards, %d runs, bound by %+v", got.Chosen.Shards, got.Runs, got.Bound)
		})
	}
}

func holds(t *testing.T, c *sim.Config, shards, runs int) bool {
	t.Helper()
	for i := range runs {
		v := *c
		v.Stream.Shards, v.Seed = model.EvenShards(shards), des.SeedOf(c.Seed, i+1)
		r, err := sim.Run(context.Background(), &v, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Passed {
			return false
		}
	}
	return true
}

// TestClosedForm: with even load the plan is the closed form, by records and by bytes. The
// loads leave 5 % or more of the shards, so that no noise decides.
func TestClosedForm(t *testing.T) {
	if testing.Short() {
		t.Skip("plans a minute six times; TestSameForAnyWorkers has them in parallel")
	}
	for _, row := range []struct {
		rate int64
		size int
		want int
	}{{90, 100, 1}, {130, 100, 2}, {640, 100, 7}, {760, 100, 8}, {80, 3_333, 3}, {52, 5_000, 3}} {
		c := expect(scene(row.rate, row.size, workload.Unique{}), "put_throttled_ratio", "", 0.001)
		c.Producers[0].Arrivals = workload.Regular{}
		c.Clock.Duration = 60 * time.Second
		n, _ := analytic.Shards(analytic.Load{Records: float64(row.rate), Bytes: float64(row.rate * int64(row.size+36))}, c.Limits)
		got, err := plan.Find(context.Background(), problem(c, 20))
		if err != nil {
			t.Fatal(err)
		}
		if got.Chosen.Shards != row.want || n != row.want {
			t.Errorf("%+v: %d shards, by the closed form %d", row, got.Chosen.Shards, n)
		}
	}
}

// TestSameForAnyWorkers: the plan does not hang on how many runs are played at a time.
func TestSameForAnyWorkers(t *testing.T) {
	var first string
	for _, workers := range []int{1, 2, 7} {
		p := problem(scenes()["records"], 24)
		p.Workers, p.Growth = workers, 0.05
		got, err := plan.Find(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		bytes, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		text := string(bytes)
		if first == "" {
			first = text
		}
		if text != first {
			t.Errorf("%d workers:\n%s\nfirst\n%s", workers, text, first)
		}
	}
}

// TestInfeasible: where nothing holds, the plan says so and what came nearest.
func TestInfeasible(t *testing.T) {
	c := expect(scene(290, 100, workload.Ranked{Count: 1, Prefix: "hot"}), "put_throttled_ratio", "", 0.001)
	got, err := plan.Find(context.Background(), problem(c, 8))
	if err != nil {
		t.Fatal(err)
	}
	if got.Feasible || len(got.HotKeys) != 1 || got.HotKeys[0].Key != "hot1" || got.HotKeys[0].Salt != 4 {
		t.Errorf("%v, hot keys %+v", got.Feasible, got.HotKeys)
	}
}
