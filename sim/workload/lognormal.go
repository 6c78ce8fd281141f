package workload

import (
	"math"

	"kinesim/model"
	"kinesim/sim/des"
)

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
	d := &lognormalSizes{max: int64(l.Max), random: random}
	weights := make([]float64, cells)
	edge := func(i int) float64 { return -farthest + float64(i)*(2*farthest/cells) } // the left one of cell i, in deviations
	for i := range weights {
		from, to := math.Exp(mu+float64(sigma*edge(i))), math.Exp(mu+float64(sigma*edge(i+1)))
		d.cells[i] = sizeCell{float32(from), float32((to - from) / (1 << partBits))}
		weights[i] = phi(edge(i+1)) - phi(edge(i))
	}
	copy(d.law[:], newAlias(weights))
	return d
}

// lognormalSizes draws from cells between which the law is divided as it is, each of them
// even: a table in place of a logarithm's inverse and a normal draw, 16 ns less for each
// record. The share of records up to a size is so wrong by 10⁻⁵·(1+sigma) at the most: a
// cell is 1/85 of a deviation wide, and what lies beyond six deviations has 2·10⁻⁹ of all.
type lognormalSizes struct {
	law    [cells]aliasRow
	cells  [cells]sizeCell
	max    int64
	random *des.Rand
}

// sizeCell is a cell: where it begins, and 2^−partBits of its width, in bytes.
type sizeCell struct{ from, part float32 }

const (
	cellBits = 10
	cells    = 1 << cellBits
	partBits = 22
	farthest = 6.0 // standard deviations on each side
)

func (l *lognormalSizes) Fill(dst []uint32) {
	source, u, most := l.random.Source, uint64(0), l.max
	for i := range dst {
		source, u = source.Next() // the upper bits pick the column, the next 32 the side, the lowest the place in the cell
		at := u >> (64 - cellBits)
		row := &l.law[at]
		if uint32(u>>partBits) >= row.keep {
			at = uint64(row.other)
		}
		c := &l.cells[at%cells]
		x := c.from + float32(c.part*float32(int32(u%(1<<partBits))))
		dst[i] = uint32(max(1, min(int64(x), most)))
	}
	l.random.Source = source
}
