package scenarios

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"kinesim/model"
	"kinesim/sim"
)

// TestIdeas: every idea has a text, every scenario and every idea that it points to is
// there, and no name means two ideas.
func TestIdeas(t *testing.T) {
	named := map[string]string{}
	for _, idea := range ideas() {
		for _, name := range append([]string{idea.Name}, idea.Also...) {
			if was, taken := named[plainName(name)]; taken {
				t.Errorf("%s is an idea twice: %s and %s", name, was, idea.Name)
			}
			named[plainName(name)] = idea.Name
		}
	}
	for _, idea := range ideas() {
		if idea.Text == "" || idea.Not == "" {
			t.Errorf("%s lacks a text, or what people get wrong", idea.Name)
		}
		for _, other := range idea.Related {
			if named[plainName(other)] != other {
				t.Errorf("%s is related to %s, which is no idea", idea.Name, other)
			}
		}
		for _, name := range idea.See {
			if _, ok := Source(name); !ok {
				t.Errorf("%s points to %s, which is not in the library", idea.Name, name)
			}
		}
	}
}

// TestExplain finds each kind of topic, however it is written.
func TestExplain(t *testing.T) {
	for _, c := range []struct{ name, kind, topic, says string }{
		{"provisioned", "idea", "provisioned", "never scales itself"},
		{"Enhanced Fan-Out", "idea", "EFO", "own 2 MiB/s"},
		{"AT_TIMESTAMP", "idea", "shard iterator", "at or after an instant"},
		{"stream.shards", "field", "stream.shards", ""},
		{"iterator_age", "metric", "iterator_age", "Age of the last record"},
		{"reshard_operation", "limit", "limits.reshard_operation", "one split or merge"},
		{"ks203", "problem", "KS203", "out of range"},
	} {
		found, _ := Explain(c.name)
		if len(found) == 0 || found[0].Kind != c.kind || found[0].Name != c.topic || !strings.Contains(found[0].Text, c.says) {
			t.Errorf("%s: %+v", c.name, found)
		}
	}
	if found, near := Explain("provisoned"); len(found) > 0 || near != "provisioned" {
		t.Errorf("%v, near %q", found, near)
	}
	if found, near := Explain("sesions"); len(found) > 0 || near != "sessions" {
		t.Errorf("of a field by its last name: %v, near %q", found, near)
	}
	if found, _ := Explain("workers"); !slices.ContainsFunc(found, func(x Topic) bool { return x.Name == "KCL" }) {
		t.Errorf("%+v", found)
	}
}

// TestEveryCodeHasItsWords: no problem has a code that explain does not know.
func TestEveryCodeHasItsWords(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	constants := 0
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.CONST {
			constants += len(g.Specs)
		}
	}
	if constants != len(codes) || !slices.IsSortedFunc(codes, func(a, b problemCode) int { return strings.Compare(a.code, b.code) }) {
		t.Errorf("%d codes, %d with words", constants, len(codes))
	}
}

// TestEverythingIsExplained: whatever a scenario, a report or a message names can be asked
// for by that name, and there is an answer.
func TestEverythingIsExplained(t *testing.T) {
	names := map[string]string{} // to their kinds
	for _, m := range sim.Metrics {
		names[m.Name] = "metric"
	}
	for _, k := range model.Register {
		names["limits."+k.Name] = "limit"
	}
	for _, c := range codes {
		names[c.code] = "problem"
	}
	for _, f := range fieldTopics() {
		names[f.Name] = "field"
	}
	if len(names) < 300 {
		t.Fatalf("only %d names", len(names))
	}
	for name, kind := range names {
		found, _ := Explain(name)
		explained := false
		for _, topic := range found {
			explained = explained || len(topic.Text) > 10 && (topic.Kind == kind || topic.Kind == "limit" && kind == "field")
		}
		if !explained {
			t.Errorf("%s %s is not explained: %+v", kind, name, found)
		}
	}
	for _, want := range []string{
		"stream", "shard", "partition key", "MD5 hashing", "sequence number", "shard iterator", "TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER",
		"AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP", "retention", "checkpoint", "resharding", "provisioned", "on-demand", "classic", "EFO", "KCL", "exactly once",
	} {
		found, _ := Explain(want)
		if len(found) == 0 || found[0].Kind != "idea" || found[0].Not == "" || len(found[0].Facts) == 0 {
			t.Errorf("the idea %s lacks facts or what people get wrong: %+v", want, found)
		}
	}
}

// TestSchemaSaysWhatExplainSays: the hover of an editor has the words of explain, with what
// people get wrong where a field belongs to an idea, and each such field is there.
func TestSchemaSaysWhatExplainSays(t *testing.T) {
	schema := string(Schema())
	quoted := func(text string) string {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(text); err != nil {
			t.Fatal(err)
		}
		return strings.Trim(strings.TrimSpace(b.String()), `"`)
	}
	for _, f := range fieldTopics() {
		if !strings.Contains(schema, quoted(strings.TrimSuffix(f.Text, "."))) || !strings.Contains(schema, quoted(strings.TrimSuffix(f.Not, "."))) {
			t.Errorf("%s: the schema lacks %q %q", f.Name, f.Text, f.Not)
		}
	}
	for _, idea := range ideas() {
		for _, path := range idea.Fields {
			if found, _ := Explain(path); len(found) == 0 || !slices.ContainsFunc(found, func(f Topic) bool { return f.Kind == "field" && f.Not == idea.Not }) {
				t.Errorf("%s does not tell what people get wrong of %s: %+v", path, idea.Name, found)
			}
		}
	}
	for _, k := range model.Register {
		if !strings.Contains(schema, quoted(k.Source)) {
			t.Errorf("the schema lacks the source of limits.%s", k.Name)
		}
	}
}
