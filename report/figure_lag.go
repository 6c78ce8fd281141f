package report

import (
	"fmt"
	"math"
	"slices"

	"kinesim/sim"
)

// mostLines is how many consumers or producers one figure tells apart; beyond
// that the palette repeats and nobody can follow.
const mostLines = 6

// bridge is how many seconds without a value a line crosses as a hairline:
// CloudWatch's minute, within which a consumer that makes calls at all is seen.
const bridge = 60

// iteratorAge shows how far behind each consumer was.
func (b *builder) iteratorAge() Figure {
	consumers := b.worstLines(func(s *sim.ConsumerSeries) []Point {
		return append(b.optional(s.IteratorAge), b.levels(s.OldestUnread)...)
	})
	c := &Chart{X: b.moments.timeAxis()}
	drawn := 0.0
	for i, k := range consumers {
		points, gap := b.optional(k.IteratorAge), b.silence(k)
		most, _ := highest(points)
		busy, _ := highest(gap)
		drawn = max(drawn, most, busy)
		c.Series = append(c.Series, Series{Name: shown(k.Name), Points: thinned(points), Hue: hueFirst + i, Dash: i, Marker: true, Bridge: bridge})
		if gap != nil {
			c.Series = append(c.Series, Series{Name: shown(k.Name) + ": oldest record not yet read", Points: thinned(b.levels(k.OldestUnread)), Hue: hueFirst + i, Dash: 3, Thin: true})
		}
	}
	if drawn == 0 {
		return omitted("Iterator age", "No consumer was behind: whatever a read returned last had just arrived, or no consumer made a read.")
	}
	worst := b.farthestBehind()
	c.Rules = b.ageRules(worst.age)
	c.Y = delayAxis("iterator age", 0, top(c.Series, c.Rules))
	f := Figure{Chart: c}
	f.Title = fmt.Sprintf("Consumer %s was up to %s behind", worst.name, duration(worst.age))
	if worst.at != "" {
		f.Title += ", " + worst.at
	}
	f.Caption = fmt.Sprintf("The largest GetRecords.IteratorAgeMilliseconds in each %s, as CloudWatch would show it: a gap where a consumer made no call.", b.binName())
	if len(c.Series) > len(consumers) {
		f.Caption += " A consumer that is too busy to call shows no age at all, so the dotted line tells how old the oldest record is that it has not read."
	}
	f.Caption += b.leftOut(len(consumers))
	f.Alt = "Line chart over time. " + f.Title + "."
	f.Table = b.consumerBins("Largest iterator age", consumers, func(s *sim.ConsumerSeries) []float64 { return known(s.IteratorAge) }, duration)
	return f
}

// silence is the age of the oldest unread record where a consumer made no call
// though it had something to read; nil when that never happened.
func (b *builder) silence(k *sim.ConsumerSeries) []Point {
	points, silent := make([]Point, len(k.OldestUnread)), false
	for i, age := range k.OldestUnread {
		points[i] = Point{b.middle(i), math.NaN()}
		if k.IteratorAge[i] == nil && age > 0 && b.middle(i) > b.r.Clock.WarmupS { // nothing is measured in the warm-up
			points[i].Y, silent = age, true
		}
	}
	if !silent {
		return nil
	}
	return points
}

// ageRules are the limits that expectations set on the iterator age, and shares
// of the retention where they are near enough to be seen.
func (b *builder) ageRules(worst float64) []Rule {
	var rules []Rule
	for i := range b.r.Expectations {
		e := &b.r.Expectations[i]
		if e.Metric != "iterator_age" || e.Limit <= 0 || e.Limit > 20*worst {
			continue
		}
		name := "limit " + quantity(e.Limit, e.Unit, digits)
		if e.Where != "" {
			name += " of " + shownWhere(e.Where)
		}
		if !slices.ContainsFunc(rules, func(r Rule) bool { return r.Name == name }) && len(rules) < 4 {
			rules = append(rules, Rule{Name: name, Value: e.Limit, Hue: hueLimit, Dash: 1 + len(rules)%3})
		}
	}
	retention := b.r.Stream.RetentionS * 1e3
	for _, share := range []float64{.5, 1} {
		if at := share * retention; at > 0 && at <= 1.5*worst {
			rules = append(rules, Rule{Name: percent(share) + " of the retention", Value: at, Hue: hueLost, Dash: 2})
		}
	}
	return rules
}

