package metric

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSlabsAreTheirValues: a slab counts what its values, added one by one, count: the
// number, the largest and the mean exactly but for halves, each bucket but for rounding.
func TestSlabsAreTheirValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var got, want Histogram
		for range rapid.IntRange(1, 12).Draw(t, "slabs") {
			low := rapid.Uint64Range(0, 1<<rapid.IntRange(1, 40).Draw(t, "bits")).Draw(t, "low")
			width := rapid.Uint64Range(0, 1<<rapid.IntRange(1, 40).Draw(t, "width bits")).Draw(t, "width")
			n := rapid.Uint64Range(1, 5_000).Draw(t, "n")
			got.AddSlab(low, low+width, n)
			for i := range n {
				want.Add(low + uint64((float64(i)+0.5)/float64(n)*float64(width+1)))
			}
		}
		if got.Count() != want.Count() || got.Max()*129/128+1 < want.Max() || got.Max() > want.Max()+1<<41 {
			t.Fatalf("%d values up to %d, want %d up to %d", got.Count(), got.Max(), want.Count(), want.Max())
		}
		if a, b := got.Mean(), want.Mean(); math.Abs(a-b) > 1+1e-9*b {
			t.Fatalf("mean %v, want %v", a, b)
		}
		got.slabs.settle(&got)
		sum, a, b := uint64(0), 0.0, 0.0
		for i := range got.counts {
			sum += got.counts[i]
			a, b = a+float64(got.counts[i]), b+float64(want.counts[i])
			if math.Abs(a-b) > 12*2 { // each slab is off by a value and a rounding at the most
				t.Fatalf("up to bucket %d: %v values, want %v", i, a, b)
			}
		}
		if sum != got.Count() {
			t.Fatalf("the buckets hold %d of %d", sum, got.Count())
		}
	})
}

// plainly settles slabs one bucket after the other, as their description says.
func (s *slabs) plainly() (counts [buckets]uint64) {
	density, moment, before := 0.0, 0.0, uint64(0)
	for i := s.least; i <= s.most; i++ {
		density += s.changes[i].density
		moment += s.changes[i].moment
		below := s.n
		if i < s.most {
			below = min(s.n, max(before, uint64(max(0, math.Round(float64((float64(upper(i))+1)*density)-moment)))))
		}
		counts[i], before = below-before, below
	}
	return counts
}

// TestTaking: what is taken is what was there, to the last value of each bucket, whether by
// itself or in slabs that are settled octave by octave; and nothing stays behind.
func TestTaking(t *testing.T) {
	add := func(t *rapid.T, h *Histogram) (want [buckets]uint64) {
		for range rapid.IntRange(0, 5).Draw(t, "values") {
			h.Add(rapid.Uint64Range(0, 1<<40).Draw(t, "value"))
		}
		for range rapid.IntRange(0, 12).Draw(t, "slabs") {
			low := rapid.Uint64Range(0, 1<<rapid.IntRange(1, 40).Draw(t, "bits")).Draw(t, "low")
			width := rapid.Uint64Range(0, 1<<rapid.IntRange(1, 40).Draw(t, "width bits")).Draw(t, "width")
			slab := Slab{low, low + width, rapid.Uint64Range(1, 5_000).Draw(t, "n")}
			h.AddLater(slab, Lag{More: rapid.Uint64Range(0, 1<<30).Draw(t, "more"), Last: rapid.Float64Range(0, 1).Draw(t, "last")})
		}
		want = h.counts
		if h.slabs != nil {
			for i, n := range h.slabs.plainly() {
				want[i] += n
			}
		}
		return want
	}
	rapid.Check(t, func(t *rapid.T) {
		var from, to Histogram
		all, taken := add(t, &to), add(t, &from)
		for i := range all {
			all[i] += taken[i]
		}
		count, sum, most := to.n+from.n, to.Mean()*float64(to.n)+from.Mean()*float64(from.n), max(to.max, from.max)
		to.Take(&from)
		if to.slabs.settle(&to); to.counts != all {
			t.Fatal("the buckets hold something else")
		}
		for i, n := range to.counts {
			if n > 0 && to.touched>>octaveOf(i)&1 == 0 {
				t.Fatalf("bucket %d holds %d in an octave that is not touched", i, n)
			}
		}
		if got := to.Mean() * float64(to.n); to.n != count || to.max != most || math.Abs(got-sum) > 1e-12*sum {
			t.Fatalf("%d values up to %d, sum %v; want %d up to %d, sum %v", to.n, to.max, got, count, most, sum)
		}
		if from.slabs != nil {
			if *from.slabs != (slabs{least: buckets}) {
				t.Fatal("slabs are left behind")
			}
			from.slabs = nil
		}
		if from != (Histogram{}) {
			t.Fatal("something is left behind")
		}
	})
}

