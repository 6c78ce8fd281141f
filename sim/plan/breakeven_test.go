package plan

import (
	"math"
	"testing"

	"kinesim/sim"
)

// TestCostAt is worked by hand: shards in whole steps, units with the load, hours as they
// are, and a commitment that is used up.
func TestCostAt(t *testing.T) {
	provisioned := []sim.CostItem{{Item: "open shards", Quantity: 4 * 720, Unit: "shard-hours", USD: 43.2}, {Item: "PUT payload units", Quantity: 1e9, Unit: "units", USD: 14}}
	advantage := []sim.CostItem{
		{Item: "on-demand advantage data in", Quantity: 1000, Unit: "GiB", USD: 32}, {Item: "commitment not used, data in", Quantity: 3000, Unit: "GiB", USD: 96},
	}
	for _, row := range []struct {
		items  []sim.CostItem
		shards int
		factor float64
		want   float64
	}{
		{provisioned, 4, 1, 57.2}, {provisioned, 4, 1.1, 5*10.8 + 15.4}, {provisioned, 4, 0.25, 10.8 + 3.5}, {provisioned, 4, 0.1, 10.8 + 1.4},
		{advantage, 0, 1, 128}, {advantage, 0, 2, 128}, {advantage, 0, 4, 128}, {advantage, 0, 5, 160},
		{[]sim.CostItem{{Item: "on-demand stream", Quantity: 720, Unit: "stream-hours", USD: 28.8}}, 0, 7, 28.8},
	} {
		if got := costAt(row.items, row.shards, row.factor); math.Abs(got-row.want) > 1e-9 {
			t.Errorf("%d shards, %v times the load: %v USD, want %v", row.shards, row.factor, got, row.want)
		}
	}
}
