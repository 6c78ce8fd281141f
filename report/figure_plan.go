package report

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"kinesim/sim/plan"
)

// WritePlanPictures draws a plan into a folder, and returns the paths of the pictures.
func WritePlanPictures(dir string, p *plan.Plan) ([]string, error) {
	var written []string
	for _, f := range []Figure{planCliff(p), planBreakEven(p)} {
		if f.Chart == nil {
			continue
		}
		for _, kind := range []struct {
			extension string
			draw      func(io.Writer) error
		}{
			{".svg", func(w io.Writer) error { return drawSVG(w, &f, true) }}, {".png", func(w io.Writer) error { return drawPNG(w, &f) }},
		} {
			path := filepath.Join(dir, f.ID+kind.extension)
			if err := writeWhole(path, kind.draw); err != nil {
				return written, err
			}
			written = append(written, path)
		}
	}
	return written, nil
}

// planCliff shows in which share of the runs the numbers of shards around the chosen one
// hold, with their bills.
func planCliff(p *plan.Plan) Figure {
	if len(p.Cliff) == 0 {
		return Figure{}
	}
	bars := &Bars{Horizontal: true, Parts: []Part{{Name: "runs that meet all expectations", Hue: hueAccepted}, {Name: "runs that miss one", Hue: hueRefused}}}
	c := &Chart{Bars: bars, X: Axis{Label: "share of the runs", Max: 1.7}, Y: Axis{Max: float64(len(p.Cliff))}}
	for _, t := range quarters {
		c.X.Ticks = append(c.X.Ticks, Tick{t, percent(t)})
	}
	for i := range p.Cliff {
		o := &p.Cliff[i]
		name := plural(int64(o.Shards), "shard")
		bars.Names = append(bars.Names, name)
		bars.Parts[0].Values = append(bars.Parts[0].Values, o.PPass)
		bars.Parts[1].Values = append(bars.Parts[1].Values, 1-o.PPass)
		label := money(o.CostPerMonth) + " a month"
		if len(o.Missed) > 0 {
			label += " · " + missedText(&o.Missed[0])
		}
		bars.Labels = append(bars.Labels, label)
		c.Y.Ticks = append(c.Y.Ticks, Tick{float64(len(p.Cliff)-1-i) + .5, name})
	}
	return Figure{ID: "cliff", Title: strings.TrimSuffix(planSentence(p), "."), Alt: "Bars, one for each number of shards.", Chart: c}
}

// planBreakEven shows what each way would cost at other loads.
func planBreakEven(p *plan.Plan) Figure {
	e := p.BreakEven
	if e == nil {
		return Figure{}
	}
	c := &Chart{X: Axis{Label: "times the load of the scenario, logarithmic", Log: true, Min: e.Factors[0], Max: e.Factors[len(e.Factors)-1]}}
	for _, t := range []float64{.1, .2, .5, 1, 2, 5, 10} {
		c.X.Ticks = append(c.X.Ticks, Tick{t, number(t, digits)})
	}
	low, high := math.Inf(1), 0.0
	for i := range e.Ways {
		s := Series{Name: shownText(e.Ways[i].Way), Hue: hueFirst + i%mostFleetHues, Dash: i, Marker: true}
		for k, cost := range e.Ways[i].Costs {
			s.Points = append(s.Points, Point{e.Factors[k], cost})
			low, high = min(low, cost), max(high, cost)
		}
		c.Series = append(c.Series, s)
	}
	c.Y = Axis{Label: "USD a month, logarithmic", Log: true, Min: max(low, 0.01) / 1.2, Max: high * 1.2}
	for at := math.Pow(10, math.Floor(math.Log10(c.Y.Min))); at <= c.Y.Max; at *= 10 {
		for _, m := range []float64{1, 2, 5} {
			c.Y.Ticks = append(c.Y.Ticks, Tick{m * at, number(m*at, digits)})
		}
	}
	return Figure{ID: "break-even", Title: breakEvenTitle(e), Alt: "Lines of cost over load.", Chart: c}
}

// breakEvenTitle says which way is cheapest where.
func breakEvenTitle(e *plan.BreakEven) string {
	var parts []string
	last := -1
	for k, factor := range e.Factors {
		best := 0
		for i := range e.Ways {
			if e.Ways[i].Costs[k] < e.Ways[best].Costs[k] {
				best = i
			}
		}
		if best != last {
			from := ""
			if k > 0 {
				from = fmt.Sprintf(" from %s times the load on", number(factor, 2))
			}
			parts = append(parts, shownText(e.Ways[best].Way)+from)
			last = best
		}
	}
	if len(parts) == 1 {
		return fmt.Sprintf("Cheapest from a tenth to %s times the load is %s", number(e.Factors[len(e.Factors)-1], digits), parts[0])
	}
	return "Cheapest is " + strings.Join(parts, ", then ")
}