// TestRounded holds the rounding without branches against the plain one, around all halves.
func TestRounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := float64(rapid.Int64Range(-1<<53, 1<<53).Draw(t, "halves")>>rapid.IntRange(0, 53).Draw(t, "shift")) / 2
		for _, x := range []float64{math.Nextafter(x, math.Inf(-1)), x, math.Nextafter(x, math.Inf(1))} {
			if got, want := rounded(x), int64(math.Round(x)); got != want {
				t.Fatalf("%v becomes %d, want %d", x, got, want)
			}
		}
	})
}

// TestManySlabsLoseNothing: a lap of hundreds of thousands of slabs still has the
// distribution of its parts.
func TestManySlabsLoseNothing(t *testing.T) {
	const seed, rounds = 7, 300_000
	random := rand.New(rand.NewPCG(seed, 0))
	var r Recorder
	n := uint64(0)
	for range rounds { // polls of a second, at any phase: evenly over 40 ms to 1.04 s
		from := uint64(40e6)
		r.Lap(0).AddSlab(from, from+1e9-1, 800)
		n += 800
		if random.IntN(1000) == 0 {
			r.EndLap()
		}
	}
	r.EndLap()
	h := r.Total()
	if h.Count() != n {
		t.Errorf("%d of %d values", h.Count(), n)
	}
	for q, want := range map[uint64]float64{100: 140e6, 500: 540e6, 990: 1030e6} {
		if got := float64(h.Quantile(q)); math.Abs(got/want-1) > 0.01 {
			t.Errorf("seed %d: quantile %d is %v, want %v", seed, q, got, want)
		}
	}
}

// TestSumsOfSlabs holds the sums of two even spans, whichever is the wider, to their
// distribution, whether some of the second are as large as they get or not: quantiles are at
// most an eightieth of the largest and a bucket off, the mean is exact.
func TestSumsOfSlabs(t *testing.T) {
	const n, grid, low, high = 1_000_000, 2_000, 40e6, 1040e6
	for _, more := range []float64{1e6, 20e6, 31e6, 100e6, 166e6, 170e6, 500e6, 1000e6, 6_100e6} {
		for _, lasts := range []int{0, 12} { // of forty
			var h Histogram
			share := float64(lasts) / 40
			h.AddLater(Slab{low, high, n}, Lag{More: uint64(more), Last: share})
			sums := make([]float64, 0, grid*40)
			for i := range grid {
				for j := range 40 {
					later := more
					if j >= lasts {
						later *= (float64(j-lasts) + 0.5) / float64(40-lasts)
					}
					sums = append(sums, low+(float64(i)+0.5)/grid*(high-low)+later)
				}
			}
			slices.Sort(sums)
			for _, thousandth := range []uint64{10, 100, 500, 900, 990} {
				want := sums[int(thousandth)*len(sums)/1000]
				if got := float64(h.Quantile(thousandth)); math.Abs(got-want) > (high+more)/80+want/100 {
					t.Errorf("more %v, %d lasts: quantile %d is %.4g, want %.4g", more, lasts, thousandth, got, want)
				}
			}
			if mean := (low+high)/2 + more*(1+share)/2; h.Count() != n || math.Abs(h.Mean()-mean) > 1 {
				t.Errorf("more %v, %d lasts: %d values with mean %v, want %v", more, lasts, h.Count(), h.Mean(), mean)
			}
		}
	}
}

