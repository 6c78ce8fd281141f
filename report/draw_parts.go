package report

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// gridLines are faint lines at the labelled ticks.
type gridLines struct{ chart *Chart }

func (g gridLines) Plot(c draw.Canvas, p *plot.Plot) {
	style := draw.LineStyle{Color: grid, Width: .6}
	x, y := p.Transforms(&c)
	upright := g.chart.Bars != nil && !g.chart.Bars.Horizontal
	for _, t := range g.chart.X.Ticks {
		if t.Label != "" && t.Value > p.X.Min && t.Value <= p.X.Max && !upright && !g.chart.X.Time {
			c.StrokeLine2(style, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
		}
	}
	if g.chart.Bars != nil && g.chart.Bars.Horizontal {
		return
	}
	for _, t := range g.chart.Y.Ticks {
		if t.Label != "" && t.Value > p.Y.Min && t.Value <= p.Y.Max {
			c.StrokeLine2(style, c.Min.X, y(t.Value), c.Max.X, y(t.Value))
		}
	}
}

// seriesPlot draws a line or an area, broken where there is no value.
type seriesPlot struct {
	*Series
	place int // among the series, to put marks of different lines at different points
}

func (s seriesPlot) style() draw.LineStyle {
	style := draw.LineStyle{Color: hueColor(s.Hue), Width: 1.6, Dashes: dashPattern(s.Dash)}
	if s.Thin {
		style.Width = .9
	}
	return style
}

func (s seriesPlot) Plot(c draw.Canvas, p *plot.Plot) {
	points := s.Points
	if s.Base == nil {
		points = thinned(points)
	}
	x, y := p.Transforms(&c)
	if s.Loose {
		for _, q := range s.Points {
			at := vg.Point{X: x(q.X), Y: y(q.Y)}
			asMark(c, at, func() { c.DrawGlyphNoClip(s.glyph(), at) })
		}
		return
	}
	// A value beyond the axis, as zero is on a logarithmic one, lies on its edge.
	up := func(v float64) vg.Length { return y(math.Min(p.Y.Max, math.Max(p.Y.Min, v))) }
	var run, floor []vg.Point
	var last *Point // of the run before, for a bridge over a short gap
	flush := func() {
		s.stroke(c, run, floor)
		run, floor = nil, nil
	}
	for i, q := range points {
		if math.IsNaN(q.Y) || q.X > p.X.Max*(1+1e-9) {
			flush()
			continue
		}
		if len(run) == 0 && last != nil && s.Base == nil && q.X > last.X && q.X-last.X <= s.Bridge {
			c.StrokeLine2(draw.LineStyle{Color: hueColor(s.Hue), Width: .5}, x(last.X), up(last.Y), x(q.X), up(q.Y))
		}
		last = &points[i]
		run = append(run, vg.Point{X: x(q.X), Y: up(q.Y)})
		if s.Base != nil {
			floor = append(floor, vg.Point{X: x(q.X), Y: up(s.Base[i])})
		}
	}
	flush()
	if s.Marker {
		s.marks(c, x, up)
	}
}

// stroke draws one unbroken run of points.
func (s seriesPlot) stroke(c draw.Canvas, run, floor []vg.Point) {
	switch {
	case len(run) == 0:
	case s.Base != nil:
		for i := len(floor) - 1; i >= 0; i-- {
			run = append(run, floor[i])
		}
		c.FillPolygon(hueColor(s.Hue), run)
	case len(run) == 1: // a value between two gaps would otherwise not be seen
		asMark(c, run[0], func() {
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: hueColor(s.Hue), Radius: 1.4, Shape: draw.CircleGlyph{}}, run[0])
		})
	default:
		c.StrokeLines(s.style(), run)
	}
}

