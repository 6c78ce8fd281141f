package sim_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"kinesim/model/analytic"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// team is an application of the library, version 2, that polls each second.
func team(workers int) client.KCL {
	return client.KCL{
		Version: 2, Workers: workers, Interval: time.Second, MaxRecords: 10_000, CheckpointEvery: 10 * time.Second,
		Failover: 10 * time.Second, MaxLeases: 1 << 30, Steal: 1,
	}
}

// crew is a scene that a team reads.
func crew(shards int, perSecond int64, duration time.Duration, k client.KCL) *sim.Config {
	c := scene(shards, perSecond, duration)
	c.Consumers = []client.ConsumerConfig{{Name: "team", Kind: k}}
	return c
}

// killed adds the death of workers of the team.
func killed(c *sim.Config, at, back time.Duration, workers int) *sim.Config {
	c.Faults = append(c.Faults, client.Fault{From: des.Time(at), To: des.Time(back), Consumer: "team", Workers: workers, Kill: true})
	return c
}

// moves are the changes of owners for a reason.
func moves(r *sim.Result, reason client.Reason) []sim.MoveResult {
	var list []sim.MoveResult
	for _, m := range r.Consumers[0].KCL.Moves {
		if m.Reason == string(reason) {
			list = append(list, m)
		}
	}
	return list
}

// TestFailoverDetection: a worker takes over leases between one and two scans after
// their owner died, less the age of its last renewal: 20.05 to 40.1 s by default, and
// not the ten seconds of the failover time.
func TestFailoverDetection(t *testing.T) {
	scan := 2 * (10*time.Second + 25*time.Millisecond).Seconds()
	renew := (10*time.Second/3 - 25*time.Millisecond).Seconds()
	sum, n := 0.0, 0
	for seed := range uint64(40) {
		c := killed(crew(8, 80, 5*time.Minute, team(2)), time.Minute, time.Hour, 1)
		c.Seed = seed + 1
		for _, m := range moves(play(t, c), client.Lapsed) {
			took := m.AtS - 60
			if took < scan-renew-10 || took > 2*scan {
				t.Errorf("seed %d: taken over after %v s", c.Seed, took)
			}
			sum, n = sum+took, n+1
		}
	}
	if n != 40*4 {
		t.Fatalf("%d leases taken over, want 160", n)
	}
	near(t, "mean detection", sum/float64(n), analytic.Detection(seconds(scan), seconds(renew)).Seconds(), 0.05)
}

// TestLeaderDetection: version 3 looks for expired leases each 20 s, and workers for
// theirs each 10 s.
func TestLeaderDetection(t *testing.T) {
	oneByOne(t)
	for seed := range uint64(20) {
		k := team(4)
		k.Version, k.Handoff = 3, 30*time.Second
		c := killed(crew(8, 80, 8*time.Minute, k), time.Minute, time.Hour, 1)
		c.Seed = seed + 1
		r := play(t, c)
		for _, m := range moves(r, client.Lapsed) {
			if took := m.AtS - 60; took < 15 || took > 40+120+30 { // a dead leader is found out by its lock
				t.Errorf("seed %d: assigned after %v s", c.Seed, took)
			}
		}
		if got := len(moves(r, client.Lapsed)); got != 2 {
			t.Errorf("seed %d: %d leases were assigned anew, want 2", c.Seed, got)
		}
	}
}

// TestDuplicatesAfterFailover: what comes again is what came since the last
// checkpoint of each shard. Ten seconds between checkpoints make five on average,
// and the batch that was in hand.
func TestDuplicatesAfterFailover(t *testing.T) {
	oneByOne(t)
	const perShard, shards = 100, 4
	const runs, apart, within = 60, 777 * ms, 0.1
	for _, every := range []time.Duration{0, 4 * time.Second, 20 * time.Second} {
		k := team(2)
		k.CheckpointEvery = every
		sum := 0.0
		for seed := range uint64(runs) {
			c := killed(crew(shards, shards*perShard, 4*time.Minute, k), time.Minute+time.Duration(seed)*apart, time.Hour, 1)
			c.Seed = seed + 1
			team := play(t, c).Consumers[0]
			if team.ReceivedRecords+team.BacklogRecords != shards*perShard*240 {
				t.Errorf("seed %d: %d received, %d to come", c.Seed, team.ReceivedRecords, team.BacklogRecords)
			}
			sum += float64(team.DuplicateRecords) / float64(runs)
		}
		near(t, every.String()+": duplicates", sum, shards/2*analytic.Duplicates(perShard, every, time.Second), within)
	}
}

