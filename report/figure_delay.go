package report

import (
	"fmt"
	"math"

	"kinesim/sim"
)

// delayKind is one of the delays of consumers over time.
type delayKind struct {
	axis           string // what the vertical axis and the table call it
	none           string // what to say where nothing was measured
	finding        string // of the consumer, the value, the bin and its time
	caption        string
	p50, p99, most func(*sim.ConsumerSeries) []*float64
}

// delayOverTime shows how long records took from acceptance to hand-over.
func (b *builder) delayOverTime() Figure {
	return b.delays(delayKind{
		axis: "propagation delay", none: "No record was delivered to a consumer, or all at once.",
		finding: "99 %% of the records reached consumer %s within %s even in the worst %s, %s",
		caption: "From acceptance by the stream to hand-over to the consumer, by the time of the hand-over.",
		p50:     func(s *sim.ConsumerSeries) []*float64 { return s.PropagationP50 },
		p99:     func(s *sim.ConsumerSeries) []*float64 { return s.PropagationP99 },
		most:    func(s *sim.ConsumerSeries) []*float64 { return s.PropagationMax },
	})
}

// endToEndOverTime shows how long records took from arising to processed.
func (b *builder) endToEndOverTime() Figure {
	return b.delays(delayKind{
		axis: "end-to-end latency", none: "No record was processed.",
		finding: "Consumer %s had processed 99 %% of the records within %s of arising even in the worst %s, %s",
		caption: "From arising at the producer to processed by the consumer, with linger and retries, by the time of the processing.",
		p50:     func(s *sim.ConsumerSeries) []*float64 { return s.EndToEndP50 },
		p99:     func(s *sim.ConsumerSeries) []*float64 { return s.EndToEndP99 },
		most:    func(s *sim.ConsumerSeries) []*float64 { return s.EndToEndMax },
	})
}

func (b *builder) delays(k delayKind) Figure {
	consumers := b.worstLines(func(s *sim.ConsumerSeries) []Point { return b.optional(k.p99(s)) })
	c := &Chart{X: b.moments.timeAxis()}
	low, worst, at := math.Inf(1), 0.0, 0.0
	var name string
	all := len(consumers) <= 2 // more lines than that hide each other
	for i, s := range consumers {
		p99 := b.optional(k.p99(s))
		if value, when := highest(p99); value > worst {
			worst, at, name = value, when, shown(s.Name)
		}
		add := func(label string, points []Point, dash int, thin bool) {
			low = min(low, lowest(points))
			c.Series = append(c.Series, Series{Name: shown(s.Name) + " " + label, Points: thinned(points), Hue: hueFirst + i, Dash: dash, Thin: thin, Marker: label == "p99", Bridge: bridge})
		}
		if all {
			add("max", b.optional(k.most(s)), 3, true)
		}
		add("p99", p99, 0, false)
		if all || len(consumers) <= 3 {
			add("p50", b.optional(k.p50(s)), 1, false)
		}
	}
	if worst == 0 {
		return omitted(upperFirst(k.axis)+" over time", k.none)
	}
	c.Y = delayAxis(k.axis, low, top(c.Series, nil))
	f := Figure{Chart: c, Title: fmt.Sprintf(k.finding, name, duration(worst), b.binName(), b.binAt(at))}
	f.Caption = k.caption + b.leftOut(len(consumers))
	f.Alt = "Line chart over time. " + f.Title + "."
	f.Table = b.consumerBins("Largest p99 of the "+k.axis, consumers, func(s *sim.ConsumerSeries) []float64 { return known(k.p99(s)) }, duration)
	return f
}

// lowest is the smallest value above zero; infinite without one.
func lowest(points []Point) float64 {
	low := math.Inf(1)
	for _, p := range points {
		if p.Y > 0 {
			low = min(low, p.Y)
		}
	}
	return low
}
