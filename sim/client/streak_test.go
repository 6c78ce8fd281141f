package client

import (
	"context"
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/metric"
	"kinesim/sim/workload"
)

// hall is a run of shards with lanes, of which one is split on the way, and of readers who do
// nothing with what they read.
type hall struct {
	engine    des.Engine
	links     Links
	split     des.Time
	after     time.Duration // retention after that
	consumers []*Consumer
}

// anyHall is a hall with records in any state when they are read. Two of the same draws are
// alike.
func anyHall(t *rapid.T) func(atOnce bool) *hall {
	spans := func(name string, from, to time.Duration) time.Duration {
		return time.Duration(rapid.Int64Range(int64(from), int64(to)).Draw(t, name))
	}
	bytes := rapid.SampledFrom([]model.Bytes{100 * model.KiB, 2 * model.MiB, 10 * model.MiB})
	limits := model.AWS2026()
	limits.GetLatency = model.Delay{Max: spans("latency", 0, time.Second)}
	limits.ClassicAvailability = model.Delay{Max: spans("availability", 0, 3*time.Second)}
	limits.IteratorLife, limits.GetRecordsSpan = spans("life", time.Second, 2*time.Minute), spans("span", time.Second, 2*time.Minute)
	warmup, split, retention := spans("warm-up", 0, time.Minute), spans("split", 0, 4*time.Minute), spans("retention", 20*time.Second, 5*time.Minute)
	limits.GetRecordsBytes, limits.ReadBytesPerSecond = bytes.Draw(t, "bytes of a call"), bytes.Draw(t, "bytes a second")
	after := spans("retention after that", 20*time.Second, 5*time.Minute)
	rate, shards := rapid.SampledFrom([]int64{3, 100, 1_200}).Draw(t, "rate"), rapid.IntRange(17, 20).Draw(t, "shards")
	var kinds []ConsumerKind
	for range rapid.IntRange(1, 2).Draw(t, "readers") {
		kinds = append(kinds, Classic{spans("interval", 100*time.Millisecond, 10*time.Second), rapid.Int64Range(50, 10_000).Draw(t, "most")})
	}
	return func(atOnce bool) *hall {
		h := &hall{split: des.Time(split), after: after}
		h.links = Links{
			Engine: &h.engine, Seed: 1, Limits: limits, Warmup: des.Time(warmup), End: des.Time(3 * time.Minute), Fanout: NewFanout(&h.engine, 1), Apart: true,
			Stream: kinesis.New(kinesis.Config{
				Limits: limits, Shards: model.EvenShards(shards), Retention: retention, MaxRecordSize: model.MiB, Coarse: des.Time(time.Second), Groups: 2,
			}),
			Look: func() (des.Time, bool) {
				now := h.engine.Now()
				at := (now/des.Time(time.Minute) + 1) * des.Time(time.Minute)
				if now < h.split {
					at = min(at, h.split)
				}
				return at, true
			},
			Seconds: func(des.Time, int, int, []kinesis.Writes) {},
		}
		h.links.Inflow = NewConfluence(h.links, des.Time(time.Second), nil)
		h.engine.At(h.split, des.Service, h)
		for i, kind := range kinds {
			k := NewConsumer(ConsumerConfig{Name: fmt.Sprint("reader ", i), Kind: kind}, h.links)
			for _, p := range k.app.(*pollers).polls {
				p.atOnce = atOnce
			}
			h.consumers = append(h.consumers, k)
		}
		NewProducer(ProducerConfig{
			Name: "app", Clients: 3, Rate: workload.Constant(model.PerSecond(rate * int64(shards))), Arrivals: workload.Poisson{},
			Size: workload.ConstantSize(999), Keys: workload.Unique{}, Put: Put{Records: 500, Bytes: model.MiB, Linger: 20 * time.Millisecond}, Retry: NoRetry{},
		}, h.links)
		return h
	}
}

// Act splits a shard and changes the retention.
func (h *hall) Act(now des.Time) {
	s := h.links.Stream
	s.SetRetention(now, h.after)
	change := s.Scale(now, []model.Operation{{Shard: s.Shard(3).ID, Adjacent: model.NoShard, At: s.Shard(3).Range.Midpoint()}})
	h.links.Inflow.Change(change)
	for _, k := range h.consumers {
		k.Change(now, change)
	}
}

func (h *hall) String() string { return "a split" }

// findings are all that readers of a hall found and measured.
type findings struct {
	Reads, Before []Reads
	Requests      []Requests
	Expired       []des.Time
	Cursors, Left []int64 // Left by second
	Measured      []metric.Stats
	Refused       int64
	Empty         int // shards
	Fingerprint   uint64
}

func (h *hall) play(t *rapid.T) (o findings) {
	if err := h.engine.Run(context.Background(), h.links.End); err != nil {
		t.Fatal(err)
	}
	for _, k := range h.consumers {
		byEnd := k.Reads()
		k.Finish(h.links.End)
		k.EndLap()
		o.Reads, o.Before, o.Requests, o.Expired = append(o.Reads, k.Total()), append(o.Before, k.Reads()), append(o.Requests, k.Requests()), append(o.Expired, k.FirstExpired())
		for _, p := range k.positions {
			o.Cursors = append(o.Cursors, p.seen, p.done, int64(p.since))
		}
		left := int64(0)
		for range time.Duration(h.links.End) / time.Second {
			o.Left = append(o.Left, k.EndSecond())
			left += o.Left[len(o.Left)-1]
		}
		if left != byEnd.Received+byEnd.Expired { // an answer that is not back by the end is not taken
			t.Fatalf("%d records have left the backlog by the end; %d were received, %d expired", left, byEnd.Received, byEnd.Expired)
		}
		for _, r := range []*metric.Recorder{&k.Propagation, &k.EndToEnd, &k.IteratorAge, &k.Silence, &k.Behind} {
			o.Measured = append(o.Measured, r.Total().Stats(1))
		}
	}
	for place := range h.links.Stream.Shards() {
		o.Refused += h.links.Stream.Meter(place).ReadThrottled
		if h.links.Stream.Empty(place) {
			o.Empty++
		}
	}
	if len(h.consumers) == 1 { // of two, one waits for answers that another would have to let pass
		o.Fingerprint = h.engine.Fingerprint()
	}
	return o
}

// TestStreaksAreTheirCalls: readers that make calls together find and measure to the byte what
// they do who make each by itself: at the tip and behind it, with calls that are refused,
// iterators that expire, records that do, and a shard that ends.
func TestStreaksAreTheirCalls(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	defer func(was string) { _ = checks.Value.Set(was) }(checks.Value.String())
	_ = checks.Value.Set("30")
	streaks, events := 0, uint64(0)
	rapid.Check(t, func(t *rapid.T) {
		build := anyHall(t)
		want := build(false).play(t)
		h := build(true)
		if diff := cmp.Diff(want, h.play(t)); diff != "" {
			t.Fatal(diff)
		}
		for _, k := range h.consumers {
			for _, p := range k.app.(*pollers).polls {
				streaks = max(streaks, len(p.asked.List))
			}
		}
		events += h.engine.Played()
	})
	if streaks < 2 {
		t.Errorf("no calls were made together in %d events", events)
	}
}
