package scenarios

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"kinesim/model"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("kinesim.v1.schema.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("kinesim.v1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plainValue is what a JSON Schema validator sees of a tree.
func plainValue(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plainValue(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, child := range n.Content {
			list = append(list, plainValue(child))
		}
		return list
	}
	switch {
	case n.Tag == "!!null":
		return nil
	case n.Tag == "!!bool":
		return n.Value == "true"
	case (n.Tag == "!!int" || n.Tag == "!!float") && json.Valid([]byte(n.Value)):
		return json.Number(n.Value)
	}
	return n.Value
}

// tree is a text as a tree, nil when it is not one.
func tree(text []byte) *yaml.Node {
	return newChecker(&source{name: "x.yaml", text: text}).parse()
}

func TestSchemaTakesGoodScenarios(t *testing.T) {
	t.Chdir("library")
	s := compiled(t)
	good := map[string][]byte{"smallest": []byte(smallest), "full": []byte(full), "template": Template()}
	for _, e := range Library() {
		good[e.Name], _ = Source(e.Name)
	}
	for name, text := range good {
		if err := s.Validate(plainValue(tree(text))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		document, err := YAML(loadText(t, string(text), Options{}).Document)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(plainValue(tree(document))); err != nil {
			t.Errorf("effective %s: %v", name, err)
		}
	}
}

// structural are the codes of faults that the schema must see too; elsewhere are
// those that it must not complain about, as they are beyond it. About ranges,
// KS203, it sees those of plain numbers and lists, and not those with units.
var (
	structural = regexp.MustCompile(`\[KS(101|103|104|105|109|201|202|204)\]`)
	ranges     = regexp.MustCompile(`\[KS203\]`)
	unreadable = regexp.MustCompile(`\[KS(100|102|106|107|108)\]`)
)

// beyond are bad scenarios whose structural faults the schema cannot express.
var beyond = map[string]string{
	"expect-between": "the unit of a limit depends on the metric",
	"rate-fine":      "the number of decimals is no matter of form",
	"size-half-byte": "the arithmetic is no matter of form",
	"list-explicit":  "the size of a 39-digit number is no matter of form",
	"merge-scalar":   "it is a fault of YAML, not of the scenario",
	"key-mapping":    "it is a fault of YAML, not of the scenario",
	"missing-shards": "whether a stream may do without hangs on its mode",
	"two-documents":  "editors check each document by itself",

	"rehearsed-alarms":   "the unit of a threshold depends on the metric",
	"alarm-unit":         "the unit of a threshold depends on the metric",
	"tracking-age-share": "the unit of the target depends on the metric",
	"tracking-no-target": "whether there is a usual target depends on the metric",
	"monitor-incomplete": "what is asked for hangs on whether there is a file",
	"monitor-two":        "what the file holds is no matter of form",
}

// TestSchemaAgrees wants the schema to refuse what the walker refuses for its
// form, and to take what the walker refuses for other reasons.
func TestSchemaAgrees(t *testing.T) {
	s := compiled(t)
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	refused, taken := 0, 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		want, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".want")
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		root := tree(text)
		if root == nil || unreadable.Match(want) {
			continue
		}
		fault := s.Validate(plainValue(root))
		if why := beyond[name]; why != "" {
			if (fault != nil) == structural.Match(want) {
				t.Errorf("%s is no exception: schema and walker agree", name)
			}
			continue
		}
		switch {
		case structural.Match(want):
			if refused++; fault == nil {
				t.Errorf("%s: the schema takes it, but\n%s", name, want)
			}
		case !ranges.Match(want):
			if taken++; fault != nil {
				t.Errorf("%s: %v\nbut the walker only says\n%s", name, fault, want)
			}
		}
	}
	if refused < 40 || taken < 20 {
		t.Errorf("%d refused and %d taken; the test has lost its corpus", refused, taken)
	}
}

// everyType calls f for all structs of the format.
func everyType(f func(reflect.Type)) {
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if _, word := reflect.New(t).Interface().(scalar); word || t.Kind() != reflect.Struct || seen[t] || t.PkgPath() != reflect.TypeFor[Scenario]().PkgPath() {
			return
		}
		seen[t] = true
		f(t)
		for i := range t.NumField() {
			visit(t.Field(i).Type)
		}
	}
	visit(reflect.TypeFor[Scenario]())
	visit(reflect.TypeFor[Delay]())
}

