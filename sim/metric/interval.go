package metric

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval95 is the mean of independent values with its 95 % confidence interval
// by Student's t. With fewer than two values the interval is the mean itself,
// which says nothing about its truth.
func Interval95(values []float64) (mean, low, high float64) {
	mean, sd := stat.MeanStdDev(values, nil)
	n := float64(len(values))
	if n < 2 {
		return mean, mean, mean
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975)
	half := t * sd / math.Sqrt(n)
	return mean, mean - half, mean + half
}

// Wilson is the 95 % interval of a share of which met of of were seen, by Wilson's score
// formula, which keeps to [0, 1] and says something for 0 and for all as well.
func Wilson(met, of int) (low, high float64) {
	if of == 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	n, p := float64(of), float64(met)/float64(of)
	middle := p + float64(z*z)/(2*n)
	half := z * math.Sqrt(float64(p*(1-p))/n+float64(z*z)/(4*n*n))
	base := 1 + float64(z*z)/n
	return max(0, (middle-half)/base), min(1, (middle+half)/base)
}
