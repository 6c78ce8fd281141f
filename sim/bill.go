package sim

import (
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// cost is the bill: the month at the rates and mean open shards since warm-up,
// and what the run itself would have cost. Hours are not rounded.
func (w *world) cost(ended des.Time) Cost {
	limits, prices := &w.config.Limits, model.USEast1()
	from := w.warmup
	if ended <= from { // interrupted before there was anything to measure: the month is that of what there is
		from = 0
	}
	measured := w.usage(from, ended)
	month := limits.BillingMonth
	lines := prices.Bill(scaled(measured, month), month)
	c := Cost{Currency: "USD", PerMonth: model.Total(lines), Items: []CostItem{}}
	run := w.usage(0, ended)
	run.StoredBytes = w.storedLong(ended)
	c.OfRun = model.Total(prices.Bill(run, month))
	for _, l := range lines {
		c.Items = append(c.Items, CostItem{l.Item, l.Quantity, l.Unit, l.USD})
	}
	return c
}

// usage is what was used in [from, to), where from is 0 or the end of warm-up.
func (w *world) usage(from, to des.Time) model.Usage {
	span := to.Sub(from)
	u := model.Usage{Time: span, ShardHours: float64(w.stream.Shards()) * span.Hours()}
	var bytes float64
	for i := range w.stream.Shards() {
		m, before := w.stream.Meter(i), kinesis.Meter{}
		if from > 0 {
			before = w.observer.warm[i]
		}
		u.PayloadUnits += float64(m.PayloadUnits - before.PayloadUnits)
		bytes += float64(m.IncomingBytes - before.IncomingBytes)
	}
	if span > 0 {
		old := time.Duration(0)
		u.Extended, old = w.retentions(from, to)
		u.StoredBytes = bytes / span.Seconds() * old.Seconds() // in the steady state, once the stream has run that long
	}
	for _, k := range w.consumers {
		if k.Fanout() {
			u.FanoutConsumers++
			u.FanoutBytes += float64(k.Bytes)
			if from == 0 {
				u.FanoutBytes += float64(k.WarmBytes)
			}
		}
		if f := k.Fleet(); f != nil {
			u.LeaseTables++
			u.LeaseWrites += float64(f.Writes - f.Throttled)
			u.LeaseReads += f.ReadUnits
			if from == 0 {
				u.LeaseWrites += float64(f.WarmWrites)
				u.LeaseReads += f.WarmReadUnits
			}
		}
	}
	return u
}

// retentions are, of the time [from, to), the part with a retention above 24 hours, and
// for how long beyond a week records were kept, on average.
func (w *world) retentions(from, to des.Time) (extended float64, beyond time.Duration) {
	kept, at := w.config.Stream.Retention, from
	until := func(t des.Time) {
		if t = min(t, to); t > at {
			part := (t - at).Seconds() / (to - from).Seconds()
			if kept > model.MinRetention {
				extended += part
			}
			beyond += time.Duration(part * float64(max(0, kept-model.Week)))
			at = t
		}
	}
	for _, change := range w.config.Stream.Retentions {
		until(change.At)
		kept = change.Retention
	}
	until(to)
	return extended, beyond
}

// storedLong is how much of what the run brought was in long-term storage, on average
// over the run: what came more than a week before its end, for as long as that was so.
// It takes an even rate.
func (w *world) storedLong(ended des.Time) float64 {
	old := ended.Sub(0) - model.Week
	if old <= 0 {
		return 0
	}
	var bytes float64
	for i := range w.stream.Shards() {
		bytes += float64(w.stream.Meter(i).IncomingBytes)
	}
	_, beyond := w.retentions(0, ended)
	kept := min(old, beyond)
	// It grows from the end of the first week on, until as much goes as comes.
	mean := kept.Seconds() * (old.Seconds() - kept.Seconds()/2) / ended.Seconds()
	return bytes / ended.Seconds() * mean
}

// scaled is the usage of span at the rates of u.
func scaled(u model.Usage, span time.Duration) model.Usage {
	if u.Time <= 0 {
		return u
	}
	times := span.Seconds() / u.Time.Seconds()
	u.ShardHours *= times
	u.PayloadUnits *= times
	u.FanoutBytes *= times
	u.LeaseWrites *= times
	u.LeaseReads *= times
	u.Time = span
	return u
}
