package client

import (
	"time"

	"kinesim/sim/des"
)

// Retry decides what a client does with records that were refused by a limit.
type Retry interface {
	// Entries tells whether refused entries of a PutRecords answer are sent
	// again, in a call of their own. A refused PutRecord always asks Next.
	Entries() bool
	// Next is how long the client waits, from the answer to its attempt (1 is
	// the first), before it sends again; ok is false when it gives up. waited is
	// the time since the first attempt was sent.
	Next(attempt int, waited time.Duration, random *des.Rand) (wait time.Duration, ok bool)
}

// NoRetry gives up at once.
type NoRetry struct{}

// Entries implements Retry.
func (NoRetry) Entries() bool { return false }

// Next implements Retry.
func (NoRetry) Next(int, time.Duration, *des.Rand) (time.Duration, bool) { return 0, false }

// SDKRetry is what the AWS SDKs do in standard mode: up to Attempts attempts,
// waiting rand[0,1)·min(2^i s, 20 s) before retry i = 0, 1 … (botocore
// retries/standard.py). SDKs never resend the refused entries of a PutRecords
// answer; the application would have to.
type SDKRetry struct{ Attempts int }

// sdkCap is the longest wait of the SDKs' standard mode.
const sdkCap = 20 * time.Second

// Entries implements Retry.
func (SDKRetry) Entries() bool { return false }

// Next implements Retry.
func (s SDKRetry) Next(attempt int, _ time.Duration, random *des.Rand) (time.Duration, bool) {
	if attempt >= s.Attempts {
		return 0, false
	}
	return fraction(random, doubled(time.Second, attempt-1, sdkCap)), true
}

// Jitter is how a back-off spreads its waits.
type Jitter string

// The jitters: none waits the whole time, full an even part of it, equal half
// of it and an even part of the other half.
const (
	JitterNone  Jitter = "none"
	JitterFull  Jitter = "full"
	JitterEqual Jitter = "equal"
)

// Backoff waits Base before the first retry and twice as long before each
// further one, at most Max, spread by Jitter. It gives up when the next attempt
// would come later than GiveUpAfter after the first.
type Backoff struct {
	Base, Max   time.Duration
	Jitter      Jitter
	GiveUpAfter time.Duration
}

// Entries implements Retry.
func (Backoff) Entries() bool { return true }

// Next implements Retry.
func (b Backoff) Next(attempt int, waited time.Duration, random *des.Rand) (time.Duration, bool) {
	wait := doubled(b.Base, attempt-1, b.Max)
	switch b.Jitter {
	case JitterFull:
		wait = fraction(random, wait)
	case JitterEqual:
		wait = wait/2 + fraction(random, wait-wait/2)
	}
	return wait, waited+wait <= b.GiveUpAfter
}

// Forever sends again at once, without end.
type Forever struct{}

// Entries implements Retry.
func (Forever) Entries() bool { return true }

// Next implements Retry.
func (Forever) Next(int, time.Duration, *des.Rand) (time.Duration, bool) { return 0, true }

// doubled is base·2^i, at most limit.
func doubled(base time.Duration, i int, limit time.Duration) time.Duration {
	for ; i > 0 && base < limit; i-- {
		base *= 2
	}
	return min(base, limit)
}

// fraction is an even part of d, in [0, d).
func fraction(random *des.Rand, d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(random.Int64N(int64(d)))
}
