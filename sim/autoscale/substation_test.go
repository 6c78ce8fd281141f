package autoscale_test

import (
	"testing"
	"time"
)

func TestSubstation(t *testing.T) {
	p := preset(t, "substation")
	t.Run("up after 5 minutes, and the step shrinks", func(t *testing.T) {
		// At the end of a change the past minutes count with the new number of shards;
		// three minutes after it the next step may come.
		moves := rig{shards: 4, lasts: time.Minute}.play(t, p, 40, even(100))
		check(t, moves, "5m0s: 8", "9m0s: 14", "13m0s: 21", "17m0s: 31", "21m0s: 46", "25m0s: 57", "29m0s: 71", "33m0s: 88", "37m0s: 110")
	})
	t.Run("down after 60 minutes, then half-hourly", func(t *testing.T) {
		moves := rig{shards: 40, lasts: time.Minute}.play(t, p, 170, even(2))
		check(t, moves, "1h0m0s: 32", "1h31m0s: 22", "2h2m0s: 15", "2h33m0s: 10")
	})
	t.Run("the alarms learn the new number", func(t *testing.T) {
		check(t, rig{shards: 4, lasts: time.Minute}.play(t, p, 100, even(3.2)), "5m0s: 8")
	})
	t.Run("59 minutes are not enough", func(t *testing.T) {
		check(t, rig{shards: 4, lasts: time.Minute}.play(t, p, 200, func(n int) load {
			if n%60 == 59 {
				return load{2, 2}
			}
			return load{1, 1}
		}))
	})
	t.Run("a refused call is made three times, and then the alarm stays", func(t *testing.T) {
		moves := rig{shards: 4, lasts: time.Minute, calls: 1}.play(t, p, 60, even(100))
		check(t, moves, "5m0s: 8", "9m0s: 14 LimitExceededException", "10m0s: 14 LimitExceededException", "12m0s: 14 LimitExceededException")
	})
	t.Run("one shard", func(t *testing.T) { check(t, rig{shards: 1}.play(t, p, 200, even(0))) })
}
