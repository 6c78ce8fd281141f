package sim

import (
	"time"

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
// for noise.
const leastGrowth = 0.01

// untilLoss says how long it is until a consumer loses records, if the age of its
// oldest unread record goes on to grow as in the last quarter of the run.
func (w *world) untilLoss(r *ConsumerResult, consumer int) {
	ages := w.observer.series.Consumers[consumer].OldestUnread
	step := time.Duration(w.observer.step)
	n := len(ages) / 4
	if n < 2 {
		return
	}
	last := ages[len(ages)-1]
	// Two means, half a span apart, are steadier than two values.
	half := n / 2
	before, after := mean(ages[len(ages)-n:len(ages)-half]), mean(ages[len(ages)-half:])
	r.AgeGrowth = (after - before) / 1e3 / (float64(n) / 2 * step.Seconds())
	if left := w.stream.Retention().Seconds() - last/1e3; r.AgeGrowth > leastGrowth && left > 0 {
		until := left / r.AgeGrowth
		r.UntilLossS = &until
	}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
