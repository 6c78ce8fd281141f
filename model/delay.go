package model

import (
	"fmt"
	"math"
	"time"
)

// Delay describes how long something takes: always the same (Min == Max), even
// between Min and Max, or lognormal with the given percentiles. It is a
// description; drawing from it needs a random stream and happens elsewhere.
type Delay struct {
	Min, Max time.Duration // the floor and the ceiling; Max 0 means none
	P50, P99 time.Duration // lognormal when P50 > 0; the floor is part of them
}

// Constantly is a delay that is always d.
func Constantly(d time.Duration) Delay { return Delay{Min: d, Max: d} }

// Constant tells whether the delay never varies.
func (d Delay) Constant() bool { return d.P50 == 0 && d.Min == d.Max }

// Lognormal tells whether the delay is lognormal, and gives the parameters of
// the normal law beneath: Min + exp(mu + sigma·N), in nanoseconds.
func (d Delay) Lognormal() (mu, sigma float64, ok bool) {
	if d.P50 == 0 {
		return 0, 0, false
	}
	body := float64(d.P50 - d.Min)
	return math.Log(body), math.Log(float64(d.P99-d.Min)/body) / z99, true
}

// Mean is the mean delay; the ceiling of a lognormal law is left out.
func (d Delay) Mean() time.Duration {
	if mu, sigma, ok := d.Lognormal(); ok {
		return d.Min + time.Duration(math.Exp(mu+float64(sigma*sigma)/2))
	}
	return d.Min + max(0, d.Max-d.Min)/2
}

// withMedian is the delay stretched so that its median is so long.
func (d Delay) withMedian(median time.Duration) Delay {
	now := d.P50
	if now == 0 {
		now = d.Min + (d.Max-d.Min)/2
	}
	if now <= 0 {
		return Constantly(median)
	}
	stretch := func(x time.Duration) time.Duration {
		return time.Duration(math.Round(float64(x) / float64(now) * float64(median)))
	}
	return Delay{stretch(d.Min), stretch(d.Max), stretch(d.P50), stretch(d.P99)}
}

// z99 is the 0.99 quantile of the standard normal law.
const z99 = 2.3263478740408408

// String describes the delay in words for reports.
func (d Delay) String() string {
	switch {
	case d.P50 > 0:
		text := fmt.Sprintf("lognormal, median %v, p99 %v", d.P50, d.P99)
		if d.Min > 0 {
			text += fmt.Sprintf(", never under %v", d.Min)
		}
		if d.Max > 0 {
			text += fmt.Sprintf(", at most %v", d.Max)
		}
		return text
	case d.Min == d.Max:
		return d.Min.String()
	}
	return fmt.Sprintf("even between %v and %v", d.Min, d.Max)
}