// TestDedup: a sink that knows sequence numbers recognises what is processed again.
func TestDedup(t *testing.T) {
	c := killed(crew(4, 400, 4*time.Minute, team(2)), time.Minute, time.Hour, 1)
	c.Expect = []sim.Expectation{expect("repeated_records", "", sim.Equals, 0), expect("repeated_records", "", sim.Above, 0)}
	r := play(t, c)
	if r.Expectations[0].Passed || !r.Expectations[1].Passed {
		t.Errorf("repeated_records is %v", *r.Expectations[0].Measured)
	}
	twice := r.Consumers[0]
	if twice.RepeatedRecords == 0 || twice.RepeatedRecords > twice.DuplicateRecords || twice.Deduplicated != 0 {
		t.Errorf("without: %d of %d with effects twice, %d recognised", twice.RepeatedRecords, twice.DuplicateRecords, twice.Deduplicated)
	}
	c.Consumers[0].Dedup = true
	r = play(t, c)
	if !r.Expectations[0].Passed {
		t.Errorf("repeated_records is %v with a sink that knows them", *r.Expectations[0].Measured)
	}
	once := r.Consumers[0]
	if once.RepeatedRecords != 0 || once.Deduplicated != twice.RepeatedRecords || once.DuplicateRecords != twice.DuplicateRecords {
		t.Errorf("with: %d with effects twice, %d recognised of %d", once.RepeatedRecords, once.Deduplicated, once.DuplicateRecords)
	}
}

// TestStealTimes: a worker that joins steals one lease a scan, so n leases take about
// n × 20 s to move.
func TestStealTimes(t *testing.T) {
	for _, shards := range []int{4, 8, 16} {
		c := crew(shards, 100, 10*time.Minute, team(2))
		c = killed(c, time.Second, 2*time.Minute, 1)
		r := play(t, c)
		stolen := moves(r, client.Stolen)
		if len(stolen) != shards/2 {
			t.Fatalf("%d shards: %d leases stolen, want half", shards, len(stolen))
		}
		took := stolen[len(stolen)-1].AtS - stolen[0].AtS
		near(t, "from the first to the last theft", took, analytic.StealTime(shards/2, 1, 20_050*ms).Seconds(), 0.01)
	}
}

// TestOneWorkerWorks: when all start at once with an empty table, the first takes
// every lease, and the others steal them one by one.
func TestOneWorkerWorks(t *testing.T) {
	k := team(4)
	k.Cold = true
	r := play(t, crew(12, 120, 6*time.Minute, k))
	if first := moves(r, client.Unowned); len(first) != 12 || first[11].AtS > 1 {
		t.Errorf("%d leases taken at the start", len(first))
	}
	for _, w := range r.Consumers[0].KCL.Workers {
		if w.Leases != 3 {
			t.Errorf("%s has %d leases in the end, want 3", w.Worker, w.Leases)
		}
	}
	if stolen := moves(r, client.Stolen); len(stolen) != 9 || stolen[8].AtS < 40 {
		t.Errorf("stolen: %+v", stolen)
	}
}

// TestGracefulHandoff: version 3 moves leases without a record coming twice, and
// without the hand-off it moves them with some.
func TestGracefulHandoff(t *testing.T) {
	oneByOne(t)
	for _, handoff := range []time.Duration{30 * time.Second, 0} {
		k := team(2)
		k.Version, k.Handoff = 3, handoff
		c := crew(8, 800, 10*time.Minute, k)
		c.Consumers[0].Processing.PerRecord = 2 * ms
		c.Faults = []client.Fault{{From: 60e9, To: 80e9, Consumer: "team", Deploy: &client.Deploy{AtATime: 2, Down: 10 * time.Second}}}
		r := play(t, c)
		balanced := len(moves(r, client.Balanced))
		if d := r.Consumers[0].DuplicateRecords; handoff > 0 && d != 0 {
			t.Errorf("%d records came twice in a graceful deploy and %d hand-offs", d, balanced)
		}
		if released := len(moves(r, client.Released)); released != 8 {
			t.Errorf("%d leases given up in the deploy, want 8", released)
		}
	}
}

