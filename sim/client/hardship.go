package client

import (
	"math"
	"time"

	"kinesim/sim/des"
)

// awake is the first instant from t on at which no fault holds the consumer up.
func (k *Consumer) awake(t des.Time) des.Time {
	for again := true; again; {
		again = false
		for i := range k.faults {
			if f := &k.faults[i]; f.Pause && t >= f.From && t < f.To {
				t, again = f.To, true
			}
		}
	}
	return t
}

// work is how long processing takes that begins at now.
func (k *Consumer) work(now des.Time) Processing {
	p := k.Config.Processing
	for i := range k.faults {
		if f := &k.faults[i]; f.Slow > 0 && now >= f.From && now < f.To {
			p.PerRecord, p.PerBatch = times(p.PerRecord, f.Slow), times(p.PerBatch, f.Slow)
		}
	}
	return p
}

// errors is the share of batches that fail at now.
func (k *Consumer) errors(now des.Time) float64 {
	share := 0.0
	for i := range k.faults {
		if f := &k.faults[i]; now >= f.From && now < f.To {
			share = max(share, f.Errors)
		}
	}
	return share
}

// times is d, so many times; at most what a Duration holds.
func times(d time.Duration, factor float64) time.Duration {
	if x := float64(d) * factor; x < math.MaxInt64/2 {
		return time.Duration(x)
	}
	return math.MaxInt64 / 2
}
