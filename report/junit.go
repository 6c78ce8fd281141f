package report

import (
	"encoding/xml"
	"fmt"
	"io"
)

// The shape that CI systems read: a suite for each scenario, a case for each
// expectation. There are no times in it, so the same result gives the same file.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Properties []junitProperty `xml:"properties>property,omitempty"`
	Cases      []junitCase     `xml:"testcase"`
	Out        string          `xml:"system-out,omitempty"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitProblem `xml:"failure,omitempty"`
	Error   *junitProblem `xml:"error,omitempty"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func writeJUnit(w io.Writer, d *Document) error {
	return writeSuites(w, []junitSuite{junitOf(d)})
}

func writeSuites(w io.Writer, suites []junitSuite) error {
	all := junitSuites{Name: "kinesim", Suites: suites}
	for _, s := range suites {
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

// junitOf is the suite of one result. A run without expectations is one case,
// so that it can be seen that it ran.
func junitOf(d *Document) junitSuite {
	s := junitSuite{Name: d.Name, Out: d.Verdict.State.Word() + ": " + d.Verdict.Sentence}
	s.Properties = []junitProperty{
		{"seed", uintText(d.Result.Seed)}, {"fingerprint", d.Fingerprint}, {"reproduce", d.Reproduce},
	}
	for _, e := range d.Expected {
		c := junitCase{Class: d.Name, Name: e.Text + " " + e.Wanted, File: e.File, Line: e.Line}
		switch e.State {
		case Failed:
			c.Failure = &junitProblem{e.Sentence(), "expectation", d.Verdict.Sentence + "\n" + d.Reproduce}
			s.Failures++
		case Warned:
			c.Out = "WARN: " + e.Sentence()
		default:
			c.Out = e.Sentence()
		}
		s.Cases = append(s.Cases, c)
	}
	if len(s.Cases) == 0 {
		s.Cases = []junitCase{{Class: d.Name, Name: "the run", Out: d.Verdict.Sentence}}
	}
	s.Tests = len(s.Cases)
	return s
}

// junitError is the suite of a scenario that could not be run.
func junitError(o Outcome) junitSuite {
	return junitSuite{
		Name: o.title(), Tests: 1, Errors: 1,
		Cases: []junitCase{{
			Class: o.title(), Name: "the run", File: o.File,
			Error: &junitProblem{Message: firstLine(o.problem()), Type: "error", Text: fmt.Sprint(o.problem())},
		}},
	}
}
