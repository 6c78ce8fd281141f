package model

import "time"

// Prices are what a provisioned stream costs, and the lease tables of those who read
// it, from the pricing pages for us-east-1 as stored in 2026.
type Prices struct {
	ShardHour         USD // an open shard
	PayloadUnit       USD // one PUT payload unit
	ExtendedShardHour USD // on top, for each open shard, while retention is above 24 hours
	LongTermGiBMonth  USD // storage of data older than 7 days
	FanoutShardHour   USD // an enhanced fan-out consumer on one shard
	FanoutGiB         USD // retrieved by enhanced fan-out
	TableWrites       USD // a million write units of a DynamoDB table on demand
	TableReads        USD // likewise of read units
}

// USEast1 are the prices of Region us-east-1.
func USEast1() Prices {
	return Prices{
		ShardHour:         15 * Dollar / 1000,
		PayloadUnit:       14, // 0.014 USD a million
		ExtendedShardHour: 20 * Dollar / 1000,
		LongTermGiBMonth:  23 * Dollar / 1000,
		FanoutShardHour:   15 * Dollar / 1000,
		FanoutGiB:         13 * Dollar / 1000,
		TableWrites:       625 * Dollar / 1000,
		TableReads:        125 * Dollar / 1000,
	}
}

// Usage is what a provisioned stream used over some time, or would use.
type Usage struct {
	Time            time.Duration
	ShardHours      float64
	PayloadUnits    float64
	Extended        float64 // part of the shard-hours with a retention above 24 hours
	StoredBytes     float64 // older than 7 days, on average over Time
	FanoutConsumers int
	FanoutBytes     float64
	LeaseTables     int     // of applications of the Kinesis Client Library
	LeaseWrites     float64 // units
	LeaseReads      float64
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
	lines := []BillLine{
		line("open shards", "shard-hours", u.ShardHours, p.ShardHour),
		line("PUT payload units", "units", u.PayloadUnits, p.PayloadUnit),
	}
	if u.Extended > 0 {
		lines = append(lines, line("extended retention", "shard-hours", u.ShardHours*u.Extended, p.ExtendedShardHour))
	}
	if u.StoredBytes > 0 {
		months := u.Time.Hours() / billingMonth.Hours()
		lines = append(lines, line("long-term retention", "GiB-months", u.StoredBytes/float64(GiB)*months, p.LongTermGiBMonth))
	}
	if u.FanoutConsumers > 0 {
		lines = append(lines,
			line("enhanced fan-out consumers", "consumer-shard-hours", u.ShardHours*float64(u.FanoutConsumers), p.FanoutShardHour),
			line("enhanced fan-out data", "GiB", u.FanoutBytes/float64(GiB), p.FanoutGiB))
	}
	if u.LeaseTables > 0 {
		lines = append(lines,
			line("lease table writes (DynamoDB on demand)", "million units", u.LeaseWrites/1e6, p.TableWrites),
			line("lease table reads (DynamoDB on demand)", "million units", u.LeaseReads/1e6, p.TableReads))
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
