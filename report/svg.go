package report

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// svgCanvas draws a picture as the inside of an SVG element. It stands in for
// gonum's own SVG canvas, which writes style attributes (a strict content
// security policy forbids them), turns the whole picture upside down, and takes
// three times the room.
type svgCanvas struct {
	buf    bytes.Buffer
	height float64
	state  svgState
	stack  []svgState
	err    error
}

// svgState is what Push saves. The transformation is (x, y) → (ax + cy + e,
// bx + dy + f), with y pointing up.
type svgState struct {
	color            color.Color
	width            vg.Length
	dash             []vg.Length
	a, b, c, d, e, f float64
}

func newSVGCanvas(height vg.Length) *svgCanvas {
	c := &svgCanvas{height: height.Points(), state: svgState{a: 1, d: 1}}
	vg.Initialize(c)
	return c
}

func (c *svgCanvas) SetLineWidth(w vg.Length)               { c.state.width = w }
func (c *svgCanvas) SetLineDash(d []vg.Length, _ vg.Length) { c.state.dash = d }
func (c *svgCanvas) SetColor(clr color.Color)               { c.state.color = clr }
func (c *svgCanvas) Push()                                  { c.stack = append(c.stack, c.state) }

func (c *svgCanvas) Pop() {
	c.state = c.stack[len(c.stack)-1]
	c.stack = c.stack[:len(c.stack)-1]
}

func (c *svgCanvas) Rotate(angle float64) {
	sin, cos := math.Sincos(angle)
	s := &c.state
	s.a, s.b, s.c, s.d = s.a*cos+s.c*sin, s.b*cos+s.d*sin, s.c*cos-s.a*sin, s.d*cos-s.b*sin
}

func (c *svgCanvas) Translate(p vg.Point) {
	c.state.e, c.state.f = c.state.apply(p)
}

func (c *svgCanvas) Scale(x, y float64) {
	s := &c.state
	s.a, s.b, s.c, s.d = s.a*x, s.b*x, s.c*y, s.d*y
}

func (s *svgState) apply(p vg.Point) (x, y float64) {
	px, py := p.X.Points(), p.Y.Points()
	return s.a*px + s.c*py + s.e, s.b*px + s.d*py + s.f
}

// place is a point in SVG's coordinates, where y points down.
func (c *svgCanvas) place(p vg.Point) (x, y float64) {
	x, y = c.state.apply(p)
	return x, c.height - y
}

// coordinate writes a number to a tenth of a point, a fifth of a pixel.
func (c *svgCanvas) coordinate(x float64) {
	x = math.Round(x*10) / 10
	if x == 0 {
		x = 0 // not -0
	}
	c.buf.Write(strconv.AppendFloat(c.buf.AvailableBuffer(), x, 'f', -1, 64))
}

func (c *svgCanvas) Stroke(p vg.Path) {
	if _, _, _, alpha := c.state.color.RGBA(); c.state.width <= 0 || alpha == 0 {
		return
	}
	c.buf.WriteString(`<path fill="none" stroke="` + hexColor(c.state.color) + `" stroke-width="`)
	c.coordinate(c.state.width.Points())
	c.buf.WriteByte('"')
	if len(c.state.dash) > 0 {
		c.buf.WriteString(` stroke-dasharray="`)
		for i, d := range c.state.dash {
			if i > 0 {
				c.buf.WriteByte(' ')
			}
			c.coordinate(d.Points())
		}
		c.buf.WriteByte('"')
	}
	c.path(p)
}

func (c *svgCanvas) Fill(p vg.Path) {
	c.buf.WriteString(`<path fill="` + hexColor(c.state.color) + `"`)
	if _, _, _, a := c.state.color.RGBA(); a < 0xffff {
		fmt.Fprintf(&c.buf, ` fill-opacity="%.2g"`, float64(a)/0xffff)
	}
	c.path(p)
}

// path writes the outline and ends the element.
func (c *svgCanvas) path(p vg.Path) {
	c.buf.WriteString(` d="`)
	for _, comp := range p {
		switch comp.Type {
		case vg.MoveComp:
			c.step('M', comp.Pos)
		case vg.LineComp:
			c.step('L', comp.Pos)
		case vg.ArcComp:
			c.arc(comp)
		case vg.CurveComp:
			for _, control := range comp.Control { // the plotters here draw no curves; straight lines keep them in sight
				c.step('L', control)
			}
			c.step('L', comp.Pos)
		case vg.CloseComp:
			c.buf.WriteByte('Z')
		}
	}
	c.buf.WriteString("\"/>\n")
}

