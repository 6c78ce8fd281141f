package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kinesim/sim"
	"kinesim/sim/plan"
)

// planSample is a plan made by hand, with every part.
func planSample() *plan.Plan {
	miss := plan.Missed{Metric: "put_throttled_ratio", Unit: "ratio", Op: "below", Limit: .001, Measured: ptr(.12)}
	p := &plan.Plan{
		Format: plan.Format, Scenario: sim.ScenarioRef{Name: "orders"}, Feasible: true, Runs: 131, Tried: 13, Reproduce: "kinesim plan orders.yaml",
		Chosen: plan.Chosen{Way: "provisioned", Mode: "provisioned", Shards: 7, CostPerMonth: 311.55, PPass: 1, PLow: .839, PHigh: 1, Runs: 20,
			Headroom:     &plan.Headroom{Factor: 1.05, Breaks: &miss, Why: "the stream is asked for 1.02 times what its shards take in records", Weeks: ptr(1.65), Date: "2026-12-09"},
			Expectations: []plan.Margin{{Metric: "put_throttled_ratio", Unit: "ratio", Op: "below", Limit: .001, PPass: 1, Margin: 1}}},
		Binding: "records", Bound: &plan.Bound{Limit: "records", Why: "the stream is asked for 1.09 times what its shards take in records", Shards: 6, Missed: miss},
		Doubts:  []plan.Doubt{{Constant: "write_window", Register: "A1", Value: "fixed_1s", Instead: "bucket", Missed: []plan.Missed{miss}}},
		HotKeys: []plan.HotKey{{Key: "user-1", RecordsPerS: 893, BytesPerS: 94_000, Salt: 2}},
		Steps:   []plan.Step{{Call: "UpdateShardCount", Arguments: map[string]string{"TargetShardCount": "7"}, WaitS: 120, Shards: 7, Most: 9}},
		BreakEven: &plan.BreakEven{Factors: []float64{.1, 1, 10}, Ways: []plan.WayCosts{
			{Way: "provisioned", Costs: []float64{40, 300, 3100}}, {Way: "on-demand-advantage", Costs: []float64{3000, 3000, 3000}}}},
		Commands: "aws kinesis update-shard-count", Terraform: "resource", CloudForm: "Resources:",
	}
	for n := 6; n <= 8; n++ {
		c := plan.Candidate{Way: "provisioned", Shards: n, Holds: n > 6, PPass: 1, Runs: 20, CostPerMonth: float64(40 * n), Missed: []plan.Missed{}}
		if n == 6 {
			c.PPass, c.Missed = 0, []plan.Missed{miss}
		}
		p.Cliff = append(p.Cliff, c)
	}
	return p
}

// TestPlanText freezes what a plan says.
func TestPlanText(t *testing.T) {
	var b strings.Builder
	if err := WritePlanText(&b, planSample(), false); err != nil {
		t.Fatal(err)
	}
	golden(t, "plan.txt", []byte(b.String()))
	for _, line := range strings.Split(b.String(), "\n") {
		if len([]rune(line)) > textWidth {
			t.Errorf("%d characters: %s", len([]rune(line)), line)
		}
	}
	b.Reset()
	if err := WritePlan(&b, "markdown", planSample()); err != nil {
		t.Fatal(err)
	}
	golden(t, "plan.md", []byte(b.String()))
}

// TestPlanPictures: a plan has a picture of its cliff and one of where its modes break even.
func TestPlanPictures(t *testing.T) {
	dir := t.TempDir()
	written, err := WritePlanPictures(dir, planSample())
	if err != nil || len(written) != 4 {
		t.Fatalf("%v, %v", written, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "break-even.svg"))
	if err != nil || !strings.Contains(string(text), "then on-demand-advantage from 10 times the load on") {
		t.Errorf("%v", err)
	}
}
