package model_test

import (
	"math"
	"strings"
	"testing"

	"kinesim/model"
)

// TestPrices: the file that comes with this version has the prices of section 10 of the
// facts, and reads back what it prints.
func TestPrices(t *testing.T) {
	p := model.USEast1()
	for name, row := range map[string][2]float64{
		"shard-hour": {p.ShardHour.Float(), 0.015}, "million units": {p.PayloadUnits.Float(), 0.014}, "extended": {p.ExtendedShardHour.Float(), 0.02},
		"long-term": {p.LongTermGiBMonth.Float(), 0.023}, "long-term read": {p.LongTermReadGiB.Float(), 0.021}, "consumer-shard-hour": {p.FanoutShardHour.Float(), 0.015}, "fan-out GiB": {p.FanoutGiB.Float(), 0.013},
		"stream-hour": {p.OnDemand.StreamHour.Float(), 0.04}, "on-demand in": {p.OnDemand.InGiB.Float(), 0.08}, "on-demand out": {p.OnDemand.OutGiB.Float(), 0.04},
		"advantage in": {p.Advantage.InGiB.Float(), 0.032}, "advantage out": {p.Advantage.OutGiB.Float(), 0.016}, "writes": {p.TableWrites.Float(), 0.625},
	} {
		if row[0] != row[1] {
			t.Errorf("%s: %v USD, want %v", name, row[0], row[1])
		}
	}
	if again, err := model.ParsePrices(model.PricesText()); err != nil || again != p {
		t.Errorf("%v, %+v", err, again)
	}
}

// TestBadPrices wants each fault of a price file told.
func TestBadPrices(t *testing.T) {
	good := string(model.PricesText())
	for _, row := range [][3]string{
		{`"0.015"`, `0.015`, "in quotes"}, {`"0.015"`, `"dear"`, "no price"}, {`"0.015"`, `"-1"`, "no price"}, {`"0.015"`, `"0.0000000001"`, "nine decimals"},
		{`"shard_hour": "0.015",`, ``, "shard_hour is missing"}, {`"fanout_gib"`, `"fanout_gb"`, "unknown field"}, {`{`, `[`, "not JSON"},
	} {
		if _, err := model.ParsePrices([]byte(strings.Replace(good, row[0], row[1], 1))); err == nil || !strings.Contains(err.Error(), row[2]) {
			t.Errorf("%s for %s: %v, want %q", row[1], row[0], err, row[2])
		}
	}
}

// TestCommitment: what other streams of the account use is not billed here, and what this
// one uses beyond its part of the commitment is billed once. Worked by hand for 720 h:
// 25 MiB/s are 63,281.25 GiB each way.
func TestCommitment(t *testing.T) {
	const whole = 25. / 1024 * 720 * 3600
	used := model.OnDemandUsage{Hours: 720, InBytes: 10_000 * float64(model.GiB), OutBytes: 5_000 * float64(model.GiB)}
	for _, row := range []struct {
		account model.Account
		want    float64
	}{
		{model.Account{}, whole*0.032 + whole*0.016},
		{model.Account{InBytes: 10 * float64(model.MiB), OutBytes: 30 * float64(model.MiB)}, whole*15/25*0.032 + 5_000*0.016},
		{model.Account{InBytes: 25 * float64(model.MiB), OutBytes: 25 * float64(model.MiB)}, 10_000*0.032 + 5_000*0.016},
	} {
		got := model.Total(model.USEast1().Bill(model.Usage{Time: month, Advantage: used}, row.account, month))
		if math.Abs(got-row.want) > 0.005 {
			t.Errorf("%+v: %.2f USD, want %.2f", row.account, got, row.want)
		}
	}
}
