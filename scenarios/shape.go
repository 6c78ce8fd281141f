package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Later stands for what the format knows and this version does not simulate. Its
// field is out of the schema, and using it is an error that says what there is.
type Later struct{}

// field is one field of a type of the format, as its tags describe it.
type field struct {
	name     string // in the file; "" for the bare value of a union
	index    []int  // the way to it, through embedded structs
	doc      string
	span     string // the tag range
	one      string // what the fields are of which exactly one is given
	later    string
	example  string // a sentence with an example, for required fields
	required bool
	bare     bool
	accepts  string // said in place of what its type takes, where it is part of a union
}

// shape is the fields of a struct of the format, in their order.
type shape []field

// shapeOf reads the tags of a type.
func shapeOf(t reflect.Type) shape {
	fields := make(shape, 0, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct { // its fields are the type's own
			for _, inner := range shapeOf(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				fields = append(fields, inner)
			}
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		_, bare := f.Tag.Lookup("bare")
		if name == "-" {
			name = ""
		}
		if name == "" && !bare {
			continue
		}
		example := ""
		if eg := f.Tag.Get("eg"); eg != "" {
			example = "write " + name + ": " + eg
		}
		fields = append(fields, field{
			name: name, index: f.Index, doc: f.Tag.Get("doc"), span: f.Tag.Get("range"), one: f.Tag.Get("one"),
			later: f.Tag.Get("later"), example: example, required: f.Tag.Get("jsonschema") == "required", bare: bare,
		})
	}
	return fields
}

// find is the field of that name.
func (s shape) find(name string) (field, bool) {
	for _, f := range s {
		if f.name == name && !f.bare {
			return f, true
		}
	}
	return field{}, false
}

// bare is the field that holds what a union is when written without a kind.
func (s shape) bare() (field, bool) {
	for _, f := range s {
		if f.bare {
			return f, true
		}
	}
	return field{}, false
}

// names are the fields that this version simulates; known are all.
func (s shape) names() []string { return s.list(func(f field) bool { return f.later == "" }) }
func (s shape) known() []string { return s.list(func(field) bool { return true }) }

// kinds are the names of the kinds of which exactly one is given.
func (s shape) kinds() []string {
	return s.list(func(f field) bool { return f.one != "" && f.later == "" })
}

func (s shape) list(keep func(field) bool) []string {
	var names []string
	for _, f := range s {
		if !f.bare && keep(f) {
			names = append(names, f.name)
		}
	}
	return names
}

// union tells whether all that the type holds is one of several kinds.
func (s shape) union() bool {
	for _, f := range s {
		if f.one == "" && !f.bare && f.later == "" {
			return false
		}
	}
	return true
}

// chosen is the name and value of the one kind that is given; nil when there is
// none, which the checks rule out.
func chosen(union any) (string, any) {
	v := reflect.Indirect(reflect.ValueOf(union))
	for _, f := range shapeOf(v.Type()) {
		x := v.FieldByIndex(f.index)
		if (f.one == "" && !f.bare) || x.IsNil() {
			continue
		}
		if x.Kind() == reflect.Pointer && f.bare {
			return "", x.Elem().Interface()
		}
		return f.name, x.Interface()
	}
	return "", nil
}

// kindOf is the one kind that is given of a union all of whose kinds are T.
func kindOf[T any](union any) T {
	name, kind := chosen(union)
	k, ok := kind.(T)
	if !ok {
		panic(fmt.Sprintf("scenarios: kind %q of %T is a %T, not a %T", name, union, kind, *new(T)))
	}
	return k
}

// marshalUnion writes a union as it is read: bare, or with its kind as a key.
func marshalUnion(union any) ([]byte, error) {
	name, kind := chosen(union)
	if name == "" {
		return json.Marshal(kind)
	}
	return json.Marshal(map[string]any{name: kind})
}

// defaulter is a type of the format with defaults of its own.
type defaulter interface{ defaults() }

// initialise gives a new value of the format its defaults, those of the structs
// inside first.
func initialise(v reflect.Value) {
	v.SetZero()
	if v.Kind() != reflect.Struct {
		return
	}
	for _, f := range shapeOf(v.Type()) {
		if x := v.FieldByIndex(f.index); x.Kind() == reflect.Struct {
			initialise(x)
		}
	}
	if d, ok := v.Addr().Interface().(defaulter); ok {
		d.defaults()
	}
}

// fresh is a new T with its defaults.
func fresh[T any]() *T {
	x := new(T)
	initialise(reflect.ValueOf(x).Elem())
	return x
}

// ptr is a pointer to a copy of x.
func ptr[T any](x T) *T { return &x }
