package report

import (
	"fmt"
	"html/template"
	"io"

	"kinesim/sim/plan"
)

// planPage is what the template of a plan lays out.
type planPage struct {
	Plan                *plan.Plan
	Style               template.CSS
	Policy              string
	State               State
	Name, Description   string
	Sentence            string
	Headlines           []Fact
	Warnings, Doubts    []string
	Expectations        Table
	Facts               []planFact
	Alternatives, Cliff Table
	Uncertain           Table
	Pictures            []pagePicture
	Cost, CostNote      string
	Bill                Table
	NotModelled         []string
	Steps, Passage      Table
	Texts               []planApply
	Words               []Word
}

// planFact is a labelled group of sentences, planApply a text that brings the plan about.
type planFact struct {
	Label string
	Lines []string
}
type planApply struct{ Title, Text string }

// writePlanPage writes a plan as one page that needs nothing but itself, not even a script.
func writePlanPage(w io.Writer, p *plan.Plan, words []Word) error {
	d := planPage{
		Plan: p, Style: template.CSS(pageStyle), State: Passed, Name: shown(p.Scenario.Name), Description: shownText(p.Scenario.Description), Sentence: planSentence(p),
		Policy:    "default-src 'none'; style-src '" + hashOf(pageStyle) + "'; img-src data:; base-uri 'none'; form-action 'none'",
		Headlines: planHeadlines(p), Warnings: p.Warnings, Expectations: planExpectations(p),
		Alternatives: candidateTable("The cheapest of each way", p.Candidates), Cliff: candidateTable("Numbers of shards around the chosen one", p.Cliff),
		Uncertain: uncertainTable(p.Uncertain), Cost: money(p.Chosen.CostPerMonth), Bill: billTable(p), Steps: stepTable(p.Steps), Passage: passageTable(p),
		CostNote: fmt.Sprintf("That is %s an hour, with %s for the load of the scenario. Lambda, KMS and data transfer are not in it.", money(p.Chosen.CostPerMonth/720), capacityName(&p.Chosen)),
		Texts:    []planApply{{"Commands", p.Commands}, {"Terraform", p.Terraform}, {"CloudFormation", p.CloudForm}}, Words: words,
	}
	if !p.Feasible {
		d.State = Failed
	}
	if p.Result != nil {
		d.NotModelled = p.Result.NotModelled
	}
	for _, s := range planSections(p) {
		switch s.title {
		case "binding", "headroom", "break-even", "drift", "hot key", "give", "sure", "alarms":
			d.Facts = append(d.Facts, planFact{s.title, s.lines})
		case "assumptions":
			d.Doubts = s.lines
		}
	}
	for _, f := range planFigures(p) {
		picture, err := drawn(&f)
		if err != nil {
			return err
		}
		d.Pictures = append(d.Pictures, picture)
	}
	return templates().ExecuteTemplate(w, "plan", d)
}

// planHeadlines are the numbers that people ask for first.
func planHeadlines(p *plan.Plan) []Fact {
	c := &p.Chosen
	list := []Fact{
		{Label: "capacity", Value: modeName(c.Mode), Note: "as the service scales it"},
		{Label: "cost", Value: money(c.CostPerMonth), Note: "a month"},
		{Label: "sure", Value: percent(c.PPass), Note: fmt.Sprintf("of %s met all; 95 %% interval from %s", plural(int64(c.Runs), "run"), percent(c.PLow))},
	}
	if c.Mode == "provisioned" {
		list[0].Value, list[0].Note = plural(int64(c.Shards), "shard"), "provisioned, evenly cut"
		if len(c.StartingHashKeys) > 0 {
			list[0].Note = "provisioned, unevenly cut"
		}
	}
	if p.Binding != "" {
		list = append(list, Fact{Label: "bound by", Value: shown(p.Binding), Note: "with one shard less"})
	}
	if h := c.Headroom; h != nil {
		note := "what the load may become"
		if h.Date != "" {
			note = "until " + h.Date
		} else if h.Weeks != nil {
			note = "in " + weeks(*h.Weeks)
		}
		list = append(list, Fact{Label: "headroom", Value: "× " + number(h.Factor, digits), Note: note})
	}
	return list
}

// planExpectations is how far each expectation is from its limit.
func planExpectations(p *plan.Plan) Table {
	t := Table{Caption: fmt.Sprintf("Over %s of the chosen capacity", plural(int64(p.Chosen.Runs), "run")),
		Columns: []Column{{"expectation", false}, {"wanted", false}, {"worst", true}, {"mean", true}, {"margin of the worst", true}, {"runs that met it", true}}}
	for i := range p.Chosen.Expectations {
		m := &p.Chosen.Expectations[i]
		margin := "–"
		if m.Limit != 0 && m.Op != "equals" {
			margin = percent(m.Margin)
		}
		t.Rows = append(t.Rows, []string{measureText(m.Metric, m.Stat, m.Where, m.During), opName(m.Op) + " " + quantity(m.Limit, m.Unit, digits),
			quantity(m.Worst, m.Unit, digits), quantity(m.Mean, m.Unit, digits), margin, percent(m.PPass)})
	}
	return t
}

