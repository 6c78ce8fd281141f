package scenarios

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/des"
)

// changing uses every call of the control plane.
const changing = `kinesim: v1
clock: {duration: 12h}
stream: {shards: 4}
producers: [{name: app, rate: 100/s}]
consumers: [{name: reader, classic: {}}]
reshard:
  - {at: 5h, merge_shards: {shard: shardId-000000000010, adjacent: shardId-000000000011}}
  - {at: 90m, update_shard_count: 8}
  - {at: 100m, split_shard: {shard: hottest}}
  - {at: 100m, split_shard: {shard: shardId-000000000004, at: optimal}}
  - {at: 3h, split_shard: {shard: coldest, at: "7"}}
  - {at: 6h, merge_shards: {shard: coldest}}
  - {at: 7h, update_stream_mode: on_demand}
`

// TestReshard wants the calls in the order of time, those of an instant as written.
func TestReshard(t *testing.T) {
	at := func(minutes int) des.Time { return des.Time(time.Duration(minutes) * time.Minute) }
	adjacent := model.ShardID(11)
	want := []sim.Reshard{
		{At: at(90), Update: &sim.UpdateShardCount{Target: 8}},
		{At: at(100), Split: &sim.SplitShard{Shard: sim.ShardPick{Which: sim.Hottest}}},
		{At: at(100), Split: &sim.SplitShard{Shard: sim.ShardPick{ID: 4}, Point: sim.SplitOptimal}},
		{At: at(180), Split: &sim.SplitShard{Shard: sim.ShardPick{Which: sim.Coldest}, Point: sim.SplitAtKey, At: model.HashKey{Lo: 7}}},
		{At: at(300), Merge: &sim.MergeShards{Shard: sim.ShardPick{ID: 10}, Adjacent: &adjacent}},
		{At: at(360), Merge: &sim.MergeShards{Shard: sim.ShardPick{Which: sim.Coldest}}},
		{At: at(420), Mode: sim.OnDemand},
	}
	config := loadText(t, changing, Options{})
	if diff := cmp.Diff(want, config.Reshard); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(config.Warnings) > 0 {
		t.Errorf("warns %q", config.Warnings)
	}
	s := compiled(t)
	for _, text := range []string{changing, string(config.Document)} {
		if err := s.Validate(plainValue(tree([]byte(text)))); err != nil {
			t.Error(err)
		}
	}
	if again := loadText(t, string(config.Document), Options{}); string(again.Document) != string(config.Document) {
		t.Errorf("%s\nloads as\n%s", config.Document, again.Document)
	}
	config = loadText(t, changing, Options{Sets: []string{"reshard.1.update_shard_count=6", "reshard.2.merge_shards={shard: hottest}"}})
	if config.Reshard[0].Update.Target != 6 || config.Reshard[1].Merge == nil {
		t.Errorf("%+v", config.Reshard)
	}
}

