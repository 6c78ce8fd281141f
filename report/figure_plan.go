package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kinesim/sim/plan"
)

// planFigures are the pictures of a plan, in the order of its argument: how sure, what it costs
// to wait less, how full the shards are, what is left, and what other modes would cost.
func planFigures(p *plan.Plan) []Figure {
	var list []Figure
	for _, draw := range []func(*plan.Plan) Figure{planPass, planCliff, planCostDelay, planShardLoads, planLimits, planBreakEvenUse, planBreakEven} {
		if f := draw(p); f.Chart != nil {
			list = append(list, f)
		}
	}
	return list
}

// planPictures are the names of all pictures that a plan may have.
var planPictures = []string{"pass", "cliff", "cost-delay", "shard-loads", "headroom", "break-even-use", "break-even"}

// WritePlanDir writes a plan into a folder: the page, the data, the words, what applies it, and
// the pictures. The page explains the words it is given. It returns the paths.
func WritePlanDir(dir string, p *plan.Plan, words []Word) ([]string, error) {
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	jobs := []job{
		{"report.html", func(w io.Writer) error { return writePlanPage(w, p, words) }},
		{"plan.json", func(w io.Writer) error { return WritePlan(w, "json", p) }},
		{"plan.md", func(w io.Writer) error { return WritePlan(w, "markdown", p) }},
		{"apply.sh", text(p.Commands)}, {"main.tf", text(p.Terraform)}, {"template.yaml", text(p.CloudForm)},
	}
	for _, f := range planFigures(p) {
		jobs = append(jobs,
			job{"plots/" + f.ID + ".svg", func(w io.Writer) error { return drawSVG(w, &f, true) }},
			job{"plots/" + f.ID + ".png", func(w io.Writer) error { return drawPNG(w, &f) }})
	}
	plots := filepath.Join(dir, "plots")
	if err := os.MkdirAll(plots, 0o777); err != nil {
		return nil, fmt.Errorf("creating %s: %w", plots, err)
	}
	for _, id := range planPictures { // of an earlier plan
		for _, extension := range []string{".svg", ".png"} {
			if err := os.Remove(filepath.Join(plots, id+extension)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
		}
	}
	return writeFiles(dir, jobs)
}

// planPass shows the share of runs that met all expectations over the number of shards, with its
// interval, and where the chosen number stands.
func planPass(p *plan.Plan) Figure {
	line := Series{Name: "runs that met all expectations", Hue: hueAccepted, Marker: true}
	band := Series{Name: "95 % interval", Hue: huePale + 1, Base: []float64{}}
	knee := Series{Name: "chosen", Hue: hueInk, Loose: true, Mark: markUp}
	for i := range p.Played {
		c := &p.Played[i]
		if c.Way != p.Chosen.Way || c.Shards == 0 {
			continue
		}
		at := Point{float64(c.Shards), c.PPass}
		line.Points = append(line.Points, at)
		band.Points, band.Base = append(band.Points, Point{at.X, c.PHigh}), append(band.Base, c.PLow)
		if c.Shards == p.Chosen.Shards {
			knee.Points = append(knee.Points, at)
		}
	}
	if len(line.Points) < 2 {
		return Figure{}
	}
	first, last := line.Points[0].X, line.Points[len(line.Points)-1].X
	c := &Chart{Series: []Series{band, line, knee}, X: Axis{Label: "shards", Min: first - .3, Max: last + .3}, Y: Axis{Label: "share of the runs", Min: -.03, Max: 1.06}}
	step := max(1, niceStep((last-first)/10))
	for x := math.Ceil(first/step) * step; x <= last; x += step {
		c.X.Ticks = append(c.X.Ticks, Tick{x, number(x, digits)})
	}
	for _, t := range quarters {
		c.Y.Ticks = append(c.Y.Ticks, Tick{t, percent(t)})
	}
	return Figure{ID: "pass", Title: kneeTitle(p, line.Points), Chart: c, Alt: "A line with its interval over the number of shards.", Table: playedTable(p, false),
		Caption: "Each number of shards that was tried: those near the chosen one with all runs, the others with a few, whose interval is wide."}
}

// kneeTitle says where the share rises.
func kneeTitle(p *plan.Plan, points []Point) string {
	if !p.Feasible {
		return "No number of shards meets all expectations"
	}
	for i := len(points) - 1; i > 0; i-- {
		if points[i].X <= float64(p.Chosen.Shards) && points[i-1].Y < points[i].Y {
			return fmt.Sprintf("From %s to %s shards the share of runs that meet all expectations goes from %s to %s",
				number(points[i-1].X, digits), number(points[i].X, digits), percent(points[i-1].Y), percent(points[i].Y))
		}
	}
	return "All numbers of shards that were tried meet all expectations"
}

// planCliff shows in which share of the runs the numbers of shards around the chosen one
// hold, with their bills.
func planCliff(p *plan.Plan) Figure {
	if len(p.Cliff) == 0 {
		return Figure{}
	}
	bars := &Bars{Horizontal: true, Parts: []Part{{Name: "runs that meet all expectations", Hue: hueAccepted}, {Name: "runs that miss one", Hue: hueRefused}}}
	c := &Chart{Bars: bars, X: Axis{Label: "share of the runs", Max: 1.7}, Y: Axis{Max: float64(len(p.Cliff))}}
	for _, t := range quarters {
		c.X.Ticks = append(c.X.Ticks, Tick{t, percent(t)})
	}
	for i := range p.Cliff {
		o := &p.Cliff[i]
		name := plural(int64(o.Shards), "shard")
		bars.Names = append(bars.Names, name)
		bars.Parts[0].Values = append(bars.Parts[0].Values, o.PPass)
		bars.Parts[1].Values = append(bars.Parts[1].Values, 1-o.PPass)
		label := money(o.CostPerMonth) + " a month"
		if len(o.Missed) > 0 {
			label += " · " + missedText(&o.Missed[0])
		}
		bars.Labels = append(bars.Labels, label)
		c.Y.Ticks = append(c.Y.Ticks, Tick{float64(len(p.Cliff)-1-i) + .5, name})
	}
	return Figure{ID: "cliff", Title: strings.TrimSuffix(planSentence(p), "."), Alt: "Bars, one for each number of shards.", Chart: c, Table: candidateTable("Numbers of shards around the chosen one", p.Cliff),
		Caption: "The chosen number of shards and its neighbours, each with all runs."}
}

// planCostDelay shows what each capacity that was tried costs against how long its slowest reader
// waits.
func planCostDelay(p *plan.Plan) Figure {
	held := Series{Name: "meets all expectations", Hue: hueAccepted, Loose: true, Mark: markDot}
	missed := Series{Name: "misses one", Hue: hueRefused, Loose: true, Mark: markCross}
	chosen := Series{Name: "chosen", Hue: hueInk, Loose: true, Mark: markUp}
	low, most, dear := math.Inf(1), 0.0, 0.0
	for i := range p.Played {
		c := &p.Played[i]
		if c.DelayP99MS == nil || *c.DelayP99MS <= 0 {
			continue
		}
		at := Point{c.CostPerMonth, *c.DelayP99MS}
		low, most, dear = min(low, at.Y), max(most, at.Y), max(dear, at.X)
		switch {
		case c.Way == p.Chosen.Way && (c.Shards == p.Chosen.Shards || c.Shards == 0):
			chosen.Points = append(chosen.Points, at)
		case c.Holds:
			held.Points = append(held.Points, at)
		default:
			missed.Points = append(missed.Points, at)
		}
	}
	if len(held.Points)+len(missed.Points) == 0 || len(chosen.Points) == 0 {
		return Figure{}
	}
	c := &Chart{X: countAxis("USD a month", dear), Y: delayAxis("propagation delay, 99th percentile", low, most)}
	for _, s := range []Series{held, missed, chosen} {
		if len(s.Points) > 0 {
			c.Series = append(c.Series, s)
		}
	}
	at := chosen.Points[0]
	return Figure{ID: "cost-delay", Chart: c, Alt: "Marks for each capacity, by cost and delay.", Table: playedTable(p, true),
		Title:   fmt.Sprintf("For %s a month, 99 %% of the records reach the slowest reader within %s", money(at.X), duration(at.Y)),
		Caption: "Each capacity that was tried; further left is cheaper, further down is faster. The delay is that of the slowest consumer, the worst of the runs, from acceptance to hand-over."}
}

// mostPairs is up to how many shards the two maps stand side by side as bars.
const mostPairs = 40

// planShardLoads shows how full each shard of an even and of an uneven map is.
func planShardLoads(p *plan.Plan) Figure {
	l := p.ShardLoads
	if l == nil {
		return Figure{}
	}
	n := len(l.Even)
	c := &Chart{X: Axis{Label: "shards in the order of their hash keys", Max: float64(n)}, Rules: []Rule{{Name: "what a shard takes", Value: 1, Hue: hueLimit}}}
	most := max(1, slices.Max(l.Even), slices.Max(l.Uneven))
	c.Y = linearAxis("share of what a shard takes, at the highest load", most, niceStep(most/5), percent)
	step := max(1, int(niceStep(float64(n)/12)))
	for i := 0; i < n; i += step {
		c.X.Ticks = append(c.X.Ticks, Tick{float64(i) + .5, number(float64(i+1), digits)})
	}
	if n <= mostPairs {
		c.Boxes = &Boxes{Groups: []Part{{Name: "even map", Hue: huePale + 2}, {Name: "uneven map", Hue: huePale + 1}}}
		for i := range n {
			x := float64(i)
			c.Boxes.List = append(c.Boxes.List, Box{From: Point{x + .08, 0}, To: Point{x + .5, l.Even[i]}}, Box{From: Point{x + .5, 0}, To: Point{x + .92, l.Uneven[i]}, Group: 1})
		}
	} else {
		for i, s := range []struct {
			name string
			use  []float64
		}{{"even map", l.Even}, {"uneven map", l.Uneven}} {
			line := Series{Name: s.name, Hue: hueFirst + i, Dash: i}
			for k, u := range s.use {
				line.Points = append(line.Points, Point{float64(k) + .5, u})
			}
			line.Points = thinned(line.Points)
			c.Series = append(c.Series, line)
		}
	}
	even, uneven := slices.Max(l.Even), slices.Max(l.Uneven)
	return Figure{ID: "shard-loads", Chart: c, Alt: "Bars for each shard of either map.", Table: loadTable(l),
		Title:   fmt.Sprintf("The fullest of %d shards is at %s in an even map and at %s in an uneven one", n, percent(even), percent(uneven)),
		Caption: "By the weights of the keys, each producer at its highest rate; bursts come on top. An uneven map takes splits and merges, and is only as good as the keys stay as they are."}
}

// planLimits shows how much of each limit the fullest shard uses.
func planLimits(p *plan.Plan) Figure {
	if len(p.LimitUse) == 0 {
		return Figure{}
	}
	bars := &Bars{Horizontal: true, Parts: []Part{{Name: "used by the fullest shard", Hue: hueOffered}}}
	c := &Chart{Bars: bars, Y: Axis{Max: float64(len(p.LimitUse))}, Rules: []Rule{{Name: "the limit", Value: 1, Hue: hueLimit}}}
	most := p.LimitUse[0]
	for i, u := range p.LimitUse {
		if u.Use > most.Use {
			most = u
		}
		bars.Names = append(bars.Names, u.Limit)
		bars.Parts[0].Values = append(bars.Parts[0].Values, u.Use)
		left := percent(max(0, 1-u.Use)) + " left"
		if u.Use > 1 {
			left = number(u.Use, digits) + " times the limit"
		}
		bars.Labels = append(bars.Labels, left)
		c.Y.Ticks = append(c.Y.Ticks, Tick{float64(len(p.LimitUse)-1-i) + .5, u.Limit})
	}
	title := fmt.Sprintf("Nearest to its limit is the fullest shard by %s: %s is left", most.Limit, percent(1-most.Use))
	if most.Use > 1 {
		title = fmt.Sprintf("At the highest load the fullest shard is asked for %s of its limit of %s", percent(most.Use), most.Limit)
	}
	top := max(1, most.Use)
	c.X = linearAxis("share of the limit of a shard", top*1.25, niceStep(top/5), percent)
	return Figure{ID: "headroom", Chart: c, Alt: "Bars for each limit.", Table: limitTable(p.LimitUse),
		Title: title, Caption: "Of the chosen capacity, each shard at its mean of the run raised to the highest rates of the producers."}
}

// planBreakEven shows what each way would cost at other loads.
func planBreakEven(p *plan.Plan) Figure {
	e := p.BreakEven
	if e == nil {
		return Figure{}
	}
	c := &Chart{X: Axis{Label: "times the load of the scenario, logarithmic", Log: true, Min: e.Factors[0], Max: e.Factors[len(e.Factors)-1]}}
	for _, t := range []float64{.1, .2, .5, 1, 2, 5, 10} {
		c.X.Ticks = append(c.X.Ticks, Tick{t, number(t, digits)})
	}
	c.costLines(e, e.Factors, costsByLoad)
	return Figure{ID: "break-even", Title: breakEvenTitle(e), Alt: "Lines of cost over load.", Chart: c,
		Table:   costTable(e, "times the load", e.Factors, costsByLoad, func(x float64) string { return number(x, digits) }),
		Caption: "Bills in proportion to the load, with whole shards where the stream is provisioned. No run was asked whether that would hold."}
}

// planBreakEvenUse shows what each way costs beside provisioned shards that are used more or less.
func planBreakEvenUse(p *plan.Plan) Figure {
	e := p.BreakEven
	if e == nil || len(e.Uses) == 0 {
		return Figure{}
	}
	c := &Chart{X: Axis{Label: "mean use of the provisioned shards, logarithmic", Log: true, Min: e.Uses[0], Max: 1}}
	for _, t := range []float64{.01, .02, .05, .1, .2, .5, 1} {
		c.X.Ticks = append(c.X.Ticks, Tick{t, percent(t)})
	}
	c.costLines(e, e.Uses, costsByUse)
	title := cheapestWhere(e, e.Uses, costsByUse, func(x float64) string { return " from " + percent(x) + " use on" }, "at any use")
	return Figure{ID: "break-even-use", Title: title, Alt: "Lines of cost over use.", Chart: c, Table: costTable(e, "mean use", e.Uses, costsByUse, percent),
		Caption: fmt.Sprintf("With as many shards as the cheapest provisioned capacity has, which this load uses to %s on average. Shards cost the same idle or full; an on-demand stream costs by what goes through it.", percent(e.Use))}
}

// costsByLoad and costsByUse are the costs of a way over the factors and over the uses.
func costsByLoad(w *plan.WayCosts) []float64 { return w.Costs }
func costsByUse(w *plan.WayCosts) []float64  { return w.ByUse }

// costLines draws a line for each way and the axis that takes them.
func (c *Chart) costLines(e *plan.BreakEven, at []float64, costs func(*plan.WayCosts) []float64) {
	low, high := math.Inf(1), 0.0
	for i := range e.Ways {
		s := Series{Name: shownText(e.Ways[i].Way), Hue: hueFirst + i%mostFleetHues, Dash: i, Marker: true}
		for k, cost := range costs(&e.Ways[i]) {
			s.Points = append(s.Points, Point{at[k], cost})
			low, high = min(low, cost), max(high, cost)
		}
		c.Series = append(c.Series, s)
	}
	c.Y = Axis{Label: "USD a month, logarithmic", Log: true, Min: max(low, 0.01) / 1.2, Max: high * 1.2}
	for decade := math.Pow(10, math.Floor(math.Log10(c.Y.Min))); decade <= c.Y.Max; decade *= 10 {
		for _, m := range []float64{1, 2, 5} {
			c.Y.Ticks = append(c.Y.Ticks, Tick{m * decade, number(m*decade, digits)})
		}
	}
}

// breakEvenTitle says which way is cheapest where.
func breakEvenTitle(e *plan.BreakEven) string {
	return cheapestWhere(e, e.Factors, costsByLoad,
		func(x float64) string { return fmt.Sprintf(" from %s times the load on", number(x, 2)) },
		fmt.Sprintf("from a tenth to %s times the load", number(e.Factors[len(e.Factors)-1], digits)))
}

// cheapestWhere says which way is cheapest from where on.
func cheapestWhere(e *plan.BreakEven, at []float64, costs func(*plan.WayCosts) []float64, from func(float64) string, all string) string {
	var parts []string
	last := -1
	for k, x := range at {
		best := 0
		for i := range e.Ways {
			if costs(&e.Ways[i])[k] < costs(&e.Ways[best])[k] {
				best = i
			}
		}
		if best == last {
			continue
		}
		part := shownText(e.Ways[best].Way)
		if k > 0 {
			part += from(x)
		}
		parts, last = append(parts, part), best
	}
	if len(parts) == 1 {
		return fmt.Sprintf("Cheapest %s is %s", all, parts[0])
	}
	return "Cheapest is " + strings.Join(parts, ", then ")
}
