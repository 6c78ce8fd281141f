package report

import (
	"fmt"
	"io"
	"strings"
)

// mostAnnotations is how many annotations of a kind GitHub shows for a step.
const mostAnnotations = 10

// writeGitHub writes workflow commands: an error for each missed expectation, a
// warning for each of severity warn and for each doubt, and a notice with the
// verdict.
func writeGitHub(w io.Writer, d *Document) error { return writeAnnotations(w, annotationsOf(d)) }

// annotation is one workflow command.
type annotation struct {
	kind    string // error, warning or notice
	file    string
	line    int
	title   string
	message string
}

func annotationsOf(d *Document) []annotation {
	var list []annotation
	for _, e := range worstFirst(d.Expected) {
		a := annotation{file: e.File, line: e.Line, title: d.Name + ": " + e.Text}
		switch e.State {
		case Failed:
			a.kind, a.message = "error", e.Sentence()+"\n"+d.Verdict.Sentence+"\n"+d.Reproduce
		case Warned:
			a.kind, a.message = "warning", e.Sentence()
		default:
			continue
		}
		list = append(list, a)
	}
	for _, doubt := range d.Warnings {
		list = append(list, annotation{kind: "warning", title: d.Name, message: doubt})
	}
	kind := "notice"
	if d.Verdict.State == Failed && len(list) == 0 { // never a failure without an error
		kind = "error"
	}
	return append(list, annotation{
		kind: kind, title: d.Name + ": " + d.Verdict.State.Word(), message: d.Verdict.Sentence,
	})
}

// writeAnnotations writes at most so many of a kind as GitHub shows, and says in
// the last one how many more there are.
func writeAnnotations(w io.Writer, list []annotation) error {
	all, written := map[string]int{}, map[string]int{}
	for _, a := range list {
		all[a.kind]++
	}
	var b strings.Builder
	for _, a := range list {
		written[a.kind]++
		if written[a.kind] > mostAnnotations {
			continue
		}
		if rest := all[a.kind] - mostAnnotations; rest > 0 && written[a.kind] == mostAnnotations {
			a.message += fmt.Sprintf("\n… and %d more of this kind", rest)
		}
		b.WriteString(a.String())
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// String is the workflow command, "::error file=…,line=…,title=…::message".
func (a annotation) String() string {
	var properties []string
	if a.file != "" {
		properties = append(properties, "file="+commandProperty(a.file))
		if a.line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", a.line))
		}
	}
	if a.title != "" {
		properties = append(properties, "title="+commandProperty(a.title))
	}
	command := "::" + a.kind
	if len(properties) > 0 {
		command += " " + strings.Join(properties, ",")
	}
	return command + "::" + commandData(a.message)
}

// The escapes of workflow commands (actions/toolkit, core/src/command.ts).
var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace
)
