package report

import (
	"math/big"

	"kinesim/sim"
)

// changingSample is a stream that an autoscaler doubles, halves too late and cannot halve
// again, with a split by the scenario, and with the policies that were compared.
func changingSample() *sim.Result {
	r := steadySample()
	r.Scenario.Name, r.Clock.Start = "changing", ""
	eighth := new(big.Int).Lsh(big.NewInt(1), 125)
	r.Shards = nil
	add := func(from, to int64, opened float64, closed *float64, state string, parents ...int) {
		start, end := new(big.Int).Mul(eighth, big.NewInt(from)), new(big.Int).Mul(eighth, big.NewInt(to))
		s := sim.ShardResult{
			ID: shardID(len(r.Shards)), StartingHashKey: start.String(), EndingHashKey: end.Sub(end, big.NewInt(1)).String(),
			State: state, OpenedAtS: opened, ClosedAtS: closed, IncomingRecords: 60_000, IncomingBytes: 54_000_000,
		}
		for i, p := range parents {
			*[]**string{&s.ParentID, &s.AdjacentParentID}[i] = ptr(shardID(p))
		}
		r.Shards = append(r.Shards, s)
	}
	add(0, 4, 0, ptr(120.0), "CLOSED")
	add(4, 8, 0, ptr(150.0), "CLOSED")
	add(0, 2, 120, ptr(400.0), "CLOSED", 0)
	add(2, 4, 120, ptr(400.0), "CLOSED", 0)
	add(4, 6, 150, nil, "OPEN", 1)
	add(6, 8, 150, nil, "OPEN", 1)
	add(0, 4, 400, nil, "OPEN", 2, 3)
	r.Stream.OpenShards, r.Stream.LeastShards, r.Stream.MostShards = 3, 2, 4
	for i := range r.Series.Stream.OpenShards {
		n := 2
		switch {
		case i >= 400:
			n = 3
		case i >= 150:
			n = 4
		case i >= 120:
			n = 3
		}
		r.Series.Stream.OpenShards[i] = n
		r.Series.Stream.CapacityRecordsPerS[i], r.Series.Stream.CapacityBytesPerS[i] = float64(n)*1000, float64(n<<20)
	}
	r.Heatmap.Rows = []string{
		"0.0 – 12.5 % of the hash keys", "12.5 – 25.0 % of the hash keys", "25.0 – 37.5 % of the hash keys", "37.5 – 50.0 % of the hash keys",
		"50.0 – 62.5 % of the hash keys", "62.5 – 75.0 % of the hash keys", "75.0 – 87.5 % of the hash keys", "87.5 – 100.0 % of the hash keys",
	}
	r.Changes = []sim.ChangeResult{
		{AtS: 60, By: "target-tracking", Call: "UpdateShardCount", Arguments: "TargetShardCount=4", Saw: "utilization 99.0 %", Reason: "2 shards × 99.0 % ÷ 70.0 %",
			FirstS: ptr(120.0), DoneS: ptr(150.0), Splits: 2, ShardsBefore: 2, ShardsMost: 4, ShardsAfter: 4,
			Drained: []sim.Drained{{Consumer: "lake", AtS: ptr(300.0)}, {Consumer: "fraud", AtS: ptr(150.2)}}},
		{AtS: 200, By: "target-tracking", Call: "UpdateShardCount", Arguments: "TargetShardCount=9", Error: "LimitExceededException", Message: "9 is more than double the 4 open shards", ShardsBefore: 4, ShardsMost: 4, ShardsAfter: 4},
		{AtS: 260, By: "target-tracking", Call: "UpdateShardCount", Arguments: "TargetShardCount=9", Error: "LimitExceededException", Message: "9 is more than double the 4 open shards", ShardsBefore: 4, ShardsMost: 4, ShardsAfter: 4},
		{AtS: 370, By: "scenario", Call: "MergeShards", Arguments: "ShardToMerge=" + shardID(2) + " AdjacentShardToMerge=" + shardID(3),
			FirstS: ptr(400.0), DoneS: ptr(400.0), Merges: 1, ShardsBefore: 4, ShardsMost: 4, ShardsAfter: 3, Drained: []sim.Drained{{Consumer: "lake"}}},
	}
	r.Autoscaler = &sim.AutoscalerResult{Name: "target-tracking", Policy: "target_tracking", Calls: 1, Refused: 2, MostCalls: 1, LeastShards: 2, MostShards: 4}
	r.Comparison = compared()
	return r
}

// compared is the ranking of three policies beside the one that knows the future.
func compared() *sim.Shootout {
	row := func(rank int, name, policy string, ratio, cost float64, least, most, calls int) sim.ShootoutRow {
		r := sim.ShootoutRow{Rank: rank, Name: name, Policy: policy, ThrottledRatio: ratio, ThrottledRecords: int64(ratio * 1e6), CostOfRun: cost, CostPerMonth: cost * 4320,
			MaxAgeMS: ptr(1200 + ratio*1e6), LeastShards: least, MostShards: most, Calls: calls, MostCalls: calls}
		for i := range 600 {
			r.OpenShards = append(r.OpenShards, least+(most-least)*i/599)
		}
		if rank > 0 {
			r.Regret = &sim.Regret{ThrottledRecords: r.ThrottledRecords, CostOfRun: cost - .02}
		}
		return r
	}
	m := &sim.Shootout{StepS: 1, Rows: []sim.ShootoutRow{
		row(0, "knows the future", "clairvoyant", 0, .02, 2, 5, 2), row(1, "on-demand", "on_demand", 0, .08, 4, 8, 0),
		row(2, "as-is", "target_tracking", .031, .025, 2, 4, 1), row(3, "none", "provisioned", .21, .015, 2, 2, 0),
	}}
	m.Rows[2].RefusedCalls, m.Rows[2].Oscillations = 2, 1
	for i := range 600 {
		m.Needed = append(m.Needed, 3+i/200)
	}
	return m
}
