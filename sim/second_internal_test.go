package sim

import (
	"context"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// TestBacklogsAreReckonedRight: what consumers are reckoned not to have read at the end of a
// second in which shards are played one by one is what they have not, whoever joins late, is
// slow, loses records or goes on to the children of closed shards, and whenever warm-up ends.
func TestBacklogsAreReckonedRight(t *testing.T) {
	classic := func(name string, joins des.Time, start client.Where, each time.Duration) client.ConsumerConfig {
		return client.ConsumerConfig{
			Name: name, Kind: client.Classic{Interval: time.Second, MaxRecords: 10_000}, Joins: joins,
			Start: client.Start{Where: start}, Processing: client.Processing{PerRecord: each},
		}
	}
	const half = des.Time(time.Second / 2)
	limits := model.AWS2026()
	w := newWorld(&Config{
		Name: "backlogs", Seed: 1, Resolution: By1s, Limits: limits,
		Clock:  Clock{Duration: 12 * time.Minute, Warmup: 40*time.Second + time.Duration(half)},
		Stream: StreamConfig{Mode: "provisioned", Shards: model.EvenShards(130), Retention: 2 * time.Minute, MaxRecordSize: model.MiB},
		Producers: []client.ProducerConfig{{
			Name: "app", Clients: 100, Rate: workload.Constant(model.PerSecond(130 * 998)), Arrivals: workload.Poisson{},
			Size: workload.ConstantSize(100), Keys: workload.Unique{}, Put: client.Put{Records: 500, Bytes: 5 * model.MiB, Linger: 20 * time.Millisecond}, Retry: client.NoRetry{},
		}},
		Consumers: []client.ConsumerConfig{
			classic("one", 0, client.TrimHorizon, 0), classic("slow", 0, client.TrimHorizon, 2*time.Millisecond),
			classic("late", 90*des.Time(time.Second), client.TrimHorizon, 0), classic("latest", 150*des.Time(time.Second)+half, client.Latest, 0),
		},
		Reshard: []Reshard{{At: des.Time(4*time.Minute) + half, Update: &UpdateShardCount{Target: 140}}},
	}, eyes{})
	reckoned := 0
	for now := des.Time(time.Second); now < w.end; now = now.Add(7 * time.Second) {
		if err := w.engine.Run(context.Background(), now); err != nil {
			t.Fatal(err)
		}
		looked := w.observer.secondT == now
		w.observer.upTo(now)
		for i, k := range w.consumers {
			all, old := k.Backlog()
			if want, got := all-old, w.observer.unread[i]; now > max(w.warmup, k.Config.Joins) && got != want {
				t.Fatalf("at %v consumer %s has not read %d, which are reckoned as %d", now, k.Config.Name, want, got)
			}
		}
		if !looked {
			reckoned++
		}
	}
	if slow := w.consumers[1]; slow.Reads().Expired == 0 || reckoned < 50 || w.stream.Shards() == 130 {
		t.Fatalf("%d looks at reckoned backlogs; %d expired, %d shards", reckoned, slow.Reads().Expired, w.stream.Shards())
	}
}
