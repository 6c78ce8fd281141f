package scenarios

import (
	"bytes"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Severity says whether a problem keeps a scenario from running.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is one thing that is wrong with a scenario, or odd about it.
type Problem struct {
	Severity  Severity `json:"severity"`
	Code      string   `json:"code"`
	File      string   `json:"file"`
	Line      int      `json:"line"`       // from 1; 0 when the problem is the whole file's
	Column    int      `json:"column"`     // from 1, in characters
	EndColumn int      `json:"end_column"` // one past the last character
	Message   string   `json:"message"`
	Accepted  string   `json:"accepted,omitempty"` // what could stand there
	Hint      string   `json:"hint,omitempty"`     // a sentence that mends it
	Source    string   `json:"source,omitempty"`   // the line that it is about
}

// where is the place as compilers print it.
func (p Problem) where() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// String is the problem in one line: place and message.
func (p Problem) String() string {
	kind := ""
	if p.Severity == Warning {
		kind = "warning: "
	}
	return fmt.Sprintf("%s: %s%s", p.where(), kind, p.Message)
}

// Annotation is the problem as a workflow command of GitHub, which shows it at
// its line.
func (p Problem) Annotation() string {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	message := p.Message
	if p.Accepted != "" {
		message += "\naccepted: " + p.Accepted
	}
	if p.Hint != "" {
		message += "\n" + p.Hint
	}
	place := "file=" + property.Replace(p.File)
	if p.Line > 0 {
		place += fmt.Sprintf(",line=%d,col=%d,endColumn=%d", p.Line, p.Column, p.EndColumn)
	}
	return fmt.Sprintf("::%s %s,title=%s::%s", p.Severity, place, p.Code, data.Replace(message))
}

// mostAnnotations is how many annotations of a kind GitHub shows for a step.
const mostAnnotations = 10

// Annotations writes the problems as workflow commands, errors first. What is beyond the
// number that GitHub shows follows as plain lines of the log.
func (p Problems) Annotations(w io.Writer) error {
	var commands, rest strings.Builder
	for _, severity := range []Severity{Error, Warning} {
		n := 0
		for _, x := range p {
			if x.Severity != severity {
				continue
			}
			if n++; n <= mostAnnotations {
				commands.WriteString(x.Annotation() + "\n")
			} else {
				rest.WriteString(x.String() + "\n")
			}
		}
	}
	if rest.Len() > 0 {
		fmt.Fprintf(&rest, "GitHub shows %d annotations of a kind for a step; the lines above are beyond that\n", mostAnnotations)
	}
	_, err := io.WriteString(w, commands.String()+rest.String())
	return err
}

// Problems are all problems of a scenario, in the order of its text.
type Problems []Problem

// Error prints all problems; it makes Problems an error.
func (p Problems) Error() string {
	var b bytes.Buffer
	_ = p.Render(&b, false) // a buffer takes everything
	return strings.TrimRight(b.String(), "\n")
}

// Errors tells whether any problem keeps the scenario from running.
func (p Problems) Errors() bool {
	for _, x := range p {
		if x.Severity == Error {
			return true
		}
	}
	return false
}

// texts are the problems in words, as results list warnings.
func (p Problems) texts() (texts []string) {
	for _, x := range p {
		texts = append(texts, fmt.Sprintf("%s (%s)", x.Message, x.where()))
	}
	return texts
}

// Render prints the problems for people: place, message and code, the line with
// a caret, what is accepted, and what may have been meant.
func (p Problems) Render(w io.Writer, color bool) error {
	var b strings.Builder
	for _, x := range p {
		x.render(&b, color)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// The colours of a terminal.
const (
	bold, red, yellow, cyan, reset = "\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[36m", "\x1b[0m"
)

func (p Problem) render(b *strings.Builder, color bool) {
	paint := func(code, text string) string {
		if !color {
			return text
		}
		return code + text + reset
	}
	hue := red
	if p.Severity == Warning {
		hue = yellow
	}
	fmt.Fprintf(b, "%s: ", paint(bold, p.where()))
	if p.Severity == Warning {
		b.WriteString(paint(hue, "warning: "))
	}
	fmt.Fprintf(b, "%s [%s]\n", p.Message, p.Code)
	if p.Source != "" {
		line, caret := p.excerpt()
		fmt.Fprintf(b, "    %s\n    %s\n", line, paint(hue, caret))
	}
	if p.Accepted != "" {
		fmt.Fprintf(b, "  accepted: %s\n", p.Accepted)
	}
	if p.Hint != "" {
		fmt.Fprintf(b, "  %s\n", paint(cyan, p.Hint))
	}
}

// widest is how much of a source line is shown.
const widest = 120

// excerpt is the source line, cut to a readable width around the fault, and a
// line of carets that stands below it.
func (p Problem) excerpt() (line, caret string) {
	text := []rune(p.Source)
	start := min(max(p.Column-1, 0), len(text))
	end := min(max(p.EndColumn-1, start+1), max(len(text), start+1))
	if len(text) > widest {
		from := max(0, min(start-widest/3, len(text)-widest))
		text, start, end = text[from:min(len(text), from+widest)], start-from, min(end-from, widest)
	}
	for i, c := range text { // a file of bytes must not command the terminal
		if unicode.IsControl(c) && c != '\t' {
			text[i] = unicode.ReplacementChar
		}
	}
	var under strings.Builder
	for i := range start {
		if text[i] == '\t' { // so that the caret stands below whatever the tab's width
			under.WriteByte('\t')
			continue
		}
		under.WriteByte(' ')
	}
	under.WriteString(strings.Repeat("^", max(1, end-start)))
	return string(text), under.String()
}

// sorted puts problems in the order of the text: the scenario's own first, then
// those of flags and of further files.
func (p Problems) sorted(first string) Problems {
	rank := func(x Problem) int {
		switch {
		case x.File == first:
			return 0
		case strings.HasPrefix(x.File, "--"):
			return 1
		}
		return 2
	}
	sort.SliceStable(p, func(i, j int) bool {
		a, b := p[i], p[j]
		if ra, rb := rank(a), rank(b); ra != rb {
			return ra < rb
		}
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	return p
}

// most is how many problems are worth reading.
const most = 200

// cut leaves out what nobody would read, and says so.
func (p Problems) cut(file string) Problems {
	if len(p) <= most {
		return p
	}
	rest := Problem{Severity: Error, Code: codeUnreadable, File: file, Message: fmt.Sprintf("%d further problems", len(p)-most)}
	return append(p[:most:most], rest)
}

// width is the number of characters of a text.
func width(text string) int { return utf8.RuneCountInString(text) }
