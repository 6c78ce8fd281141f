package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // of the page, its style and its script
	"encoding/base64"
	"html/template"
	"io"
	"strings"
	"sync"
)

//go:embed page.tmpl
var pageText string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

//go:embed plan.tmpl
var planText string

// The templates are read when the first page is written: most commands write none. That of
// a plan uses parts of the other.
var templates = sync.OnceValue(func() *template.Template {
	t := template.Must(template.New("page").Funcs(template.FuncMap{
		"lower": strings.ToLower,
		"state": func(s State) string { return string(s) },
		"words": func(command string) []string { return strings.Split(command, " ") }, // each stays whole where a command is broken
	}).Parse(pageText))
	template.Must(t.New("plan").Parse(planText))
	return t
})

// page is what the template lays out.
type page struct {
	*Document
	Style    template.CSS
	Script   template.JS
	Data     template.JS // what the script reads
	Policy   string
	Pictures []pagePicture
	More     []pagePicture   // for those who want to know more
	Omitted  []pagePicture   // with nothing to see
	Drawn    map[string]bool // ids of figures that can be linked to
}

// pagePicture is a figure with its drawings.
type pagePicture struct {
	*Figure
	SVG     template.HTML
	LensSVG template.HTML
}

// writePage writes the report as one page that needs nothing but itself: no font, no
// picture, no data from elsewhere. Its content security policy forbids all but its own
// style and its own script, so that the reader need not take our word.
func writePage(w io.Writer, d *Document) error {
	data, err := dataOf(d)
	if err != nil {
		return err
	}
	p := page{
		Document: d, Style: template.CSS(pageStyle), Script: template.JS(pageScript), Data: template.JS(data), Drawn: map[string]bool{},
		Policy: "default-src 'none'; style-src '" + hashOf(pageStyle) + "'; script-src '" + hashOf(pageScript) + "'; img-src data:; base-uri 'none'; form-action 'none'",
	}
	for i := range d.Figures {
		picture, err := drawn(&d.Figures[i])
		switch {
		case err != nil:
			return err
		case picture.Chart == nil:
			p.Omitted = append(p.Omitted, picture)
			continue
		case picture.More:
			p.More = append(p.More, picture)
		default:
			p.Pictures = append(p.Pictures, picture)
		}
		p.Drawn[picture.ID] = true
	}
	return templates().ExecuteTemplate(w, "page", p)
}

// hashOf is what a content security policy calls a text by.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// drawn is a figure with its drawings.
func drawn(f *Figure) (pagePicture, error) {
	p := pagePicture{Figure: f}
	if f.Chart == nil {
		return p, nil
	}
	var svg bytes.Buffer
	if err := drawSVG(&svg, f, false); err != nil {
		return p, err
	}
	p.SVG = template.HTML(svg.String()) // drawSVG escapes every name in it
	if f.Lens != nil {
		svg.Reset()
		lens := Figure{ID: f.ID + lensSuffix, Title: f.Lens.Title, Alt: "Stepped lines over time. " + f.Lens.Title + ".", Chart: f.Lens.Chart}
		if err := drawSVG(&svg, &lens, false); err != nil {
			return p, err
		}
		p.LensSVG = template.HTML(svg.String())
	}
	return p, nil
}
