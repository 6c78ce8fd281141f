package sim_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// resharded is many with another producer that sends again what is refused, with faults on
// both sides, and with shards that are split and merged on the way.
func resharded() *sim.Config {
	c := many(11 * time.Minute)
	stubborn := c.Producers[0]
	stubborn.Name, stubborn.Rate = "stubborn", workload.Constant(model.PerSecond(130*5))
	stubborn.Retry = client.Backoff{Base: 50 * ms, Max: time.Second, Jitter: client.JitterFull, GiveUpAfter: 3 * time.Second}
	c.Producers = append(c.Producers, stubborn)
	c.Faults = []client.Fault{
		{From: des.Time(time.Minute), To: des.Time(70 * time.Second), Internal: 0.05},
		{From: des.Time(5 * time.Minute), To: des.Time(7 * time.Minute), Consumer: "one", Slow: 3},
	}
	c.Reshard = []sim.Reshard{{At: des.Time(2*time.Minute) + 3500*des.Time(ms), Update: &sim.UpdateShardCount{Target: 150}}}
	return c
}

// pushed is many with enhanced fan-out.
func pushed() *sim.Config {
	c := many(30 * time.Second)
	c.Limits = model.AWS2026()
	c.Consumers[1] = efo("pushed")
	c.Producers[0].Rate = workload.Constant(model.PerSecond(130 * 1100))
	return c
}

// quiet is many with little to read, so that readers are at the tip.
func quiet(duration time.Duration) *sim.Config {
	c := many(duration)
	c.Producers[0].Rate = workload.Constant(model.PerSecond(130 * 20))
	return c
}

// joined is quiet with a consumer that begins long after shards were closed.
func joined() *sim.Config {
	c := quiet(11 * time.Minute)
	c.Reshard = []sim.Reshard{{At: des.Time(time.Minute), Update: &sim.UpdateShardCount{Target: 260}}}
	c.Consumers[1].Joins = des.Time(10 * time.Minute)
	return c
}

// busyAtTheEnd is quiet with a reader that is busy with the last batch of a hot shard, long
// after that was closed, while other shards are split.
func busyAtTheEnd() *sim.Config {
	c := quiet(11 * time.Minute)
	c.Consumers = c.Consumers[:1]
	c.Consumers[0].Processing = client.Processing{PerRecord: 10 * ms}
	c.Producers[0].Hot = []workload.Hot{{Key: "hot", Share: 0.1, From: 1e9, To: 60e9}}
	at := des.Time(30 * time.Second)
	c.Reshard = []sim.Reshard{{At: at, Split: &sim.SplitShard{Shard: sim.ShardPick{Which: sim.Hottest}, Point: sim.SplitMidpoint}}}
	for i := range 10 {
		at += des.Time(40 * time.Second)
		c.Reshard = append(c.Reshard, sim.Reshard{At: at, Split: &sim.SplitShard{Shard: sim.ShardPick{Which: sim.ByID, ID: model.ShardID(20 + i)}, Point: sim.SplitMidpoint}})
	}
	return c
}

// splitInASpan is an on-demand stream whose shards are split within a span, when nothing
// comes any more.
func splitInASpan() *sim.Config {
	c := many(4 * time.Minute)
	c.Limits = model.AWS2026()
	c.Stream.Mode, c.Stream.Shards = sim.OnDemand, model.EvenShards(140)
	c.Limits.OnDemandReaction = 61500 * ms
	c.Consumers = []client.ConsumerConfig{efo("pushed")}
	for _, name := range []string{"a", "b", "c", "d"} {
		c.Consumers = append(c.Consumers, classic(name, 200*ms))
	}
	c.Producers[0].Rate, _ = workload.Steps([]workload.Step{{Rate: model.PerSecond(140 * 700)}, {At: 61 * time.Second}})
	return c
}

// TestAnyCores: a run is the same to the byte on however many cores its shards are played.
func TestAnyCores(t *testing.T) {
	for _, s := range []struct {
		name  string
		long  bool
		build func() *sim.Config
	}{
		{"pushed", false, pushed}, {"joined", true, joined}, {"busy at the end", true, busyAtTheEnd},
		{"split in a span", true, splitInASpan}, {"resharded", true, resharded},
	} {
		t.Run(s.name, func(t *testing.T) {
			if s.long && testing.Short() {
				t.Skip("the random runs see as much")
			}
			want := bytesOf(t, play(t, s.build()))
			for _, workers := range []int{2, 5} {
				c := s.build()
				c.Workers = workers
				if diff := cmp.Diff(want, bytesOf(t, play(t, c))); diff != "" {
					t.Errorf("on %d cores:\n%s", workers, diff)
				}
			}
		})
	}
}

// TestAnyCoresAtRandom: so are random runs of many shards, with readers who join late, are
// busy for long and ask seldom, and shards that change at odd instants.
func TestAnyCoresAtRandom(t *testing.T) {
	times := 20
	if testing.Short() {
		times = 8
	}
	draw(t, times)
	rapid.Check(t, func(t *rapid.T) {
		c := anyApart(t, 129, 200)
		c.Limits.OnDemandReaction = pick(t, "reaction", 5*time.Minute, 61500*ms, 700*ms)
		c.Limits.OnDemandScaleDown, c.Limits.OnDemandShards = pick(t, "scale down", 5*time.Minute, 61500*ms), 4
		if rapid.IntRange(0, 3).Draw(t, "own") == 0 {
			c.Stream.Mode = sim.OnDemand
		}
		for i := range c.Consumers {
			k := &c.Consumers[i]
			k.Processing = pick(t, "slowly", k.Processing, client.Processing{PerBatch: 40 * time.Second}, client.Processing{PerRecord: 200 * ms})
			k.Joins *= des.Time(pick(t, "later", 1, 50))
		}
		windows(t, c)
		var want string
		for _, workers := range []int{1, 4} {
			run := *c
			run.Workers = workers
			r, err := sim.Run(t.Context(), &run, nil)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.MarshalIndent(r, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			if got := string(text); want == "" {
				want = got
			} else if got != want {
				t.Fatalf("on %d cores:\n%s", workers, cmp.Diff(want, got))
			}
		}
	})
}
