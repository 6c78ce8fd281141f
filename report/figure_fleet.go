package report

import (
	"fmt"
	"math"
	"slices"

	"kinesim/sim"
)

// Bounds of the picture of leases: more rows or hues than that nobody can tell apart.
const (
	mostLeaseRows = 32
	mostFleetHues = 6
)

// leases shows which worker read which shard when, of the first consumer whose leases
// moved.
func (b *builder) leases() Figure {
	k := b.moved()
	if k == nil {
		return omitted("Leases", "No consumer has workers whose leases moved.")
	}
	rows := leaseRows(k.KCL)
	c := &Chart{X: b.moments.timeAxis()}
	c.Series = b.leaseSeries(k.KCL, rows)
	c.Y = Axis{Label: "shard", Min: 0, Max: float64(len(rows))}
	for i, id := range rows {
		c.Y.Ticks = append(c.Y.Ticks, Tick{float64(i) + 0.5, shortShard(id)})
	}
	f := Figure{Chart: c}
	gap, shard := b.longestGap(k.KCL)
	f.Title = fmt.Sprintf("%s of %s changed hands", plural(int64(k.KCL.MoveCount-startMoves(k.KCL)), "lease"), shown(k.Name))
	if gap > 0 {
		f.Title += fmt.Sprintf("; nobody read %s for %s", shortShard(shard), duration(gap*1e3))
	}
	f.Caption = "Each row is a shard, each colour a worker; a worker that starts in the place of another is another. A gap is time in which nobody read the shard."
	if len(rows) < k.KCL.Leases {
		f.Caption += fmt.Sprintf(" Of %s the %d are drawn whose leases moved most.", plural(int64(k.KCL.Leases), "shard"), len(rows))
	}
	f.Alt = "Bars over time, one row for each shard. " + f.Title + "."
	f.Table = leaseTable(k)
	return f
}

// moved is the first consumer whose leases moved after the start.
func (b *builder) moved() *sim.ConsumerResult {
	for i := range b.r.Consumers {
		if k := &b.r.Consumers[i]; k.KCL != nil && k.KCL.MoveCount > startMoves(k.KCL) {
			return k
		}
	}
	return nil
}

// startMoves is how many of the moves are those of the start.
func startMoves(k *sim.FleetResult) (n int) {
	for _, m := range k.Moves {
		if m.Reason == "start" {
			n++
		}
	}
	return n
}

// leaseRows are the shards that are drawn, from below.
func leaseRows(k *sim.FleetResult) []string {
	moves := map[string]int{}
	var ids []string
	for _, m := range k.Moves {
		if moves[m.Shard]++; moves[m.Shard] == 1 {
			ids = append(ids, m.Shard)
		}
	}
	slices.SortStableFunc(ids, func(a, b string) int { return moves[b] - moves[a] })
	ids = ids[:min(len(ids), mostLeaseRows)]
	slices.Sort(ids)
	slices.Reverse(ids)
	return ids
}

// leaseSeries is when each worker read, as areas in the rows of its shards. Of many
// workers, those that share a colour share a line of the legend.
func (b *builder) leaseSeries(k *sim.FleetResult, rows []string) []Series {
	number := map[string]int{}
	for i, w := range k.Workers {
		number[w.Worker] = i
	}
	groups := len(k.Workers)
	if groups > 2*mostFleetHues {
		groups = mostFleetHues
	}
	all := make([]Series, groups)
	for i := range all {
		all[i] = Series{Name: shown(k.Workers[i].Worker), Hue: hueFirst + i%mostFleetHues, Base: []float64{}}
		if groups < len(k.Workers) {
			all[i].Name += fmt.Sprintf(" and each %dth after it", groups)
		}
	}
	for _, m := range k.Moves {
		row := slices.Index(rows, m.Shard)
		worker, known := number[m.To]
		if !known || m.ReadsAtS == nil || row < 0 {
			continue
		}
		until := b.r.EndedAtS
		if m.EndsAtS != nil {
			until = *m.EndsAtS
		}
		s := &all[worker%groups]
		low, high := float64(row)+0.1, float64(row)+0.9-0.12*float64(worker%3) // heights tell neighbours apart without colour
		s.Points = append(s.Points, Point{*m.ReadsAtS, high}, Point{until, high}, Point{until, math.NaN()})
		s.Base = append(s.Base, low, low, math.NaN())
	}
	return slices.DeleteFunc(all, func(s Series) bool { return len(s.Points) == 0 })
}

