package sim

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// floors says what each package may import beside the standard library. It is
// policy: a line here is a decision, and is not changed to get a test green.
var floors = map[string][]string{
	"model":          {},
	"sim/des":        {},
	"sim/metric":     {"gonum.org/v1/gonum/stat", "gonum.org/v1/gonum/stat/distuv"},
	"model/analytic": {"kinesim/model"},
	"sim/workload":   {"kinesim/model", "kinesim/sim/des"},
	"sim/kinesis":    {"kinesim/model", "kinesim/sim/des"},
	"sim/client":     {"kinesim/model", "kinesim/sim/des", "kinesim/sim/kinesis", "kinesim/sim/metric", "kinesim/sim/workload"},
	"sim/autoscale":  {"kinesim/model", "kinesim/sim/des"},
	"sim":            {"kinesim/model", "kinesim/model/analytic", "kinesim/sim/des", "kinesim/sim/kinesis", "kinesim/sim/metric", "kinesim/sim/workload", "kinesim/sim/client", "kinesim/sim/autoscale"},
	"sim/plan":       {"kinesim/model", "kinesim/model/analytic", "kinesim/sim", "kinesim/sim/autoscale", "kinesim/sim/des", "kinesim/sim/client", "kinesim/sim/metric", "kinesim/sim/workload"},
	"scenarios": {
		"kinesim/sim/plan",
		"kinesim/model", "kinesim/sim", "kinesim/sim/des", "kinesim/sim/kinesis", "kinesim/sim/client", "kinesim/sim/workload", "kinesim/sim/autoscale",
		"gopkg.in/yaml.v3", "github.com/goccy/go-yaml", "github.com/invopop/jsonschema",
		"github.com/santhosh-tekuri/jsonschema/v6", "github.com/agext/levenshtein", "github.com/dustin/go-humanize",
	},
	"report":      {"kinesim/model", "kinesim/sim", "kinesim/sim/plan", "kinesim/sim/des", "kinesim/sim/metric", "gonum.org/v1/plot", "github.com/dustin/go-humanize"},
	"cmd/kinesim": {"kinesim/model", "kinesim/sim", "kinesim/sim/plan", "kinesim/scenarios", "kinesim/report", "github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/schollz/progressbar/v3", "github.com/dustin/go-humanize", "golang.org/x/term"},
}

// TestFloors holds the import table. A package of a third-party module may be
// imported where its module is listed.
func TestFloors(t *testing.T) {
	for pkg, files := range sources(t, false) {
		allowed, known := floors[pkg]
		if !known {
			t.Errorf("package %s has no floor: give it a line in the table", pkg)
		}
		for name, file := range files {
			for _, spec := range file.Imports {
				if path := strings.Trim(spec.Path.Value, `"`); !permitted(path, allowed) {
					t.Errorf("%s imports %s, which %s may not", name, path, pkg)
				}
			}
		}
	}
}

func permitted(path string, allowed []string) bool {
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") && first != "kinesim" {
		return true // the standard library
	}
	for _, a := range allowed {
		if path == a || !strings.HasPrefix(a, "kinesim/") && strings.HasPrefix(path, a+"/") {
			return true
		}
	}
	return false
}

// TestTidy holds rules that no linter has: the model asks no wall clock and draws
// from named streams alone, and no function passes 70 lines.
func TestTidy(t *testing.T) {
	const longest = 70
	for pkg, files := range sources(t, true) {
		for name, file := range files {
			test := strings.HasSuffix(name, "_test.go")
			engine := !test && (strings.HasPrefix(pkg, "sim") || strings.HasPrefix(pkg, "model"))
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					if n.Body != nil {
						if lines := fileSet.Position(n.End()).Line - fileSet.Position(n.Pos()).Line + 1; lines > longest {
							t.Errorf("%s: %s has %d lines; at most %d", name, n.Name.Name, lines, longest)
						}
					}
				case *ast.SelectorExpr:
					if x, ok := n.X.(*ast.Ident); ok && engine && banned[x.Name+"."+n.Sel.Name] {
						t.Errorf("%s uses %s.%s", name, x.Name, n.Sel.Name)
					}
				}
				return true
			})
		}
	}
}

var banned = map[string]bool{
	"time.Now": true, "time.Since": true, "time.Sleep": true,
	"rand.Int": true, "rand.IntN": true, "rand.Float64": true, "rand.Uint64": true, "rand.Shuffle": true, "rand.Perm": true,
}

var fileSet = token.NewFileSet()

// sources parses the Go files of the module, by package folder.
func sources(t *testing.T, tests bool) map[string]map[string]*ast.File {
	t.Helper()
	found := map[string]map[string]*ast.File{}
	root := ".." // this package lies one below the module's root
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go" || !tests && strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(fileSet, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pkg, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg = filepath.ToSlash(pkg)
		if found[pkg] == nil {
			found[pkg] = map[string]*ast.File{}
		}
		found[pkg][path] = file
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 10 {
		names := make([]string, 0, len(found))
		for name := range found {
			names = append(names, name)
		}
		sort.Strings(names)
		t.Fatalf("found only %v", names)
	}
	return found
}
