package workload

import (
	"math"

	"kinesim/model"
	"kinesim/sim/des"
)

// HistogramSize is one of a few sizes, each with its weight.
type HistogramSize []WeightedSize

// WeightedSize is a size with its weight relative to the others', at least 0.
type WeightedSize struct {
	Size   model.Bytes
	Weight float64
}

// Largest implements Size.
func (h HistogramSize) Largest() model.Bytes {
	largest := model.Bytes(0)
	for _, s := range h {
		if s.Weight > 0 {
			largest = max(largest, s.Size)
		}
	}
	return largest
}

// Mean implements Size.
func (h HistogramSize) Mean() float64 {
	sum, weights := 0.0, 0.0
	for _, s := range h {
		sum += float64(float64(s.Size) * s.Weight)
		weights += s.Weight
	}
	return sum / weights
}

// Deviation implements SizeLaw.
func (h HistogramSize) Deviation() float64 {
	mean, sum, weights := h.Mean(), 0.0, 0.0
	for _, s := range h {
		away := float64(s.Size) - mean
		sum += float64(float64(away*away) * s.Weight)
		weights += s.Weight
	}
	return math.Sqrt(sum / weights)
}

// Above implements SizeLaw.
func (h HistogramSize) Above(b float64) float64 {
	above, weights := 0.0, 0.0
	for _, s := range h {
		weights += s.Weight
		if float64(s.Size) > b {
			above += s.Weight
		}
	}
	return above / weights
}

// Start implements Size.
func (h HistogramSize) Start(random *des.Rand) Sizes {
	sizes, weights := make([]uint32, len(h)), make([]float64, len(h))
	for i, s := range h {
		sizes[i], weights[i] = uint32(s.Size), s.Weight
	}
	return &histogramSizes{sizes: sizes, law: newAlias(weights), random: random}
}

type histogramSizes struct {
	sizes  []uint32
	law    alias
	drawn  [256]int32 // numbers of sizes, a chunk at a time
	random *des.Rand
}

func (h *histogramSizes) Fill(dst []uint32) {
	for len(dst) > 0 {
		n := min(len(dst), len(h.drawn))
		h.law.fill(h.drawn[:n], h.random)
		for i, k := range h.drawn[:n] {
			dst[i] = h.sizes[k]
		}
		dst = dst[n:]
	}
}
