package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"kinesim/sim/plan"
)

// WritePlan writes a plan as json or markdown.
func WritePlan(w io.Writer, format string, p *plan.Plan) error {
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(p)
	}
	return writePlanMarkdown(w, p)
}

// WritePlanText writes a plan for a terminal: the answer first, then its proof.
func WritePlanText(w io.Writer, p *plan.Plan, color bool) error {
	paint := paint(color)
	state := Passed
	if !p.Feasible {
		state = Failed
	}
	var lines []string
	for i, l := range wrapText(planSentence(p), textWidth-8) {
		if i == 0 {
			lines = append(lines, paint.state(state, state.Symbol()+" PLAN")+"  "+paint.bold(l))
		} else {
			lines = append(lines, "        "+paint.bold(l))
		}
	}
	for _, s := range planSections(p) {
		for i, l := range s.lines {
			label := ""
			if i == 0 {
				label = s.title
			}
			for j, part := range planLine(l) {
				if j > 0 {
					label, part = "", "  "+part
				}
				lines = append(lines, paint.dim(padded(label, 13))+part)
			}
		}
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// planLine is a line that is broken where it is too long; columns stay where it is not.
func planLine(text string) []string {
	if len([]rune(text)) <= textWidth-13 {
		return []string{text}
	}
	return wrapText(text, textWidth-15)
}

// planPart is a titled group of lines.
type planPart struct {
	title string
	lines []string
}

// planSentence is the answer.
func planSentence(p *plan.Plan) string {
	c := &p.Chosen
	what := capacityName(c)
	if !p.Feasible {
		return fmt.Sprintf("nothing that may be chosen meets the expectations; nearest came %s, with %s of %s", what, percent(c.PPass), plural(int64(c.Runs), "run"))
	}
	sentence := what + " for " + money(c.CostPerMonth) + " a month"
	if c.PPass == 1 {
		sentence += fmt.Sprintf(": all expectations met in each of %s", plural(int64(c.Runs), "run"))
	} else {
		sentence += fmt.Sprintf(": all expectations met in %s of %s", percent(c.PPass), plural(int64(c.Runs), "run"))
	}
	if len(p.Doubts) > 0 {
		sentence += fmt.Sprintf("; but the verdict flips within the range of %s", plural(int64(len(doubted(p))), "assumption"))
	}
	return sentence + "."
}

// capacityName is a capacity in words.
func capacityName(c *plan.Chosen) string {
	if c.Mode != "provisioned" {
		return modeName(c.Mode)
	}
	name := plural(int64(c.Shards), "shard")
	if len(c.StartingHashKeys) > 0 {
		name += ", unevenly cut,"
	}
	if len(c.Settings) > 0 {
		name += " with " + shownText(strings.Join(c.Settings, ", "))
	}
	return name
}

// doubted are the names of the assumptions that the verdict hangs on.
func doubted(p *plan.Plan) []string {
	var names []string
	for _, d := range p.Doubts {
		if len(names) == 0 || names[len(names)-1] != d.Constant {
			names = append(names, d.Constant)
		}
	}
	return names
}

// planSections are the parts of a plan below its answer.
func planSections(p *plan.Plan) []planPart {
	parts := []planPart{{"sure", []string{fmt.Sprintf("P(all met) lies between %s and %s (95 %% interval of %s)", percent(p.Chosen.PLow), percent(p.Chosen.PHigh), plural(int64(p.Chosen.Runs), "run"))}}}
	var margins []string
	for _, m := range p.Chosen.Expectations {
		margins = append(margins, marginLine(&m))
	}
	parts = append(parts, planPart{"expectations", margins})
	if b := p.Bound; b != nil {
		parts = append(parts, planPart{"binding", []string{fmt.Sprintf("%s: with %s %s, as %s", shown(b.Limit), plural(int64(b.Shards), "shard"), missedText(&b.Missed), shownText(b.Why))}})
	}
	if g := p.Give; g != nil {
		parts = append(parts, planPart{"give", giveLines(p, g)})
	}
	if h := p.Chosen.Headroom; h != nil {
		parts = append(parts, planPart{"headroom", []string{headroomText(h)}})
	}
	parts = append(parts, planPart{"cliff", candidateLines(p.Cliff)})
	if len(p.Candidates) > 1 {
		parts = append(parts, planPart{"alternatives", candidateLines(p.Candidates)})
	}
	if p.BreakEven != nil {
		parts = append(parts, planPart{"break-even", []string{breakEvenTitle(p.BreakEven)}})
	}
	if u := p.Uncertain; u != nil {
		parts = append(parts, planPart{"uncertain", uncertainLines(u)})
	}
	if d := p.Chosen.Drift; d != nil {
		parts = append(parts, planPart{"drift", []string{fmt.Sprintf("the map is made for these keys: its fullest shard is at %s; were their loads dealt anew among them it would be at %s, and that of an even map at %s",
			percent(d.Now), percent(d.After), percent(d.Even))}})
	}
	for i, k := range p.HotKeys {
		if i == 3 {
			break
		}
		parts = append(parts, planPart{"hot key", []string{fmt.Sprintf("%s asks for %s records/s and %s/s: spread it over %d keys", shown(k.Key), number(k.RecordsPerS, digits), dataSize(k.BytesPerS), k.Salt)}})
	}
	var doubts []string
	for _, d := range p.Doubts {
		doubts = append(doubts, fmt.Sprintf("%s (%s) %s in place of %s: %s", shown(d.Constant), shown(d.Register), shown(d.Value), shown(d.Instead), missedText(&d.Missed[0])))
	}
	if len(doubts) == 0 && p.Feasible {
		doubts = []string{fmt.Sprintf("the verdict holds at both ends of the range of each of %s", plural(int64(p.Tried), "assumption"))}
	}
	parts = append(parts, planPart{"assumptions", doubts})
	if len(p.Steps) > 0 {
		parts = append(parts, planPart{"steps", stepLines(p.Steps)})
	}
	if len(p.Alarms) > 0 {
		parts = append(parts, planPart{"alarms", watchLines(p.Alarms)})
	}
	for _, way := range []struct {
		title   string
		passage *plan.Passage
	}{{"way there", p.Passage}, {"way back", p.PassBack}} {
		if way.passage != nil {
			parts = append(parts, planPart{way.title, passageLines(way.passage)})
		}
	}
	return append(parts, planPart{"runs", []string{count(int64(p.Runs)) + " in all" + playedText(&p.Resolution) + " · " + shownText(p.Reproduce)}})
}
