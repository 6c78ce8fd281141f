package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Moment is something that happened in a run: an instant, or a stretch of time.
type Moment struct {
	Number int // in the order of time
	From   float64
	To     float64 // From, of an instant
	Lane   string
	What   string
	Why    string
	mark   mark
}

// The lanes of the timeline, from the top down.
const (
	laneFaults   = "faults"
	laneStream   = "stream"
	laneScaler   = "autoscaler"
	laneRefused  = "refused writes"
	laneAlarms   = "alarms"
	laneWorst    = "worst moments"
	mostRows     = 4  // of a lane
	mostPerLane  = 60 // events of a lane; more cannot be told apart
	refusedApart = 60 // seconds without a refusal that end a stretch of them
)

var lanes = []string{laneFaults, laneStream, laneScaler, laneRefused, laneAlarms, laneWorst}

// events are what happened, in the order of time, with their numbers.
func (b *builder) events() []Moment {
	var list []Moment
	for _, of := range [][]Moment{b.faultEvents(), b.changeEvents(), b.refusedEvents(), b.alarmEvents(), b.worstEvents()} {
		list = append(list, of[:min(len(of), mostPerLane)]...)
	}
	slices.SortStableFunc(list, func(x, y Moment) int { return cmp.Compare(x.From, y.From) })
	for i := range list {
		list[i].Number = i + 1
	}
	return list
}

func (b *builder) faultEvents() []Moment {
	var list []Moment
	for i := range b.r.Faults {
		f := &b.r.Faults[i]
		_, came, _ := strings.Cut(b.befell(f), "; ")
		list = append(list, Moment{From: f.FromS, To: min(f.ToS, b.r.EndedAtS), Lane: laneFaults, What: shownText(f.Text), Why: came})
	}
	return list
}

// changeEvents are calls, and what the service does by itself; those that say the same
// thing again and again are one.
func (b *builder) changeEvents() []Moment {
	var list []Moment
	for _, c := range folded(b.r.Changes) {
		e := Moment{From: c.AtS, To: b.r.EndedAtS, Lane: laneStream, mark: markUp, Why: strings.TrimPrefix(shownText(c.Saw)+"; "+shownText(c.Reason), "; ")}
		if c.By != service && c.By != "scenario" {
			e.Lane = laneScaler
		}
		_, e.What, _ = strings.Cut(b.changeText(c), " ")
		if saw := " · " + shownText(c.Saw); c.Saw != "" { // it stands in its own column
			e.What = strings.Replace(e.What, saw, "", 1)
		}
		switch {
		case c.Error != "":
			e.To, e.mark = c.last.AtS, markCross
		case c.last.DoneS != nil:
			e.To = *c.last.DoneS
		}
		if c.Error == "" && c.last.ShardsAfter < c.ShardsBefore {
			e.mark = markDown
		}
		list = append(list, e)
	}
	return list
}

// refusedEvents are the stretches of time in which writes were refused.
func (b *builder) refusedEvents() []Moment {
	var list []Moment
	var records int64
	step := b.r.Series.StepS
	for i, n := range b.r.Series.Stream.ThrottledRecords {
		if n == 0 {
			continue
		}
		from := float64(i) * step
		to := from + b.binSpan(i)
		if last := len(list) - 1; last >= 0 && from-list[last].To <= max(refusedApart, step) {
			list[last].To = to
		} else {
			list, records = append(list, Moment{From: from, To: to, Lane: laneRefused}), 0
		}
		records += n
		e := &list[len(list)-1]
		e.What = plural(records, "attempt") + " refused"
	}
	return list
}

// worstEvents are the worst moments of the expectations.
func (b *builder) worstEvents() []Moment {
	var list []Moment
	for i := range b.r.Expectations {
		e := &b.r.Expectations[i]
		if e.WorstAtS == nil || e.Measured == nil {
			continue
		}
		measured, _ := apart(*e.Measured, nearest(e), e.Unit)
		x := Moment{From: *e.WorstAtS, To: *e.WorstAtS, Lane: laneWorst, mark: markDot, What: expectationText(e) + " " + measured, Why: "met: " + wanted(e)}
		if !e.Passed {
			x.mark, x.Why = markCross, "missed: "+wanted(e)
		}
		list = append(list, x)
	}
	return list
}

// rowOf is where each event stands: those of a lane that overlap have rows of their own,
// a mark with its number being as wide as so many seconds.
func rowOf(events []Moment, wide float64) (row []float64, lanesUsed []Tick, rows float64) {
	row = make([]float64, len(events))
	for _, lane := range slices.Backward(lanes) {
		var until []float64 // by row of the lane
		for i, e := range events {
			if e.Lane != lane {
				continue
			}
			r := slices.IndexFunc(until, func(t float64) bool { return t <= e.From })
			switch {
			case r < 0 && len(until) < mostRows:
				r, until = len(until), append(until, 0)
			case r < 0: // as good as any
				r = i % mostRows
			}
			until[r] = max(e.To, e.From+wide)
			row[i] = rows + float64(r)
		}
		if n := float64(len(until)); n > 0 {
			lanesUsed = append(lanesUsed, Tick{rows + n/2, lane})
			rows += n
		}
	}
	return row, lanesUsed, rows
}

