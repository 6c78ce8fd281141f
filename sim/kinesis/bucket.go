package kinesis

import (
	"math"
	"time"

	"kinesim/sim/des"
)

// tokens are counted in billionths, so that a rate of r tokens a second brings
// exactly r of them each nanosecond and no remainder is ever dropped.
const token = int64(time.Second)

// bucket is the size and the refill of a token bucket. Its level lives with
// whoever owns it, next to the other state of a shard.
type bucket struct {
	full int64 // tokens of a full bucket, in billionths
	rate int64 // tokens a second = billionths a nanosecond
	long int64 // nanoseconds whose refill still fits 63 bits
}

// newBucket makes a bucket of that capacity, in whole tokens. capacity·10⁹, what it
// may be in debt and the rate must together fit 63 bits, which the legal ranges of
// the limits ensure.
func newBucket(capacity, rate int64) bucket {
	return bucket{full: capacity * token, rate: rate, long: math.MaxInt64 / rate}
}

// refill is the level after dt nanoseconds, from a level that may be in debt.
func (b *bucket) refill(level, dt int64) int64 {
	return b.full - b.lack(b.full-level, dt)
}

// lack is what is missing to the full after dt nanoseconds, of so much before. However long
// the idle time, that does not overflow.
func (b *bucket) lack(missing, dt int64) int64 {
	return max(0, missing-min(dt, b.long)*b.rate)
}

// wait is how long until the level reaches want, rounded up to a nanosecond.
func (b *bucket) wait(level, want int64) time.Duration {
	if level >= want {
		return 0
	}
	return time.Duration((want - level + b.rate - 1) / b.rate)
}

// debtBucket is a bucket that may be overdrawn: a call goes ahead while the
// level is not below zero, and takes what it takes.
type debtBucket struct {
	bucket
	level int64
	last  des.Time
}

func newDebtBucket(capacity, rate int64) debtBucket {
	b := debtBucket{bucket: newBucket(capacity, rate)}
	b.level = b.full
	return b
}

// at brings the level up to now.
func (d *debtBucket) at(now des.Time) int64 {
	d.level = d.refill(d.level, int64(now-d.last))
	d.last = now
	return d.level
}

// take takes n tokens, whatever the level.
func (d *debtBucket) take(n int64) { d.level -= n * token }
