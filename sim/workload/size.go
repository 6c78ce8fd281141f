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
