package workload

import (
	"math"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// Delays draws from a delay.
type Delays struct {
	law       model.Delay
	wide      int64 // one of so many delays from law.Min on, all alike; 0: not so
	mu, sigma float64
	lognormal bool
	random    *des.Rand
}

// NewDelays starts to draw from a delay.
func NewDelays(law model.Delay, random *des.Rand) *Delays {
	mu, sigma, lognormal := law.Lognormal()
	wide := int64(0)
	if !lognormal && law.Max > law.Min {
		wide = int64(law.Max-law.Min) + 1
	}
	return &Delays{law, wide, mu, sigma, lognormal, random}
}

// longest is a delay that is longer than any run, and far from the end of a Duration.
const longest = math.MaxInt64 / 4

// never is by how many standard deviations no normal draw lies above the mean: once in 10^19.
const never = 9

// Longest is a delay that no draw exceeds.
func (d *Delays) Longest() time.Duration {
	if d.law.Max > 0 || !d.lognormal {
		return max(d.law.Min, d.law.Max)
	}
	return d.law.Min + time.Duration(min(math.Exp(d.mu+float64(never*d.sigma)), longest))
}

// Next is the next delay. A constant one draws nothing.
func (d *Delays) Next() time.Duration {
	if d.wide > 0 {
		return d.law.Min + time.Duration(d.random.Below(d.wide))
	}
	return d.other()
}

// other is Next of a delay that is constant or lognormal.
func (d *Delays) other() time.Duration {
	if !d.lognormal {
		return d.law.Min
	}
	x := d.law.Min + time.Duration(min(wholeExp(d.mu+float64(d.sigma*d.random.NormFloat64())), longest))
	if d.law.Max > 0 {
		x = min(x, d.law.Max)
	}
	return x
}
