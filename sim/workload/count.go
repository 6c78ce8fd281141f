package workload

import (
	"math"

	"kinesim/sim/des"
)

// fewEnough is the mean (of a binomial law, the variance) below which a number is drawn
// by walking along its law. Above, it is a normal draw with the law's skewness and
// kurtosis put back (E. A. Cornish and R. A. Fisher, 1938), rounded: at no number does
// its distribution function lie more than 0.001 beside the exact one.
const fewEnough = 30

// PoissonCount draws how many records arise where mean of them are expected.
func PoissonCount(mean float64, random *des.Rand) int64 {
	switch {
	case mean <= 0:
		return 0
	case mean < fewEnough:
		return walk(math.Exp(-mean), random.Float64(), func(i int64) float64 { return mean / float64(i) })
	}
	return bent(mean, math.Sqrt(mean), 1, 1, random)
}

// BinomialCount draws how many of n records have something that each has with
// probability p.
func BinomialCount(n int64, p float64, random *des.Rand) int64 {
	switch {
	case n <= 0 || p <= 0:
		return 0
	case p >= 1:
		return n
	case p > 0.5:
		return n - BinomialCount(n, 1-p, random)
	}
	mean := float64(n) * p
	if mean < fewEnough {
		odds := p / (1 - p)
		start := math.Exp(float64(n) * math.Log1p(-p))
		return min(n, walk(start, random.Float64(), func(i int64) float64 { return float64(n-i+1) * odds / float64(i) }))
	}
	q := 1 - p
	return max(0, min(n, bent(mean, math.Sqrt(mean*q), q-p, 1-float64(6*p)*q, random)))
}

// walk is the first number at which the law reaches u: it begins with probability p at
// 0, and step(i) is the factor from number i−1 to i.
func walk(p, u float64, step func(int64) float64) int64 {
	n := int64(0)
	for sum := p; sum < u && p > 0; sum += p {
		n++
		p *= step(n)
	}
	return n
}

// bent is a draw from a law of whole numbers with so much mean and deviation; its
// skewness is skew/deviation, and its excess kurtosis peak/deviation².
func bent(mean, deviation, skew, peak float64, random *des.Rand) int64 {
	z := random.NormFloat64()
	square := z * z
	x := mean + float64(deviation*z) + float64(skew*(square-1))/6
	x += float64(z*(float64((square-3)*peak)/24-float64((float64(2*square)-5)*skew*skew)/36)) / deviation
	return max(0, int64(math.Floor(x+0.5)))
}
