package report

import (
	"image/color"
	"image/png"
	"io"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// A picture is 900 × 450 points, which is 1,200 × 600 pixels at 96 dots an inch.
const (
	pictureWidth  vg.Length = 900
	pictureHeight vg.Length = 450
	pictureEdge   vg.Length = 10
	timeEdge      vg.Length = 96 // where an axis of time begins
	titleSize     vg.Length = 13
	labelSize     vg.Length = 11.5
	tickSize      vg.Length = 10.5
	tickLength    vg.Length = 5
)

// lettering is text of that size in Liberation Sans, which is as wide as Arial
// and Helvetica, so that a page without the font keeps its layout.
func lettering(size vg.Length, bold bool) text.Style {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	if bold {
		f.Weight = 3 // WeightBold of golang.org/x/image/font, whose type this is
	}
	return text.Style{Color: ink, Font: f, XAlign: text.XLeft, YAlign: text.YTop, Handler: text.Plain{Fonts: font.DefaultCache}}
}

// picture is a figure being drawn on a canvas.
type picture struct {
	figure *Figure
	titled bool         // the title is part of the picture; a page has it as a heading
	coarse bool         // the canvas is of dots, so cells of a heat map must be blown up
	area   vg.Rectangle // where the plot itself lies, once it is drawn
}

// draw lays the picture out: title, legend, then the plot in what is left.
func (p *picture) draw(to vg.Canvas) {
	c := draw.NewCanvas(to, pictureWidth, p.figure.Chart.height())
	c = draw.Crop(c, pictureEdge, -pictureEdge-6, pictureEdge, -pictureEdge)
	if p.titled {
		c.Max.Y = title(c, p.figure.Title)
	}
	chart := p.figure.Chart
	c.Max.Y = legend(c, chart)
	if chart.Heat != nil {
		c.Max.X = colorBar(c, chart.Heat)
	}
	c.Min.X = uprightLabel(c, chart.Y.Label)
	pl := plot.New()
	pl.BackgroundColor = nil
	pl.TextHandler = text.Plain{Fonts: font.DefaultCache}
	setAxis(&pl.X, chart.X)
	pl.X.Label.Text = chart.X.Label
	setAxis(&pl.Y, chart.Y)
	if chart.X.Time { // its ticks are groups, and therefore drawn by uprightTicks
		pl.X.Tick.Label.Handler = tickText{text.Plain{Fonts: font.DefaultCache}}
		pl.X.Tick.LineStyle.Color = color.Transparent // they keep their room
	}
	p.add(pl)
	if chart.X.Time {
		// Times stand below each other from figure to figure.
		c.Min.X = max(c.Min.X, c.Min.X+timeEdge-pl.DataCanvas(c).Min.X)
	}
	pl.Draw(c)
}

// add adds what the chart is made of, from the back to the front.
func (p *picture) add(pl *plot.Plot) {
	chart := p.figure.Chart
	if chart.Heat == nil {
		pl.Add(gridLines{chart})
	}
	if chart.X.Time {
		pl.Add(uprightTicks{chart.X})
	}
	pl.Add(edge{p, true}, bandPlot(chart.Bands))
	switch {
	case chart.Heat != nil:
		pl.Add(heatMap{chart.Heat, p.coarse})
	case chart.Bars != nil:
		pl.Add(barPlot{chart.Bars, chart.X.Max})
	case chart.Boxes != nil:
		pl.Add(boxPlot{chart.Boxes})
	}
	for i := range chart.Series {
		pl.Add(seriesPlot{&chart.Series[i], i})
	}
	pl.Add(notePlot(chart.Notes))
	for _, r := range chart.Rules {
		pl.Add(rulePlot{r, chart.Bars != nil && chart.Bars.Horizontal})
	}
	pl.Add(edge{p, false})
}

// uprightLabel writes the label of the vertical axis and returns where the axis
// begins. The plot would leave room for it in the arithmetic middle of the
// axis, which on a logarithmic one is near the top.
func uprightLabel(c draw.Canvas, label string) vg.Length {
	if label == "" {
		return c.Min.X
	}
	style := lettering(labelSize, false)
	style.Rotation = math.Pi / 2
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	c.FillText(style, vg.Point{X: c.Min.X, Y: c.Center().Y + labelSize}, label)
	return c.Min.X + labelSize + 8
}

func setAxis(a *plot.Axis, from Axis) {
	a.Min, a.Max = from.Min, from.Max
	a.Padding = 0
	a.Label.Padding = 4
	align := a.Label.TextStyle
	a.Label.TextStyle = lettering(labelSize, false)
	a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign = align.XAlign, align.YAlign
	align = a.Tick.Label
	a.Tick.Label = lettering(tickSize, false)
	a.Tick.Label.XAlign, a.Tick.Label.YAlign = align.XAlign, align.YAlign
	a.Tick.Length = tickLength
	a.LineStyle = draw.LineStyle{Color: ink, Width: .7}
	a.Tick.LineStyle = a.LineStyle
	var ticks plot.ConstantTicks
	for _, t := range from.Ticks {
		if t.Value >= from.Min && t.Value <= from.Max {
			ticks = append(ticks, plot.Tick{Value: t.Value, Label: t.Label})
		}
	}
	a.Tick.Marker = ticks
	if from.Log {
		a.Scale = plot.LogScale{}
	}
}

// title writes the finding in at most two lines and returns where the rest of
// the picture begins.
func title(c draw.Canvas, words string) vg.Length {
	style := lettering(titleSize, true)
	lines := wrapped(style, words, c.Max.X-c.Min.X)
	if len(lines) > 2 {
		lines = append(lines[:1], lines[1]+" …")
	}
	y := c.Max.Y
	for _, l := range lines {
		c.FillText(style, vg.Point{X: c.Min.X, Y: y}, l)
		y -= titleSize * 1.25
	}
	return y - 4
}

// wrapped breaks words into lines no wider than width.
func wrapped(style text.Style, words string, width vg.Length) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(words) {
		longer := strings.TrimSpace(line + " " + w)
		if line != "" && style.Width(longer) > width {
			lines, longer = append(lines, line), w
		}
		line = longer
	}
	return append(lines, line)
}

