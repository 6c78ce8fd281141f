package report

import (
	"fmt"
	"math"

	"kinesim/sim"
)

// refusedReads shows which consumers were refused reads: five calls a second and 2 MiB/s
// of a shard are shared by all that poll it.
func (b *builder) refusedReads() Figure {
	consumers := b.worstLines(func(s *sim.ConsumerSeries) []Point { return b.runningTotal(s.ReadThrottled) })
	c := &Chart{X: b.moments.timeAxis()}
	worst, who, sum := 0.0, "", int64(0)
	for i, k := range consumers {
		points := b.runningTotal(k.ReadThrottled)
		if most, _ := highest(points); most > worst {
			worst, who = most, shown(k.Name)
		}
		sum += total(k.ReadThrottled)
		c.Series = append(c.Series, Series{Name: shown(k.Name), Points: thinned(points), Hue: hueFirst + i, Dash: i, Marker: true})
	}
	if worst == 0 {
		return omitted("Refused reads", "No read was refused.")
	}
	c.Y = countAxis("refused GetRecords calls since the start", worst)
	f := Figure{Chart: c, Title: fmt.Sprintf("%s refused, most of them to %s: %s", plural(sum, "read"), who, count(int64(worst)))}
	f.Caption = "Where a line climbs, reads are refused. By the rules of the service a shard takes five GetRecords calls a second and gives 2 MiB/s, to all consumers that poll it together. A refused read costs time, not records." + b.leftOut(len(consumers))
	f.Alt = "Line chart over time. " + f.Title + "."
	f.Table = b.consumerBins("Refused GetRecords calls, the most in a bin of each row", consumers,
		func(s *sim.ConsumerSeries) []float64 { return floats(s.ReadThrottled) }, func(v float64) string { return count(int64(v)) })
	return f
}

// runningTotal is the sum of the values of a bin and of all before it.
func (b *builder) runningTotal(values []int64) []Point {
	points := make([]Point, len(values))
	var sum int64
	for i, v := range values {
		sum += v
		points[i] = Point{b.middle(i), float64(sum)}
	}
	return points
}

// firstProducers are as many producers as a figure tells apart.
func (b *builder) firstProducers() []*sim.ProducerSeries {
	var list []*sim.ProducerSeries
	for i := range b.r.Series.Producers {
		if len(list) < mostLines {
			list = append(list, &b.r.Series.Producers[i])
		}
	}
	return list
}

// putLatency shows how long producers waited until their records were accepted.
func (b *builder) putLatency() Figure {
	c := &Chart{X: b.moments.timeAxis()}
	producers := b.firstProducers()
	low, worst, at, who := math.Inf(1), 0.0, 0.0, ""
	for i, p := range producers {
		p50, p99 := b.optional(p.PutLatencyP50), b.optional(p.PutLatencyP99)
		if most, when := highest(p99); most > worst {
			worst, at, who = most, when, shown(p.Name)
		}
		low = min(low, lowest(p50), lowest(p99))
		c.Series = append(c.Series,
			Series{Name: shown(p.Name) + " p99", Points: thinned(p99), Hue: hueFirst + i, Marker: true, Bridge: bridge},
			Series{Name: shown(p.Name) + " p50", Points: thinned(p50), Hue: hueFirst + i, Dash: 1, Bridge: bridge})
	}
	if worst == 0 {
		return omitted("Put latency over time", "No record was accepted.")
	}
	c.Y = delayAxis("put latency", low, top(c.Series, nil))
	f := Figure{Chart: c, Title: fmt.Sprintf("99 %% of the records of %s were accepted within %s even in the worst %s, %s", who, duration(worst), b.binName(), b.binAt(at))}
	f.Caption = "From the first sending of a record to the answer that accepted it, retries included, by the time of that answer." + b.otherProducers(len(producers))
	f.Alt = "Line chart over time. " + f.Title + "."
	f.Table = b.producerBins("Largest p99 of the put latency", producers, func(p *sim.ProducerSeries) []float64 { return known(p.PutLatencyP99) }, duration)
	return f
}

// waitingRecords shows how many refused records producers held, to send them again.
func (b *builder) waitingRecords() Figure {
	c := &Chart{X: b.moments.timeAxis()}
	producers := b.firstProducers()
	worst, at, who := 0.0, 0.0, ""
	for i, p := range producers {
		points := b.levels(floats(p.PendingRecords))
		if most, when := highest(points); most > worst {
			worst, at, who = most, when, shown(p.Name)
		}
		c.Series = append(c.Series, Series{Name: shown(p.Name), Points: thinned(points), Hue: hueFirst + i, Dash: i, Marker: true})
	}
	if worst == 0 {
		return omitted("Records that producers hold", "No record waited to be sent at the end of any bin.")
	}
	c.Y = countAxis("records waiting in the producer", worst)
	f := Figure{Chart: c, Title: fmt.Sprintf("%s held up to %s to be sent, %s", who, plural(int64(worst), "record"), b.binAt(at))}
	f.Caption = "At the end of each bin: records that fill a batch, are under way, or wait to be sent again. They are in the memory of the producer and lost with it." + b.otherProducers(len(producers))
	f.Alt = "Line chart over time. " + f.Title + "."
	f.Table = b.producerBins("Records waiting in the producer, the most of each row", producers, func(p *sim.ProducerSeries) []float64 { return floats(p.PendingRecords) },
		func(v float64) string { return count(int64(v)) })
	return f
}

func (b *builder) otherProducers(drawn int) string {
	if all := len(b.r.Series.Producers); all > drawn {
		return fmt.Sprintf(" Only the first %d of %d producers are drawn.", drawn, all)
	}
	return ""
}

// producerBins is the data table of a figure with a line for each producer.
func (b *builder) producerBins(caption string, producers []*sim.ProducerSeries, values func(*sim.ProducerSeries) []float64, text func(float64) string) Table {
	var names []string
	var lines [][]float64
	for _, p := range producers {
		names = append(names, shown(p.Name))
		lines = append(lines, values(p))
	}
	return b.mostOf(caption, names, lines, text)
}
