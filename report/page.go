package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // of the page and its style
	"encoding/base64"
	"html/template"
	"io"
	"strings"
)

//go:embed page.tmpl
var pageText string

//go:embed page.css
var pageStyle string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"lower": strings.ToLower,
	"state": func(s State) string { return string(s) },
}).Parse(pageText))

// page is what the template lays out.
type page struct {
	*Document
	Style    template.CSS
	Policy   string
	Pictures []pagePicture
	Drawn    map[string]bool // ids of figures that can be linked to
}

// pagePicture is a figure with its drawing.
type pagePicture struct {
	*Figure
	SVG template.HTML
}

// writePage writes the report as one page that needs nothing but itself: no
// script, no font, no picture from elsewhere. Its content security policy
// forbids all but its own style, so that the reader need not take our word.
func writePage(w io.Writer, d *Document) error {
	sum := sha256.Sum256([]byte(pageStyle))
	p := page{
		Document: d, Style: template.CSS(pageStyle), Drawn: map[string]bool{},
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; base-uri 'none'; form-action 'none'",
	}
	for i := range d.Figures {
		f := &d.Figures[i]
		picture := pagePicture{Figure: f}
		if f.Chart != nil {
			var svg bytes.Buffer
			if err := drawSVG(&svg, f, false); err != nil {
				return err
			}
			picture.SVG = template.HTML(svg.String()) // drawSVG escapes every name in it
			p.Drawn[f.ID] = true
		}
		p.Pictures = append(p.Pictures, picture)
	}
	return pageTemplate.Execute(w, p)
}
