package autoscale_test

import (
	"testing"
	"time"

	"kinesim/sim/autoscale"
)

func TestTargetTracking(t *testing.T) {
	p := preset(t, "target-tracking")
	t.Run("out after 3 minutes, in proportion", func(t *testing.T) {
		check(t, rig{shards: 8, lasts: time.Minute, late: time.Minute}.play(t, p, 60, from(10, 5, 7)), "14m0s: 10")
	})
	t.Run("4.2 shards' worth at 70 % is 6 shards and not 7", func(t *testing.T) {
		check(t, rig{shards: 5, lasts: time.Minute}.play(t, p, 60, even(4.2)), "3m0s: 6")
	})
	t.Run("in by the largest of the 15", func(t *testing.T) {
		waves := func(n int) load { return load{4.2 + float64(n%2), 0} }
		check(t, rig{shards: 10, lasts: time.Hour}.play(t, p, 30, waves), "15m0s: 8")
	})
	t.Run("in after 15 below 63 %", func(t *testing.T) {
		check(t, rig{shards: 10, lasts: time.Minute}.play(t, p, 100, even(6.2)), "15m0s: 9")
		check(t, rig{shards: 10, lasts: time.Minute}.play(t, p, 100, even(6.4)))
	})
	t.Run("no more than half at once, and a cool-down", func(t *testing.T) {
		check(t, rig{shards: 10, lasts: time.Minute}.play(t, p, 100, even(0.7)), "15m0s: 5", "21m0s: 3", "27m0s: 2", "33m0s: 1")
	})
	t.Run("a cool-down does not hold up what is larger still", func(t *testing.T) {
		check(t, rig{shards: 10, lasts: time.Minute}.play(t, p, 30, from(4, 8, 12)), "3m0s: 12", "7m0s: 18") // resting until 9m
	})
	t.Run("no shrinking where that is off", func(t *testing.T) {
		q := p.(autoscale.TargetTracking)
		q.NoShrink = true
		check(t, rig{shards: 10}.play(t, q, 100, even(0.7)))
	})
	t.Run("without data nothing happens", func(t *testing.T) {
		q := autoscale.TargetTracking{Metric: autoscale.IteratorAge, Target: 1000}
		check(t, rig{shards: 10}.play(t, q, 100, even(0.7)))
		behind := rig{shards: 10, lasts: time.Hour, age: func(int) time.Duration { return 1500 * time.Millisecond }}
		check(t, behind.play(t, q, 30, even(0.7)), "3m0s: 15")
	})
}
