package scenarios

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// selfDecoder is a part of the format whose fields are not those of a struct.
type selfDecoder interface {
	decode(c *checker, n *yaml.Node, where string) bool
}

// value reads a node into v and tells whether all of it was sound. where is the
// path of the value, as --set would write it.
func (c *checker) value(v reflect.Value, n *yaml.Node, f field, where string) bool {
	if f.later != "" {
		return c.later(n, where, f.later)
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	at := v.Addr().Interface()
	n = c.known(v.Type(), n, where)
	c.places[at] = n
	sound := n.Tag != broken && c.read(v, at, n, f, where)
	if !sound {
		c.faulty[at] = true
	}
	return sound
}

// read reads a node into v, to which at points, by the way that its type asks
// for.
func (c *checker) read(v reflect.Value, at any, n *yaml.Node, f field, where string) bool {
	if d, ok := at.(selfDecoder); ok {
		return d.decode(c, n, where)
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return c.at(c.keyOr(n), problem{code: codeMissing, message: named(where) + " has no value", accepted: accepted(v.Type(), f), hint: emptyHint(v.Type(), f)})
	}
	if s, ok := at.(scalar); ok {
		return c.scalar(s, n, f, where)
	}
	if w, ok := v.Interface().(vocabulary); ok {
		return c.word(v, w.words(), n, f, where)
	}
	switch v.Kind() {
	case reflect.Struct:
		return c.structure(v, n, f, where)
	case reflect.Slice:
		return c.list(v, n, f, where)
	default:
		return c.basic(v, n, f, where)
	}
}

// later refuses what this version only recognises.
func (c *checker) later(n *yaml.Node, where, instead string) bool {
	return c.at(c.keyOr(n), problem{code: codeLater, message: "this version does not simulate " + where + " yet", accepted: instead})
}

// keyOr is the key that a value stands at, else the value.
func (c *checker) keyOr(n *yaml.Node) *yaml.Node {
	if key := c.keys[n]; key != nil {
		return key
	}
	return n
}

// emptyHint says how to write a kind that needs no settings.
func emptyHint(t reflect.Type, f field) string {
	if t.Kind() != reflect.Struct {
		return ""
	}
	for _, g := range shapeOf(t) {
		if g.required || g.one != "" {
			return ""
		}
	}
	return cmp.Or(f.example, "write "+f.name+": {}")
}

// structure reads a mapping into a struct, or the bare value of a union.
func (c *checker) structure(v reflect.Value, n *yaml.Node, f field, where string) bool {
	s := shapeOf(v.Type())
	initialise(v)
	if n.Kind == yaml.MappingNode {
		return c.fields(v, s, n, where)
	}
	if bare, ok := s.bare(); ok && n.Kind == yaml.ScalarNode && (!contains(s.known(), n.Value) || speaks(v.Type().FieldByIndex(bare.index).Type, n.Value)) {
		bare.accepts = accepted(v.Type(), f)
		return c.value(v.FieldByIndex(bare.index), n, bare, where)
	}
	return c.misshapen(v.Type(), s, n, f, where)
}

// speaks tells whether a type is a vocabulary, given by a pointer to it, with this word.
func speaks(t reflect.Type, text string) bool {
	v, ok := reflect.Zero(t.Elem()).Interface().(vocabulary)
	return ok && slices.ContainsFunc(v.words(), func(w word) bool { return w.text == text })
}

// misshapen refuses a node that is no mapping where one belongs.
func (c *checker) misshapen(t reflect.Type, s shape, n *yaml.Node, f field, where string) bool {
	p := problem{code: codeShape, message: fmt.Sprintf("%s is %s", named(where), describe(n)), accepted: accepted(t, f)}
	if kind, ok := s.find(n.Value); ok && n.Kind == yaml.ScalarNode && kind.one != "" {
		p.code, p.message = codeKind, fmt.Sprintf("%s names the kind %s without its settings", where, n.Value)
		p.hint = fmt.Sprintf("write {%s: {…}}", n.Value)
		if kind.later == "" && emptyHint(kindType(t, kind), kind) != "" {
			p.hint = fmt.Sprintf("write {%s: {}}", n.Value)
		}
	}
	return c.at(n, p)
}

// kindType is the type of a kind's settings.
func kindType(t reflect.Type, kind field) reflect.Type {
	k := t.FieldByIndex(kind.index).Type
	if k.Kind() == reflect.Pointer {
		k = k.Elem()
	}
	return k
}

// fields reads the pairs of a mapping into the fields of a struct.
func (c *checker) fields(v reflect.Value, s shape, n *yaml.Node, where string) bool {
	if c.misnamed(s, n) {
		return false
	}
	sound := true
	given := map[string]*yaml.Node{}
	guessed := map[string]bool{} // fields that an unknown key was probably meant for
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		c.keys[value] = key
		f, ok := s.find(key.Value)
		if !ok {
			guessed[c.unknown(s, key, where)] = true
			sound = false
			continue
		}
		given[f.name] = key
		sound = c.value(v.FieldByIndex(f.index), value, f, join(where, f.name)) && sound
	}
	return c.required(s, n, given, guessed, where) && c.exactlyOne(s, n, given, guessed, where) && sound
}

