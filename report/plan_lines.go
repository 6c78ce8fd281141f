package report

import (
	"fmt"
	"strings"

	"kinesim/sim/plan"
)

// watchLines are the alarms that are proposed.
func watchLines(list []plan.Watch) []string {
	var lines []string
	for i := range list {
		w := &list[i]
		line := fmt.Sprintf("%s: %s > %s in %d of %d minutes", shown(w.Name), shown(w.Metric), quantityOf(w.Threshold, w.Unit), w.DatapointsToAlarm, w.EvaluationPeriods)
		switch {
		case w.Rang == nil:
		case *w.Rang > 0:
			line += fmt.Sprintf(" · rang %d times in the run of the plan", *w.Rang)
		case w.Nearest != nil:
			line += " · quiet in the run of the plan, nearest " + quantityOf(*w.Nearest, w.Unit)
		}
		lines = append(lines, line)
	}
	return lines
}

// playedText says how finely a plan was played, where that is not record by record.
func playedText(r *plan.Resolutions) string {
	const record = "record"
	switch {
	case r.Search == "" || r.Search == record && r.Proof == record:
		return ""
	case r.Proof == record:
		return ", the search at " + r.Search + ", the proof record by record"
	case len(r.Finer) == 0:
		return " at " + r.Proof
	}
	text := " at " + r.Proof
	for i, f := range r.Finer {
		sign := Passed.Symbol()
		if !f.Holds {
			sign = Failed.Symbol()
		}
		if i == 0 {
			text += "; played finer, at " + f.Resolution + ":"
		}
		text += fmt.Sprintf(" %s %s", sign, plural(int64(f.Shards), "shard"))
	}
	return text
}

// mostSteps is how many calls a summary shows.
const mostSteps = 5

// stepLines are the first calls, and what they come to in all.
func stepLines(steps []plan.Step) []string {
	var lines []string
	most := 0
	for i := range steps {
		s := &steps[i]
		most = max(most, s.Most)
		if i < mostSteps {
			lines = append(lines, fmt.Sprintf("%s %s, about %s", shown(s.Call), shownText(stepArguments(s)), duration(s.WaitS*1e3)))
		}
	}
	if rest := len(steps) - mostSteps; rest > 0 {
		last := &steps[len(steps)-1]
		lines = append(lines, fmt.Sprintf("… and %d more: %d calls in all, about %s one after the other (assumed), at most %s on the way",
			rest, len(steps), duration((last.AtS+last.WaitS)*1e3), plural(int64(most), "shard")))
	}
	return lines
}

// passageLines are what the calls do to writers and readers, simulated.
func passageLines(p *plan.Passage) []string {
	if p.Note != "" {
		return []string{shownText(p.Note)}
	}
	phases := func(what, unit string, ph plan.Phases) string {
		part := func(v *float64) string {
			if v == nil {
				return "–"
			}
			return quantity(*v, unit, digits)
		}
		return fmt.Sprintf("%s %s before, %s during, %s after", what, part(ph.Before), part(ph.During), part(ph.After))
	}
	lines := []string{fmt.Sprintf("%s until the last change is over · %s", duration((p.EndsS-p.BeginsS)*1e3), phases("refused", "ratio", p.Writes))}
	if p.Refused > 0 {
		lines[0] += fmt.Sprintf(" · the service refuses %s", plural(int64(p.Refused), "call"))
	}
	for _, r := range p.Readers {
		lines = append(lines, shown(r.Consumer)+": "+phases("age at most", "ms", r.Age)+" · "+phases("delay", "ms", r.Delay))
	}
	return lines
}

// stepArguments are those that a reader wants to see.
func stepArguments(s *plan.Step) string {
	for _, name := range []string{"TargetShardCount", "StreamModeDetails", "NewStartingHashKey"} {
		if v, ok := s.Arguments[name]; ok {
			if shard, ok := s.Arguments["ShardToSplit"]; ok {
				return "of " + shard + " at " + v
			}
			return "to " + v
		}
	}
	return "of " + s.Arguments["ShardToMerge"] + " and " + s.Arguments["AdjacentShardToMerge"]
}

func marginLine(m *plan.Margin) string {
	name := measureText(m.Metric, m.Stat, m.Where, m.During)
	sign := Passed.Symbol()
	if m.PPass < 1 {
		sign = Failed.Symbol()
	}
	line := fmt.Sprintf("%s %s %s at worst, wanted %s %s", sign, padded(name, 40), quantity(m.Worst, m.Unit, digits), opName(m.Op), quantity(m.Limit, m.Unit, digits))
	if m.Limit != 0 && m.Op != "equals" && m.Margin >= 0 {
		line += " · " + percent(m.Margin) + " left"
	}
	return line
}

