package sim_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/autoscale"
)

// contest is a stream whose load doubles twice, with variants of who scales it.
func contest(t *testing.T) *sim.Config {
	c := scene(2, 100, 3*time.Hour)
	c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 50, 50 // a twentieth, so that the test is fast
	stepped(t, c, 0, 60, 3600, 180, 7200, 60)
	variants := []sim.Variant{{Name: "none", Config: c}}
	for _, p := range autoscale.Presets {
		v := *c
		v.Autoscale = &sim.Autoscale{Name: p.Name, Policy: p.Policy}
		variants = append(variants, sim.Variant{Name: p.Name, Config: &v})
	}
	elastic := *c
	elastic.Stream.Mode = sim.OnDemand
	elastic.Stream.Shards = model.EvenShards(elastic.ShardsOnDemand())
	c.Compare = append(variants, sim.Variant{Name: "on-demand", Config: &elastic})
	return c
}

// TestCompare: all variants get the same load; the ranking is by refused records and
// then by cost; and the same bytes come out whatever the number of workers.
func TestCompare(t *testing.T) {
	c := contest(t)
	m, err := sim.Compare(context.Background(), c, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Rows) != len(c.Compare)+1 || len(m.Needed) != len(m.Rows[0].OpenShards) {
		t.Fatalf("%d rows, %d bins", len(m.Rows), len(m.Needed))
	}
	rank := 0
	for i, r := range m.Rows {
		if i > 0 && r.ThrottledRatio < m.Rows[i-1].ThrottledRatio-1e-4 {
			t.Errorf("%s before %s", m.Rows[i-1].Name, r.Name)
		}
		switch r.Name {
		case "knows the future":
			if r.Regret != nil || r.Rank != 0 || r.ThrottledRecords > 0 {
				t.Errorf("%+v", r)
			}
		case "none":
			near(t, "refused without a scaler", float64(r.ThrottledRecords), 80*3600, 0.02)
		}
		if r.Regret != nil {
			if rank++; r.Rank != rank || r.Regret.ThrottledRecords < 0 {
				t.Errorf("%+v", r)
			}
		}
	}
	if testing.Short() {
		return // what one worker does is nothing for the race detector
	}
	first, _ := json.Marshal(m)
	again, err := sim.Compare(context.Background(), c, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if second, _ := json.Marshal(again); string(first) != string(second) {
		t.Error("another number of workers gives another comparison")
	}
}
