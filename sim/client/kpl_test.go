package client_test

import (
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// library are the settings that the library has by default.
func library() *client.KPL {
	return &client.KPL{
		AggregationEnabled: true, AggregationMaxCount: 4_294_967_295, AggregationMaxSize: 51_200, CollectionMaxCount: 500,
		CollectionMaxSize: 5 * model.MiB, RecordMaxBufferedTime: at(100), RecordTTL: at(30_000), RateLimit: 150,
	}
}

// packing offers regular records of 100 B of data under one key through the library.
func packing(perSecond int64, change func(*client.KPL)) client.ProducerConfig {
	c := app(perSecond, client.Put{KPL: library(), Records: 500})
	c.Size = workload.ConstantSize(100)
	if change != nil {
		change(c.Put.KPL)
	}
	return c
}

// TestPacking: 1,000 user records a second become ten Kinesis records with 100 ms
// of buffering, and about two with half a second and more, where their size sends
// them: 51,200 bytes hold 483 of 106 bytes.
func TestPacking(t *testing.T) {
	for _, c := range []struct {
		buffered des.Time
		low, top float64
	}{{at(100), 9.5, 10}, {at(200), 4.8, 5}, {at(500), 2, 2.2}, {at(5000), 2, 2.2}} {
		s := newStage(nil)
		s.play(t, packing(1000, func(k *client.KPL) { k.RecordMaxBufferedTime = c.buffered }), 100*second)
		got := s.producer.Total()
		if rate := float64(got.Stored) / 100; rate < c.low || rate > c.top || got.Throttled+got.Failed > 0 {
			t.Errorf("buffered for %v: %v Kinesis records a second, %+v", time.Duration(c.buffered), rate, got)
		}
		if got.Offered != 100_000 || got.Accepted+got.Waiting != got.Offered {
			t.Errorf("%+v", got)
		}
	}
}

// TestPackedSizes: at ten a second, a hundred records of 100 B and one key of a
// byte make 20 + 3 + 100 × 106 bytes and the key "a".
func TestPackedSizes(t *testing.T) {
	s := newStage(nil)
	s.play(t, packing(1000, nil), 10*second)
	n := 0
	for _, r := range s.accepted() {
		if r.size == 20+3+100*106+1 {
			n++
		}
	}
	if rows := len(s.accepted()); n < rows-1 || n < 90 {
		t.Errorf("%d of %d Kinesis records hold a hundred", n, rows)
	}
}

// TestLoneRecords go as they are, with their own key: one each second, and with
// aggregation off all of them.
func TestLoneRecords(t *testing.T) {
	for name, c := range map[string]client.ProducerConfig{
		"rare":            packing(1, nil),
		"not packed":      packing(500, func(k *client.KPL) { k.AggregationEnabled = false }),
		"one at the most": packing(500, func(k *client.KPL) { k.AggregationMaxCount = 1 }),
	} {
		s := newStage(nil)
		s.play(t, c, 10*second)
		for _, r := range s.accepted() {
			if r.size != 101 {
				t.Errorf("%s: a record of %d bytes", name, r.size)
			}
		}
		if got := s.producer.Total(); got.Stored != got.Accepted || got.Stored < 9 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestRateLimit: with 3,000 unpacked records a second for a shard, the library
// sends 150 % of what it takes, of which a third is refused and comes back, until
// its time to live is over.
func TestRateLimit(t *testing.T) {
	for _, c := range []struct{ percent, sent float64 }{{150, 1500}, {80, 800}, {100, 1000}} {
		s := newStage(nil)
		s.play(t, packing(3000, func(k *client.KPL) { k.AggregationEnabled, k.RateLimit = false, int64(c.percent) }), 100*second)
		got := s.producer.Total()
		if rate := float64(got.Attempts) / 100; math.Abs(rate/c.sent-1) > 0.02 {
			t.Errorf("limit of %v %%: %v records a second sent, want %v", c.percent, rate, c.sent)
		}
		taken := min(c.sent, 1000)
		if rate := float64(got.Stored) / 100; math.Abs(rate/taken-1) > 0.02 {
			t.Errorf("limit of %v %%: %v records a second stored, want %v", c.percent, rate, taken)
		}
		// What arose in the first 70 s is written or given up; the rest waits.
		if want := 3000*70 - taken*100; math.Abs(float64(got.Failed)/want-1) > 0.05 {
			t.Errorf("limit of %v %%: %d given up, want about %v", c.percent, got.Failed, want)
		}
	}
}

// spurts is a rate for a second from each of some instants on, and none between.
func spurts(t *testing.T, perSecond int64, from ...time.Duration) workload.Rate {
	t.Helper()
	var steps []workload.Step
	for _, at := range from {
		steps = append(steps, workload.Step{At: at, Rate: model.PerSecond(perSecond)}, workload.Step{At: at + second, Rate: model.PerSecond(0)})
	}
	rate, err := workload.Steps(steps)
	if err != nil {
		t.Fatal(err)
	}
	return rate
}

// TestRetriesDoNotWaitForRecords: what was refused goes again in its own time, also
// when the next user record is far away.
func TestRetriesDoNotWaitForRecords(t *testing.T) {
	s := newStage(func(l *model.Limits) { l.WriteBurstRecords = 100 })
	c := packing(0, func(k *client.KPL) { k.AggregationEnabled = false })
	c.Rate = spurts(t, 2000, 0, 100*second)
	s.play(t, c, 90*second)
	got := s.producer.Total()
	if got.Throttled == 0 || got.Failed > 0 || got.Accepted != 2000 {
		t.Errorf("%+v", got)
	}
}

// TestRateLimitAfterAPause: what is saved up in a pause is bounded, however long it
// is and however high the limit.
func TestRateLimitAfterAPause(t *testing.T) {
	for _, percent := range []int64{100, 400, 1_000_000} {
		s := newStage(nil)
		c := packing(0, func(k *client.KPL) { k.RateLimit = percent })
		c.Rate = spurts(t, 1000, 0, time.Hour, 100*time.Hour)
		s.play(t, c, 100*time.Hour+10*second)
		if got := s.producer.Total(); got.Accepted != 3000 || got.Failed+got.Waiting > 0 {
			t.Errorf("%d %%: %+v", percent, got)
		}
	}
}

// TestRateLimitIsTheLibrarys: it does not learn what this service takes.
func TestRateLimitIsTheLibrarys(t *testing.T) {
	s := newStage(func(l *model.Limits) { l.WriteRecordsPerSecond, l.WriteBurstRecords = 200, 200 })
	s.play(t, packing(3000, func(k *client.KPL) { k.AggregationEnabled = false }), 60*second)
	if rate := float64(s.producer.Total().Attempts) / 60; math.Abs(rate/1500-1) > 0.02 {
		t.Errorf("%v records a second sent", rate)
	}
}

// TestFailIfThrottled gives up what a limit refused at its first attempt.
func TestFailIfThrottled(t *testing.T) {
	s := newStage(nil)
	s.play(t, packing(1400, func(k *client.KPL) { k.AggregationEnabled, k.FailIfThrottled = false, true }), 60*second)
	got := s.producer.Total()
	if late := got.Throttled - got.Failed; late < 0 || late > 100 || got.Failed == 0 || got.Attempts > got.Offered {
		t.Errorf("%+v", got)
	}
}

// TestKPLTimeout: a call that is not answered in time goes again, and its records
// stand in the stream twice.
func TestKPLTimeout(t *testing.T) {
	s := newStage(nil)
	s.faults = []client.Fault{{From: at(2000), To: at(3000), SlowPuts: 1000}}
	c := packing(1000, nil)
	c.Put.Timeout = 500 * ms
	s.play(t, c, 20*second)
	got := s.producer.Total()
	if got.Duplicates == 0 || got.Failed > 0 || got.Accepted+got.Waiting != got.Offered || got.Stored-got.Duplicates < 190 {
		t.Errorf("%+v", got)
	}
}

// TestPackedForTheRightShard: user records of many keys are packed for the shard
// that each would go to, and all arrive there.
func TestPackedForTheRightShard(t *testing.T) {
	var engine des.Engine
	limits := model.AWS2026()
	stream := kinesis.New(kinesis.Config{Limits: limits, Shards: model.EvenShards(7), Retention: time.Hour * 24, MaxRecordSize: model.MiB})
	links := client.Links{Engine: &engine, Stream: stream, Seed: 3, Limits: limits, End: des.Time(60 * second), Fanout: client.NewFanout(&engine, 7)}
	c := packing(5000, nil)
	c.Keys = workload.Ranked{Count: 3000, Prefix: "user-"}
	p := client.NewProducer(c, links)
	if err := engine.Run(t.Context(), links.End); err != nil {
		t.Fatal(err)
	}
	want := make([]int64, 7) // user bytes by shard
	for i, load := range p.KeyLoads(des.Forever) {
		want[p.Keys.Place(i)] += load.Bytes
	}
	for i := range want {
		// Framing adds six bytes or so to each, and a key is told once.
		if got := float64(stream.Meter(i).IncomingBytes); got < 0.95*float64(want[i]) || got > 1.1*float64(want[i]) {
			t.Errorf("shard %d took %v bytes for %d of its users", i, got, want[i])
		}
	}
}
