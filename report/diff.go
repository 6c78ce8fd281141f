package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"kinesim/sim"
)

// DiffDocument is a comparison before it is laid out.
type DiffDocument struct {
	Name      string
	State     State
	Word      string // REGRESSION, PASS, CHANGED, NO CHANGE or SAME
	Sentence  string
	Setting   string // what was compared with what, and how
	Rules     []DiffRule
	Turned    []Turn    // expectations that came out otherwise
	Changes   []DiffRow // what can be told from noise, the worst first
	Noise     []DiffRow
	Unchanged []string // the measures that are equal in every run
	Notes     []string
	Warnings  []string
	Reproduce string

	Diff *sim.Diff
}

// DiffRow is one measure in words.
type DiffRow struct {
	Verdict  string // worse, better, changed, ~ or =
	Measure  string
	Base     string
	Head     string
	Change   string // relative where there is a base, else absolute
	Interval string // likewise; empty without one
	P        string // corrected for the number of measures; empty without one
	N        string
}

// DiffRule is what became of a rule for one measure.
type DiffRule struct {
	State State // passed, failed, or warned where it may be noise
	Rule  string
	Text  string
}

// Turn is an expectation that one side met and the other did not.
type Turn struct {
	State State // now
	Text  string
}

// DiffFormats are the names of the formats of a comparison.
func DiffFormats() []string { return []string{"text", "json", "markdown"} }

// WriteDiff writes a comparison in one of them; colour is for text.
func WriteDiff(w io.Writer, format string, d *DiffDocument, color bool) error {
	switch format {
	case "text":
		return diffText(w, d, color)
	case "json":
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(d.Diff)
	case "markdown":
		return diffMarkdown(w, d)
	}
	return fmt.Errorf("no format %q for a diff; there are %s", format, strings.Join(DiffFormats(), ", "))
}

// BuildDiff makes a document of a comparison.
func BuildDiff(x *sim.Diff) *DiffDocument {
	d := &DiffDocument{Name: shown(x.Head.Scenario), Reproduce: shownText(x.Reproduce), Diff: x}
	if x.Base.Scenario != x.Head.Scenario {
		d.Name = shown(x.Base.Scenario) + " → " + shown(x.Head.Scenario)
	}
	rows := slices.Clone(x.Rows)
	slices.SortStableFunc(rows, func(a, b sim.Delta) int {
		return cmp.Or(cmp.Compare(order[a.Verdict], order[b.Verdict]), cmp.Compare(size(&b), size(&a)))
	})
	for i := range rows {
		switch r := &rows[i]; r.Verdict {
		case sim.Unchanged:
			d.Unchanged = append(d.Unchanged, measureText(r.Metric, r.Stat, r.Where, r.During))
		case sim.Noise:
			d.Noise = append(d.Noise, diffRow(r))
		default:
			d.Changes = append(d.Changes, diffRow(r))
		}
	}
	for _, r := range x.Rules {
		d.Rules = append(d.Rules, diffRule(&r, x))
	}
	for _, t := range x.Expectations {
		d.Turned = append(d.Turned, turn(&t))
	}
	slices.SortStableFunc(d.Turned, func(a, b Turn) int { return cmp.Compare(stateOrder[a.State], stateOrder[b.State]) })
	d.Setting = diffSetting(x)
	d.Notes = diffNotes(x)
	for _, w := range x.Warnings {
		d.Warnings = append(d.Warnings, shownText(w))
	}
	d.verdict()
	return d
}

// stateOrder puts what is missed now first.
var stateOrder = map[State]int{Failed: 0, Warned: 1, Passed: 2}

// order puts what is worse first.
var order = map[string]int{sim.Worse: 0, sim.Better: 1, sim.Changed: 2, sim.Noise: 3, sim.Unchanged: 4}

// size is how large a change is beside its base; from nothing it is the largest.
func size(r *sim.Delta) float64 {
	switch {
	case r.Delta == 0:
		return 0
	case r.Base == 0 || r.Head == 0:
		return math.Inf(1)
	}
	return math.Abs(math.Log(math.Abs(r.Head / r.Base)))
}

// measureText is "iterator_age p99 of consumer lake during 2h..3h".
func measureText(name, stat, where, during string) string {
	text := name
	if stat != "" {
		text += " " + stat
	}
	if where != "" {
		text += " of " + shownWhere(where)
	}
	if during != "" {
		text += " during " + during
	}
	return text
}

func diffRow(r *sim.Delta) DiffRow {
	row := DiffRow{Verdict: r.Verdict, Measure: measureText(r.Metric, r.Stat, r.Where, r.During), N: fmt.Sprint(r.BaseN)}
	row.Base, row.Head = apart(r.Base, r.Head, r.Unit)
	row.Change = change(r, r.Delta)
	if r.CI95Low != nil && *r.CI95Low != *r.CI95High {
		row.Interval = changeTo(r, *r.CI95Low, 2) + " … " + changeTo(r, *r.CI95High, 2)
	}
	if r.Holm != nil {
		row.P = pValue(*r.Holm)
	}
	if r.BaseN != r.HeadN {
		row.N = fmt.Sprintf("%d+%d", r.BaseN, r.HeadN)
	}
	if r.Verdict == sim.Noise {
		row.Verdict = "~"
	}
	return row
}

// change is a difference as a share of the base, or, from nothing, as it is.
func change(r *sim.Delta, delta float64) string { return changeTo(r, delta, digits) }

