package report

import (
	"encoding/json"
	"fmt"
	"math"

	"kinesim/sim"
	"kinesim/sim/metric"
)

// The samples are results as a run would give them, made by hand so that every
// number in a golden file can be traced to a line here.

// ptr is for the values that may be null.
func ptr[T any](v T) *T { return &v }

func stats(n uint64, p50, p99, max float64) metric.Stats {
	return metric.Stats{Count: n, Mean: ptr(p50 * 1.1), P50: &p50, P90: ptr((p50 + p99) / 2), P99: &p99, P999: ptr((p99 + max) / 2), Max: &max}
}

// hotKeySample fails: from 2h02m to 2h27m of six hours one key asks its shard
// for more than it takes, and the consumer lake falls behind.
func hotKeySample() *sim.Result { return withHardships(hotKeyUntil(6 * 3600)) }

// hotKeyUntil is the same run, ended after so many seconds.
func hotKeyUntil(end float64) *sim.Result {
	r := frame("launch-night", 6*3600, 360)
	r.EndedAtS, r.Series.Bins = end, int(math.Ceil(end/60))
	for i := range r.Series.Bins {
		t := float64(i) * 60
		hot := t >= 7320 && t < 8820
		offered := int64(60 * (3000 + 500*math.Sin(t/3600)))
		var refused, failed, again int64
		if hot {
			refused, failed, again = 60*600, 60*20, 60*580
		}
		s := &r.Series.Stream
		s.OfferedRecords = append(s.OfferedRecords, offered)
		s.IncomingRecords = append(s.IncomingRecords, offered-failed)
		s.ThrottledRecords = append(s.ThrottledRecords, refused)
		s.RetriedRecords = append(s.RetriedRecords, again)
		s.FailedRecords = append(s.FailedRecords, failed)
		s.OfferedBytes = append(s.OfferedBytes, offered*900)
		s.IncomingBytes = append(s.IncomingBytes, (offered-failed)*900)
		s.ThrottledBytes = append(s.ThrottledBytes, refused*900)
		s.OpenShards = append(s.OpenShards, 8)
		s.CapacityRecordsPerS = append(s.CapacityRecordsPerS, 8000)
		s.CapacityBytesPerS = append(s.CapacityBytesPerS, 8<<20)
		s.PeakAttemptedRecords = append(s.PeakAttemptedRecords, float64(offered+again)/60*1.1)
		s.PeakAttemptedBytes = append(s.PeakAttemptedBytes, float64(offered+again)/60*990)
		addPut(&r.Series.Producers[0], again/60, 11, 40+float64(refused)/30, 60+float64(refused)/10)
		lag := 0.0
		if t > 7400 && t < 9600 {
			lag = 221e3 * (1 - math.Abs(t-8640)/2200)
		}
		addLake(&r.Series.Consumers[0], i, offered, lag)
		addFraud(&r.Series.Consumers[1], i, offered)
	}
	fillHeat(r, func(shard int, t float64) (float64, int64) {
		if shard == 5 && t >= 7320 && t < 8820 {
			return 1.2, 72_000
		}
		return .35 + .05*math.Sin(t/3600+float64(shard)), 0
	})
	finish(r)
	r.Passed = false
	share := float64(r.Producers[0].ThrottledAttempts) / float64(r.Producers[0].Attempts)
	r.Causes = []sim.Cause{
		{Cause: "hot_key", Shard: shardID(5), Key: "merchant-7", Records: 700_000, Share: 700. / 900, FromS: 7320, ToS: 8820, Limit: "records", Load: 1.48,
			Remedy: "no number of shards helps, as one key stays on one shard: spread merchant-7 over 2 keys (a salt), or aggregate its records"},
		{Cause: "retry_echo", Shard: shardID(5), Records: 180_000, Share: 180. / 900, FromS: 7320, ToS: 8830, Limit: "records",
			Remedy: "an echo of the other causes: cure those; a longer back-off makes fewer attempts in vain"},
		{Cause: "burst", Shard: shardID(2), Records: 20_000, Share: 20. / 900, FromS: 7400, ToS: 7460, Limit: "bytes", Load: .8,
			Remedy: "spread the burst, or leave room for it with more shards: --set stream.shards=16"},
	}
	r.Expectations = []sim.ExpectationResult{
		{Metric: "put_throttled_ratio", Unit: "ratio", Op: "below", Measured: &share, Limit: .005, Margin: ptr((.005 - share) / .005), Severity: "error", WorstAtS: ptr(7980.0), File: "launch-night.yaml", Line: 41},
		{Metric: "iterator_age", Where: "consumer lake", Stat: "max", Unit: "ms", Op: "below", Measured: ptr(221e3), Limit: 300e3, Margin: ptr(.2633), Passed: true, Severity: "error", WorstAtS: ptr(8640.0), File: "launch-night.yaml", Line: 42},
		{Metric: "propagation_delay", Where: "consumer fraud", Stat: "p99", Unit: "ms", Op: "below", During: "2h..3h", Measured: ptr(181.0), Limit: 500, Margin: ptr(.638), Passed: true, Severity: "error", WorstAtS: ptr(7500.0), File: "launch-night.yaml", Line: 43},
		{Metric: "expired_records", Unit: "records", Op: "equals", Measured: ptr(0.0), Limit: 0, Passed: true, Severity: "error", File: "launch-night.yaml", Line: 44},
		{Metric: "cost_per_month", Unit: "USD", Op: "below", Measured: ptr(312.4), Limit: 300, Margin: ptr(-.0413), Severity: "warn", File: "launch-night.yaml", Line: 45},
	}
	r.Warnings = []string{"propagation_delay p99 of consumer fraud rests on 812 values: fewer than ten lie beyond it"}
	return r
}

