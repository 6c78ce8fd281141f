package des

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestUnder: chord and bound say of every point what the curve itself does.
func TestUnder(t *testing.T) {
	r := rand.New(rand.NewPCG(20261128, 1))
	for range 300_000 {
		layer := 1 + r.Uint64N(layers-1)
		low, high := ziggurat.height[layer], ziggurat.height[layer+1]
		x := ziggurat.edge[layer+1] + r.Float64()*(ziggurat.edge[layer]-ziggurat.edge[layer+1])
		y := r.Float64()
		if r.IntN(2) == 0 { // close to the curve
			y = max(0, min(1, (math.Exp(-x)-low)/(high-low)+1e-6*r.NormFloat64()))
		}
		if want := low+float64((high-low)*y) < math.Exp(-x); under(layer, x, y) != want {
			t.Fatalf("layer %d, x %v, y %v: under the curve: %v", layer, x, y, want)
		}
	}
}
