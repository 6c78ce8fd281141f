package plan_test

import (
	"context"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/plan"
	"kinesim/sim/workload"
)

// TestSearchIsCoarse: with many records the search is played in spans and the proof record by
// record, and the number of shards is the one that holds by record: one less does not.
func TestSearchIsCoarse(t *testing.T) {
	if testing.Short() {
		t.Skip("plays many plans of millions of records")
	}
	c := expect(scene(60_000, 100, workload.Ranked{Count: 20_000, Prefix: "k"}), "put_throttled_ratio", "", 0.001)
	c.Clock.Duration = 45 * time.Second
	c.Limits = model.AWS2026()
	c.Producers[0].Put.Records = 500
	p := problem(c, 200)
	p.Runs = 3
	got, err := plan.Find(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if got.Resolution.Search == string(sim.ByRecord) || got.Resolution.Proof != string(sim.ByRecord) || len(got.Resolution.Finer) > 0 {
		t.Errorf("%+v", got.Resolution)
	}
	if n := got.Chosen.Shards; !got.Feasible || !holds(t, c, n, 3) || holds(t, c, n-1, 3) {
		t.Errorf("%d shards, feasible %v", n, got.Feasible)
	}
}

// TestProofIsPlayedFiner: where the proof itself is coarse, the chosen number of shards and its
// neighbours are played finer, and the chosen one holds there as well.
func TestProofIsPlayedFiner(t *testing.T) {
	c := expect(scene(40_000, 100, workload.Ranked{Count: 20_000, Prefix: "k"}), "put_throttled_ratio", "", 0.001)
	c.Clock.Duration = 90 * time.Second
	c.Limits = model.AWS2026()
	c.Producers[0].Put.Records = 500
	p := problem(c, 60)
	p.Least, p.Runs = 40, 40 // 3.6 million records · 40 runs · 5 numbers of shards are more than are played one by one
	if testing.Short() {
		t.Skip("a proof of many runs")
	}
	got, err := plan.Find(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if got.Resolution.Proof == string(sim.ByRecord) || len(got.Resolution.Finer) < 2 {
		t.Fatalf("%+v", got.Resolution)
	}
	for _, f := range got.Resolution.Finer {
		if f.Resolution != string(sim.ByRecord) || f.Holds != (f.Shards >= got.Chosen.Shards) {
			t.Errorf("chosen %d: %+v", got.Chosen.Shards, f)
		}
	}
}
