package plan_test

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/plan"
	"kinesim/sim/workload"
)

// replay makes the calls of a plan on a stream, each when the plan says, and returns the
// map that it then has.
func replay(t fataler, from model.ShardMap, steps []plan.Step, limits model.Limits) model.ShardMap {
	s := kinesis.New(kinesis.Config{Limits: limits, Shards: from, Retention: 24 * time.Hour, MaxRecordSize: model.MiB})
	for _, step := range steps {
		now := des.Time(time.Duration(step.AtS * float64(time.Second)))
		for s.Due() <= now {
			s.Step(s.Due())
		}
		if fault := call(t, s, now, step); fault != (kinesis.Fault{}) {
			t.Fatalf("%s %v at %v: %s: %s", step.Call, step.Arguments, now, fault.Name, fault.Message)
		}
	}
	for s.Due() != des.Forever {
		s.Step(s.Due())
	}
	return s.OpenShards()
}

// fataler is a test or a property's.
type fataler interface{ Fatalf(string, ...any) }

func call(t fataler, s *kinesis.Stream, now des.Time, step plan.Step) kinesis.Fault {
	id := func(name string) model.ShardID {
		id, err := model.ParseShardID(step.Arguments[name])
		if err != nil {
			t.Fatalf("%v", err)
		}
		return id
	}
	switch step.Call {
	case "UpdateShardCount":
		n, err := strconv.Atoi(step.Arguments["TargetShardCount"])
		if err != nil {
			t.Fatalf("%v", err)
		}
		return s.UpdateShardCount(now, n)
	case "SplitShard":
		at, err := model.ParseHashKey(step.Arguments["NewStartingHashKey"])
		if err != nil {
			t.Fatalf("%v", err)
		}
		return s.SplitShard(now, id("ShardToSplit"), at)
	}
	return s.MergeShards(now, id("ShardToMerge"), id("AdjacentShardToMerge"))
}

// cuts draws a map: an even one, or one with boundaries anywhere.
func cuts(t *rapid.T, name string) model.ShardMap {
	n := rapid.IntRange(1, 12).Draw(t, name)
	if rapid.Bool().Draw(t, name+" even") {
		return model.EvenShards(n)
	}
	starts := []model.HashKey{{}}
	for i := 1; i < n; i++ {
		starts = append(starts, model.HashKey{Hi: starts[i-1].Hi + rapid.Uint64Range(1<<40, 1<<60).Draw(t, "gap"), Lo: rapid.Uint64().Draw(t, "low")})
	}
	m, err := model.ShardsFrom(starts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestStepsArrive: between any two maps, the calls of the plan are all accepted when the
// plan makes them, and lead to just the wanted map.
func TestStepsArrive(t *testing.T) {
	limits := model.AWS2026()
	rapid.Check(t, func(t *rapid.T) {
		from, to := cuts(t, "from"), cuts(t, "to")
		steps, err := plan.Steps(from, to, nil, &limits)
		if err != nil {
			t.Fatal(err)
		}
		got := replay(t, from, steps, limits)
		if got.Len() != to.Len() {
			t.Fatalf("%d shards, want %d", got.Len(), to.Len())
		}
		for i := range to.Len() {
			if a, b := got.At(i).Range, to.At(i).Range; a != b && !near(a.Start, b.Start) {
				t.Fatalf("shard %d has %v, want %v", i, a, b)
			}
		}
	})
}

// near tells whether two boundaries differ by rounding alone, as those of even maps of 3
// and of 6 shards do, which UpdateShardCount leaves as they are.
func near(a, b model.HashKey) bool {
	if b.Less(a) {
		a, b = b, a
	}
	return model.HashRange{Start: a, End: b}.Width().BitLen() <= 10
}

// TestStepsAreFew: to an even map by doubling or halving; to another by a call for each
// boundary that differs; more than ten UpdateShardCount calls wait for the next day.
func TestStepsAreFew(t *testing.T) {
	limits := model.AWS2026()
	steps := func(from, to model.ShardMap, l *plan.Load) []plan.Step {
		t.Helper()
		list, err := plan.Steps(from, to, l, &limits)
		if err != nil {
			t.Fatal(err)
		}
		replay(t, from, list, limits)
		return list
	}
	if got := steps(model.EvenShards(4), model.EvenShards(24), nil); len(got) != 3 || got[2].Shards != 24 {
		t.Errorf("4 to 24: %+v", got)
	}
	if got := steps(model.EvenShards(24), model.EvenShards(5), nil); len(got) != 3 || got[0].Shards != 12 {
		t.Errorf("24 to 5: %+v", got)
	}
	if got := steps(model.EvenShards(1), model.EvenShards(4000), nil); len(got) != 12 || got[10].AtS < 24*3600 || got[9].AtS > 24*3600 {
		t.Errorf("1 to 4,000: %+v", got)
	}
	// Zipf 0.8: 100 even shards, 21 uneven ones. No even map between holds the load.
	l := skewed()
	got := steps(model.EvenShards(100), l.Fewest(1), l)
	if len(got) != 20+99 || got[0].Call != "SplitShard" || got[20].Call != "MergeShards" || got[19].Shards != 120 {
		t.Errorf("%d calls, %+v …", len(got), got[0])
	}
	// From few to many where even maps hold: UpdateShardCount first saves calls.
	even := plan.LoadOf(scene(300, 100, workload.Unique{}))
	if got := steps(model.EvenShards(8), mapWith(t, 8, 3), even); len(got) != 1 || got[0].Call != "SplitShard" {
		t.Errorf("one more boundary: %+v", got)
	}
	if got := steps(model.EvenShards(16), mapWith(t, 32, 3), even); len(got) != 2 || got[0].Call != "UpdateShardCount" {
		t.Errorf("doubled and one more: %+v", got)
	}
	limits.ShardQuota = 110
	if _, err := plan.Steps(model.EvenShards(100), l.Fewest(1), l, &limits); err == nil {
		t.Error("a plan beyond the quota")
	}
}

// mapWith is an even map with one of its shards split in the middle.
func mapWith(t *testing.T, n, split int) model.ShardMap {
	t.Helper()
	m := model.EvenShards(n)
	var starts []model.HashKey
	for i := range m.Len() {
		starts = append(starts, m.At(i).Range.Start)
		if i == split {
			starts = append(starts, m.At(i).Range.Midpoint())
		}
	}
	after, err := model.ShardsFrom(starts)
	if err != nil {
		t.Fatal(err)
	}
	return after
}
