package sim_test

import (
	"fmt"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/model/analytic"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// function is a mapping that polls each second and takes 100 records and 200 ms for an
// invocation.
func function() client.Lambda {
	return client.Lambda{BatchSize: 100, Parallel: 1, Duration: model.Constantly(200 * ms), Retries: -1, Keep: 1, Interval: time.Second}
}

func mapped(shards int, perSecond int64, duration time.Duration, l client.Lambda) *sim.Config {
	c := scene(shards, perSecond, duration)
	c.Consumers = []client.ConsumerConfig{{Name: "fn", Kind: l}}
	return c
}

// TestFunctionPace: a shard is read as fast as batch ÷ duration × factor, whatever
// comes, and with one key as with a factor of one. With few keys some batch has more
// of them than another, and the others wait for it.
func TestFunctionPace(t *testing.T) {
	oneByOne(t)
	for _, test := range []struct {
		factor int
		keys   workload.Keys
		want   float64 // a second and shard
	}{
		{1, workload.Unique{}, 500}, {2, workload.Unique{}, 1000}, {10, oneKey("k"), 500},
		{2, workload.List{{Name: "a", Weight: 1}, {Name: "b", Weight: 1}, {Name: "c", Weight: 1}}, 750}, // two of the keys share a batch, and the third waits for them to be read
	} {
		l := function()
		l.Parallel = test.factor
		c := mapped(2, 4_000, 60*time.Second, l)
		c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords, c.Limits.LambdaBusyPoll = 10_000, 10_000, 50*ms
		c.Limits.ReadCallsPerSecond, c.Limits.ReadBurstCalls = 100, 100
		c.Producers[0].Keys = test.keys
		r := play(t, c)
		shards := 0.0
		for _, s := range r.Shards {
			if s.IncomingRecords > 0 {
				shards++
			}
		}
		got := float64(r.Consumers[0].ProcessedRecords) / 60 / shards
		if got > test.want*1.001 || got < test.want*0.8 {
			t.Errorf("factor %d, keys %v: %v records a second and shard, want up to %v", test.factor, test.keys, got, test.want)
		}
		if most := r.Consumers[0].Lambda.MaxConcurrency; most > int(shards)*test.factor {
			t.Errorf("factor %d: %d invocations at a time", test.factor, most)
		}
	}
}

// TestConcurrency: a limit of one makes all shards share one function.
func TestConcurrency(t *testing.T) {
	l := function()
	l.Concurrency = 1
	f := play(t, mapped(4, 2_000, 60*time.Second, l)).Consumers[0]
	near(t, "records a second", float64(f.ProcessedRecords)/60, 500, 0.03)
	if f.Lambda.MaxConcurrency != 1 || f.Lambda.Throttled == 0 {
		t.Errorf("%+v", f.Lambda)
	}
}

// TestFunctionCatchUp: after an outage the backlog is read at the pace of the
// function less what arrives.
func TestFunctionCatchUp(t *testing.T) {
	c := mapped(1, 200, 15*time.Minute, function())
	c.Faults = []client.Fault{{From: 60e9, To: 180e9, Consumer: "fn", Pause: true}}
	h := play(t, c).Faults[0].Recovery
	if h.CatchUpS == nil {
		t.Fatalf("%+v", h)
	}
	near(t, "catch-up", *h.CatchUpS, analytic.CatchUp(120*200, 500, 200), 0.12)
	near(t, "estimate", *h.EstimateS, analytic.CatchUp(120*200, 500, 200), 0.03)
}

// TestSharedCatchUp: a concurrency that the shards share is their pace together, and what
// the filter keeps out takes no time.
func TestSharedCatchUp(t *testing.T) {
	for _, keep := range []float64{1, 0.5} {
		l := function()
		l.Concurrency, l.Keep = 1, keep
		c := mapped(4, 200, 15*time.Minute, l)
		c.Limits.GetRecordsLimit = 200 // else most of the backlog is read and filtered at once
		c.Faults = []client.Fault{{From: 60e9, To: 360e9, Consumer: "fn", Pause: true}}
		h := play(t, c).Faults[0].Recovery
		want := analytic.CatchUp(300*200, 500/keep, 200)
		near(t, "catch-up", *h.CatchUpS, want, 0.12)
		near(t, "estimate", *h.EstimateS, want, 0.06) // of the busiest shard
	}
}

// poisoned is a function that meets a record at 60 s that it cannot process.
func poisoned(l client.Lambda) *sim.Config {
	c := mapped(2, 200, 4*time.Minute, l)
	c.Faults = []client.Fault{{From: 60e9, To: 3600e9, Consumer: "fn", Poison: &client.Stall{Shard: 1}}}
	return c
}

// TestPoison: a record that cannot be processed blocks its shard, until its batch has
// been tried as often as allowed and is given up; halving the batch saves all but the
// record itself, in log2 steps.
func TestPoison(t *testing.T) {
	f := play(t, poisoned(function())).Consumers[0]
	if f.FailedRecords != 0 || f.BacklogRecords < 17_000 {
		t.Errorf("without end: %d given up, backlog %d", f.FailedRecords, f.BacklogRecords)
	}
	l := function()
	l.Retries, l.Destination = 3, true
	f = play(t, poisoned(l)).Consumers[0]
	if f.FailedRecords == 0 || f.FailedRecords > 100 || f.Lambda.Errors != 4 || f.Lambda.Sent < f.FailedRecords || f.Lambda.Sent > 100 || f.BacklogRecords > 400 {
		t.Errorf("after three retries: %d given up, %d sent, %d errors, backlog %d", f.FailedRecords, f.Lambda.Sent, f.Lambda.Errors, f.BacklogRecords)
	}
	l.Bisect, l.Retries = true, 0
	f = play(t, poisoned(l)).Consumers[0]
	if f.FailedRecords != 1 || f.Lambda.Errors > 8 || f.Lambda.Errors < 6 {
		t.Errorf("by halves: %d given up after %d errors", f.FailedRecords, f.Lambda.Errors)
	}
	l.Bisect, l.Partial, l.Retries = false, true, 2
	f = play(t, poisoned(l)).Consumers[0]
	if f.FailedRecords == 0 || f.FailedRecords > 100 || f.RepeatedRecords != 0 {
		t.Errorf("told which: %d given up, %d processed again", f.FailedRecords, f.RepeatedRecords)
	}
	l.Bisect = true
	if f = play(t, poisoned(l)).Consumers[0]; f.FailedRecords != 1 || f.RepeatedRecords != 0 {
		t.Errorf("told which, by halves: %d given up, %d processed again", f.FailedRecords, f.RepeatedRecords)
	}
}

// TestFailedInvocations: of a function that fails each time nothing is processed, unless
// it says which record failed: then those before it are.
func TestFailedInvocations(t *testing.T) {
	l := function()
	l.Errors, l.Retries = 1, 2
	if f := play(t, mapped(1, 100, time.Minute, l)).Consumers[0]; f.ProcessedRecords != 0 || f.FailedRecords == 0 {
		t.Errorf("%d processed, %d given up", f.ProcessedRecords, f.FailedRecords)
	}
	l.Partial = true
	if f := play(t, mapped(1, 100, time.Minute, l)).Consumers[0]; f.ProcessedRecords == 0 || f.FailedRecords == 0 || f.RepeatedRecords != 0 {
		t.Errorf("told which: %d processed, %d given up, %d processed again", f.ProcessedRecords, f.FailedRecords, f.RepeatedRecords)
	}
}

// TestPausedFunction: a mapping or delivery stream that pauses invokes or delivers
// nothing, not even what it tries again, and what waits in its batch window or buffer.
func TestPausedFunction(t *testing.T) {
	failing, waiting := function(), function()
	failing.Errors, waiting.Window, waiting.BatchSize = 1, 30*time.Second, 10_000
	for _, kind := range []client.ConsumerKind{failing, waiting, client.Firehose{BufferSize: 1 << 30, BufferInterval: 30 * time.Second}} {
		c := scene(2, 200, 4*time.Minute)
		c.Consumers = []client.ConsumerConfig{{Name: "still", Kind: kind}}
		c.Faults = []client.Fault{{From: 50e9, To: 200e9, Consumer: "still", Pause: true}}
		s := play(t, c).Series.Consumers[0]
		for bin := 52; bin < 199; bin++ {
			if len(s.Invocations) > 0 && s.Invocations[bin] > 0 || s.EndToEndMax[bin] != nil {
				t.Errorf("%T: at work at %d s", kind, bin)
				break
			}
		}
	}
}

// TestMaxAge: what is older than allowed is given up, so a blocked shard goes on.
func TestMaxAge(t *testing.T) {
	l := function()
	l.MaxAge = 60 * time.Second
	f := play(t, poisoned(l)).Consumers[0]
	if f.FailedRecords < 50 || f.BacklogRecords > 6_500 {
		t.Errorf("%d given up, backlog %d", f.FailedRecords, f.BacklogRecords)
	}
}

// TestBatchWindow: with a window batches are as full as it lets them be.
func TestBatchWindow(t *testing.T) {
	l := function()
	l.BatchSize, l.Window, l.EFO = 1000, 2*time.Second, true
	f := play(t, mapped(1, 100, 2*time.Minute, l)).Consumers[0].Lambda
	near(t, "records in a batch", f.MeanBatch, 200, 0.05)
	l.BatchSize = 50
	near(t, "records in a full batch", play(t, mapped(1, 100, 2*time.Minute, l)).Consumers[0].Lambda.MeanBatch, 50, 0.02)
}

// TestTumblingWindow: each window of each shard ends with a call of its own, and no
// batch crosses its edge.
func TestTumblingWindow(t *testing.T) {
	l := function()
	l.Tumbling = 30 * time.Second
	f := play(t, mapped(3, 300, 5*time.Minute, l)).Consumers[0].Lambda
	if f.WindowEnds != 3*9 {
		t.Errorf("%d window ends in 5 min of 3 shards, want 27", f.WindowEnds)
	}
}

// TestFilter: what the filter keeps out costs reads and no invocation.
func TestFilter(t *testing.T) {
	l := function()
	l.Keep = 0.1
	f := play(t, mapped(1, 500, time.Minute, l)).Consumers[0]
	near(t, "filtered", float64(f.Lambda.Filtered), 0.9*500*60, 0.03)
	near(t, "records in a batch", f.Lambda.MeanBatch, 50, 0.05)
}

// TestOrderOfAFunction: with several batches of a shard at a time each key keeps to its
// own, so no record is handed over before an older one of its key; the story of each
// shows when.
func TestOrderOfAFunction(t *testing.T) {
	oneByOne(t)
	l := function()
	l.Parallel, l.BatchSize, l.Duration = 4, 10, model.Delay{P50: 100 * ms, P99: time.Second}
	c := mapped(1, 100, 20*time.Second, l)
	c.Producers[0].Keys = workload.List{{Name: "a", Weight: 1}, {Name: "b", Weight: 1}, {Name: "c", Weight: 1}, {Name: "d", Weight: 1}, {Name: "e", Weight: 1}}
	for _, key := range []string{"a", "d"} {
		last := -1.0
		for n := 100; n < 112; n++ {
			for _, s := range tell(t, c, fmt.Sprintf("%s#%d", key, n)).Story.Steps {
				if s.Step != "read" {
					continue
				}
				if s.AtS < last {
					t.Errorf("record %d of %s handed over at %v s, the one before at %v s", n, key, s.AtS, last)
				}
				last = s.AtS
			}
		}
		if last < 0 {
			t.Errorf("no record of %s was handed over", key)
		}
	}
}

// TestFirehose: records are delivered when the buffer is full, or when its time is
// over.
func TestFirehose(t *testing.T) {
	for _, test := range []struct {
		kind client.Firehose
		want float64 // mean seconds from arising to delivery
	}{
		{client.Firehose{BufferSize: model.GiB, BufferInterval: 20 * time.Second}, 10.5 + 0.5},
		{client.Firehose{BufferSize: model.MiB, BufferInterval: 900 * time.Second}, 1048576. / 100_000 / 2},
	} {
		c := scene(1, 1000, 3*time.Minute)
		c.Consumers = []client.ConsumerConfig{{Name: "lake", Kind: test.kind}}
		k := play(t, c).Consumers[0]
		near(t, "delivery", *k.EndToEndLatency.Mean/1e3, test.want, 0.25)
		if k.ProcessedRecords == 0 || k.ProcessedRecords > k.ReceivedRecords {
			t.Errorf("%d delivered of %d", k.ProcessedRecords, k.ReceivedRecords)
		}
	}
}

// TestFlinkRestart: a job goes back to its last checkpoint on all shards.
func TestFlinkRestart(t *testing.T) {
	oneByOne(t)
	const runs = 40
	sum := 0.0
	for seed := range uint64(runs) {
		c := scene(4, 400, 5*time.Minute)
		c.Seed = seed + 1
		c.Consumers = []client.ConsumerConfig{{Name: "job", Kind: client.Flink{Interval: 200 * ms, MaxRecords: 10_000, CheckpointEvery: 20 * time.Second}}}
		from := 100e9 + 500e6*float64(seed) // over a whole interval
		c.Faults = []client.Fault{{From: 0, To: 0, Consumer: "job", Restart: true}}
		c.Faults[0].From = c.Faults[0].From.Add(time.Duration(from))
		c.Faults[0].To = c.Faults[0].From.Add(15 * time.Second)
		k := play(t, c).Consumers[0]
		if k.ReceivedRecords+k.BacklogRecords != 400*300 {
			t.Errorf("%d received, %d to come", k.ReceivedRecords, k.BacklogRecords)
		}
		sum += float64(k.DuplicateRecords) / runs
	}
	near(t, "duplicates", sum, 400*10, 0.06)
}
