package report

import (
	"fmt"
	"slices"
	"strings"

	"kinesim/sim"
)

// comparisonTable ranks the ways to run the stream.
func (b *builder) comparisonTable() Table {
	t := Table{Caption: "The same load under several policies, the best first", Columns: columns("#rank", "policy", "#refused", "#failed",
		"#behind", "#run", "#month", "#shards", "#calls", "#in 24 h", "#turns", "#regret: refused", "#regret: USD")}
	m := b.r.Comparison
	if m == nil {
		return t
	}
	t.Caption += ". They are ranked by refused records, then by how far readers fell behind, then by cost. Regret is against a policy that knows the load beforehand, but not its keys"
	for i := range m.Rows {
		r := &m.Rows[i]
		rank, refused, dollars := "–", "–", "–"
		if r.Regret != nil {
			rank, refused, dollars = count(int64(r.Rank)), count(r.Regret.ThrottledRecords), signed(r.Regret.CostOfRun)
		}
		t.Rows = append(t.Rows, []string{
			rank, policyName(r), percent(r.ThrottledRatio), count(r.FailedRecords), orDash(r.MaxAgeMS), money(r.CostOfRun), money(r.CostPerMonth),
			shardRange(r), callsText(r), count(int64(r.MostCalls)), count(int64(r.Oscillations)), refused, dollars,
		})
	}
	return t
}

// callsText is how many calls were accepted, and how many were not.
func callsText(r *sim.ShootoutRow) string {
	if r.RefusedCalls == 0 {
		return count(int64(r.Calls))
	}
	return fmt.Sprintf("%d, %d refused", r.Calls, r.RefusedCalls)
}

// signed is an amount with its sign.
func signed(usd float64) string {
	text := strings.TrimSuffix(money(usd), " USD")
	if usd > 0 {
		return "+" + text
	}
	return text
}

// policyName is the name of a row, with its policy where that is another word.
func policyName(r *sim.ShootoutRow) string {
	name, kind := shown(r.Name), strings.ReplaceAll(shown(r.Policy), "_", "-")
	if r.Regret == nil || kind == name || kind == "provisioned" {
		return name
	}
	return name + " (" + kind + ")"
}

func shardRange(r *sim.ShootoutRow) string {
	if r.LeastShards == r.MostShards {
		return count(int64(r.MostShards))
	}
	return fmt.Sprintf("%d – %d", r.LeastShards, r.MostShards)
}

// comparisonLines are the ranking as a summary for a terminal has it.
func (b *builder) comparisonLines() []string {
	m := b.r.Comparison
	if m == nil {
		return nil
	}
	width := 0
	for i := range m.Rows {
		width = max(width, min(len([]rune(policyName(&m.Rows[i]))), 32))
	}
	var lines []string
	for i := range m.Rows {
		r := &m.Rows[i]
		rank := "–"
		if r.Rank > 0 {
			rank = count(int64(r.Rank))
		}
		lines = append(lines, padLeft(rank, 2)+"  "+padded(policyName(r), width)+"  "+strings.Join(outcomeWords(r), " · "))
	}
	return lines
}

// outcomeWords are what a policy came to.
func outcomeWords(r *sim.ShootoutRow) []string {
	shards := "shards"
	if r.MostShards == 1 {
		shards = "shard"
	}
	words := []string{percent(r.ThrottledRatio) + " refused", money(r.CostOfRun), shardRange(r) + " " + shards}
	if r.MaxAgeMS != nil && *r.MaxAgeMS >= farBehind {
		words = slices.Insert(words, 1, duration(*r.MaxAgeMS)+" behind")
	}
	if r.Calls > 0 {
		words = append(words, plural(int64(r.Calls), "call"))
	}
	if r.RefusedCalls > 0 {
		words = append(words, plural(int64(r.RefusedCalls), "refused call"))
	}
	if r.Oscillations > 0 {
		words = append(words, turns(r.Oscillations))
	}
	return words
}

