package scenarios

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinesim/sim/autoscale"
	"kinesim/sim/des"
)

// monitors is a configuration of amazon-kinesis-scaling-utils with two streams.
const monitors = `[
  {"streamName": "orders", "scaleOnOperation": ["PUT"], "minShards": 2, "scaleUp": {"scaleThresholdPct": 80, "scaleAfterMins": 3, "scalePct": 50}, "scaleDown": {"scaleThresholdPct": 20, "scaleAfterMins": 30, "scaleCount": 1, "coolOffMins": 60}},
  {"streamName": "clicks", "scaleUp": {"scaleThresholdPct": 80, "scaleAfterMins": 3, "scaleCount": 2}, "scaleDown": {"scaleThresholdPct": 20, "scaleAfterMins": 30, "scaleCount": 1}}
]`

// autoscalers are ways to write each kind, and what they compile to.
var autoscalers = []struct {
	name, yaml string
	want       autoscale.Policy
}{
	{"target-tracking", `target-tracking`, preset("target-tracking")},
	{"target-tracking", `{target_tracking: {}}`, preset("target-tracking")},
	{"target-tracking", `{target_tracking: {metric: bytes_utilization, target: 60%, scale_out_cooldown: 0s, scale_in_cooldown: 15m, disable_scale_in: true, min_shards: 2, max_shards: 64}}`,
		autoscale.TargetTracking{Metric: autoscale.BytesUtilization, Target: 0.6, ScaleIn: 15 * time.Minute, NoShrink: true, Bounds: autoscale.Bounds{Min: 2, Max: 64}}},
	{"target-tracking", `{target_tracking: {metric: GetRecords.IteratorAgeMilliseconds, target: 1m}}`,
		autoscale.TargetTracking{Metric: autoscale.IteratorAge, Target: 60_000, ScaleOut: 5 * time.Minute, ScaleIn: 5 * time.Minute}},
	{"schedule", `{schedule: [{at: 1h, shards: 8}, {at: 5h, shards: 2}]}`,
		autoscale.Schedule{Steps: []autoscale.Step{{At: des.Time(time.Hour), Shards: 8}, {At: des.Time(5 * time.Hour), Shards: 2}}}},
	{"daily-schedule", `{daily_schedule: [{at: 8h, shards: 8}, {at: 20h, shards: 4}]}`,
		autoscale.Schedule{Steps: []autoscale.Step{{At: des.Time(8 * time.Hour), Shards: 8}, {At: des.Time(20 * time.Hour), Shards: 4}}, Daily: true}},
	{"alarms", `{alarms: {max_shards: 32, rules: [{metric: utilization, above: 80%, period: 5m, evaluation_periods: 3, datapoints_to_alarm: 2, treat_missing_data: ignore, cooldown: 10m, statistic: Maximum, then: double}, {metric: IncomingBytes, at_most: 5MiB, then: {shrink: 25%}}, {metric: GetRecords.IteratorAgeMilliseconds, at_least: 30s, then: {add: 2}}, {metric: WriteProvisionedThroughputExceeded, below: 10, then: {remove: 1}}, {metric: IncomingRecords, above: 1000000, then: {set: 16}}, {metric: records_utilization, above: 50%, then: {grow: 50%}}, {metric: utilization, below: 1%, then: halve}]}}`,
		autoscale.Alarms{Bounds: autoscale.Bounds{Max: 32}, Rules: []autoscale.AlarmRule{
			{Metric: autoscale.Utilization, Statistic: autoscale.Maximum, Comparison: autoscale.Greater, Threshold: 0.8, Period: 5 * time.Minute, EvaluationPeriods: 3, DatapointsToAlarm: 2, Missing: autoscale.Ignore, Adjustment: autoscale.Adjustment{Change: autoscale.Double}, CoolDown: 10 * time.Minute},
			usual(autoscale.IncomingBytes, autoscale.Sum, autoscale.LessOrEqual, 5<<20, autoscale.Percent, -25),
			usual(autoscale.IteratorAge, autoscale.Maximum, autoscale.GreaterOrEqual, 30_000, autoscale.Count, 2),
			usual(autoscale.WriteThrottled, autoscale.Sum, autoscale.Less, 10, autoscale.Count, -1),
			usual(autoscale.IncomingRecords, autoscale.Sum, autoscale.Greater, 1e6, autoscale.Exact, 16),
			usual(autoscale.RecordsUtilization, autoscale.Average, autoscale.Greater, 0.5, autoscale.Percent, 50),
			usual(autoscale.Utilization, autoscale.Average, autoscale.Less, 0.01, autoscale.Halve, 0),
		}}},
	{"scaling-utils", `scaling-utils`, preset("scaling-utils")},
	{"scaling-utils", `{scaling_utils: {scaleOnOperation: [GET], checkInterval: 60, refreshShardsNumberAfterMin: 0, minShards: 2, maxShards: 9, scaleUp: {scaleThresholdPct: 75, scaleAfterMins: 5, scalePct: 150, coolOffMins: 7}, scaleDown: {scaleThresholdPct: 25, scaleAfterMins: 15, scaleCount: 1}}}`,
		autoscale.ScalingUtils{Get: true, CheckInterval: time.Minute, Bounds: autoscale.Bounds{Min: 2, Max: 9},
			Up: autoscale.MonitorRule{ThresholdPct: 75, AfterMins: 5, Pct: 150, CoolOff: 7 * time.Minute}, Down: autoscale.MonitorRule{ThresholdPct: 25, AfterMins: 15, Count: 1}}},
	{"scaling-utils", `{scaling_utils: {file: monitors.json, streamName: orders}}`,
		autoscale.ScalingUtils{Stream: "orders", Region: "us-east-1", Put: true, CheckInterval: 45 * time.Second, Refresh: 10 * time.Minute, Bounds: autoscale.Bounds{Min: 2},
			Up: autoscale.MonitorRule{ThresholdPct: 80, AfterMins: 3, Pct: 50}, Down: autoscale.MonitorRule{ThresholdPct: 20, AfterMins: 30, Count: 1, CoolOff: time.Hour}}},
	{"kinesis-auto-scaling", `kinesis-auto-scaling`, preset("kinesis-auto-scaling")},
	{"kinesis-auto-scaling", `{kinesis_auto_scaling: {period: 1m, up_at: 80%, up_periods: 3, up_points: 2, down_at: 30%, down_periods: 9, down_points: 8, age_guard: 30m, min_shards: 2, max_shards: 8}}`,
		autoscale.KinesisAutoScaling{Period: time.Minute, UpAt: 0.8, DownAt: 0.3, UpPeriods: 3, UpPoints: 2, DownPeriods: 9, DownPoints: 8, AgeGuard: 30 * time.Minute, Bounds: autoscale.Bounds{Min: 2, Max: 8}}},
	{"substation", `substation`, preset("substation")},
	{"substation", `{substation: {threshold: 80%, up_minutes: 3, down_minutes: 30, max_shards: 8}}`,
		autoscale.Substation{Threshold: 0.8, UpPoints: 3, DownPoints: 30, Bounds: autoscale.Bounds{Max: 8}}},
}

