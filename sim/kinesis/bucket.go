package kinesis

import (
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
	brim int64 // after so many nanoseconds even an empty bucket is full
}

// newBucket makes a bucket of that capacity, in whole tokens. capacity·10⁹ plus
// the rate must fit 63 bits, which the legal ranges of the limits ensure.
func newBucket(capacity, rate int64) bucket {
	b := bucket{full: capacity * token, rate: rate}
	b.brim = b.full/rate + 1
	return b
}

// refill is the level after dt nanoseconds, from a level that is not below zero.
// A long idle time is not multiplied: nanoseconds times bytes would overflow after
// hours.
func (b *bucket) refill(level, dt int64) int64 {
	if dt >= b.brim {
		return b.full
	}
	return min(b.full, level+dt*b.rate)
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
	d.level = d.after(d.level, int64(now-d.last))
	d.last = now
	return d.level
}

// after is the level after dt nanoseconds, from a level that may be in debt: first out of
// that, exactly; then as any bucket.
func (b *bucket) after(level, dt int64) int64 {
	if level < 0 {
		return b.pay(level, dt)
	}
	return b.refill(level, dt)
}

// pay is after from a level that is in debt.
func (b *bucket) pay(level, dt int64) int64 {
	paid := min(dt, int64(b.wait(level, 0)))
	level = min(b.full, level+paid*b.rate)
	if paid == dt {
		return level
	}
	return b.refill(level, dt-paid)
}

// take takes n tokens, whatever the level.
func (d *debtBucket) take(n int64) { d.level -= n * token }