// TestTags wants every field of the format to be described, every range to be
// one, and every later field to be out of the schema.
func TestTags(t *testing.T) {
	n := 0
	everyType(func(s reflect.Type) {
		for _, f := range shapeOf(s) {
			n++
			what := s.FieldByIndex(f.index)
			switch {
			case f.later != "":
				if what.Type != reflect.TypeFor[*Later]() || what.Tag.Get("jsonschema") != "-" {
					t.Errorf("%s.%s is for later, but of type %v or in the schema", s, what.Name, what.Type)
				}
				continue
			case what.Type == reflect.TypeFor[*Later]():
				t.Errorf("%s.%s does not say what there is instead", s, what.Name)
			case f.doc == "":
				t.Errorf("%s.%s has no doc", s, what.Name)
			}
			if f.span == "" {
				continue
			}
			if what.Type.Kind() == reflect.Slice {
				if !regexp.MustCompile(`^[0-9]+\.\.[0-9]+$`).MatchString(f.span) {
					t.Errorf("%s.%s has the range %q", s, what.Name, f.span)
				}
				continue
			}
			typ := what.Type
			if typ.Kind() == reflect.Pointer {
				typ = typ.Elem()
			}
			if low, high := bounds(f.span, typ); low.size >= high.size {
				t.Errorf("%s.%s has the range %q", s, what.Name, f.span)
			}
		}
	})
	if n < 80 {
		t.Errorf("only %d fields seen", n)
	}
}

// TestKinds wants every kind of every union to be one that can be compiled.
func TestKinds(t *testing.T) {
	kinds := map[reflect.Type]reflect.Type{
		reflect.TypeFor[Shards](): reflect.TypeFor[shardsKind](), reflect.TypeFor[Rate](): reflect.TypeFor[rateKind](),
		reflect.TypeFor[DataSize](): reflect.TypeFor[sizeKind](), reflect.TypeFor[Keys](): reflect.TypeFor[keysKind](),
		reflect.TypeFor[Put](): reflect.TypeFor[putKind](), reflect.TypeFor[Retry](): reflect.TypeFor[retryKind](),
		reflect.TypeFor[Consumer](): reflect.TypeFor[consumerKind](), reflect.TypeFor[Delay](): reflect.TypeFor[delayKind](),
		reflect.TypeFor[Arrivals](): reflect.TypeFor[arrivalsKind](), reflect.TypeFor[Fault](): reflect.TypeFor[faultKind](),
		reflect.TypeFor[Reshard](): reflect.TypeFor[reshardCall](), reflect.TypeFor[Autoscale](): reflect.TypeFor[scalerKind](),
		reflect.TypeFor[Adjustment](): reflect.TypeFor[adjustmentKind](),
	}
	words := map[reflect.Type]bool{reflect.TypeFor[Variant](): true, reflect.TypeFor[Alarm](): true, reflect.TypeFor[RehearsedAlarm](): true, reflect.TypeFor[AlarmRing](): true, reflect.TypeFor[MonitorRule](): true, reflect.TypeFor[Start](): true, reflect.TypeFor[Expectation](): true, reflect.TypeFor[Producer](): true, reflect.TypeFor[Retention](): true} // not compiled by kind
	everyType(func(s reflect.Type) {
		for _, f := range shapeOf(s) {
			typ := s.FieldByIndex(f.index).Type
			if f.one == "" && !f.bare || f.later != "" || words[s] {
				continue
			}
			if want := kinds[s]; want == nil || !typ.Implements(want) {
				t.Errorf("%s.%s, a %v, is no %v", s, f.name, typ, want)
			}
		}
	})
	for _, p := range (Process("")).words() {
		if processes[Process(p.text)] == nil {
			t.Errorf("nothing makes %s arrivals", p.text)
		}
	}
}

// TestSchemaForEditors holds the schema to what editors need of it.
func TestSchemaForEditors(t *testing.T) {
	var s struct {
		Schema string                     `json:"$schema"`
		Defs   map[string]json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	if s.Schema != "http://json-schema.org/draft-07/schema#" || s.Defs["Producer"] == nil {
		t.Errorf("schema %q with %d definitions", s.Schema, len(s.Defs))
	}
	for _, k := range model.Register {
		if !bytes.Contains(s.Defs["Limits"], []byte(`"`+k.Name+`"`)) {
			t.Errorf("limits in the schema have no %s", k.Name)
		}
	}
	for _, later := range []string{"lesson", "Later"} {
		if bytes.Contains(Schema(), []byte(`"`+later+`"`)) {
			t.Errorf("the schema offers %s, which is not simulated", later)
		}
	}
}
