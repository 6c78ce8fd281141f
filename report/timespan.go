package report

import (
	"fmt"
	"math"
	"time"
)

// duration prints milliseconds the way people say them: 350µs, 71ms, 3.2s,
// 3m41s, 2h13m.
func duration(ms float64) string { return durationTo(ms, digits) }

func durationTo(ms float64, digits int) string {
	abs := math.Abs(ms)
	switch {
	case math.IsNaN(ms) || math.IsInf(ms, 0):
		return number(ms, digits)
	case abs == 0:
		return "0s"
	case abs < 0.9995:
		return number(ms*1e3, digits) + "µs"
	case abs < 999.5:
		return number(ms, digits) + "ms"
	case abs < 59.95e3:
		return number(ms/1e3, digits) + "s"
	}
	seconds := ms / 1e3
	if digits > 3 { // to tell two values apart, show the seconds and their fractions
		whole, fraction := math.Modf(seconds)
		text := clockwise(whole, true)
		if fraction != 0 {
			text += "+" + durationTo(fraction*1e3, digits-3)
		}
		return text
	}
	return clockwise(seconds, math.Abs(seconds) < 3600)
}

// instant prints a moment of a run, given in seconds since its start: 0s, 12s,
// 4m05s, 2h02m, and 2h02m10s when exact.
func instant(seconds float64, exact bool) string {
	if seconds < 60 && seconds != math.Trunc(seconds) && exact {
		return number(seconds, digits) + "s"
	}
	return clockwise(seconds, exact || seconds < 3600)
}

// clockwise prints whole seconds as hours, minutes and seconds, leaving out
// what is zero at either end.
func clockwise(seconds float64, exact bool) string {
	sign := ""
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	if seconds >= 1e12 { // beyond any run; int64 is near its end
		return sign + number(seconds, digits) + "s"
	}
	s := int64(math.Round(seconds))
	if !exact {
		s = (s + 30) / 60 * 60
	}
	h, m, s := s/3600, s/60%60, s%60
	switch {
	case h > 0 && m == 0 && s == 0:
		return fmt.Sprintf("%s%dh", sign, h)
	case h > 0 && s == 0:
		return fmt.Sprintf("%s%dh%02dm", sign, h, m)
	case h > 0:
		return fmt.Sprintf("%s%dh%02dm%02ds", sign, h, m, s)
	case m > 0 && s == 0:
		return fmt.Sprintf("%s%dm", sign, m)
	case m > 0:
		return fmt.Sprintf("%s%dm%02ds", sign, m, s)
	}
	return fmt.Sprintf("%s%ds", sign, s)
}

// moments says when things happened, in the time of the run or, where the
// scenario has a start, also by the clock.
type moments struct {
	start time.Time // zero without one
	end   float64   // seconds
}

func newMoments(start string, end float64) moments {
	t, err := time.Parse(time.RFC3339, start)
	if err != nil { // a label only: without it the axis counts from zero
		return moments{end: end}
	}
	// Parse puts an offset that the machine happens to live in into its local
	// zone, whose name would then depend on the machine.
	zone := time.UTC
	if _, offset := t.Zone(); offset != 0 {
		zone = time.FixedZone("UTC"+t.Format("-07:00"), offset)
	}
	return moments{t.In(zone), end}
}

// at is "at 2h24m", with the time of day where there is one.
func (m moments) at(seconds float64) string {
	text := "at " + instant(seconds, m.end < 3600)
	if m.start.IsZero() {
		return text
	}
	return text + " (" + m.clock(seconds).Format("15:04") + ")"
}

// clock is the time of day at a moment of the run.
func (m moments) clock(seconds float64) time.Time {
	return m.start.Add(time.Duration(seconds * float64(time.Second)))
}

// between is "between 2h02m and 2h27m", or "at 2h02m" where both are one
// moment. Both ends have the same precision, as fine as tells them apart.
func (m moments) between(from, to float64) string {
	switch {
	case from == to:
		return m.at(from)
	case from <= 0 && to >= m.end:
		return "throughout the run"
	}
	a, b := instant(from, m.end < 3600), instant(to, m.end < 3600)
	if a == b {
		a, b = instant(from, true), instant(to, true)
	}
	if a == b {
		return "at " + a
	}
	return "between " + a + " and " + b
}
