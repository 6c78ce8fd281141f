package sim

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// refusing is a run of so many shards and hours that each shard is played for a minute before
// the next, over the ends of windows. Some refuse, for a hot key or a burst; warm-up ends and
// shards change within a second, so that windows come to end at odd ones.
func refusing(t *testing.T, r Resolution, retry client.Retry) *Config {
	rate, err := workload.Steps([]workload.Step{
		{Rate: model.PerSecond(130 * 950)}, {At: 230 * time.Second, Rate: model.PerSecond(130 * 1_100)}, {At: 249 * time.Second, Rate: model.PerSecond(0)},
		{At: 281 * time.Second, Rate: model.PerSecond(130 * 980)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &Config{
		Name: "refusing", Seed: 1, Resolution: r, Limits: model.AWS2026(),
		Clock:  Clock{Duration: 6 * time.Hour, Warmup: 37500 * time.Millisecond},
		Stream: StreamConfig{Mode: "provisioned", Shards: model.EvenShards(130), Retention: 24 * time.Hour, MaxRecordSize: model.MiB},
		Producers: []client.ProducerConfig{{
			Name: "app", Clients: 100, Rate: rate, Arrivals: workload.Poisson{}, Size: workload.ConstantSize(100),
			Keys: workload.Ranked{S: 0.6, Count: 5_000, Prefix: "key-"}, Put: client.Put{Records: 500, Bytes: 5 * model.MiB, Linger: 20 * time.Millisecond}, Retry: retry,
		}},
		Reshard: []Reshard{
			{At: des.Time(333700 * time.Millisecond), Split: &SplitShard{Shard: ShardPick{Which: Hottest}, Point: SplitOptimal}}, // looks at keys
			{At: des.Time(403300 * time.Millisecond), Update: &UpdateShardCount{Target: 140}},
		},
	}
}

// sees is what a run knows of causes that ends after eleven minutes, a part of a window.
func sees(t *testing.T, c *Config) *causes {
	w, end := newWorld(c, eyes{}), des.Time(11*time.Minute)
	if err := w.engine.Run(context.Background(), end); err != nil {
		t.Fatal(err)
	}
	w.finish(end)
	return w.causes
}

// TestWindowsAhead: what windows are charged with is the same whether all shards are looked at
// each second or played over the ends of windows, and so are the busiest windows of keys.
func TestWindowsAhead(t *testing.T) {
	for _, r := range []Resolution{By1s, By100ms} {
		watched := refusing(t, r, client.NoRetry{})
		watched.Reshard = append(watched.Reshard, Reshard{At: des.Time(5 * time.Hour), Mode: OnDemand}) // such a stream changes whenever it likes
		want, got := sees(t, watched), sees(t, refusing(t, r, client.NoRetry{}))
		if diff := cmp.Diff(want.list(), got.list(), cmpopts.IgnoreUnexported(Cause{})); diff != "" || want.recovery != got.recovery || want.began != got.began {
			t.Errorf("at %s recovery %+v and %+v, last windows from %v and %v, causes:\n%s", r, want.recovery, got.recovery, want.began, got.began, diff)
		}
		if diff := cmp.Diff(want.keys, got.keys, cmp.AllowUnexported(keyLoad{}, peakLoad{})); diff != "" {
			t.Errorf("at %s keys:\n%s", r, diff)
		}
		kinds := map[string]bool{}
		for _, c := range got.list() {
			kinds[c.Cause] = true
		}
		if !kinds["hot_key"] || !kinds["capacity"] || !kinds["burst"] || got.began%des.Time(10*time.Second) == 0 {
			t.Errorf("at %s: %v; the last window begins at %v", r, kinds, got.began)
		}
	}
}

// TestRefusalsLieInTheirWindows: what shards are known to have refused in windows that others
// have not come to is what they have refused by the ends of these, retries and all.
func TestRefusalsLieInTheirWindows(t *testing.T) {
	for _, retry := range []client.Retry{client.NoRetry{}, client.Backoff{Base: 100 * time.Millisecond, Max: time.Second, Jitter: client.JitterFull, GiveUpAfter: 2 * time.Second}} {
		w := newWorld(refusing(t, By1s, retry), eyes{})
		ahead, echoes := 0, int64(0)
		for now := des.Time(40 * time.Second); now < des.Time(5*time.Minute); now = now.Add(7 * time.Second) {
			if err := w.engine.Run(context.Background(), now); err != nil {
				t.Fatal(err)
			}
			for place, last := range w.causes.last {
				before, known := last.Refused, true
				for n := 0; known; n++ {
					s := &w.causes.windows[n][place]
					refused := s.large
					for by := range s.refused {
						refused, echoes = refused+s.refused[by]+s.echo[by], echoes+s.echo[by]
					}
					by := s.did.Refused
					if known = s.known; !known {
						by = w.stream.Writes(place).Refused
					}
					if refused != by-before {
						t.Fatalf("at %v: shard %d has refused %d in window %d from %v, and %d are charged", now, place, by-before, n, w.causes.began, refused)
					}
					if before = by; n > 0 && refused > 0 {
						ahead++
					}
				}
			}
		}
		if _, never := retry.(client.NoRetry); ahead < 1_000 || never != (echoes == 0) {
			t.Errorf("%T: %d windows ahead in which a shard refused; %d echoes", retry, ahead, echoes)
		}
	}
}

// TestKeysOfAnInterruptedRun: what was drawn of keys beforehand and has not arisen is not offered.
func TestKeysOfAnInterruptedRun(t *testing.T) {
	c := refusing(t, By1s, client.NoRetry{})
	c.Producers[0].Keys = workload.Ranked{S: 0.6, Count: 40, Prefix: "key-"} // all of which are drawn by themselves
	for _, end := range []time.Duration{130 * time.Second, 3 * time.Minute, 215500 * time.Millisecond} {
		w, end := newWorld(c, eyes{}), des.Time(end)
		if err := w.engine.Run(context.Background(), end); err != nil {
			t.Fatal(err)
		}
		w.finish(end)
		offered := int64(0)
		for _, load := range w.producers[0].KeyLoads(end) {
			offered += load.Records
		}
		if all := w.producers[0].Tally().Offered; offered != all || all == 0 {
			t.Errorf("ended at %v: %d records are offered, of keys %d", end, all, offered)
		}
	}
}
