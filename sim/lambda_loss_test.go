package sim_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/workload"
)

// TestExpiryBehindAFunction: a function takes 10 records a second of 100, and the
// stream keeps them for 20 s. From 20/0.9 s on, when the oldest has waited so long,
// records expire unread, 90 a second: at once, and not when the function comes to
// where they were. What it had read in time and comes to too late it is not given:
// that is counted as given up. However many batches of the shard there are at a
// time, each record is counted once.
func TestExpiryBehindAFunction(t *testing.T) {
	for _, test := range []struct{ parallel, concurrency int }{{1, 0}, {4, 0}, {4, 1}, {10, 2}} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			l := function()
			l.BatchSize, l.Parallel, l.Concurrency = 10, test.parallel, test.concurrency
			atATime := l.Parallel
			if l.Concurrency > 0 {
				atATime = l.Concurrency
			}
			l.Duration = model.Constantly(time.Duration(atATime) * time.Second)
			c := mapped(1, 100, 120*time.Second, l)
			c.Producers[0].Keys = workload.Ranked{S: 0, Count: 1000, Prefix: "k"}
			c.Stream.Retention = 20 * time.Second
			r := play(t, c)
			k := r.Consumers[0]
			if k.ReceivedRecords+k.ExpiredRecords+k.BacklogRecords != 12_000 {
				t.Errorf("%d received, %d expired and %d unread of 12,000", k.ReceivedRecords, k.ExpiredRecords, k.BacklogRecords)
			}
			near(t, "processed", float64(k.ProcessedRecords), 10*120, 0.1)
			near(t, "lost", float64(k.ExpiredRecords+k.FailedRecords), 90*(120-20/0.9), 0.1)
			backlog := r.Series.Consumers[0].BacklogRecords
			for i, n := range backlog[len(backlog)/2:] {
				if math.Abs(float64(n)-2000) > 200 {
					t.Fatalf("bin %d: %d unread, though the stream keeps 2,000", len(backlog)/2+i, n)
				}
			}
		})
	}
}

// TestExpiryBehindABlockedShard: while a function is at one batch for longer than
// the stream keeps records, those that it has not read expire, and are counted then.
func TestExpiryBehindABlockedShard(t *testing.T) {
	l := function()
	l.BatchSize, l.Duration = 1, model.Constantly(time.Hour)
	c := mapped(1, 100, 60*time.Second, l)
	c.Stream.Retention = 20 * time.Second
	c.Limits.GetRecordsLimit = 1 // so the buffer holds two records and no more
	r := play(t, c)
	k := r.Consumers[0]
	near(t, "expired", float64(k.ExpiredRecords), 100*40, 0.02)
	near(t, "backlog", float64(k.BacklogRecords), 100*20, 0.02)
	if k.ReceivedRecords != 1 {
		t.Errorf("%d received", k.ReceivedRecords)
	}
}
