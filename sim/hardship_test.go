package sim_test

import (
	"fmt"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/model/analytic"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// outage is a shard that takes so many bytes a second and is read by so many classic
// readers, of which the first pauses for two minutes.
func outage(readers int, bytesPerSecond int64) *sim.Config {
	c := scene(1, bytesPerSecond/4096, 30*time.Minute)
	c.Producers[0].Size = workload.ConstantSize(4096 - model.UniqueKeyBytes)
	for i := range readers {
		c.Consumers = append(c.Consumers, classic(fmt.Sprint("reader", i), time.Second))
	}
	c.Faults = []client.Fault{{From: 120e9, To: 240e9, Consumer: "reader0", Pause: true}}
	return c
}

// TestCatchUpAfterAnOutage: what piled up is read with what the others leave of the
// shard's 2 MiB/s, for one, two and three readers. Expected is the closed form, and the
// report gives the same beside what happened.
func TestCatchUpAfterAnOutage(t *testing.T) {
	oneByOne(t)
	for readers := 1; readers <= 3; readers++ {
		t.Run(fmt.Sprint(readers, " readers"), func(t *testing.T) {
			const arrive = 400 << 10
			r := play(t, outage(readers, arrive))
			h := r.Faults[0].Recovery
			if h.CaughtUpS == nil || h.EstimateS == nil {
				t.Fatalf("never level again: %+v", h)
			}
			read := float64(model.AWS2026().ReadBytesPerSecond) - float64(readers-1)*arrive
			want := analytic.CatchUp(120*arrive, read, arrive)
			near(t, "catch-up", *h.CatchUpS, want, 0.15)
			near(t, "its estimate", *h.EstimateS, want, 0.03)
			near(t, "peak age", h.PeakAgeMS, 120e3, 0.02)
			if h.Duplicates != 0 || h.Expired != 0 || h.DetectedS != nil {
				t.Errorf("%+v", h)
			}
		})
	}
}

// TestCatchUpAfterLosses: what piles up for longer than the stream keeps it stays as old
// as that until the reader is back, and from then on it takes as long as an outage of
// the retention.
func TestCatchUpAfterLosses(t *testing.T) {
	const arrive = 400 << 10
	for _, until := range []des.Time{600e9, 1100e9} {
		c := outage(1, arrive)
		c.Stream.Retention, c.Faults[0].To = 2*time.Minute, until
		c.Producers[0].Arrivals = workload.Poisson{}
		h := play(t, c).Faults[0].Recovery
		want := analytic.CatchUp(120*arrive, float64(model.AWS2026().ReadBytesPerSecond), arrive)
		near(t, "catch-up", *h.CatchUpS, want, 0.1)
		near(t, "its estimate", *h.EstimateS, want, 0.03)
	}
}

// TestHardshipOfAnApplication: the times that a failover takes are those of its moves,
// and the duplicates those of the whole run, as nothing else went wrong.
func TestHardshipOfAnApplication(t *testing.T) {
	k := team(3)
	r := play(t, killed(crew(6, 600, 10*time.Minute, k), 2*time.Minute, time.Hour, 1))
	h := r.Faults[0].Recovery
	lapsed := moves(r, client.Lapsed)
	if h == nil || h.DetectedS == nil || h.TakenOverS == nil || len(lapsed) != 2 || h.TakenOver != 2 {
		t.Fatalf("%+v after %+v", h, lapsed)
	}
	near(t, "detected", *h.DetectedS, lapsed[0].AtS-120, 1e-9)
	near(t, "taken over", *h.TakenOverS, lapsed[1].AtS-120+1, 1e-9)
	if h.Duplicates != r.Consumers[0].DuplicateRecords || h.Duplicates == 0 {
		t.Errorf("%d duplicates in the fault, %d in the run", h.Duplicates, r.Consumers[0].DuplicateRecords)
	}
}

// TestUntilLoss: a reader at half the pace falls half a second a second behind, so its
// first record is lost two days after the start, when a day's worth of them is unread.
func TestUntilLoss(t *testing.T) {
	oneByOne(t)
	c := scene(1, 10, 10*time.Hour)
	c.Consumers = []client.ConsumerConfig{{Name: "slow", Kind: client.Classic{Interval: 10 * time.Second, MaxRecords: 50}}}
	k := play(t, c).Consumers[0]
	near(t, "growth of the age", k.AgeGrowth, 0.5, 0.02)
	if k.UntilLossS == nil {
		t.Fatal("no loss foreseen")
	}
	near(t, "until loss", *k.UntilLossS, (48-10)*3600, 0.03)

	c.Clock.Duration = 50 * time.Hour
	k = play(t, c).Consumers[0]
	near(t, "the first loss", *k.FirstExpiredAtS, 48*3600, 0.02)

	c.Stream.Retentions = []sim.RetentionChange{{At: 47 * 3600e9, Retention: 72 * time.Hour}}
	if k = play(t, c).Consumers[0]; k.ExpiredRecords != 0 {
		t.Errorf("%d records expired though the retention was raised in time", k.ExpiredRecords)
	}
	// 25 hours behind after 50, it loses an hour at once to a retention of 24 h, and from
	// then on five records a second.
	c.Stream.Retention, c.Stream.Retentions = 7*24*time.Hour, []sim.RetentionChange{{At: 50 * 3600e9, Retention: 24 * time.Hour}}
	c.Clock.Duration += 10 * time.Minute
	near(t, "lost when the retention is lowered too far", float64(play(t, c).Consumers[0].ExpiredRecords), 36_000+3_000, 0.02)
}
