package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"kinesim/sim"
)

// Outcome is what became of one of many scenarios.
type Outcome struct {
	Name, File string
	Document   *Document // nil when it could not run
	Err        error     // why it could not
}

// title is what to call it: its name, or else its file.
func (o Outcome) title() string {
	if o.Name != "" {
		return shown(o.Name)
	}
	return shown(o.File)
}

func (o Outcome) problem() error {
	if o.Err != nil {
		return o.Err
	}
	return errors.New("it did not run")
}

// outcomeName is how wide the column of names is.
const outcomeName = 24

// WriteOutcome writes the outcome as one line, as a test runner does.
func WriteOutcome(w io.Writer, o Outcome, color bool) error {
	p := paint(color)
	name := padded(o.title(), outcomeName)
	if o.Document == nil {
		_, err := fmt.Fprintf(w, "%s %s  %s\n", p.state(Failed, "ERROR"), name, shownText(firstLine(o.problem())))
		return err
	}
	v := o.Document.Verdict
	word, state := "ok   ", Passed
	if v.State == Failed {
		word, state = "FAIL ", Failed
	}
	_, err := fmt.Fprintf(w, "%s %s  %s\n", p.state(state, word), name, o.Document.outcome())
	return err
}

// outcome says in one clause how a run came out: what it missed, or how many
// expectations it met and which was nearest to being missed.
func (d *Document) outcome() string {
	v := d.Verdict
	var missed, warned []string
	for _, e := range d.Expected {
		switch e.State {
		case Failed:
			missed = append(missed, e.brief())
		case Warned:
			warned = append(warned, e.brief())
		}
	}
	text := fmt.Sprintf("%d of %s met", v.Met, plural(int64(v.Of), "expectation"))
	switch {
	case v.Of == 0 && v.State == Passed:
		text = "nothing missed that counts"
	case len(missed) > 0:
		text = missed[0]
		if rest := len(missed) - 1; rest > 0 {
			text += fmt.Sprintf("; and %d more", rest)
		}
	case v.State == Done:
		text = strings.TrimSuffix(v.Sentence, ".") + " (no expectations)"
	case v.State == Failed:
		text = strings.TrimSuffix(v.Sentence, ".")
	case d.nearest() != "":
		text += ", nearest " + d.nearest()
	}
	if len(warned) > 0 {
		text += "; warning: " + strings.Join(warned, "; ")
	}
	if v.Stopped != "" && !strings.HasPrefix(text, v.Stopped) {
		text = v.Stopped + ": " + text
	}
	return text
}

// brief is "put_throttled_ratio 33.3 %, wanted below 1 %".
func (e Expectation) brief() string {
	text := e.Text + " " + e.Measured + ", wanted " + e.Wanted
	if e.Runs != "" {
		text += ", " + e.Runs
	}
	return text
}

// nearest is the met expectation with the least room left.
func (d *Document) nearest() string {
	least, text := 2.0, ""
	for i, e := range d.Result.Expectations {
		if e.Passed && e.Op == "below" && e.Margin != nil && *e.Margin < least && i < len(d.Expected) {
			least, text = *e.Margin, d.Expected[i].Text+" ("+d.Expected[i].Margin+")"
		}
	}
	return text
}

// WriteSuite writes many outcomes in one of the formats text, json, markdown,
// junit and github.
func WriteSuite(w io.Writer, format string, o []Outcome) error {
	switch format {
	case "text":
		return suiteText(w, o)
	case "json":
		return suiteJSON(w, o)
	case "markdown":
		return suiteMarkdown(w, o)
	case "junit":
		return suiteJUnit(w, o)
	case "github":
		return suiteGitHub(w, o)
	}
	return fmt.Errorf("no format %q for a suite; there are text, json, markdown, junit, github", format)
}

// tally counts outcomes.
func tally(o []Outcome) (passed, failed, errored int) {
	for _, x := range o {
		switch {
		case x.Document == nil:
			errored++
		case x.Document.Verdict.State == Failed:
			failed++
		default:
			passed++
		}
	}
	return passed, failed, errored
}

