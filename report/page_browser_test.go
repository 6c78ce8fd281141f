package report

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"kinesim/sim"
)

// TestPageIsQuiet: whatever is in the result, the browser finds no fault in the page and
// asks nobody for anything; on a narrow screen nothing sticks out.
func TestPageIsQuiet(t *testing.T) {
	b := browser(t)
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			v := open(t, b, s.make(), narrow())
			if wide := ask[int](v, `document.documentElement.scrollWidth`); wide > 400 {
				t.Errorf("%d pixels wide on a screen of 400", wide)
			}
			if ask[bool](v, `document.querySelector(".scripted")?.hidden ?? false`) {
				t.Error("the script did not run to its end")
			}
			v.quiet()
		})
	}
}

// TestPageIsAccessible in every look, by axe-core, with all that can be opened open.
func TestPageIsAccessible(t *testing.T) {
	b := browser(t)
	for _, look := range []struct {
		name    string
		setting step
	}{{"light", chromedp.EmulateViewport(1100, 900)}, {"dark", dark()}, {"narrow", narrow()}} {
		results := []func() *sim.Result{hotKeySample, changingSample}
		if look.name == "dark" { // whose colours are the harder ones; the rest is as on the other pages
			results = append(results, alarmedSample)
		}
		for _, r := range results {
			t.Run(look.name+"/"+r().Scenario.Name, func(t *testing.T) {
				d := Build(r())
				d.Words = []Word{{Name: "shard", Text: "the unit", Facts: []string{"1 MiB a second"}, Not: "not a server"}}
				v := openDocument(t, b, d, look.setting)
				v.run(`document.querySelectorAll("details").forEach(d => d.open = true)`)
				v.do(chromedp.Focus(chromedp.CSS("#iterator-age .plot")), chromedp.KeyEvent(kb.End))
				v.accessible()
				v.do(chromedp.Click(chromedp.CSS("#lens")))
				v.accessible()
				v.quiet()
			})
		}
	}
}

// shownValues are the boxes with values that can be seen, by their first lines.
const shownValues = `[...document.querySelectorAll(".values")].filter(e => !e.hidden && e.offsetHeight).map(e => e.firstChild.textContent)`

// TestCursor: pointing at one figure tells the values of all at that time, and the keys
// do the same.
func TestCursor(t *testing.T) {
	v := open(t, browser(t), steadySample())
	v.do(chromedp.ScrollIntoView(chromedp.CSS("#iterator-age")))
	var pointer float64
	point := func(share float64) { // of the width of the plot
		at := ask[[]float64](v, `(() => { const s = document.querySelector("#iterator-age svg"), b = s.getBoundingClientRect();
			return [b.left, b.top + b.height / 2, b.width / 900, ...s.dataset.area.split(" ").map(Number)]; })()`)
		pointer = at[0] + at[2]*(at[3]+share*(at[5]-at[3]))
		v.do(chromedp.MouseEvent("mouseMoved", pointer, at[1]))
	}
	// A bin is what happened from its beginning on: 299.7 s is within bin 299.
	point(299.7 / 600)
	offered := number(float64(steadySample().Series.Stream.OfferedRecords[299]), digits) + " offered"
	if got := ask[string](v, `document.querySelector("#writes-records .values").innerText`); !strings.Contains(got, offered) {
		t.Errorf("no %q in %q", offered, got)
	}
	if line := ask[float64](v, `document.querySelector("#iterator-age .cursor").getBoundingClientRect().x`); math.Abs(line-pointer) > 1.5 {
		t.Errorf("the line is at %.1f, the pointer at %.1f", line, pointer)
	}
	point(.5)
	times := ask[[]string](v, shownValues)
	if len(times) < 5 {
		t.Fatalf("%d figures tell their values", len(times))
	}
	for _, at := range times {
		if at != times[0] || !strings.HasPrefix(at, "18:0") {
			t.Errorf("at %s, where another figure is at %s", at, times[0])
		}
	}
	// What is told is what the result holds: 300 s is bin 300.
	v.do(chromedp.Focus(chromedp.CSS("#iterator-age .plot")), chromedp.KeyEvent(kb.Home))
	for range 30 {
		v.do(chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierShift))) // ten bins
	}
	got := ask[string](v, `document.querySelector("#writes-records .values").innerText`)
	for _, want := range []string{"18:05:00 UTC", number(float64(steadySample().Series.Stream.OfferedRecords[300]), digits) + " offered", "8,000 capacity of all shards"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if _, err := chromedp.Run(v.ctx, chromedp.Poll[bool](`document.getElementById("told").textContent.includes("18:05:00")`)); err != nil {
		t.Error(err)
	}
	v.do(chromedp.KeyEvent(kb.Escape))
	if n := len(ask[[]string](v, shownValues)); n > 0 {
		t.Errorf("%d figures still tell values", n)
	}
	v.quiet()
}

// TestWorstMoment: the link of an expectation leads to its figure, with the cursor there.
func TestWorstMoment(t *testing.T) {
	v := open(t, browser(t), hotKeySample())
	v.do(chromedp.Click(chromedp.CSS(`a[href="#iterator-age"]`)))
	if at := ask[string](v, `document.querySelector("#iterator-age .values .when").textContent`); at != "2h24m" {
		t.Errorf("the cursor is at %q", at)
	}
	if hash := ask[string](v, `location.hash`); hash != "#iterator-age" {
		t.Errorf("at %q", hash)
	}
	v.quiet()
}

