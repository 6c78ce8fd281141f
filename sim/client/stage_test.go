package client_test

import (
	"context"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

const ms = time.Millisecond

// at is an instant in milliseconds.
func at(millis float64) des.Time { return des.Time(millis * 1e6) }

// stage is a stream of one shard with a reader that never lets go, so that every
// record it accepted can be looked at afterwards.
type stage struct {
	engine   des.Engine
	stream   *kinesis.Stream
	links    client.Links
	limits   model.Limits
	faults   []client.Fault
	producer *client.Producer
	calls    []answered
	story    *client.Story
}

// answered is a call that had refused records or was sent again.
type answered struct {
	at      des.Time
	attempt int
	records int
	refused int
}

// newStage has room for everything and answers calls after 10 ms.
func newStage(change func(*model.Limits)) *stage {
	s := &stage{limits: model.AWS2026()}
	s.limits.PutLatency = model.Constantly(10 * ms)
	if change != nil {
		change(&s.limits)
	}
	return s
}

// play runs a producer until end.
func (s *stage) play(t *testing.T, c client.ProducerConfig, end time.Duration) {
	t.Helper()
	s.stream = kinesis.New(kinesis.Config{Limits: s.limits, Shards: model.EvenShards(1), Retention: 24 * time.Hour, MaxRecordSize: model.MiB})
	s.stream.AddReader()
	s.links = client.Links{
		Engine: &s.engine, Stream: s.stream, Seed: 1, Limits: s.limits, End: des.Time(end),
		Fanout:  client.NewFanout(&s.engine, 1),
		Trouble: client.NewTrouble(&s.engine, s.stream, s.faults, 1, func(des.Time) int { return 0 }),
		Refused: func(now des.Time, c client.Call) {
			s.calls = append(s.calls, answered{now, c.Attempt, c.Batch.Len(), len(c.Result.Refused)})
		},
	}
	if s.links.Story = s.story; s.story != nil {
		s.story.End, s.story.Of.Producer = des.Time(end), c.Name
	}
	s.producer = client.NewProducer(c, s.links)
	if err := s.engine.Run(context.Background(), des.Time(end)); err != nil {
		t.Fatal(err)
	}
	s.producer.Finish(des.Time(end))
}

// row is a record that was accepted.
type row struct {
	at   des.Time
	size int64
}

// accepted are the records in the order in which the shard took them.
func (s *stage) accepted() []row {
	var rows []row
	for i := range s.stream.End(0) {
		now := des.Time(time.Hour).Add(time.Duration(i) * time.Minute) // so far apart that no limit refuses
		calls := kinesis.GetCalls{By: &kinesis.Iterator{Row: i, Through: now}, Limit: 1, List: []kinesis.GetCall{{Now: now, Visible: now}}}
		s.stream.GetRecords(&calls)
		rows = append(rows, row{s.stream.AcceptedAt(0, i), int64(calls.List[0].Answer.Bytes)})
	}
	return rows
}

// rising sizes are 1000, 1001 … bytes in the order of drawing, which tells
// records apart.
type rising struct{ next *uint32 }

func (rising) Largest() model.Bytes             { return 100_000 }
func (rising) Mean() float64                    { return 1_000 }
func (r rising) Start(*des.Rand) workload.Sizes { n := uint32(1000); return rising{&n} }

func (r rising) Fill(dst []uint32) {
	for i := range dst {
		dst[i] = *r.next
		*r.next++
	}
}

// app offers regular records of 999 B under a key of one byte.
func app(perSecond int64, put client.Put) client.ProducerConfig {
	return client.ProducerConfig{
		Name: "app", Clients: 1, Rate: workload.Constant(model.PerSecond(perSecond)), Arrivals: workload.Regular{},
		Size: workload.ConstantSize(999), Keys: workload.List{{Name: "k", Weight: 1}}, Put: put, Retry: client.NoRetry{},
	}
}

// once offers so many records, one each millisecond from 0 on.
func once(t *testing.T, records int, put client.Put) client.ProducerConfig {
	t.Helper()
	c := app(1000, put)
	rate, err := workload.Steps([]workload.Step{{Rate: model.PerSecond(1000)}, {At: time.Duration(records) * ms, Rate: model.PerSecond(0)}})
	if err != nil {
		t.Fatal(err)
	}
	c.Rate = rate
	return c
}
