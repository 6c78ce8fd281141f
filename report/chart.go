package report

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// Chart is a picture as data: what to draw, in the units of the axes, with
// every label written. It holds either series over a horizontal axis, or bars,
// or a heat map.
type Chart struct {
	X, Y   Axis
	Series []Series
	Rules  []Rule
	Bars   *Bars
	Boxes  *Boxes // below the series
	Heat   *Heat
	Notes  []Note  // from left to right
	Bands  []Band  // of time, behind all else
	Height float64 // in points; 0 is the usual one
}

// height is how high the picture is.
func (c *Chart) height() vg.Length {
	if c.Height > 0 {
		return vg.Length(c.Height)
	}
	return pictureHeight
}

// Note is a short text right of a place, left out where there is no room for it.
type Note struct {
	At   Point
	Text string
}

// Band is a stretch of time in which something was wrong.
type Band struct{ From, To float64 }

// Axis is one axis with its ticks.
type Axis struct {
	Label    string
	Min, Max float64
	Log      bool
	Ticks    []Tick
	Time     bool // seconds of the run, which all figures over time share
	Unit     Unit // of the values along it
}

// Unit is what a value is counted in, for those who read it off.
type Unit string

// The units; of an axis without one, values say nothing.
const (
	unitCount Unit = "count"
	unitBytes Unit = "bytes"
	unitPerS  Unit = "bytes/s"
	unitDelay Unit = "ms"
	unitShare Unit = "share"
)

// Tick is a mark on an axis; one without a label is a small one.
type Tick struct {
	Value float64
	Label string
}

// Series is a line, or with Base an area between Base and the points. A NaN
// breaks it.
type Series struct {
	Name   string
	Points []Point
	Base   []float64 // of an area, one for each point
	Hue    int       // of the palette
	Dash   int       // 0 is unbroken
	Thin   bool
	Bridge float64 // gaps no wider than this, on the horizontal axis, are crossed by a hairline
	Marker bool    // marks a few points, so that lines can be told apart without colour
	Ghost  bool    // of the base that this is compared with; one of them stands in the legend
	Loose  bool    // only marks, one for each point, and no line
	Mark   mark    // of loose points
	Period float64 // of a stepped line, whose points come in pairs: how long each value holds, in seconds
}

// mark is the shape of a loose point.
type mark int

const (
	markNone mark = iota
	markUp
	markDown
	markCross
	markDot
)

// Point is one point of a series.
type Point struct{ X, Y float64 }

// Rule is a limit: a line across the whole picture.
type Rule struct {
	Name  string
	Value float64 // on the vertical axis; on the horizontal one for horizontal bars
	Hue   int
	Dash  int
}

// Bars are bars with a name each, of one part or of two on top of each other.
type Bars struct {
	Horizontal bool
	Names      []string
	Parts      []Part
	Labels     []string // at the end of each bar; may be empty
}

// Part is one part of each bar.
type Part struct {
	Name   string
	Values []float64
	Hue    int
}

// Boxes are rectangles on the plane of the axes, each of a group that has its colour.
type Boxes struct {
	Groups []Part // without values
	List   []Box
}

// Box is one of them; its text is shown where there is room for it.
type Box struct {
	From, To Point
	Group    int
	Text     string
}

// Heat is a grid of shares of a limit, first row at the bottom.
type Heat struct {
	Rows   []string
	Step   float64 // width of a column on the horizontal axis
	Values [][]float64
	Marked [][]bool // cells with a stroke through them
	Mark   string   // what the stroke means
	Scale  string   // what the colours mean
	Whole  bool     // no value is above 1
}

// Hues of the palette, named for what they mean, so that accepted is the same
// colour in every figure.
const (
	hueInk = iota
	hueOffered
	hueAccepted
	hueRefused
	hueLost
	hueLimit
	hueFirst       // of several producers or consumers; the following hues are for the next ones
	huePale  = 100 // of areas with text in them, and the three after it
)

// mostPoints is how many points a series has at most.
const mostPoints = 1000

// thinned keeps the shape of a series in at most mostPoints points: of each
// stretch its lowest and its highest point, in their order.
func thinned(points []Point) []Point {
	if len(points) <= mostPoints {
		return points
	}
	stretches := mostPoints / 2
	kept := make([]Point, 0, mostPoints)
	for i := range stretches {
		part := points[i*len(points)/stretches : (i+1)*len(points)/stretches]
		low, high := 0, 0
		for j, p := range part {
			if p.Y < part[low].Y || math.IsNaN(part[low].Y) {
				low = j
			}
			if p.Y > part[high].Y || math.IsNaN(part[high].Y) {
				high = j
			}
		}
		kept = append(kept, part[min(low, high)])
		if low != high {
			kept = append(kept, part[max(low, high)])
		}
	}
	return kept
}

// top is the largest value that a chart must show on its vertical axis.
func top(series []Series, rules []Rule) float64 {
	most := 0.0
	for _, s := range series {
		for _, p := range s.Points {
			if p.Y > most {
				most = p.Y
			}
		}
	}
	for _, r := range rules {
		most = max(most, r.Value)
	}
	return most
}
