package report

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// niceStep is the smallest of 1, 2, 5 × 10^n that is at least x.
func niceStep(x float64) float64 {
	if x <= 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*unit >= x*(1-1e-9) {
			return m * unit
		}
	}
	return 10 * unit
}

// countAxis is a linear axis from zero to somewhat above top, in plain numbers.
func countAxis(label string, top float64) Axis {
	a := linearAxis(label, top, niceStep(top/5), func(v float64) string { return number(v, digits) })
	a.Unit = unitCount
	return a
}

// sizeAxis is a linear axis of bytes with one unit for all ticks, so that they
// compare by eye.
func sizeAxis(label, per string, top float64) Axis {
	unit, size := byteUnit(top)
	step := niceStep(top/size/5) * size
	a := linearAxis(label+" ("+unit+per+")", top, step, func(v float64) string { return number(v/size, digits) })
	if a.Unit = unitBytes; per != "" {
		a.Unit = unitPerS
	}
	return a
}

func linearAxis(label string, top, step float64, text func(float64) string) Axis {
	if top <= 0 {
		top, step = 1, 1
	}
	a := Axis{Label: label, Max: top * 1.06}
	for i := 0; float64(i)*step <= a.Max; i++ {
		v := float64(i) * step
		a.Ticks = append(a.Ticks, Tick{v, text(v)})
	}
	return a
}

// niceSpans are the steps between the ticks of an axis of time, in seconds.
var niceSpans = []float64{
	1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 15, 30,
	60, 120, 300, 600, 900, 1800, 3600, 7200, 3 * 3600, 6 * 3600, 12 * 3600,
	86400, 2 * 86400, 7 * 86400, 14 * 86400, 28 * 86400,
}

func niceSpan(x float64) float64 {
	for _, s := range niceSpans {
		if s >= x {
			return s
		}
	}
	return niceStep(x/86400) * 86400
}

// delayAxis is an axis of milliseconds: linear from zero, or logarithmic where
// the values lie far apart.
func delayAxis(label string, low, top float64) Axis {
	if low > 0 && top/low > 40 {
		return logDelayAxis(label, low, top)
	}
	step := niceSpan(top/1e3/5) * 1e3
	a := linearAxis(label, top, step, duration)
	a.Unit = unitDelay
	return a
}

// decades are the ticks of a logarithmic axis of time, in milliseconds.
var decades = []float64{
	1e-3, 1e-2, .1, 1, 10, 100, 1e3, 1e4, 6e4, 6e5, 3.6e6, 3.6e7, 8.64e7, 8.64e8, 8.64e9,
}

func logDelayAxis(label string, low, top float64) Axis {
	a := Axis{Label: label + ", logarithmic", Min: low / 1.15, Max: top * 1.15, Log: true, Unit: unitDelay}
	for i, v := range decades {
		a.Ticks = append(a.Ticks, Tick{v, duration(v)})
		if i+1 < len(decades) {
			for m := 2.0; m < decades[i+1]/v-0.5 && m < 10; m++ {
				a.Ticks = append(a.Ticks, Tick{m * v, ""})
			}
		}
	}
	// With fewer than two decades in sight the ticks between get labels as well.
	labelled := 0
	for _, t := range a.Ticks {
		if t.Label != "" && t.Value >= a.Min && t.Value <= a.Max {
			labelled++
		}
	}
	for i := range a.Ticks {
		t := &a.Ticks[i]
		first := t.Value / math.Pow(10, math.Floor(math.Log10(t.Value*1.0000001)))
		if labelled < 3 && t.Label == "" && (math.Abs(first-2) < .01 || math.Abs(first-5) < .01) {
			t.Label = duration(t.Value)
		}
	}
	return a
}

// percentileAxis runs from 0 % towards 100 %, where each further nine takes the
// same room: x is log10(1 / (1 − p)).
func percentileAxis(highest float64) Axis {
	a := Axis{Label: "percentile", Max: max(2, highest)}
	for _, t := range []Tick{{0, "0 %"}, {.5, "50 %"}, {.9, "90 %"}, {.99, "99 %"}, {.999, "99.9 %"}, {.9999, "99.99 %"}, {.99999, "99.999 %"}, {.999999, "99.9999 %"}} {
		a.Ticks = append(a.Ticks, Tick{percentilePlace(t.Value), t.Label})
	}
	return a
}

func percentilePlace(p float64) float64 { return -math.Log10(1 - p) }

// timeAxis is the horizontal axis of a run: by the clock where the scenario has
// a start, else counted from it.
func (m moments) timeAxis() Axis {
	step := niceSpan(max(m.end, 1e-6) / 10)
	a := Axis{Max: max(m.end, 1e-6), Time: true}
	if !m.start.IsZero() {
		return m.clockAxis(a, step)
	}
	text := func(v float64) string { return number(v, digits) + " s" }
	a.Label = "time since the start (seconds)"
	switch {
	case m.end > 48*3600:
		a.Label = "time since the start (days and hours)"
		text = func(v float64) string {
			return daysAndHours(int64(v)/86400, int64(v)%86400/3600, step)
		}
	case m.end > 3600:
		a.Label = "time since the start (hours:minutes)"
		text = func(v float64) string { return fmt.Sprintf("%d:%02d", int64(v)/3600, int64(v)/60%60) }
	case m.end > 120:
		a.Label = "time since the start (minutes:seconds)"
		text = func(v float64) string { return fmt.Sprintf("%d:%02d", int64(v)/60, int64(v)%60) }
	}
	for i := 0; float64(i)*step <= a.Max*(1+1e-9); i++ {
		v := float64(i) * step
		a.Ticks = append(a.Ticks, Tick{v, text(v)})
	}
	return a
}

// daysAndHours is "2d" or "2d 06h", as the step between ticks asks for.
func daysAndHours(days, hours int64, step float64) string {
	if step >= 86400 {
		return strconv.FormatInt(days, 10) + "d"
	}
	return fmt.Sprintf("%dd %02dh", days, hours)
}

// clockAxis puts the ticks on round times of day.
func (m moments) clockAxis(a Axis, step float64) Axis {
	zone := m.start.Format("MST")
	a.Label = "time of day (" + zone + ")"
	layout := "15:04"
	switch {
	case step >= 86400:
		a.Label, layout = "date ("+zone+")", "Jan 2"
	case m.end > 24*3600:
		a.Label, layout = "date and time of day ("+zone+")", "Jan 2 15:04"
	case step < 60:
		layout = "15:04:05"
	}
	y, month, day := m.start.Date()
	since := m.start.Sub(time.Date(y, month, day, 0, 0, 0, 0, m.start.Location())).Seconds()
	for i := math.Ceil(since / step); i*step-since <= a.Max*(1+1e-9); i++ {
		v := i*step - since
		a.Ticks = append(a.Ticks, Tick{v, m.clock(v).Format(layout)})
	}
	return a
}
