package metric

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Difference is what lies between the means of two groups of independent runs.
type Difference struct {
	Base, Head float64 // the means
	Delta      float64 // head − base
	Low, High  float64 // 95 % interval of the delta
	P          float64 // chance of a delta at least as far from 0, were there none
}

// Paired compares runs that share their random draws, two by two: what both saw
// of luck cancels out (Student's t of the differences). Both need the same length,
// at least 2.
func Paired(base, head []float64) Difference {
	deltas := make([]float64, len(base))
	for i := range base {
		deltas[i] = head[i] - base[i]
	}
	mean, sd := stat.MeanStdDev(deltas, nil)
	n := float64(len(deltas))
	d := Difference{Base: stat.Mean(base, nil), Head: stat.Mean(head, nil)}
	return d.around(mean, sd/math.Sqrt(n), n-1)
}

// Welch compares runs that share nothing, without taking their spread for equal
// (B. L. Welch, Biometrika 34, 1947). Each group needs at least 2.
func Welch(base, head []float64) Difference {
	var d Difference
	var b, h float64
	d.Base, b = stat.MeanVariance(base, nil)
	d.Head, h = stat.MeanVariance(head, nil)
	n, m := float64(len(base)), float64(len(head))
	b, h = b/n, h/m
	freedom := (b + h) * (b + h) / (float64(b*b)/(n-1) + float64(h*h)/(m-1))
	return d.around(d.Head-d.Base, math.Sqrt(b+h), freedom)
}

// around is the difference with its interval and p. Where nothing varies, it is what
// it is: the interval has no width, and p is 0 or 1.
func (d Difference) around(delta, deviation, freedom float64) Difference {
	d.Delta, d.Low, d.High = delta, delta, delta
	// What is left of equal numbers after rounding is no spread.
	if scale := math.Max(math.Abs(d.Base), math.Abs(d.Head)); deviation <= 1e-12*scale || deviation == 0 {
		if math.Abs(delta) <= 1e-12*scale {
			d.P = 1
		}
		return d
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}
	half := t.Quantile(0.975) * deviation
	d.Low, d.High = delta-half, delta+half
	d.P = 2 * t.CDF(-math.Abs(delta)/deviation)
	return d
}

// Holm corrects p values for their number (S. Holm, Scandinavian Journal of Statistics
// 6, 1979): the chance that any that stays below α is an accident is at most α,
// however they hang together.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	corrected, most := make([]float64, len(p)), 0.0
	for rank, i := range order {
		most = max(most, min(1, p[i]*float64(len(p)-rank)))
		corrected[i] = most
	}
	return corrected
}