// Tally is the last line of a suite: how many passed.
func Tally(o []Outcome) string {
	passed, failed, errored := tally(o)
	text := fmt.Sprintf("%s: %d passed, %d failed", plural(int64(len(o)), "scenario"), passed, failed)
	if errored > 0 {
		text += fmt.Sprintf(", %d could not run", errored)
	}
	return text
}

// suiteText is a line for each outcome, and one for all.
func suiteText(w io.Writer, o []Outcome) error {
	for _, x := range o {
		if err := WriteOutcome(w, x, false); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, Tally(o))
	return err
}

// suiteEntry is one outcome in JSON.
type suiteEntry struct {
	Name   string      `json:"name"`
	File   string      `json:"file"`
	Passed bool        `json:"passed"`
	Error  string      `json:"error,omitempty"`
	Result *sim.Result `json:"result,omitempty"`
}

// SuiteFormat names the shape of many outcomes in JSON.
const SuiteFormat = "kinesim/suite/v1"

func suiteJSON(w io.Writer, o []Outcome) error {
	all := struct {
		Format    string       `json:"format"`
		Passed    bool         `json:"passed"`
		Scenarios []suiteEntry `json:"scenarios"`
	}{SuiteFormat, true, []suiteEntry{}}
	for _, x := range o {
		e := suiteEntry{Name: x.Name, File: x.File}
		if x.Document == nil {
			e.Error = x.problem().Error()
		} else {
			e.Result, e.Passed = x.Document.Result, x.Document.Result.Passed
		}
		all.Passed = all.Passed && e.Passed
		all.Scenarios = append(all.Scenarios, e)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(all)
}

func suiteMarkdown(w io.Writer, o []Outcome) error {
	_, failed, errored := tally(o)
	state := Passed
	if failed+errored > 0 {
		state = Failed
	}
	return writeFitting(w, 400, func(b *bytes.Buffer, most int) {
		fmt.Fprintf(b, "<!-- kinesim:test -->\n### %s %s  %s\n\n| | scenario | outcome |\n| --- | --- | --- |\n", state.Symbol(), state.Word(), Tally(o))
		suiteRows(b, o, most)
	})
}

// suiteRows are the rows of so many outcomes: in their order, or what went wrong first
// where that is too many.
func suiteRows(b *bytes.Buffer, o []Outcome, most int) {
	if len(o) > most {
		rank := func(x Outcome) int {
			switch {
			case x.Document == nil:
				return 0
			case x.Document.Verdict.State == Failed:
				return 1
			}
			return 2
		}
		o = slices.Clone(o)
		slices.SortStableFunc(o, func(a, b Outcome) int { return rank(a) - rank(b) })
	}
	for _, x := range o[:min(most, len(o))] {
		sign, text := "✗ error", firstLine(x.problem())
		if x.Document != nil {
			s := x.Document.Verdict.State
			sign, text = s.Symbol()+" "+strings.ToLower(s.Word()), x.Document.outcome()
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", sign, markdownText(x.title()), markdownText(clipped(shownText(text), 240)))
	}
	if rest := len(o) - most; rest > 0 {
		fmt.Fprintf(b, "| | … and %d more | |\n", rest)
	}
}

func suiteJUnit(w io.Writer, o []Outcome) error {
	var suites []junitSuite
	for _, x := range o {
		if x.Document == nil {
			suites = append(suites, junitError(x))
			continue
		}
		suites = append(suites, junitOf(x.Document))
	}
	return writeSuites(w, suites)
}

func suiteGitHub(w io.Writer, o []Outcome) error {
	var list []annotation
	for _, x := range o {
		if x.Document == nil {
			list = append(list, annotation{kind: "error", file: x.File, title: x.title(), message: x.problem().Error()})
			continue
		}
		list = append(list, annotationsOf(x.Document)...)
	}
	list = append(list, annotation{kind: "notice", title: "kinesim", message: Tally(o)})
	return writeAnnotations(w, list)
}

// firstLine is the first line of an error; errors of scenarios have many.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
