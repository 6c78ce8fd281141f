package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kinesim/sim"
	"kinesim/sim/plan"
)

// Sweep is a grid of settings over which 'kinesim sweep' plays the scenario.
type Sweep struct {
	Over []SweepAxis `json:"over" jsonschema:"required" eg:"[{path: stream.shards, values: [\"4\", \"8\"]}]" range:"1..6" doc:"Fields and the values that they take; all combinations are played."`
	List bool        `json:"list" doc:"The n-th values of all fields go together, in place of all combinations (default false)."`
	Runs int64       `json:"runs" range:"1..10000" doc:"Runs of each cell, each with a seed of its own (default 1)."`
}

func (s *Sweep) defaults() { s.Runs = 1 }

// SweepAxis is a field with the values that it takes.
type SweepAxis struct {
	Path   string   `json:"path" jsonschema:"required" eg:"stream.shards" doc:"Which field, as --set names it."`
	Values []string `json:"values" jsonschema:"required" eg:"[\"4\", \"8\"]" range:"1..1000" doc:"Its values; low..high:n stands for n values in even steps, low..high*n for n in even ratios."`
}

// mostCells bounds a sweep.
const mostCells = 100_000

// LoadSweep reads a scenario and its sweep. over are axes in place of those of the block, as
// PATH=VALUES; change may change the rest. Cells that are not of the part stay nil in
// configs. The whole grid is checked before anything runs.
func LoadSweep(ref string, stdin io.Reader, o Options, over []string, part *plan.Part, change func(*Sweep)) (*plan.Sweep, []*sim.Config, error) {
	again, err := replayed(ref, stdin)
	if err != nil {
		return nil, nil, err
	}
	x, problems := loadScenario(ref, again(), o)
	if problems.Errors() {
		return nil, nil, problems
	}
	s := x.scenario.Sweep
	if s == nil {
		s = fresh[Sweep]()
	}
	if change != nil {
		change(s)
	}
	sweep := &plan.Sweep{
		Format: plan.SweepFormat, Version: sim.Version, Scenario: sim.ScenarioRef{Name: x.config.Name, Description: x.config.Description, SHA256: x.config.SHA256},
		Seed: x.config.Seed, Runs: int(s.Runs), Listed: s.List, Metrics: plan.SweepMetrics(x.config), Part: part, Cells: []plan.Cell{},
	}
	if sweep.Axes, err = axes(s, over); err != nil {
		return nil, nil, err
	}
	cells, err := plan.Cells(sweep.Axes, s.List)
	switch {
	case err != nil:
		return nil, nil, err
	case len(cells) > mostCells:
		return nil, nil, fmt.Errorf("the sweep has %d cells; at most %d", len(cells), mostCells)
	}
	configs := make([]*sim.Config, len(cells))
	var all Problems
	named := x.named
	for i, values := range cells {
		v := o
		v.Sets = slices.Clone(o.Sets)
		for k, value := range values {
			v.Sets = append(v.Sets, sweep.Axes[k].Path+"="+value)
		}
		cell, problems := loadScenario(ref, again(), v)
		for _, p := range problems {
			if p.Severity == Error && !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
		if cell == nil {
			continue
		}
		named = append(named, cell.named...)
		if part.Takes(i) {
			configs[i] = cell.config
		}
	}
	if len(all) > 0 {
		return nil, nil, all.cut(ref)
	}
	slices.Sort(named)
	sweep.DataSHA256, err = sumOf(slices.Compact(named))
	return sweep, configs, err
}

// sumOf is the SHA-256 of the sums of files, in hex; "" for none. What is no regular file,
// such as a pipe, cannot be read again and is left out.
func sumOf(paths []string) (string, error) {
	var sums []byte
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return "", err
		}
		one := sha256.New()
		info, err := f.Stat()
		if err == nil && info.Mode().IsRegular() {
			_, err = io.Copy(one, f)
			sums = one.Sum(sums)
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return "", err
		}
	}
	if len(sums) == 0 {
		return "", nil
	}
	all := sha256.Sum256(sums)
	return hex.EncodeToString(all[:]), nil
}

// axes are those of the flags, or those of the block.
func axes(s *Sweep, over []string) ([]plan.Axis, error) {
	given := s.Over
	if len(over) > 0 {
		given = nil
	}
	for _, text := range over {
		path, values, ok := strings.Cut(text, "=")
		if !ok || path == "" || values == "" {
			return nil, fmt.Errorf("--over %s: PATH=VALUES, such as stream.shards=4,8,16 or producers.app.rate=1000/s..8000/s:8", text)
		}
		given = append(given, SweepAxis{path, strings.Split(values, ",")})
	}
	if len(given) == 0 {
		return nil, fmt.Errorf("nothing to sweep over: --over stream.shards=4,8,16, or a sweep block in the scenario")
	}
	var list []plan.Axis
	for _, a := range given {
		axis := plan.Axis{Path: a.Path}
		for _, v := range a.Values {
			values, err := spread(v)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", a.Path, err)
			}
			axis.Values = append(axis.Values, values...)
		}
		list = append(list, axis)
	}
	return list, nil
}

// span is low..high:n or low..high*n, with a unit that both ends have.
var spanned = regexp.MustCompile(`^([0-9.]+)([^0-9.][^.]*)?\.\.([0-9.]+)([^0-9.:*][^:*]*)?([:*])([0-9]+)$`)

// unspanned is low..high without a number of values: in a scenario an input that is not
// known, which a sweep would play once.
var unspanned = regexp.MustCompile(`^[0-9][^:*]*\.\.[0-9][^:*]*$`)

// spread is what a value stands for: itself, or so many between two ends. Whole ends give
// whole numbers.
func spread(value string) ([]string, error) {
	m := spanned.FindStringSubmatch(value)
	switch {
	case m == nil && unspanned.MatchString(strings.TrimSpace(value)):
		return nil, fmt.Errorf("%s: how many values? %[1]s:5 are five at even distances, %[1]s*5 at even ratios", value)
	case m == nil:
		return []string{strings.TrimSpace(value)}, nil
	}
	n, err := strconv.Atoi(m[6])
	if err != nil || n < 2 || n > 1000 {
		return nil, fmt.Errorf("%s: 2 to 1000 values", value)
	}
	low, okLow := new(big.Rat).SetString(m[1])
	high, okHigh := new(big.Rat).SetString(m[3])
	if !okLow || !okHigh || m[2] != m[4] || low.Cmp(high) >= 0 || m[5] == "*" && low.Sign() <= 0 {
		return nil, fmt.Errorf("%s: low..high:%d with one unit on both ends, such as 1000/s..8000/s:8", value, n)
	}
	whole := low.IsInt() && high.IsInt()
	a, _ := low.Float64()
	b, _ := high.Float64()
	var list []string
	for i := range n {
		part := float64(i) / float64(n-1)
		x := a + float64((b-a)*part)
		if m[5] == "*" {
			x = a * math.Pow(b/a, part)
		}
		text := strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64)
		if whole {
			text = strconv.FormatFloat(math.Round(x), 'f', 0, 64)
		}
		if text += m[2]; !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list, nil
}

// replayed lets standard input be read again and again.
func replayed(ref string, stdin io.Reader) (func() io.Reader, error) {
	if ref != "-" || stdin == nil {
		return func() io.Reader { return nil }, nil
	}
	text, err := io.ReadAll(io.LimitReader(stdin, maxText+1))
	return func() io.Reader { return strings.NewReader(string(text)) }, err
}
