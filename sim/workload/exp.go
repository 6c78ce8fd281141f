package workload

import "math"

// exp is e^x, beside it by no more than a 10^15th of it, for |x| < 700: in two thirds of the time
// that math.Exp takes, whose steps wait for one another. e^x = 2^(k/128)·e^r, of which the first
// comes from a table, and the rest is so small that a few terms of its series do (P. T. P. Tang,
// ACM Transactions on Mathematical Software 15(2), 1989).
func exp(x float64) float64 {
	const whole = 0x1.8p52 // added to a number, it leaves the nearest whole one in the last bits
	shifted := float64(x*(expSteps/math.Ln2)) + whole
	k, i := shifted-whole, math.Float64bits(shifted)
	r := x - float64(k*stepHigh) - float64(k*stepLow)
	square := r * r
	series := r + float64(square*(0.5+float64(r*(1.0/6)))) + float64(float64(square*square)*(1.0/24+float64(r*(1.0/120))))
	step := expTable[i%expSteps]
	return math.Float64frombits(math.Float64bits(step+float64(step*series)) + i>>expBits<<52)
}

// wholeExp is math.Exp(x) without its fraction: what exp makes of it, unless that is so near a
// whole number that it may lie beyond it.
func wholeExp(x float64) float64 {
	if x > 0 && x < 36 { // up to 2^52 fractions are told
		y := exp(x)
		whole := float64(int64(y))
		if fraction, beside := y-whole, y*1e-15; fraction > beside && fraction < 1-beside {
			return whole
		}
	}
	return math.Floor(math.Exp(x))
}

const (
	expBits  = 7
	expSteps = 1 << expBits // to a factor of 2

	// ln 2/128 in two parts, of which the first has so few digits that whole numbers times it
	// are exact.
	stepHigh = 0x1.62e42fefp-8
	stepLow  = math.Ln2/expSteps - stepHigh
)

// expTable has 2^(i/128).
var expTable = func() (table [expSteps]float64) {
	for i := range table {
		table[i] = math.Exp2(float64(i) / expSteps)
	}
	return table
}()