// TestSlowHandoff: a worker that waits for the owner before to finish its batch is not
// taken for dead, so it gets its lease, and nothing comes twice beside what was in the
// hands of the worker that was killed.
func TestSlowHandoff(t *testing.T) {
	oneByOne(t)
	handed := 0
	for seed := range uint64(5) {
		k := team(3)
		k.Version, k.Handoff, k.Prefetch = 3, 30*time.Second, 4
		c := killed(crew(6, 600, 20*time.Minute, k), 4*time.Minute, 5*time.Minute, 1)
		c.Seed, c.Consumers[0].Processing.PerBatch = seed+1, 15*time.Second
		r := play(t, c)
		lapsed, balanced := moves(r, client.Lapsed), moves(r, client.Balanced)
		handed += len(balanced)
		if len(lapsed) != 2 {
			t.Errorf("seed %d: %d leases expired of the two of the dead worker; %d were handed over", c.Seed, len(lapsed), len(balanced))
		}
		for _, m := range balanced {
			if m.ReadsAtS == nil || *m.ReadsAtS > m.AtS+30+10+1 {
				t.Errorf("seed %d: handed over and never read: %+v", c.Seed, m)
			}
		}
	}
	if handed == 0 {
		t.Error("no lease was handed over")
	}
}

// TestDeadTwice: a worker that two faults keep away comes back when the longer is over.
func TestDeadTwice(t *testing.T) {
	c := killed(killed(crew(2, 20, 10*time.Minute, team(2)), time.Minute, 8*time.Minute, 2), 2*time.Minute, 3*time.Minute, 2)
	r := play(t, c)
	if n := len(r.Consumers[0].KCL.Workers); n != 4 {
		t.Errorf("%d workers, want two and two that came after them", n)
	}
	for _, m := range r.Consumers[0].KCL.Moves {
		if m.AtS > 60 && m.AtS < 480 {
			t.Errorf("a lease moved while no worker was there: %+v", m)
		}
	}
	for _, f := range r.Faults { // one lease was taken and then stolen
		if f.Recovery.TakenOver != 2 {
			t.Errorf("%s: %d leases taken over of two", f.Text, f.Recovery.TakenOver)
		}
	}
}

// TestMostLeases: a worker that is left alone takes no more leases than it may have,
// however long they have waited.
func TestMostLeases(t *testing.T) {
	oneByOne(t)
	k := team(5)
	k.MaxLeases = 2
	c := killed(crew(4, 60, 10*time.Minute, k), time.Minute, time.Hour, 4)
	c.Faults = append(c.Faults, client.Fault{From: 60e9, To: 150e9, Consumer: "team", LeaseTable: 1})
	for seed := range uint64(5) {
		c.Seed = seed + 1
		for _, w := range play(t, c).Consumers[0].KCL.Workers {
			if w.Leases > 2 {
				t.Errorf("seed %d: %s has %d leases, of which two are allowed", c.Seed, w.Worker, w.Leases)
			}
		}
	}
}

// TestZombie: workers that are cut off for longer than the failover go on with what
// they have read, and another goes over the same records.
func TestZombie(t *testing.T) {
	c := crew(4, 400, 5*time.Minute, team(2))
	c.Faults = []client.Fault{{From: 60e9, To: 150e9, Consumer: "team", Workers: 1, NetworkGap: true}}
	r := play(t, c)
	if n := len(moves(r, client.Lapsed)); n != 2 {
		t.Errorf("%d leases lapsed, want 2", n)
	}
	if k := r.Consumers[0]; k.DuplicateRecords == 0 || k.DuplicateRecords > 2*100*15 {
		t.Errorf("%d duplicates", k.DuplicateRecords)
	}
	// The same pause of both leaves each its leases: nobody looked meanwhile.
	c.Faults = []client.Fault{{From: 60e9, To: 150e9, Consumer: "team", Pause: true}}
	if r = play(t, c); len(moves(r, client.Lapsed)) != 0 && r.Consumers[0].DuplicateRecords > 2*100*15 {
		t.Errorf("after a pause of all: %d moves, %d duplicates", len(moves(r, client.Lapsed)), r.Consumers[0].DuplicateRecords)
	}
}

