package report

import (
	"image/color"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// entry is one thing in a legend: its name and how to draw a sample of it.
type entry struct {
	name   string
	sample func(c draw.Canvas, from, to, y vg.Length)
}

// legend writes the legend above the plot, where it hides nothing, and returns
// where the plot begins.
func legend(c draw.Canvas, chart *Chart) vg.Length {
	entries := legendEntries(chart)
	if len(entries) == 0 {
		return c.Max.Y - 4
	}
	const sampleWidth, gap, line vg.Length = 24, 18, 16
	style := lettering(tickSize, false)
	style.YAlign = text.YCenter
	x, y := c.Min.X, c.Max.Y-line/2
	for _, e := range entries {
		width := sampleWidth + 5 + style.Width(e.name)
		if x > c.Min.X && x+width > c.Max.X {
			x, y = c.Min.X, y-line
		}
		e.sample(c, x, x+sampleWidth, y)
		c.FillText(style, vg.Point{X: x + sampleWidth + 5, Y: y + 1}, e.name)
		x += width + gap
	}
	return y - line/2 - 6
}

func legendEntries(chart *Chart) []entry {
	var list []entry
	haunted := false
	for i := range chart.Series {
		s := seriesPlot{&chart.Series[i], 0}
		if s.Name == "" || s.Ghost && haunted { // its row on the axis says what it is, or the first ghost
			continue
		}
		name := s.Name
		if s.Ghost {
			name, haunted = "base", true
		}
		list = append(list, entry{name, func(c draw.Canvas, from, to, y vg.Length) {
			if s.Loose {
				c.DrawGlyphNoClip(s.glyph(), vg.Point{X: (from + to) / 2, Y: y})
				return
			}
			if s.Base != nil {
				c.FillPolygon(hueColor(s.Hue), rectangle(vg.Point{X: from, Y: y - 4}, vg.Point{X: to, Y: y + 4}))
				return
			}
			c.StrokeLine2(s.style(), from, y, to, y)
			if s.Marker {
				c.DrawGlyphNoClip(draw.GlyphStyle{Color: hueColor(s.Hue), Radius: 3, Shape: marker(s.Hue)}, vg.Point{X: (from + to) / 2, Y: y})
			}
		}})
	}
	for _, part := range chart.parts() {
		if part.Name == "" {
			continue
		}
		list = append(list, entry{part.Name, func(c draw.Canvas, from, to, y vg.Length) {
			c.FillPolygon(hueColor(part.Hue), rectangle(vg.Point{X: from, Y: y - 4}, vg.Point{X: to, Y: y + 4}))
		}})
	}
	for _, r := range chart.Rules {
		list = append(list, entry{r.Name, func(c draw.Canvas, from, to, y vg.Length) {
			c.StrokeLine2(rulePlot{Rule: r}.style(), from, y, to, y)
		}})
	}
	if len(chart.Bands) > 0 {
		list = append(list, entry{"a fault, see the timeline", func(c draw.Canvas, from, to, y vg.Length) {
			c.FillPolygon(bandColor, rectangle(vg.Point{X: from, Y: y - 5}, vg.Point{X: to, Y: y + 5}))
		}})
	}
	if chart.Heat != nil && chart.Heat.Mark != "" {
		list = append(list, entry{chart.Heat.Mark, func(c draw.Canvas, from, to, y vg.Length) {
			c.FillPolygon(heatColor(.6), rectangle(vg.Point{X: from, Y: y - 5}, vg.Point{X: to, Y: y + 5}))
			markStroke(c, from, to, y)
		}})
	}
	return list
}

// parts are what bars or boxes are made of.
func (c *Chart) parts() []Part {
	switch {
	case c.Bars != nil:
		return c.Bars.Parts
	case c.Boxes != nil:
		return c.Boxes.Groups
	}
	return nil
}

// colorBar draws the scale of a heat map on the right and returns where the
// plot ends.
func colorBar(c draw.Canvas, h *Heat) vg.Length {
	const width, room vg.Length = 14, 96
	left := c.Max.X - room + 14
	bottom, height := c.Min.Y+50, c.Max.Y-c.Min.Y-90
	const steps = 50
	for i := steps; i > 0; i-- { // each over the one before, so that no seams show
		to := bottom + height*vg.Length(i)/steps
		c.FillPolygon(heatColor((float64(i)-.5)/steps), rectangle(vg.Point{X: left, Y: bottom}, vg.Point{X: left + width, Y: to}))
	}
	style := lettering(tickSize, false)
	style.YAlign = text.YCenter
	if !h.Whole {
		over := bottom + height + 8
		c.FillPolygon(heatColor(2), rectangle(vg.Point{X: left, Y: over}, vg.Point{X: left + width, Y: over + 14}))
		c.FillText(style, vg.Point{X: left + width + 7, Y: over + 8}, "> 100 %")
	}
	line := draw.LineStyle{Color: color.Black, Width: .5}
	for _, t := range []float64{0, .25, .5, .75, 1} {
		y := bottom + height*vg.Length(t)
		c.StrokeLine2(line, left+width, y, left+width+4, y)
		c.FillText(style, vg.Point{X: left + width + 7, Y: y + 1}, percent(t))
	}
	style.YAlign = text.YTop
	for i, l := range wrapped(style, h.Scale, room-14) {
		c.FillText(style, vg.Point{X: left, Y: bottom - 8 - vg.Length(i)*12}, l)
	}
	return c.Max.X - room
}
