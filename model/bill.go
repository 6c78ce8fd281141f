package model

import "time"

// Prices are what a stream costs in either mode, and the lease tables of those who read
// it, from the pricing pages for us-east-1 as stored in 2026.
type Prices struct {
	ShardHour         USD // an open shard
	PayloadUnit       USD // one PUT payload unit
	ExtendedShardHour USD // on top, for each open shard, while retention is above 24 hours
	LongTermGiBMonth  USD // storage of data older than 7 days
	FanoutShardHour   USD // an enhanced fan-out consumer on one shard
	FanoutGiB         USD // retrieved by enhanced fan-out
	OnDemand          OnDemandPrices
	Advantage         OnDemandPrices // derived from the discounts that AWS published
	TableWrites       USD            // a million write units of a DynamoDB table on demand
	TableReads        USD            // likewise of read units
}

// OnDemandPrices are what an on-demand stream costs. Sizes of records are counted in
// whole KiB on the way in.
type OnDemandPrices struct {
	StreamHour   USD
	InGiB        USD
	OutGiB       USD // by GetRecords
	FanoutGiB    USD
	KeptGiBMonth USD // of data from 24 hours to 7 days old; LongTermGiBMonth is for what is older
}

// Commitment is what the Advantage setting commits an account to, a second, on the way
// in and on the way out; what its streams do not use is billed all the same.
const Commitment = 25 * MiB

// USEast1 are the prices of Region us-east-1.
func USEast1() Prices {
	return Prices{
		ShardHour:         15 * Dollar / 1000,
		PayloadUnit:       14, // 0.014 USD a million
		ExtendedShardHour: 20 * Dollar / 1000,
		LongTermGiBMonth:  23 * Dollar / 1000,
		FanoutShardHour:   15 * Dollar / 1000,
		FanoutGiB:         13 * Dollar / 1000,
		OnDemand: OnDemandPrices{
			StreamHour: 40 * Dollar / 1000, InGiB: 80 * Dollar / 1000, OutGiB: 40 * Dollar / 1000,
			FanoutGiB: 50 * Dollar / 1000, KeptGiBMonth: 100 * Dollar / 1000,
		},
		Advantage: OnDemandPrices{
			InGiB: 32 * Dollar / 1000, OutGiB: 16 * Dollar / 1000, FanoutGiB: 16 * Dollar / 1000, KeptGiBMonth: 23 * Dollar / 1000,
		},
		TableWrites: 625 * Dollar / 1000,
		TableReads:  125 * Dollar / 1000,
	}
}

// Usage is what a stream used over some time, or would use. ShardHours, PayloadUnits and
// FanoutBytes are of the time in which it was provisioned.
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

// Week is the retention up to which extended retention goes; long-term
// retention is beyond.
const Week = 7 * 24 * time.Hour

// Bill prices a usage, line by line. Hours are not rounded, data in and out with
// classic readers is free, and months have billingMonth.
func (p Prices) Bill(u Usage, billingMonth time.Duration) []BillLine {
	line := func(item, unit string, quantity float64, price USD) BillLine {
		return BillLine{item, unit, quantity, quantity * price.Float()}
	}
	var lines []BillLine
	if u.ShardHours > 0 || u.OnDemand.Hours+u.Advantage.Hours == 0 {
		lines = append(lines,
			line("open shards", "shard-hours", u.ShardHours, p.ShardHour),
			line("PUT payload units", "units", u.PayloadUnits, p.PayloadUnit))
	}
	lines = append(lines, u.OnDemand.bill("on-demand", p.OnDemand, p.LongTermGiBMonth, billingMonth)...)
	lines = append(lines, u.Advantage.bill("on-demand advantage", p.Advantage, p.LongTermGiBMonth, billingMonth)...)
	lines = append(lines, u.Advantage.shortfall(p.Advantage)...)
	if u.Extended > 0 && u.ShardHours > 0 {
		lines = append(lines, line("extended retention", "shard-hours", u.ShardHours*u.Extended, p.ExtendedShardHour))
	}
	if u.StoredBytes > 0 && u.ShardHours > 0 {
		months := u.Time.Hours() / billingMonth.Hours()
		lines = append(lines, line("long-term retention", "GiB-months", u.StoredBytes/float64(GiB)*months, p.LongTermGiBMonth))
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

// shortfall prices what is missing to the commitment of the Advantage setting, as if
// the account had no other stream.
func (u OnDemandUsage) shortfall(p OnDemandPrices) (lines []BillLine) {
	if u.Hours == 0 {
		return nil
	}
	committed := float64(Commitment) * u.Hours * 3600
	if missing := (committed - u.InBytes) / float64(GiB); missing > 0 {
		lines = append(lines, BillLine{"commitment not used, data in", "GiB", missing, missing * p.InGiB.Float()})
	}
	if missing := (committed - u.OutBytes - u.FanoutBytes) / float64(GiB); missing > 0 {
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
