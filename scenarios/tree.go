package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	goccy "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
	"gopkg.in/yaml.v3"
)

// Bounds of what is read. A scenario is nested some eight levels deep.
const (
	maxDepth    = 64
	maxExpanded = 50_000 // nodes that aliases may stand for, together
)

// parse reads the one document of a text into a tree in which every alias and
// merge key is replaced by a copy of what it stands for.
func (c *checker) parse() *yaml.Node {
	if !c.readable() {
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(c.source.text))
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		c.whole(codeUnreadable, "the "+c.what+" is empty")
		return nil
	case err != nil:
		c.syntax(err)
		return nil
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		c.report(c.source, &second, problem{code: codeShape, message: "a second document begins here; a scenario is one document"})
	case !errors.Is(err, io.EOF):
		c.syntax(err)
		return nil
	}
	e := expander{checker: c, source: c.source, open: map[*yaml.Node]bool{}}
	root := e.expand(document.Content[0], 0)
	if e.full {
		return nil // what is left says nothing about the scenario
	}
	return root
}

// readable refuses what is not text.
func (c *checker) readable() bool {
	text := c.source.text
	fault, what := bytes.IndexByte(text, 0), "a NUL byte"
	if fault < 0 && !utf8.Valid(text) {
		what = "a byte that is not UTF-8"
		for fault = 0; ; {
			r, n := utf8.DecodeRune(text[fault:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			fault += n
		}
	}
	if fault >= 0 {
		line := 1 + bytes.Count(text[:fault], []byte("\n"))
		c.problems = append(c.problems, Problem{
			Severity: Error, Code: codeUnreadable, File: c.source.name, Line: line,
			Column: fault - bytes.LastIndexByte(text[:fault], '\n'), EndColumn: fault - bytes.LastIndexByte(text[:fault], '\n') + 1,
			Message: fmt.Sprintf("the %s is not text: it holds %s", c.what, what),
		})
	}
	return fault < 0
}

// yamlLine is how yaml.v3 names a line.
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax reports that the text is not YAML. yaml.v3 often names a wrong line and
// never a column, so another parser is asked for the place.
func (c *checker) syntax(err error) {
	text := err.Error()
	p := Problem{Severity: Error, Code: codeSyntax, File: c.source.name, Line: 1, Column: 1}
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			p.Line = n
		}
		text = text[len(m[0]):]
	}
	if line, column, message := locate(c.source.text); line > 0 {
		p.Line, p.Column, text = line, column, message
	}
	if m := unknownAnchor.FindStringSubmatch(text); m != nil {
		p.Line, p.Column = c.find("*" + m[1])
	}
	if line, column := openBracket(string(c.source.text)); line > 0 && line <= p.Line && unknownAnchor.FindString(text) == "" && !strings.Contains(text, "max depth") {
		p.Line, p.Column = line, column
		text = "this bracket is never closed"
	}
	p.Message = "not YAML: " + strings.ReplaceAll(text, "'\t'", "tab")
	p.Source, p.EndColumn = c.source.line(p.Line), p.Column+1
	if strings.Contains(p.Source, "\t") {
		p.Hint = "indent with spaces; YAML takes no tabs"
	}
	c.problems = append(c.problems, p)
}

// unknownAnchor is how yaml.v3 speaks of an alias without an anchor.
var unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)

// find is the line and column of a text in the source.
func (c *checker) find(text string) (line, column int) {
	for i, l := range strings.Split(string(c.source.text), "\n") {
		if before, _, ok := strings.Cut(l, text); ok {
			return i + 1, width(before) + 1
		}
	}
	return 1, 1
}

// locate asks the second parser where a text stops being YAML; line 0 when it
// does not know. It is kept from texts whose nesting would exhaust it.
func locate(text []byte) (line, column int, message string) {
	if len(text) > 1<<16 || bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) > 1000 || bytes.Count(text, []byte(": ")) > 4000 {
		return 0, 0, ""
	}
	defer func() {
		if recover() != nil { // the parser's fault, and yaml.v3 has said what is wrong
			line = 0
		}
	}()
	_, err := parser.ParseBytes(text, 0)
	var located goccy.Error
	if !errors.As(err, &located) || located.GetToken() == nil || located.GetToken().Position == nil {
		return 0, 0, ""
	}
	at := located.GetToken().Position
	return at.Line, at.Column, located.GetMessage()
}

