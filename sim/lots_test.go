package sim_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// lateScene is twenty minutes of 200 records a second of many sizes, of which some
// are retried. One reader is at the tip; the others begin late, or stop for ten
// minutes. They are level again long before the end.
func lateScene(exact int64) *sim.Config {
	c := scene(2, 200, 20*time.Minute)
	c.Limits = model.AWS2026()
	c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 105, 5
	c.Stream.ExactRecords = exact
	p := &c.Producers[0]
	p.Arrivals = workload.Poisson{}
	p.Size = workload.LognormalSize{P50: 300, P99: 5000, Max: 50_000}
	p.Retry = client.Backoff{Base: 100 * ms, Max: time.Second, Jitter: client.JitterFull, GiveUpAfter: 10 * time.Second}
	c.Consumers = []client.ConsumerConfig{classic("tip", time.Second), classic("paused", time.Second), efo("paused fan"), classic("late", time.Second), efo("late fan")}
	c.Consumers = append(c.Consumers, client.ConsumerConfig{Name: "team", Joins: 8 * 60e9, Processing: client.Processing{PerRecord: ms / 10}, Kind: client.KCL{
		Version: 2, Workers: 2, Interval: time.Second, MaxRecords: 1000, Prefetch: 3, CheckpointEvery: 10 * time.Second, Failover: 10 * time.Second, MaxLeases: 4, Steal: 1, WriteUnits: 10,
	}})
	for i := range c.Consumers {
		k := &c.Consumers[i]
		switch {
		case strings.HasPrefix(k.Name, "paused"):
			c.Faults = append(c.Faults, client.Fault{From: 90e9, To: 690e9, Consumer: k.Name, Pause: true})
		case strings.HasPrefix(k.Name, "late"):
			k.Joins = 9 * 60e9
		}
	}
	return c
}

// TestReadersOfLots: a run that keeps few records one by one finds the same as one
// that keeps all, to the record and to the byte, but for the delays of those who
// read what was folded, which are good to a second.
func TestReadersOfLots(t *testing.T) {
	oneByOne(t)
	exact, folded := play(t, lateScene(1e9)), play(t, lateScene(1000))
	if len(exact.Warnings) > 0 {
		t.Errorf("the exact run warns: %v", exact.Warnings)
	}
	var n int64
	if len(folded.Warnings) == 1 {
		_, _ = fmt.Sscanf(folded.Warnings[0], "%d records were read long after they came", &n)
	}
	if n < 5*8*60*200 || n > 5*12*60*200 { // five readers, who lay eight to ten minutes behind
		t.Errorf("warns: %v", folded.Warnings)
	}
	if diff := cmp.Diff(exact.Ledger, folded.Ledger); diff != "" {
		t.Errorf("the ledgers differ: %s", diff)
	}
	if diff := cmp.Diff(exact.Cost, folded.Cost); diff != "" { // holds the bytes that fan-out read
		t.Errorf("the bills differ: %s", diff)
	}
	for i, want := range exact.Consumers {
		got := folded.Consumers[i]
		if want.Name == "tip" {
			if a, b := text(t, want), text(t, got); a != b {
				t.Errorf("the reader at the tip finds %s, and %s if nothing is folded", b, a)
			}
			continue
		}
		if got.BacklogRecords > 500 || got.ReceivedRecords != want.ReceivedRecords || got.DuplicateRecords != want.DuplicateRecords {
			t.Errorf("%s received %d records, %d again, %d are left; if nothing is folded %d, %d and %d", got.Name,
				got.ReceivedRecords, got.DuplicateRecords, got.BacklogRecords, want.ReceivedRecords, want.DuplicateRecords, want.BacklogRecords)
		}
		off := *got.PropagationDelay.Mean - *want.PropagationDelay.Mean
		if off == 0 || math.Abs(off) > 1000 || math.Abs(*got.PropagationDelay.Max-*want.PropagationDelay.Max) > 1000 {
			t.Errorf("%s has delays of %v and at most %v ms, if nothing is folded %v and %v", got.Name,
				*got.PropagationDelay.Mean, *got.PropagationDelay.Max, *want.PropagationDelay.Mean, *want.PropagationDelay.Max)
		}
		t.Logf("%s: mean delay %v ms, %v if nothing is folded; end to end %v and %v", got.Name, *got.PropagationDelay.Mean, *want.PropagationDelay.Mean, *got.EndToEndLatency.Mean, *want.EndToEndLatency.Mean)
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
