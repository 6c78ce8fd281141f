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
