package kinesis

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// oracle is a token bucket in whole numbers without bound: its level in
// billionths of a token, after the same refills and takings.
type oracle struct {
	level, full *big.Int
	rate        int64
}

func newOracle(capacity, rate int64) *oracle {
	full := new(big.Int).Mul(big.NewInt(capacity), big.NewInt(token))
	return &oracle{new(big.Int).Set(full), full, rate}
}

func (o *oracle) pass(dt int64) {
	o.level.Add(o.level, new(big.Int).Mul(big.NewInt(dt), big.NewInt(o.rate)))
	if o.level.Cmp(o.full) > 0 {
		o.level.Set(o.full)
	}
}

func (o *oracle) take(n int64) {
	o.level.Sub(o.level, new(big.Int).Mul(big.NewInt(n), big.NewInt(token)))
}

// anyBucket draws a capacity and a rate over all that the limits allow, and the
// ends of it often.
func anyBucket(t *rapid.T) (capacity, rate int64) {
	wide := rapid.OneOf(rapid.Int64Range(1, 20), rapid.Int64Range(1, 1<<20), rapid.Just(int64(4)<<30))
	return wide.Draw(t, "capacity"), wide.Draw(t, "rate")
}

// anyPause draws a time between two calls: from nothing to years.
func anyPause(t *rapid.T) int64 {
	return rapid.OneOf(rapid.Int64Range(0, 10), rapid.Int64Range(0, 2e9), rapid.Int64Range(0, int64(400*24*time.Hour))).Draw(t, "pause")
}

// TestBucketIsExact: no remainder is lost and nothing overflows, whatever the
// rate and however long the pause.
func TestBucketIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capacity, rate := anyBucket(t)
		b, o := newBucket(capacity, rate), newOracle(capacity, rate)
		level := b.full
		for range rapid.IntRange(1, 40).Draw(t, "calls") {
			dt := anyPause(t)
			level = b.refill(level, dt)
			o.pass(dt)
			if n := rapid.Int64Range(0, capacity).Draw(t, "n"); level >= n*token {
				level -= n * token
				o.take(n)
			}
			if o.level.Cmp(big.NewInt(level)) != 0 {
				t.Fatalf("bucket of %d at %d/s: level %d, want %s", capacity, rate, level, o.level)
			}
		}
	})
}

// TestDebtBucketIsExact: the same below zero.
func TestDebtBucketIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capacity, rate := anyBucket(t)
		b, o := newDebtBucket(capacity, rate), newOracle(capacity, rate)
		for range rapid.IntRange(1, 40).Draw(t, "calls") {
			dt := rapid.OneOf(rapid.Int64Range(0, 10), rapid.Int64Range(0, int64(time.Hour))).Draw(t, "pause")
			level := b.at(b.last.Add(time.Duration(dt)))
			o.pass(dt)
			if level >= 0 {
				n := rapid.Int64Range(0, min(5*capacity, 1<<31)).Draw(t, "n")
				b.take(n)
				o.take(n)
			}
			if o.level.Cmp(big.NewInt(b.level)) != 0 {
				t.Fatalf("bucket of %d at %d/s: level %d, want %s", capacity, rate, b.level, o.level)
			}
		}
	})
}

// TestWait: after the wait there is enough, and a nanosecond before there is not.
func TestWait(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capacity, rate := anyBucket(t)
		b := newBucket(capacity, rate)
		level := rapid.Int64Range(0, b.full).Draw(t, "level")
		want := rapid.Int64Range(0, b.full).Draw(t, "want")
		w := int64(b.wait(level, want))
		if got := b.refill(level, w); got < want {
			t.Fatalf("after %d ns %d, want %d", w, got, want)
		}
		if w > 0 && b.refill(level, w-1) >= want {
			t.Fatalf("%d ns would do", w-1)
		}
	})
}

// TestNoWindowAdmitsMore: in any span, however it lies, a bucket lets pass no more
// than its capacity and what comes in that span.
func TestNoWindowAdmitsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capacity, rate := rapid.Int64Range(1, 50).Draw(t, "capacity"), rapid.Int64Range(1, 50).Draw(t, "rate")
		b := newBucket(capacity, rate)
		level, now := b.full, int64(0)
		var passed []int64
		for range rapid.IntRange(1, 200).Draw(t, "tries") {
			dt := rapid.Int64Range(0, 1e8).Draw(t, "pause")
			now += dt
			if level = b.refill(level, dt); level >= token {
				level -= token
				passed = append(passed, now)
			}
		}
		for i, from := range passed {
			for j := i; j < len(passed); j++ {
				if n, most := int64(j-i+1)*token, capacity*token+(passed[j]-from)*rate; n > most {
					t.Fatalf("%d passed in %d ns, at most %d billionths may", j-i+1, passed[j]-from, most)
				}
			}
		}
	})
}
