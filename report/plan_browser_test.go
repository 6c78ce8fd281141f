package report

import (
	"bytes"
	"io"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPlanPageInBrowser: no error, no request, nothing sticks out, readable by everyone in
// every look, with all that can be opened open.
func TestPlanPageInBrowser(t *testing.T) {
	b := browser(t)
	write := func(w io.Writer) error {
		return writePlanPage(w, planSample(), []Word{{Name: "shard", Text: "the unit", Facts: []string{"1 MiB a second"}, Not: "not a server"}})
	}
	for name, setting := range map[string]step{"light": chromedp.EmulateViewport(1100, 900), "dark": dark(), "narrow": narrow(), "print": paper()} {
		t.Run(name, func(t *testing.T) {
			v := openPage(t, b, write, setting)
			v.run(`document.querySelectorAll("details").forEach(d => d.open = true)`)
			if wide := ask[int](v, `document.documentElement.scrollWidth - window.innerWidth`); wide > 0 {
				t.Errorf("%d pixels wider than the screen", wide)
			}
			if figures := ask[int](v, `document.querySelectorAll("figure svg").length`); figures != len(planPictures) {
				t.Errorf("%d figures, want %d", figures, len(planPictures))
			}
			v.picture("plan-" + name)
			v.accessible()
			v.quiet()
		})
	}
	t.Run("paper", func(t *testing.T) {
		v := openPage(t, b, write, paper())
		pdf, err := chromedp.Run(v.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
		if pages := bytes.Count(pdf, []byte("/Type /Page\n")); err != nil || pages < 2 || pages > 12 {
			t.Errorf("%d pages, %v", pages, err)
		}
	})
}
