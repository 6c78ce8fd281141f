package sim

import (
	"fmt"
	"math/big"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// The heat map is bounded in both directions.
const (
	maxHeatRows    = 64
	maxHeatColumns = 240
)

// heat collects the heat map. Its rows are the shards, some together if there are many;
// in a run whose shards may change they are even bands of the hash key space, which
// stay.
type heat struct {
	Heatmap
	perCell int      // bins of the series in a column
	rows    [][2]int // by place of the shard: the first and the last row that it covers
	bands   bool     // rows are bands
}

func newHeat(w *world, step des.Time) heat {
	bins := int((w.end + step - 1) / step)
	second := int((des.Time(time.Second) + step - 1) / step) // shards are looked at once a second
	h := heat{perCell: max(second, (bins+maxHeatColumns-1)/maxHeatColumns), bands: w.config.changes()}
	h.StepS = (step * des.Time(h.perCell)).Seconds()
	shards, columns := w.stream.Shards(), (bins+h.perCell-1)/h.perCell
	if h.bands {
		for r := range maxHeatRows {
			h.Rows = append(h.Rows, fmt.Sprintf("%.1f – %.1f %% of the hash keys", 100*float64(r)/maxHeatRows, 100*float64(r+1)/maxHeatRows))
		}
	} else {
		h.Rows = groups(w.stream, shards, min(shards, maxHeatRows))
	}
	for range h.Rows {
		h.Utilization = append(h.Utilization, make([]float64, columns))
		h.Throttled = append(h.Throttled, make([]int64, columns))
	}
	for i := range shards {
		if row := i * len(h.Rows) / shards; !h.bands {
			h.rows = append(h.rows, [2]int{row, row})
		}
	}
	h.grow(w.stream)
	return h
}

// groups are the names of rows of shards.
func groups(s *kinesis.Stream, shards, rows int) []string {
	names := make([]string, rows)
	for r := range names {
		first, last := s.Shard((r*shards+rows-1)/rows).ID.String(), s.Shard(((r+1)*shards+rows-1)/rows-1).ID.String()
		if names[r] = first; last != first {
			names[r] = first + " … " + last
		}
	}
	return names
}

// band is the row of a hash key.
func band(h model.HashKey) int {
	n := new(big.Int).Mul(model.HashRange{End: h}.Width(), big.NewInt(maxHeatRows))
	n.Sub(n, big.NewInt(1))
	return int(n.Rsh(n, 128).Int64())
}

// heatRow is a row of the map in some seconds.
type heatRow struct {
	share   float64 // of its fullest shard in its fullest second
	refused int64
}

// grow finds the rows of the shards that there are by now.
func (h *heat) grow(s *kinesis.Stream) {
	for place := len(h.rows); place < s.Shards(); place++ {
		r := s.Shard(place).Range
		h.rows = append(h.rows, [2]int{band(r.Start), band(r.End)})
	}
}

// spread adds what a shard refused in a second to its rows, from the first to the last of two.
func spread(list []heatRow, rows [2]int, refused int64) {
	first, last := rows[0], rows[1]
	for row := first; row < last; row++ {
		part := refused / int64(last-row+1) // of each row, so that all together are what the shard refused
		refused -= part
		list[row].refused += part
	}
	list[last].refused += refused
}

// warm adds how full a shard was in its fullest second to its rows.
func warm(list []heatRow, rows [2]int, share float64) {
	for row := rows[0]; row <= rows[1]; row++ {
		if share > list[row].share {
			list[row].share = share
		}
	}
}

// add puts some seconds into the map; bin counts bins of the series.
func (h *heat) add(bin int, list []heatRow) {
	column := bin / h.perCell
	for row, r := range list {
		h.Throttled[row][column] += r.refused
		h.Utilization[row][column] = max(h.Utilization[row][column], float64(int64(float64(r.share*1e4)+0.5))/1e4)
	}
}
