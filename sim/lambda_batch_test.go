package sim_test

import (
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// TestPayloadEndsTheWait: a batch that has as many bytes as an invocation takes does
// not wait for its window. 100 records a second of 100 B and their keys of 36 B make
// 5,000 B in 0.37 s.
func TestPayloadEndsTheWait(t *testing.T) {
	l := function()
	l.BatchSize, l.Window, l.EFO = 1000, 10*time.Second, true
	c := mapped(1, 100, time.Minute, l)
	c.Limits.LambdaPayload = 5_000
	f := play(t, c).Consumers[0].Lambda
	near(t, "records in a batch", f.MeanBatch, 5_000/136., 0.03)
	c.Limits.LambdaPayload = model.MiB
	near(t, "records in a batch that has room", play(t, c).Consumers[0].Lambda.MeanBatch, 1000, 0.02)
}

// TestLargerThanThePayload: a record that no invocation takes is given up, and those
// around it are not.
func TestLargerThanThePayload(t *testing.T) {
	l := function()
	l.Destination = true
	c := mapped(1, 100, time.Minute, l)
	large := producer("large", 1)
	c.Limits.LambdaPayload = 50_000
	large.Size = workload.ConstantSize(60_000)
	c.Producers = append(c.Producers, large)
	k := play(t, c).Consumers[0]
	if k.FailedRecords < 58 || k.FailedRecords > 60 || k.Lambda.Sent != k.FailedRecords || k.Lambda.Errors != 0 {
		t.Errorf("%d given up, %d sent, %d errors of a large record each second", k.FailedRecords, k.Lambda.Sent, k.Lambda.Errors)
	}
	near(t, "processed", float64(k.ProcessedRecords), 6_000, 0.03)
}

// TestFirstTumblingWindow: who joins in the middle has no window to end before.
func TestFirstTumblingWindow(t *testing.T) {
	l := function()
	l.Tumbling = 30 * time.Second
	c := mapped(3, 300, 5*time.Minute, l)
	c.Consumers[0].Joins, c.Consumers[0].Start = 100e9, client.Start{Where: client.Latest}
	if f := play(t, c).Consumers[0].Lambda; f.WindowEnds != 3*6 { // at 120, 150 … 270 s
		t.Errorf("%d window ends in 200 s of 3 shards, want 18", f.WindowEnds)
	}
}

// TestPackedRecordsHaveOneKey: parallelization_factor changes nothing for what the KPL
// packs; what it does not pack keeps its keys.
func TestPackedRecordsHaveOneKey(t *testing.T) {
	for _, packs := range []bool{true, false} {
		l := function()
		l.Parallel, l.BatchSize = 4, 10
		c := mapped(1, 400, time.Minute, l)
		withKPL(func(k *client.KPL) { k.AggregationEnabled, k.RecordMaxBufferedTime = packs, des.Time(20*ms) })(&c.Producers[0])
		want := map[bool]int{true: 1, false: 4}[packs]
		if got := play(t, c).Consumers[0].Lambda.MaxConcurrency; got != want {
			t.Errorf("packed %v: %d at a time, want %d", packs, got, want)
		}
	}
}

// TestFailingAtOnce: a function that takes no time and always fails lets time pass all
// the same.
func TestFailingAtOnce(t *testing.T) {
	l := function()
	l.Duration, l.Errors, l.BatchSize = model.Constantly(0), 1, 1
	c := mapped(1, 1, 100*ms, l)
	c.Limits.LambdaRetryDelay = 0
	c.Limits.GetLatency = model.Constantly(0)
	if f := play(t, c).Consumers[0]; f.ProcessedRecords != 0 {
		t.Errorf("%d processed", f.ProcessedRecords)
	}
}

// TestRetriesTakeTheirTime: a poison record blocks its shard for as many attempts as
// there may be, and the waits between them.
func TestRetriesTakeTheirTime(t *testing.T) {
	for _, retries := range []int{0, 5, 20} {
		l := function()
		l.Retries, l.EFO = retries, true
		c := mapped(1, 100, 3*time.Minute, l)
		c.Limits.LambdaRetryDelay = 2 * time.Second
		c.Faults = []client.Fault{{From: 60e9, To: 3600e9, Consumer: "fn", Poison: &client.Stall{}}}
		r := play(t, c)
		worst := 0.0
		for _, p := range r.Series.Consumers[0].PropagationMax {
			if p != nil {
				worst = max(worst, *p/1e3)
			}
		}
		want := 0.2*float64(retries+1) + 2*float64(retries)
		if worst < want-0.3 || worst > want+0.5 { // what came first waited for all of it, but for the batches before
			t.Errorf("%d retries: the shard was blocked for %v s, want %v", retries, worst, want)
		}
	}
}

// TestKeysInLots: what has waited so long that its key is forgotten keeps a key that is
// as frequent: a stream of one key does not become many.
func TestKeysInLots(t *testing.T) {
	for keys, want := range map[string]int{"one": 1, "many": 4} {
		l := function()
		l.Parallel = 4
		c := mapped(1, 200, 15*time.Minute, l)
		if keys == "one" {
			c.Producers[0].Keys = oneKey("one")
		}
		c.Stream.ExactRecords = 1000
		c.Faults = []client.Fault{{From: 60e9, To: 500e9, Consumer: "fn", Pause: true}}
		r := play(t, c)
		if len(r.Warnings) == 0 {
			t.Fatal("nothing was folded")
		}
		k := r.Consumers[0]
		if k.Lambda.MaxConcurrency != want || k.BacklogRecords > 2_000 {
			t.Errorf("%s keys: %d at a time, want %d; %d unread", keys, k.Lambda.MaxConcurrency, want, k.BacklogRecords)
		}
	}
}

// serverless is lively, read by functions, a delivery stream and a job, to all of which
// something happens.
func serverless() *sim.Config {
	c := lively()
	plain, keyed := function(), function()
	plain.Errors, plain.Retries, plain.Bisect, plain.Keep = 0.2, 2, true, 0.7
	keyed.Parallel, keyed.BatchSize, keyed.EFO, keyed.Errors, keyed.Partial, keyed.Concurrency = 5, 20, true, 0.1, true, 7
	keyed.Duration = model.Delay{P50: 80 * ms, P99: 900 * ms}
	c.Consumers = []client.ConsumerConfig{
		{Name: "plain", Kind: plain}, {Name: "keyed", Kind: keyed},
		{Name: "lake", Kind: client.Firehose{BufferSize: 100_000, BufferInterval: 3 * time.Second}},
		{Name: "fan", Kind: client.Flink{Interval: 250 * ms, MaxRecords: 10_000, CheckpointEvery: time.Second}},
	}
	c.Faults = []client.Fault{
		{From: 4e9, To: 6e9, Consumer: "fan", Restart: true}, {From: 3e9, To: 9e9, Consumer: "keyed", Poison: &client.Stall{Hottest: true}},
		{From: 5e9, To: 7e9, Consumer: "plain", Errors: 0.8},
	}
	return c
}

// TestWhatExpiresGoesNowhere: a destination gets what is given up for its age, and not
// what left the stream while it was tried again.
func TestWhatExpiresGoesNowhere(t *testing.T) {
	for _, age := range []time.Duration{0, time.Minute} {
		l := function()
		l.Errors, l.Destination, l.MaxAge = 1, true, age
		c := mapped(1, 10, 10*time.Minute, l)
		c.Stream.Retention = 2 * time.Minute
		k := play(t, c).Consumers[0]
		if sent := k.Lambda.Sent; (sent > 0) != (age > 0) || k.FailedRecords+k.ExpiredRecords < 4000 || sent > k.FailedRecords {
			t.Errorf("maximum age %v: %d sent, %d given up, %d expired", age, sent, k.FailedRecords, k.ExpiredRecords)
		}
	}
}
