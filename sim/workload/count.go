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
func PoissonCount(mean float64, random *des.Rand) (n int64) {
	law := PoissonLawOf(mean)
	random.Source, n = law.Draw(random.Source)
	return n
}

// PoissonLaw is the law of how many records arise where so many are expected. What hangs on the
// mean alone is reckoned once for all draws.
type PoissonLaw struct {
	Mean      float64
	deviation float64 // 0 where few are expected
	first     float64 // of few: the probability of none
	bend      float64 // of many: what a draw's cube takes back
}

// PoissonLawOf is the law with that mean.
func PoissonLawOf(mean float64) PoissonLaw {
	if mean < fewEnough {
		return PoissonLaw{Mean: max(0, mean), first: math.Exp(-max(0, mean))}
	}
	deviation := math.Sqrt(mean)
	return PoissonLaw{Mean: mean, deviation: deviation, bend: 1 / (72 * deviation)}
}

// Draw draws from the law. For many it is what bent says where skewness and peak are 1, in
// fewer steps.
func (p *PoissonLaw) Draw(s des.Source) (des.Source, int64) {
	s, u := s.Next()
	if p.deviation == 0 {
		return s, walk(p.first, float64(u>>11)*0x1p-53, func(i int64) float64 { return p.Mean / float64(i) })
	}
	z, sure := des.QuickNormal(u)
	if !sure {
		s, z = s.SlowNormal(u)
	}
	x := p.Mean + float64(p.deviation*z) + float64((float64(z*z)-1)*(1.0/6-float64(p.bend*z)))
	return s, max(0, int64(x+0.5))
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
		return few(n, p, math.Log1p(-p), random)
	}
	q := 1 - p
	return max(0, min(n, bent(mean, math.Sqrt(mean*q), q-p, 1-float64(6*p)*q, random)))
}

// few draws the number where few are expected, p ≤ 1/2. log is that of 1−p.
func few(n int64, p, log float64, random *des.Rand) int64 {
	odds := p / (1 - p)
	return min(n, walk(exp(float64(n)*log), random.Float64(), func(i int64) float64 { return float64(n-i+1) * odds / float64(i) }))
}

// EvenCount draws how many of n records are in one of so many parts, which are all alike: what
// BinomialCount draws of 1/parts, but for a logarithm that is known.
func EvenCount(n, parts int64, random *des.Rand) int64 {
	p := 1 / float64(parts)
	if n > 0 && parts >= 2 && parts < int64(len(partLogs)) && float64(n)*p < fewEnough {
		return few(n, p, partLogs[parts], random)
	}
	return BinomialCount(n, p, random)
}

// partLogs has the logarithms of 1−1/i, from 2 on.
var partLogs = func() (logs [65]float64) {
	for i := 2; i < len(logs); i++ {
		logs[i] = math.Log1p(-1 / float64(i))
	}
	return logs
}()

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
	z := random.Normal()
	square := z * z
	x := mean + float64(deviation*z) + float64(skew*(square-1))/6
	x += float64(z*(float64((square-3)*peak)/24-float64((float64(2*square)-5)*skew*skew)/36)) / deviation
	return max(0, int64(math.Floor(x+0.5)))
}
