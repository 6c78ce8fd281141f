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

// orderly looks at a running mapping again and again: what each key was given, in
// which order.
type orderly struct {
	*rapid.T
	mapping *mapping
	stream  *kinesis.Stream
	keys    [][]kinesis.KeyID         // by shard and row
	front   map[*track]*bunch         // what each track was last seen at
	settled []map[kinesis.KeyID]int64 // by shard: the last row of a key that is done with
	given   int
}

// rowsOf are the rows of a batch.
func rowsOf(b *bunch) (list []int64) {
	for _, r := range b.runs {
		for row := r.from; row < r.to; row++ {
			list = append(list, row)
		}
	}
	return list
}

// look holds what the tracks do now against what they did before.
func (o *orderly) look() {
	for _, s := range o.mapping.sources {
		place := s.position.place
		if known := int64(len(o.keys[place])); known < o.stream.End(place) {
			o.keys[place] = append(o.keys[place], o.stream.KeyIDs(place, known, o.stream.End(place))...)
		}
		at := map[kinesis.KeyID]*track{}
		for _, t := range s.tracks {
			if b := t.front(); b != nil && b.handed && b != o.front[t] {
				o.settle(t, place)
				o.give(t, b, place)
			}
			for _, b := range t.again {
				for _, row := range rowsOf(b) {
					key := o.keys[place][row]
					if at[key] != nil && at[key] != t {
						o.Fatalf("key %d is in two batches at a time", key)
					}
					at[key] = t
				}
			}
		}
	}
}

// settle notes what a track is done with since it was last looked at.
func (o *orderly) settle(t *track, place int) {
	if o.front[t] == nil {
		return
	}
	left := map[int64]bool{}
	for _, b := range t.again {
		for _, row := range rowsOf(b) {
			left[row] = true
		}
	}
	for _, row := range rowsOf(o.front[t]) {
		if key := o.keys[place][row]; !left[row] {
			o.settled[place][key] = max(o.settled[place][key], row+1)
		}
	}
}

// give checks a batch that was handed over: of each key in order, and nothing from
// before what is done with.
func (o *orderly) give(t *track, b *bunch, place int) {
	o.front[t] = b
	last := map[kinesis.KeyID]int64{}
	for _, row := range rowsOf(b) {
		key := o.keys[place][row]
		if row < o.settled[place][key] || row < last[key] {
			o.Fatalf("row %d of key %d is handed over after row %d", row, key, max(o.settled[place][key], last[key])-1)
		}
		last[key] = row + 1
		o.given++
	}
}

// TestKeysStayInOrder: whatever fails and is tried again, halved or filtered, and
// however many batches of a shard there are at a time, a key is in one of them, and is
// never given a record after one that came later is done with.
func TestKeysStayInOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		l := Lambda{
			BatchSize: int64(rapid.IntRange(1, 40).Draw(r, "batch")), Parallel: rapid.IntRange(2, 10).Draw(r, "parallel"),
			Window: time.Duration(rapid.IntRange(0, 300).Draw(r, "window")) * time.Millisecond, Duration: model.Delay{Min: 5 * time.Millisecond, Max: 300 * time.Millisecond},
			Concurrency: rapid.IntRange(0, 6).Draw(r, "concurrency"), Errors: 0.4, Retries: rapid.IntRange(-1, 3).Draw(r, "retries"),
			Bisect: rapid.Bool().Draw(r, "bisect"), Partial: rapid.Bool().Draw(r, "partial"), Keep: 0.8, EFO: rapid.Bool().Draw(r, "fan-out"), Interval: 200 * time.Millisecond,
		}
		limits := model.AWS2026()
		limits.LambdaRetryDelay = 20 * time.Millisecond
		engine, end := &des.Engine{}, des.Time(6*time.Second)
		stream := kinesis.New(kinesis.Config{Limits: limits, Shards: model.EvenShards(2), Retention: 2 * time.Second, MaxRecordSize: model.MiB})
		links := Links{Engine: engine, Stream: stream, Seed: rapid.Uint64().Draw(r, "seed"), Limits: limits, End: end, Fanout: NewFanout(engine, 2)}
		k := NewConsumer(ConsumerConfig{Name: "fn", Kind: l}, links)
		NewProducer(ProducerConfig{
			Name: "app", Clients: 1, Rate: workload.Constant(model.PerSecond(200)), Arrivals: workload.Poisson{}, Size: workload.ConstantSize(100),
			Keys: workload.Ranked{S: 1, Count: 40, Prefix: "k"}, Put: Put{Records: 20, Bytes: model.MiB, Linger: 50 * time.Millisecond}, Retry: NoRetry{},
		}, links)
		o := &orderly{T: r, mapping: k.app.(*mapping), stream: stream, keys: make([][]kinesis.KeyID, 2), front: map[*track]*bunch{}}
		o.settled = []map[kinesis.KeyID]int64{{}, {}}
		for now := des.Time(0); now < end; now += des.Time(time.Millisecond) {
			if err := engine.Run(context.Background(), now); err != nil {
				r.Fatal(err)
			}
			k.Expire(now)
			o.look()
		}
		if o.given < 10 {
			r.Errorf("%d records handed over", o.given)
		}
	})
}
