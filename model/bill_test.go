package model_test

import (
	"math"
	"testing"
	"time"

	"kinesim/model"
)

const month = 720 * time.Hour

// TestBill prices two streams as worked out by hand for 30 days: 100 records/s of
// 35 KiB on 4 shards, two payload units each, and 1,000 records/s of 500 B on one.
func TestBill(t *testing.T) {
	for _, row := range []struct{ shards, unitsPerSecond, want float64 }{
		{4, 200, 50.4576},
		{1, 1000, 47.088},
	} {
		lines := model.USEast1().Bill(model.Usage{
			Time: month, ShardHours: row.shards * 720, PayloadUnits: row.unitsPerSecond * month.Seconds(),
		}, model.Account{}, month)
		if got := model.Total(lines); math.Abs(got-row.want) > 1e-9 || len(lines) != 2 {
			t.Errorf("%v shards: %v USD on %d lines, want %v on 2", row.shards, got, len(lines), row.want)
		}
	}
}

// TestBillLines: each thing that costs has its line, with price times quantity,
// and a line appears only when its thing is used.
func TestBillLines(t *testing.T) {
	u := model.Usage{
		Time: month / 2, ShardHours: 720, PayloadUnits: 1e9, Extended: 1,
		StoredBytes: 100 * float64(model.GiB), FanoutConsumers: 3, FanoutBytes: 10 * float64(model.GiB),
	}
	want := map[string]float64{
		"open shards": 10.80, "PUT payload units": 14, "extended retention": 14.40,
		"long-term retention": 1.15, "enhanced fan-out consumers": 32.40, "enhanced fan-out data": 0.13,
	}
	lines := model.USEast1().Bill(u, model.Account{}, month)
	if len(lines) != len(want) {
		t.Errorf("%d lines, want %d", len(lines), len(want))
	}
	for _, l := range lines {
		if math.Abs(l.USD-want[l.Item]) > 1e-9 {
			t.Errorf("%s: %v %s cost %v USD, want %v", l.Item, l.Quantity, l.Unit, l.USD, want[l.Item])
		}
	}
	u.StoredBytes, u.FanoutConsumers = 0, 0
	if lines := model.USEast1().Bill(u, model.Account{}, month); len(lines) != 3 {
		t.Errorf("a week of retention without fan-out has %d lines, want 3", len(lines))
	}
}
