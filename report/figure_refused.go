package report

import "fmt"

// refusedRecords shows refused writes and what became of them: a refusal is a
// symptom, a record given up is the harm.
func (b *builder) refusedRecords() Figure {
	s := &b.r.Series.Stream
	refused, lost := total(s.ThrottledRecords), total(s.FailedRecords)
	if refused == 0 && lost == 0 {
		return omitted("Refused writes", "No write was refused and no record was given up.")
	}
	n := len(s.ThrottledRecords)
	given, again := make([]Point, n), make([]Point, n)
	base, none := make([]float64, n), make([]float64, n)
	for i := range n {
		span := b.binSpan(i)
		gone := float64(s.FailedRecords[i]) / span
		given[i] = Point{b.middle(i), gone}
		base[i] = gone
		again[i] = Point{b.middle(i), max(gone, float64(s.ThrottledRecords[i])/span)}
	}
	c := &Chart{X: b.moments.timeAxis()}
	c.Series = []Series{
		{Name: "refused, kept by the producer to be sent again", Points: again, Base: base, Hue: hueRefused},
		{Name: "given up: lost", Points: given, Base: none, Hue: hueLost},
	}
	waiting := b.waiting()
	c.Y = countAxis("records per second", top(c.Series, nil))
	f := Figure{Chart: c}
	f.Title = fmt.Sprintf("%s refused; every record got in by the end", plural(refused, "attempt"))
	switch {
	case lost > 0:
		f.Title = fmt.Sprintf("%s refused; %s given up and lost", plural(refused, "attempt"), plural(lost, "record"))
	case b.pending > 0:
		f.Title = fmt.Sprintf("%s refused; no record lost, %s still waiting at the end", plural(refused, "attempt"), count(b.pending))
	}
	f.Caption = "Every refused attempt counts, so a record that is refused three times counts three times. A record given up counts where it was given up."
	if b.r.Clock.WarmupS > 0 {
		f.Caption += " The picture covers the warm-up as well."
	}
	peak, at := highest(again)
	f.Alt = fmt.Sprintf("Stacked areas over time. %s. At most %s %s.", f.Title, limitRate(peak, "records"), b.binAt(at))
	values := [][]int64{s.ThrottledRecords, s.RetriedRecords, s.FailedRecords}
	f.Table = b.binTable("Refused writes", []string{"refused attempts", "sent again", "given up", "waiting at the end"}, n, func(col, from, to int) string {
		if col == 3 {
			return count(waiting[to-1])
		}
		return count(total(values[col][from:to]))
	})
	return f
}

// waiting is how many records producers hold at the end of each bin.
func (b *builder) waiting() []int64 {
	sum := make([]int64, b.r.Series.Bins)
	for _, p := range b.r.Series.Producers {
		for i, v := range p.PendingRecords[:min(len(sum), len(p.PendingRecords))] {
			sum[i] += v
		}
	}
	return sum
}