// steadySample passes, with a clock, bins of a second, and no trouble at all.
func steadySample() *sim.Result {
	r := frame("steady", 600, 600)
	r.Clock.Start = "2026-11-27T18:00:00Z"
	for i := range r.Series.Bins {
		s := &r.Series.Stream
		n := int64(3000 + i%7*10)
		s.OfferedRecords, s.IncomingRecords = append(s.OfferedRecords, n), append(s.IncomingRecords, n)
		s.OfferedBytes, s.IncomingBytes = append(s.OfferedBytes, n*900), append(s.IncomingBytes, n*900)
		s.ThrottledRecords, s.ThrottledBytes = append(s.ThrottledRecords, 0), append(s.ThrottledBytes, 0)
		s.RetriedRecords, s.FailedRecords = append(s.RetriedRecords, 0), append(s.FailedRecords, 0)
		s.OpenShards = append(s.OpenShards, 8)
		s.CapacityRecordsPerS, s.CapacityBytesPerS = append(s.CapacityRecordsPerS, 8000), append(s.CapacityBytesPerS, 8<<20)
		s.PeakAttemptedRecords, s.PeakAttemptedBytes = append(s.PeakAttemptedRecords, float64(n)), append(s.PeakAttemptedBytes, float64(n*900))
		addPut(&r.Series.Producers[0], 0, 11, 40, 60)
		addLake(&r.Series.Consumers[0], i, n, 0)
		addFraud(&r.Series.Consumers[1], i, n)
	}
	fillHeat(r, func(shard int, t float64) (float64, int64) { return .4 + .05*float64(shard), 0 })
	finish(r)
	r.Passed = true
	r.Stream.Utilization = stats(4800, .5, .7, .81)
	r.Consumers[0].IteratorAge = stats(600, 41, 900, 1120)
	r.Expectations = []sim.ExpectationResult{
		{Metric: "put_throttled_ratio", Unit: "ratio", Op: "below", Measured: ptr(0.0), Limit: .005, Margin: ptr(1.0), Passed: true, Severity: "error", File: "steady.yaml", Line: 12},
		{Metric: "iterator_age", Where: "consumer lake", Stat: "max", Unit: "ms", Op: "below", Measured: ptr(1120.0), Limit: 5000, Margin: ptr(.776), Passed: true, Severity: "error", WorstAtS: ptr(61.0), File: "steady.yaml", Line: 13},
	}
	return r
}

// partialSample was stopped at 2h13m, before anything was judged.
func partialSample() *sim.Result {
	r := hotKeyUntil(7990)
	r.Partial, r.Expectations, r.Passed = true, nil, true
	return r
}

// emptySample is a run in which nothing happened: no consumer, no record, no
// name, and every statistic null.
func emptySample() *sim.Result {
	return &sim.Result{
		Format: sim.Format, Version: "0.1.0", Runs: 1, Resolution: "record", Passed: true,
		Clock:    sim.ClockRef{DurationS: 10},
		Ledger:   sim.Ledger{Holds: true},
		Stream:   sim.StreamResult{Mode: "provisioned", OpenShards: 1, ShardRecordsPerS: 1000, ShardBytesPerS: 1 << 20},
		Config:   json.RawMessage(`{}`),
		EndedAtS: 10,
		Expectations: []sim.ExpectationResult{
			{Metric: "propagation_delay", Where: "consumer a", Stat: "p99", Unit: "ms", Op: "below", Limit: 100, Severity: "warn"},
		},
	}
}

