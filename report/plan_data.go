package report

import (
	"fmt"

	"kinesim/sim/plan"
)

// mostPlanRows is how many rows the table of a figure of a plan has at most.
const mostPlanRows = 100

// loadTable has the numbers of planShardLoads.
func loadTable(l *plan.ShardLoads) Table {
	t := Table{Caption: "Share of what a shard takes, at the highest load", Columns: columns("#shard in the order of hash keys", "#even map", "#uneven map")}
	if len(l.Even) > mostPlanRows {
		t.Caption += fmt.Sprintf("; the first %d of %d shards, and the fullest of those after them", mostPlanRows, len(l.Even))
	}
	row := func(name string, even, uneven float64) {
		t.Rows = append(t.Rows, []string{name, percent(even), percent(uneven)})
	}
	var even, uneven float64
	for i := range l.Even {
		if i < mostPlanRows {
			row(count(int64(i+1)), l.Even[i], l.Uneven[i])
			continue
		}
		even, uneven = max(even, l.Even[i]), max(uneven, l.Uneven[i])
	}
	if len(l.Even) > mostPlanRows {
		row("the others, at most", even, uneven)
	}
	return t
}

// limitTable has the numbers of planLimits.
func limitTable(use []plan.LimitUse) Table {
	t := Table{Caption: "Share of the limit that the fullest shard uses", Columns: columns("limit", "#used")}
	for _, u := range use {
		t.Rows = append(t.Rows, []string{u.Limit, percent(u.Use)})
	}
	return t
}

// costTable has the numbers of the break-even charts.
func costTable(e *plan.BreakEven, what string, at []float64, costs func(*plan.WayCosts) []float64, name func(float64) string) Table {
	t := Table{Caption: "USD a month", Columns: columns("#" + what)}
	for i := range e.Ways {
		t.Columns = append(t.Columns, Column{shownText(e.Ways[i].Way), true})
	}
	for k, x := range at {
		row := []string{name(x)}
		for i := range e.Ways {
			row = append(row, money(costs(&e.Ways[i])[k]))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// playedTable lists what was played, the way that was chosen alone or all of them.
func playedTable(p *plan.Plan, all bool) Table {
	var list []plan.Candidate
	for i := range p.Played {
		if all || p.Played[i].Way == p.Chosen.Way {
			list = append(list, p.Played[i])
		}
	}
	caption := "What was tried"
	if len(list) > mostPlanRows {
		caption += fmt.Sprintf(": %d of %d", mostPlanRows, len(list))
		list = list[:mostPlanRows]
	}
	return candidateTable(caption, list)
}
