package des

import "time"

// Time is an instant of virtual time: nanoseconds since the start of the run.
// Spans are time.Duration.
type Time int64

// Forever is later than anything that happens.
const Forever Time = 1<<63 - 1

// Add is the instant d after t. It saturates at Forever.
func (t Time) Add(d time.Duration) Time {
	if s := t + Time(d); d < 0 || s >= t {
		return s
	}
	return Forever
}

// Sub is the span from o to t.
func (t Time) Sub(o Time) time.Duration { return time.Duration(t - o) }

// Seconds is the instant in seconds, for reports.
func (t Time) Seconds() float64 { return float64(t) / 1e9 }

// String prints the instant as a duration since the start: 2h3m4s.
func (t Time) String() string { return time.Duration(t).String() }
