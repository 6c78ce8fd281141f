package report

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The colours of Okabe and Ito (Color Universal Design, 2008), which people
// with any of the common colour blindnesses can tell apart, and black and grey.
var (
	ink        = rgb(0x222222)
	faint      = rgb(0x8a8a8a)
	grid       = rgb(0xe3e3e3)
	orange     = rgb(0xe69f00)
	skyBlue    = rgb(0x56b4e9)
	green      = rgb(0x009e73)
	blue       = rgb(0x0072b2)
	vermillion = rgb(0xd55e00)
	purple     = rgb(0xcc79a7)
	bandColor  = rgb(0xf3ecd9)
)

func rgb(v uint32) color.RGBA {
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}

// hues gives the colours of a chart's hues, in their order.
var hues = []color.RGBA{faint, blue, green, vermillion, purple, ink, blue, orange, green, purple, skyBlue, vermillion}

// pales are light enough for black text on them, and differ in lightness.
var pales = []color.RGBA{rgb(0xd9d9d9), rgb(0xbfe0f5), rgb(0xffe3a1), rgb(0x9fdcc6), rgb(0xf5bd9d)}

func hueColor(h int) color.RGBA {
	if h >= huePale {
		return pales[(h-huePale)%len(pales)]
	}
	if h >= len(hues) {
		h = hueFirst + (h-hueFirst)%(len(hues)-hueFirst)
	}
	return hues[h]
}

// dashes are the patterns of lines, so that they differ without colour as well.
var dashes = [][]vg.Length{nil, {7, 3}, {2, 2}, {1, 3}, {9, 3, 2, 3}, {5, 2, 1, 2, 1, 2}}

func dashPattern(d int) []vg.Length { return dashes[d%len(dashes)] }

// markers are the marks on lines.
var markers = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.PyramidGlyph{}, draw.BoxGlyph{}, draw.RingGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{},
}

func marker(hue int) draw.GlyphDrawer { return markers[hue%len(markers)] }

// heatColor is the colour of a share of a limit: from nearly white to dark blue
// in even steps of lightness, and vermillion, which no blue looks like to any
// eye, beyond the limit.
func heatColor(share float64) color.RGBA {
	switch {
	case math.IsNaN(share):
		return color.RGBA{255, 255, 255, 255}
	case share > 1:
		return vermillion
	}
	i := int(math.Max(0, share)*float64(len(heatRamp)-1) + .5)
	return heatRamp[i]
}

// heatRamp is computed once; it depends on nothing.
var heatRamp = append(
	ramp(oklab{.975, -.004, -.012}, oklab{.64, -.035, -.115}, 51),
	ramp(oklab{.64, -.035, -.115}, oklab{.30, -.010, -.115}, 51)[1:]...)

// oklab is a colour by lightness and two opponent axes (Björn Ottosson, "A
// perceptual color space for image processing", 2020), in which even steps look
// even.
type oklab struct{ l, a, b float64 }

func ramp(from, to oklab, n int) []color.RGBA {
	colors := make([]color.RGBA, n)
	for i := range colors {
		t := float64(i) / float64(n-1)
		mix := func(x, y float64) float64 { return float64(x*(1-t)) + float64(y*t) }
		colors[i] = oklab{mix(from.l, to.l), mix(from.a, to.a), mix(from.b, to.b)}.rgb()
	}
	return colors
}

// rgb converts to sRGB with the matrices of the paper.
func (c oklab) rgb() color.RGBA {
	cube := func(x float64) float64 { return x * x * x }
	l := cube(c.l + 0.3963377774*c.a + 0.2158037573*c.b)
	m := cube(c.l - 0.1055613458*c.a - 0.0638541728*c.b)
	s := cube(c.l - 0.0894841775*c.a - 1.2914855480*c.b)
	channel := func(linear float64) uint8 {
		x := 12.92 * linear
		if linear > 0.0031308 {
			x = 1.055*math.Pow(linear, 1/2.4) - 0.055
		}
		return uint8(math.Min(1, math.Max(0, x))*255 + .5)
	}
	return color.RGBA{
		channel(4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
		channel(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
		channel(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s),
		255,
	}
}
