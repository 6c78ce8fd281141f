package sim_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// tried plays a scenario and its trials.
func tried(t *testing.T, c *sim.Config) *sim.Result {
	t.Helper()
	r := play(t, c)
	if err := sim.Try(context.Background(), c, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTrialsOfAHotKey: 1,500/s of one key have a third refused, on 4 shards as on
// 8; spread over two keys, 750/s each, none is.
func TestTrialsOfAHotKey(t *testing.T) {
	c := scene(4, 1500, 100*time.Second)
	c.Producers[0].Keys = oneKey("hot")
	r := tried(t, c)
	trials := r.Causes[0].Trials
	if len(trials) != 2 {
		t.Fatalf("%+v", trials)
	}
	near(t, "before", trials[0].Before, 0.5/1.5, 0.03) // the burst at the beginning passes
	if trials[0].After != trials[0].Before || trials[0].Helps || trials[0].Set != "--set stream.shards=8" {
		t.Errorf("shards: %+v", trials[0])
	}
	if trials[1].After != 0 || !trials[1].Helps || trials[1].Set != "" || trials[1].Change != "with hot spread over 2 keys" {
		t.Errorf("salt: %+v", trials[1])
	}
}

// TestTrialsOfCapacity: 3,000/s on two shards want four; the remedy says so.
func TestTrialsOfCapacity(t *testing.T) {
	c := scene(2, 3000, 100*time.Second)
	r := tried(t, c)
	cause := r.Causes[0]
	if cause.Cause != "capacity" || len(cause.Trials) != 1 || !cause.Trials[0].Helps || cause.Trials[0].Set != "--set stream.shards=4" {
		t.Errorf("%+v", cause)
	}
}

// TestTrialsOfAHotShard: two keys of 700/s, both in the first quarter of the hash
// keys and one on each side of its middle, part when the shards are halved.
func TestTrialsOfAHotShard(t *testing.T) {
	c := scene(4, 1400, 100*time.Second)
	low, high := model.HashKey{Hi: 1 << 60}, model.HashKey{Hi: 3 << 60}
	c.Producers[0].Keys = workload.List{{Name: "a", Weight: 1, Explicit: &low}, {Name: "b", Weight: 1, Explicit: &high}}
	r := tried(t, c)
	if cause := r.Causes[0]; cause.Cause != "hot_shard" || len(cause.Trials) != 1 || cause.Trials[0].After != 0 {
		t.Errorf("%+v", cause)
	}
	high.Hi = 1<<60 + 1 // side by side: no halving parts them
	r = tried(t, c)
	if cause := r.Causes[0]; len(cause.Trials) != 2 || cause.Trials[1].Helps || cause.Trials[1].After != cause.Trials[1].Before {
		t.Errorf("%+v", cause)
	}
}

// TestNoTrials: nothing is tried where nothing was refused, where the run was cut
// short, or when there is no time.
func TestNoTrials(t *testing.T) {
	c := scene(1, 100, 10*time.Second)
	if r := tried(t, c); len(r.Causes) > 0 {
		t.Errorf("%+v", r.Causes)
	}
	c = scene(1, 3000, 10*time.Second)
	r := play(t, c)
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sim.Try(stopped, c, r); err != nil || r.Causes[0].Trials != nil {
		t.Errorf("%v: %+v", err, r.Causes[0].Trials)
	}
	r.Partial = true
	if err := sim.Try(t.Context(), c, r); err != nil || r.Causes[0].Trials != nil {
		t.Errorf("%v: %+v", err, r.Causes[0].Trials)
	}
}

// TestTrialsAreDeterministic: the same scenario gives the same trials.
func TestTrialsAreDeterministic(t *testing.T) {
	text := func() string {
		c := scene(2, 3000, 20*time.Second)
		c.Producers[0].Arrivals = workload.Poisson{}
		text, err := json.Marshal(tried(t, c).Causes)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if a, b := text(), text(); a != b {
		t.Errorf("%s\n%s", a, b)
	}
}

// overloadedFor offers 95/s to a shard that takes 100, and 150/s for a minute.
func overloadedFor(t *testing.T, retry client.Retry) *sim.Config {
	t.Helper()
	c := scene(1, 0, 20*time.Minute)
	c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 100, 100
	c.Limits.PutLatency = model.Constantly(10 * ms)
	stepped(t, c, 0, 95, 120, 150, 180, 95)
	c.Producers[0].Retry = retry
	return c
}

// TestRecovery: some 2,900 records are left over after the minute, and 5/s of room
// takes nearly ten minutes for them; who gives up is done at once.
func TestRecovery(t *testing.T) {
	patient := client.Backoff{Base: time.Second, Max: 10 * time.Second, Jitter: client.JitterFull, GiveUpAfter: time.Hour}
	r := tried(t, overloadedFor(t, patient))
	told := r.Recovery
	if told == nil || told.OverloadEnded != 180 || told.RefusalsEnded == nil {
		t.Fatalf("%+v", told)
	}
	left := 60*50. - 100 // the bucket was nearly full
	if want := left / 5; *told.RefusalsEnded-told.OverloadEnded != told.LastedS || told.LastedS < want-60 || told.LastedS > want+30 {
		t.Errorf("lasted %v s, want about %v", told.LastedS, want)
	}
	if len(told.CuredBy) != 1 || told.CuredBy[0].LastedS > told.LastedS/4 || told.CuredBy[0].Failed == 0 {
		t.Errorf("cured by %+v", told.CuredBy)
	}
	if r := play(t, overloadedFor(t, client.NoRetry{})); r.Recovery != nil {
		t.Errorf("without retries: %+v", r.Recovery)
	}
	// A third policy, which gives up after 5 s, has recovered within three windows.
	brief := client.Backoff{Base: 100 * ms, Max: time.Second, Jitter: client.JitterFull, GiveUpAfter: 5 * time.Second}
	if r := play(t, overloadedFor(t, brief)); r.Recovery != nil && r.Recovery.LastedS > 30 {
		t.Errorf("giving up after 5 s: %+v", r.Recovery)
	}
	c := overloadedFor(t, patient)
	c.Clock.Duration = 5 * time.Minute
	if r := play(t, c); r.Recovery == nil || r.Recovery.RefusalsEnded != nil || r.Recovery.LastedS != 120 {
		t.Errorf("cut short: %+v", r.Recovery)
	}
}
