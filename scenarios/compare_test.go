package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kinesim/model"
	"kinesim/sim"
)

// variants is a scenario with each way to write a variant.
const variants = `kinesim: v1
clock: {duration: 24h}
stream: {shards: 3, history: {peak: 10MiB/s}}
producers: [{name: app, rate: 100/s, keys: {zipf: {s: 1, count: 50000}}}]
consumers: [{name: reader, classic: {}}]
reshard: [{at: 1h, update_shard_count: 6}]
compare:
  autoscale:
    - as-is
    - none
    - substation
    - on-demand
    - {name: tuned, autoscale: {target_tracking: {target: 60%, max_shards: 8}}}
    - {name: warm, mode: on_demand_advantage, warm_throughput: 30MiB/s}
    - {name: more, shards: 12, reshard: []}
    - {name: later, autoscale: none, reshard: [{at: 2h, update_shard_count: 4}]}
`

// TestCompareDerivedShards: an effective scenario has the shards that follow from its warm
// throughput; variants with another one, loaded from there, have their own all the same.
func TestCompareDerivedShards(t *testing.T) {
	first := loadText(t, strings.Replace(smallest, "shards: 4", "mode: on_demand_advantage, warm_throughput: 14MiB/s", 1)+
		"compare: {autoscale: [as-is, on-demand, {name: cold, warm_throughput: 0MiB/s}, {name: warm, warm_throughput: 20MiB/s}]}\n", Options{})
	for _, config := range []*sim.Config{first, loadText(t, string(first.Document), Options{})} {
		var got []int
		for _, v := range config.Compare {
			got = append(got, v.Config.Stream.Shards.Len())
		}
		if want := []int{14, 4, 4, 20}; !slices.Equal(got, want) {
			t.Errorf("variants have %v shards, want %v", got, want)
		}
	}
}

// told is what differs between variants, in a line.
func told(v sim.Variant) string {
	c := v.Config
	line := fmt.Sprintf("%s: %s %d", v.Name, c.Stream.Mode, c.Stream.Shards.Len())
	if c.Stream.Mode != sim.Provisioned {
		line += fmt.Sprintf(" %v %v", c.Stream.History.PeakBytes, c.Stream.Warm)
	}
	for _, r := range c.Reshard {
		line += fmt.Sprintf(" to %d", r.Update.Target)
	}
	if c.Autoscale != nil {
		line += " by " + c.Autoscale.Name
	}
	return line
}