// marks puts a few marks on the line.
func (s seriesPlot) marks(c draw.Canvas, x, y func(float64) vg.Length) {
	style := draw.GlyphStyle{Color: hueColor(s.Hue), Radius: 3, Shape: marker(s.Hue)}
	const apart = 8 // marks across the picture, those of each line a little further right than the last one's
	step := (c.Max.X - c.Min.X) / apart
	next := c.Min.X + step*vg.Length(.3+.13*float64(s.place%6))
	for _, q := range s.Points {
		if at := x(q.X); at >= next && !math.IsNaN(q.Y) {
			asMark(c, vg.Point{X: at}, func() { c.DrawGlyph(style, vg.Point{X: at, Y: y(q.Y)}) })
			for next <= at {
				next += step
			}
		}
	}
}

// notePlot writes short texts right of their places, those for which there is room.
type notePlot []Note

func (n notePlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := lettering(tickSize, false)
	style.YAlign = draw.YCenter
	free := map[float64]vg.Length{} // by height, from where on there is room
	for _, note := range n {
		at := x(note.At.X)
		if at < free[note.At.Y] {
			continue
		}
		asMark(c, vg.Point{X: at}, func() { c.FillText(style, vg.Point{X: at + 7, Y: y(note.At.Y) + 1}, note.Text) })
		free[note.At.Y] = at + 12 + style.Width(note.Text)
	}
}

// glyph is the mark of loose points.
func (s seriesPlot) glyph() draw.GlyphStyle {
	style := draw.GlyphStyle{Color: hueColor(s.Hue), Radius: 5, Shape: draw.PyramidGlyph{}}
	switch s.Mark {
	case markDown:
		style.Shape = downGlyph{}
	case markCross:
		style.Shape = crossGlyph{}
	case markDot:
		style.Shape = draw.CircleGlyph{}
	}
	return style
}

// crossGlyph is a cross that is seen beside filled marks.
type crossGlyph struct{}

// DrawGlyph draws its two strokes.
func (crossGlyph) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	r, line := style.Radius*.8, draw.LineStyle{Color: style.Color, Width: 1.8}
	c.StrokeLine2(line, at.X-r, at.Y-r, at.X+r, at.Y+r)
	c.StrokeLine2(line, at.X-r, at.Y+r, at.X+r, at.Y-r)
}

// downGlyph is a triangle that stands on its tip.
type downGlyph struct{}

// DrawGlyph fills it.
func (downGlyph) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	r := style.Radius
	c.FillPolygon(style.Color, []vg.Point{{X: at.X, Y: at.Y - r}, {X: at.X - r*.87, Y: at.Y + r/2}, {X: at.X + r*.87, Y: at.Y + r/2}})
}

// boxPlot draws rectangles with a hairline of the background between them.
type boxPlot struct{ *Boxes }

func (b boxPlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := lettering(tickSize, false)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	for _, box := range b.List {
		from, to := vg.Point{X: x(box.From.X), Y: y(box.From.Y)}, vg.Point{X: x(box.To.X), Y: y(box.To.Y)}
		const gap vg.Length = .5
		if to.Y-from.Y > 3*gap {
			from.Y, to.Y = from.Y+gap, to.Y-gap
		}
		if to.X-from.X > 3*gap {
			from.X, to.X = from.X+gap, to.X-gap
		}
		c.FillPolygon(hueColor(b.Groups[box.Group].Hue), rectangle(from, to))
		if to.Y-from.Y > tickSize+2 && to.X-from.X > style.Width(box.Text)+4 {
			middle := vg.Point{X: (from.X + to.X) / 2, Y: (from.Y+to.Y)/2 + 1}
			asMark(c, middle, func() { c.FillText(style, middle, box.Text) })
		}
	}
}

// rulePlot draws a limit across the picture.
type rulePlot struct {
	Rule
	upright bool
}

func (r rulePlot) style() draw.LineStyle {
	return draw.LineStyle{Color: hueColor(r.Hue), Width: 1.3, Dashes: dashPattern(r.Dash)}
}

