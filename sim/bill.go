package sim

import (
	"time"

	"kinesim/model"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// cost is the bill: the month at the rates and mean open shards since warm-up,
// and what the run itself would have cost. Hours are not rounded.
func (w *world) cost(ended des.Time) Cost {
	limits, prices, account := &w.config.Limits, w.config.prices(), w.config.Account
	from := w.warmup
	if ended <= from { // interrupted before there was anything to measure: the month is that of what there is
		from = 0
	}
	measured := w.usage(from, ended)
	month := limits.BillingMonth
	lines := prices.Bill(scaled(measured, month), account, month)
	c := Cost{Currency: "USD", PerMonth: model.Total(lines), Items: []CostItem{}}
	run := w.usage(0, ended)
	run.StoredBytes = w.storedLong(ended)
	for _, u := range []*model.OnDemandUsage{&run.OnDemand, &run.Advantage} {
		u.KeptBytes, u.LongTermBytes = 0, run.StoredBytes // what is a few days old is small in a run of hours, which errs low
	}
	c.OfRun = model.Total(prices.Bill(run, account, month))
	for _, l := range lines {
		c.Items = append(c.Items, CostItem{l.Item, l.Quantity, l.Unit, l.USD})
	}
	return c
}

// prices are those of the scenario, or those that come with this version.
func (c *Config) prices() model.Prices {
	if c.Prices != nil {
		return *c.Prices
	}
	return model.USEast1()
}

// usage is what was used in [from, to), where from is 0 or the end of warm-up.
func (w *world) usage(from, to des.Time) model.Usage {
	span := to.Sub(from)
	u := model.Usage{Time: span}
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
		kept := w.retentions(from, to)
		u.Extended, u.StoredBytes = kept.extended, rate*kept.long.Seconds()
		u.OnDemand.KeptBytes, u.OnDemand.LongTermBytes = rate*kept.days.Seconds(), u.StoredBytes
		u.Advantage.KeptBytes, u.Advantage.LongTermBytes = u.OnDemand.KeptBytes, u.StoredBytes
	}
	for _, k := range w.consumers {
		if k.Fanout() {
			u.FanoutConsumers++
		}
		if f := k.Fleet(); f != nil {
			u.LeaseTables++
			u.LeaseCapacity = u.LeaseCapacity || k.Config.Kind.(client.KCL).WriteUnits > 0
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

// keeping is how long records are kept, on average over some time.
type keeping struct {
	extended float64       // the part of the time with a retention above 24 hours
	days     time.Duration // beyond 24 hours and up to a week
	long     time.Duration // beyond a week
}

// retentions is how records are kept in [from, to).
func (w *world) retentions(from, to des.Time) keeping {
	var k keeping
	kept, at := w.config.Stream.Retention, from
	until := func(t des.Time) {
		if t = min(t, to); t > at {
			part := (t - at).Seconds() / (to - from).Seconds()
			if kept > model.MinRetention {
				k.extended += part
			}
			k.days += time.Duration(part * float64(max(0, min(kept, model.Week)-model.MinRetention)))
			k.long += time.Duration(part * float64(max(0, kept-model.Week)))
			at = t
		}
	}
	for _, change := range w.config.Stream.Retentions {
		until(change.At)
		kept = change.Retention
	}
	until(to)
	return k
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
	beyond := w.retentions(0, ended).long
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
	u.LongTermRead *= times
	u.LeaseWrites *= times
	u.LeaseReads *= times
	u.OnDemand = u.OnDemand.Times(times)
	u.Advantage = u.Advantage.Times(times)
	u.Time = span
	return u
}