// TestLeaseTable: each lease costs a write each 3.308 s, and each checkpoint one. A
// table of ten units a second cannot renew 64 leases in time, so they are lost.
func TestLeaseTable(t *testing.T) {
	k := team(2)
	k.CheckpointEvery = time.Hour
	r := play(t, crew(64, 64, 10*time.Minute, k))
	near(t, "writes", float64(r.Consumers[0].KCL.TableWrites), 64*600/3.308, 0.01)
	k.WriteUnits = 10
	r = play(t, crew(64, 64, 10*time.Minute, k))
	if f := r.Consumers[0].KCL; f.TableThrottled == 0 || len(moves(r, client.Lapsed)) == 0 {
		t.Errorf("a table of 10 units: %d writes refused, moves: %d", f.TableThrottled, f.MoveCount)
	}
}

// TestFirstPageOfShards: who does not page ListShards reads 1,000 shards and no more.
func TestFirstPageOfShards(t *testing.T) {
	k := team(2)
	k.FirstPage = true
	r := play(t, crew(1_500, 3_000, 20*time.Second, k))
	f := r.Consumers[0]
	if f.KCL.Leases != 1_000 || f.KCL.UnseenShards != 500 {
		t.Errorf("%d leases, %d shards unseen", f.KCL.Leases, f.KCL.UnseenShards)
	}
	near(t, "part that is never read", float64(f.BacklogRecords)/60_000, 1./3, 0.1)
}

// TestPrefetch: with calls ahead of the batch in hand a reader keeps its processor
// busy; without, each call waits for it.
func TestPrefetch(t *testing.T) {
	per := func(prefetch int) float64 {
		k := team(1)
		k.Prefetch, k.MaxRecords = prefetch, 100
		c := crew(1, 500, 2*time.Minute, k)
		c.Consumers[0].Processing.PerBatch = 500 * ms
		return float64(play(t, c).Consumers[0].ProcessedRecords) / 120
	}
	near(t, "one after the other", per(0), 100/1.0, 0.02) // an interval of 1 s from the answer, in which the batch is done
	near(t, "read ahead", per(3), 100, 0.02)
	if math.IsNaN(per(1)) {
		t.Error("no records")
	}
}

// seconds is a duration of so many seconds.
func seconds(s float64) time.Duration { return time.Duration(s * 1e9) }

// TestOrderThroughFailovers: through deaths, thefts and cut-offs a key's records are
// handed over for the first time in their order; only what comes again goes back.
func TestOrderThroughFailovers(t *testing.T) {
	oneByOne(t)
	k := team(3)
	k.CheckpointEvery = 15 * time.Second
	c := crew(2, 10, 3*time.Minute, k)
	c.Producers[0].Keys = workload.List{{Name: "a", Weight: 1}, {Name: "b", Weight: 1}}
	c.Faults = []client.Fault{
		{From: 40e9, To: 60e9, Consumer: "team", Workers: 2, Kill: true}, {From: 90e9, To: 130e9, Consumer: "team", Workers: 2, NetworkGap: true},
	}
	again := 0
	for _, key := range []string{"a", "b"} {
		last := -1.0
		for n := 150; n < 800; n += 13 {
			reads := []float64{}
			for _, s := range tell(t, c, fmt.Sprintf("%s#%d", key, n)).Story.Steps {
				if s.Step == "read" {
					reads = append(reads, s.AtS)
				}
			}
			if len(reads) == 0 {
				t.Fatalf("record %d of %s was never handed over", n, key)
			}
			if reads[0] < last {
				t.Errorf("record %d of %s came at %v s, one before it at %v s", n, key, reads[0], last)
			}
			last = reads[0]
			again += len(reads) - 1
		}
	}
	if again == 0 {
		t.Error("nothing came twice: the scene has no failover to speak of")
	}
}

// TestLeaderLost: a fault says when the leader was among the dead, as its lock outlives it.
// The versions before 3 have none.
func TestLeaderLost(t *testing.T) {
	for version, want := range map[int]bool{2: false, 3: true} {
		k := team(3)
		k.Version = version
		c := killed(crew(3, 30, 6*time.Minute, k), 2*time.Minute, 3*time.Minute, 3)
		if h := play(t, c).Faults[0].Recovery; h.LeaderLost != want {
			t.Errorf("version %d: leader lost %v", version, h.LeaderLost)
		}
	}
}
