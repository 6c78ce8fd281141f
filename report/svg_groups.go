package report

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The script of the page stretches a figure along time without drawing it anew. For
// that it must tell apart what moves with time, what keeps its shape as it moves, and
// what is written afresh, so these parts are groups with a class.
const (
	groupData = "data" // moves and stretches
	groupMark = "mark" // within the data: moves, and keeps its shape
	groupTick = "tick" // of the axis of time: written afresh
)

// grouper is a canvas that can keep what is drawn together under a name.
type grouper interface {
	open(class string)
	openMark(at vg.Point) // a group that keeps its shape, and the place that it belongs to
	shut()
}

// asMark draws something that belongs to a place and keeps its shape.
func asMark(c vg.Canvas, at vg.Point, paint func()) {
	g := grouperOf(c)
	if g == nil {
		paint()
		return
	}
	g.openMark(at)
	paint()
	g.shut()
}

// inGroup draws something as a group, on canvases that know groups.
func inGroup(c vg.Canvas, class string, paint func()) {
	g := grouperOf(c)
	if g == nil {
		paint()
		return
	}
	g.open(class)
	paint()
	g.shut()
}

// grouperOf is the canvas below the cropped ones that the plot makes of it; nil for one
// that knows no groups.
func grouperOf(c vg.Canvas) grouper {
	for {
		switch inner := c.(type) {
		case draw.Canvas:
			c = inner.Canvas
		case *draw.Canvas:
			c = inner.Canvas
		case grouper:
			return inner
		default:
			return nil
		}
	}
}

func (c *svgCanvas) open(class string) { c.buf.WriteString(`<g class="` + class + "\">\n") }

func (c *svgCanvas) openMark(at vg.Point) {
	x, _ := c.place(at)
	c.buf.WriteString(`<g class="` + groupMark + `" data-x="`)
	c.coordinate(x)
	c.buf.WriteString("\">\n")
}

func (c *svgCanvas) shut() { c.buf.WriteString("</g>\n") }

// edge opens the group of the data before the first plotter, or shuts it after the
// last, and notes where the plot lies.
type edge struct {
	*picture
	first bool
}

func (e edge) Plot(c draw.Canvas, _ *plot.Plot) {
	e.area = c.Rectangle
	g := grouperOf(c)
	switch {
	case g == nil:
	case e.first:
		g.open(groupData)
	default:
		g.shut()
	}
}

// tickText writes the labels of the axis of time, each as a group.
type tickText struct{ text.Plain }

// Draw is of text.Handler.
func (t tickText) Draw(c vg.Canvas, words string, style text.Style, at vg.Point) {
	inGroup(c, groupTick, func() { t.Plain.Draw(c, words, style, at) })
}

// uprightTicks are the ticks of the axis of time with their grid lines, each as a group.
type uprightTicks struct{ axis Axis }

func (u uprightTicks) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	line := draw.LineStyle{Color: grid, Width: .6}
	for _, t := range u.axis.Ticks {
		if t.Value < u.axis.Min || t.Value > u.axis.Max {
			continue
		}
		inGroup(c, groupTick, func() {
			if t.Label != "" && t.Value > u.axis.Min {
				c.StrokeLine2(line, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
			}
			c.StrokeLine2(p.Y.Tick.LineStyle, x(t.Value), c.Min.Y-tickLength, x(t.Value), c.Min.Y)
		})
	}
}

// bandPlot shades stretches of time over the whole height.
type bandPlot []Band

func (b bandPlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	for _, s := range b {
		from, to := max(x(s.From), c.Min.X), min(x(s.To), c.Max.X)
		if to < from+1 { // a moment must be seen as well
			to = from + 1
		}
		c.FillPolygon(bandColor, rectangle(vg.Point{X: from, Y: c.Min.Y}, vg.Point{X: to, Y: c.Max.Y}))
	}
}