func preset(name string) autoscale.Policy {
	p, _ := autoscale.Named(name)
	return p.Policy
}

// usual is an alarm on a minute that does not say more.
func usual(m autoscale.Metric, s autoscale.Statistic, c autoscale.Comparison, threshold float64, change autoscale.Change, by int) autoscale.AlarmRule {
	return autoscale.AlarmRule{
		Metric: m, Statistic: s, Comparison: c, Threshold: threshold, Period: time.Minute, EvaluationPeriods: 1, DatapointsToAlarm: 1,
		Missing: autoscale.MissingData, Adjustment: autoscale.Adjustment{Change: change, By: by}, CoolDown: 5 * time.Minute,
	}
}

// scaled is a scenario with an autoscaler, in a folder with what it may name.
func scaled(t *testing.T, autoscaler string) string {
	dir := write(t, map[string]string{"monitors.json": monitors, "s.yaml": smallest + "clock: {duration: 24h}\nautoscale: " + autoscaler + "\n"})
	return filepath.Join(dir, "s.yaml")
}

// TestAutoscale wants each way to write an autoscaler to compile, the schema to take it,
// and the effective scenario to say the same again.
func TestAutoscale(t *testing.T) {
	s := compiled(t)
	for _, c := range autoscalers {
		file := scaled(t, c.yaml)
		config, err := Load(file, nil, Options{})
		if err != nil {
			t.Errorf("%s: %v", c.yaml, err)
			continue
		}
		if len(config.Warnings) > 0 {
			t.Errorf("%s warns %q", c.yaml, config.Warnings)
		}
		if config.Autoscale.Name != c.name {
			t.Errorf("%s has the name %s", c.yaml, config.Autoscale.Name)
		}
		if diff := cmp.Diff(c.want, config.Autoscale.Policy); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.yaml, diff)
		}
		if err := s.Validate(plainValue(tree([]byte(smallest + "autoscale: " + c.yaml)))); err != nil {
			t.Errorf("%s: %v", c.yaml, err)
		}
		again, err := Load(file, nil, Options{Sets: []string{"autoscale=" + at(t, config.Document, "autoscale")}})
		if err != nil || string(again.Document) != string(config.Document) {
			t.Errorf("%s becomes %s, which becomes %v (%v)", c.yaml, config.Document, again, err)
		} else if diff := cmp.Diff(c.want, again.Autoscale.Policy); diff != "" {
			t.Errorf("%s in the effective scenario (-want +got):\n%s", c.yaml, diff)
		}
		if err := s.Validate(plainValue(tree(config.Document))); err != nil {
			t.Errorf("effective %s: %v", c.yaml, err)
		}
	}
}