func (r rulePlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	if r.upright {
		c.StrokeLine2(r.style(), x(r.Value), c.Min.Y, x(r.Value), c.Max.Y)
		return
	}
	c.StrokeLine2(r.style(), c.Min.X, y(r.Value), c.Max.X, y(r.Value))
}

// barPlot draws bars: upright ones from left to right, horizontal ones from the
// top down.
type barPlot struct {
	*Bars
	most float64
}

func (b barPlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i := range b.Names {
		from := 0.0
		for _, part := range b.Parts {
			to := from + part.Values[i]
			corner, opposite := vg.Point{X: x(float64(i) + .12), Y: y(from)}, vg.Point{X: x(float64(i) + .88), Y: y(to)}
			if b.Horizontal {
				row := float64(len(b.Names) - 1 - i)
				corner, opposite = vg.Point{X: x(from), Y: y(row + .15)}, vg.Point{X: x(to), Y: y(row + .85)}
			}
			c.FillPolygon(hueColor(part.Hue), rectangle(corner, opposite))
			from = to
		}
		if i < len(b.Labels) {
			style := lettering(tickSize, false)
			style.YAlign = draw.YCenter
			c.FillText(style, vg.Point{X: x(from) + 5, Y: y(float64(len(b.Names)-1-i)+.5) + 1}, b.Labels[i])
		}
	}
}

func rectangle(a, b vg.Point) []vg.Point {
	return []vg.Point{a, {X: b.X, Y: a.Y}, b, {X: a.X, Y: b.Y}}
}

// heatMap draws the cells as one raster and the strokes over it.
type heatMap struct {
	*Heat
	coarse bool
}

func (h heatMap) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	columns := 0
	for _, row := range h.Values {
		columns = max(columns, len(row))
	}
	if columns == 0 {
		return
	}
	// The last column may reach beyond the end of the run.
	right := x(math.Min(float64(columns)*h.Step, p.X.Max))
	whole := float64(columns) * h.Step / math.Min(float64(columns)*h.Step, p.X.Max)
	area := vg.Rectangle{Min: vg.Point{X: c.Min.X, Y: c.Min.Y}, Max: vg.Point{X: right, Y: c.Max.Y}}
	wide, high := columns, len(h.Values)
	if h.coarse { // as many dots as the picture has, so that cells keep their edges
		wide, high = int((area.Max.X-area.Min.X)*96/72+.5), int((area.Max.Y-area.Min.Y)*96/72+.5)
	} else {
		area.Max.X = area.Min.X + (right-c.Min.X)*vg.Length(whole)
	}
	img := image.NewRGBA(image.Rect(0, 0, wide, high))
	for py := range high {
		values := h.Values[len(h.Values)-1-py*len(h.Values)/high]
		for px := range wide {
			column := px
			if h.coarse {
				column = min(columns-1, int(float64(px)*float64(columns)/whole/float64(wide)))
			}
			share := math.NaN()
			if column < len(values) {
				share = values[column]
			}
			img.SetRGBA(px, py, heatColor(share))
		}
	}
	c.DrawImage(area, img)
	for r, marks := range h.Marked {
		h.strokes(c, marks, func(column int) vg.Length {
			return vg.Length(math.Min(float64(x(float64(column)*h.Step)), float64(right)))
		}, y(float64(r)+.5))
	}
}

// strokes draws a line through each unbroken run of marked cells: dark on a
// light edge, so that it shows on any colour.
func (h heatMap) strokes(c draw.Canvas, marks []bool, x func(column int) vg.Length, y vg.Length) {
	for from := 0; from < len(marks); from++ {
		if !marks[from] {
			continue
		}
		to := from
		for to < len(marks) && marks[to] {
			to++
		}
		markStroke(c, x(from), x(to), y)
		from = to
	}
}

func markStroke(c draw.Canvas, from, to, y vg.Length) {
	c.StrokeLine2(draw.LineStyle{Color: color.White, Width: 2.6}, from, y, to, y)
	c.StrokeLine2(draw.LineStyle{Color: color.Black, Width: 1.3}, from, y, to, y)
}
