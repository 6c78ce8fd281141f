package analytic

import (
	"math"
	"time"
)

// Polling describes a classic reader of one shard that is never refused: it
// calls, is answered after a latency, waits its interval from the answer and
// calls again. A record can be read a constant time after it was accepted.
type Polling struct {
	Interval         time.Duration // from an answer to the next call
	Latency          time.Duration // mean, of a call
	LatencyDeviation time.Duration // standard deviation of the latency
	Availability     time.Duration // from acceptance until a call can see the record
}

// MeanDelay is the mean time from acceptance to hand-over of records that arise
// independently of the polls. With C = interval + latency the time between two
// calls,
//
//	availability + E[C²]/(2·E[C]) + E[latency] = availability + (E[C] + Var[latency]/E[C])/2 + E[latency]
//
// The middle term is the mean residual life of a renewal process (Ross,
// Stochastic Processes, 2nd ed., section 3.4): long gaps catch more records.
// Range: the answer holds all that can be seen, so the reader keeps up.
func (p Polling) MeanDelay() time.Duration {
	cycle := (p.Interval + p.Latency).Seconds()
	deviation := p.LatencyDeviation.Seconds()
	mean := p.Availability.Seconds() + (cycle+deviation*deviation/cycle)/2 + p.Latency.Seconds()
	return time.Duration(mean * 1e9)
}

// UniformDeviation is the standard deviation of an even law on [low, high]:
// (high − low)/√12.
func UniformDeviation(low, high time.Duration) time.Duration {
	return time.Duration(float64(high-low) / math.Sqrt(12))
}

// LognormalMean is the mean of floor + (median − floor)·e^(σN), N standard
// normal, whose 0.99 quantile is p99: floor + (median − floor)·e^(σ²/2) with
// σ = ln((p99 − floor)/(median − floor)) / 2.3263. Range: floor < median ≤ p99.
func LognormalMean(floor, median, p99 time.Duration) time.Duration {
	body := (median - floor).Seconds()
	sigma := math.Log((p99-floor).Seconds()/body) / (math.Sqrt2 * math.Erfinv(0.98))
	return floor + time.Duration(body*math.Exp(sigma*sigma/2)*1e9)
}

// CatchUp is how long a reader takes to read a backlog away while more arrives:
// backlog / (read − arrive), all in the same unit and a second. It never does
// when read ≤ arrive, which gives +Inf. Source: kinesis readers are limited a
// second, so backlog is a fluid drained at the difference.
func CatchUp(backlog, read, arrive float64) float64 {
	if read <= arrive {
		return math.Inf(1)
	}
	return backlog / (read - arrive)
}

// LagGrowth is by how many seconds a second a reader falls behind: it reads what
// was written at arrive with read a second, so its place in the stream moves
// read/arrive seconds a second,
//
//	max(0, 1 − read/arrive)
//
// n classic readers of a full shard each have read = 2 MiB/s / n: 1/3 for three,
// 0.6 for five.
func LagGrowth(read, arrive float64) float64 {
	if arrive <= 0 {
		return 0
	}
	return max(0, 1-read/arrive)
}

// Reads is how many GetRecords calls a second a shard allows that return size bytes
// each, over a long time: as many as its calls, or its bytes, a second (kinesis.md,
// section 3.2; a call may go into debt, which is paid back before the next one).
// Range: answers below the size that closes the shard.
func Reads(calls, bytes, size float64) float64 {
	if size <= 0 {
		return calls
	}
	return math.Min(calls, bytes/size)
}
