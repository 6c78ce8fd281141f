package metric_test

import (
	"math"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kinesim/sim/metric"
)

// anyValue draws values of all sizes: small ones, nanoseconds, and the largest.
func anyValue() *rapid.Generator[uint64] {
	return rapid.OneOf(rapid.Uint64Range(0, 300), rapid.Uint64Range(0, 1e12), rapid.Uint64())
}

// content is all that a histogram says of what it has counted.
type content struct {
	count, max uint64
	mean       float64
	buckets    [][2]uint64
}

func contentOf(h *metric.Histogram) (c content) {
	h.Each(func(upper, count uint64) { c.buckets = append(c.buckets, [2]uint64{upper, count}) })
	c.count, c.max, c.mean = h.Count(), h.Max(), h.Mean()
	return c
}

// TestHistogram holds everything that a histogram says against the sorted values:
// count, mean and maximum exactly, quantiles never too low and at most 1/128 too
// high.
func TestHistogram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(anyValue(), 1, 300).Draw(t, "values")
		var h metric.Histogram
		sum := new(big.Int)
		for _, v := range values {
			h.Add(v)
			sum.Add(sum, new(big.Int).SetUint64(v))
		}
		mean, _ := new(big.Float).Quo(new(big.Float).SetInt(sum), big.NewFloat(float64(len(values)))).Float64()
		if h.Count() != uint64(len(values)) || h.Max() != slices.Max(values) || math.Abs(h.Mean()-mean) > 1e-14*mean {
			t.Fatalf("%d values, at most %d, mean %v; want mean %v", h.Count(), h.Max(), h.Mean(), mean)
		}
		slices.Sort(values)
		for _, thousandths := range []uint64{1, 500, 900, 990, 999, 1000} {
			rank := (len(values)*int(thousandths) + 999) / 1000
			want, got := values[rank-1], h.Quantile(thousandths)
			if got < want || float64(got-want) > float64(want)/128 {
				t.Fatalf("quantile %d of %d values is %d, want %d", thousandths, len(values), got, want)
			}
		}
		total, last := uint64(0), uint64(0)
		h.Each(func(upper, count uint64) {
			if count == 0 || total > 0 && upper <= last {
				t.Fatalf("bucket up to %d after %d holds %d", upper, last, count)
			}
			total, last = total+count, upper
		})
		if total != h.Count() || last != h.Max() {
			t.Fatalf("the buckets hold %d up to %d", total, last)
		}
	})
}

// TestWaysToAdd: one at a time, many at a time, the same one many times and by
// merging, it is the same histogram.
func TestWaysToAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(anyValue(), 0, 100).Draw(t, "values")
		cut := rapid.IntRange(0, len(values)).Draw(t, "cut")
		same, times := anyValue().Draw(t, "same"), rapid.Uint64Range(0, 50).Draw(t, "times")
		var one, all, first, second metric.Histogram
		for _, v := range values {
			one.Add(v)
		}
		for range times {
			one.Add(same)
		}
		all.AddAll(values)
		all.AddN(same, times)
		first.AddAll(values[:cut])
		second.AddAll(values[cut:])
		second.AddN(same, times)
		first.Merge(&second)
		if want := contentOf(&all); !reflect.DeepEqual(contentOf(&one), want) || !reflect.DeepEqual(contentOf(&first), want) {
			t.Fatal("the histograms differ")
		}
		one.Add(same) // which still waits
		if one.Reset(); !reflect.DeepEqual(contentOf(&one), content{}) {
			t.Fatal("something is left after a reset")
		}
	})
}

// TestLargeSum: 2^32 delays of two hours pass 64 bits, and the mean stays exact.
func TestLargeSum(t *testing.T) {
	const twoHours = 7_200_000_000_000
	var h metric.Histogram
	h.AddN(twoHours, 1<<32)
	h.AddN(3*twoHours, 1<<32)
	if h.Mean() != 2*twoHours {
		t.Errorf("mean %v, want %v", h.Mean(), float64(2*twoHours))
	}
}

func TestEmptyHistogram(t *testing.T) {
	var h metric.Histogram
	if h.Count() != 0 || h.Max() != 0 || h.Mean() != 0 || h.Quantile(500) != 0 {
		t.Error("an empty histogram is not 0")
	}
	if diff := cmp.Diff(metric.Stats{}, h.Stats(1)); diff != "" {
		t.Error(diff)
	}
	h.Add(0)
	if h.Quantile(1000) != 0 || h.Count() != 1 {
		t.Error("a zero is not counted")
	}
}

// TestStats: the statistics by the names that results use, scaled.
func TestStats(t *testing.T) {
	var h metric.Histogram
	for v := uint64(1); v <= 200; v++ { // below 256 each value has a bucket of its own
		h.Add(v)
	}
	s := h.Stats(0.5)
	for name, want := range map[string]float64{"mean": 50.25, "p50": 50, "p90": 90, "p99": 99, "p999": 100, "max": 100} {
		if got, ok := s.Of(name); !ok || *got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if _, ok := s.Of("p42"); ok {
		t.Error("there is a p42")
	}
}

// TestRecorder plays laps and windows beside plain lists: the total is all ended
// laps, and a window is the laps that ended while it was open.
func TestRecorder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r metric.Recorder
		var lap, total []uint64
		var open []*metric.Histogram
		windows := map[*metric.Histogram][]uint64{}
		endLap := func(*rapid.T) {
			total = append(total, lap...)
			for _, w := range open {
				windows[w] = append(windows[w], lap...)
			}
			lap = nil
			r.EndLap()
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				v := anyValue().Draw(t, "value")
				lap = append(lap, v)
				r.Lap(rapid.IntRange(0, 3).Draw(t, "part")).Add(v)
			},
			"add many": func(t *rapid.T) {
				v, n := anyValue().Draw(t, "value"), rapid.Uint64Range(0, 5).Draw(t, "times")
				for range n {
					lap = append(lap, v)
				}
				r.AddN(v, n)
			},
			"end lap": endLap,
			"open": func(t *rapid.T) {
				endLap(t)
				w := new(metric.Histogram)
				windows[w] = nil
				open = append(open, w)
				r.Open(w)
			},
			"close": func(t *rapid.T) {
				if len(open) == 0 {
					t.Skip("no window is open")
				}
				endLap(t)
				i := rapid.IntRange(0, len(open)-1).Draw(t, "window")
				r.Close(open[i])
				open = slices.Delete(open, i, i+1)
			},
			"": func(t *rapid.T) {
				windows[r.Total()] = total
				for w, values := range windows {
					var want metric.Histogram
					want.AddAll(values)
					if !reflect.DeepEqual(contentOf(w), contentOf(&want)) {
						t.Fatalf("a window holds %d values, want %d", w.Count(), want.Count())
					}
				}
			},
		})
	})
}

func BenchmarkAddAll(b *testing.B) {
	var h metric.Histogram
	values := make([]uint64, 256)
	for i := range values {
		values[i] = uint64(i) * 7_919_317
	}
	for b.Loop() {
		h.AddAll(values)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(values)), "ns/value")
}
