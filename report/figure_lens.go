package report

import (
	"fmt"
	"strings"

	"kinesim/sim"
)

// Lens is a figure as CloudWatch would show it.
type Lens struct {
	Title   string
	Caption string
	Chart   *Chart
}

// lensOf says how a figure looks through CloudWatch. Figures that are in neither table
// are the same there, or are of metrics that others publish.
var lensOf = map[string]func(*builder, *Chart) *Lens{
	"iterator-age":   (*builder).lensAge,
	"writes-records": func(b *builder, c *Chart) *Lens { return b.lensWrites(c, "IncomingRecords", recordFlow(b.r)) },
	"writes-bytes":   func(b *builder, c *Chart) *Lens { return b.lensWrites(c, "IncomingBytes", byteFlow(b.r)) },
	"refused":        (*builder).lensRefused,
}

// unseenBy says why there is nothing to see of a figure in CloudWatch.
var unseenBy = map[string]string{
	"shard-heatmap":   "By default CloudWatch shows nothing of single shards. Shard-level metrics are switched on for each stream, are charged for, and are sums of minutes as well.",
	"shard-load":      "By default CloudWatch shows nothing of single shards.",
	"backlog":         "CloudWatch has no metric of records that wait to be read, only of their age.",
	"retention-age":   "CloudWatch shows the age of what was read last, not of what is unread: a consumer that makes no calls shows none.",
	"lineage":         "CloudWatch shows nothing of shards and their parents.",
	"delay-over-time": "CloudWatch has no metric of the time from acceptance to hand-over.",
	"delay-curve":     "CloudWatch has no metric of these delays.",
	"keys":            "CloudWatch knows no partition keys.",
}

// addLens adds to a figure how CloudWatch would show it.
func (b *builder) addLens(f *Figure) {
	if f.Chart == nil || b.r.CloudWatch == nil || len(b.r.CloudWatch.Hidden.StreamUse) == 0 {
		return
	}
	f.Unseen = unseenBy[f.ID]
	if make := lensOf[f.ID]; make != nil {
		if f.Lens = make(b, f.Chart); f.Lens == nil {
			f.Unseen = "CloudWatch would show no data point of this."
			return
		}
		w := b.r.CloudWatch
		f.Lens.Chart.X, f.Lens.Chart.Y, f.Lens.Chart.Bands = f.Chart.X, f.Chart.Y, nil // the same scale, so that one look shows the difference
		f.Lens.Caption = fmt.Sprintf("What CloudWatch shows: a value for %s, visible %s after its end (assumed). ", periodName(w.PeriodS), duration(w.DelayS*1e3)) + f.Lens.Caption
	}
}

// published are the metrics of that name.
func (b *builder) published(name string) []sim.CloudWatchMetric {
	var list []sim.CloudWatchMetric
	for _, m := range b.r.CloudWatch.Metrics {
		if m.Metric == name {
			list = append(list, m)
		}
	}
	return list
}

// lensAge is the age of all consumers that poll together, and of each with fan-out.
func (b *builder) lensAge(c *Chart) *Lens {
	l := &Lens{Chart: &Chart{Rules: c.Rules}}
	worst, who := 0.0, ""
	for _, m := range append(b.published("GetRecords.IteratorAgeMilliseconds"), b.published("SubscribeToShardEvent.MillisBehindLatest")...) {
		name := "all that poll: " + m.Metric
		if consumer := m.Dimensions["ConsumerName"]; consumer != "" {
			name = shown(consumer) + ": " + m.Metric
		}
		if len(l.Chart.Series) == mostLines {
			break
		}
		s := Series{Name: name, Points: b.steps(known(m.Values)), Period: b.r.CloudWatch.PeriodS, Hue: hueFirst + len(l.Chart.Series), Dash: len(l.Chart.Series), Marker: true}
		if most, _ := highest(s.Points); most > worst {
			worst, who = most, strings.SplitN(name, ":", 2)[0]
		}
		l.Chart.Series = append(l.Chart.Series, s)
	}
	if len(l.Chart.Series) == 0 {
		return nil
	}
	l.Title = fmt.Sprintf("CloudWatch shows an age of at most %s, of %s", duration(worst), who)
	if worst == 0 {
		l.Title = "CloudWatch shows no age above zero"
	}
	l.Caption = "All consumers that poll share one metric, so it does not tell which of them is behind; one that makes no calls leaves a gap."
	return l
}

// lensWrites is a flow as sums of periods, divided by their length.
func (b *builder) lensWrites(c *Chart, name string, f flow) *Lens {
	l := &Lens{Chart: &Chart{}}
	most := 0.0
	for _, m := range b.published(name) {
		s := Series{Name: name + " ÷ seconds", Points: b.perSecond(m), Period: b.r.CloudWatch.PeriodS, Hue: hueAccepted}
		most, _ = highest(s.Points)
		l.Chart.Series = append(l.Chart.Series, s)
	}
	if len(l.Chart.Series) == 0 {
		return nil
	}
	if f.unit == "records" {
		for _, m := range b.published("WriteProvisionedThroughputExceeded") {
			if points := b.perSecond(m); !isFlat(points) {
				l.Chart.Series = append(l.Chart.Series, Series{Name: m.Metric + " ÷ seconds", Points: points, Period: b.r.CloudWatch.PeriodS, Hue: hueRefused, Marker: true})
			}
		}
	}
	for _, s := range c.Series {
		if s.Hue == hueLimit {
			l.Chart.Series = append(l.Chart.Series, s)
		}
	}
	l.Title = fmt.Sprintf("CloudWatch shows at most %s, as the mean of a period", f.text(most))
	l.Caption = "What was offered, and how much of it came within single seconds, it does not show."
	return l
}

// lensRefused is what CloudWatch counts of refusals.
func (b *builder) lensRefused(_ *Chart) *Lens {
	l := &Lens{Chart: &Chart{}}
	sum := 0.0
	for _, m := range b.published("WriteProvisionedThroughputExceeded") {
		for _, v := range known(m.Values) {
			sum += v
		}
		l.Chart.Series = append(l.Chart.Series, Series{Name: m.Metric + " ÷ seconds", Points: b.perSecond(m), Period: b.r.CloudWatch.PeriodS, Hue: hueRefused})
	}
	if len(l.Chart.Series) == 0 {
		return nil
	}
	l.Title = fmt.Sprintf("CloudWatch counts %s refused in all", plural(int64(sum), "attempt"))
	l.Caption = "It does not show which refused records were sent again and which were given up."
	return l
}

// perSecond are the sums of a metric as rates.
func (b *builder) perSecond(m sim.CloudWatchMetric) []Point {
	points := b.steps(known(m.Values))
	for i := 0; i+1 < len(points); i += 2 {
		span := max(points[i+1].X-points[i].X, 1e-9)
		points[i].Y /= span
		points[i+1].Y /= span
	}
	return points
}

func isFlat(points []Point) bool {
	most, _ := highest(points)
	return most == 0
}
