package sim_test

import (
	"testing"
	"time"

	"kinesim/sim/client"
)

// TestExpiryBehindAQueue: what waits to be processed was read in time and does not
// expire, but what lies behind it in the stream does: the backlog is never more than
// the stream holds and the queue, however long the workers stand still or however slow
// they are.
func TestExpiryBehindAQueue(t *testing.T) {
	const perSecond, keeps = 20, 60
	for prefetch := range int64(5) {
		k := team(1)
		k.Prefetch = int(prefetch)
		c := crew(1, perSecond, 10*time.Minute, k)
		c.Stream.Retention = keeps * time.Second
		c.Consumers[0].Processing.PerBatch = 4 * time.Second
		c.Faults = []client.Fault{{From: 60e9, To: 500e9, Consumer: "team", Pause: true}}
		r := play(t, c)
		queue := (prefetch + 1) * 4 * perSecond // a batch is what comes in 4 s, and one is in flight
		if most := r.Consumers[0].MaxBacklog; most > keeps*perSecond+queue+perSecond {
			t.Errorf("prefetch %d: a backlog of %d records, and the stream has %d", prefetch, most, keeps*perSecond)
		}
		near(t, "lost unread", float64(r.Consumers[0].ExpiredRecords), (500-60-keeps)*perSecond, 0.05)
		near(t, "the first of them at", *r.Consumers[0].FirstExpiredAtS, 60+keeps, 0.05)

		c.Faults, c.Consumers[0].Processing = nil, client.Processing{PerRecord: 200 * ms} // a quarter of what comes
		r = play(t, c)
		if most := r.Consumers[0].MaxBacklog; most > (prefetch+1)*(keeps+1)*perSecond { // each batch in the queue is what the stream had
			t.Errorf("prefetch %d: a backlog of %d records of a slow worker", prefetch, most)
		}
	}
}

// TestInterruptedAndExpired: records that were in hand when their reader was stopped,
// and that left the stream before it came back, are given up: whatever was handed over
// is processed, given up or in hand.
func TestInterruptedAndExpired(t *testing.T) {
	for _, kind := range []client.ConsumerKind{
		team(1), client.Flink{Interval: time.Second, MaxRecords: 10_000, CheckpointEvery: time.Minute},
	} {
		c := scene(1, 5, 20*time.Minute)
		c.Stream.Retention = 3 * time.Minute
		c.Consumers = []client.ConsumerConfig{{Name: "team", Kind: kind, Processing: client.Processing{PerBatch: 60 * time.Second}}}
		c.Faults = []client.Fault{{From: 270e9, To: 900e9, Consumer: "team", Workers: 1, Kill: true}}
		if _, job := kind.(client.Flink); job {
			c.Faults[0] = client.Fault{From: 270e9, To: 900e9, Consumer: "team", Restart: true}
		}
		k := play(t, c).Consumers[0]
		if k.FailedRecords < 250 || k.FailedRecords > 310 { // what came in a minute
			t.Errorf("%T: %d given up", kind, k.FailedRecords)
		}
		if hand := k.ReceivedRecords - k.ProcessedRecords - k.FailedRecords; hand != 300 {
			t.Errorf("%T: %d received, %d processed, %d given up: %d in hand", kind, k.ReceivedRecords, k.ProcessedRecords, k.FailedRecords, hand)
		}
	}
}