// candidateTable lists capacities that were tried.
func candidateTable(caption string, list []plan.Candidate) Table {
	t := Table{Caption: caption, Columns: []Column{{"capacity", false}, {"a month", true}, {"runs that met all", true}, {"delay, p99", true}, {"what it misses", false}}}
	for i := range list {
		c := &list[i]
		sign, delay, misses := Passed.Symbol(), "–", ""
		if !c.Holds {
			sign = Failed.Symbol()
		}
		if c.DelayP99MS != nil {
			delay = duration(*c.DelayP99MS)
		}
		if len(c.Missed) > 0 {
			misses = missedText(&c.Missed[0])
		}
		t.Rows = append(t.Rows, []string{sign + " " + candidateName(c), money(c.CostPerMonth), fmt.Sprintf("%s of %d", percent(c.PPass), c.Runs), delay, misses})
	}
	return t
}

// uncertainTable is what each world would ask for.
func uncertainTable(u *plan.Uncertain) Table {
	if u == nil {
		return Table{}
	}
	t := Table{Caption: uncertainLines(u)[0], Columns: []Column{{"what may come", false}, {"best for it", false}, {"a month", true}, {"the plan costs more", true}}}
	for i := range u.Worlds {
		o := &u.Worlds[i]
		best := shownText(o.Way)
		if o.Shards > 0 {
			best += ", " + plural(int64(o.Shards), "shard")
		}
		t.Rows = append(t.Rows, []string{shownText(o.World), best, money(o.CostPerMonth), money(o.Regret)})
	}
	return t
}

// billTable is the bill of the chosen capacity, a month and an hour.
func billTable(p *plan.Plan) Table {
	t := Table{Caption: "The bill of the first run", Columns: []Column{{"item", false}, {"quantity a month", true}, {"unit", false}, {"a month", true}, {"an hour", true}}}
	for _, i := range p.Chosen.Cost.Items {
		t.Rows = append(t.Rows, []string{i.Item, number(i.Quantity, 6), i.Unit, money(i.USD), money(i.USD / 720)})
	}
	return t
}

// mostCalls is how many calls a page lists.
const mostCalls = 40

// stepTable lists the calls that lead there.
func stepTable(steps []plan.Step) Table {
	t := Table{Caption: "Calls, one after the other; how long each takes is assumed", Columns: []Column{{"call", false}, {"what", false}, {"after", true}, {"takes about", true}, {"shards then", true}, {"at most", true}}}
	for i := range steps {
		if i == mostCalls {
			t.Caption += fmt.Sprintf("; the first %d of %d", mostCalls, len(steps))
			break
		}
		s := &steps[i]
		t.Rows = append(t.Rows, []string{s.Call, shownText(stepArguments(s)), duration(s.AtS * 1e3), duration(s.WaitS * 1e3), fmt.Sprint(s.Shards), fmt.Sprint(s.Most)})
	}
	return t
}

// passageTable is what writers and readers feel on the way there and back.
func passageTable(p *plan.Plan) Table {
	t := Table{Caption: "What the calls do to those who write and read, simulated", Columns: []Column{{"way and measure", false}, {"before", true}, {"during", true}, {"after", true}}}
	for _, way := range []struct {
		name    string
		passage *plan.Passage
	}{{"way there", p.Passage}, {"way back", p.PassBack}} {
		if way.passage == nil {
			continue
		}
		if way.passage.Note != "" {
			t.Rows = append(t.Rows, []string{way.name + ": " + shownText(way.passage.Note), "", "", ""})
			continue
		}
		row := func(name, unit string, ph plan.Phases) {
			cells := []string{way.name + ": " + name}
			for _, v := range []*float64{ph.Before, ph.During, ph.After} {
				cell := "–"
				if v != nil {
					cell = quantity(*v, unit, digits)
				}
				cells = append(cells, cell)
			}
			t.Rows = append(t.Rows, cells)
		}
		row("writes refused", "ratio", way.passage.Writes)
		for _, r := range way.passage.Readers {
			row("iterator age of "+shown(r.Consumer)+", at most", "ms", r.Age)
			row("propagation delay of "+shown(r.Consumer)+", at most", "ms", r.Delay)
		}
	}
	return t
}
