package workload

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"kinesim/sim/des"
)

// TestAliasTable adds up, for each number, the part of every column that draws it:
// that is its weight, to the 32 bits of a column.
func TestAliasTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(0, 1), rapid.Float64Range(0, 1e9)), 1, 200).Draw(t, "weights")
		weights[0]++ // they must not all be zero
		sum := 0.0
		for _, w := range weights {
			sum += w
		}
		got := make([]float64, len(weights))
		for i, row := range newAlias(weights) {
			keep := float64(row.keep) * 0x1p-32
			got[i] += keep / float64(len(weights))
			got[row.other] += (1 - keep) / float64(len(weights))
		}
		for i, w := range weights {
			if want := w / sum; math.Abs(got[i]-want) > 1e-9 {
				t.Fatalf("number %d of %d is drawn with %v, want %v", i, len(weights), got[i], want)
			}
		}
	})
}

// TestAliasDraws: the draws follow the table (chi-square over all numbers).
func TestAliasDraws(t *testing.T) {
	const seed, n = 21, 1_000_000
	weights := make([]float64, 50)
	sum := 0.0
	for i := range weights {
		weights[i] = float64(i * i % 37)
		sum += weights[i]
	}
	dst, counts := make([]int32, n), make([]float64, len(weights))
	newAlias(weights).fill(dst, des.Stream(seed, "alias"))
	for _, i := range dst {
		counts[i]++
	}
	chi, free := 0.0, -1.0
	for i, w := range weights {
		want := w / sum * n
		if want == 0 {
			if counts[i] > 0 {
				t.Errorf("number %d has no weight and is drawn", i)
			}
			continue
		}
		chi += (counts[i] - want) * (counts[i] - want) / want
		free++
	}
	if most := free + 4*math.Sqrt(2*free); chi > most {
		t.Errorf("seed %d: chi-square %v, at most %v", seed, chi, most)
	}
}

func BenchmarkAlias(b *testing.B) {
	weights := make([]float64, 10_000)
	for i := range weights {
		weights[i] = 1 / float64(i+1)
	}
	a, dst, random := newAlias(weights), make([]int32, 128), des.Stream(1, "alias")
	for b.Loop() {
		a.fill(dst, random)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/128, "ns/record")
}