func changeTo(r *sim.Delta, delta float64, digits int) string {
	sign, abs := "+", math.Abs(delta)
	switch {
	case delta < 0:
		sign = "-"
	case delta == 0:
		sign = "±"
	}
	if r.Base == 0 {
		return sign + quantity(abs, r.Unit, digits)
	}
	relative := abs / math.Abs(r.Base)
	if relative < 1e-12 { // what the rounding of means left
		return "±0 %"
	}
	if delta > 0 && relative >= 10 {
		return "×" + number(relative+1, digits)
	}
	if 0 < relative && relative < 1e-4 {
		return sign + number(relative*100, 1) + " %"
	}
	return sign + number(relative*100, digits) + " %"
}

func pValue(p float64) string {
	if p < 0.001 {
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

func diffRule(r *sim.RuleResult, x *sim.Diff) DiffRule {
	rule := DiffRule{State: Passed, Rule: shownText(r.Rule), Text: r.Text}
	switch {
	case !r.Passed:
		rule.State = Failed
	case r.Unclear:
		rule.State = Warned
	}
	subject := measureText(r.Metric, r.Stat, r.Where, r.During)
	for i := range x.Rows {
		if k := &x.Rows[i]; k.Metric == r.Metric && k.Stat == r.Stat && k.Where == r.Where && k.During == r.During {
			row := diffRow(k)
			rule.Text = fmt.Sprintf("%s %s → %s (%s", subject, row.Base, row.Head, row.Change)
			if row.Interval != "" {
				rule.Text += ", 95 % interval " + row.Interval
			}
			if rule.Text += ")"; r.Unclear {
				rule.Text += ", which may be noise: more runs would tell"
			}
			return rule
		}
	}
	if r.Metric != "" {
		rule.Text = subject + ": " + r.Text
	}
	return rule
}

func turn(t *sim.Turned) Turn {
	text := measureText(t.Metric, t.Stat, t.Where, t.During) + " " + t.Op + " " + quantity(t.Limit, t.Unit, digits)
	switch {
	case t.Passed:
		return Turn{Passed, text + ": met now, and not in base"}
	case t.Warn:
		return Turn{Warned, text + ": missed now, and met in base (severity warn)"}
	}
	return Turn{Failed, text + ": missed now, and met in base"}
}

func diffSetting(x *sim.Diff) string {
	side := func(what string, s *sim.SideRef) string {
		text := what + " " + shown(s.Name) + ", "
		if s.Runs == 1 {
			return text + "seed " + uintText(s.Seeds[0])
		}
		return text + plural(int64(s.Runs), "run")
	}
	how := map[string]string{
		"paired": fmt.Sprintf("compared in %d pairs of one seed", x.Pairs),
		"welch":  "no common seeds: Welch's test",
		"exact":  "compared exactly",
	}
	return side("base", &x.Base) + " · " + side("head", &x.Head) + " · " + how[x.Test]
}

func diffNotes(x *sim.Diff) []string {
	var notes []string
	list := func(which string, gone []sim.Gone) {
		var names []string
		for _, g := range gone {
			names = append(names, measureText(g.Metric, g.Stat, g.Where, g.During))
		}
		if len(names) > 0 {
			notes = append(notes, "only "+which+" has: "+strings.Join(names, ", "))
		}
	}
	list("base", x.OnlyBase)
	list("head", x.OnlyHead)
	return notes
}

// verdict says in one sentence what there is to know.
func (d *DiffDocument) verdict() {
	x, n := d.Diff, plural(int64(len(d.Diff.Rows)), "measure")
	failed := slices.IndexFunc(d.Rules, func(r DiffRule) bool { return r.State == Failed })
	most := ""
	if len(d.Changes) > 0 {
		c := d.Changes[0]
		most = fmt.Sprintf("%s %s → %s (%s)", c.Measure, c.Base, c.Head, c.Change)
	}
	d.State, d.Word = Passed, "NO CHANGE"
	switch {
	case failed >= 0:
		count := 0
		for _, r := range d.Rules {
			if r.State == Failed {
				count++
			}
		}
		d.State, d.Word, d.Sentence = Failed, "REGRESSION", d.Rules[failed].Text+", not accepted by "+d.Rules[failed].Rule
		if count > 1 {
			d.Sentence += fmt.Sprintf("; and %d more", count-1)
		}
	case x.Same:
		d.Word, d.Sentence = "SAME", "nothing differs in "+n
	case len(d.Changes) == 0 && len(d.Turned) == 0:
		d.Sentence = "nothing in " + n + " can be told from noise"
		if len(d.Noise) == 0 {
			d.Sentence = "nothing differs in " + n + " that both sides have"
		}
	default:
		d.State, d.Word = Done, "CHANGED"
		if len(d.Rules) > 0 {
			d.State, d.Word = Passed, "PASS"
		}
		d.Sentence = d.counts() + " of " + n
		if most != "" {
			d.Sentence += "; most of all " + most
		}
		for _, t := range d.Turned {
			if t.State == Failed {
				d.Sentence += "; an expectation that base met is missed: " + t.Text
				break
			}
		}
	}
	d.Sentence += "."
}

// counts is "3 worse and 1 better".
func (d *DiffDocument) counts() string {
	n := map[string]int{}
	for _, r := range d.Changes {
		n[r.Verdict]++
	}
	var parts []string
	for _, v := range []string{sim.Worse, sim.Better, sim.Changed} {
		if n[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[v], v))
		}
	}
	if len(parts) == 0 {
		return "no change"
	}
	return strings.Join(parts, ", ")
}
