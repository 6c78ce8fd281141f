package autoscale

import "fmt"

// Missing is what an alarm makes of periods without a data point.
type Missing string

// The treatments of missing data (CloudWatch user guide, alarms and missing data). The
// service's default is MissingData.
const (
	MissingData  Missing = "missing"      // as if there were none; all missing: INSUFFICIENT_DATA
	Ignore       Missing = "ignore"       // the state stays as it is
	Breaching    Missing = "breaching"    // as bad
	NotBreaching Missing = "notBreaching" // as good
)

// state is an alarm's state.
type state int

const (
	insufficientData state = iota
	okay
	inAlarm
)

// watch is the running part of an alarm: need of the last of periods must breach.
//
// An alarm is looked at each minute whatever its period, and its periods are counted back
// from the last minute shown (user guide, alarm evaluation). Where there are gaps,
// CloudWatch goes back further than of periods for real data; how far it does not say,
// but all its examples have two more, as here.
type watch struct {
	minutes  int // of a period
	of, need int
	missing  Missing
	state    state
}

// furtherBack is how many periods more than asked for an alarm looks at.
const furtherBack = 2

// sighting is what an alarm saw.
type sighting struct {
	latest, least, most float64 // of the real data points
	breaching, real     int
	back                int  // minutes from the beginning of the oldest that breached, or of silence that counts so, until now
	alarm               bool // it is in ALARM
	turned              bool // it was not before
}

// look evaluates the alarm over minutes.
func (w *watch) look(minutes []Minute, value func([]Minute) point, breach func(float64) bool) sighting {
	return w.sight(len(minutes), func(from, to int) point { return value(minutes[from:to]) }, breach)
}

// sight evaluates the alarm after so many minutes, of which value knows the data points.
func (w *watch) sight(minutes int, value func(from, to int) point, breach func(float64) bool) (s sighting) {
	periods := 0
	for end := minutes; end >= w.minutes && periods < w.of+furtherBack && s.real < w.of; end -= w.minutes {
		periods++
		p := value(end-w.minutes, end)
		if !p.ok {
			if w.missing == Breaching {
				s.back = minutes - (end - w.minutes)
			}
			continue
		}
		if s.real++; s.real == 1 {
			s.latest, s.least, s.most = p.value, p.value, p.value
		}
		s.least, s.most = min(s.least, p.value), max(s.most, p.value)
		if breach(p.value) {
			s.breaching++
			s.back = minutes - (end - w.minutes)
		}
	}
	was := w.state
	w.state = w.judge(s, min(w.of, periods))
	s.alarm, s.turned = w.state == inAlarm, w.state == inAlarm && was != inAlarm
	return s
}

// judge is the state after the sighting, by the tables of the user guide. periods is how
// many of the periods asked for lie in the run: before it is neither good nor bad, so an
// alarm waits for enough of them.
func (w *watch) judge(s sighting, periods int) state {
	bad, gaps := s.breaching, periods-s.real
	if w.missing == Breaching {
		bad += gaps
	}
	switch {
	case bad >= w.need:
		return inAlarm
	case periods < w.of:
		return w.state
	case w.missing == Breaching || w.missing == NotBreaching:
		return okay
	case s.real < w.need && s.breaching == s.real: // nothing good, and too little that is bad
		switch {
		case w.missing == Ignore:
			return w.state
		case s.real == 0:
			return insufficientData
		}
		return inAlarm
	}
	return okay
}

// points says how many data points breached, for people.
func (w *watch) points(s sighting) string { return w.outOf(s.breaching) }

// outOf says how many of the data points.
func (w *watch) outOf(n int) string {
	if w.minutes == 1 {
		return fmt.Sprintf("%d of %d minutes", n, w.of)
	}
	return fmt.Sprintf("%d of %d points of %d min", n, w.of, w.minutes)
}
