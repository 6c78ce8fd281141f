package scenarios

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// setter puts one value at a path of a scenario, as --set asks. A path that leads
// through a shorthand or through another kind of a union replaces it: after
// keys.zipf.s=2 the keys are a zipf, whatever they were.
type setter struct {
	*checker
	source *source
	path   []string
	column []int // of each part of the path
	value  *yaml.Node
}

// set applies one --set to the tree. shown is the text as the user wrote it, text
// the PATH=VALUE.
func (c *checker) set(root *yaml.Node, flag, shown, text string) *yaml.Node {
	s := &setter{checker: c, source: &source{name: flag, text: []byte(shown)}}
	path, value, ok := strings.Cut(text, "=")
	offset := width(text) - width(shown) // of a path that the flag implies
	if !ok {
		s.fault(1, width(shown)+1, problem{code: codeSet, message: "no value", accepted: "PATH=VALUE, such as stream.shards=12"})
		return root
	}
	column := 1 - offset
	for _, part := range strings.Split(path, ".") {
		s.path, s.column = append(s.path, part), append(s.column, max(1, column))
		column += width(part) + 1
	}
	if s.value = s.parse(value, column-1); s.value == nil {
		return root
	}
	if changed := s.put(root, reflect.TypeFor[Scenario](), 0); changed != nil {
		return changed
	}
	return root
}

// parse reads the value, which begins after so many columns.
func (s *setter) parse(text string, before int) *yaml.Node {
	var document yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(text))
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		s.fault(before+1, before+2, problem{code: codeSet, message: "no value after ="})
		return nil
	case err != nil:
		s.fault(before+1, before+1+width(text), problem{code: codeSyntax, message: "the value is not YAML: " + yamlLine.ReplaceAllString(err.Error(), "")})
		return nil
	}
	shift(document.Content[0], before)
	e := expander{checker: s.checker, source: s.source, open: map[*yaml.Node]bool{}}
	n := e.expand(document.Content[0], 0)
	s.own(n)
	return n
}

// shift moves the first line of a tree to the right.
func shift(n *yaml.Node, by int) {
	if n.Line == 1 {
		n.Column += by
	}
	for _, child := range n.Content {
		shift(child, by)
	}
}

// own notes that a tree comes from this flag.
func (s *setter) own(n *yaml.Node) {
	s.origin[n] = s.source
	for _, child := range n.Content {
		s.own(child)
	}
}

func (s *setter) fault(column, end int, p problem) *yaml.Node {
	s.problems = append(s.problems, Problem{
		Severity: Error, Code: p.code, File: s.source.name, Line: 1, Column: column, EndColumn: max(end, column+1),
		Message: p.message, Accepted: p.accepted, Hint: p.hint, Source: s.source.line(1),
	})
	return nil
}

// blame tells a problem of the i-th part of the path.
func (s *setter) blame(i int, p problem) *yaml.Node {
	return s.fault(s.column[i], s.column[i]+width(s.path[i]), p)
}

// memberful is a part of the format whose fields are not those of a struct.
type memberful interface {
	names() []string
	member(name string) (reflect.Type, bool)
}

