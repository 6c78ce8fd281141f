package sim_test

import (
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// seen is a metric of CloudWatch; it fails where there is none.
func seen(t *testing.T, r *sim.Result, name string) []*float64 {
	t.Helper()
	for _, m := range r.CloudWatch.Metrics {
		if m.Metric == name {
			return m.Values
		}
	}
	t.Fatalf("no metric %s", name)
	return nil
}

func sumSeen(values []*float64) (sum float64) {
	for _, v := range values {
		sum += *v
	}
	return sum
}

// TestCloudWatchSums: the periods of every Sum add up to what the shards and the
// producers counted, whatever the length of the run and of a period.
func TestCloudWatchSums(t *testing.T) {
	oneByOne(t)
	for _, c := range []struct {
		duration time.Duration
		rate     int64
		period   float64
		periods  int
	}{{150 * time.Second, 1500, 60, 3}, {59 * time.Second, 1500, 60, 1}, {25 * time.Hour, 3, 300, 300}, {130 * time.Hour, 1, 3600, 130}} {
		config := scene(1, c.rate, c.duration)
		config.Limits.WriteRecordsPerSecond, config.Limits.WriteBurstRecords = (c.rate+1)/2, 2
		config.Producers[0].Put = client.Put{Records: 5, Bytes: model.MiB, Linger: 20 * time.Second}
		config.Consumers = []client.ConsumerConfig{classic("one", time.Second)}
		r := play(t, config)
		p := r.Producers[0]
		for name, want := range map[string]int64{
			"IncomingRecords": r.Stream.IncomingRecords, "IncomingBytes": r.Stream.IncomingBytes,
			"WriteProvisionedThroughputExceeded": r.Stream.WriteThrottled, "ReadProvisionedThroughputExceeded": r.Stream.ReadThrottled,
			"PutRecords.TotalRecords": p.Attempts, "PutRecords.ThrottledRecords": p.ThrottledAttempts, "PutRecords.SuccessfulRecords": p.StoredRecords,
		} {
			values := seen(t, r, name)
			if got := sumSeen(values); got != float64(want) || len(values) != c.periods {
				t.Errorf("%v: %s adds up to %v in %d periods, want %d in %d", c.duration, name, got, len(values), want, c.periods)
			}
		}
		if w := r.CloudWatch; w.PeriodS != c.period || w.DelayS != 60 {
			t.Errorf("%v: periods of %v s, late by %v s", c.duration, w.PeriodS, w.DelayS)
		}
	}
}

// TestWhatAMinuteHides: 500 records in the first second of each minute are 5/6 of a
// percent of a minute, and five times what a shard of 100 a second takes in one.
func TestWhatAMinuteHides(t *testing.T) {
	c := scene(1, 0, 3*time.Minute)
	stepped(t, c, 0, 500, 1, 0, 60, 500, 61, 0, 120, 500, 121, 0)
	c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 100, 100
	h := play(t, c).CloudWatch.Hidden
	for i := range 3 {
		if h.BusiestShard[i] != 5 || h.StreamUse[i] > 0.04 || h.StreamUse[i] < 0.03 || h.WorstSecond[i] < 280 || h.Shard[i] != "shardId-000000000000" {
			t.Errorf("minute %d: %+v", i, h)
		}
	}
}

// TestGapsInCloudWatch: a reader that makes no calls for two minutes has no age in
// them; fan-out consumers have a metric each.
func TestGapsInCloudWatch(t *testing.T) {
	c := scene(1, 10, 6*time.Minute)
	busy := classic("busy", time.Second)
	busy.Processing.PerBatch = 130 * time.Second
	c.Consumers = []client.ConsumerConfig{busy, efo("fan")}
	c.Producers[0].Arrivals = workload.Regular{}
	r := play(t, c)
	gaps := 0
	for _, v := range seen(t, r, "GetRecords.IteratorAgeMilliseconds") {
		if v == nil {
			gaps++
		}
	}
	if gaps < 2 {
		t.Errorf("%d minutes without an age", gaps)
	}
	for _, v := range seen(t, r, "SubscribeToShardEvent.MillisBehindLatest") {
		if v == nil {
			t.Error("fan-out has a gap")
		}
	}
	if v := seen(t, r, "PutRecord.Success"); *v[0] != 1 {
		t.Errorf("success %v", *v[0])
	}
}
