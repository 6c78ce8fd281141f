package workload

import (
	"math"
	"sort"

	"kinesim/model"
)

// Fitting goes the other way: from what was measured to the law that it may have
// come from. Each parameter has a 95 % interval, from the normal approximation: it
// says what chance alone leaves open if the law is right, and nothing of whether it
// is; for that there is a distance or a dispersion beside it.

// Estimate is a fitted parameter with its 95 % interval.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// z95 is the 97.5 % quantile of the normal law, z99 its 99 %.
const (
	z95 = 1.959963984540054
	z99 = 2.3263478740408408
)

// about is an estimate with its standard error.
func about(value, deviation float64) Estimate {
	return Estimate{value, value - z95*deviation, value + z95*deviation}
}

// scaled is an estimate on the scale of its exponential.
func (e Estimate) exp() Estimate {
	return Estimate{math.Exp(e.Value), math.Exp(e.Low), math.Exp(e.High)}
}

// SizeFit is the law of sizes that fits best.
type SizeFit struct {
	Law      Size
	Kind     string // constant, uniform, lognormal or histogram
	P50, P99 Estimate
	Distance float64 // the largest gap between the law's and the data's cumulative shares (Kolmogorov and Smirnov)
}

// SizeCount is how many records have a size.
type SizeCount struct {
	Size  model.Bytes
	Count int64
}

// FitSizes finds a law of sizes: the simplest that cannot be told from the data, or
// is within a fiftieth of it; where none is, the sizes themselves as a histogram.
func FitSizes(counts []SizeCount) SizeFit {
	sort.Slice(counts, func(i, j int) bool { return counts[i].Size < counts[j].Size })
	n, mean, second, zero := 0.0, 0.0, 0.0, false
	for _, c := range counts {
		zero = zero || c.Size == 0
		// A size is whole: the law's values from it to the next.
		x, k := math.Log(float64(c.Size)+0.5), float64(c.Count)
		n += k
		mean += k * x
		second += k * x * x
	}
	if n == 0 {
		return SizeFit{}
	}
	low, high := counts[0].Size, counts[len(counts)-1].Size
	if low == high {
		same := about(float64(low), 0)
		return SizeFit{ConstantSize(low), "constant", same, same, 0}
	}
	mean /= n
	sigma := math.Sqrt(max(0, second/n-mean*mean))
	near := max(0.02, 1.36/math.Sqrt(n))
	span := float64(high-low) + 1
	if d := gapOf(counts, n, func(x float64) float64 { return (x - float64(low) + 1) / span }); d <= near {
		edge := span / n * 3 // 95 % of the largest of n draws lie within this of the end
		return SizeFit{UniformSize{low, high}, "uniform", about(float64(low+high)/2, edge/z95), about(float64(low)+0.99*span-1, (edge+1)/z95), d}
	}
	d := gapOf(counts, n, func(x float64) float64 { return phi((math.Log(x+1) - mean) / sigma) })
	if d <= near && !zero {
		p50 := about(mean, sigma/math.Sqrt(n)).exp()
		p99 := about(mean+z99*sigma, sigma*math.Sqrt(1/n+z99*z99/(2*n))).exp()
		law := LognormalSize{P50: model.Bytes(math.Round(p50.Value)), P99: model.Bytes(math.Round(p99.Value)), Max: max(high, model.Bytes(math.Ceil(p99.Value)))}
		law.P50 = max(1, law.P50)
		law.P99 = max(law.P50, law.P99)
		return SizeFit{law, "lognormal", p50, p99, d}
	}
	h := histogramOf(counts, n)
	return SizeFit{h, "histogram", quantileOf(counts, n, 0.5), quantileOf(counts, n, 0.99), 0}
}

// gapOf is the largest gap between a cumulative law and the data. Sizes are
// whole, so it is looked for at each.
func gapOf(counts []SizeCount, n float64, law func(float64) float64) (d float64) {
	seen := 0.0
	for i, c := range counts {
		if i == 0 || counts[i-1].Size+1 < c.Size {
			d = max(d, math.Abs(seen/n-law(float64(c.Size)-1)))
		}
		seen += float64(c.Count)
		d = max(d, math.Abs(seen/n-law(float64(c.Size))))
	}
	return d
}

// quantileOf is a quantile of the data with the interval that its rank leaves open.
func quantileOf(counts []SizeCount, n, q float64) Estimate {
	at := func(share float64) float64 {
		seen := 0.0
		for _, c := range counts {
			if seen += float64(c.Count); seen >= share*n {
				return float64(c.Size)
			}
		}
		return float64(counts[len(counts)-1].Size)
	}
	half := z95 * math.Sqrt(q*(1-q)/n)
	return Estimate{at(q), at(q - half), at(min(1, q+half))}
}

// mostSizes is how many sizes a fitted histogram has.
const mostSizes = 100

// histogramOf keeps each size while there are few, and else the mean size of each
// hundredth of the records, so that their bytes stay what they are.
func histogramOf(counts []SizeCount, n float64) HistogramSize {
	var h HistogramSize
	each, seen, bytes, records := n/mostSizes, 0.0, 0.0, 0.0
	for i, c := range counts {
		bytes += float64(c.Size) * float64(c.Count)
		records += float64(c.Count)
		seen += float64(c.Count)
		if len(counts) > mostSizes && records < each && i+1 < len(counts) {
			continue
		}
		size := model.Bytes(math.Round(bytes / records))
		if k := len(h); k > 0 && h[k-1].Size == size {
			h[k-1].Weight += records
		} else {
			h = append(h, WeightedSize{Size: size, Weight: records})
		}
		bytes, records = 0, 0
	}
	return h
}
