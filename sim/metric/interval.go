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
