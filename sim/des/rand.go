package des

import (
	"hash/fnv"
	"math"
	"math/bits"
	"math/rand/v2"
)

// Source is the state of a random stream: a Weyl sequence whose words are multiplied with
// themselves, bits of them turned over, and folded (wyrand, by Wang Yi, in the public
// domain). It passes the batteries of tests that are in use, and one word of state and one
// multiplication are all it costs, if a loop keeps it in a register: 0.8 ns a draw, where
// a PCG behind a pointer takes 2.6.
type Source uint64

// Next is the source after a draw, and the draw: 64 random bits.
func (s Source) Next() (Source, uint64) {
	s += 0x2d358dccaa6c78a5
	high, low := bits.Mul64(uint64(s), uint64(s)^0x8bb84b93962eacc9)
	return s, high ^ low
}

// Rand is one random stream. It is a rand.Source for anything that wants one,
// and a rand.Rand with its distributions; Exp is its own because arrivals draw
// it for every record. A loop that draws for every record takes the Source and puts it
// back.
type Rand struct {
	*rand.Rand
	Source
	_ [48]byte // keeps neighbours, which other cores may draw from, out of its cache line
}

// Stream is the random stream of that name under seed. Every use has a name of
// its own ("producer/checkout/arrivals"), so that adding one actor never shifts
// another's draws, and two plans with one seed share their noise.
func Stream(seed uint64, name string) *Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	r := &Rand{Source: Source(Mix(seed ^ 0x9e3779b97f4a7c15 ^ Mix(h.Sum64())))}
	r.Rand = rand.New(r)
	return r
}

// Uint64 is the next 64 random bits.
func (r *Rand) Uint64() (u uint64) {
	r.Source, u = r.Next()
	return u
}

// Float64 is a draw from [0, 1): what rand.Rand draws, without the interface behind which its
// source is.
func (r *Rand) Float64() float64 { return float64(r.Uint64()<<11>>11) / (1 << 53) }

// Int64N is a whole number from 0 to n−1, n > 0: what rand.Rand draws, without the interface.
func (r *Rand) Int64N(n int64) int64 {
	if n&(n-1) == 0 {
		return int64(r.Uint64() & uint64(n-1))
	}
	high, low := bits.Mul64(r.Uint64(), uint64(n))
	if low < uint64(n) {
		for uneven := -uint64(n) % uint64(n); low < uneven; {
			high, low = bits.Mul64(r.Uint64(), uint64(n))
		}
	}
	return int64(high)
}

// Below is a whole number from 0 to n−1, mostly the one that Int64N draws. That draws again
// once in 2^64/n times, to make up for the numbers' not being exactly as likely; nobody could
// tell.
func (r *Rand) Below(n int64) int64 {
	high, _ := bits.Mul64(r.Uint64(), uint64(n))
	return int64(high)
}

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
	u := r.Uint64()
	x, sure := QuickExp(u)
	if !sure {
		r.Source, x = r.SlowExp(u)
	}
	return x
}

// QuickExp makes 64 random bits a draw of Exp. It is sure for 98.9 % of them: those
// below the curve at any height. It is apart so that loops have it inline.
func QuickExp(u uint64) (x float64, sure bool) {
	layer := u & (layers - 1)
	x = float64(int64(u>>11)) * ziggurat.scaled[layer] // the bits of the layer are not among these
	return x, x < ziggurat.edge[layer+1]
}

// SlowExp makes bits of which QuickExp is not sure a draw.
func (s Source) SlowExp(u uint64) (Source, float64) {
	for tail := 0.0; ; {
		layer := u & (layers - 1)
		x, sure := QuickExp(u)
		switch {
		case sure:
			return s, tail + x
		case layer == 0:
			tail += tailStart // the tail is the law itself, moved
		default:
			if s, u = s.Next(); under(layer, x, float64(u>>11)*0x1p-53) {
				return s, tail + x
			}
		}
		s, u = s.Next()
	}
}

// under tells whether a point of a layer's rectangle lies under the curve: at x, and at a
// share y of the layer's height. The curve lies below its chord, and by no more than an
// eighth of the square of the chord's width times its largest value, so that hardly any
// point needs it reckoned.
func under(layer uint64, x, y float64) bool {
	low, high := ziggurat.height[layer], ziggurat.height[layer+1]
	width := ziggurat.edge[layer] - ziggurat.edge[layer+1]
	at := low + float64((high-low)*y)
	chord := low + float64((high-low)*((ziggurat.edge[layer]-x)/width))
	const rounding = 1e-12 // far more than what the two sides may be off by
	switch {
	case at > chord+rounding:
		return false
	case at < chord-float64(float64(width*width)*high)/8-rounding:
		return true
	}
	return at < math.Exp(-x)
}

const (
	layers    = 256
	tailStart = 7.69711747013104972      // where the lowest layer's rectangle ends, for 256 layers
	layerArea = 0.0039496598225815571993 // of each layer; the lowest includes the tail
)

// ziggurat holds the right edge of each layer, falling, e^−edge there, and the edge in
// parts of 2^53.
var ziggurat = func() (z struct{ edge, height, scaled [layers + 1]float64 }) {
	z.edge[0] = layerArea * math.Exp(tailStart) // the width of a rectangle with the lowest layer's area
	z.edge[1] = tailStart
	for i := 1; i < layers; i++ {
		z.edge[i+1] = -math.Log(layerArea/z.edge[i] + math.Exp(-z.edge[i]))
	}
	z.edge[layers] = 0
	for i := range z.height {
		z.height[i], z.scaled[i] = math.Exp(-z.edge[i]), z.edge[i]*0x1p-53
	}
	return z
}()