// TestSlabsOfFewHaveFirsts: slabs of a value or two each, as calls bring them to one of many shards,
// have the mean that they have as one slab, however few of them are the last of a lag, and whether
// they lie in one bucket or not.
func TestSlabsOfFewHaveFirsts(t *testing.T) {
	for _, share := range []float64{0.03, 0.4, 0.5} {
		for _, low := range []uint64{40e6, 400e9} {
			var h, later, alone Histogram
			lag := Lag{Least: 10e6, More: 100e6, Last: share}
			for n := range uint64(1000) {
				slab := Slab{low, low + n*1e5, 1 + n%2}
				AddBoth(&h, &later, []Slab{slab}, lag)
				alone.AddLater(slab, lag)
			}
			want := h.Mean() + 10e6 + 100e6*(1+share)/2
			for _, got := range []float64{later.Mean(), alone.Mean()} {
				if math.Abs(got-want) > 1 {
					t.Errorf("%v are the last, from %d on: the mean is %v, want %v", share, low, got, want)
				}
			}
		}
	}
}

// TestBothAreEach: slabs and what is later than each are to the bit what each of the two
// counts by itself, whether they are wide or lie in a bucket, and the lag narrow or not.
func TestBothAreEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h, later, plain, plainLater Histogram
		draw := func(name string, most int) uint64 {
			return rapid.Uint64Range(0, 1<<rapid.IntRange(0, most).Draw(t, name+" bits")).Draw(t, name)
		}
		for range rapid.IntRange(1, 12).Draw(t, "slabs") {
			var slabs []Slab
			lag := Lag{Least: draw("least", 50), More: draw("more", 40), Last: rapid.SampledFrom([]float64{0, 0.03, 0.5}).Draw(t, "last")}
			for range rapid.IntRange(1, 4).Draw(t, "together") {
				low, width, n := draw("low", 50), draw("width", 40), 1+draw("n", 20)
				slab := Slab{low, low + width, n}
				slabs = append(slabs, slab)
				plain.AddSlab(low, low+width, n)
				plainLater.AddLater(slab, lag)
			}
			AddBoth(&h, &later, slabs, lag)
		}
		if !reflect.DeepEqual(h, plain) {
			t.Fatal("slabs with what is later are not those by themselves")
		}
		if !reflect.DeepEqual(later, plainLater) {
			t.Fatal("what is later is not what it is by itself")
		}
	})
}

// TestBucketOf: a floating-point number lies in the bucket of its whole part.
func TestBucketOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Uint64Range(0, 1<<rapid.IntRange(1, 53).Draw(t, "bits")-1).Draw(t, "v")
		x := float64(v) + rapid.Float64Range(0, 0.999).Draw(t, "fraction")
		if got, want := bucketOf(x), bucket(uint64(x)); got != want {
			t.Fatalf("%v is in bucket %d, want %d", x, got, want)
		}
	})
	for v := range uint64(100_000) {
		if got, want := bucketOf(float64(v)), bucket(v); got != want {
			t.Fatalf("%d is in bucket %d, want %d", v, got, want)
		}
	}
}

// manyLows are where slabs of benchmarks begin.
func manyLows() []uint64 {
	random := rand.New(rand.NewPCG(1, 0))
	lows := make([]uint64, 256)
	for i := range lows {
		lows[i] = random.Uint64N(1e9)
	}
	return lows
}

func BenchmarkAddLater(b *testing.B) {
	var h Histogram
	lows := manyLows()
	for i := 0; b.Loop(); i++ {
		low := lows[i%len(lows)]
		h.AddLater(Slab{low, low + 1e9, 1000}, Lag{More: 20e6})
	}
}

func BenchmarkAddBoth(b *testing.B) {
	var h, later Histogram
	lows := manyLows()
	for i := 0; b.Loop(); i++ {
		low := lows[i%len(lows)]
		AddBoth(&h, &later, []Slab{{low, low + 1e9, 1000}}, Lag{Least: 30e6, More: 20e6})
	}
}