func (c *svgCanvas) step(command byte, p vg.Point) {
	x, y := c.place(p)
	c.buf.WriteByte(command)
	c.coordinate(x)
	c.buf.WriteByte(' ')
	c.coordinate(y)
}

// arc draws the only arcs that marks are made of, circles, as sixteen-sided
// figures would look: two half circles.
func (c *svgCanvas) arc(comp vg.PathComp) {
	r := comp.Radius.Points()
	at := func(angle float64) vg.Point {
		return vg.Point{X: comp.Pos.X + vg.Length(r*math.Cos(angle)), Y: comp.Pos.Y + vg.Length(r*math.Sin(angle))}
	}
	half := func(to vg.Point) {
		x, y := c.place(to)
		sweep := 0 // y points down here, so a positive angle turns the other way
		if comp.Angle < 0 {
			sweep = 1
		}
		c.buf.WriteByte('A')
		c.coordinate(r)
		c.buf.WriteByte(' ')
		c.coordinate(r)
		fmt.Fprintf(&c.buf, " 0 0 %d ", sweep)
		c.coordinate(x)
		c.buf.WriteByte(' ')
		c.coordinate(y)
	}
	c.step('L', at(comp.Start))
	half(at(comp.Start + comp.Angle/2))
	half(at(comp.Start + comp.Angle))
}

// corners are the left, upper, right and lower edge of a rectangle.
func (c *svgCanvas) corners(r vg.Rectangle) string {
	round := func(l float64) string { return decimal(math.Round(l*10) / 10) }
	return round(r.Min.X.Points()) + " " + round(c.height-r.Max.Y.Points()) + " " + round(r.Max.X.Points()) + " " + round(c.height-r.Min.Y.Points())
}

func (c *svgCanvas) FillString(f font.Face, p vg.Point, text string) {
	x, y := c.place(p)
	c.buf.WriteString(`<text x="`)
	c.coordinate(x)
	c.buf.WriteString(`" y="`)
	c.coordinate(y)
	c.buf.WriteString(`" font-size="`)
	c.coordinate(f.Font.Size.Points())
	c.buf.WriteByte('"')
	if f.Font.Weight > 0 {
		c.buf.WriteString(` font-weight="bold"`)
	}
	if fill := hexColor(c.state.color); fill != hexColor(ink) { // the group's own colour
		c.buf.WriteString(` fill="` + fill + `"`)
	}
	if angle := math.Atan2(c.state.b, c.state.a); angle != 0 {
		fmt.Fprintf(&c.buf, ` transform="rotate(%.4g %.4g %.4g)"`, -angle*180/math.Pi, x, y)
	}
	c.buf.WriteByte('>')
	c.escape(text)
	c.buf.WriteString("</text>\n")
}

func (c *svgCanvas) escape(text string) {
	if err := xml.EscapeText(&c.buf, []byte(text)); err != nil && c.err == nil {
		c.err = err
	}
}

// DrawImage embeds a raster; each of its dots is a cell, to be shown as such.
func (c *svgCanvas) DrawImage(r vg.Rectangle, img image.Image) {
	var raw bytes.Buffer
	if err := png.Encode(&raw, img); err != nil && c.err == nil {
		c.err = err
	}
	x, y := c.place(vg.Point{X: r.Min.X, Y: r.Max.Y})
	c.buf.WriteString(`<image x="`)
	c.coordinate(x)
	c.buf.WriteString(`" y="`)
	c.coordinate(y)
	c.buf.WriteString(`" width="`)
	c.coordinate((r.Max.X - r.Min.X).Points())
	c.buf.WriteString(`" height="`)
	c.coordinate((r.Max.Y - r.Min.Y).Points())
	c.buf.WriteString(`" preserveAspectRatio="none" image-rendering="pixelated" href="data:image/png;base64,`)
	c.buf.WriteString(base64.StdEncoding.EncodeToString(raw.Bytes()))
	c.buf.WriteString("\"/>\n")
}

func hexColor(c color.Color) string {
	if c == nil {
		return "#000000"
	}
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B)
}
