package des

import "math"

// Normal is a draw from the normal law with mean 0 and deviation 1, by a ziggurat as in Exp:
// here of the area under e^(−x²/2), on both sides of 0.
func (r *Rand) Normal() (z float64) {
	r.Source, z = r.Source.Normal()
	return z
}

// Normal is Rand.Normal of a source that a loop keeps.
func (s Source) Normal() (Source, float64) {
	s, u := s.Next()
	z, sure := QuickNormal(u)
	if !sure {
		return s.SlowNormal(u)
	}
	return s, z
}

// QuickNormal makes 64 random bits a draw of Normal. It is sure for 98.8 % of them. It is
// apart so that loops have it inline.
func QuickNormal(u uint64) (z float64, sure bool) {
	layer := u & (layers - 1)
	j := int64(u) >> 11 // the bits of the layer are not among these
	return float64(j) * bell.scaled[layer], uint64(j+bell.inside[layer]) < 2*uint64(bell.inside[layer])
}

// SlowNormal makes bits of which QuickNormal is not sure a draw.
func (s Source) SlowNormal(u uint64) (Source, float64) {
	for {
		layer := u & (layers - 1)
		z, sure := QuickNormal(u)
		switch {
		case sure:
			return s, z
		case layer == 0:
			s, tail := s.tail()
			return s, math.Copysign(tail, z)
		}
		s, u = s.Next()
		if low, high := bell.height[layer], bell.height[layer+1]; low+float64((high-low)*(float64(u>>11)*0x1p-53)) < curve(z) {
			return s, z
		}
		s, u = s.Next()
	}
}

// tail is a draw beyond bellTail (G. Marsaglia, Technometrics 6, 1964).
func (s Source) tail() (Source, float64) {
	for {
		var u, v uint64
		s, u = s.Next()
		s, v = s.Next()
		beyond := -math.Log(float64(u>>11+1)*0x1p-53) / bellTail
		if -2*math.Log(float64(v>>11+1)*0x1p-53) > float64(beyond*beyond) {
			return s, bellTail + beyond
		}
	}
}

// curve is the height of the bell at x, if it is 1 at 0.
func curve(x float64) float64 { return math.Exp(-float64(x*x) / 2) }

// bellTail is where the lowest layer's rectangle ends, for 256 layers.
const bellTail = 3.6541528853610088

// bell holds, as ziggurat does, the right edge of each layer and the height there, and the
// edge in parts of 2^52. What lies inside so many of these parts lies below the curve at
// any height.
var bell = func() (z struct {
	edge, height, scaled [layers + 1]float64
	inside               [layers]int64
}) {
	area := bellTail*curve(bellTail) + math.Sqrt(math.Pi/2)*math.Erfc(bellTail/math.Sqrt2) // of each layer's right half
	z.edge[0], z.edge[1] = area/curve(bellTail), bellTail
	for i := 1; i < layers-1; i++ {
		z.edge[i+1] = math.Sqrt(-2 * math.Log(area/z.edge[i]+curve(z.edge[i])))
	}
	for i := range z.height {
		z.height[i], z.scaled[i] = curve(z.edge[i]), z.edge[i]*0x1p-52
	}
	for i := range z.inside {
		z.inside[i] = int64(z.edge[i+1] / z.edge[i] * 0x1p52)
	}
	return z
}()
