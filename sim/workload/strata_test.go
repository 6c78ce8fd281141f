package workload

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"kinesim/sim/des"
)

// TestStrataTable: the strata are all numbers in their order, and what a number is drawn
// with, by the table, by evenness and by rejection, is in proportion to its weight.
func TestStrataTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 3000).Draw(t, "numbers")
		law := Ranked{S: rapid.Float64Range(0, 6).Draw(t, "s"), Count: n}
		d, sum := newStrata(n, law.Weight), 0.0
		for i := range n {
			sum += law.Weight(i)
		}
		picked := make([]float64, len(d.strata))
		for i, row := range d.law {
			keep := float64(row.keep) * 0x1p-32 / float64(len(d.law))
			picked[i] += keep
			picked[row.other] += 1/float64(len(d.law)) - keep
		}
		next, taken, got := uint32(0), 0.0, make([]float64, n)
		for i, s := range d.strata {
			if s.first != next {
				t.Fatalf("stratum %d begins at %d, want %d", i, s.first, next)
			}
			next += s.count
			for j := s.first; j < next; j++ {
				share := law.Weight(int(j)) / law.Weight(int(s.first))
				if share > 1 || float64(s.sure) > share*0x1p64 {
					t.Fatalf("number %d has %v of its stratum's most, of which %v is taken at once", j, share, float64(s.sure)*0x1p-64)
				}
				got[j] = picked[i] / float64(s.count) * share
				taken += got[j]
			}
		}
		if int(next) != n || taken < steepest {
			t.Fatalf("%d of %d numbers are in strata, %v of all draws are taken", next, n, taken)
		}
		for i := range got {
			if want := law.Weight(i) / sum; math.Abs(got[i]/taken-want) > 1e-8 {
				t.Fatalf("number %d of %d is drawn with %v, want %v", i, n, got[i]/taken, want)
			}
		}
	})
}

// TestStrataDraws: the draws follow the weights, in the head and beyond it (chi-square over
// classes of a million numbers).
func TestStrataDraws(t *testing.T) {
	const seed, n, numbers = 22, 1_000_000, 1_000_000
	for _, s := range []float64{0, 0.8, 1.5} {
		law := Ranked{S: s, Count: numbers}
		class := func(i int) int { return int(20 * math.Log(float64(i+1))) }
		want, sum := make([]float64, class(numbers)+1), 0.0
		for i := range numbers {
			want[class(i)] += law.Weight(i)
			sum += law.Weight(i)
		}
		dst, counts := make([]int32, n), make([]float64, len(want))
		newStrata(numbers, law.Weight).fill(dst, des.Stream(seed, "strata"))
		for _, i := range dst {
			counts[class(int(i))]++
		}
		chi, free := 0.0, -1.0
		for c := range want {
			if w := want[c] / sum * n; w > 10 {
				chi += (counts[c] - w) * (counts[c] - w) / w
				free++
			}
		}
		if most := free + 4*math.Sqrt(2*free); chi > most || free < 50 {
			t.Errorf("seed %d, s %v: chi-square %v over %v classes, at most %v", seed, s, chi, free+1, most)
		}
	}
}

func BenchmarkStrata(b *testing.B) {
	law := Ranked{S: 0.8, Count: 1_000_000}
	d, dst, random := newStrata(law.Count, law.Weight), make([]int32, 128), des.Stream(1, "strata")
	for b.Loop() {
		d.fill(dst, random)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/128, "ns/record")
	b.ReportMetric(float64(len(d.strata)), "strata")
}
