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

// idle tells whether the consumer does nothing with what it reads but count it, which takes no
// time, nothing ever befalls it, and nobody follows a record.
func (k *Consumer) idle() bool {
	return k.Config.Processing == (Processing{}) && len(k.faults) == 0 && k.links.Story == nil
}

// work is how long processing takes that begins at now.
func (k *Consumer) work(now des.Time) Processing {
	p := k.Config.Processing
	if len(k.faults) == 0 {
		return p
	}
	if slow := k.slowness(now); slow != 1 {
		p.PerRecord, p.PerBatch = times(p.PerRecord, slow), times(p.PerBatch, slow)
	}
	return p
}

// slowness is how many times as long as usual processing takes that begins at now.
func (k *Consumer) slowness(now des.Time) float64 {
	slow := 1.0
	for i := range k.faults {
		if f := &k.faults[i]; f.Slow > 0 && now >= f.From && now < f.To {
			slow *= f.Slow
		}
	}
	return slow
}

// placeOf is the place of the shard that a fault is about; -1 if there is none.
func (l *Links) placeOf(s *Stall, now des.Time) int {
	if s.Hottest {
		return l.Hottest(now)
	}
	return l.Stream.Lookup(s.Shard)
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

// times is d, so many times; at the most longer than any run.
func times(d time.Duration, factor float64) time.Duration {
	if x := float64(d) * factor; x < math.MaxInt64/4 {
		return time.Duration(x)
	}
	return math.MaxInt64 / 4
}