// longestGap is for how long, and on which shard, nobody read between two readers.
func (b *builder) longestGap(k *sim.FleetResult) (gap float64, shard string) {
	until := map[string]float64{}
	for _, m := range k.Moves {
		if m.ReadsAtS == nil {
			continue
		}
		if last, ok := until[m.Shard]; ok && *m.ReadsAtS-last > gap {
			gap, shard = *m.ReadsAtS-last, m.Shard
		}
		end := b.r.EndedAtS
		if m.EndsAtS != nil {
			end = *m.EndsAtS
		}
		until[m.Shard] = max(until[m.Shard], end)
	}
	return gap, shard
}

// leaseTable lists the moves after the start.
func leaseTable(k *sim.ConsumerResult) Table {
	t := Table{Caption: "Leases of " + shown(k.Name) + " that changed hands", Columns: columns("time", "shard", "from", "to", "why", "#read again after")}
	for _, m := range k.KCL.Moves {
		if m.Reason == "start" {
			continue
		}
		if len(t.Rows) == tableRows {
			t.Caption += fmt.Sprintf("; the first %d of %d", tableRows, k.KCL.MoveCount-startMoves(k.KCL))
			break
		}
		again := "–"
		if m.ReadsAtS != nil {
			again = duration((*m.ReadsAtS - m.AtS) * 1e3)
		}
		t.Rows = append(t.Rows, []string{instant(m.AtS, true), shown(m.Shard), someone(m.From), someone(m.To), shown(m.Reason), again})
	}
	return t
}

func someone(worker string) string {
	if worker == "" {
		return "nobody"
	}
	return shown(worker)
}

// duplicates shows what each worker was handed, and how much of it another had had.
func (b *builder) duplicates() Figure {
	var k *sim.ConsumerResult
	for i := range b.r.Consumers {
		if c := &b.r.Consumers[i]; c.KCL != nil && c.KCL.DuplicateRecords > 0 && (k == nil || c.KCL.DuplicateRecords > k.KCL.DuplicateRecords) {
			k = c
		}
	}
	if k == nil {
		return omitted("Records that came twice", "No worker was handed a record that another had had.")
	}
	workers := slices.Clone(k.KCL.Workers)
	workers = workers[:min(len(workers), mostLeaseRows)]
	bars := &Bars{Horizontal: true, Parts: []Part{{Name: "for the first time", Hue: hueAccepted}, {Name: "that some worker had had", Hue: hueRefused}}}
	most := 0.0
	for _, w := range workers {
		bars.Names = append(bars.Names, shown(w.Worker))
		first := float64(w.ReceivedRecords - w.DuplicateRecords)
		bars.Parts[0].Values = append(bars.Parts[0].Values, first)
		bars.Parts[1].Values = append(bars.Parts[1].Values, float64(w.DuplicateRecords))
		bars.Labels = append(bars.Labels, count(w.DuplicateRecords)+" again")
		most = max(most, float64(w.ReceivedRecords))
	}
	c := &Chart{X: countAxis("records handed to the worker", most), Y: Axis{Max: float64(len(workers))}, Bars: bars}
	c.X.Max *= 1.15 // room for the numbers behind the bars
	for i, name := range bars.Names {
		c.Y.Ticks = append(c.Y.Ticks, Tick{float64(len(workers)-1-i) + .5, name})
	}
	f := Figure{Chart: c}
	f.Title = fmt.Sprintf("%s of %s came twice", plural(k.KCL.DuplicateRecords, "record"), shown(k.Name))
	f.Caption = "Over the whole run. After a failover or a theft the new owner begins at the last checkpoint, so what its predecessor had done since then comes again."
	f.Alt = "Bars, one for each worker. " + f.Title + "."
	f.Table = Table{Caption: "Workers of " + shown(k.Name), Columns: columns("worker", "at the end", "#leases", "#received", "#processed", "#had come before")}
	for _, w := range workers {
		state := "gone"
		if w.Up {
			state = "up"
		}
		f.Table.Rows = append(f.Table.Rows, []string{shown(w.Worker), state, count(int64(w.Leases)), count(w.ReceivedRecords), count(w.ProcessedRecords), count(w.DuplicateRecords)})
	}
	return f
}
