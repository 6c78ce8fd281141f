package des_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"kinesim/sim/des"
)

// TestStreamsArePinned: the draws of a named stream are part of what a seed means
// and must not change by accident.
func TestStreamsArePinned(t *testing.T) {
	r := des.Stream(42, "producer/app/arrivals")
	got := []uint64{r.Uint64(), r.Uint64(), r.Uint64()}
	if want := []uint64{0x84fa5cd687b9e056, 0xb7a82c9bc49d3f48, 0x6a9d1694fc74b21f}; !slices.Equal(got, want) {
		t.Errorf("%#x, want %#x", got, want)
	}
}

// TestStreamsAreApart: another seed or another name is another stream, without
// correlation, and the same is the same.
func TestStreamsAreApart(t *testing.T) {
	const n = 20_000
	draw := func(seed uint64, name string) []float64 {
		r := des.Stream(seed, name)
		values := make([]float64, n)
		for i := range values {
			values[i] = r.Float64() - 0.5
		}
		return values
	}
	base := draw(1, "a")
	if !slices.Equal(base, draw(1, "a")) {
		t.Error("the same stream differs")
	}
	for _, other := range [][]float64{draw(2, "a"), draw(1, "b"), draw(0, "a"), draw(1, "a/0"), draw(1, "")} {
		sum := 0.0
		for i := range base {
			sum += base[i] * other[i]
		}
		if r := sum * 12 / n; math.Abs(r) > 4/math.Sqrt(n) {
			t.Errorf("correlation %v", r)
		}
	}
}

// TestExp holds the ziggurat against the law: the largest distance of the
// distribution functions (Kolmogorov and Smirnov), mean, variance and the tail,
// which has a branch of its own.
func TestExp(t *testing.T) {
	const seed, n = 3, 2_000_000
	r := des.Stream(seed, "exp")
	values := make([]float64, n)
	sum, squares, tail := 0.0, 0.0, 0
	for i := range values {
		x := r.Exp()
		values[i] = x
		sum += x
		squares += x * x
		if x > 7.697 {
			tail++
		}
	}
	slices.Sort(values)
	distance := 0.0
	for i, x := range values {
		f := -math.Expm1(-x)
		distance = max(distance, math.Abs(f-float64(i)/n), math.Abs(f-float64(i+1)/n))
	}
	if most := 1.95 / math.Sqrt(n); distance > most { // one in a thousand
		t.Errorf("seed %d: the distance is %v, at most %v", seed, distance, most)
	}
	if mean := sum / n; math.Abs(mean-1) > 4/math.Sqrt(n) {
		t.Errorf("seed %d: mean %v", seed, mean)
	}
	if second := squares / n; math.Abs(second-2) > 4*math.Sqrt(20.0/n) { // variance of x² is 24 − 4
		t.Errorf("seed %d: second moment %v", seed, second)
	}
	if want := n * math.Exp(-7.697); math.Abs(float64(tail)-want) > 4*math.Sqrt(want) {
		t.Errorf("seed %d: %d in the tail, want %v", seed, tail, want)
	}
}

// TestInt64N: they are those that the standard library draws, also where it draws again.
func TestInt64N(t *testing.T) {
	const seed = 9
	r, other := des.Stream(seed, "int64"), des.Stream(seed, "int64")
	for i := range 100_000 {
		n := int64(r.Uint64()>>1>>(i%63)) | 1<<(i%7) // of all sizes, some of them powers of two
		other.Uint64()
		if got, want := r.Int64N(n), other.Rand.Int64N(n); got != want || r.Source != other.Source {
			t.Fatalf("seed %d: draw %d below %d is %d, want %d", seed, i, n, got, want)
		}
	}
}

// TestBelow: numbers below n, and from 0 to 1, are those that the standard library draws, but
// where n is a power of two.
func TestBelow(t *testing.T) {
	const seed = 8
	r, other := des.Stream(seed, "below"), des.Stream(seed, "below")
	for i := range int64(100_000) {
		n := 3 + 2*(i*7919%1_000_000_000)
		if got, want := r.Float64(), other.Rand.Float64(); got != want {
			t.Fatalf("seed %d: draw %d is %v, want %v", seed, i, got, want)
		}
		if got, want := r.Below(n), other.Rand.Int64N(n); got != want {
			t.Fatalf("seed %d: draw %d below %d is %d, want %d", seed, i, n, got, want)
		}
	}
	counts := [8]int{}
	for range 80_000 {
		counts[r.Below(8)]++
	}
	for k, n := range counts {
		if math.Abs(float64(n)-10_000) > 4*math.Sqrt(10_000) {
			t.Errorf("seed %d: %d of 80000 draws below 8 are %d", seed, n, k)
		}
	}
}

// TestSeedOf: the first replication has the seed itself, and no two of many have
// the same.
func TestSeedOf(t *testing.T) {
	seen := map[uint64]string{}
	for _, seed := range []uint64{0, 1, 2, 42, math.MaxUint64} {
		if des.SeedOf(seed, 1) != seed {
			t.Errorf("run 1 of seed %d has seed %d", seed, des.SeedOf(seed, 1))
		}
		for i := range 2000 {
			s, name := des.SeedOf(seed, i+1), fmt.Sprintf("run %d of seed %d", i+1, seed)
			if seen[s] != "" {
				t.Errorf("%s has the seed of %s", name, seen[s])
			}
			seen[s] = name
		}
	}
}

// TestMix: each bit of the input flips about half of the output.
func TestMix(t *testing.T) {
	r := des.Stream(5, "mix")
	for bit := range 64 {
		flipped := 0
		for range 200 {
			x := r.Uint64()
			for d := des.Mix(x) ^ des.Mix(x^1<<bit); d != 0; d &= d - 1 {
				flipped++
			}
		}
		if mean := float64(flipped) / 200; mean < 28 || mean > 36 {
			t.Errorf("bit %d flips %v bits", bit, mean)
		}
	}
}

func BenchmarkExp(b *testing.B) {
	r := des.Stream(1, "exp")
	sum := 0.0
	for b.Loop() {
		sum += r.Exp()
	}
	if sum == 0 {
		b.Error("all zero")
	}
}