// TestPresetsAreWords wants each preset to be known by its name.
func TestPresetsAreWords(t *testing.T) {
	for _, p := range autoscale.Presets {
		config := loadText(t, smallest, Options{Sets: []string{"autoscale=" + p.Name}})
		if diff := cmp.Diff(p.Policy, config.Autoscale.Policy); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.Name, diff)
		}
	}
	config := loadText(t, smallest, Options{Sets: []string{"autoscale=substation", "autoscale=none"}})
	if config.Autoscale != nil || at(t, config.Document, "autoscale") != `"none"` {
		t.Errorf("none is %v, %s", config.Autoscale, config.Document)
	}
}

// TestSetsInAutoscale wants paths into an autoscaler to replace another kind.
func TestSetsInAutoscale(t *testing.T) {
	for set, want := range map[string]string{
		"autoscale.target_tracking.target=50%":     `{"target_tracking":{"metric":"utilization","target":"50%","scale_out_cooldown":"5m","scale_in_cooldown":"5m","disable_scale_in":false}}`,
		"autoscale.schedule=[{at: 1m, shards: 8}]": `{"schedule":[{"at":"1m","shards":8}]}`,
		"autoscale.substation.up_minutes=1":        `{"substation":{"threshold":"70%","up_minutes":1,"down_minutes":60}}`,
		"autoscale.substation={}":                  `{"substation":{"threshold":"70%","up_minutes":5,"down_minutes":60}}`,
		"autoscale.alarms.rules.0.above=90%":       "",
	} {
		config, err := Load("-", strings.NewReader(smallest+"autoscale: {substation: {threshold: 70%}}\n"), Options{Sets: []string{set}})
		if want == "" {
			if err == nil || !strings.Contains(err.Error(), "has no items yet") {
				t.Errorf("--set %s gives %v", set, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("--set %s: %v", set, err)
		} else if got := at(t, config.Document, "autoscale"); got != want {
			t.Errorf("--set %s gives %s, want %s", set, got, want)
		}
	}
}

// TestShownLimits wants constants of streams that change in the effective scenario of
// those that do, and nowhere else.
func TestShownLimits(t *testing.T) {
	for set, want := range map[string][2]bool{
		"seed=1":                {false, false},
		"autoscale=substation":  {true, false},
		"autoscale=none":        {false, false},
		"stream.mode=on_demand": {true, true},
		"reshard=[{at: 1m, update_shard_count: 8}]":         {true, false},
		"reshard=[{at: 1m, update_stream_mode: on_demand}]": {true, true},
		"limits.reshard_operation=30s":                      {true, false},
	} {
		var document struct{ Limits map[string]json.RawMessage }
		if err := json.Unmarshal(loadText(t, smallest, Options{Sets: []string{set}}).Document, &document); err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{document.Limits["reshard_operation"] != nil, document.Limits["on_demand_reaction"] != nil}; got != want {
			t.Errorf("--set %s shows %v, want %v", set, got, want)
		}
	}
}
