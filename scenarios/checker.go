package scenarios

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// checker gathers the problems of one scenario and knows where each of its
// values was written.
type checker struct {
	source   *source
	origin   map[*yaml.Node]*source    // of what came by --set
	places   map[any]*yaml.Node        // pointer to a value of the format → where it was written
	keys     map[*yaml.Node]*yaml.Node // value → its key
	faulty   map[any]bool              // pointer to a struct of the format → something in it is wrong
	spans    []span                    // numbers that are written as ranges
	yields   bool                      // as Options.yields
	problems Problems

	what        string   // the text is: a scenario, or another file
	tagged      bool     // the text is a template, in which tags are functions
	unrehearsed []string // names of alarms of a file that were left out
	named       []string // files that the text names, as resolved
}

func newChecker(s *source) *checker {
	return &checker{
		source: s, what: "scenario", origin: map[*yaml.Node]*source{}, places: map[any]*yaml.Node{},
		keys: map[*yaml.Node]*yaml.Node{}, faulty: map[any]bool{},
	}
}

// problem is what is said about a place.
type problem struct {
	code, message, accepted, hint string
	warning                       bool
}

// report tells a problem at a node of a text.
func (c *checker) report(s *source, n *yaml.Node, p problem) {
	if n.Tag == broken {
		return // the cause has been told
	}
	severity, line := Error, s.line(n.Line)
	if p.warning {
		severity = Warning
	}
	c.problems = append(c.problems, Problem{
		Severity: severity, Code: p.code, File: s.name, Line: n.Line, Column: n.Column, EndColumn: endOf(n, line),
		Message: p.message, Accepted: p.accepted, Hint: p.hint, Source: line,
	})
}

// endOf is one past the last column of what a node shows in its first line.
func endOf(n *yaml.Node, line string) int {
	if n.Kind != yaml.ScalarNode {
		return n.Column + 1
	}
	size := width(n.Value)
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		size += 2
	}
	return max(n.Column+1, min(n.Column+size, width(line)+1))
}

// home is the text that a node comes from.
func (c *checker) home(n *yaml.Node) *source {
	if s := c.origin[n]; s != nil {
		return s
	}
	return c.source
}

// at tells a problem at a node.
func (c *checker) at(n *yaml.Node, p problem) bool {
	c.report(c.home(n), n, p)
	return false
}

// whole tells a problem that no line is to blame for.
func (c *checker) whole(code, message string) {
	c.problems = append(c.problems, Problem{Severity: Error, Code: code, File: c.source.name, Message: message})
}

// fail tells a problem of a value, given by a pointer to it; of several, the
// first that was written somewhere says where.
func (c *checker) fail(p problem, values ...any) {
	c.at(c.node(values...), p)
}

// warn is fail for what a scenario may do but probably should not.
func (c *checker) warn(p problem, values ...any) {
	p.warning = true
	c.fail(p, values...)
}

// node is where the first of some values that was written at all was written;
// else the beginning of the text.
func (c *checker) node(values ...any) *yaml.Node {
	for _, v := range values {
		if n := c.places[v]; n != nil {
			return n
		}
	}
	return &yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1}
}

// sound tells whether everything in a struct of the format is as it should be, so
// that it makes sense to look further at it.
func (c *checker) sound(value any) bool { return !c.faulty[value] }

// conflict is a problem of values that contradict each other.
func conflict(format string, arguments ...any) problem {
	return problem{code: codeConflict, message: fmt.Sprintf(format, arguments...)}
}

// complain is fail with a message only.
func (c *checker) complain(code string, value any, format string, arguments ...any) {
	c.fail(problem{code: code, message: fmt.Sprintf(format, arguments...)}, value)
}
