package scenarios

import (
	"reflect"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// PathHint is one way to go on with the PATH=VALUE of a --set.
type PathHint struct {
	Text string // the whole word so far: producers.app.rate=
	Help string
}

// CompletePath says how a PATH=VALUE may go on: fields, the names that items of lists
// have in the scenario (ref; it may be empty or broken), and the words that a field
// takes.
func CompletePath(ref, partial string) []PathHint {
	w := pathWalk{t: reflect.TypeFor[Scenario]()}
	if ref != "" && ref != "-" {
		if s, problems := open(ref, nil); problems == nil {
			w.n = newChecker(s).parse()
		}
	}
	path, value, hasValue := strings.Cut(partial, "=")
	parts := strings.Split(path, ".")
	last := parts[len(parts)-1]
	if !hasValue {
		parts = parts[:len(parts)-1]
	}
	for _, part := range parts {
		if !w.into(part) {
			return nil
		}
	}
	if hasValue {
		return w.words(path+"=", value)
	}
	prefix := strings.Join(parts, ".")
	if prefix != "" {
		prefix += "."
	}
	return w.children(prefix, last)
}

// pathWalk stands somewhere in the format, and in a scenario where there is one.
type pathWalk struct {
	t reflect.Type
	n *yaml.Node // nil: nothing is there
}

// plain is the type without its pointer.
func (w *pathWalk) plain() reflect.Type {
	if w.t.Kind() == reflect.Pointer {
		return w.t.Elem()
	}
	return w.t
}

// single tells whether a value of the type has nothing below it.
func single(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if _, ok := reflect.New(t).Interface().(memberful); ok {
		return false
	}
	if _, ok := reflect.New(t).Interface().(scalar); ok {
		return true
	}
	return t.Kind() != reflect.Struct && t.Kind() != reflect.Slice
}

// into goes one part of a path further.
func (w *pathWalk) into(part string) bool {
	t := w.plain()
	if m, ok := reflect.New(t).Interface().(memberful); ok {
		child, known := m.member(part)
		w.t, w.n = child, below(w.n, part)
		return known
	}
	switch {
	case single(t):
		return false
	case t.Kind() == reflect.Slice:
		for k, name := range w.items() {
			if name == part {
				w.t, w.n = t.Elem(), w.n.Content[k]
				return true
			}
		}
		return false
	}
	f, ok := shapeOf(t).find(part)
	if ok {
		w.t, w.n = t.FieldByIndex(f.index).Type, below(w.n, part)
	}
	return ok
}

// below is the value of a key of a mapping; nil if there is none.
func below(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// items are what the items of a list are called: by name, else by number.
func (w *pathWalk) items() (names []string) {
	if w.n == nil || w.n.Kind != yaml.SequenceNode {
		return nil
	}
	named := w.plain().Elem().Kind() == reflect.Struct && contains(shapeOf(w.plain().Elem()).names(), "name")
	for i, item := range w.n.Content {
		name := strconv.Itoa(i)
		if named {
			name = nameOf(item, i)
		}
		names = append(names, name)
	}
	return names
}

// children are the parts that may follow.
func (w *pathWalk) children(prefix, begin string) (hints []PathHint) {
	add := func(name, help string, t reflect.Type) {
		if !strings.HasPrefix(name, begin) {
			return
		}
		if bare, below := single(t), !single(t); bare || takesBare(t) {
			hints = append(hints, PathHint{prefix + name + "=", help})
			if !below {
				return
			}
		}
		hints = append(hints, PathHint{prefix + name + ".", help})
	}
	t := w.plain()
	if m, ok := reflect.New(t).Interface().(memberful); ok {
		for _, name := range m.names() {
			child, _ := m.member(name)
			add(name, "", child)
		}
		return hints
	}
	switch {
	case single(t):
	case t.Kind() == reflect.Slice:
		for _, name := range w.items() {
			add(name, "", t.Elem())
		}
	default:
		for _, f := range shapeOf(t) {
			if f.name != "" && f.later == "" {
				add(f.name, f.doc, t.FieldByIndex(f.index).Type)
			}
		}
	}
	return hints
}

// takesBare tells whether a mapping may be written as a single value instead.
func takesBare(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for _, f := range shapeOf(t) {
		if f.bare {
			return true
		}
	}
	return false
}

// words are the words that a value may be, of a field that takes words.
func (w *pathWalk) words(prefix, begin string) (hints []PathHint) {
	v, ok := reflect.New(w.plain()).Interface().(vocabulary)
	if !ok {
		return nil
	}
	for _, x := range v.words() {
		if !x.later && strings.HasPrefix(x.text, begin) {
			hints = append(hints, PathHint{prefix + x.text, x.doc})
		}
	}
	return hints
}
