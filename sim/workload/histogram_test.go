package workload

import (
	"testing"

	"kinesim/sim/des"
)

// TestHistogramShares draws a million sizes and holds their counts against the
// weights.
func TestHistogramShares(t *testing.T) {
	law := HistogramSize{{Size: 200, Weight: 0.7}, {Size: 0, Weight: 0.2}, {Size: 65_536, Weight: 0.0999}, {Size: 5, Weight: 0}, {Size: 1 << 20, Weight: 0.0001}}
	counts := map[uint32]int{}
	sum := 0.0
	sizes := law.Start(des.Stream(9, "sizes"))
	dst := make([]uint32, 1000)
	const n = 1_000_000
	for range n / len(dst) {
		sizes.Fill(dst)
		for _, s := range dst {
			counts[s]++
			sum += float64(s)
		}
	}
	for _, s := range law {
		plausible(t, s.Size.String(), counts[uint32(s.Size)], s.Weight*n) // somewhat wider than the binomial law
	}
	if len(counts) != 4 {
		t.Errorf("%d sizes drawn: %v", len(counts), counts)
	}
	const mean = 200*0.7 + 65_536*0.0999 + (1<<20)*0.0001
	if got := law.Mean(); got < mean-1e-9 || got > mean+1e-9 {
		t.Errorf("the mean is %v, want %v", got, mean)
	}
	if got := sum / n; got < mean*0.985 || got > mean*1.015 { // its standard deviation is 0.33 %
		t.Errorf("the mean of the draws is %v, want %v", got, mean)
	}
}

func TestHistogramBounds(t *testing.T) {
	law := HistogramSize{{Size: 10, Weight: 2}, {Size: 99, Weight: 0}, {Size: 30, Weight: 6}}
	if law.Largest() != 30 || law.Mean() != 25 {
		t.Errorf("largest %v, mean %v; want 30 and 25", law.Largest(), law.Mean())
	}
	one := make([]uint32, 300)
	HistogramSize{{Size: 77, Weight: 1}}.Start(des.Stream(1, "x")).Fill(one)
	for _, s := range one {
		if s != 77 {
			t.Fatalf("%d is drawn of a single size 77", s)
		}
	}
}

// TestHistogramChunks wants the draws to be the same however many are asked for
// at once.
func TestHistogramChunks(t *testing.T) {
	law := HistogramSize{{Size: 1, Weight: 1}, {Size: 2, Weight: 3}, {Size: 3, Weight: 2}}
	whole, parts := make([]uint32, 1000), make([]uint32, 1000)
	law.Start(des.Stream(4, "x")).Fill(whole)
	sizes := law.Start(des.Stream(4, "x"))
	for from, n := 0, 0; from < len(parts); n++ {
		to := min(from+n, len(parts))
		sizes.Fill(parts[from:to])
		from = to
	}
	for i := range whole {
		if whole[i] != parts[i] {
			t.Fatalf("draw %d is %d, in one go %d", i, parts[i], whole[i])
		}
	}
}