// put follows the path from its i-th part down from n, a value of type t that may
// not be there yet. It gives what n becomes, or nil after telling a problem.
func (s *setter) put(n *yaml.Node, t reflect.Type, i int) *yaml.Node {
	if i == len(s.path) {
		return s.value
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if m, ok := reflect.New(t).Interface().(memberful); ok {
		child, known := m.member(s.path[i])
		if !known {
			return s.unknown(i, m.names())
		}
		return s.field(n, child, i, nil)
	}
	if _, ok := reflect.New(t).Interface().(scalar); !ok {
		switch t.Kind() {
		case reflect.Struct:
			return s.structure(n, t, i)
		case reflect.Slice:
			return s.item(n, t, i)
		}
	}
	return s.blame(i, problem{code: codeSet, message: fmt.Sprintf("%s is a single value; nothing is below it", strings.Join(s.path[:i], "."))})
}

func (s *setter) unknown(i int, known []string) *yaml.Node {
	return s.blame(i, problem{
		code: codeUnknown, message: fmt.Sprintf("unknown field %q in %s", s.path[i], named(strings.Join(s.path[:i], "."))),
		accepted: strings.Join(known, ", "), hint: didYouMean(s.path[i], known),
	})
}

func (s *setter) structure(n *yaml.Node, t reflect.Type, i int) *yaml.Node {
	fields := shapeOf(t)
	f, ok := fields.find(s.path[i])
	if !ok {
		return s.unknown(i, fields.names())
	}
	var rivals []string // the other kinds of a union
	if f.one != "" {
		for _, other := range fields {
			if other.one == f.one && other.name != f.name {
				rivals = append(rivals, other.name)
			}
		}
	}
	return s.field(n, t.FieldByIndex(f.index).Type, i, rivals)
}

// field puts the value below the field of a mapping that the path names. Rivals
// are removed. Whatever was no mapping becomes one.
func (s *setter) field(n *yaml.Node, t reflect.Type, i int, rivals []string) *yaml.Node {
	to := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1, Column: s.column[i]}
	if n != nil && n.Kind == yaml.MappingNode {
		to.Line, to.Column = n.Line, n.Column
		for k := 0; k+1 < len(n.Content); k += 2 {
			if !contains(rivals, n.Content[k].Value) {
				to.Content = append(to.Content, n.Content[k], n.Content[k+1])
			}
		}
	}
	if n == nil || n.Kind != yaml.MappingNode {
		s.origin[to] = s.source
	} else if o := s.origin[n]; o != nil {
		s.origin[to] = o
	}
	if i+1 == len(s.path) && s.value.Tag == "!!null" { // takes it away, so that its default holds
		to.Content = without(to.Content, s.path[i])
		return to
	}
	for k := 0; k+1 < len(to.Content); k += 2 {
		if to.Content[k].Value == s.path[i] {
			child := s.put(to.Content[k+1], t, i+1)
			to.Content[k+1] = child
			if i+1 == len(s.path) {
				to.Content[k] = s.key(i)
			}
			return orNil(to, child)
		}
	}
	child := s.put(nil, t, i+1)
	to.Content = append(to.Content, s.key(i), child)
	return orNil(to, child)
}

// without are the pairs of a mapping but for one.
func without(pairs []*yaml.Node, key string) []*yaml.Node {
	var kept []*yaml.Node
	for k := 0; k+1 < len(pairs); k += 2 {
		if pairs[k].Value != key {
			kept = append(kept, pairs[k], pairs[k+1])
		}
	}
	return kept
}

func orNil(n, child *yaml.Node) *yaml.Node {
	if child == nil {
		return nil
	}
	return n
}

// key is the i-th part of the path as a key.
func (s *setter) key(i int) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s.path[i], Line: 1, Column: s.column[i]}
	s.origin[n] = s.source
	return n
}

// item puts the value into an item of a list: by its name where items have one,
// else by its number, from 0.
func (s *setter) item(n *yaml.Node, t reflect.Type, i int) *yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return s.blame(i, problem{code: codeSet, message: fmt.Sprintf("%s has no items yet", strings.Join(s.path[:i], ".")), hint: "set the whole list"})
	}
	at, known := -1, []string{}
	byName := t.Elem().Kind() == reflect.Struct && contains(shapeOf(t.Elem()).names(), "name")
	for k, item := range n.Content {
		name := strconv.Itoa(k)
		if byName {
			name = nameOf(item, k)
		}
		known = append(known, name)
		if name == s.path[i] && at < 0 {
			at = k
		}
	}
	if at < 0 {
		return s.blame(i, problem{
			code: codeReference, message: fmt.Sprintf("%s has no item %s", strings.Join(s.path[:i], "."), s.path[i]),
			accepted: strings.Join(known, ", "), hint: didYouMean(s.path[i], known),
		})
	}
	child := s.put(n.Content[at], t.Elem(), i+1)
	if child == nil {
		return nil
	}
	to := *n
	if o := s.origin[n]; o != nil {
		s.origin[&to] = o
	}
	to.Content = append([]*yaml.Node(nil), n.Content...)
	to.Content[at] = child
	return &to
}