func TestCompare(t *testing.T) {
	config := loadText(t, variants, Options{Seed: ptr(uint64(9))})
	want := []string{
		"as-is: provisioned 3 to 6", "none: provisioned 3 to 6", "substation: provisioned 3 to 6 by substation",
		"on-demand: on_demand 20 10 MiB 0 B", "tuned: provisioned 3 to 6 by target-tracking",
		"warm: on_demand_advantage 30 10 MiB 30 MiB", "more: provisioned 12", "later: provisioned 3 to 4",
	}
	var got []string
	for _, v := range config.Compare {
		got = append(got, told(v))
		c := v.Config
		if c.Seed != 9 || &c.Producers[0] != &config.Producers[0] || len(c.Compare) > 0 || c.SHA256 != config.SHA256 || strings.Contains(string(c.Document), `"compare"`) {
			t.Errorf("%s has not the scenario's load and seed, or is a comparison itself: %s", v.Name, c.Document)
		}
		again, err := Load("-", strings.NewReader(string(c.Document)), Options{})
		if err != nil || string(again.Document) != string(c.Document) {
			t.Errorf("%s does not load again: %v", v.Name, err)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(config.Warnings) > 0 {
		t.Errorf("warns %q", config.Warnings)
	}
	if err := compiled(t).Validate(plainValue(tree([]byte(variants)))); err != nil {
		t.Error(err)
	}
	if err := compiled(t).Validate(plainValue(tree(config.Document))); err != nil {
		t.Error(err)
	}
	again := loadText(t, string(config.Document), Options{})
	if string(again.Document) != string(config.Document) || len(again.Compare) != len(config.Compare) {
		t.Errorf("%s\nloads as\n%s", config.Document, again.Document)
	}
}

// TestCompareOnDemand wants autoscalers to be played on a provisioned stream where the
// scenario's is on-demand.
func TestCompareOnDemand(t *testing.T) {
	text := strings.Replace(smallest, "{shards: 4}", "{mode: on_demand, history: {peak: 6MiB/s}, distribution: auto}", 1) +
		"clock: {duration: 24h}\nreshard: [{at: 1h, update_stream_mode: on_demand_advantage}]\n"
	config := loadText(t, text, Options{Compare: "autoscale=as-is,none,target-tracking"})
	var got []string
	for _, v := range config.Compare {
		got = append(got, fmt.Sprint(v.Name, v.Config.Stream.Mode, v.Config.Stream.Shards.Len(), v.Config.Stream.AutoKeys, v.Config.Autoscale != nil, len(v.Config.Reshard)))
	}
	want := []string{"as-ison_demand12 true false 1", "noneprovisioned12 false false 0", "target-trackingprovisioned12 false true 0"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q; %v", got, want, config.Warnings)
	}
}

func TestCompareFlag(t *testing.T) {
	o := Options{Compare: "autoscale=none, target-tracking,scaling-utils,kinesis-auto-scaling,substation,on-demand,on-demand-advantage", Sets: []string{"clock.duration=1d"}}
	config := loadText(t, smallest, o)
	if len(config.Compare) != 7 || config.Compare[5].Config.Stream.Shards.Len() != int(model.AWS2026().OnDemandShards) {
		t.Errorf("%d variants", len(config.Compare))
	}
	if want := "kinesim run - --seed 42 --set clock.duration=1d --compare '" + o.Compare + "'"; config.Reproduce != want || config.Compare[0].Config.Reproduce != want {
		t.Errorf("%s, want %s", config.Reproduce, want)
	}
	if len(loadText(t, variants, Options{Compare: "autoscale=none"}).Compare) != 1 {
		t.Error("the flag does not replace the scenario's block")
	}
	for text, want := range map[string]string{
		"substation":                "--compare:1:1: nothing to compare",
		"autoscale=":                "--compare:1:1: nothing to compare",
		"autoscale=none,substition": `--compare:1:16: compare.autoscale.1 "substition" is not known`,
		"autoscaler=none,none":      "--compare:1:17: a second variant has the name none",
		"autoscale=[":               "--compare:1:10: the value is not YAML",
		"autoscale=none,{name: a, mode: provisioned, warm_throughput: 5MiB/s}": "--compare:1:62: variant a: warm_throughput is for mode: on_demand_advantage",
	} {
		problems := Check("-", strings.NewReader(smallest), Options{Compare: text})
		if len(problems) != 1 || !strings.HasPrefix(problems[0].String(), want) {
			t.Errorf("--compare %s gives %v, want %s", text, problems, want)
		}
	}
}

// TestVariantProblems wants what is wrong with a variant alone to be told with its name,
// and what is odd about all of them once.
func TestVariantProblems(t *testing.T) {
	text := strings.Replace(smallest, "100/s", "9000/s", 1) + `compare:
  autoscale:
    - none
    - kinesis-auto-scaling
    - {name: more, shards: 12}
    - {name: few, shards: 2}
    - {name: early, reshard: [{at: 1s, split_shard: {shard: shardId-000000000009}}]}
`
	var got []string
	for _, p := range Check("-", strings.NewReader(text), Options{}) {
		got = append(got, strings.TrimPrefix(p.String(), "<stdin>"))
	}
	want := []string{
		":2:18: warning: the producers offer 9,000 records a second on average; 4 shards take at most 4,000",
		":8:7: warning: variant kinesis-auto-scaling: the autoscaler acts at 26m at the earliest",
		":10:27: warning: variant few: the producers offer 9,000 records a second on average; 2 shards take at most 2,000",
		":11:61: variant early: there is no shardId-000000000009 by then",
	}
	ok := len(got) == len(want)
	for i := 0; ok && i < len(want); i++ {
		ok = strings.HasPrefix(got[i], want[i])
	}
	if !ok {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestSetsInCompare(t *testing.T) {
	config := loadText(t, variants, Options{Sets: []string{"compare.autoscale.tuned.autoscale.target_tracking.target=50%", "compare.autoscale.more.shards=20"}})
	if got := at(t, config.Compare[4].Config.Document, "autoscale", "target_tracking", "target"); got != `"50%"` || config.Compare[6].Config.Stream.Shards.Len() != 20 {
		t.Errorf("%s, %d shards", got, config.Compare[6].Config.Stream.Shards.Len())
	}
}
