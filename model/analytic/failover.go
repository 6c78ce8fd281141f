package analytic

import (
	"math"
	"time"
)

// Detection is the mean time from the death of a worker of the Kinesis Client
// Library (versions 1 and 2) until another finds its lease expired. Others scan the
// table every scan = 2·(failover + epsilon) and take a lease for expired that has
// been as it is for longer than the failover time by their own clock. They note it
// at the first scan after its last renewal and find it expired at the next one; the
// last renewal was, on average, half a renewal interval before the death:
//
//	scan/2 + scan − renewal/2
//
// Range: failover < scan, which holds for any failover time. Of several workers that
// scan independently the first one takes the lease, so it is less with many.
func Detection(scan, renewal time.Duration) time.Duration { return scan + scan/2 - renewal/2 }

// Duplicates is the mean number of records that come again after a reader of rate
// records a second died at a random instant: those since its last checkpoint. It
// takes a batch each cycle and checkpoints at the end of the first batch that ends
// every or more after the last checkpoint, so every n = ⌈every/cycle⌉ batches, and
// has taken 0 … n−1 of them since:
//
//	rate · cycle · (n − 1)/2
//
// Range: batches are processed at once and without gaps; else the batch in hand comes
// on top.
func Duplicates(rate float64, every, cycle time.Duration) float64 {
	n := math.Max(1, math.Ceil(every.Seconds()/cycle.Seconds()))
	return rate * cycle.Seconds() * (n - 1) / 2
}

// StealTime is how long n leases take to move to a worker that steals atOnce of them
// each scan, from the first to the last.
func StealTime(n, atOnce int, scan time.Duration) time.Duration {
	return time.Duration((n+atOnce-1)/atOnce-1) * scan
}