// giveLines are what cannot be met, by how much, and what would have to give.
func giveLines(p *plan.Plan, g *plan.Give) []string {
	var lines []string
	for i := range g.Missed {
		m := &g.Missed[i]
		line := fmt.Sprintf("cannot be met: %s %s %s; it is %s at worst and %s on average", measureText(m.Metric, m.Stat, m.Where, m.During), opName(m.Op), quantity(m.Limit, m.Unit, digits),
			quantity(m.Worst, m.Unit, digits), quantity(m.Mean, m.Unit, digits))
		if m.Limit != 0 && m.Op != "equals" {
			line += ", " + percent(max(0, -m.Margin)) + " beyond"
		}
		if i == 0 && g.Mostly != "" {
			line += ", as " + shownText(g.Mostly)
		}
		lines = append(lines, line)
	}
	var ways []string
	if g.Load != nil {
		ways = append(ways, "the load, to "+percent(*g.Load)+" of what it is")
	}
	for _, k := range p.HotKeys {
		ways = append(ways, fmt.Sprintf("key %s, spread over %d keys", shown(k.Key), k.Salt))
		break
	}
	if len(g.Missed) > 0 {
		m := &g.Missed[0]
		ways = append(ways, fmt.Sprintf("the limit of %s, to %s", measureText(m.Metric, m.Stat, m.Where, m.During), quantity(m.Worst, m.Unit, digits)))
	}
	if g.AtMost {
		ways = append(ways, "the most shards that may be chosen (most_shards)")
	}
	if g.OneWays && g.Limit != "keys" {
		ways = append(ways, "the mode (plan.modes), or how records are written and read (plan.free)")
	}
	return append(lines, "would have to give, one of: "+strings.Join(ways, "; "))
}

func opName(op string) string {
	if op == "equals" {
		return "exactly"
	}
	return op
}

// missedText is "put_throttled_ratio is 1.2 %".
func missedText(m *plan.Missed) string {
	name := measureText(m.Metric, m.Stat, m.Where, m.During)
	if m.Measured == nil {
		return name + " is not measured"
	}
	return name + " is " + quantity(*m.Measured, m.Unit, digits)
}

// weeks is "1 week" or "4.4 weeks".
func weeks(n float64) string {
	text := number(n, 2)
	if text == "1" {
		return "1 week"
	}
	return text + " weeks"
}

func headroomText(h *plan.Headroom) string {
	if h.AtLeast {
		return "the load may grow " + number(h.Factor, digits) + " times and more"
	}
	text := fmt.Sprintf("the load may grow by a factor of %s; then %s, as %s", number(h.Factor, digits), missedText(h.Breaks), shownText(h.Why))
	if h.Weeks != nil {
		text += ": in " + weeks(*h.Weeks)
		if h.Date != "" {
			text += ", on " + h.Date
		}
	}
	return text
}

// uncertainLines are the worlds that may come, and the input that matters most.
func uncertainLines(u *plan.Uncertain) []string {
	lines := []string{fmt.Sprintf("made for %s; where another comes it costs up to %s a month too much", shownText(u.Tightest), money(u.MaxRegret))}
	if len(u.Inputs) > 1 {
		top := u.Inputs[0]
		lines[0] += fmt.Sprintf("; %s matters most: %s to %s a month", shown(top.Path), money(top.Low), money(top.High))
	}
	for _, o := range u.Worlds {
		best := shownText(o.Way)
		if o.Shards > 0 {
			best += ", " + plural(int64(o.Shards), "shard")
		}
		lines = append(lines, fmt.Sprintf("%s: %s for %s would do · %s too much", shownText(o.World), best, money(o.CostPerMonth), money(o.Regret)))
	}
	return lines
}

// candidateLines are capacities that were tried, a line each.
func candidateLines(list []plan.Candidate) []string {
	width := 0
	for i := range list {
		width = max(width, len([]rune(candidateName(&list[i]))))
	}
	var lines []string
	for i := range list {
		c := &list[i]
		sign := Passed.Symbol()
		if !c.Holds {
			sign = Failed.Symbol()
		}
		line := fmt.Sprintf("%s %s  %s  met in %s of %s", sign, padded(candidateName(c), min(width, 50)), padLeft(money(c.CostPerMonth), 12), percent(c.PPass), plural(int64(c.Runs), "run"))
		if len(c.Missed) > 0 {
			line += " · " + missedText(&c.Missed[0])
		}
		lines = append(lines, line)
	}
	return lines
}

func candidateName(c *plan.Candidate) string {
	if c.Shards == 0 {
		return shownText(c.Way)
	}
	return shownText(c.Way) + ", " + plural(int64(c.Shards), "shard")
}
