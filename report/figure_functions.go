package report

import (
	"fmt"

	"kinesim/sim"
)

// concurrency shows how many invocations of each function ran at a time.
func (b *builder) concurrency() Figure {
	var consumers []*sim.ConsumerSeries
	for i := range b.r.Series.Consumers {
		if k := &b.r.Series.Consumers[i]; len(k.Invocations) > 0 && len(consumers) < mostLines {
			consumers = append(consumers, k)
		}
	}
	if len(consumers) == 0 {
		return omitted("Invocations at a time", "No consumer is a Lambda function.")
	}
	c := &Chart{X: b.moments.timeAxis()}
	var worst float64
	var who string
	var when float64
	for i, k := range consumers {
		points := b.levels(floats(k.Invocations))
		if most, at := highest(points); most > worst {
			worst, when, who = most, at, shown(k.Name)
		}
		c.Series = append(c.Series, Series{Name: shown(k.Name), Points: thinned(points), Hue: hueFirst + i, Dash: i, Marker: true})
	}
	c.Y = countAxis("invocations at a time, the most in each bin", max(1, worst)*1.1)
	f := Figure{Chart: c}
	f.Title = fmt.Sprintf("At most %s of %s at a time, %s", plural(int64(worst), "invocation"), who, b.binAt(when))
	if worst == 0 {
		f.Title = "No function was invoked"
	}
	f.Caption = "An event source mapping has as many batches of a shard in work as parallelization_factor says, and no more than it has keys, whatever the backlog."
	f.Alt = "Line chart over time. " + f.Title + "."
	f.Table = b.consumerBins("Invocations at a time, the most in each bin", consumers, func(s *sim.ConsumerSeries) []float64 { return floats(s.Invocations) },
		func(v float64) string { return count(int64(v)) })
	return f
}

// nearRetention is the share of the retention from which on an age is held against it.
const nearRetention = 0.1

// retentionAge shows the age of what is not read against the retention.
func (b *builder) retentionAge() Figure {
	keep := b.r.Stream.RetentionS * 1e3
	consumers := b.worstLines(func(s *sim.ConsumerSeries) []Point { return b.levels(s.OldestUnread) })
	c := &Chart{X: b.moments.timeAxis()}
	worst, at, who := 0.0, 0.0, ""
	for i, k := range consumers {
		points := b.levels(k.OldestUnread)
		if most, when := highest(points); most > worst {
			worst, at, who = most, when, shown(k.Name)
		}
		c.Series = append(c.Series, Series{Name: shown(k.Name), Points: thinned(points), Hue: hueFirst + i, Dash: i, Marker: true})
	}
	if worst < nearRetention*keep || keep == 0 {
		return omitted("Age against retention", fmt.Sprintf("No unread record was older than %s of the retention.", percent(nearRetention)))
	}
	c.Series = append(c.Series, b.towardsLoss(consumers)...)
	c.Rules = []Rule{{Name: "the retention: older records are gone", Value: keep, Hue: hueLost, Dash: 2}}
	c.Y = delayAxis("age of the oldest unread record", 0, top(c.Series, c.Rules))
	f := Figure{Chart: c}
	f.Title = fmt.Sprintf("The oldest unread record of %s was up to %s old, %s; records are kept for %s", who, duration(worst), b.binAt(at), duration(keep))
	if lost := b.lostUnread(); lost != "" {
		f.Title = upperFirst(lost)
	}
	f.Caption = "The retention is the one at the end of the run. A dashed line goes on as the age grew in the last quarter of the run."
	f.Alt = "Line chart over time. " + f.Title + "."
	f.Table = b.consumerBins("Age of the oldest unread record", consumers, func(s *sim.ConsumerSeries) []float64 { return s.OldestUnread }, duration)
	return f
}

// towardsLoss are the ages of those that fall behind, continued to the end of the axis.
func (b *builder) towardsLoss(consumers []*sim.ConsumerSeries) []Series {
	var list []Series
	end := b.r.EndedAtS
	for i, k := range consumers {
		for j := range b.r.Consumers {
			r := &b.r.Consumers[j]
			if r.Name != k.Name || r.UntilLossS == nil || len(k.OldestUnread) == 0 || len(list) == mostLines {
				continue
			}
			last := k.OldestUnread[len(k.OldestUnread)-1]
			back := end / 4
			list = append(list, Series{
				Name: shown(k.Name) + ": pace of the last quarter", Hue: hueFirst + i, Dash: 3, Thin: true,
				Points: []Point{{end - back, last - r.AgeGrowth*back*1e3}, {end, last}},
			})
		}
	}
	return list
}
