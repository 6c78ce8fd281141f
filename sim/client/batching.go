package client

import (
	"math"
	"time"

	"kinesim/sim/kinesis"
)

// batching is how the records of a producer wait for their calls.
type batching struct {
	rate              float64       // of calls, a second, of all clients
	records           float64       // in a call, in the mean
	shortest, longest time.Duration // that a record waits
	firsts            float64       // share of the records that wait longest, beyond what of the others do, which wait evenly less
}

// batching at so many records a second of so many bytes, evenly spaced or independent. A
// client's call leaves when it is full or when its first record has waited for the linger,
// whichever comes first at an even pace.
func (c *ProducerConfig) batching(rate, size float64, even bool) batching {
	own := rate / float64(c.Clients)
	if c.Put.Single || rate == 0 {
		return batching{rate: rate, records: 1}
	}
	linger := c.Put.Linger
	most := max(1, math.Floor(min(float64(c.Put.Records), float64(c.Put.Bytes)/size)))
	switch waits := own * linger.Seconds(); {
	case waits >= most-1:
		return batching{rate: rate / most, records: most, longest: time.Duration((most - 1) / own * 1e9)}
	case even: // one waits for the linger, the next for a gap less
		n := math.Floor(waits) + 1
		return batching{rate / n, n, linger - time.Duration((n-1)/own*1e9), linger, 0}
	default:
		return batching{rate / (1 + waits), 1 + waits, 0, linger, 1 / (1 + waits)}
	}
}

// MostCalls is how many clients and how many calls of a span are known one by one at a coarse
// resolution.
const MostCalls = 512

// Calls is how many calls a second a producer makes that gets so many records a second, and
// how many records each of them has.
func (c *ProducerConfig) Calls(rate float64) (calls, records float64) {
	b := c.batching(rate, c.Size.Mean(), c.Arrivals.Flow(c.Rate).Even())
	return b.rate, b.records
}

// middle is how long a record waits in the mean that is not the first of its call.
func (b *batching) middle() time.Duration { return (b.shortest + b.longest) / 2 }

// mean is how long a record waits in the mean.
func (b *batching) mean() time.Duration {
	return b.middle() + time.Duration(float64(b.longest-b.middle())*b.firsts)
}

// someFirsts is the share of records from which on it matters that the first of a call
// waits longest: with less of them the mean wait errs by a hundredth at the most.
const someFirsts = 0.02

// lags is how long records wait for their calls.
func (b *batching) lags() kinesis.Lags {
	lags := kinesis.Lags{Mean: kinesis.PackLag(b.middle()), Wide: kinesis.PackLag(b.longest - b.shortest)}
	if b.firsts >= someFirsts {
		lags.Firsts = float32(b.firsts)
	}
	return lags
}

// brings is how likely it is that a call has records of a shard that gets such a share of
// all.
func (b *batching) brings(share float64) float64 {
	if b.firsts > 0 { // the first, and then as many as come
		return 1 - float64((1-share)*math.Exp(-share*(b.records-1)))
	}
	return 1 - math.Pow(1-share, b.records)
}
