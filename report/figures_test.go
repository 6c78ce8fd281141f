package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"strings"
	"sync"
	"testing"

	"kinesim/sim"
)

// TestFigureWords freezes what the figures say; the pictures themselves are
// looked at by people.
func TestFigureWords(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			var b strings.Builder
			for _, f := range Build(s.make()).Figures {
				fmt.Fprintf(&b, "%s\n  %s\n", f.ID, f.Title)
				if f.Chart == nil {
					fmt.Fprintf(&b, "  omitted: %s\n", f.Omitted)
					if f.Omitted == "" {
						t.Errorf("%s is omitted without a reason", f.ID)
					}
					continue
				}
				fmt.Fprintf(&b, "  %s\n  %s\n  %d rows: %s\n", f.Caption, f.Alt, len(f.Table.Rows), strings.Join(f.Table.Rows[len(f.Table.Rows)/2], " | "))
				if f.Alt == "" || f.Caption == "" || len(f.Table.Rows) == 0 || len(f.Table.Rows) > 101 {
					t.Errorf("%s lacks words or data", f.ID)
				}
			}
			golden(t, s.name+".figures.txt", []byte(b.String()))
		})
	}
}

// TestFiguresOfSamples: the failing run has every figure, the steady one no
// refusals, the empty one nothing at all.
func TestFiguresOfSamples(t *testing.T) {
	for _, test := range []struct {
		sample func() *sim.Result
		drawn  int
	}{{hotKeySample, 19}, {steadySample, 13}, {changingSample, 17}, {emptySample, 0}} {
		n := 0
		for _, f := range Build(test.sample()).Figures {
			if f.Chart != nil {
				n++
			}
		}
		if n != test.drawn {
			t.Errorf("%d figures, want %d", n, test.drawn)
		}
	}
}

// eachPicture calls f for every drawn figure of the samples that differ in them.
func eachPicture(t *testing.T, f func(t *testing.T, figure *Figure)) {
	for _, s := range samples {
		if s.name == "partial" || s.name == "replicated" {
			continue
		}
		for _, figure := range Build(s.make()).Figures {
			if figure.Chart != nil {
				t.Run(s.name+"/"+figure.ID, func(t *testing.T) { f(t, &figure) })
			}
		}
	}
}

// TestPNG: a picture decodes, has something on it, is white where it has not,
// and no label runs over its edge, whatever the names.
func TestPNG(t *testing.T) {
	if testing.Short() {
		t.Skip("draws every figure, one after the other")
	}
	eachPicture(t, func(t *testing.T, f *Figure) {
		var b bytes.Buffer
		if err := drawPNG(&b, f); err != nil {
			t.Fatal(err)
		}
		decoded, err := png.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		img, ok := decoded.(*image.RGBA) // so PNG decodes what has no see-through dots
		if !ok || img.Bounds().Size() != image.Pt(1200, int(f.Chart.height())*4/3) {
			t.Fatalf("%T of %v", decoded, decoded.Bounds().Size())
		}
		high := img.Bounds().Dy()
		const white = 0xffffff
		colors, edge := map[uint32]int{}, 0
		for i := 0; i < len(img.Pix); i += 4 {
			dot := uint32(img.Pix[i])<<16 | uint32(img.Pix[i+1])<<8 | uint32(img.Pix[i+2])
			colors[dot]++
			x, y := i/4%1200, i/4/1200
			if dot != white && (x < 3 || x >= 1197 || y < 3 || y >= high-3) {
				edge++
			}
		}
		if len(colors) < 30 || colors[white] < 50_000*high/600 {
			t.Errorf("%d colours, %d dots white", len(colors), colors[white])
		}
		if edge > 0 {
			t.Errorf("ink on %d dots of the edge", edge)
		}
	})
}

// TestSVG: well-formed, with words for those who cannot see it, no style
// attributes, and no number that is none.
func TestSVG(t *testing.T) {
	eachPicture(t, func(t *testing.T, f *Figure) {
		var b bytes.Buffer
		if err := drawSVG(&b, f, true); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b.Bytes(), []byte("NaN")) || bytes.Contains(b.Bytes(), []byte("Inf")) {
			t.Error("a number that is none")
		}
		texts := 0
		for d := xml.NewDecoder(&b); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			start, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			if start.Name.Local == "text" {
				texts++
			}
			for _, a := range start.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" && !strings.HasPrefix(a.Value, "data:image/png;base64,") {
					t.Errorf("%s=%q", a.Name.Local, a.Value)
				}
			}
		}
		if texts < 10 {
			t.Errorf("%d texts", texts)
		}
	})
}

// TestPicturesAreTheSame however often and wherever they are drawn.
func TestPicturesAreTheSame(t *testing.T) {
	figures := Build(hotKeySample()).Figures
	again := Build(hotKeySample()).Figures
	var group sync.WaitGroup
	for i := range figures {
		if figures[i].Chart == nil {
			continue
		}
		group.Go(func() {
			var a, b, c, d bytes.Buffer
			if err := cmpErr(drawPNG(&a, &figures[i]), drawPNG(&b, &again[i]), drawSVG(&c, &figures[i], true), drawSVG(&d, &again[i], true)); err != nil {
				t.Error(err)
			}
			if !bytes.Equal(a.Bytes(), b.Bytes()) || !bytes.Equal(c.Bytes(), d.Bytes()) {
				t.Errorf("%s differs", figures[i].ID)
			}
		})
	}
	group.Wait()
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestManyOfEverything: a stream of thousands of shards and dozens of consumers
// still makes pictures.
func TestManyOfEverything(t *testing.T) {
	r := hotKeySample()
	for i := range 5000 {
		s := r.Shards[i%8]
		s.ID = shardID(8 + i)
		r.Shards = append(r.Shards, s)
	}
	for range 40 {
		r.Series.Consumers[0].ReadThrottled[7] = 5
		r.Consumers, r.Series.Consumers = append(r.Consumers, r.Consumers[0]), append(r.Series.Consumers, r.Series.Consumers[0])
		r.Histograms, r.Keys = append(r.Histograms, r.Histograms...)[:min(200, 2*len(r.Histograms))], append(r.Keys, r.Keys[0])
	}
	d := Build(r)
	for i := range d.Figures {
		f := &d.Figures[i]
		if f.Chart == nil {
			t.Errorf("%s: %s", f.ID, f.Omitted)
			continue
		}
		if len(f.Chart.Series) > 2*mostLines {
			t.Errorf("%s has %d lines", f.ID, len(f.Chart.Series))
		}
		if err := drawSVG(io.Discard, f, true); err != nil {
			t.Error(err)
		}
	}
}

// TestHeatRamp: the steps from nothing to full are even in lightness, and what
// is beyond the limit looks like none of them.
func TestHeatRamp(t *testing.T) {
	luminance := func(share float64) float64 {
		c := heatColor(share)
		linear := func(v uint8) float64 { return math.Pow(float64(v)/255, 2.2) }
		return math.Cbrt(.2126*linear(c.R) + .7152*linear(c.G) + .0722*linear(c.B))
	}
	steps := (luminance(0) - luminance(1)) / 20
	for i := range 20 {
		step := luminance(float64(i)/20) - luminance(float64(i+1)/20)
		if step < .6*steps || step > 1.4*steps {
			t.Errorf("from %d %% the lightness falls by %.3f, on average by %.3f", 5*i, step, steps)
		}
	}
	if heatColor(1) == heatColor(1.01) || heatColor(1.01) != heatColor(5) {
		t.Error("the limit is not seen")
	}
}
