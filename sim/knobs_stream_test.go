package sim_test

import (
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/autoscale"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// minute is a time so many minutes after the start.
func minute(n float64) des.Time { return des.Time(n * float64(time.Minute)) }

// restless is a stream that is called upon more often than the service allows, and that
// is on-demand for a while.
func restless() *sim.Config {
	c := scene(2, 20, 25*time.Minute)
	c.Reshard = []sim.Reshard{{At: minute(0.1), Split: &sim.SplitShard{Shard: sim.ShardPick{Which: sim.Hottest}}}}
	for i, n := range []int{5, 8, 4, 8, 4, 8, 7, 6} {
		c.Reshard = append(c.Reshard, sim.Reshard{At: minute(float64(1 + 2*i)), Update: &sim.UpdateShardCount{Target: n}})
	}
	c.Reshard = append(c.Reshard, sim.Reshard{At: minute(17), Mode: sim.OnDemand}, sim.Reshard{At: minute(20), Mode: sim.Provisioned})
	return c
}

// doubling is a policy that wants eight shards from an instant on.
func doubling(at des.Time) *sim.Autoscale {
	return &sim.Autoscale{Name: "more", Policy: autoscale.Schedule{Steps: []autoscale.Step{{At: at, Shards: 8}}}}
}

// stretching is an on-demand stream under a hot key, which it splits for in vain, and
// merges again in the calm after it.
func stretching() *sim.Config {
	rate, err := workload.Steps([]workload.Step{{Rate: model.PerSecond(10)}, {At: time.Minute, Rate: model.PerSecond(700)}, {At: 10 * time.Minute, Rate: model.PerSecond(10)}})
	if err != nil {
		panic(err)
	}
	c := elastic(rate, 40*time.Minute)
	c.Producers[0].Keys = oneKey("hot")
	c.Limits.OnDemandScaleDown = 14 * time.Minute
	c.Stream.Shards = model.EvenShards(3)
	return c
}

func TestEveryKnobOfTheStreamMatters(t *testing.T) {
	oneByOne(t)
	onDemand := func(c *sim.Config) { *c = *stretching() }
	for _, k := range []knobs{
		{of: sim.StreamConfig{}, from: onDemand, changes: map[string]func(*sim.Config){
			"Mode":          func(c *sim.Config) { c.Stream.Mode = sim.Provisioned },
			"Shards":        func(c *sim.Config) { c.Stream.Shards = model.EvenShards(5) },
			"Retention":     func(c *sim.Config) { c.Stream.Retention = 4 * time.Second },
			"Retentions":    func(c *sim.Config) { c.Stream.Retentions = []sim.RetentionChange{{At: 3e9, Retention: time.Second}} },
			"MaxRecordSize": func(c *sim.Config) { c.Stream.MaxRecordSize = 400 },
			"History":       func(c *sim.Config) { c.Stream.History.PeakRecords = 4000 },
			"Warm":          func(c *sim.Config) { c.Stream.Warm = 8 * model.MiB },
			"AutoKeys":      func(c *sim.Config) { c.Stream.AutoKeys = true },
		}, reasons: map[string]string{"ExactRecords": "needs records that are older than a minute; TestReadersOfLots has them"}},
		{of: sim.History{}, from: onDemand, changes: map[string]func(*sim.Config){
			"PeakBytes":   func(c *sim.Config) { c.Stream.History.PeakBytes = 4 * model.MiB },
			"PeakRecords": func(c *sim.Config) { c.Stream.History.PeakRecords = 4000 },
		}},
		{of: sim.Reshard{}, from: func(c *sim.Config) { *c = *restless() }, changes: map[string]func(*sim.Config){
			"At":     func(c *sim.Config) { c.Reshard[1].At = minute(1.5) },
			"Update": func(c *sim.Config) { c.Reshard[1].Update.Target = 6 },
			"Split":  func(c *sim.Config) { c.Reshard[0].Split = &sim.SplitShard{Shard: sim.ShardPick{ID: 1}} },
			"Merge":  func(c *sim.Config) { c.Reshard[0] = sim.Reshard{At: 9e9, Merge: &sim.MergeShards{}} },
			"Mode":   func(c *sim.Config) { c.Reshard[9].Mode = sim.OnDemandAdvantage },
		}},
		{of: sim.Autoscale{}, from: func(c *sim.Config) {
			*c = *restless()
			c.Autoscale = doubling(minute(18))
		}, changes: map[string]func(*sim.Config){
			"Name":   func(c *sim.Config) { c.Autoscale.Name = "another" },
			"Policy": func(c *sim.Config) { c.Autoscale = doubling(minute(10)) },
		}},
	} {
		k.play(t)
	}
}
