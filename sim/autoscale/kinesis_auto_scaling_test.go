package autoscale_test

import (
	"testing"
	"time"

	"kinesim/sim/autoscale"
)

func TestKinesisAutoScaling(t *testing.T) {
	p := preset(t, "kinesis-auto-scaling")
	r := rig{shards: 4, lasts: 2 * time.Minute}
	t.Run("up after 25 minutes", func(t *testing.T) { check(t, r.play(t, p, 60, even(3.2)), "25m0s: 8") })
	t.Run("a minute later where CloudWatch is late", func(t *testing.T) {
		check(t, rig{shards: 4, lasts: 2 * time.Minute, late: time.Minute}.play(t, p, 60, even(3.2)), "26m0s: 8")
	})
	t.Run("not with a dip", func(t *testing.T) {
		dip := func(n int) load {
			if n%25 == 24 {
				return load{} // one minute that pulls its point of five below
			}
			return load{3.2, 3.2}
		}
		check(t, r.play(t, p, 100, dip))
	})
	// 57 points of five minutes; the alarm of 60 need not be full for that.
	t.Run("down after 285 minutes", func(t *testing.T) { check(t, r.play(t, p, 300, even(0.9)), "4h45m0s: 2") })
	t.Run("three points of an hour's busy quarter do not hold it up", func(t *testing.T) {
		check(t, r.play(t, p, 310, func(n int) load {
			if n >= 100 && n < 115 {
				return load{2, 2}
			}
			return load{0.9, 0.9}
		}), "5h0m0s: 2")
	})
	t.Run("never from one shard", func(t *testing.T) { check(t, rig{shards: 1}.play(t, p, 600, even(0))) })
	t.Run("a busy stream is asked each minute", func(t *testing.T) {
		moves := rig{shards: 4, lasts: 40 * time.Minute}.play(t, p, 50, even(8))
		if len(moves) < 3 || moves[0].String() != "25m0s: 8" || moves[1].String() != "26m0s: 8 ResourceInUseException" || moves[2].String() != "27m0s: 8 ResourceInUseException" {
			t.Error(moves)
		}
	})
	guarded := p.(autoscale.KinesisAutoScaling)
	guarded.AgeGuard = 30 * time.Minute
	t.Run("not while readers are behind", func(t *testing.T) {
		behind := rig{shards: 4, age: func(int) time.Duration { return 31 * time.Minute }}
		check(t, behind.play(t, guarded, 400, even(0.1)))
		check(t, behind.play(t, p, 300, even(0.9)), "4h45m0s: 2")
		behind.age = func(int) time.Duration { return 29 * time.Minute }
		check(t, behind.play(t, guarded, 300, even(0.9)), "4h45m0s: 2")
	})
}
