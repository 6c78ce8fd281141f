package report

import (
	"math"
	"strings"

	"kinesim/sim"
)

// sparkWidth is how many blocks a row has.
const sparkWidth = 60

// sparks are the key measures over time as rows of blocks, for places that
// show text alone. A row without anything above zero is left out.
func (b *builder) sparks() []Spark {
	s := &b.r.Series
	rates := func(values []int64) []float64 {
		list := make([]float64, len(values))
		for i, v := range values {
			list[i] = float64(v) / b.binSpan(i)
		}
		return list
	}
	perS := func(x float64) string { return "up to " + number(x, digits) + " records/s" }
	list := []Spark{
		spark("offered", rates(s.Stream.OfferedRecords), perS),
		spark("refused", rates(s.Stream.ThrottledRecords), perS),
	}
	if b.changed() {
		open := make([]float64, len(s.Stream.OpenShards))
		for i, n := range s.Stream.OpenShards {
			open[i] = float64(n)
		}
		list = append(list, spark("shards", open, func(x float64) string { return "up to " + plural(int64(x), "shard") }))
	}
	for i := range s.Consumers {
		if len(list) >= 8 {
			break
		}
		c := &s.Consumers[i]
		list = append(list, spark("iterator age of "+shown(c.Name), known(c.IteratorAge), func(x float64) string { return "up to " + duration(x) }))
	}
	kept := list[:0]
	for _, l := range list {
		if l.Blocks != "" {
			kept = append(kept, l)
		}
	}
	return kept
}

// known turns nulls into NaN, which a row shows as a space.
func known(values []*float64) []float64 {
	list := make([]float64, len(values))
	for i, v := range values {
		list[i] = math.NaN()
		if v != nil {
			list[i] = *v
		}
	}
	return list
}

// spark draws values as blocks, each the largest of its share of the values, so
// that a short peak is not lost.
func spark(label string, values []float64, largest func(float64) string) Spark {
	n := min(len(values), sparkWidth)
	cells, top := make([]float64, n), 0.0
	for i := range cells {
		cells[i] = math.NaN()
		for _, v := range values[i*len(values)/n : (i+1)*len(values)/n] {
			if !math.IsNaN(v) && !(v < cells[i]) {
				cells[i] = v
			}
		}
		if cells[i] > top {
			top = cells[i]
		}
	}
	if top == 0 {
		return Spark{}
	}
	blocks := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, v := range cells {
		if math.IsNaN(v) {
			b.WriteRune(' ')
			continue
		}
		b.WriteRune(blocks[int(math.Min(7, math.Max(0, v/top*8)))])
	}
	return Spark{label, b.String(), largest(top)}
}

// binSpan is how many seconds a bin of the series covers: the step, or less for
// the last one of a run that ended within it.
func (b *builder) binSpan(i int) float64 { return binSpan(b.r, i) }

func binSpan(r *sim.Result, i int) float64 {
	step := r.Series.StepS
	if left := r.EndedAtS - float64(i)*step; r.EndedAtS > 0 && left < step && left > step*1e-6 {
		return left
	}
	return max(step, 1e-9)
}
