package report

import (
	"fmt"
	"slices"
	"strings"

	"kinesim/sim"
)

// alarmLines are the rehearsed alarms in words: first what nobody would have noticed.
func (b *builder) alarmLines() []string {
	if len(b.r.Alarms) == 0 {
		return nil
	}
	lines := []string{b.noticed()}
	for i := range b.r.Alarms {
		a := &b.r.Alarms[i]
		lines = append(lines, shown(a.Name)+": "+alarmOutcome(a))
	}
	if n := len(b.r.Unrehearsed); n > 0 {
		lines = append(lines, fmt.Sprintf("not rehearsed: %s (%s); the warnings say why", plural(int64(n), "alarm"), shown(firstOf(b.r.Unrehearsed))))
	}
	return lines
}

// noticed sums up what the alarms told of, and what they did not.
func (b *builder) noticed() string {
	var unnoticed []string
	slowest := 0.0
	for i := range b.r.Troubles {
		t := &b.r.Troubles[i]
		if t.LateS == nil {
			unnoticed = append(unnoticed, troubleText(t)+" "+b.moments.between(t.FromS, t.ToS))
		} else {
			slowest = max(slowest, max(0, *t.LateS))
		}
	}
	told := len(b.r.Troubles) - len(unnoticed)
	switch {
	case len(b.r.Troubles) == 0:
		return "nothing went wrong that an alarm should have told of"
	case told == 0:
		return fmt.Sprintf("nobody would have noticed any of %s: %s", plural(int64(len(unnoticed)), "trouble"), firstOf(unnoticed))
	case len(unnoticed) == 0:
		return fmt.Sprintf("%s noticed, the slowest after %s", plural(int64(told), "trouble"), duration(slowest*1e3))
	}
	return fmt.Sprintf("nobody would have noticed %d of %d troubles: %s", len(unnoticed), len(b.r.Troubles), firstOf(unnoticed))
}

// firstOf names the first of some things, and says how many more there are.
func firstOf(list []string) string {
	const enough = 2
	if len(list) > enough {
		return strings.Join(list[:enough], "; ") + fmt.Sprintf("; and %d more", len(list)-enough)
	}
	return strings.Join(list, "; ")
}

// alarmOutcome is what became of an alarm.
func alarmOutcome(a *sim.AlarmResult) string {
	value := func(v float64) string { return quantityOf(v, a.Unit) }
	text := ""
	switch {
	case a.Nearest == nil && len(a.Rang) > 0:
		return fmt.Sprintf("rang from %s on for %s, as there was no data at all", instant(a.Rang[0].AtS, true), duration(a.RangS*1e3))
	case len(a.Rang) > 0:
		first := &a.Rang[0]
		text = fmt.Sprintf("rang at %s, %s after it began", instant(first.AtS, true), duration(first.LateS*1e3))
		if n := len(a.Rang); n > 1 {
			text = fmt.Sprintf("rang %d times, first at %s, %s after it began", n, instant(first.AtS, true), duration(first.LateS*1e3))
		}
		text += "; " + duration(a.RangS*1e3) + " in all"
		if n := needless(a); n > 0 {
			text += fmt.Sprintf("; %d of them for nothing that this run knows of", n)
		}
	case a.Nearest == nil:
		return "never rang: there was no data at all"
	case *a.Nearest == 0 && a.Threshold == 0:
		text = "never rang; it stayed at 0"
	case beyond(a):
		text = fmt.Sprintf("never rang; %s at %s is beyond its threshold %s, in too few of its periods", value(*a.Nearest), instant(a.NearestAtS, true), value(a.Threshold))
	default:
		text = fmt.Sprintf("never rang; nearest %s at %s, threshold %s", value(*a.Nearest), instant(a.NearestAtS, true), value(a.Threshold))
	}
	if a.Gaps > 0 {
		text += fmt.Sprintf("; no data in %s", plural(int64(a.Gaps), "period"))
	}
	return text
}

// beyond tells whether a data point was on the bad side of the threshold.
func beyond(a *sim.AlarmResult) bool {
	if strings.HasPrefix(a.Condition, "<") || strings.HasPrefix(a.Condition, "≤") {
		return *a.Nearest < a.Threshold
	}
	return *a.Nearest > a.Threshold
}

// needless counts the spells that told of nothing.
func needless(a *sim.AlarmResult) (n int) {
	for _, s := range a.Rang {
		if len(s.Troubles) == 0 {
			n++
		}
	}
	return n
}

