package workload_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// clipped is the mean of min(floor + e^(mu + sigma·N), top) in seconds, by the
// closed form.
func clipped(floor, mu, sigma, top float64) float64 {
	phi := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	body := math.Exp(mu + sigma*sigma/2)
	if top == 0 {
		return floor + body
	}
	z := (math.Log(top-floor) - mu) / sigma
	return floor + body*phi(z-sigma) + (top-floor)*phi(-z)
}

// TestDelayMeans: the mean is that of the law, the floor added and what is above
// the ceiling cut.
func TestDelayMeans(t *testing.T) {
	const seed, n = 71, 1_000_000
	ms := time.Millisecond
	sigma := func(p50, p99 float64) float64 { return math.Log(p99/p50) / 2.3263478740408408 }
	for _, row := range []struct {
		law  model.Delay
		want float64
	}{
		{model.Constantly(20 * ms), 0.020},
		{model.Delay{Min: 5 * ms, Max: 75 * ms}, 0.040},
		{model.Delay{P50: 60 * ms, P99: 218 * ms}, clipped(0, math.Log(0.060), sigma(60, 218), 0)},
		{model.Delay{Min: 2 * ms, P50: 10 * ms, P99: 60 * ms}, clipped(0.002, math.Log(0.008), sigma(8, 58), 0)},
		{model.Delay{Min: 2 * ms, P50: 10 * ms, P99: 60 * ms, Max: 30 * ms}, clipped(0.002, math.Log(0.008), sigma(8, 58), 0.030)},
	} {
		d := workload.NewDelays(row.law, des.Stream(seed, "delay"))
		sum, squares := 0.0, 0.0
		for range n {
			delay := d.Next()
			if delay > d.Longest() {
				t.Fatalf("seed %d, %v: %v is longer than the longest, %v", seed, row.law, delay, d.Longest())
			}
			x := delay.Seconds()
			sum += x
			squares += x * x
		}
		mean := sum / n
		deviation := math.Sqrt(max(0, squares/n-mean*mean) / n)
		if math.Abs(mean-row.want) > 4*deviation+1e-9 { // whole nanoseconds are rounded down
			t.Errorf("seed %d, %v: mean %v s, want %v", seed, row.law, mean, row.want)
		}
	}
}

// TestEvenDelayReachesBothEnds: Min and Max themselves are drawn, and nothing else
// than what lies between.
func TestEvenDelayReachesBothEnds(t *testing.T) {
	const seed, n = 72, 50_000
	d := workload.NewDelays(model.Delay{Min: 10, Max: 14}, des.Stream(seed, "delay"))
	counts := map[time.Duration]float64{}
	for range n {
		counts[d.Next()]++
	}
	chi := 0.0
	for x := time.Duration(10); x <= 14; x++ {
		chi += (counts[x] - n/5) * (counts[x] - n/5) / (n / 5)
	}
	if len(counts) != 5 || chi > 18.5 { // the 0.999 quantile at four degrees of freedom
		t.Errorf("seed %d: chi-square %v over %s", seed, chi, fmt.Sprint(counts))
	}
}