// replicatedSample is run 1 of twenty, of which eighteen met an expectation
// that nineteen had to.
func replicatedSample() *sim.Result {
	r := steadySample()
	r.Runs, r.Passed = 20, false
	r.Expectations[0].Passed, r.Expectations[0].P, r.Expectations[0].PPass = false, ptr(.95), ptr(.9)
	r.Expectations[1].PPass = ptr(1.0)
	r.Replications = &sim.Replications{Runs: 20, Seeds: []uint64{1, 2, 3}, Metrics: []sim.ReplicationMetric{
		{Metric: "put_throttled_ratio", Mean: .0041, CI95Low: .0032, CI95High: .005, Max: .0123, PPass: ptr(.9)},
		{Metric: "iterator_age", Stat: "max", Where: "consumer lake", Mean: 1130, CI95Low: 1101, CI95High: 1159, Min: 1020, Max: 1302, PPass: ptr(1.0)},
	}}
	return r
}

// hostileSample has every name that could break a format.
func hostileSample() *sim.Result {
	r := hotKeySample()
	const bad = "</script><script>alert(1)</script>\"'`|,\n::error::\x1b[31m ]]> --> ${x} \u202e%0A @all http://evil.example/"
	r.Scenario.Name, r.Scenario.Description = bad, bad
	r.Producers[0].Name, r.Series.Producers[0].Name = bad, bad
	r.Consumers[0].Name, r.Series.Consumers[0].Name = bad, bad
	r.Keys[0].Key, r.Causes[0].Key, r.Causes[0].Remedy = bad, bad, bad
	r.Shards[5].ID, r.Heatmap.Rows[5] = bad, bad
	r.CloudWatch.Hidden.Shard[125], r.CloudWatch.Metrics[2].Dimensions["ConsumerName"] = bad, bad
	r.Causes[0].Shard, r.Keys[0].Shard = bad, bad
	for i := range r.Expectations {
		r.Expectations[i].File = bad
	}
	r.Expectations[1].Where = "consumer " + bad
	r.Histograms[0].Where = "consumer " + bad
	r.Warnings = append(r.Warnings, bad)
	r.Reproduce = "kinesim run " + bad
	r.Config = json.RawMessage(`{"name":"</pre><script>alert(2)</script>"}`)
	r.Assumptions[0].Help = bad
	change := sim.ChangeResult{AtS: 60, By: bad, Call: "UpdateShardCount", Arguments: bad, Saw: bad, Reason: bad, ShardsBefore: 8, ShardsAfter: 9, Drained: []sim.Drained{{Consumer: bad}}}
	r.Changes = []sim.ChangeResult{change, change}
	r.Changes[1].Error, r.Changes[1].Message = bad, bad
	r.Autoscaler, r.Comparison = &sim.AutoscalerResult{Name: bad, Policy: bad}, compared()
	r.Comparison.Rows[1].Name, r.Comparison.Rows[1].Policy = bad, bad
	return r
}

// frame is an empty result with eight shards, a producer and two consumers.
func frame(name string, seconds float64, bins int) *sim.Result {
	r := &sim.Result{
		Format: sim.Format, Version: "0.1.0", Seed: 42, Runs: 1, Resolution: "record", Fingerprint: "0123456789abcdef",
		Scenario:  sim.ScenarioRef{Name: name, Description: "Do 8 shards survive launch night?", SHA256: "00ff"},
		Clock:     sim.ClockRef{DurationS: seconds},
		Stream:    sim.StreamResult{Mode: "provisioned", OpenShards: 8, LeastShards: 8, MostShards: 8, ShardRecordsPerS: 1000, ShardBytesPerS: 1 << 20},
		Ledger:    sim.Ledger{Holds: true},
		Reproduce: "kinesim run " + name + " --seed 42",
		EndedAtS:  seconds,
		Config:    json.RawMessage(`{"kinesim":"v1","stream":{"retention":"24h","shards":8}}`),
	}
	r.Series.StepS, r.Series.Bins = seconds/float64(bins), bins
	r.Series.Producers = []sim.ProducerSeries{{Name: "checkout"}}
	r.Series.Consumers = []sim.ConsumerSeries{{Name: "lake"}, {Name: "fraud"}}
	r.Assumptions = []sim.Assumption{
		{ID: "write_records_per_second", Value: "1000", Source: "DG26 quotas", Kind: "documented", Help: "records a shard takes a second"},
		{ID: "write_burst_records", Value: "1000", Source: "judgement", Kind: "assumed", Range: "1,000–2,000", Help: "records a rested shard takes at once", Register: "A1", Overridden: true},
	}
	r.NotModelled = []string{"failures of the network"}
	r.Cost = sim.Cost{Currency: "USD", PerMonth: 312.4, OfRun: 2.6, Items: []sim.CostItem{
		{Item: "open shards", Quantity: 5760, Unit: "shard-hours", USD: 86.4}, {Item: "PUT payload units", Quantity: 16142857142.9, Unit: "units", USD: 226}}}
	return r
}

func shardID(n int) string { return fmt.Sprintf("shardId-%012d", n) }
