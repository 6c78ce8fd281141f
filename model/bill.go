package model

import "time"

// Usage is what a stream used over some time, or would use. ShardHours, PayloadUnits,
// FanoutBytes and LongTermRead are of the time in which it was provisioned.
type Usage struct {
	Time            time.Duration
	OnDemand        OnDemandUsage // of the time in which it was on-demand
	Advantage       OnDemandUsage // likewise, with the Advantage setting
	ShardHours      float64
	PayloadUnits    float64
	Extended        float64 // part of the shard-hours with a retention above 24 hours
	StoredBytes     float64 // older than 7 days, on average over Time
	FanoutConsumers int
	FanoutBytes     float64
	LongTermRead    float64 // bytes older than 7 days that GetRecords returned
	LeaseTables     int     // of applications of the Kinesis Client Library
	LeaseWrites     float64 // units
	LeaseReads      float64
	LeaseCapacity   bool // of a lease table with provisioned capacity, whose price is not known here
}

// OnDemandUsage is what a stream used while it was on-demand.
type OnDemandUsage struct {
	Hours                    float64
	InBytes                  float64 // each record in whole KiB
	OutBytes, FanoutBytes    float64
	KeptBytes, LongTermBytes float64 // from 24 hours to 7 days old, and older, on average over Hours
}

// BillLine is one line of a bill.
type BillLine struct {
	Item, Unit string
	Quantity   float64
	USD        float64
}

// Account is what other streams of the account take of what belongs to all of them.
type Account struct {
	InBytes, OutBytes float64 // a second, of its other on-demand streams
	Shards            int64   // open shards of its other provisioned streams
}

// Week is the retention up to which extended retention goes; long-term
// retention is beyond.
const Week = 7 * 24 * time.Hour

// Bill prices a usage, line by line. Hours are not rounded, data in and out with
// classic readers is free, and months have billingMonth. Of the commitment of an account
// only what its other streams leave falls to this one.
func (p Prices) Bill(u Usage, a Account, billingMonth time.Duration) []BillLine {
	line := func(item, unit string, quantity float64, price USD) BillLine {
		return BillLine{item, unit, quantity, quantity * price.Float()}
	}
	var lines []BillLine
	if u.ShardHours > 0 || u.OnDemand.Hours+u.Advantage.Hours == 0 {
		lines = append(lines,
			line("open shards", "shard-hours", u.ShardHours, p.ShardHour),
			BillLine{"PUT payload units", "units", u.PayloadUnits, u.PayloadUnits * p.PayloadUnits.Float() / 1e6})
	}
	lines = append(lines, u.OnDemand.bill("on-demand", p.OnDemand, p.LongTermGiBMonth, billingMonth)...)
	lines = append(lines, u.Advantage.bill("on-demand advantage", p.Advantage, p.LongTermGiBMonth, billingMonth)...)
	lines = append(lines, u.Advantage.shortfall(p.Advantage, a)...)
	if u.Extended > 0 && u.ShardHours > 0 {
		lines = append(lines, line("extended retention", "shard-hours", u.ShardHours*u.Extended, p.ExtendedShardHour))
	}
	if u.StoredBytes > 0 && u.ShardHours > 0 {
		months := u.Time.Hours() / billingMonth.Hours()
		lines = append(lines, line("long-term retention", "GiB-months", u.StoredBytes/float64(GiB)*months, p.LongTermGiBMonth))
	}
	if u.LongTermRead > 0 {
		lines = append(lines, line("long-term retrieval", "GiB", u.LongTermRead/float64(GiB), p.LongTermReadGiB))
	}
	if u.FanoutConsumers > 0 && u.ShardHours > 0 {
		lines = append(lines,
			line("enhanced fan-out consumers", "consumer-shard-hours", u.ShardHours*float64(u.FanoutConsumers), p.FanoutShardHour),
			line("enhanced fan-out data", "GiB", u.FanoutBytes/float64(GiB), p.FanoutGiB))
	}
	if u.LeaseTables > 0 {
		how := "DynamoDB on demand"
		if u.LeaseCapacity {
			how = "provisioned, priced as DynamoDB on demand"
		}
		lines = append(lines,
			line("lease table writes ("+how+")", "million units", u.LeaseWrites/1e6, p.TableWrites),
			line("lease table reads ("+how+")", "million units", u.LeaseReads/1e6, p.TableReads))
	}
	return lines
}

// Times is the usage of so many times as long.
func (u OnDemandUsage) Times(n float64) OnDemandUsage {
	u.Hours, u.InBytes, u.OutBytes, u.FanoutBytes = u.Hours*n, u.InBytes*n, u.OutBytes*n, u.FanoutBytes*n
	return u
}

// bill prices the time as an on-demand stream.
func (u OnDemandUsage) bill(mode string, p OnDemandPrices, longTerm USD, billingMonth time.Duration) (lines []BillLine) {
	if u.Hours == 0 {
		return nil
	}
	add := func(item, unit string, quantity float64, price USD) {
		if quantity > 0 && price > 0 {
			lines = append(lines, BillLine{mode + " " + item, unit, quantity, quantity * price.Float()})
		}
	}
	months := u.Hours / billingMonth.Hours()
	add("stream", "stream-hours", u.Hours, p.StreamHour)
	add("data in", "GiB", u.InBytes/float64(GiB), p.InGiB)
	add("data out", "GiB", u.OutBytes/float64(GiB), p.OutGiB)
	add("enhanced fan-out data", "GiB", u.FanoutBytes/float64(GiB), p.FanoutGiB)
	add("extended retention", "GiB-months", u.KeptBytes/float64(GiB)*months, p.KeptGiBMonth)
	add("long-term retention", "GiB-months", u.LongTermBytes/float64(GiB)*months, longTerm)
	return lines
}

// shortfall prices what is missing to the commitment of the Advantage setting, beside what
// other streams of the account use.
func (u OnDemandUsage) shortfall(p OnDemandPrices, a Account) (lines []BillLine) {
	if u.Hours == 0 {
		return nil
	}
	seconds := u.Hours * 3600
	if missing := ((float64(Commitment)-a.InBytes)*seconds - u.InBytes) / float64(GiB); missing > 0 {
		lines = append(lines, BillLine{"commitment not used, data in", "GiB", missing, missing * p.InGiB.Float()})
	}
	if missing := ((float64(Commitment)-a.OutBytes)*seconds - u.OutBytes - u.FanoutBytes) / float64(GiB); missing > 0 {
		lines = append(lines, BillLine{"commitment not used, data out", "GiB", missing, missing * p.OutGiB.Float()})
	}
	return lines
}

// Total adds up a bill, in USD.
func Total(lines []BillLine) float64 {
	sum := 0.0
	for _, l := range lines {
		sum += l.USD
	}
	return sum
}
