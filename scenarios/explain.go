package scenarios

import (
	_ "embed" // of the ideas
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"kinesim/model"
	"kinesim/sim"
)

// Topic is something that Explain can tell of.
type Topic struct {
	Name    string   `yaml:"name" json:"name"`
	Kind    string   `yaml:"-" json:"kind"` // idea, field, limit, metric or problem
	Also    []string `yaml:"also" json:"-"` // other names of it
	Text    string   `yaml:"text" json:"text"`
	Fields  []string `yaml:"fields" json:"-"`                  // of the scenario file, to which the misconception belongs
	Facts   []string `yaml:"facts" json:"facts,omitempty"`     // numbers and rules, with their sources
	Not     string   `yaml:"not" json:"not,omitempty"`         // the misconception that it corrects
	Related []string `yaml:"related" json:"related,omitempty"` // names of other topics
	See     []string `yaml:"see" json:"see,omitempty"`         // library scenarios that show it
}

//go:embed ideas.yaml
var ideasText []byte

// ideas are read once, when they are first asked for.
var ideas = sync.OnceValue(func() []Topic {
	var list []Topic
	if err := yaml.Unmarshal(ideasText, &list); err != nil {
		panic("scenarios: ideas.yaml: " + err.Error()) // it is part of the program
	}
	for i := range list {
		list[i].Kind = "idea"
	}
	return list
})

// Topics are all topics: ideas, metrics, limits and problems in their order, then the
// fields of the scenario file.
func Topics() []Topic {
	list := slices.Clone(ideas())
	for _, m := range sim.Metrics {
		list = append(list, metricTopic(&m))
	}
	for _, k := range model.Register {
		list = append(list, limitTopic(k))
	}
	for _, c := range codes {
		list = append(list, Topic{Name: c.code, Kind: "problem", Text: sentence(c.help), Facts: c.facts()})
	}
	return append(list, fieldTopics()...)
}

// Explain finds topics by name: those of just that name, or the fields whose paths end in
// it. Upper case, spaces, hyphens and underscores make no difference. With none, near is
// the name that was probably meant, or "".
func Explain(name string) (found []Topic, near string) {
	want := plainName(name)
	var ends []Topic
	var names []string
	for _, t := range Topics() {
		known := append([]string{t.Name}, t.Also...)
		names = append(names, known...)
		if slices.ContainsFunc(known, func(n string) bool { return plainName(n) == want }) {
			found = append(found, t)
		} else if t.Kind == "field" {
			last := t.Name[strings.LastIndex(t.Name, ".")+1:]
			if names = append(names, last); strings.HasSuffix(plainName(t.Name), "."+want) {
				ends = append(ends, t)
			}
		}
	}
	if len(found) == 0 {
		found = ends
	}
	if len(found) == 0 {
		near = SuggestName(name, names)
	}
	return found, near
}

// plainName is a name without what may be written in several ways.
func plainName(name string) string {
	return strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(name)))
}

func sentence(text string) string {
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

func metricTopic(m *sim.Metric) Topic {
	t := Topic{Name: m.Name, Kind: "metric", Text: sentence(m.Help), Facts: []string{"It is given in " + m.Unit + "."}}
	if m.Unit == "ratio" {
		t.Facts[0] = "It is a share, from 0 to 100 %."
	}
	if len(m.Stats) > 0 {
		t.Facts = append(t.Facts, "Its stat may be "+strings.Join(m.Stats, ", ")+"; without one it is "+m.Stats[0]+".")
	}
	if m.Of != "" {
		t.Facts = append(t.Facts, "It may be narrowed to one "+m.Of+"; else it is of all.")
	}
	t.Facts = append(t.Facts, "An expectation holds it to a limit: expect: [{metric: "+m.Name+", below: …}]")
	return t
}

func limitTopic(k model.Constant) Topic {
	t := Topic{Name: "limits." + k.Name, Also: []string{k.Name}, Kind: "limit", Text: sentence(k.Help)}
	if k.ID != "" && !slices.Contains(t.Also, k.ID) {
		t.Also = append(t.Also, k.ID)
	}
	value := fmt.Sprintf("%s, %s", k.Value(model.AWS2026()), k.Kind)
	if k.ID != "" {
		value += " (" + k.ID + " of the register)"
	}
	t.Facts = []string{value + "; source: " + k.Source + ".", "Used for: " + string(k.Used) + "."}
	if k.Range != "" {
		t.Facts = append(t.Facts, "Believed to lie in: "+k.Range+".")
	}
	t.Facts = append(t.Facts, "A scenario may set it: limits: {"+k.Name+": …}")
	return t
}

// fieldTopics are the fields of the scenario file, with their paths.
func fieldTopics() []Topic {
	var list []Topic
	eachField(func(path string, f field, owner reflect.Type) { list = append(list, fieldTopic(path, f, owner)) })
	return list
}

// eachField visits the fields of the scenario file with their paths and the types that
// they are part of.
func eachField(do func(path string, f field, owner reflect.Type)) {
	var visit func(t reflect.Type, path string, above []reflect.Type)
	visit = func(t reflect.Type, path string, above []reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || slices.Contains(above, t) {
			return
		}
		above = append(slices.Clip(above), t)
		for _, f := range shapeOf(t) {
			of := t.FieldByIndex(f.index).Type
			switch {
			case f.later != "":
			case f.bare:
				visit(of, path, above)
			default:
				name := strings.TrimPrefix(path+"."+f.name, ".")
				do(name, f, t)
				visit(of, name, above)
			}
		}
	}
	visit(reflect.TypeFor[Scenario](), "", nil)
}

// ownedField is a field by the type that it is part of, as the schema knows it.
type ownedField struct {
	owner reflect.Type
	name  string
}

// fieldIdeas are the ideas that fields belong to.
var fieldIdeas = sync.OnceValue(func() map[ownedField]Topic {
	found := map[ownedField]Topic{}
	eachField(func(path string, f field, owner reflect.Type) {
		for _, idea := range ideas() {
			if slices.Contains(idea.Fields, path) {
				found[ownedField{owner, f.name}] = idea
			}
		}
	})
	return found
})

func fieldTopic(name string, f field, owner reflect.Type) Topic {
	t, of := Topic{Name: name, Kind: "field", Text: f.doc}, owner.FieldByIndex(f.index).Type
	if idea, ok := fieldIdeas()[ownedField{owner, f.name}]; ok {
		t.Not, t.Related, t.See = idea.Not, []string{idea.Name}, idea.See
	}
	switch {
	case f.required && f.example != "":
		t.Facts = append(t.Facts, "It is required; "+f.example+".")
	case f.required:
		t.Facts = append(t.Facts, "It is required.")
	}
	if f.span != "" {
		low, high, _ := strings.Cut(f.span, "..")
		t.Facts = append(t.Facts, "From "+low+" to "+high+".")
	}
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if w, ok := reflect.New(of).Interface().(vocabulary); ok {
		for _, x := range w.words() {
			if !x.later {
				t.Facts = append(t.Facts, x.text+": "+x.doc)
			}
		}
	}
	return t
}
