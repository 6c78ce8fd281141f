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
	p.BreakEven.Use, p.BreakEven.Uses = .3, []float64{.01, .3, 1}
	p.BreakEven.Ways[0].ByUse, p.BreakEven.Ways[1].ByUse = []float64{280, 300, 340}, []float64{200, 3000, 9000}
	p.ShardLoads = &plan.ShardLoads{Even: []float64{.9, .2, .1, .3, .2, .4, .5}, Uneven: []float64{.4, .4, .35, .4, .4, .38, .4}}
	p.LimitUse = []plan.LimitUse{{Limit: "records in", Use: .9}, {Limit: "bytes in", Use: .2}, {Limit: "GetRecords calls", Use: 1.2}}
	p.Passage = &plan.Passage{BeginsS: 120, EndsS: 240, Shards: 7, Writes: plan.Phases{Before: ptr(.2), During: ptr(.1), After: ptr(0.)},
		Readers: []plan.Reader{{Consumer: "lake", Age: plan.Phases{Before: ptr(800.), During: ptr(31_000.)}, Delay: plan.Phases{Before: ptr(900.), During: ptr(1200.), After: ptr(900.)}}}}
	p.PassBack = &plan.Passage{Note: "not played: the calls take 48h"}
	p.Chosen.Cost.Items = []sim.CostItem{{Item: "open shards", Quantity: 5040, Unit: "shard-hours", USD: 75.6}}
	for n := 6; n <= 8; n++ {
		c := plan.Candidate{Way: "provisioned", Shards: n, Holds: n > 6, PPass: 1, Runs: 20, CostPerMonth: float64(40 * n), Missed: []plan.Missed{}}
		if n == 6 {
			c.PPass, c.Missed = 0, []plan.Missed{miss}
		}
		c.DelayP99MS, c.PLow, c.PHigh = ptr(float64(9000/n)), c.PPass*.84, c.PPass*.84+.16
		p.Cliff, p.Played = append(p.Cliff, c), append(p.Played, c)
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

// TestPlanDir: the folder of a plan has its page, its data, what applies it and a picture for
// each part of its argument; those of an earlier plan are gone.
func TestPlanDir(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		written, err := WritePlanDir(dir, planSample(), nil)
		if err != nil || len(written) != 6+2*len(planPictures) {
			t.Fatalf("%d files: %v, %v", len(written), written, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "plots/break-even.svg"))
	if err != nil || !strings.Contains(string(text), "then on-demand-advantage from 10 times the load on") {
		t.Errorf("%v", err)
	}
	less := planSample()
	less.BreakEven, less.ShardLoads = nil, nil
	if _, err := WritePlanDir(dir, less, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "plots/break-even.svg")); err == nil {
		t.Error("a picture of an earlier plan is still there")
	}
}

// TestPlanPage: the page has the parts of a plan, escapes what it is given, has no script and
// asks nobody for anything.
func TestPlanPage(t *testing.T) {
	p := planSample()
	p.Scenario.Name, p.HotKeys[0].Key = "<b>orders</b>", "<script>alert(1)</script>"
	var b strings.Builder
	if err := writePlanPage(&b, p, []Word{{Name: "shard", Text: "a < b"}}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{"default-src &#39;none&#39;", "7 shards", "311.55 USD", "way there: writes refused", "id=\"shard-loads\"", "id=\"pass\"", "an hour", "user", "UpdateShardCount", "2026-12-09", "href=\"#words\"", "a &lt; b"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	for _, bad := range []string{"<b>orders", "<script", "http://", "https://", "NaN", "%!"} {
		if strings.Contains(strings.ReplaceAll(page, "http://www.w3.org/", ""), bad) {
			t.Errorf("%q in the page", bad)
		}
	}
}

// TestPlanGives: an infeasible plan says what cannot be met, by how much, and what would have to
// give.
func TestPlanGives(t *testing.T) {
	p := planSample()
	p.Feasible, p.Chosen.PPass = false, 0
	p.Give = &plan.Give{Missed: []plan.Margin{{Metric: "put_throttled_ratio", Unit: "ratio", Op: "below", Limit: .001, Worst: .12, Mean: .1, Margin: -119}}, Load: ptr(.42), AtMost: true, OneWays: true, Limit: "records", Mostly: "the stream is full"}
	var b strings.Builder
	if err := WritePlanText(&b, p, false); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{"cannot be met: put_throttled_ratio below 0.1 %; it is 12 % at worst", "the load, to 42 % of what it is", "(most_shards)", "plan.modes", "user-1, spread over 2 keys"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
