package sim

import (
	"math"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// retention is a change of the retention.
type retention struct {
	stream *kinesis.Stream
	change RetentionChange
}

// Act implements des.Actor.
func (r retention) Act(now des.Time) { r.stream.SetRetention(now, r.change.Retention) }

// String names the event in messages.
func (r retention) String() string { return "a change of the retention" }

// leastGrowth is the growth of an age, in seconds a second, below which it is taken
// for noise, and so is one of less than leastErrors standard errors. The growth is
// looked at in so many spans.
const (
	leastGrowth = 0.01
	leastErrors = 4
	growthSpans = 10
)

// untilLoss says how long it is until a consumer loses records that lost none so far, if
// the age of its oldest unread record goes on to grow as it did since warm-up, or since
// the last fault began or ended.
func (w *world) untilLoss(r *ConsumerResult, consumer int) {
	k := w.consumers[consumer]
	since := max(w.warmup, k.Config.Joins)
	for i := range w.config.Faults {
		f := &w.config.Faults[i]
		for _, t := range []des.Time{f.From, f.To} {
			if (f.Consumer == "" || f.Consumer == k.Config.Name) && t < w.engine.Now() {
				since = max(since, t)
			}
		}
	}
	step := w.observer.step
	ages := w.observer.series.Consumers[consumer].OldestUnread
	ages = ages[min(len(ages), int((since+step-1)/step)):]
	if len(ages) < 2*growthSpans || k.Total().Expired > 0 {
		return
	}
	growth, deviation := rise(ages, step.Seconds()*1e3)
	r.AgeGrowth = growth
	left := w.stream.Retention().Seconds() - ages[len(ages)-1]/1e3
	if growth <= leastGrowth || growth < leastErrors*deviation || left <= 0 {
		return
	}
	until := left / growth
	until = roundTo(until, until*2*deviation/growth)
	r.UntilLossS = &until
}

// rise is by how much values grow from one to the next, in steps so long, and its
// standard error. Readers that compete wander, so the error is that of the differences
// between the means of spans, and not that of single values about a line.
func rise(values []float64, step float64) (growth, deviation float64) {
	n := len(values) / growthSpans
	values = values[len(values)-n*growthSpans:]
	var rises []float64
	for i := n; i < len(values); i += n {
		rises = append(rises, (mean(values[i:i+n])-mean(values[i-n:i]))/(float64(n)*step))
	}
	growth = mean(rises)
	squares := 0.0
	for _, v := range rises {
		squares += float64((v - growth) * (v - growth))
	}
	return growth, math.Sqrt(squares / float64(len(rises)*(len(rises)-1)))
}

// roundTo is a time in seconds, no finer than its error.
func roundTo(seconds, err float64) float64 {
	for _, unit := range []float64{1, 10, 60, 600, 3600, 36000} {
		if unit >= err || unit == 36000 {
			return unit * math.Round(seconds/unit)
		}
	}
	return seconds
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
