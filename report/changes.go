package report

import (
	"fmt"
	"slices"
	"strings"

	"kinesim/sim"
)

// calls are changes of the stream that a summary tells in one line: one call, or several
// of a kind that came one after the other.
type calls struct {
	*sim.ChangeResult
	last *sim.ChangeResult
	n    int
}

// folded puts together what says the same thing again and again: calls that are refused
// with the same error, and what the service does by itself.
func folded(changes []sim.ChangeResult) []calls {
	var list []calls
	for i := range changes {
		c := &changes[i]
		if n := len(list) - 1; n >= 0 {
			if was := &list[n]; was.By == c.By && was.Call == c.Call && was.Error == c.Error && (c.Error != "" || c.By == service) {
				was.last = c
				was.n++
				continue
			}
		}
		list = append(list, calls{c, c, 1})
	}
	return list
}

// service is who changes an on-demand stream.
const service = "service"

// changeLines are the changes of the stream in words.
func (b *builder) changeLines() []string {
	var lines []string
	if refused := b.refusedCalls(); refused != "" {
		lines = append(lines, refused)
	}
	for _, c := range folded(b.r.Changes) {
		lines = append(lines, b.changeText(c))
	}
	return lines
}

// refusedCalls says which errors there were and when first, as the lines of the calls may
// be too many for a screen.
func (b *builder) refusedCalls() string {
	first, n := map[string]string{}, map[string]int{}
	var names []string
	for i := range b.r.Changes {
		c := &b.r.Changes[i]
		if c.Error == "" {
			continue
		}
		if n[c.Error]++; n[c.Error] == 1 {
			names, first[c.Error] = append(names, c.Error), instant(c.AtS, true)
		}
	}
	var parts []string
	for _, name := range names {
		text := shown(name) + " at " + first[name]
		if n[name] > 1 {
			text = fmt.Sprintf("%d × %s from %s on", n[name], shown(name), first[name])
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return ""
	}
	return "refused calls: " + strings.Join(parts, ", ")
}

// changeText is a line of a summary: when, what, by whom, what for, and what came of it.
func (b *builder) changeText(c calls) string {
	text := instant(c.AtS, true) + " "
	switch {
	case c.By == service && c.n > 1:
		text += fmt.Sprintf("to %s: the service made %d %ss", instant(c.last.AtS, true), c.n, c.Call)
	case c.By == service:
		text += "the service made a " + c.Call + " of " + shown(c.Arguments)
	default:
		text += shown(c.Call) + " " + asked(c.ChangeResult)
	}
	if c.Error != "" {
		text += " refused: " + shown(c.Error)
		if c.n > 1 {
			text += fmt.Sprintf(", and %s more until %s", howOften(c.n-1), instant(c.last.AtS, true))
		} else if c.Message != "" {
			text += ", " + shownText(c.Message)
		}
		return text
	}
	if c.ShardsBefore != c.last.ShardsAfter {
		text += fmt.Sprintf(" · %d → %s", c.ShardsBefore, plural(int64(c.last.ShardsAfter), "shard"))
	}
	if c.DoneS == nil {
		text += ", not over at the end of the run"
	} else if *c.DoneS > c.AtS && c.n == 1 {
		text += " in " + duration((*c.DoneS-c.AtS)*1e3)
	}
	if c.By != service && c.By != "scenario" {
		text += " · " + shownText(c.Saw)
	}
	return text + b.drainedText(c.last)
}

// asked are the arguments of a call without what a reader knows: "to 16",
// "5 in two", "3 and 4".
func asked(c *sim.ChangeResult) string {
	words := strings.Fields(c.Arguments)
	values := make([]string, len(words))
	for i, w := range words {
		_, values[i], _ = strings.Cut(w, "=")
		values[i] = shardNumber(values[i])
	}
	switch c.Call {
	case "UpdateShardCount", "UpdateStreamMode", "UpdateAccountSettings":
		return "to " + strings.Join(values, " ")
	case "MergeShards":
		return "of " + strings.Join(values, " and ")
	case "SplitShard":
		return "of " + values[0]
	}
	return strings.Join(values, " ")
}

// slowDrain is after how many seconds a reader is said to be still at the closed shards.
const slowDrain = 10

// drainedText says which reader was last at the ends of the shards that a change closed,
// if that took long.
func (b *builder) drainedText(c *sim.ChangeResult) string {
	if c.DoneS == nil || len(c.Drained) == 0 {
		return ""
	}
	var still []string
	last, name := 0.0, ""
	for _, d := range c.Drained {
		switch {
		case d.AtS == nil:
			still = append(still, shown(d.Consumer))
		case *d.AtS-*c.DoneS > last:
			last, name = *d.AtS-*c.DoneS, shown(d.Consumer)
		}
	}
	switch {
	case len(still) > 0:
		return " · at the end " + strings.Join(still, ", ") + " had not read the closed shards to their ends"
	case last > slowDrain:
		return " · " + name + " had read the closed shards " + duration(last*1e3) + " later"
	}
	return ""
}

// autoscalerFact sums up what the autoscaler did.
func (b *builder) autoscalerFact() (Fact, bool) {
	a := b.r.Autoscaler
	if a == nil {
		return Fact{}, false
	}
	parts := []string{shown(a.Name) + ": " + plural(int64(a.Calls), "call")}
	if a.Refused > 0 {
		parts[0] += fmt.Sprintf(" and %d refused", a.Refused)
	}
	if a.MostCalls > 0 {
		parts = append(parts, fmt.Sprintf("at most %d in 24 hours", a.MostCalls))
	}
	parts = append(parts, b.shardSpan(), turns(a.Oscillations))
	return Fact{Label: "autoscaler", Value: strings.Join(parts, " · ")}, true
}

// turns is how often a policy turned from growing to shrinking or back.
func turns(n int) string {
	if n == 0 {
		return "never turned back"
	}
	return "turned back " + howOften(n)
}

func howOften(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// scattered says what spreading records over all shards cost in order.
func (b *builder) scattered() (Fact, bool) {
	n := b.r.Stream.ScatteredRecords
	if n == 0 {
		return Fact{}, false
	}
	return Fact{Label: "spread", Value: count(n) + " records went to another shard than the one before of their key, so nothing keeps their order"}, true
}

// changed tells whether shards were opened or closed in the run.
func (b *builder) changed() bool {
	return slices.ContainsFunc(b.r.Shards, func(s sim.ShardResult) bool { return s.OpenedAtS > 0 || s.ClosedAtS != nil })
}

// shardSpan is how many shards there were: "4 shards", "2 to 7 shards".
func (b *builder) shardSpan() string {
	least, most := b.r.Stream.LeastShards, b.r.Stream.MostShards
	if least == most {
		return plural(int64(b.r.Stream.OpenShards), "shard")
	}
	return fmt.Sprintf("%d to %s", least, plural(int64(most), "shard"))
}

// changeTable lists the calls with what they set off.
func (b *builder) changeTable() Table {
	t := Table{Caption: "Changes of the stream", Columns: columns("time", "by", "call", "outcome", "#shards", "#took", "because")}
	for i := range b.r.Changes {
		c := &b.r.Changes[i]
		if len(t.Rows) == mostShards {
			t.Caption += fmt.Sprintf("; the first %d of %d", mostShards, len(b.r.Changes))
			break
		}
		outcome, took := "done", "–"
		switch {
		case c.Error != "":
			outcome = shown(c.Error) + ": " + shownText(c.Message)
		case c.DoneS == nil:
			outcome = "not over at the end"
		default:
			took = duration((*c.DoneS - c.AtS) * 1e3)
			outcome += strings.Replace(b.drainedText(c), " · ", "; ", 1)
		}
		shards := fmt.Sprintf("%d → %d", c.ShardsBefore, c.ShardsAfter)
		if c.ShardsMost > max(c.ShardsBefore, c.ShardsAfter) {
			shards += fmt.Sprintf(", %d on the way", c.ShardsMost)
		}
		t.Rows = append(t.Rows, []string{
			instant(c.AtS, true), shown(c.By), shown(c.Call) + " " + shownText(c.Arguments), outcome, shards, took,
			strings.TrimPrefix(shownText(c.Saw)+"; "+shownText(c.Reason), "; "),
		})
	}
	return t
}