// expander copies a tree, replacing aliases and merge keys.
type expander struct {
	*checker
	source *source
	open   map[*yaml.Node]bool // the anchors that are being copied
	copied int                 // nodes that came from aliases
	inside int                 // how many aliases deep
	full   bool                // a bound is passed and has been told
}

// nothing stands for what could not be expanded.
func nothing(at *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: broken, Line: at.Line, Column: at.Column}
}

// broken is the tag of a node about which a problem has been told already.
const broken = "!broken"

func (e *expander) expand(n *yaml.Node, depth int) *yaml.Node {
	switch {
	case e.full:
		return nothing(n)
	case depth > maxDepth:
		return e.refuse(n, codeDepth, fmt.Sprintf("nested more than %d levels deep", maxDepth))
	case n.Kind == yaml.AliasNode:
		return e.alias(n, depth)
	case n.Style&yaml.TaggedStyle != 0 && !e.tagged:
		e.report(e.source, n, problem{code: codeShape, message: "tags such as " + n.Tag + " are not used in scenarios"})
		return nothing(n)
	}
	if e.inside > 0 {
		if e.copied++; e.copied > maxExpanded {
			return e.refuse(n, codeAnchor, fmt.Sprintf("aliases stand for more than %d values", maxExpanded))
		}
	}
	if n.Anchor != "" {
		e.open[n] = true
		defer delete(e.open, n)
	}
	expanded := *n
	expanded.Anchor, expanded.Content = "", nil
	if n.Kind == yaml.MappingNode {
		e.mapping(&expanded, n, depth)
		return &expanded
	}
	for _, child := range n.Content {
		expanded.Content = append(expanded.Content, e.expand(child, depth+1))
	}
	return &expanded
}

// refuse reports a bound that is passed, and stops the expansion.
func (e *expander) refuse(n *yaml.Node, code, message string) *yaml.Node {
	e.full = true
	e.report(e.source, n, problem{code: code, message: message})
	return nothing(n)
}

func (e *expander) alias(n *yaml.Node, depth int) *yaml.Node {
	if n.Alias == nil || e.open[n.Alias] {
		e.report(e.source, n, problem{code: codeAnchor, message: fmt.Sprintf("alias %q contains itself", n.Value)})
		return nothing(n)
	}
	e.inside++
	expanded := e.expand(n.Alias, depth)
	e.inside--
	return expanded
}

// mapping copies the pairs of a mapping. Its own keys win over merged ones, and
// what is merged first wins over what is merged later.
func (e *expander) mapping(to, from *yaml.Node, depth int) {
	seen := map[string]*yaml.Node{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(from.Content); i += 2 {
		key, value := from.Content[i], from.Content[i+1]
		if key.Kind == yaml.AliasNode && key.Alias != nil {
			key = key.Alias
		}
		switch first := seen[key.Value]; {
		case key.Kind != yaml.ScalarNode:
			e.report(e.source, key, problem{code: codeShape, message: "a key is plain text"})
			continue
		case key.Tag == "!!merge":
			merged = append(merged, e.merges(e.expand(value, depth+1))...)
			continue
		case first != nil:
			e.report(e.source, key, problem{code: codeDuplicate, message: fmt.Sprintf("%q stands here a second time; the first is in line %d", key.Value, first.Line)})
			continue
		}
		seen[key.Value] = key
		to.Content = append(to.Content, key, e.expand(value, depth+1))
	}
	for _, m := range merged {
		for i := 0; i+1 < len(m.Content); i += 2 {
			if key := m.Content[i]; seen[key.Value] == nil {
				seen[key.Value] = key
				to.Content = append(to.Content, key, m.Content[i+1])
			}
		}
	}
}

// merges are the mappings that the value of a merge key stands for.
func (e *expander) merges(n *yaml.Node) []*yaml.Node {
	switch {
	case n.Tag == broken:
		return nil
	case n.Kind == yaml.MappingNode:
		return []*yaml.Node{n}
	case n.Kind == yaml.SequenceNode:
		var all []*yaml.Node
		for _, child := range n.Content {
			all = append(all, e.merges(child)...)
		}
		return all
	}
	e.report(e.source, n, problem{code: codeShape, message: "<< takes a mapping or a list of mappings"})
	return nil
}
