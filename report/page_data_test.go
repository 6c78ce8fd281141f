package report

import (
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"
)

// TestPageData: what the cursor reads is what the result holds, to four digits.
func TestPageData(t *testing.T) {
	r := hotKeySample()
	raw, err := dataOf(Build(r))
	if err != nil {
		t.Fatal(err)
	}
	var data struct {
		End, Step float64
		Figures   map[string]struct {
			Unit   string
			Series []struct {
				Name string
				X, Y []*float64
				Step float64
			}
			Heat *struct{ Use [][]float64 }
		}
		Events []struct{ Span [2]float64 }
	}
	if err := json.Unmarshal(raw, &data); err != nil {
		t.Fatal(err)
	}
	if data.End != r.EndedAtS || data.Step != r.Series.StepS {
		t.Errorf("ends at %v, in steps of %v", data.End, data.Step)
	}
	refused := data.Figures["writes-records"].Series[3]
	for i, n := range r.Series.Stream.ThrottledRecords {
		if got, want := *refused.Y[i], float64(n)/60; math.Abs(got-want) > want/1000 {
			t.Fatalf("%s in bin %d: %v, want %v", refused.Name, i, got, want)
		}
	}
	if age := data.Figures["iterator-age"].Series[0]; age.Y[49] != nil || *age.Y[144] != 221e3 || age.X != nil {
		t.Errorf("a bin without calls has %v, the worst one %v", age.Y[49], *age.Y[144])
	}
	if lens := data.Figures["writes-records-lens"].Series[0]; lens.Step != 60 || len(lens.Y) != 360 {
		t.Errorf("through the lens %d values of %v seconds", len(lens.Y), lens.Step)
	}
	if heat := data.Figures["shard-heatmap"].Heat; len(heat.Use) != 8 || heat.Use[5][42] != 120 {
		t.Errorf("the heat map holds %v", heat.Use[5][42])
	}
	if len(data.Events) == 0 || data.Events[0].Span[1] < data.Events[0].Span[0] {
		t.Errorf("events %v", data.Events)
	}
}

// TestDarkPaper: the style turns colours of the palette, and no others, for dark paper.
func TestDarkPaper(t *testing.T) {
	known := map[string]bool{}
	for h := range hues {
		known[hexColor(hueColor(h))] = true
	}
	for h := range pales {
		known[hexColor(hueColor(huePale+h))] = true
	}
	known[hexColor(grid)], known[hexColor(bandColor)], known[hexColor(ink)] = true, true, true
	turned := map[string]bool{}
	for _, m := range regexp.MustCompile(`\[(?:stroke|fill)="(#[0-9a-f]{6})"\]`).FindAllStringSubmatch(pageStyle, -1) {
		if turned[m[1]] = true; !known[m[1]] {
			t.Errorf("%s is no colour of the palette", m[1])
		}
	}
	for h := range pales {
		if c := hexColor(hueColor(huePale + h)); !turned[c] {
			t.Errorf("%s stays pale, below text that turns light", c)
		}
	}
	for _, c := range []string{hexColor(grid), hexColor(ink)} { // the ticks that the script draws
		if !strings.Contains(pageScript, c) {
			t.Errorf("the script does not know %s", c)
		}
	}
}
