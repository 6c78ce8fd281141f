package des

import (
	"math"
	"slices"
	"testing"
)

// TestNormal holds the ziggurat against the law: the largest distance of the distribution
// functions (Kolmogorov and Smirnov), mean, variance, both tails, which have a branch of
// their own, and that a source of its own draws the same.
func TestNormal(t *testing.T) {
	const seed, n = 3, 2_000_000
	r := Stream(seed, "normal")
	source := r.Source
	values := make([]float64, n)
	sum, squares, fourths, low, high := 0.0, 0.0, 0.0, 0, 0
	for i := range values {
		var z float64
		source, z = source.Normal()
		if values[i] = r.Normal(); values[i] != z {
			t.Fatalf("seed %d: draw %d of the source is %v, want %v", seed, i, z, values[i])
		}
		sum += z
		squares += z * z
		fourths += z * z * z * z
		if z > bellTail {
			high++
		} else if z < -bellTail {
			low++
		}
	}
	slices.Sort(values)
	distance := 0.0
	for i, z := range values {
		f := math.Erfc(-z/math.Sqrt2) / 2
		distance = max(distance, math.Abs(f-float64(i)/n), math.Abs(f-float64(i+1)/n))
	}
	if most := 1.95 / math.Sqrt(n); distance > most { // one in a thousand
		t.Errorf("seed %d: the distance is %v, at most %v", seed, distance, most)
	}
	if mean := sum / n; math.Abs(mean) > 4/math.Sqrt(n) {
		t.Errorf("seed %d: mean %v", seed, mean)
	}
	if second := squares / n; math.Abs(second-1) > 4*math.Sqrt(2.0/n) {
		t.Errorf("seed %d: second moment %v", seed, second)
	}
	if fourth := fourths / n; math.Abs(fourth-3) > 4*math.Sqrt(96.0/n) { // variance of x⁴ is 105 − 9
		t.Errorf("seed %d: fourth moment %v", seed, fourth)
	}
	want := n * math.Erfc(bellTail/math.Sqrt2) / 2
	for side, got := range map[string]int{"low": low, "high": high} {
		if math.Abs(float64(got)-want) > 4*math.Sqrt(want) {
			t.Errorf("seed %d: %d in the %s tail, want %v", seed, got, side, want)
		}
	}
}

// TestBellLayers: all layers have the same area, the highest too, which ends at 0, where the
// curve is 1; and what is inside lies in the next rectangle.
func TestBellLayers(t *testing.T) {
	area := bell.edge[0] * bell.height[1]
	for i := 1; i < layers; i++ {
		if got := bell.edge[i] * (bell.height[i+1] - bell.height[i]); math.Abs(got/area-1) > 1e-9 {
			t.Errorf("layer %d has area %v, want %v", i, got, area)
		}
	}
	for i, n := range bell.inside {
		if x := float64(n) * bell.scaled[i]; x > bell.edge[i+1]+1e-12 || x < bell.edge[i+1]-1e-12 {
			t.Errorf("layer %d is inside up to %v, want %v", i, x, bell.edge[i+1])
		}
	}
}

func BenchmarkNormal(b *testing.B) {
	r := Stream(1, "normal")
	sum := 0.0
	for b.Loop() {
		sum += r.Normal()
	}
	if sum == 0 {
		b.Error("all zero")
	}
}
