package workload

import (
	"math"
	"testing"

	"kinesim/model"
	"kinesim/sim/des"
)

// TestLognormalCells holds the law that the table of cells draws by, column by column and
// exactly, against the lognormal law: at no size does the share of smaller records differ
// by more than is said.
func TestLognormalCells(t *testing.T) {
	for _, l := range []LognormalSize{
		{P50: 300, P99: 2 * model.KiB, Max: 10 * model.MiB},
		{P50: 1, P99: 10 * model.MiB, Max: 10 * model.MiB},
		{P50: 100_000, P99: 101_000, Max: model.MiB},
		{P50: model.MiB, P99: 9 * model.MiB, Max: 10 * model.MiB},
	} {
		mu, sigma := l.law()
		d := l.Start(des.Stream(1, "cells")).(*lognormalSizes)
		var share [cells]float64
		for i, row := range d.law {
			keep := float64(row.keep) * 0x1p-32
			share[i] += keep / cells
			share[row.other] += (1 - keep) / cells
		}
		worst, below := 0.0, 0.0
		for i, c := range d.cells {
			for _, part := range []float64{0, 0.25, 0.5, 0.75} {
				size := float64(c.from) + part*float64(c.part)*(1<<partBits)
				law := phi((math.Log(size) - mu) / sigma)
				worst = max(worst, math.Abs(below+part*share[i]-law))
			}
			below += share[i]
		}
		if most := 1e-5 * (1 + sigma); worst > most || math.Abs(below-1) > 1e-9 {
			t.Errorf("%+v: a share is wrong by %v, at most %v; all have %v", l, worst, most, below)
		}
	}
}
