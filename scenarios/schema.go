package scenarios

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/invopop/jsonschema"

	"kinesim/model"
)

// draft07 is the version of JSON Schema that editors read best.
const draft07 = "http://json-schema.org/draft-07/schema#"

// Schema is the JSON Schema of the scenario file, for editors. It is made from
// the same types and tags that scenarios are checked with.
func Schema() []byte { return append([]byte(nil), schemaText()...) }

var schemaText = sync.OnceValue(func() []byte {
	r := &jsonschema.Reflector{
		Anonymous: true, ExpandedStruct: true, RequiredFromJSONSchemaTags: true,
		Mapper: mapScalar, LookupComment: describeField,
	}
	s := r.Reflect(&Scenario{})
	s.Version, s.Title, s.Description = draft07, "kinesim scenario, version 1", "What kinesim simulates: a stream, who writes to it, who reads from it, and what is expected."
	delays := r.Reflect(&Delay{})
	s.Definitions["Delay"] = &jsonschema.Schema{Type: delays.Type, Properties: delays.Properties, AdditionalProperties: delays.AdditionalProperties}
	for name, definition := range delays.Definitions {
		s.Definitions[name] = definition
	}
	refineAll(s)
	for name, definition := range s.Definitions {
		if definition.Type == "array" { // lists stand where they are used
			delete(s.Definitions, name)
		}
	}
	addConstants(s.Definitions["Limits"])
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(s); err != nil {
		panic(err) // plain data
	}
	return b.Bytes()
})

// mapScalar gives the schemas of what is written as one word.
func mapScalar(t reflect.Type) *jsonschema.Schema {
	zero := reflect.New(t)
	if t == reflect.TypeFor[Free]() {
		return &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Const: usually}, {Type: "array", MinItems: items("1"), MaxItems: items("20")}}}}
	}
	if t == reflect.TypeFor[Amount]() {
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string"}, {Type: "integer", Minimum: "0"}}}
	}
	if s, ok := zero.Interface().(scalar); ok {
		return &jsonschema.Schema{Type: "string", Pattern: spanPattern(t, s.form().pattern)}
	}
	if w, ok := zero.Elem().Interface().(vocabulary); ok {
		s := new(jsonschema.Schema)
		for _, x := range w.words() {
			if !x.later {
				s.OneOf = append(s.OneOf, &jsonschema.Schema{Const: x.text, Description: x.doc})
			}
		}
		return s
	}
	return nil
}

// spanPattern also takes a range, low..high, of what may be one.
func spanPattern(t reflect.Type, pattern string) string {
	if !mayVary(t) {
		return pattern
	}
	one := "(" + strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$") + ")"
	return "^" + one + `(\.\.` + one + ")?$"
}

// describeField gives the description of a field: what explain says of it.
func describeField(t reflect.Type, name string) string {
	if name == "" { // the type itself
		return ""
	}
	f, _ := t.FieldByName(name)
	text := f.Tag.Get("doc")
	written, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if idea, ok := fieldIdeas()[ownedField{t, written}]; ok {
		text += " Often got wrong: " + idea.Not
	}
	return text
}

// refineAll adds to the schemas of all structs what their tags say beyond names
// and types.
func refineAll(root *jsonschema.Schema) {
	done := map[reflect.Type]bool{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || done[t] || t == reflect.TypeFor[Later]() {
			return
		}
		done[t] = true
		s := root.Definitions[t.Name()]
		if t == reflect.TypeFor[Scenario]() {
			s = root
		}
		if s != nil {
			refine(root, s, t)
		}
		for _, f := range shapeOf(t) {
			visit(t.FieldByIndex(f.index).Type)
		}
	}
	visit(reflect.TypeFor[Scenario]())
	visit(reflect.TypeFor[Delay]())
}

