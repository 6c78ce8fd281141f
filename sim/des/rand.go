package des

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// Rand is one random stream. It is a rand.Source for anything that wants one,
// and a rand.Rand with its distributions; Exp is its own because arrivals draw
// it for every record.
type Rand struct {
	*rand.Rand
	pcg rand.PCG
}

// Stream is the random stream of that name under seed. Every use has a name of
// its own ("producer/checkout/arrivals"), so that adding one actor never shifts
// another's draws, and two plans with one seed share their noise.
func Stream(seed uint64, name string) *Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	id := h.Sum64()
	r := new(Rand)
	r.pcg.Seed(Mix(seed^0x9e3779b97f4a7c15^Mix(id)), Mix(seed+id))
	r.Rand = rand.New(&r.pcg)
	return r
}

// Uint64 is the next 64 random bits.
func (r *Rand) Uint64() uint64 { return r.pcg.Uint64() }

// SeedOf is the seed of the i-th replication, i = 1 … n: the first has the seed
// itself, the others a hash of both.
func SeedOf(seed uint64, i int) uint64 {
	if i <= 1 {
		return seed
	}
	return Mix(Mix(seed) + uint64(i)*0x9e3779b97f4a7c15)
}

// Exp is a draw from the exponential law with mean 1, by the ziggurat of
// G. Marsaglia and W. W. Tsang (Journal of Statistical Software 5(8), 2000): the
// area under e^−x is cut into layers of equal area, of which all but the lowest
// are rectangles from 0 to edge[i] that reach up to the curve at edge[i+1].
func (r *Rand) Exp() float64 {
	for {
		u := r.pcg.Uint64()
		layer := u & (layers - 1)
		x := float64(u>>11) * 0x1p-53 * ziggurat.edge[layer] // the bits of the layer are not among these
		switch {
		case x < ziggurat.edge[layer+1]:
			return x // 98.9 % of all draws: below the curve at any height
		case layer == 0:
			return tailStart + r.Exp() // the tail is the law itself, moved
		}
		low, high := ziggurat.height[layer], ziggurat.height[layer+1]
		if low+float64((high-low)*r.Float64()) < math.Exp(-x) {
			return x
		}
	}
}

const (
	layers    = 256
	tailStart = 7.69711747013104972      // where the lowest layer's rectangle ends, for 256 layers
	layerArea = 0.0039496598225815571993 // of each layer; the lowest includes the tail
)

// ziggurat holds the right edge of each layer, falling, and e^−edge there.
var ziggurat = func() (z struct{ edge, height [layers + 1]float64 }) {
	z.edge[0] = layerArea * math.Exp(tailStart) // the width of a rectangle with the lowest layer's area
	z.edge[1] = tailStart
	for i := 1; i < layers; i++ {
		z.edge[i+1] = -math.Log(layerArea/z.edge[i] + math.Exp(-z.edge[i]))
	}
	z.edge[layers] = 0
	for i := range z.height {
		z.height[i] = math.Exp(-z.edge[i])
	}
	return z
}()