// drawPNG writes the picture as PNG on white. Speed counts more than the last
// tenth of the size: there are ten of them in a report.
func drawPNG(w io.Writer, f *Figure) error {
	const dpi = 96
	canvas := vgimg.NewWith(vgimg.UseWH(pictureWidth, f.Chart.height()), vgimg.UseDPI(dpi))
	p := picture{figure: f, titled: true, coarse: true}
	p.draw(canvas)
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	return e.Encode(w, canvas.Image())
}

// drawSVG writes the picture as an SVG element: as a document of its own with
// the title in it, or for a page, which gives it a heading and a background.
func drawSVG(w io.Writer, f *Figure, document bool) error {
	c, high := newSVGCanvas(f.Chart.height()), f.Chart.height().Points()
	p := picture{figure: f, titled: document}
	p.draw(c)
	if c.err != nil {
		return c.err
	}
	body := append([]byte(nil), c.buf.Bytes()...)
	c.buf.Reset()
	c.buf.WriteString(`<svg`)
	if document { // a page knows what an svg is
		c.buf.WriteString(` xmlns="http://www.w3.org/2000/svg" width="1200" height="` + decimal(high*4/3) + `"`)
	}
	c.buf.WriteString(` viewBox="0 0 900 ` + decimal(high) + `" role="img" font-family="'Liberation Sans', Arial, Helvetica, sans-serif" fill="` + hexColor(ink) + `" aria-labelledby="` + f.ID + `-title ` + f.ID + `-desc"`)
	if !document && f.Chart.X.Time {
		c.buf.WriteString(` data-figure="` + f.ID + `" data-area="` + c.corners(p.area) + `"`)
	}
	c.buf.WriteString(`><title id="` + f.ID + `-title">`)
	c.escape(f.Title)
	c.buf.WriteString(`</title><desc id="` + f.ID + `-desc">`)
	c.escape(f.Alt)
	c.buf.WriteString("</desc>\n")
	if document {
		c.buf.WriteString("<rect width=\"900\" height=\"" + decimal(high) + "\" fill=\"#ffffff\"/>\n")
	}
	c.buf.Write(body)
	c.buf.WriteString("</svg>\n")
	if c.err != nil {
		return c.err
	}
	_, err := w.Write(c.buf.Bytes())
	return err
}