// TestRehearsal holds calls against what is known of the shards when they are made.
func TestRehearsal(t *testing.T) {
	for calls, want := range map[string]string{
		// 0 to 3 become 4 to 11, of which each can be merged with the next.
		"{at: 1m, update_shard_count: 8}, {at: 10m, merge_shards: {shard: shardId-000000000004, adjacent: shardId-000000000005}}": "",
		"{at: 1m, update_shard_count: 8}, {at: 10m, merge_shards: {shard: shardId-000000000005, adjacent: shardId-000000000004}}": "write {shard: shardId-000000000004, adjacent: shardId-000000000005}",
		"{at: 1m, update_shard_count: 8}, {at: 10m, split_shard: {shard: shardId-000000000000}}":                                  "shardId-000000000000 is closed by then",
		"{at: 1m, update_shard_count: 8}, {at: 10m, split_shard: {shard: shardId-000000000012}}":                                  "there is no shardId-000000000012 by then",
		"{at: 1m, split_shard: {shard: hottest}}, {at: 10m, split_shard: {shard: shardId-000000000012}}":                          "", // nobody knows
		"{at: 1m, update_shard_count: 16}": "go to 8 first",
		"{at: 1m, update_shard_count: 1}":  "go to 2 first",
		"{at: 1m, split_shard: {shard: shardId-000000000000}}, {at: 61s, split_shard: {shard: shardId-000000000001}}":                   "ResourceInUseException",
		"{at: 1m, update_stream_mode: on_demand}, {at: 10m, update_stream_mode: provisioned}, {at: 20m, update_stream_mode: on_demand}": "2 switches in the last 24 hours",
		"{at: 1m, update_stream_mode: provisioned}": "the stream has that mode already",
		"{at: 1m, update_shard_count: 5}, {at: 1h, update_shard_count: 6}, {at: 2h, update_shard_count: 7}, {at: 3h, update_shard_count: 8}": "",
	} {
		var got []string
		for _, p := range Check("-", strings.NewReader(strings.Replace(smallest, "stream:", "clock: {duration: 1d}\nreshard: ["+calls+"]\nstream:", 1)), Options{}) {
			got = append(got, p.Message+" "+p.Hint)
		}
		if all := strings.Join(got, "\n"); want == "" && all != "" || !strings.Contains(all, want) || len(got) > 1 {
			t.Errorf("%s\ngives %q, want %q", calls, got, want)
		}
	}
	many := strings.Repeat("{at: %, update_shard_count: 5}, {at: %, update_shard_count: 4}, ", 6)
	for i := 1; strings.Contains(many, "%"); i++ {
		many = strings.Replace(many, "%", (time.Duration(i) * time.Hour).String(), 1)
	}
	problems := Check("-", strings.NewReader(smallest+"clock: {duration: 1d}\nreshard: ["+many+"]\n"), Options{})
	if len(problems) != 2 || problems.Errors() || !strings.Contains(problems[0].Message, "(LimitExceededException): 10 calls were accepted in the last 24 hours") {
		t.Errorf("twelve calls give %v", problems)
	}
}

// TestOnDemand wants on-demand streams to begin with what their past asks for.
func TestOnDemand(t *testing.T) {
	for stream, want := range map[string]int{
		"{mode: on_demand}":                                                               4,
		"{mode: on_demand, shards: 10}":                                                   10,
		"{mode: on_demand, history: {peak: 40MB/s}}":                                      77, // 2 × 40e6 ÷ 2^20 = 76.3
		"{mode: on_demand, history: {peak: 40MiB/s}}":                                     80,
		"{mode: on_demand, history: {peak: 1MiB/s, peak_records: 30000/s}}":               60,
		"{mode: on_demand, history: {peak: 1MiB/s, peak_records: 60000/m}}":               4,
		"{mode: on_demand_advantage, warm_throughput: 100MiB/s}":                          100,
		"{mode: on_demand_advantage, warm_throughput: 10MiB/s, history: {peak: 40MiB/s}}": 80,
		"{mode: on_demand_advantage, warm_throughput: 10240MiB/s}":                        model.MaxShards,
	} {
		config := loadText(t, strings.Replace(smallest, "{shards: 4}", stream, 1), Options{})
		if got := config.Stream.Shards.Len(); got != want || len(config.Warnings) > 0 {
			t.Errorf("%s begins with %d shards, want %d; %v", stream, got, want, config.Warnings)
		}
		again := loadText(t, string(config.Document), Options{})
		if string(again.Document) != string(config.Document) || again.Stream.Shards.Len() != want {
			t.Errorf("%s\nloads as\n%s", config.Document, again.Document)
		}
		if err := compiled(t).Validate(plainValue(tree(config.Document))); err != nil {
			t.Errorf("%s: %v", stream, err)
		}
	}
	config := loadText(t, smallest, Options{Sets: []string{"stream.mode=on_demand", "stream.distribution=auto", "limits.on_demand_shards=8"}})
	if config.Stream.Mode != sim.OnDemand || !config.Stream.AutoKeys || config.Stream.Shards.Len() != 4 {
		t.Errorf("%+v", config.Stream)
	}
	switched := loadText(t, smallest, Options{Sets: []string{"stream.history.peak=3MiB/s", "reshard=[{at: 1m, update_stream_mode: on_demand}]"}})
	if switched.Stream.History.PeakBytes != 3*model.MiB || len(switched.Warnings) > 0 {
		t.Errorf("%+v, %q", switched.Stream.History, switched.Warnings)
	}
}