// anyKind marks, among guessed fields, that some kind was meant but not which.
const anyKind = "*"

// unknown reports a key that the format does not have, and returns the field
// that was probably meant.
func (c *checker) unknown(s shape, key *yaml.Node, where string) string {
	known := s.known()
	c.at(key, problem{
		code: codeUnknown, message: fmt.Sprintf("unknown field %q in %s", key.Value, named(where)),
		accepted: strings.Join(s.names(), ", "), hint: didYouMean(key.Value, known),
	})
	if near := SuggestName(key.Value, known); near != "" || !s.union() {
		return near
	}
	return anyKind
}

// misnamed reports a kind that is written as "kind: name", and nothing else of
// that mapping: the settings beside it belong below the kind.
func (c *checker) misnamed(s shape, n *yaml.Node) bool {
	kinds := s.kinds()
	for i := 0; i+1 < len(n.Content) && len(kinds) > 0; i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Value != "kind" && key.Value != "type" {
			continue
		}
		p := problem{code: codeKind, message: fmt.Sprintf("a kind is written as its name, not as %q", key.Value), accepted: strings.Join(kinds, ", ")}
		if value.Kind == yaml.ScalarNode && contains(kinds, value.Value) {
			p.hint = fmt.Sprintf("write %s: {…}", value.Value)
		}
		return !c.at(key, p)
	}
	return false
}

// required reports the fields that have to be there and are not.
func (c *checker) required(s shape, n *yaml.Node, given map[string]*yaml.Node, guessed map[string]bool, where string) bool {
	sound := true
	for _, f := range s {
		if f.required && given[f.name] == nil && !guessed[f.name] {
			sound = c.at(c.keyOr(n), problem{code: codeMissing, message: fmt.Sprintf("%s has no %s", named(where), f.name), hint: f.example})
		}
	}
	return sound
}

// exactlyOne reports a union without a kind, or with more than one.
func (c *checker) exactlyOne(s shape, n *yaml.Node, given map[string]*yaml.Node, guessed map[string]bool, where string) bool {
	kinds := s.kinds()
	var first *yaml.Node
	what, example := "", ""
	for _, f := range s {
		if f.one == "" {
			continue
		}
		what, example = f.one, cmp.Or(example, f.example)
		key := given[f.name]
		switch {
		case key == nil:
			if guessed[f.name] || guessed[anyKind] {
				return false
			}
		case first != nil:
			return c.at(key, problem{
				code: codeKind, message: fmt.Sprintf("%s has both %s and %s; it takes one", named(where), first.Value, key.Value),
				accepted: "exactly one of " + strings.Join(kinds, ", "),
			})
		default:
			first = key
		}
	}
	if what == "" || first != nil {
		return true
	}
	return c.at(c.keyOr(n), problem{code: codeKind, message: fmt.Sprintf("%s has no %s", named(where), what), accepted: "exactly one of " + strings.Join(kinds, ", "), hint: example})
}

// list reads a list into a slice.
func (c *checker) list(v reflect.Value, n *yaml.Node, f field, where string) bool {
	if n.Kind != yaml.SequenceNode {
		return c.at(n, problem{code: codeShape, message: fmt.Sprintf("%s is %s", where, describe(n)), accepted: accepted(v.Type(), f)})
	}
	if !c.length(n, f, where) {
		return false
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	sound := true
	for i, item := range n.Content {
		sound = c.value(v.Index(i), item, field{name: f.name}, join(where, nameOf(item, i))) && sound
	}
	return sound
}

// length holds a list against its range.
func (c *checker) length(n *yaml.Node, f field, where string) bool {
	low, high, ok := strings.Cut(f.span, "..")
	if !ok {
		return true
	}
	least, _ := strconv.Atoi(low)
	most, _ := strconv.Atoi(high)
	if len(n.Content) >= least && len(n.Content) <= most {
		return true
	}
	return c.at(c.keyOr(n), problem{
		code: codeRange, message: fmt.Sprintf("%s has %d items", where, len(n.Content)),
		accepted: fmt.Sprintf("%s to %s items", comma(low), comma(high)),
	})
}

// nameOf is how a path names an item of a list: by its name where it has one.
func nameOf(item *yaml.Node, i int) string {
	for k := 0; k+1 < len(item.Content) && item.Kind == yaml.MappingNode; k += 2 {
		if key, value := item.Content[k], item.Content[k+1]; key.Value == "name" && nameLike.MatchString(value.Value) {
			return value.Value
		}
	}
	return strconv.Itoa(i)
}

func join(where, name string) string {
	if where == "" {
		return name
	}
	return where + "." + name
}

// named is a path in a sentence.
func named(where string) string {
	if where == "" {
		return "the scenario"
	}
	return where
}

// describe says what a node is.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "empty"
	case n.Tag == "!!bool":
		return "a truth value"
	case n.Tag == "!!int" || n.Tag == "!!float":
		return "the number " + n.Value
	}
	return fmt.Sprintf("the text %q", shortened(n.Value))
}

// shortened keeps messages readable whatever the value.
func shortened(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return text
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}
