package workload_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// TestSizes: draws stay within the bounds, and their mean, their deviation and the share
// of large ones are those that the law says it has.
func TestSizes(t *testing.T) {
	const seed, n = 41, 1_000_000
	for _, row := range []struct {
		law      workload.SizeLaw
		low, top uint32
	}{
		{workload.ConstantSize(700), 700, 700},
		{workload.UniformSize{Min: 100, Max: 300}, 100, 300},
		{workload.LognormalSize{P50: 900, P99: 6 * model.KiB, Max: 8 * model.KiB}, 1, 8192},
		{workload.LognormalSize{P50: 500, P99: 500, Max: model.KiB}, 499, 500},
		{workload.HistogramSize{{Size: 100, Weight: 3}, {Size: 5_000, Weight: 1}}, 100, 5_000},
	} {
		sizes := make([]uint32, n)
		row.law.Start(des.Stream(seed, "sizes")).Fill(sizes)
		sum, squares := 0.0, 0.0
		for _, s := range sizes {
			sum += float64(s)
			squares += float64(s) * float64(s)
		}
		mean := sum / n
		sd := math.Sqrt(max(0, squares/n-mean*mean) / n)
		if least, most := slices.Min(sizes), slices.Max(sizes); least < row.low || most > row.top || model.Bytes(most) > row.law.Largest() {
			t.Errorf("%v: from %d to %d B", row.law, least, most)
		}
		if off := math.Abs(mean - row.law.Mean()); off > 5*sd+1 { // whole bytes are rounded down
			t.Errorf("seed %d, %v: mean %v, want %v", seed, row.law, mean, row.law.Mean())
		}
		if got, want := sd*math.Sqrt(n), row.law.Deviation(); math.Abs(got-want) > 0.005*want+0.5 {
			t.Errorf("seed %d, %v: deviation %v, want %v", seed, row.law, got, want)
		}
		for _, b := range []float64{50, 150, 250, 480, 1_000, 6_000, 9_000} {
			above := 0.0
			for _, s := range sizes {
				if float64(s) > b {
					above++
				}
			}
			if got, want := above/n, row.law.Above(b); math.Abs(got-want) > 0.002 {
				t.Errorf("seed %d, %v: %v are above %v B, want %v", seed, row.law, got, b, want)
			}
		}
	}
}

// TestLognormalSize: both percentiles come out as they are given.
func TestLognormalSize(t *testing.T) {
	const seed, n = 42, 1_000_000
	sizes := make([]uint32, n)
	workload.LognormalSize{P50: 900, P99: 6144, Max: model.MiB}.Start(des.Stream(seed, "sizes")).Fill(sizes)
	slices.Sort(sizes)
	for q, want := range map[float64]float64{0.5: 900, 0.99: 6144} {
		if got := float64(sizes[int(q*n)]); math.Abs(got/want-1) > 0.015 {
			t.Errorf("seed %d: percentile %v is %v B, want %v", seed, 100*q, got, want)
		}
	}
}

// TestDelays: each law of a delay has the percentiles and the mean it is given by.
func TestDelays(t *testing.T) {
	const seed, n = 43, 400_000
	ms := time.Millisecond
	for _, row := range []struct {
		law       model.Delay
		p50, p99  float64
		low, high time.Duration
	}{
		{model.Constantly(20 * ms), 20, 20, 20 * ms, 20 * ms},
		{model.Delay{Min: 5 * ms, Max: 75 * ms}, 40, 74.3, 5 * ms, 75 * ms},
		{model.Delay{Min: 2 * ms, P50: 10 * ms, P99: 60 * ms}, 10, 60, 2 * ms, time.Hour},
		{model.Delay{P50: 10 * ms, P99: 60 * ms, Max: 50 * ms}, 10, 50, 0, 50 * ms},
	} {
		d := workload.NewDelays(row.law, des.Stream(seed, "delay"))
		values := make([]time.Duration, n)
		for i := range values {
			values[i] = d.Next()
		}
		slices.Sort(values)
		if values[0] < row.low || values[n-1] > row.high {
			t.Errorf("%v: from %v to %v", row.law, values[0], values[n-1])
		}
		for q, want := range map[int]float64{n / 2: row.p50, n * 99 / 100: row.p99} {
			if got := values[q].Seconds() * 1e3; math.Abs(got/want-1) > 0.02 {
				t.Errorf("seed %d, %v: %v ms at %d of %d, want %v", seed, row.law, got, q, n, want)
			}
		}
	}
}

// TestSizeEnds: both bounds of an even law are drawn, and a lognormal one has no
// record under a byte and many of exactly its largest size.
func TestSizeEnds(t *testing.T) {
	const seed, n = 44, 20_000
	for _, row := range []struct {
		law      workload.Size
		low, top uint32
	}{
		{workload.UniformSize{Min: 10, Max: 14}, 10, 14},
		{workload.UniformSize{Min: 7, Max: 7}, 7, 7},
		{workload.LognormalSize{P50: 2, P99: 100, Max: 50}, 1, 50},
	} {
		sizes := make([]uint32, n)
		row.law.Start(des.Stream(seed, "sizes")).Fill(sizes)
		if least, most := slices.Min(sizes), slices.Max(sizes); least != row.low || most != row.top {
			t.Errorf("seed %d, %v: from %d to %d B, want %d to %d", seed, row.law, least, most, row.low, row.top)
		}
	}
}