// quantityOf prints a value of an alarm's metric.
func quantityOf(v float64, unit string) string {
	if unit == "bytes" {
		return dataSize(v)
	}
	return quantity(v, unit, digits)
}

// troubleText is what went wrong.
func troubleText(t *sim.TroubleResult) string {
	switch t.Trouble {
	case "refused_writes":
		return plural(t.Records, "attempt") + " refused"
	case "behind":
		return fmt.Sprintf("%s more than %s behind, up to %s", shown(t.Of), duration(t.LimitMS), duration(t.PeakMS))
	case "lost_records":
		return shown(t.Of) + " lost " + plural(t.Records, "record") + " unread"
	case "failed_records":
		return shown(t.Of) + " gave up " + plural(t.Records, "record")
	case "expectation":
		return strings.TrimSpace(shown(t.Of)+" "+shownText(t.Text)) + " missed its limit"
	}
	return shownText(t.Text)
}

// alarmTable lists the alarms.
func (b *builder) alarmTable() Table {
	if len(b.r.Alarms) == 0 {
		return Table{}
	}
	t := Table{
		Caption: "When each alarm would have rung; CloudWatch shows a minute " + duration(b.alarmDelay()*1e3) + " after its end (assumed)",
		Columns: columns("alarm", "on", "rings when", "#times", "first at", "#after it began", "#in all", "outcome"),
	}
	for i := range b.r.Alarms {
		a := &b.r.Alarms[i]
		metric := strings.TrimSpace(shown(a.Metric) + " " + shown(a.Statistic))
		if a.Consumer != "" {
			metric += " of " + shown(a.Consumer)
		}
		if a.Shard != "" {
			metric += " of " + shown(a.Shard)
		}
		row := []string{shown(a.Name), metric, shownText(a.Condition), count(int64(len(a.Rang))), "", "", duration(a.RangS * 1e3), alarmOutcome(a)}
		if len(a.Rang) > 0 {
			row[4], row[5] = instant(a.Rang[0].AtS, true), duration(a.Rang[0].LateS*1e3)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// alarmDelay is how late CloudWatch was.
func (b *builder) alarmDelay() float64 {
	if b.r.CloudWatch == nil {
		return 0
	}
	return b.r.CloudWatch.DelayS
}

// troubleTable lists what went wrong, and who would have noticed.
func (b *builder) troubleTable() Table {
	t := Table{Caption: "What somebody should have noticed. Noticed is what an alarm rang for that had data points of that time, whatever it watches: somebody looks then, but the alarm need not name what is wrong", Columns: columns("#no.", "what", "from", "until", "noticed by", "at", "#late")}
	for i := range b.r.Troubles {
		if i == mostPerLane {
			t.Caption += fmt.Sprintf("; the first %d of %d", mostPerLane, len(b.r.Troubles))
			break
		}
		x := &b.r.Troubles[i]
		row := []string{count(int64(i + 1)), troubleText(x), instant(x.FromS, true), instant(x.ToS, true), "✗ nobody", "", ""}
		if x.NoticedS != nil {
			row[4], row[5], row[6] = shown(x.By), instant(*x.NoticedS, true), duration(*x.LateS*1e3)
			switch {
			case *x.LateS < 0:
				row[6] = duration(-*x.LateS*1e3) + " before"
			case *x.NoticedS > x.ToS:
				row[6] += ", when it was over"
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		return Table{}
	}
	return t
}

// mostAlarms is how many alarms have a row in their picture.
const mostAlarms = 12

// alarms shows on one axis what went wrong and when each alarm told of it.
func (b *builder) alarms() Figure {
	if len(b.r.Alarms) == 0 {
		return Figure{}
	}
	list := make([]*sim.AlarmResult, 0, len(b.r.Alarms))
	for i := range b.r.Alarms {
		list = append(list, &b.r.Alarms[i])
	}
	slices.SortStableFunc(list, func(x, y *sim.AlarmResult) int { return min(1, len(y.Rang)) - min(1, len(x.Rang)) })
	caption := "A pale bar is the time for which data was bad and the alarm did not ring yet: its data points, and CloudWatch's delay."
	if len(list) > mostAlarms {
		caption += fmt.Sprintf(" Of %d alarms these are %d, those that rang first.", len(list), mostAlarms)
		list = list[:mostAlarms]
	}
	troubles := b.r.Troubles[:min(len(b.r.Troubles), mostPerLane)]
	const rowHeight, around = 27, 90
	boxes, crosses, rows := troubleBoxes(troubles, b.moments.end/30)
	c := &Chart{X: b.moments.timeAxis(), Boxes: boxes}
	for i, a := range list {
		row := float64(len(list) - 1 - i)
		c.Y.Ticks = append(c.Y.Ticks, Tick{row + .5, clipped(shown(a.Name), 16)})
		boxes.List = append(boxes.List, spellBoxes(a, row, b.r.EndedAtS)...)
	}
	above := float64(len(list))
	for i := range boxes.List[:len(troubles)] {
		boxes.List[i].From.Y, boxes.List[i].To.Y = boxes.List[i].From.Y+above, boxes.List[i].To.Y+above
	}
	for i := range crosses.Points {
		crosses.Points[i].Y += above
	}
	if rows > 0 {
		c.Y.Ticks = append(c.Y.Ticks, Tick{above + rows/2, "what went wrong"})
	}
	if len(crosses.Points) > 0 {
		c.Series = []Series{crosses}
	}
	c.Y.Max = above + rows
	c.Height = around + rowHeight*c.Y.Max
	f := Figure{Chart: c, Title: upperFirst(b.noticed()), Caption: caption, Table: b.troubleTable()}
	f.Alt = "Bars over time: a row for each alarm, and above them what went wrong. " + f.Title + "."
	return f
}

// The groups of boxes in the picture of alarms.
const (
	boxTrouble = iota
	boxUnnoticed
	boxWaiting
	boxRinging
)

// troubleBoxes are what went wrong, from the bottom up, with a cross on what nobody
// noticed.
func troubleBoxes(troubles []sim.TroubleResult, wide float64) (*Boxes, Series, float64) {
	boxes := &Boxes{Groups: []Part{
		{Name: "went wrong, and an alarm rang", Hue: huePale + 2}, {Name: "went wrong, and nobody would have noticed", Hue: huePale + 4},
		{Name: "bad, but not rung yet", Hue: huePale}, {Name: "ringing", Hue: huePale + 1},
	}}
	crosses := Series{Name: "nobody would have noticed", Loose: true, Mark: markCross, Hue: hueRefused}
	var until []float64
	for i := range troubles {
		t := &troubles[i]
		row := slices.IndexFunc(until, func(end float64) bool { return end <= t.FromS })
		switch {
		case row < 0 && len(until) < mostRows:
			row, until = len(until), append(until, 0)
		case row < 0:
			row = i % mostRows
		}
		until[row] = max(t.ToS, t.FromS+wide)
		box := Box{From: Point{t.FromS, float64(row) + .12}, To: Point{max(t.ToS, t.FromS+wide/20), float64(row) + .88}, Group: boxTrouble, Text: count(int64(i + 1))}
		if t.NoticedS == nil {
			box.Group = boxUnnoticed
			crosses.Points = append(crosses.Points, Point{t.FromS, float64(row) + .5})
		}
		boxes.List = append(boxes.List, box)
	}
	return boxes, crosses, float64(len(until))
}

// spellBoxes are the times in which an alarm waited and rang.
func spellBoxes(a *sim.AlarmResult, row, ended float64) []Box {
	var list []Box
	for _, s := range a.Rang[:min(len(a.Rang), mostPerLane)] {
		until := ended
		if s.UntilS != nil {
			until = min(*s.UntilS, ended)
		}
		at := min(s.AtS, ended)
		list = append(list, Box{From: Point{s.SinceS, row + .25}, To: Point{at, row + .75}, Group: boxWaiting})
		if until > at {
			list = append(list, Box{From: Point{at, row + .12}, To: Point{until, row + .88}, Group: boxRinging})
		}
	}
	return list
}

// alarmEvents are the alarms on the timeline.
func (b *builder) alarmEvents() []Moment {
	var list []Moment
	for i := range b.r.Alarms {
		a := &b.r.Alarms[i]
		for _, s := range a.Rang {
			until := b.r.EndedAtS
			if s.AtS > until {
				break
			}
			if s.UntilS != nil {
				until = min(*s.UntilS, until)
			}
			list = append(list, Moment{
				From: s.AtS, To: max(until, s.AtS), Lane: laneAlarms, What: "alarm " + shown(a.Name) + " rang",
				Why: fmt.Sprintf("%s: %s %s %s", duration(s.LateS*1e3)+" after it began", shown(a.Metric), quantityOf(s.Value, a.Unit), shownText(a.Condition)),
			})
		}
	}
	return list
}
