package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// readers names a folder into which npm has installed what reads our formats; CI sets it,
// and has promtool then as well.
const readers = "KINESIM_READERS"

// wanted skips a test where nothing reads our formats.
func wanted(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts programs of others")
	}
	dir := os.Getenv(readers)
	if dir == "" {
		t.Skip(readers + " names no folder with npm packages that read our formats")
	}
	return dir
}

// tool runs a reader on a text and gives what it says.
func tool(t *testing.T, in, name string, arguments ...string) string {
	t.Helper()
	c := exec.Command(name, arguments...)
	c.Stdin = strings.NewReader(in)
	var notes bytes.Buffer // of modules that had to be fetched first, say
	c.Stderr = &notes
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(arguments, " "), err, out, notes.Bytes())
	}
	return string(out)
}

// failingScenario is tiny with one expectation that is met and one that is not, whose names would
// break a careless table.
const failingScenario = tiny + `expect:
  - {metric: put_throttled_ratio, below: 1%}
  - {metric: iterator_age, below: 1ms}
`

// TestJUnitByParser: a parser that CI systems' reporters use counts what there is.
func TestJUnitByParser(t *testing.T) {
	dir := wanted(t)
	_, xml, _ := call(t.Context(), failingScenario, "run", "-", "-o", "junit")
	path := filepath.Join(t.TempDir(), "junit.xml")
	if err := os.WriteFile(path, []byte(xml), 0o600); err != nil {
		t.Fatal(err)
	}
	const script = `const {parse} = require(process.argv[1] + "/node_modules/test-results-parser");
		const r = parse({type: "junit", files: [process.argv[2]]});
		console.log(JSON.stringify({total: r.total, passed: r.passed, failed: r.failed, names: r.suites.flatMap(s => s.cases.map(c => c.status + " " + c.name))}))`
	var r struct {
		Total, Passed, Failed int
		Names                 []string
	}
	if out := tool(t, "", "node", "-e", script, dir, path); json.Unmarshal([]byte(out), &r) != nil {
		t.Fatal(out)
	}
	if r.Total != 2 || r.Passed != 1 || r.Failed != 1 || len(r.Names) != 2 || !strings.HasPrefix(r.Names[1], "FAIL iterator_age") {
		t.Errorf("the parser read %+v of\n%s", r, xml)
	}
}

// TestMarkdownRendered: a renderer of GitHub's Markdown makes tables of our tables, with as
// many cells in each row as the head has, and leaves no piece of one as text.
func TestMarkdownRendered(t *testing.T) {
	dir := wanted(t)
	const script = `import(process.argv[1] + "/node_modules/marked/lib/marked.esm.js").then(({lexer}) => {
		const tables = [], texts = [];
		const walk = list => list.forEach(x => x.type === "table" ? tables.push([x.header.length, ...x.rows.map(r => r.length)]) : (x.tokens ? walk(x.tokens) : texts.push(x.type === "code" ? "" : x.raw)));
		walk(lexer(require("fs").readFileSync(0, "utf8"), {gfm: true}));
		console.log(JSON.stringify({tables, broken: texts.filter(x => /^\s*\|.*\|\s*$/m.test(x))})) })`
	suite := filepath.Join(t.TempDir(), "suite")
	if err := os.MkdirAll(suite, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(suite, "one.yaml"), []byte(failingScenario), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arguments := range [][]string{
		{"run", "-", "-o", "markdown"}, {"run", "-", "-o", "markdown", "--runs", "3"}, {"run", "hot-key", "-o", "markdown"},
		{"diff", "-", "--head-set", "stream.shards=3", "--runs", "3", "-o", "markdown"}, {"test", suite, "-o", "markdown"},
	} {
		_, text, errs := call(t.Context(), failingScenario, arguments...)
		var r struct {
			Tables [][]int
			Broken []string
		}
		if out := tool(t, text, "node", "-e", script, dir); json.Unmarshal([]byte(out), &r) != nil {
			t.Fatal(out)
		}
		if len(r.Tables) == 0 || len(r.Broken) > 0 {
			t.Errorf("%v: %d tables, broken %q\n%s%s", arguments, len(r.Tables), r.Broken, text, errs)
		}
		for _, cells := range r.Tables {
			for _, n := range cells {
				if n != cells[0] {
					t.Errorf("%v: rows of %v cells", arguments, cells)
				}
			}
		}
	}
}

// TestOpenMetricsByPromtool: Prometheus' own tool makes blocks of our series.
func TestOpenMetricsByPromtool(t *testing.T) {
	wanted(t)
	_, text, _ := call(t.Context(), failingScenario, "run", "-", "-o", "openmetrics")
	dir := t.TempDir()
	path := filepath.Join(dir, "metrics.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, "", "promtool", "tsdb", "create-blocks-from", "openmetrics", path, filepath.Join(dir, "blocks"))
	if blocks, _ := filepath.Glob(filepath.Join(dir, "blocks", "*", "meta.json")); len(blocks) == 0 {
		t.Error("promtool made no blocks")
	}
}

// TestTerraformFormatted: the formatter that terraform fmt is made of changes nothing in
// the Terraform text of a plan.
func TestTerraformFormatted(t *testing.T) {
	wanted(t)
	dir := t.TempDir()
	scenario := strings.Replace(failingScenario, "below: 1ms", "below: 5s", 1)
	scenario = strings.Replace(scenario, "consumers: [", "consumers: [{name: fraud, efo: {}}, ", 1)
	if code, _, errs := call(t.Context(), scenario, "plan", "-", "-d", dir); code != 0 {
		t.Fatal(errs)
	}
	path := filepath.Join(dir, "main.tf")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if after := tool(t, string(before), "go", "run", "github.com/hashicorp/hcl/v2/cmd/hclfmt@v2.25.0"); after != string(before) {
		t.Errorf("the formatter makes of it\n%s", after)
	}
}
