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
	measured := w.usage(w.warmup, ended)
	month := limits.BillingMonth
	lines := prices.Bill(scaled(measured, month), month)
	c := Cost{Currency: "USD", PerMonth: model.Total(lines), Items: []CostItem{}}
	c.OfRun = model.Total(prices.Bill(w.usage(0, ended), month))
	for _, l := range lines {
		c.Items = append(c.Items, CostItem{l.Item, l.Quantity, l.Unit, l.USD})
	}
	return c
}

// usage is what was used in [from, to), where from is 0 or the end of warm-up.
func (w *world) usage(from, to des.Time) model.Usage {
	span := to.Sub(from)
	u := model.Usage{Time: span, Retention: w.config.Stream.Retention, ShardHours: float64(w.stream.Shards()) * span.Hours()}
	var bytes float64
	for i := range w.stream.Shards() {
		m, before := w.stream.Meter(i), kinesis.Meter{}
		if from > 0 {
			before = w.observer.warm[i]
		}
		u.PayloadUnits += float64(m.PayloadUnits - before.PayloadUnits)
		bytes += float64(m.IncomingBytes - before.IncomingBytes)
	}
	if old := u.Retention - model.Week; old > 0 && span > 0 { // once the stream has run that long
		u.StoredBytes = bytes / span.Seconds() * old.Seconds()
	}
	for _, k := range w.consumers {
		if k.Fanout() {
			u.FanoutConsumers++
			u.FanoutBytes += float64(k.Bytes)
		}
		if f := k.Fleet(); f != nil {
			u.LeaseTables++
			u.LeaseWrites += float64(f.Writes - f.Throttled)
			u.LeaseReads += f.ReadUnits
		}
	}
	return u
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
