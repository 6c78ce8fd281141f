package analytic

import (
	"fmt"
	"math"
)

// Bucket is the share of a Poisson stream of records that a token bucket refuses
// in the long run. rate and refill are a second, capacity is in whole tokens, and
// a record takes one; it passes if the bucket holds at least one.
//
// What the bucket lacks to be full is the unfinished work of a queue with
// Poisson arrivals, constant service 1/refill and room for capacity customers,
// the one in service included: a record passes exactly if fewer are there. So
// the refused share is the loss of M/D/1/K with K = capacity,
//
//	loss = 1 − 1/(p₀ + ρ),   ρ = rate/refill
//
// where p₀ is the chance that a departure leaves the queue empty. The embedded
// chain at departures is solved by balancing what crosses the line between
// states j and j+1, in which all terms are positive:
//
//	p_{j+1}·a₀ = p₀·P(X > j) + Σ_{i=1…j} p_i·P(X > j−i+1),   j = 0 … K−2
//
// with X Poisson of mean ρ and a₀ = e^−ρ. Source: Cooper, Introduction to
// Queueing Theory, 2nd ed., section 5.8 (M/G/1 with finite waiting room). Range:
// 0 < rate/refill ≤ 500, capacity ≥ 1. Capacity 1 gives Erlang's ρ/(1+ρ).
func Bucket(rate, refill float64, capacity int) float64 {
	rho := rate / refill
	if !(rho > 0 && rho <= 500) || capacity < 1 {
		panic(fmt.Sprintf("analytic: a bucket of %d tokens, refill %v/s, at %v/s", capacity, refill, rate))
	}
	above := poissonTails(rho) // above[m] = P(X > m); 0 beyond its end
	p := make([]float64, capacity)
	p[0] = 1
	sum := 1.0
	for j := range capacity - 1 {
		up := 0.0
		if j < len(above) {
			up = p[0] * above[j]
		}
		for i := max(1, j+2-len(above)); i <= j; i++ {
			up += p[i] * above[j-i+1]
		}
		p[j+1] = up / math.Exp(-rho)
		if sum += p[j+1]; sum > 1e80 { // only ratios matter, and e^ρ more must fit
			for i := range p[:j+2] {
				p[i] /= sum
			}
			sum = 1
		}
	}
	return 1 - 1/(p[0]/sum+rho)
}

// poissonTails are P(X > m) for X Poisson of the given mean, m = 0, 1 … until
// they vanish beside 1.
func poissonTails(mean float64) []float64 {
	var terms []float64
	for n, log := 0, -mean; n < 10 || log > -60 || float64(n) < mean; n++ {
		terms = append(terms, math.Exp(log))
		log += math.Log(mean / float64(n+1))
	}
	tails := make([]float64, len(terms))
	for m := len(terms) - 2; m >= 0; m-- {
		tails[m] = tails[m+1] + terms[m+1]
	}
	return tails
}

// FixedWindow is the share of a Poisson stream that a count which starts anew
// with each window refuses: with N Poisson of mean rate·window,
//
//	E[max(0, N − quota)] / (rate·window) = Σ_{m ≥ quota} P(N > m) / (rate·window)
//
// where quota is the number of records that one window takes. Exact from the
// first window on, since windows are independent. Range: rate > 0, quota ≥ 0.
func FixedWindow(rate, window float64, quota int) float64 {
	mean := rate * window
	if !(mean > 0) || quota < 0 {
		panic(fmt.Sprintf("analytic: %v records a window with a quota of %d", mean, quota))
	}
	excess := 0.0
	if tails := poissonTails(mean); quota < len(tails) {
		for _, tail := range tails[quota:] {
			excess += tail
		}
	}
	return excess / mean
}
