package autoscale_test

import (
	"testing"
	"time"

	"kinesim/sim/autoscale"
)

func TestSchedule(t *testing.T) {
	p := autoscale.Schedule{Steps: []autoscale.Step{{At: 10 * minute, Shards: 16}, {At: 600 * minute, Shards: 3}}, Daily: true}
	t.Run("far steps take several calls, each day", func(t *testing.T) {
		moves := rig{shards: 3, lasts: 2 * time.Minute}.play(t, p, 1460, even(0))
		check(t, moves, "10m0s: 6", "12m0s: 12", "14m0s: 16", "10h0m0s: 8", "10h2m0s: 4", "10h4m0s: 3", "24h10m0s: 6", "24h12m0s: 12", "24h14m0s: 16")
	})
	t.Run("a step goes on past midnight", func(t *testing.T) {
		p := autoscale.Schedule{Steps: []autoscale.Step{{At: 600 * minute, Shards: 3}, {At: 1438 * minute, Shards: 16}}, Daily: true}
		check(t, rig{shards: 3, lasts: 2 * time.Minute}.play(t, p, 1460, even(0)), "23h58m0s: 6", "24h0m0s: 12", "24h2m0s: 16")
	})
	t.Run("a refusal is tried again after five minutes", func(t *testing.T) {
		moves := rig{shards: 3, lasts: 2 * time.Minute, calls: 1}.play(t, p, 20, even(0))
		check(t, moves, "10m0s: 6", "12m0s: 12 LimitExceededException", "17m0s: 12 LimitExceededException")
	})
}