// timeline shows all that on one axis, which the other figures share.
func (b *builder) timeline() Figure {
	events := b.events()
	if len(events) == 0 {
		return omitted("Timeline", "Nothing happened that a timeline could show: no fault, no change of the stream, no refused write.")
	}
	row, used, rows := rowOf(events, b.moments.end/30)
	const rowHeight, around = 27, 90
	c := &Chart{X: b.moments.timeAxis(), Height: around + rowHeight*rows, Boxes: &Boxes{Groups: laneColors}}
	c.Y = Axis{Max: rows, Ticks: used}
	for _, shape := range []mark{markUp, markDown, markCross, markDot} {
		if s := laneMarks(events, row, shape); len(s.Points) > 0 {
			c.Series = append(c.Series, s)
		}
	}
	for i, e := range events {
		if e.To > e.From {
			box := Box{From: Point{e.From, row[i] + .12}, To: Point{e.To, row[i] + .88}, Group: slices.Index(lanes, e.Lane)}
			if e.mark == markNone {
				box.Text = count(int64(e.Number))
			}
			c.Boxes.List = append(c.Boxes.List, box)
		}
		if e.mark != markNone {
			c.Notes = append(c.Notes, Note{Point{e.From, row[i] + .5}, count(int64(e.Number))})
		}
	}
	f := Figure{Chart: c, Title: b.timelineTitle(events), Table: timelineTable(events)}
	f.Caption = "All figures over time share this axis. The numbers are those of the table below, as far as there is room for them."
	f.Alt = "Bars and marks over time, a row for each kind. " + f.Title + "."
	return f
}

// laneColors are the colours of what takes time, in the order of the lanes.
var laneColors = []Part{{Hue: huePale + 2}, {Hue: huePale + 1}, {Hue: huePale + 1}, {Hue: huePale + 4}, {Hue: huePale + 1}, {Hue: huePale}}

// laneMarks are the events that begin with a mark of that shape.
func laneMarks(events []Moment, row []float64, shape mark) Series {
	s := Series{Loose: true, Mark: shape, Hue: hueInk}
	switch shape {
	case markUp:
		s.Name, s.Hue = "call for more shards, or another change", hueFirst
	case markDown:
		s.Name, s.Hue = "call for fewer", hueFirst+2
	case markCross:
		s.Name, s.Hue = "refused call, or missed expectation", hueRefused
	case markDot:
		s.Name = "worst moment of an expectation that was met"
	}
	for i, e := range events {
		if e.mark == shape {
			s.Points = append(s.Points, Point{e.From, row[i] + .5})
		}
	}
	return s
}

// timelineTitle counts what there was.
func (b *builder) timelineTitle(events []Moment) string {
	n, refusing := map[string]int{}, 0.0
	for _, e := range events {
		n[e.Lane]++
		if e.Lane == laneRefused {
			refusing += e.To - e.From
		}
	}
	made, refused := 0, 0
	for i := range b.r.Changes {
		if b.r.Changes[i].Error != "" {
			refused++
		} else {
			made++
		}
	}
	var parts []string
	if n[laneFaults] > 0 {
		parts = append(parts, plural(int64(n[laneFaults]), "fault"))
		if n[laneFaults] == 1 {
			parts[0] += ": " + shownText(b.r.Faults[0].Text)
		}
	}
	if made > 0 {
		parts = append(parts, plural(int64(made), "change")+" of the stream")
	}
	if refused > 0 {
		parts = append(parts, plural(int64(refused), "refused call"))
	}
	if refusing > 0 {
		parts = append(parts, "writes refused for "+duration(refusing*1e3)+" in all")
	}
	if len(parts) == 0 {
		return "No fault, no change of the stream and no refused write; only the worst moments of the expectations"
	}
	return upperFirst(strings.Join(parts, ", "))
}

// timelineTable lists the events by their numbers.
func timelineTable(events []Moment) Table {
	t := Table{Caption: "What happened, in the order of time", Columns: columns("#no.", "from", "until", "kind", "what", "why, and what came of it")}
	for i, e := range events {
		if i == mostShards {
			t.Caption += fmt.Sprintf("; the first %d of %d", mostShards, len(events))
			break
		}
		until := ""
		if e.To > e.From {
			until = instant(e.To, true)
		}
		t.Rows = append(t.Rows, []string{count(int64(e.Number)), instant(e.From, true), until, e.Lane, e.What, e.Why})
	}
	return t
}

// bands are the faults, as all figures over time shade them.
func (b *builder) bands() []Band {
	var list []Band
	for i := range b.r.Faults {
		f := &b.r.Faults[i]
		if f.FromS < b.r.EndedAtS && len(list) < mostPerLane {
			list = append(list, Band{f.FromS, min(f.ToS, b.r.EndedAtS)})
		}
	}
	return list
}
