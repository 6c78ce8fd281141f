package sim_test

import (
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// Of a month of 30 days: its hours and seconds, and how many GiB a MiB/s and a B/s bring.
const (
	monthHours   = 720.0
	monthSeconds = 2_592_000.0
	gibOfMiB     = monthSeconds / 1024 // 2,531.25
	gibOfByte    = monthSeconds / (1 << 30)
	dayGiBOfMiB  = 86_400.0 / 1024 // 84.375: what a MiB/s brings in a day
)

// bare is a stream whose records have a key of one byte and so much data: size and rate are
// what the rows below reckon with, to the byte.
func bare(shards int, perSecond int64, size int) *sim.Config {
	c := scene(shards, perSecond, time.Minute)
	c.Producers[0].Size, c.Producers[0].Keys = workload.ConstantSize(size-1), oneKey("k")
	return c
}

// in is a stream in a mode.
func in(mode sim.Mode, c *sim.Config, change ...func(*sim.Config)) *sim.Config {
	c.Stream.Mode = mode
	for _, f := range change {
		f(c)
	}
	return c
}

func kept(d time.Duration) func(*sim.Config) { return func(c *sim.Config) { c.Stream.Retention = d } }

func readBy(k ...client.ConsumerConfig) func(*sim.Config) {
	return func(c *sim.Config) { c.Consumers = k }
}

// handRow is a stream with its bill, worked out by hand line by line.
type handRow struct {
	name   string
	config *sim.Config
	want   map[string]float64 // USD a month by item
}

// provisionedByHand are bills of provisioned streams.
func provisionedByHand() []handRow {
	shards := func(n, units float64) map[string]float64 {
		return map[string]float64{"open shards": n * 720 * 0.015, "PUT payload units": units * 2.592 * 0.014} // units a second, and 2.592 million seconds
	}
	with := func(m map[string]float64, item string, usd float64) map[string]float64 { m[item] = usd; return m }
	unit := func(c *sim.Config) { c.Limits.PutPayloadUnit = 25_000 }
	week := 7 * 24 * time.Hour
	mib := 1 << 20
	return []handRow{
		{"a byte and its key are a unit", in("provisioned", bare(1, 10, 2)), shards(1, 10*1)},
		{"25 KiB with the key are one unit", in("provisioned", bare(1, 10, 25_600)), shards(1, 10*1)},
		{"the key makes it two", in("provisioned", bare(1, 10, 25_601)), shards(1, 10*2)},
		{"two units to the brim", in("provisioned", bare(1, 10, 51_200)), shards(1, 10*2)},
		{"and three", in("provisioned", bare(1, 10, 51_201)), shards(1, 10*3)},
		{"100 KiB", in("provisioned", bare(2, 4, 102_400)), shards(2, 4*4)},
		{"1 MiB", in("provisioned", bare(2, 1, mib)), shards(2, 1*41)},
		{"25 KiB by units of 25,000 B", in("provisioned", bare(1, 10, 25_600), unit), shards(1, 10*2)},
		{"1 MiB by units of 25,000 B", in("provisioned", bare(1, 1, mib), unit), shards(1, 1*42)},
		{"100 records/s of 35 KiB on 4 shards", in("provisioned", perShard(bare(4, 100, 35*1024))), map[string]float64{"open shards": 43.20, "PUT payload units": 7.2576}},
		{"1,000 records/s of 500 B", in("provisioned", bare(1, 1000, 500)), map[string]float64{"open shards": 10.80, "PUT payload units": 36.288}},
		{"24 h cost nothing more", in("provisioned", bare(2, 10, 100), kept(24*time.Hour)), shards(2, 10)},
		{"25 h cost the whole rate", in("provisioned", bare(2, 10, 100), kept(25*time.Hour)), with(shards(2, 10), "extended retention", 2*720*0.02)},
		{"7 days cost no more than that", in("provisioned", bare(2, 10, 100), kept(week)), with(shards(2, 10), "extended retention", 2*720*0.02)},
		{"the eighth day is stored by the GiB", in("provisioned", bare(2, 1, mib/2), kept(week+24*time.Hour)),
			with(with(shards(2, 21), "extended retention", 2*720*0.02), "long-term retention", 0.5*dayGiBOfMiB*1*0.023)},
		{"365 days", in("provisioned", bare(2, 1, mib/2), kept(365*24*time.Hour)),
			with(with(shards(2, 21), "extended retention", 2*720*0.02), "long-term retention", 0.5*dayGiBOfMiB*358*0.023)},
		{"classic reading is free", in("provisioned", bare(1, 1, mib/2), readBy(classic("a", time.Second), classic("b", time.Second))), shards(1, 21)},
		{"two consumers by fan-out on three shards", in("provisioned", bare(3, 1, mib/2), readBy(efo("a"), efo("b"))),
			with(with(shards(3, 21), "enhanced fan-out consumers", 2*3*720*0.015), "enhanced fan-out data", 2*0.5*gibOfMiB*0.013)},
	}
}

// perShard spreads the records evenly over four shards, by a key for each.
func perShard(c *sim.Config) *sim.Config {
	keys := workload.List{}
	for _, name := range []string{"k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v"} {
		keys = append(keys, workload.Key{Name: name, Weight: 1})
	}
	c.Producers[0].Keys = keys
	c.Limits.WriteBurstBytes, c.Limits.WriteBytesPerSecond = 16*model.MiB, 16*model.MiB // which are not what is looked at here
	return c
}

// onDemandByHand are bills of on-demand streams, without and with the Advantage setting.
func onDemandByHand() []handRow {
	const hours = "on-demand stream"
	mib := 1 << 20
	second := func(c *sim.Config) {
		c.Limits.WriteBurstBytes, c.Limits.WriteBytesPerSecond = 64*model.MiB, 64*model.MiB
	}
	warm := func(c *sim.Config) { c.Stream.Warm = 100 * model.MiB }
	account := func(c *sim.Config) {
		c.Account = model.Account{InBytes: 25 * float64(model.MiB), OutBytes: 24 * float64(model.MiB)}
	}
	return []handRow{
		{"1 KiB with the key", in(sim.OnDemand, bare(4, 100, 1024)), map[string]float64{hours: 28.80, "on-demand data in": 100 * 1024 * gibOfByte * 0.08}},
		{"a byte more is 2 KiB", in(sim.OnDemand, bare(4, 100, 1025)), map[string]float64{hours: 28.80, "on-demand data in": 100 * 2048 * gibOfByte * 0.08}},
		{"out is what was read, not rounded, by each classic reader", in(sim.OnDemand, bare(4, 100, 1025), readBy(classic("a", time.Second), classic("b", time.Second))),
			map[string]float64{hours: 28.80, "on-demand data in": 100 * 2048 * gibOfByte * 0.08, "on-demand data out": 2 * 100 * 1025 * gibOfByte * 0.04}},
		{"fan-out has its own price", in(sim.OnDemand, bare(4, 1, mib/2), readBy(efo("a"))),
			map[string]float64{hours: 28.80, "on-demand data in": .5 * gibOfMiB * 0.08, "on-demand enhanced fan-out data": .5 * gibOfMiB * 0.05}},
		{"from 24 hours to 7 days", in(sim.OnDemand, bare(4, 1, mib/2), kept(48*time.Hour)),
			map[string]float64{hours: 28.80, "on-demand data in": .5 * gibOfMiB * 0.08, "on-demand extended retention": .5 * dayGiBOfMiB * 1 * 0.10}},
		{"and beyond", in(sim.OnDemand, bare(4, 1, mib/2), kept(8*24*time.Hour)),
			map[string]float64{hours: 28.80, "on-demand data in": .5 * gibOfMiB * 0.08, "on-demand extended retention": .5 * dayGiBOfMiB * 6 * 0.10, "on-demand long-term retention": .5 * dayGiBOfMiB * 1 * 0.023}},
		{"an idle commitment is 3,037.50", in(sim.OnDemandAdvantage, bare(4, 1, mib), warm),
			map[string]float64{"on-demand advantage data in": gibOfMiB * 0.032, "commitment not used, data in": 24 * gibOfMiB * 0.032, "commitment not used, data out": 25 * gibOfMiB * 0.016}},
		{"used to the brim", in(sim.OnDemandAdvantage, bare(50, 25, mib), second, readBy(classic("a", 200*time.Millisecond))),
			map[string]float64{"on-demand advantage data in": 2025.00, "on-demand advantage data out": 25 * gibOfMiB * 0.016}},
		{"beyond it, by fan-out at the price of all that goes out", in(sim.OnDemandAdvantage, bare(64, 30, mib), second, readBy(efo("a"))),
			map[string]float64{"on-demand advantage data in": 30 * gibOfMiB * 0.032, "on-demand advantage enhanced fan-out data": 30 * gibOfMiB * 0.016}},
		{"others use it, but for a part", in(sim.OnDemandAdvantage, bare(4, 1, mib/2), account, readBy(efo("a"))),
			map[string]float64{"on-demand advantage data in": .5 * gibOfMiB * 0.032, "on-demand advantage enhanced fan-out data": .5 * gibOfMiB * 0.016, "commitment not used, data out": .5 * gibOfMiB * 0.016}},
		{"kept with the setting", in(sim.OnDemandAdvantage, bare(4, 1, mib/2), account, kept(48*time.Hour)),
			map[string]float64{"on-demand advantage data in": .5 * gibOfMiB * 0.032, "commitment not used, data out": 1 * gibOfMiB * 0.016, "on-demand advantage extended retention": .5 * dayGiBOfMiB * 0.023}},
	}
}

// TestBillByHand: every line of the bill and its sum are what they are by hand, to a
// hundredth of a cent, for all modes and with every rounding edge.
func TestBillByHand(t *testing.T) {
	for _, row := range append(provisionedByHand(), onDemandByHand()...) {
		t.Run(row.name, func(t *testing.T) {
			row.config.Limits.GetRecordsSpan = 0
			row.config.Limits.ReadBytesPerSecond, row.config.Limits.ReadBurstBytes = 256*model.MiB, 256*model.MiB
			row.config.Limits.GetRecordsBytes, row.config.Limits.FullReadPenalty = 256*model.MiB, 0
			row.config.Limits.EFOBytesPerSecond, row.config.Limits.EFOBurstBytes = 256*model.MiB, 256*model.MiB
			row.config.Clock.Warmup, row.config.Clock.Duration = 20*time.Second, 80*time.Second // a minute is measured
			r, sum, want := play(t, row.config), 0.0, 0.0
			if r.Stream.WriteThrottled > 0 {
				t.Fatalf("%d records refused: the row is not what it says", r.Stream.WriteThrottled)
			}
			for _, l := range r.Cost.Items {
				sum += l.USD
				if math.Abs(l.USD-row.want[l.Item]) > 1e-4 {
					t.Errorf("%s: %.6f USD for %.6f %s, by hand %.6f", l.Item, l.USD, l.Quantity, l.Unit, row.want[l.Item])
				}
			}
			for _, usd := range row.want {
				want += usd
			}
			if math.Abs(sum-want) > 1e-4 || math.Abs(r.Cost.PerMonth-sum) > 1e-6 {
				t.Errorf("%.6f USD, lines %.6f, by hand %.6f", r.Cost.PerMonth, sum, want)
			}
		})
	}
}

// TestHoursByHand: hours are billed for as long as they last, so half an hour is half of
// one. Two shards that become four at the twentieth minute of thirty, in no time:
// 2·20/60 + 4·10/60 = 4/3 shard-hours, and in a month 4/3 · 2 · 720.
func TestHoursByHand(t *testing.T) {
	c := bare(2, 1, 100)
	c.Clock.Duration = 30 * time.Minute
	c.Limits.ReshardOperation, c.Limits.UpdateShardCountStart = 0, 0
	c.Reshard = []sim.Reshard{{At: 20 * 60e9, Update: &sim.UpdateShardCount{Target: 4}}}
	r := play(t, c)
	near(t, "of the run", r.Cost.OfRun, 4./3*0.015+1800*0.014/1e6, 1e-6)
	near(t, "a month", r.Cost.PerMonth, 4./3*2*720*0.015+monthSeconds*0.014/1e6, 1e-6)
}

// TestLeaseTableByHand: a hundred leases renew each 3.308 s, which are 783,555 writes each
// in 30 days, 48.97 USD for all; the scan of the only worker reads 100 items of 400 B each
// 20.05 s, which are ten halves of a read unit.
func TestLeaseTableByHand(t *testing.T) {
	oneByOne(t)
	k := team(1)
	k.CheckpointEvery = 0
	c := crew(100, 1, 0, k)
	c.Producers[0].Rate = workload.Constant(model.Rate{})
	c.Clock.Warmup, c.Clock.Duration = 300*time.Second, 300*time.Second+3000*3308*time.Millisecond // 3,000 renewals and 495 scans
	r := play(t, c)
	near(t, "renewals", billed(r, "lease table writes (DynamoDB on demand)")*0.625, 48.97, 1e-3)
	near(t, "scans", billed(r, "lease table reads (DynamoDB on demand)"), monthSeconds/20.05*10/2/1e6, 3e-3)
}

// TestLongTermRetrievalByHand: a reader that joins after eight days and reads all of it pays
// for what is then older than seven, one day of half a KiB each second, but for
// the answer of 10,000 records that straddles the week.
func TestLongTermRetrievalByHand(t *testing.T) {
	oneByOne(t)
	c := bare(1, 1, 512)
	c.Clock.Duration = 8*24*time.Hour + time.Hour
	c.Stream.Retention = 14 * 24 * time.Hour
	c.Consumers = []client.ConsumerConfig{classic("audit", time.Second)}
	c.Consumers[0].Joins = 8 * 24 * 3600e9
	r := play(t, c)
	scale := monthSeconds / c.Clock.Duration.Seconds()
	near(t, "long-term retrieval", billed(r, "long-term retrieval"), 86_400*512.0/(1<<30)*scale, 0.1)
	c.Stream.Mode = sim.OnDemand
	if got := billed(play(t, c), "long-term retrieval"); got != 0 {
		t.Errorf("on-demand: %v GiB, want none: what goes out has its price", got)
	}
}
