package sim_test

import (
	"fmt"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// kinds are a consumer of each kind that reads at the tip.
func kinds() map[string]client.ConsumerKind {
	three := team(3)
	three.Version, three.Handoff, three.Prefetch = 3, 30*time.Second, 4
	wide := function()
	wide.Parallel = 3
	return map[string]client.ConsumerKind{
		"classic": client.Classic{Interval: time.Second, MaxRecords: 10_000}, "efo": client.EFO{},
		"kcl 2": team(2), "kcl 3": three, "kcl by fan-out": client.KCL{Version: 2, Workers: 2, EFO: true, CheckpointEvery: time.Second, Failover: 10 * time.Second, MaxLeases: 100, Steal: 1},
		"lambda": function(), "wide lambda": wide, "firehose": client.Firehose{BufferSize: model.MiB, BufferInterval: 10 * time.Second},
		"flink": client.Flink{Interval: 200 * ms, MaxRecords: 10_000, CheckpointEvery: 20 * time.Second},
	}
}

// moving is a scene whose shards are split, doubled and merged again.
func moving(kind client.ConsumerKind) *sim.Config {
	c := scene(2, 40, 6*time.Minute)
	c.Producers[0].Keys = workload.Ranked{S: 0, Count: 8, Prefix: "k"}
	c.Consumers = []client.ConsumerConfig{{Name: "reader", Kind: kind}}
	c.Reshard = []sim.Reshard{
		{At: 20e9, Split: &sim.SplitShard{Shard: sim.ShardPick{Which: sim.Hottest}}},
		{At: 80e9, Update: &sim.UpdateShardCount{Target: 6}},
		{At: 180e9, Update: &sim.UpdateShardCount{Target: 3}},
	}
	return c
}

// TestEveryReaderDrainsParents: whoever reads, through splits and merges he gets every
// record once, reads all closed shards to their ends, and gets the records of a key in
// their order.
func TestEveryReaderDrainsParents(t *testing.T) {
	oneByOne(t)
	for name, kind := range kinds() {
		t.Run(name, func(t *testing.T) {
			c := moving(kind)
			r := play(t, c)
			k := r.Consumers[0]
			steals := name == "kcl 2" || name == "kcl by fan-out" // which costs what was not checkpointed
			if k.ReceivedRecords+k.BacklogRecords != r.Stream.IncomingRecords || k.DuplicateRecords != 0 && !steals || r.Stream.IncomingRecords != 40*360 {
				t.Errorf("%d received, %d to come, %d twice; want %d", k.ReceivedRecords, k.BacklogRecords, k.DuplicateRecords, 40*360)
			}
			if k.BacklogRecords > 40*30 {
				t.Errorf("%d unread at the end", k.BacklogRecords)
			}
			if len(r.Changes) != 3 || r.Stream.OpenShards != 3 {
				t.Fatalf("%d changes leave %d shards", len(r.Changes), r.Stream.OpenShards)
			}
			for i, change := range r.Changes {
				if change.Error != "" || len(change.Drained) != 1 || change.Drained[0].AtS == nil || *change.Drained[0].AtS < *change.FirstS {
					t.Errorf("change %d: %+v", i, change)
				}
			}
			inOrder(t, c, "k1", []int{95, 140, 145, 150, 151, 152, 153, 155, 160, 500, 530, 535, 540, 545, 550, 560, 570, 1020, 1060, 1070, 1080, 1100, 1150})
		})
	}
}

// inOrder fails if one of these records of a key was handed over before one before it.
func inOrder(t *testing.T, c *sim.Config, key string, numbers []int) {
	t.Helper()
	last := -1.0
	for _, n := range numbers {
		first := -1.0
		for _, s := range tell(t, c, fmt.Sprintf("%s#%d", key, n)).Story.Steps {
			if s.Step == "read" && first < 0 {
				first = s.AtS
			}
		}
		if first < 0 {
			t.Errorf("record %d of %s was never handed over", n, key)
		}
		if first < last {
			t.Errorf("record %d of %s came at %v s, one before it at %v s", n, key, first, last)
		}
		last = first
	}
}

// TestHotKeyIsNotHelped: no number of splits helps a hot key; one split helps a hot
// shard. The causes tell them apart.
func TestHotKeyIsNotHelped(t *testing.T) {
	refused := func(keys workload.Keys, reshard []sim.Reshard) *sim.Result {
		c := scene(2, 1500, 4*time.Minute)
		c.Producers[0].Keys = keys
		c.Clock.Warmup = 2 * time.Minute // what was before the splits does not count
		c.Reshard = reshard
		return play(t, c)
	}
	split := []sim.Reshard{{At: 1e9, Split: &sim.SplitShard{Shard: sim.ShardPick{Which: sim.Hottest}}}, {At: 40e9, Split: &sim.SplitShard{Shard: sim.ShardPick{Which: sim.Hottest}}}}
	key := refused(oneKey("hot"), split)
	near(t, "a hot key after two splits", throttled(key), 1./3, 1e-3)
	if len(key.Causes) != 1 || key.Causes[0].Cause != "hot_key" || len(key.Changes) != 2 || key.Stream.OpenShards != 4 {
		t.Errorf("causes %+v, %d changes", key.Causes, len(key.Changes))
	}
	var crowd workload.List // many keys, all of which the first shard of two owns
	for i := 0; len(crowd) < 40; i++ {
		if name := fmt.Sprint("c", i); model.EvenShards(2).Find(model.KeyHash(name)) == 0 {
			crowd = append(crowd, workload.Key{Name: name, Weight: 1})
		}
	}
	whole := refused(crowd, nil)
	near(t, "a hot shard", throttled(whole), 1./3, 1e-3)
	if whole.Causes[0].Cause != "hot_shard" {
		t.Errorf("causes %+v", whole.Causes)
	}
	if halves := refused(crowd, split[:1]); halves.Stream.WriteThrottled != 0 {
		t.Errorf("%d refused after the split", halves.Stream.WriteThrottled)
	}
}

// TestOptimalSplitPartsKeys: four keys in the lower half of a shard are parted by the split
// that is called optimal, however often their refused records have been sent again.
func TestOptimalSplitPartsKeys(t *testing.T) {
	oneByOne(t)
	c := scene(1, 1500, 4*time.Minute)
	var cities workload.List
	for i := 0; len(cities) < 4; i++ {
		if name := fmt.Sprint("c", i); model.EvenShards(2).Find(model.KeyHash(name)) == 0 {
			cities = append(cities, workload.Key{Name: name, Weight: 1})
		}
	}
	c.Producers[0].Keys = cities
	c.Producers[0].Retry = client.Backoff{Base: 100 * ms, Max: time.Second, Jitter: client.JitterFull, GiveUpAfter: 5 * time.Second}
	c.Reshard = []sim.Reshard{{At: minute(2), Split: &sim.SplitShard{Point: sim.SplitOptimal}}}
	r := play(t, c)
	for _, s := range r.Shards[1:] {
		near(t, "records of a child", float64(s.IncomingRecords), 750*90, 0.05)
	}
}

// TestChildrenShareTheBurst: children begin with their parts of what the parent's bucket
// holds, and a merged shard with what its parents' hold.
func TestChildrenShareTheBurst(t *testing.T) {
	oneByOne(t)
	c := scene(1, 1, 40*time.Second)
	c.Limits.ReshardOperation = 10 * time.Second
	stepped(t, c, 0, 0, 10, 100_000)
	c.Reshard = []sim.Reshard{{At: 0, Split: &sim.SplitShard{}}}
	r := play(t, c)
	if first := r.Series.Stream.IncomingRecords; len(first) < 11 || first[10] < 2990 || first[10] > 3010 {
		t.Errorf("%d records in the first second after the split, want 1,000 of the burst and 2 × 1,000", first[10])
	}
}

// TestBacklogIsNotSplit: a reader that is behind is not helped by more shards: what it
// has not read stays in the parent, at the parent's pace.
func TestBacklogIsNotSplit(t *testing.T) {
	run := func(reshard []sim.Reshard) *sim.Result {
		c := scene(1, 900, 10*time.Minute)
		c.Consumers = []client.ConsumerConfig{classic("slow", time.Second)}
		c.Consumers[0].Processing.PerRecord = 2 * ms // 500 a second of each shard
		c.Reshard = reshard
		return play(t, c)
	}
	whole, split := run(nil), run([]sim.Reshard{{At: 290e9, Split: &sim.SplitShard{}}})
	backlog := func(r *sim.Result, second int) int64 { return r.Series.Consumers[0].BacklogRecords[second] }
	near(t, "backlog at five minutes", float64(backlog(split, 299)), 400*300, 0.05)
	// The parent holds 320 s × 900 records at the split, of which 160,000 are read by
	// then; the rest takes until 576 s. Until then no child is read.
	near(t, "backlog a little later", float64(backlog(split, 560)), float64(backlog(whole, 560)), 0.01)
	d := split.Changes[0].Drained[0]
	if d.AtS == nil {
		t.Fatal("the parent is never drained")
	}
	near(t, "the parent is drained", *d.AtS, 320*900./500, 0.02)
}

// TestCallsAreRefused: what the service refuses is in the timeline with the error's own
// name, and the run goes on.
func TestCallsAreRefused(t *testing.T) {
	c := scene(4, 100, 10*time.Minute)
	one := model.ShardID(2)
	c.Reshard = []sim.Reshard{
		{At: 10e9, Update: &sim.UpdateShardCount{Target: 9}},
		{At: 20e9, Update: &sim.UpdateShardCount{Target: 8}},
		{At: 30e9, Split: &sim.SplitShard{}},
		{At: 120e9, Split: &sim.SplitShard{}}, // of shard 0, which is closed by then
		{At: 120e9, Merge: &sim.MergeShards{Shard: sim.ShardPick{ID: 4}, Adjacent: &one}},
		{At: 200e9, Mode: sim.OnDemand},
		{At: 300e9, Update: &sim.UpdateShardCount{Target: 4}},
	}
	r := play(t, c)
	want := []string{"LimitExceededException", "", "ResourceInUseException", "InvalidArgumentException", "InvalidArgumentException", "", "ValidationException"}
	for i, change := range r.Changes {
		if change.Error != want[i] || (change.Error == "") != (change.Message == "") {
			t.Errorf("call %d: %+v, want %q", i+1, change, want[i])
		}
	}
	if r.Stream.OpenShards != 8 || r.Stream.IncomingRecords != 60_000 {
		t.Errorf("%d shards, %d records", r.Stream.OpenShards, r.Stream.IncomingRecords)
	}
}

// TestChildrenAreNotOld: the iterator of a shard that opened late in the run begins there.
func TestChildrenAreNotOld(t *testing.T) {
	c := scene(2, 1, 3*time.Hour)
	c.Consumers = []client.ConsumerConfig{classic("reader", time.Second)}
	c.Consumers = append(c.Consumers, client.ConsumerConfig{Name: "late", Kind: client.Classic{Interval: time.Second, MaxRecords: 100}, Joins: minute(100), Start: client.Start{Where: client.Latest}})
	c.Reshard = []sim.Reshard{{At: minute(150), Update: &sim.UpdateShardCount{Target: 4}}}
	for _, k := range play(t, c).Consumers {
		if *k.IteratorAge.Max > 3000 {
			t.Errorf("%s: iterator age %v ms", k.Name, *k.IteratorAge.Max)
		}
	}
}

// TestCatchUpThroughParents: after an outage in which the shards were doubled, the closed
// form counts the parents' backlogs before those of their children.
func TestCatchUpThroughParents(t *testing.T) {
	oneByOne(t)
	c := scene(2, 1000, 30*time.Minute)
	c.Consumers = []client.ConsumerConfig{{Name: "reader", Kind: client.Classic{Interval: time.Second, MaxRecords: 1500}}}
	c.Reshard = []sim.Reshard{{At: minute(8), Update: &sim.UpdateShardCount{Target: 4}}}
	c.Faults = []client.Fault{{From: minute(5), To: minute(10), Consumer: "reader", Pause: true}}
	h := play(t, c).Faults[0].Recovery
	if h == nil || h.EstimateS == nil || h.CatchUpS == nil {
		t.Fatalf("%+v", h)
	}
	near(t, "estimate", *h.EstimateS, *h.CatchUpS, 0.1)
}

// TestShardMetrics: expectations on the shards and the calls of their window.
func TestShardMetrics(t *testing.T) {
	c := scene(2, 10, 20*time.Minute)
	for i, n := range []int{4, 9, 8, 4} {
		c.Reshard = append(c.Reshard, sim.Reshard{At: minute(float64(1 + 4*i)), Update: &sim.UpdateShardCount{Target: n}})
	}
	want := map[sim.Expectation]float64{
		expect("open_shards", "max", sim.Above, 0): 8, expect("open_shards", "min", sim.Above, 0): 2, expect("open_shards", "end", sim.Above, 0): 4,
		expect("reshard_calls", "", sim.Above, 0): 3, expect("refused_calls", "", sim.Above, 0): 1,
	}
	for e, n := range map[sim.Expectation]float64{expect("open_shards", "max", sim.Above, 0): 4, expect("open_shards", "min", sim.Above, 0): 4, expect("refused_calls", "", sim.Above, 0): 1} {
		e.From, e.To, e.Windowed = minute(3), minute(8), true
		want[e] = n
	}
	for e := range want {
		c.Expect = append(c.Expect, e)
	}
	for i, r := range play(t, c).Expectations {
		if r.Measured == nil || *r.Measured != want[c.Expect[i]] {
			t.Errorf("%s %s during %q: %v, want %v", r.Metric, r.Stat, r.During, r.Measured, want[c.Expect[i]])
		}
	}
}
