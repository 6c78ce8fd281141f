package plan_test

import (
	"context"
	"strings"
	"testing"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/plan"
	"kinesim/sim/workload"
)

// TestPassage: the way from one overloaded shard to what the plan wants is played with its
// calls, none of which the service refuses; writes are refused before and not after, and on the
// way back the other way round. Who reads waits for a poll, never longer than what is refused.
func TestPassage(t *testing.T) {
	c := expect(scene(400, 100, workload.Ranked{Count: 5000, Prefix: "k"}), "put_throttled_ratio", "", 0.001)
	got, err := plan.Find(context.Background(), problem(c, 24))
	if err != nil {
		t.Fatal(err)
	}
	there, back := got.Passage, got.PassBack
	if there == nil || back == nil || there.Note != "" {
		t.Fatalf("%+v, %+v", there, back)
	}
	if there.Refused+back.Refused > 0 || there.Shards != got.Chosen.Shards || back.Shards != 1 || len(there.Readers) != 1 {
		t.Errorf("there %+v, back %+v", there, back)
	}
	if last := got.Steps[len(got.Steps)-1]; there.EndsS-there.BeginsS < last.AtS+last.WaitS {
		t.Errorf("over after %v s, but the last call takes until %v s", there.EndsS-there.BeginsS, last.AtS+last.WaitS)
	}
	if *there.Writes.Before < 0.5 || *there.Writes.After > 0 || *back.Writes.Before > 0 || *back.Writes.After < 0.5 {
		t.Errorf("refused there %v → %v, back %v → %v", *there.Writes.Before, *there.Writes.After, *back.Writes.Before, *back.Writes.After)
	}
	for _, p := range []plan.Phases{there.Readers[0].Age, there.Readers[0].Delay, back.Readers[0].Delay} {
		if p.Before == nil || p.During == nil || p.After == nil || *p.During < *p.Before/2 {
			t.Errorf("%+v", p)
		}
	}
}

// TestLongPassage: calls that wait for another day are not played, and the plan says so.
func TestLongPassage(t *testing.T) {
	c := expect(scene(90, 100, workload.Unique{}), "put_throttled_ratio", "", 0.001)
	c.Limits.UpdateShardCountCalls = 1
	p := problem(c, 24)
	p.Present = model.EvenShards(8)
	got, err := plan.Find(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if got.Passage == nil || !strings.Contains(got.Passage.Note, "not played: the calls take 48h") || !strings.Contains(got.Commands, "\nsleep 86") {
		t.Errorf("%+v\n%s", got.Passage, got.Commands)
	}
}

// TestApply: the commands change the mode, the retention and the account's setting where the
// chosen stream differs from the present one, and each template has what is chosen.
func TestApply(t *testing.T) {
	c := expect(scene(90, 100, workload.Unique{}), "put_throttled_ratio", "", 0.001)
	demand := *c
	demand.Stream.Mode, demand.Stream.Warm, demand.Stream.Retention, demand.Stream.MaxRecordSize = sim.OnDemandAdvantage, 32*model.MiB, 48*60*60e9, 2*model.MiB
	demand.Stream.Shards = model.EvenShards(demand.ShardsOnDemand())
	p := problem(c, 24)
	p.Ways = []plan.Way{{Name: "on-demand-advantage", Config: &demand, Settings: []string{"stream.mode=on_demand_advantage", "producers.app.put.kpl={}"}}}
	p.Was = c.Stream
	got, err := plan.Find(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	for text, wants := range map[string][]string{
		got.Commands:  {"STREAM_ARN=$(aws kinesis describe-stream-summary", "increase-stream-retention-period --stream-name \"$STREAM\" --retention-period-hours 48", "Status=ENABLED", "update-stream-warm-throughput --stream-arn \"$STREAM_ARN\" --warm-throughput-mi-bps 32\nwait_active", "update-stream-mode --stream-arn \"$STREAM_ARN\" --stream-mode-details StreamMode=ON_DEMAND\nwait_active   # about 1m\n", "# in the applications: producers.app.put.kpl={}"},
		got.Terraform: {"max_record_size_in_kib = 2048", "warm_throughput_mib_ps = 32", "retention_period       = 48", `stream_mode = "ON_DEMAND"`},
		got.CloudForm: {"MaxRecordSizeInKiB: 2048", "WarmThroughputMiBps: 32", "RetentionPeriodHours: 48", "StreamMode: ON_DEMAND"},
	} {
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
	}
	if strings.Contains(got.Terraform, "shard_count") || len(got.Back) != 1 {
		t.Errorf("%s\n%+v", got.Terraform, got.Back)
	}
}
