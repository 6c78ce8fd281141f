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
