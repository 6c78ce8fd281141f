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
	run.StoredBytes = w.storedLong(run, ended)
	for _, u := range []*model.OnDemandUsage{&run.OnDemand, &run.Advantage} {
		u.KeptBytes, u.LongTermBytes = 0, run.StoredBytes // what is a few days old is small in a run of hours, which errs low
	}
	c.OfRun = model.Total(prices.Bill(run, month))
	for _, l := range lines {
		c.Items = append(c.Items, CostItem{l.Item, l.Quantity, l.Unit, l.USD})
	}
	return c
}

// usage is what was used in [from, to), where from is 0 or the end of warm-up.
func (w *world) usage(from, to des.Time) model.Usage {
	span := to.Sub(from)
	u := model.Usage{Time: span, Retention: w.config.Stream.Retention}
	w.modes(&u, from, to)
	var bytes float64
	for i := range w.stream.Shards() {
		m, before := w.stream.Meter(i), kinesis.Meter{}
		if from > 0 {
			before = w.observer.warm[i]
		}
		bytes += float64(m.IncomingBytes - before.IncomingBytes)
	}
	if span > 0 { // in the steady state, once the stream has run that long
		rate := bytes / span.Seconds()
		u.StoredBytes = rate * max(0, u.Retention-model.Week).Seconds()
		kept := rate * max(0, min(u.Retention, model.Week)-model.MinRetention).Seconds()
		u.OnDemand.KeptBytes, u.OnDemand.LongTermBytes = kept, u.StoredBytes
		u.Advantage.KeptBytes, u.Advantage.LongTermBytes = kept, u.StoredBytes
	}
	for _, k := range w.consumers {
		if k.Fanout() {
			u.FanoutConsumers++
		}
		if f := k.Fleet(); f != nil {
			u.LeaseTables++
			u.LeaseWrites += float64(f.Writes - f.Throttled)
			u.LeaseReads += f.ReadUnits
		}
	}
	return u
}

// shardHours are the hours that shards were open in [from, to).
func (w *world) shardHours(from, to des.Time) float64 {
	hours := 0.0
	for i := range w.stream.Shards() {
		began, ended := w.stream.Life(i)
		if begin, end := max(from, began), min(to, ended); begin < end {
			hours += end.Sub(begin).Hours()
		}
	}
	return hours
}

// storedLong is how much of what the run brought was in long-term storage, on average
// over the run: what came more than a week before its end, for as long as that was so.
// It takes an even rate.
func (w *world) storedLong(u model.Usage, ended des.Time) float64 {
	old := ended.Sub(0) - model.Week
	if u.Retention <= model.Week || old <= 0 {
		return 0
	}
	var bytes float64
	for i := range w.stream.Shards() {
		bytes += float64(w.stream.Meter(i).IncomingBytes)
	}
	kept := min(old, u.Retention-model.Week)
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
	u.OnDemand = u.OnDemand.Times(times)
	u.Advantage = u.Advantage.Times(times)
	u.Time = span
	return u
}
