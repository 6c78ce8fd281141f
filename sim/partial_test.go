package sim_test

import (
	"context"
	"testing"
	"time"

	"kinesim/sim"
)

// interrupted plays a scenario until the first progress at or after an instant.
func interrupted(t *testing.T, c *sim.Config, at time.Duration) *sim.Result {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := sim.Run(ctx, c, func(now time.Duration, _ int64) {
		if now >= at {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestInterrupted(t *testing.T) {
	c := lively()
	c.Clock.Duration = 10 * time.Minute
	c.Expect = nil
	r := interrupted(t, c, 90*time.Second)
	if !r.Partial || r.EndedAtS < 90 || r.EndedAtS > 300 {
		t.Fatalf("partial %v, ended at %v s", r.Partial, r.EndedAtS)
	}
	if !r.Ledger.Holds {
		t.Error("the ledger does not hold")
	}
	near(t, "offered until then", float64(r.Ledger.Producers[0].Offered), 600*r.EndedAtS, 0.02)
	for _, k := range r.Ledger.Consumers {
		if k.Accepted != k.Received+k.Expired+k.Backlog {
			t.Errorf("%+v", k)
		}
	}
	if got := float64(r.Series.Bins) * r.Series.StepS; got < r.EndedAtS || got > r.EndedAtS+r.Series.StepS {
		t.Errorf("the series covers %v s of %v s", got, r.EndedAtS)
	}
	whole := play(t, lively())
	if whole.Partial || whole.EndedAtS != 12 {
		t.Errorf("a whole run: partial %v, ended at %v s", whole.Partial, whole.EndedAtS)
	}
}

// TestInterruptedBeforeAWindow: an expectation whose window never began has
// nothing measured and is not met.
func TestInterruptedBeforeAWindow(t *testing.T) {
	for _, metric := range []string{"failed_records", "put_throttled_ratio", "backlog_records", "read_throttled_ratio", "expired_records"} {
		c := lively()
		c.Clock.Duration = 10 * time.Minute
		c.Expect = []sim.Expectation{during(expect(metric, "end", sim.Below, 1e9), 500, 510)}
		r := interrupted(t, c, 10*time.Second)
		if e := r.Expectations[0]; e.Measured != nil || e.Passed {
			t.Errorf("%s: %+v", metric, e)
		}
	}
}

func TestInterruptedReplications(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := sim.Replicate(ctx, lively(), 3, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Partial || !r.Ledger.Holds || r.Replications != nil {
		t.Errorf("partial %v, replications %+v", r.Partial, r.Replications)
	}
}

// TestProgress tells of time and records that only grow.
func TestProgress(t *testing.T) {
	c := scene(1, 1000, 30*time.Second)
	var last time.Duration
	var records int64
	calls := 0
	_, err := sim.Run(context.Background(), c, func(now time.Duration, n int64) {
		if now < last || n < records || float64(n) > 1000*now.Seconds()+1 {
			t.Errorf("%v and %d records after %v and %d", now, n, last, records)
		}
		last, records = now, n
		calls++
	})
	if err != nil || calls < 3 || records < 10_000 {
		t.Errorf("%d calls, %d records, %v", calls, records, err)
	}
}