// TestZoom along time: by buttons, by keys and by dragging, all figures show the same
// stretch with ticks of its own, and the marks keep their shape.
func TestZoom(t *testing.T) {
	v := open(t, browser(t), hotKeySample())
	state := func() (state [3]float64) { // figures that are zoomed, ticks of one, width of a mark
		for i, s := range []string{
			`document.querySelectorAll("svg.zoomed").length`, `document.querySelectorAll("#iterator-age .ticks text").length`,
			`document.querySelector("#iterator-age .mark").getBoundingClientRect().width`,
		} {
			state[i] = ask[float64](v, s)
		}
		return state
	}
	whole := state()
	if whole[0] != 0 || whole[1] != 0 {
		t.Fatalf("zoomed from the start: %v", whole)
	}
	all := ask[float64](v, `document.querySelectorAll("svg[data-area]").length`)
	check := func(how string) {
		t.Helper()
		if s := state(); s[0] != all || s[1] < 3 || s[2] < whole[2]*.9 || s[2] > whole[2]*1.1 {
			t.Errorf("%s: %v figures of %v zoomed, %v ticks, a mark %v wide that was %v", how, s[0], all, s[1], s[2], whole[2])
		}
		v.do(chromedp.Click(chromedp.CSS("#whole")))
		if s := state(); s != whole {
			t.Errorf("%s: back to %v, it was %v", how, s, whole)
		}
	}
	for _, button := range []string{"#zoom-in", "#zoom-in", "#later"} { // the next when the page has been laid out anew, else it may have moved away
		was := ask[string](v, `document.getElementById("now").textContent`)
		v.do(chromedp.Click(chromedp.CSS(button)))
		ask[bool](v, fmt.Sprintf(`new Promise(other => { const look = () => document.getElementById("now").textContent === %q ? setTimeout(look, 20) : other(true); look(); })`, was))
	}
	if now := ask[string](v, `document.getElementById("now").textContent`); !strings.Contains(now, "from 3h to 4h30m") {
		t.Errorf("it shows %q", now)
	}
	check("buttons")
	v.do(chromedp.Focus(chromedp.CSS("#iterator-age .plot")), chromedp.KeyEvent("++"))
	check("keys")
	box := ask[[]float64](v, `(() => { const b = document.querySelector("#iterator-age svg"); b.scrollIntoView({block: "center"});
		const r = b.getBoundingClientRect(); return [r.left + r.width / 3, r.top + r.height / 2, r.width / 3]; })()`)
	v.do(chromedp.MouseEvent("mouseMoved", box[0], box[1]), chromedp.MouseEvent("mousePressed", box[0], box[1], chromedp.ButtonLeft),
		chromedp.MouseEvent("mouseMoved", box[0]+box[2], box[1], chromedp.ButtonLeft), chromedp.MouseEvent("mouseReleased", box[0]+box[2], box[1], chromedp.ButtonLeft))
	check("dragging")
	v.quiet()
}

// visible are the findings that can be read above the figures.
const visible = `[...document.querySelectorAll("figure h3")].map(e => e.innerText.trim())`

// TestLens: the switch shows what CloudWatch would show, with and without a script.
func TestLens(t *testing.T) {
	b := browser(t)
	for _, scripted := range []bool{true, false} {
		v := open(t, b, hotKeySample(), command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripted}))
		v.scriptless = !scripted
		before := ask[[]string](v, visible)
		v.do(chromedp.Click(chromedp.CSS("#lens")))
		after := strings.Join(ask[[]string](v, visible), "\n")
		if strings.Contains(after, before[1]) || !strings.Contains(after, "CloudWatch counts 900,000 attempts refused in all") || !strings.Contains(after, "Not in CloudWatch") {
			t.Errorf("with a script %v: through the lens:\n%s", scripted, after)
		}
		v.do(chromedp.Click(chromedp.CSS("#lens")))
		if again := ask[[]string](v, visible); strings.Join(again, "\n") != strings.Join(before, "\n") {
			t.Errorf("with a script %v: it does not go back", scripted)
		}
		if hidden := ask[bool](v, `document.getElementById("zoom-in").checkVisibility()`); hidden != scripted {
			t.Errorf("with a script %v: buttons that do something only with it: %v", scripted, hidden)
		}
		v.quiet()
	}
}

// TestPrint: on paper everything is open, and nothing is there that cannot be used.
func TestPrint(t *testing.T) {
	v := open(t, browser(t), hotKeySample())
	v.do(paper())
	if ask[bool](v, `document.querySelector(".controls").checkVisibility()`) {
		t.Error("buttons on paper")
	}
	for _, id := range []string{"timeline", "iterator-age", "delay-curve", "keys"} {
		if high := ask[float64](v, `document.querySelector("#`+id+` svg").getBoundingClientRect().height`); high < 20 {
			t.Errorf("%s is %v pixels high", id, high)
		}
	}
	pdf, err := chromedp.Run(v.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
	if pages := bytes.Count(pdf, []byte("/Type /Page\n")); err != nil || pages < 4 || pages > 30 {
		t.Errorf("%d pages, %v", pages, err)
	}
	v.quiet()
}