// comparison shows how the policies fared: by refused records or, where none refused any
// worth speaking of, by cost.
func (b *builder) comparison() Figure {
	m := b.r.Comparison
	if m == nil {
		return Figure{}
	}
	bars := &Bars{Horizontal: true, Parts: []Part{{Name: "refused, of all write attempts", Hue: hueRefused}}}
	value := func(r *sim.ShootoutRow) float64 { return r.ThrottledRatio }
	worst := 0.0
	for i := range m.Rows {
		worst = max(worst, m.Rows[i].ThrottledRatio)
	}
	byCost := worst < 1e-4
	if byCost {
		bars.Parts[0] = Part{Name: "cost of the run, USD", Hue: hueAccepted}
		value = func(r *sim.ShootoutRow) float64 { return r.CostOfRun }
	}
	most := 0.0
	for i := range m.Rows {
		r := &m.Rows[i]
		name := policyName(r)
		if r.Rank > 0 {
			name = count(int64(r.Rank)) + "  " + name
		}
		bars.Names = append(bars.Names, shortened(name, 34))
		bars.Parts[0].Values = append(bars.Parts[0].Values, value(r))
		bars.Labels = append(bars.Labels, strings.Join(outcomeWords(r), " · "))
		most = max(most, value(r))
	}
	c := &Chart{Bars: bars, Y: Axis{Max: float64(len(bars.Names))}}
	c.X = linearAxis("refused, of all write attempts", most, niceStep(most/5), percent)
	if byCost {
		c.X = linearAxis("cost of the run (USD)", most, niceStep(most/5), func(v float64) string { return number(v, digits) })
	}
	c.X.Max = max(most, 1e-9) * 2.4 // room for the words behind the bars
	c.X.Ticks = slices.DeleteFunc(c.X.Ticks, func(t Tick) bool { return t.Value > most*1.2 })
	for i, name := range bars.Names {
		c.Y.Ticks = append(c.Y.Ticks, Tick{float64(len(bars.Names)-1-i) + .5, name})
	}
	f := Figure{Chart: c, Title: b.comparisonTitle(), Table: b.comparisonTable()}
	f.Caption = "The best stands on top. All had the same records at the same times. The one that knows the future sees the load of the whole run beforehand, but not its keys, and obeys the limits of the service."
	f.Alt = "Bars, one for each policy. " + f.Title + "."
	return f
}

// comparisonTitle names the best policy and what the scenario's own came to.
func (b *builder) comparisonTitle() string {
	var best *sim.ShootoutRow
	ranked := 0
	for i := range b.r.Comparison.Rows {
		if r := &b.r.Comparison.Rows[i]; r.Rank > 0 {
			ranked++
			if best == nil {
				best = r
			}
		}
	}
	if best == nil {
		return "No policy was compared"
	}
	return fmt.Sprintf("Best of %d policies: %s, with %s refused, for %s", ranked, policyName(best), percent(best.ThrottledRatio), money(best.CostOfRun))
}

// mostPolicies is how many lines the picture of shards tells apart.
const mostPolicies = 6

// comparisonShards shows how many shards each policy had when.
func (b *builder) comparisonShards() Figure {
	m := b.r.Comparison
	if m == nil {
		return Figure{}
	}
	points := func(shards []int) []Point {
		line := make([]Point, len(shards))
		for i, n := range shards {
			line[i] = Point{b.middle(i), float64(n)}
		}
		return thinned(line)
	}
	c := &Chart{X: b.moments.timeAxis()}
	c.Series = []Series{{Name: "needed for the busiest second, with the usual headroom", Points: points(m.Needed), Hue: hueInk, Thin: true}}
	for i := range m.Rows {
		if i == mostPolicies {
			break
		}
		c.Series = append(c.Series, Series{Name: policyName(&m.Rows[i]), Points: points(m.Rows[i].OpenShards), Hue: hueFirst + i, Dash: i, Marker: true})
	}
	c.Y = countAxis("shards", top(c.Series, nil))
	f := Figure{Chart: c, Title: "How many shards each policy had, against what the load asked for"}
	f.Caption = "Where a line lies below the need the stream is too small, where above it shards are paid for in vain."
	if len(m.Rows) > mostPolicies {
		f.Caption += fmt.Sprintf(" The best %d of %d.", mostPolicies, len(m.Rows))
	}
	f.Alt = "Lines over time. " + f.Title + "."
	names := []string{"needed"}
	for i := range m.Rows {
		names = append(names, policyName(&m.Rows[i]))
	}
	f.Table = b.binTable("Shards of each policy, the most of each row", names, len(m.Needed), func(column, from, to int) string {
		values := m.Needed
		if column > 0 {
			values = m.Rows[column-1].OpenShards
		}
		if from >= len(values) { // a run that was stopped
			return "–"
		}
		return count(int64(slices.Max(values[from:min(to, len(values))])))
	})
	return f
}
