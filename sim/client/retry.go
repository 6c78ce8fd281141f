package client

import (
	"time"

	"kinesim/sim/des"
)

// Retry decides what a client does with records that were not written: refused by
// a limit, failed by the service, or in a call that failed as a whole or was not
// answered in time.
type Retry interface {
	// Entries tells whether failed entries of a PutRecords answer are sent again,
	// in a call of their own. A call that failed as a whole always asks Next.
	Entries() bool
	// Next is how long the client waits before it sends again; ok is false when it
	// gives up. What it is told is not copied, as an interface would have it twice.
	Next(*Try) (wait time.Duration, ok bool)
}

// Try is an attempt that failed.
type Try struct {
	Attempt   int           // 1 is the first
	Waited    time.Duration // since the first attempt was sent, to the answer of this one
	Throttled bool          // refused by a limit, and by nothing else
	Timeout   bool          // no answer came in time
	Quota     *Quota        // of the client
	Random    *des.Rand
}

// NoRetry gives up at once.
type NoRetry struct{}

// Entries implements Retry.
func (NoRetry) Entries() bool { return false }

// Next implements Retry.
func (NoRetry) Next(*Try) (time.Duration, bool) { return 0, false }

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
func (b Backoff) Next(t *Try) (time.Duration, bool) {
	wait := doubled(b.Base, t.Attempt-1, b.Max)
	switch b.Jitter {
	case JitterFull:
		wait = fraction(t.Random, wait)
	case JitterEqual:
		wait = wait/2 + fraction(t.Random, wait-wait/2)
	}
	return wait, t.Waited+wait <= b.GiveUpAfter
}

// Forever sends again at once, without end.
type Forever struct{}

// Entries implements Retry.
func (Forever) Entries() bool { return true }

// Next implements Retry.
func (Forever) Next(*Try) (time.Duration, bool) { return 0, true }

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