// backlogs shows how much each consumer had still to read.
func (b *builder) backlogs() Figure {
	consumers := b.worstLines(func(s *sim.ConsumerSeries) []Point { return b.levels(floats(s.BacklogRecords)) })
	c := &Chart{X: b.moments.timeAxis()}
	var worst, at float64
	var who *sim.ConsumerSeries
	for i, k := range consumers {
		points := b.levels(floats(k.BacklogRecords))
		if value, when := highest(points); value > worst {
			worst, at, who = value, when, k
		}
		c.Series = append(c.Series, Series{Name: shown(k.Name), Points: thinned(points), Hue: hueFirst + i, Dash: i, Marker: true})
	}
	if who == nil {
		return omitted("Backlog", "No consumer had records waiting at the end of any bin.")
	}
	c.Series = append(c.Series, b.catchUpLines(consumers)...)
	c.Y = countAxis("records accepted and not yet read", top(c.Series, nil))
	f := Figure{Chart: c}
	last := who.BacklogRecords[len(who.BacklogRecords)-1]
	f.Title = fmt.Sprintf("The backlog of %s was largest %s: %s", shown(who.Name), b.binAt(at), plural(int64(worst), "record"))
	switch {
	case last == 0:
		f.Title += "; nothing is left at the end"
	case float64(last) > worst/2:
		f.Title += fmt.Sprintf("; %s are left at the end", count(last))
	}
	f.Caption = "At the end of each bin. A consumer that polls once a second always has up to a second of records waiting." + b.leftOut(len(consumers))
	f.Alt = "Line chart over time. " + f.Title + "."
	f.Table = b.consumerBins("Largest backlog in records", consumers, func(s *sim.ConsumerSeries) []float64 { return floats(s.BacklogRecords) },
		func(v float64) string { return count(int64(v)) })
	return f
}

// catchUpLines are the backlogs after faults as the closed form has them go away.
func (b *builder) catchUpLines(consumers []*sim.ConsumerSeries) []Series {
	var list []Series
	for i, k := range consumers {
		for j := range b.r.Faults {
			f := &b.r.Faults[j]
			r := f.Recovery
			if f.Consumer != k.Name || r == nil || r.EstimateS == nil || len(list) == mostLines {
				continue
			}
			from := f.FromS + r.PeakS
			until, left := from+*r.EstimateS, 0.0
			if end := b.r.EndedAtS; until > end { // the line leaves the picture before it is done
				left = float64(r.BacklogAtPeak) * (until - end) / *r.EstimateS
				until = end
			}
			if until-from < b.r.Series.StepS {
				continue // too short to be seen
			}
			list = append(list, Series{
				Name: shown(k.Name) + ": catch-up by the closed form", Points: []Point{{from, float64(r.BacklogAtPeak)}, {until, left}},
				Hue: hueFirst + i, Dash: 3, Thin: true,
			})
		}
	}
	return list
}

// worstLines are the consumers with the largest values, at most mostLines of
// them, in the order of the result.
func (b *builder) worstLines(points func(*sim.ConsumerSeries) []Point) []*sim.ConsumerSeries {
	type line struct {
		place int
		worst float64
	}
	var lines []line
	for i := range b.r.Series.Consumers {
		worst, _ := highest(points(&b.r.Series.Consumers[i]))
		lines = append(lines, line{i, worst})
	}
	slices.SortStableFunc(lines, func(x, y line) int {
		switch {
		case x.worst > y.worst:
			return -1
		case x.worst < y.worst:
			return 1
		}
		return 0
	})
	lines = lines[:min(len(lines), mostLines)]
	slices.SortFunc(lines, func(x, y line) int { return x.place - y.place })
	var list []*sim.ConsumerSeries
	for _, l := range lines {
		list = append(list, &b.r.Series.Consumers[l.place])
	}
	return list
}

// leftOut says when a figure does not show all consumers.
func (b *builder) leftOut(drawn int) string {
	if all := len(b.r.Series.Consumers); all > drawn {
		return fmt.Sprintf(" Only the %d worst of %d consumers are drawn.", drawn, all)
	}
	return ""
}

// consumerBins is the data table of a figure with a line for each consumer.
func (b *builder) consumerBins(caption string, consumers []*sim.ConsumerSeries, values func(*sim.ConsumerSeries) []float64, text func(float64) string) Table {
	var names []string
	var lines [][]float64
	for _, k := range consumers {
		names = append(names, shown(k.Name))
		lines = append(lines, values(k))
	}
	return b.mostOf(caption, names, lines, text)
}

// mostOf is a data table whose cells are the largest values of their rows' bins.
func (b *builder) mostOf(caption string, names []string, lines [][]float64, text func(float64) string) Table {
	return b.binTable(caption, names, b.r.Series.Bins, func(col, from, to int) string {
		most := math.NaN()
		for _, v := range lines[col][from:to] {
			if !math.IsNaN(v) && !(v <= most) {
				most = v
			}
		}
		if math.IsNaN(most) {
			return "–"
		}
		return text(most)
	})
}

func floats(values []int64) []float64 {
	list := make([]float64, len(values))
	for i, v := range values {
		list[i] = float64(v)
	}
	return list
}
