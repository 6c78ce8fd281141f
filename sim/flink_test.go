package sim_test

import (
	"slices"
	"testing"
	"time"

	"kinesim/sim/client"
)

// TestFlinkStaysDown: a job that two faults hold down starts when the second is over.
func TestFlinkStaysDown(t *testing.T) {
	c := scene(2, 200, 5*time.Minute)
	c.Consumers = []client.ConsumerConfig{{Name: "job", Kind: client.Flink{Interval: 250 * ms, MaxRecords: 10_000, CheckpointEvery: 10 * time.Second}}}
	c.Faults = []client.Fault{
		{From: 60e9, To: 120e9, Consumer: "job", Restart: true},
		{From: 90e9, To: 180e9, Consumer: "job", Restart: true},
	}
	r := play(t, c)
	s := r.Series.Consumers[0]
	for i, n := range s.ReceivedRecords {
		if at := float64(i) * r.Series.StepS; n > 0 && at > 60 && at < 179 {
			t.Fatalf("%d records received at %v s, while the job was down", n, at)
		}
	}
	near(t, "largest backlog", float64(slices.Max(s.BacklogRecords)), 200*120, 0.03)
}

// TestFlinkWithoutFaults: checkpoints cost nothing and bring nothing twice.
func TestFlinkWithoutFaults(t *testing.T) {
	for _, efo := range []bool{false, true} {
		c := scene(2, 200, 2*time.Minute)
		c.Consumers = []client.ConsumerConfig{{Name: "job", Processing: client.Processing{PerRecord: ms}, Kind: client.Flink{EFO: efo, Interval: 250 * ms, MaxRecords: 10_000, CheckpointEvery: time.Second}}}
		k := play(t, c).Consumers[0]
		if k.DuplicateRecords != 0 || k.RepeatedRecords != 0 || k.ProcessedRecords < 23_500 {
			t.Errorf("fan-out %v: %d twice, %d processed of 24,000", efo, k.DuplicateRecords, k.ProcessedRecords)
		}
	}
}

// TestFlinkProcessesAgain: with a sink that is not transactional, what was processed
// since the checkpoint is processed again; the rest of what comes again was not.
func TestFlinkProcessesAgain(t *testing.T) {
	c := scene(1, 100, 3*time.Minute)
	c.Consumers = []client.ConsumerConfig{{Name: "job", Kind: client.Flink{Interval: 250 * ms, MaxRecords: 10_000, CheckpointEvery: 30 * time.Second}}}
	c.Faults = []client.Fault{{From: 85e9, To: 90e9, Consumer: "job", Restart: true}} // 25 s after the last checkpoint
	k := play(t, c).Consumers[0]
	near(t, "processed again", float64(k.RepeatedRecords), 100*25, 0.02)
	if k.RepeatedRecords > k.DuplicateRecords {
		t.Errorf("%d processed again of %d that came again", k.RepeatedRecords, k.DuplicateRecords)
	}
}
