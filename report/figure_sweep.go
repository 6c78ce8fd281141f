package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"kinesim/sim/plan"
)

// sweepFigure is a sweep as a picture of its first metric: a line with its interval over
// one axis, a heat map of which cells hold over two. Over more, or a list, there is none.
func sweepFigure(s *plan.Sweep) Figure {
	switch {
	case len(s.Cells) == 0 || s.Part != nil || s.Listed && len(s.Axes) > 1:
		return Figure{}
	case len(s.Axes) == 1:
		return sweepLine(s)
	case len(s.Axes) == 2:
		return sweepMap(s)
	}
	return Figure{}
}

// sweepLine draws the first metric over the values of the axis, at even distances.
func sweepLine(s *plan.Sweep) Figure {
	m := &s.Metrics[0]
	mean := Series{Name: sweepColumn(m) + ", mean of " + plural(int64(s.Runs), "run"), Hue: hueFirst, Marker: true}
	area := Series{Name: "95 % interval", Hue: huePale + 1, Base: []float64{}}
	held := Series{Name: "all expectations hold", Hue: hueAccepted, Loose: true, Mark: markUp}
	missed := Series{Name: "some run misses one", Hue: hueRefused, Loose: true, Mark: markCross}
	most := 0.0
	c := &Chart{X: Axis{Label: shown(s.Axes[0].Path), Min: -.5, Max: float64(len(s.Cells)) - .5}}
	each := max(1, (len(s.Cells)+15)/16)
	for i, cell := range s.Cells {
		if i%each == 0 {
			c.X.Ticks = append(c.X.Ticks, Tick{float64(i), shown(cell.Values[0])})
		}
		x := cell.Means[0]
		if x.Mean == nil {
			continue
		}
		p := Point{float64(i), *x.Mean}
		mean.Points = append(mean.Points, p)
		area.Points = append(area.Points, Point{p.X, *x.CI95High})
		area.Base = append(area.Base, max(0, *x.CI95Low))
		most = max(most, *x.CI95High)
		if cell.PPass == 1 {
			held.Points = append(held.Points, p)
		} else {
			missed.Points = append(missed.Points, p)
		}
	}
	c.Y = linearAxis(sweepColumn(m), most, niceStep(most/5), func(v float64) string { return quantity(v, m.Unit, digits) })
	if s.Runs > 1 {
		c.Series = append(c.Series, area)
	}
	c.Series = append(c.Series, mean)
	for _, marks := range []Series{held, missed} {
		if len(marks.Points) > 0 {
			c.Series = append(c.Series, marks)
		}
	}
	return Figure{ID: "sweep", Title: strings.TrimSuffix(sweepSentence(s), "."), Alt: "A line over " + shown(s.Axes[0].Path) + ".", Chart: c}
}

// sweepMap draws in which cells all expectations hold, as the share of runs that miss one.
func sweepMap(s *plan.Sweep) Figure {
	rows, columns := s.Axes[0].Values, s.Axes[1].Values
	heat := &Heat{Step: 1, Scale: "runs that miss an expectation", Whole: true, Mark: "all expectations hold"}
	for range rows {
		heat.Values = append(heat.Values, slices.Repeat([]float64{math.NaN()}, len(columns))) // not played, where the sweep was stopped
		heat.Marked = append(heat.Marked, make([]bool, len(columns)))
	}
	for _, cell := range s.Cells {
		row, column := cell.Index/len(columns), cell.Index%len(columns)
		heat.Values[row][column] = 1 - cell.PPass
		heat.Marked[row][column] = cell.PPass == 1
	}
	c := &Chart{Heat: heat, X: Axis{Label: shown(s.Axes[1].Path), Max: float64(len(columns))}, Y: Axis{Label: shown(s.Axes[0].Path), Max: float64(len(rows))}}
	eachRow, eachColumn := max(1, (len(rows)+15)/16), max(1, (len(columns)+11)/12)
	for i := 0; i < len(rows); i += eachRow {
		heat.Rows = append(heat.Rows, shown(rows[i]))
		c.Y.Ticks = append(c.Y.Ticks, Tick{float64(i) + .5, shown(rows[i])})
	}
	for i := 0; i < len(columns); i += eachColumn {
		c.X.Ticks = append(c.X.Ticks, Tick{float64(i) + .5, shown(columns[i])})
	}
	return Figure{ID: "sweep", Title: strings.TrimSuffix(sweepSentence(s), "."), Alt: fmt.Sprintf("Heat map of %d by %d cells.", len(rows), len(columns)), Chart: c}
}