// refine adds ranges and the rule that exactly one kind is given.
func refine(root, s *jsonschema.Schema, t reflect.Type) {
	fields := shapeOf(t)
	var kinds []*jsonschema.Schema
	for _, f := range fields {
		if f.bare || f.later != "" {
			continue
		}
		property, _ := s.Properties.Get(f.name)
		if list := t.FieldByIndex(f.index).Type; list.Kind() == reflect.Slice && property.Ref != "" { // its length is the field's, not the type's
			inline := *root.Definitions[list.Name()]
			inline.Description = property.Description
			property = &inline
			s.Properties.Set(f.name, property)
		}
		ranged(property, f)
		if property.Ref != "" && property.Description != "" { // draft-07 ignores what stands beside a $ref
			s.Properties.Set(f.name, &jsonschema.Schema{AllOf: []*jsonschema.Schema{{Ref: property.Ref}}, Description: property.Description})
		}
		if k := t.FieldByIndex(f.index).Type.Kind(); (k == reflect.Int64 || k == reflect.Float64) && property.Ref == "" && property.Type != "" && mayVary(t.FieldByIndex(f.index).Type) && t != reflect.TypeFor[Plan]() && t != reflect.TypeFor[Sweep]() {
			number := *property
			number.Description = ""
			s.Properties.Set(f.name, &jsonschema.Schema{AnyOf: []*jsonschema.Schema{&number, {Type: "string", Pattern: `^[0-9.]+\.\.[0-9.]+$`}}, Description: property.Description})
		}
		if f.one != "" {
			kinds = append(kinds, &jsonschema.Schema{Required: []string{f.name}})
		}
	}
	bare, union := fields.bare()
	if len(kinds) > 0 {
		s.OneOf = kinds
	}
	if !union {
		return
	}
	value := t.FieldByIndex(bare.index).Type.Elem()
	short := mapScalar(value)
	if short == nil {
		short = &jsonschema.Schema{Type: "integer"}
		ranged(short, bare)
	}
	short.Title = bare.doc // not its description, which editors would show in place of the field's
	long := *s
	*s = jsonschema.Schema{AnyOf: []*jsonschema.Schema{short}}
	if len(fields) > 1 {
		s.AnyOf = append(s.AnyOf, &long)
	}
}

// ranged adds the range of a field, where its unit lets JSON Schema express it.
func ranged(s *jsonschema.Schema, f field) {
	low, high, ok := strings.Cut(f.span, "..")
	if !ok {
		return
	}
	switch s.Type {
	case "integer", "number":
		s.Minimum, s.Maximum = json.Number(low), json.Number(high)
	case "array":
		s.MinItems, s.MaxItems = items(low), items(high)
	default:
		s.Description = strings.TrimSuffix(s.Description, ".") + "; from " + low + " to " + high + "."
	}
}

func items(text string) *uint64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		panic("scenarios: a list of " + text + " items")
	}
	return &n
}

// addConstants adds the constants of the register to the schema of limits.
func addConstants(s *jsonschema.Schema) {
	for _, k := range model.Register {
		var property *jsonschema.Schema
		whole := &jsonschema.Schema{Type: "integer", Minimum: json.Number(strconv.FormatInt(k.Low, 10)), Maximum: json.Number(strconv.FormatInt(k.High, 10))}
		suffix := ""
		if perSecond(k) {
			suffix = "/s"
		}
		switch k.Field(&model.Limits{}).(type) {
		case *model.Bytes:
			pattern := strings.TrimSuffix(Size(0).form().pattern, "$") + suffix + "$"
			property = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string", Pattern: pattern}, whole}}
		case *int64:
			property = whole
			if suffix != "" {
				property = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string", Pattern: "^[0-9]+/s$"}, whole}}
			}
		case *model.Delay:
			property = &jsonschema.Schema{AllOf: []*jsonschema.Schema{{Ref: "#/$defs/Delay"}}}
		case *model.Window:
			property = mapScalar(reflect.TypeFor[Metering]())
		default:
			property = mapScalar(reflect.TypeFor[Duration]())
		}
		told := limitTopic(k)
		property.Description = told.Text + " " + strings.Join(told.Facts[:1], " ")
		s.Properties.Set(k.Name, property)
	}
}
