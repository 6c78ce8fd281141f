package sim_test

import (
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// stepped gives the first producer a rate of steps: pairs of second and rate.
func stepped(t *testing.T, c *sim.Config, pairs ...int64) {
	t.Helper()
	var steps []workload.Step
	for i := 0; i < len(pairs); i += 2 {
		steps = append(steps, workload.Step{At: time.Duration(pairs[i]) * time.Second, Rate: model.PerSecond(pairs[i+1])})
	}
	rate, err := workload.Steps(steps)
	if err != nil {
		t.Fatal(err)
	}
	c.Producers[0].Rate = rate
}

// causesOf are the refused records of a run by cause.
func causesOf(r *sim.Result) map[string]int64 {
	found := map[string]int64{}
	for _, c := range r.Causes {
		found[c.Cause] += c.Records
	}
	return found
}

// TestCauses builds each cause by itself.
func TestCauses(t *testing.T) {
	for cause, build := range map[string]func(*sim.Config){
		"capacity": func(c *sim.Config) { c.Producers[0].Rate = workload.Constant(model.PerSecond(600)) },
		"hot_key":  func(c *sim.Config) { c.Producers[0].Keys = oneKey("one") },
		"hot_shard": func(c *sim.Config) { // many keys, all in the first quarter of the map
			var keys workload.List
			for i := range 50 {
				h := model.HashKey{Hi: uint64(i) << 50}
				keys = append(keys, workload.Key{Name: "k", Weight: 1, Explicit: &h})
			}
			c.Producers[0].Keys = keys
		},
		"burst": func(c *sim.Config) { stepped(t, c, 0, 40, 4, 2000, 5, 40) },
		"large_record": func(c *sim.Config) {
			c.Producers[0].Rate = workload.Constant(model.PerSecond(100))
			c.Producers[0].Keys = oneKey("one")
			c.Limits.WriteBytesPerSecond, c.Limits.WriteBurstBytes, c.Limits.WriteRecordsPerSecond = 50_000, 15_000, 1_000
			large := producer("large", 1)
			large.Keys, large.Size = oneKey("one"), workload.ConstantSize(19_990)
			c.Producers = append(c.Producers, large)
		},
	} {
		t.Run(cause, func(t *testing.T) {
			c := scene(4, 200, 10*time.Second)
			c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 100, 10
			build(c)
			r := play(t, c)
			if found := causesOf(r); found[cause] == 0 || found[cause] != r.Stream.WriteThrottled {
				t.Errorf("%d refused, by %v", r.Stream.WriteThrottled, found)
			}
		})
	}
}

// TestRetriesAreNotLoad: 680 records in 10 s, of which 360 in two of them, are a
// burst for a shard that takes 1,000. What is sent again, and then passes, is no
// load that anyone brought: with it the window would look fuller than it was.
func TestRetriesAreNotLoad(t *testing.T) {
	c := scene(1, 0, 60*time.Second)
	stepped(t, c, 0, 40, 10, 180, 12, 40)
	c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 100, 20
	c.Producers[0].Retry = client.Backoff{Base: 2 * time.Second, Max: 2 * time.Second, Jitter: client.JitterNone, GiveUpAfter: 30 * time.Second}
	r := play(t, c)
	found := causesOf(r)
	if found["burst"] == 0 || found["retry_echo"] == 0 || len(found) != 2 {
		t.Errorf("causes %v, want a burst and its echo", found)
	}
	if load := r.Causes[0].Load; load < 0.679 || load > 0.681 {
		t.Errorf("load %v, want 0.68", load)
	}
	// Each refusal but the first of a record is an echo.
	if first := r.Stream.WriteThrottled - found["retry_echo"]; first != found["burst"] || first > 360 {
		t.Errorf("%d first refusals of 360 records", first)
	}
}

// TestHeatMap: each column holds at least a whole second, the span in which
// shards are looked at, and all columns are looked at.
func TestHeatMap(t *testing.T) {
	for _, seconds := range []int{1, 5, 20, 21, 700} {
		c := scene(2, 100, time.Duration(seconds)*time.Second)
		h := play(t, c).Heatmap
		if h.StepS < 1 || float64(len(h.Utilization[0]))*h.StepS < float64(seconds) {
			t.Errorf("%d s: %d columns of %v s", seconds, len(h.Utilization[0]), h.StepS)
		}
		for i, row := range h.Utilization {
			for j, share := range row {
				if share < 0.02 || share > 0.08 { // 50 of 1,000 a second
					t.Errorf("%d s: row %d column %d shows %v, want 0.05", seconds, i, j, share)
				}
			}
		}
	}
	rows := play(t, scene(200, 100, time.Second)).Heatmap.Rows
	if len(rows) != 64 || rows[0] != "shardId-000000000000 … shardId-000000000003" || rows[63] != "shardId-000000000197 … shardId-000000000199" {
		t.Errorf("%d rows, from %s to %s", len(rows), rows[0], rows[len(rows)-1])
	}
}

func TestReplicateNeedsNoWorkersToFinish(t *testing.T) {
	done := make(chan error, 1)
	go func() {
		_, err := sim.Replicate(t.Context(), scene(1, 1, time.Second), 2, 0, nil)
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Error("no worker, no end")
	}
}

// TestPackedKeys: a key's user records are counted, but only its bytes can make it
// hot where they are packed; where they are not, its records can.
func TestPackedKeys(t *testing.T) {
	for _, packed := range []bool{true, false} {
		c := scene(2, 3000, 20*time.Second)
		p := &c.Producers[0]
		p.Keys, p.Size = oneKey("one"), workload.ConstantSize(50)
		withKPL(func(k *client.KPL) {
			k.AggregationEnabled, k.AggregationMaxCount, k.AggregationMaxSize = packed, 1<<32, 51_200
			k.CollectionMaxSize, k.CollectionMaxCount = model.MiB, 500
		})(p)
		others := producer("others", 60) // more bytes than two shards take, whatever the key does
		others.Size = workload.ConstantSize(50_000)
		c.Producers = append(c.Producers, others)
		r := play(t, c)
		if k := r.Keys[0]; k.Key != "one" || k.Packed != packed || k.PeakRecordsPerS < 2900 || r.Stream.WriteThrottled == 0 {
			t.Errorf("packed %v: %+v, %d refused", packed, k, r.Stream.WriteThrottled)
		}
		if found := causesOf(r); found["hot_key"] > 0 == packed {
			t.Errorf("packed %v: %v", packed, found)
		}
	}
}

// TestOneKeyOfTwoProducers: two producers that write 700 records a second each under
// the same key make it hot together, and it is listed once.
func TestOneKeyOfTwoProducers(t *testing.T) {
	c := scene(4, 700, 30*time.Second)
	c.Producers[0].Keys = oneKey("merchant-7")
	other := c.Producers[0]
	other.Name = "other"
	c.Producers = append(c.Producers, other)
	r := play(t, c)
	if len(r.Causes) != 1 || r.Causes[0].Cause != "hot_key" || r.Causes[0].Key != "merchant-7" || r.Causes[0].Load < 1.39 || r.Causes[0].Load > 1.41 {
		t.Errorf("%+v", r.Causes)
	}
	if len(r.Keys) != 1 || r.Keys[0].Records != 42_000 {
		t.Errorf("%+v", r.Keys)
	}
}
