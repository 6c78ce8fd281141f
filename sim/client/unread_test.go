package client

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// TestOldestUnread: which shards are not looked up changes nothing, whether a consumer
// keeps up, falls behind or loses what expires.
func TestOldestUnread(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		const shards, end = 8, des.Time(5 * time.Second)
		limits, engine := model.AWS2026(), &des.Engine{}
		stream := kinesis.New(kinesis.Config{Limits: limits, Shards: model.EvenShards(shards), Retention: 2 * time.Second, MaxRecordSize: model.MiB})
		links := Links{Engine: engine, Stream: stream, Seed: rapid.Uint64().Draw(r, "seed"), Limits: limits, End: end, Fanout: NewFanout(engine, shards)}
		kind := Classic{Interval: time.Duration(rapid.IntRange(100, 1500).Draw(r, "interval")) * time.Millisecond, MaxRecords: int64(rapid.IntRange(5, 100).Draw(r, "most"))}
		k := NewConsumer(ConsumerConfig{Name: "reader", Kind: kind}, links)
		NewProducer(ProducerConfig{
			Name: "app", Clients: 1, Rate: workload.Constant(model.PerSecond(400)), Arrivals: workload.Poisson{}, Size: workload.ConstantSize(100),
			Keys: workload.Ranked{S: 1, Count: 40, Prefix: "k"}, Put: Put{Records: 20, Bytes: model.MiB, Linger: 50 * time.Millisecond}, Retry: NoRetry{},
		}, links)
		some := false
		for now := des.Time(0); now < end; now += des.Time(17 * time.Millisecond) {
			if err := engine.Run(context.Background(), now); err != nil {
				r.Fatal(err)
			}
			got, want := k.OldestUnread(now), time.Duration(0)
			for _, p := range k.positions {
				want = max(want, p.oldest(now))
			}
			if got != want {
				r.Fatalf("at %v the oldest unread record is %v old, want %v", now, got, want)
			}
			some = some || got > 0
		}
		if !some {
			r.Fatal("there never was an unread record")
		}
	})
}
