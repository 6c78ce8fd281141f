package workload

import (
	"math"

	"kinesim/model"
	"kinesim/sim/des"
)

// Size says how large the data blobs of records are, without their keys.
type Size interface {
	Largest() model.Bytes // no draw is larger
	Mean() float64        // in bytes
	Start(random *des.Rand) Sizes
}

// SizeLaw is a Size of which more is known than its mean: enough to say how many bytes
// many records have together.
type SizeLaw interface {
	Size
	Deviation() float64      // standard, in bytes
	Above(b float64) float64 // the share of records that are larger than b bytes
}

// Sizes draws data sizes.
type Sizes interface{ Fill(dst []uint32) }

// ConstantSize is always the same.
type ConstantSize model.Bytes

// Largest implements Size.
func (c ConstantSize) Largest() model.Bytes { return model.Bytes(c) }

// Mean implements Size.
func (c ConstantSize) Mean() float64 { return float64(c) }

// Deviation implements SizeLaw.
func (c ConstantSize) Deviation() float64 { return 0 }

// Above implements SizeLaw.
func (c ConstantSize) Above(b float64) float64 {
	if float64(c) > b {
		return 1
	}
	return 0
}

// Start implements Size.
func (c ConstantSize) Start(*des.Rand) Sizes { return c }

// Fill implements Sizes.
func (c ConstantSize) Fill(dst []uint32) {
	for i := range dst {
		dst[i] = uint32(c)
	}
}

// UniformSize is any whole number of bytes from Min to Max, equally likely.
type UniformSize struct{ Min, Max model.Bytes }

// Largest implements Size.
func (u UniformSize) Largest() model.Bytes { return u.Max }

// Mean implements Size.
func (u UniformSize) Mean() float64 { return float64(u.Min+u.Max) / 2 }

// Deviation implements SizeLaw.
func (u UniformSize) Deviation() float64 {
	n := float64(u.Max-u.Min) + 1
	return math.Sqrt((float64(n*n) - 1) / 12)
}

// Above implements SizeLaw.
func (u UniformSize) Above(b float64) float64 {
	n := float64(u.Max-u.Min) + 1
	return max(0, min(1, (float64(u.Max)-math.Floor(b))/n))
}

// Start implements Size.
func (u UniformSize) Start(random *des.Rand) Sizes { return &uniformSizes{u, random} }

type uniformSizes struct {
	UniformSize
	random *des.Rand
}

func (u *uniformSizes) Fill(dst []uint32) {
	span := uint32(u.Max-u.Min) + 1
	for i := range dst {
		dst[i] = uint32(u.Min) + u.random.Uint32N(span)
	}
}

// LognormalSize has the given median and 99th percentile. What would exceed Max
// is Max, and nothing is under one byte, so both percentiles hold as given.
type LognormalSize struct{ P50, P99, Max model.Bytes }

// normal99 is the 0.99 quantile of the standard normal law.
const normal99 = 2.3263478740408408

func (l LognormalSize) law() (mu, sigma float64) {
	return math.Log(float64(l.P50)), math.Log(float64(l.P99)/float64(l.P50)) / normal99
}

// Largest implements Size.
func (l LognormalSize) Largest() model.Bytes { return l.Max }

// Mean implements Size. It is the mean of the law cut at Max:
// e^(mu+sigma²/2)·Φ((ln max − mu − sigma²)/sigma) + max·(1 − Φ((ln max − mu)/sigma)).
func (l LognormalSize) Mean() float64 {
	mu, sigma := l.law()
	if sigma == 0 {
		return float64(min(l.P50, l.Max))
	}
	top := (math.Log(float64(l.Max)) - mu) / sigma
	return float64(math.Exp(mu+float64(sigma*sigma)/2)*phi(top-sigma)) + float64(float64(l.Max)*(1-phi(top)))
}

// phi is the distribution function of the standard normal law.
func phi(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// Deviation implements SizeLaw. The mean square has the form of the mean, with twice mu and
// sigma.
func (l LognormalSize) Deviation() float64 {
	mu, sigma := l.law()
	if sigma == 0 {
		return 0
	}
	top, most, mean := (math.Log(float64(l.Max))-mu)/sigma, float64(l.Max), l.Mean()
	square := float64(math.Exp(2*mu+float64(2*sigma*sigma))*phi(top-2*sigma)) + float64(float64(most*most)*(1-phi(top)))
	return math.Sqrt(max(0, square-float64(mean*mean)))
}

// Above implements SizeLaw.
func (l LognormalSize) Above(b float64) float64 {
	mu, sigma := l.law()
	switch {
	case b >= float64(l.Max):
		return 0
	case b < 1:
		return 1
	case sigma == 0:
		return ConstantSize(l.P50).Above(b)
	}
	return 1 - phi((math.Log(b)-mu)/sigma)
}

// Start implements Size.
func (l LognormalSize) Start(random *des.Rand) Sizes {
	mu, sigma := l.law()
	return &lognormalSizes{mu, sigma, float64(l.Max), random}
}

type lognormalSizes struct {
	mu, sigma, max float64
	random         *des.Rand
}

func (l *lognormalSizes) Fill(dst []uint32) {
	for i := range dst {
		x := math.Exp(l.mu + float64(l.sigma*l.random.NormFloat64()))
		dst[i] = uint32(max(1, min(x, l.max)))
	}
}
