package sim

import (
	"errors"
	"fmt"
	"slices"

	"kinesim/sim/metric"
)

// Group is the runs of one side of a diff.
type Group struct {
	SideRef
	first    *Result
	samples  []Sample // a value for each of the seeds
	warnings []string
}

// First is the first of the group's results.
func (g *Group) First() *Result { return g.first }

// Pool puts results together, each of one run or of many: the name is what the user
// called them. A seed that comes twice would count its luck twice, so its second run is
// left out.
func Pool(name string, results []*Result) (*Group, error) {
	if len(results) == 0 {
		return nil, fmt.Errorf("%s: no results", name)
	}
	first := results[0]
	g := &Group{first: first, SideRef: SideRef{
		Name: name, Scenario: first.Scenario.Name, SHA256: first.Scenario.SHA256, Version: first.Version, Passed: true,
	}}
	twice := 0
	for _, r := range results {
		g.Passed = g.Passed && r.Passed
		if r.Partial {
			g.warn("a run was stopped before its end; its numbers are of the time until then")
		}
		if r.Scenario.SHA256 != first.Scenario.SHA256 {
			g.warn("its results are of different scenarios")
		}
		seeds, samples := []uint64{r.Seed}, Samples(r)
		if all := r.Replications; all != nil && len(all.Samples) > 0 {
			samples = all.Samples
			if seeds = all.Seeds; len(seeds) > mostSampled {
				seeds = seeds[:mostSampled]
			}
			if err := sampleShape(samples, len(seeds)); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		} else if all != nil {
			g.warn("a result keeps no values of its runs but of the first; run it again with this version")
		}
		for i, seed := range seeds {
			if slices.Contains(g.Seeds, seed) {
				twice++
				continue
			}
			g.take(seed, samples, i)
		}
	}
	g.Runs = len(g.Seeds)
	if twice > 0 {
		g.warn(fmt.Sprintf("%d of its runs have a seed that another has, and are left out", twice))
	}
	return g, nil
}

// sampleShape refuses what Diff could not read.
func sampleShape(samples []Sample, runs int) error {
	for _, s := range samples {
		if len(s.Values) != runs {
			return fmt.Errorf("damaged result: %d values of %s for %d seeds", len(s.Values), s.Metric, runs)
		}
	}
	return nil
}

func (g *Group) warn(text string) {
	if text = g.Name + ": " + text; !slices.Contains(g.warnings, text) {
		g.warnings = append(g.warnings, text)
	}
}

// take adds the i-th run of some samples.
func (g *Group) take(seed uint64, samples []Sample, i int) {
	runs := len(g.Seeds)
	known := map[sampleKey]int{}
	for k := range g.samples {
		known[g.samples[k].key()] = k
	}
	for k := range samples {
		s := samples[k]
		at, ok := known[s.key()]
		if !ok {
			at = len(g.samples)
			known[s.key()] = at
			s.Values = make([]*float64, runs)
			g.samples = append(g.samples, s)
		}
		if have := &g.samples[at]; len(have.Values) == runs { // a measure may be expected twice
			have.Values = append(have.Values, samples[k].Values[i])
		}
	}
	g.Seeds = append(g.Seeds, seed)
	for k := range g.samples {
		if s := &g.samples[k]; len(s.Values) <= runs {
			s.Values = append(s.Values, nil)
		}
	}
}

// sampleKey identifies a measure and how it was measured.
type sampleKey struct {
	measure
	judged bool
}

func (s *Sample) key() sampleKey { return sampleKey{s.measure(), s.Judged} }

// alpha is how often a table of changes may have one that is none.
const alpha = 0.05

// fewRuns is below how many runs the reader is told that they are few.
const fewRuns = 5

// NewDiff compares two groups of runs and applies the rules. With all, it has every
// measure, else those that people ask for first, and those of rules. The error is that
// of a rule that fits no measure.
func NewDiff(base, head *Group, rules []Rule, all bool) (*Diff, error) {
	d := &Diff{
		Format: DiffFormat, Version: Version, Base: base.SideRef, Head: head.SideRef, Alpha: alpha,
		Rows: []Delta{}, OnlyBase: []Gone{}, OnlyHead: []Gone{}, Expectations: []Turned{}, Rules: []RuleResult{},
		Warnings: append(slices.Clone(base.warnings), head.warnings...),
	}
	d.doubt(base, head)
	m := matcher{base: base, head: head, rules: rules, all: all, diff: d}
	m.pair()
	m.rows()
	d.correct()
	d.turned(base.first, head.first)
	if err := d.apply(rules); err != nil {
		return nil, err
	}
	d.Same = len(d.OnlyBase)+len(d.OnlyHead)+len(d.Expectations) == 0 && !slices.ContainsFunc(d.Rows, func(r Delta) bool { return r.Verdict != Unchanged })
	return d, nil
}

// doubt warns of what makes two groups hard to compare.
func (d *Diff) doubt(base, head *Group) {
	if b, h := base.first, head.first; b.Clock.DurationS != h.Clock.DurationS || b.Clock.WarmupS != h.Clock.WarmupS {
		d.Warnings = append(d.Warnings, "the two sides simulate different spans, so counts differ for that alone")
	}
	if base.Version != head.Version {
		d.Warnings = append(d.Warnings, fmt.Sprintf("base comes from kinesim %s, head from %s: what a version changed shows as a difference", base.Version, head.Version))
	}
	if base.first.Resolution != head.first.Resolution {
		d.Warnings = append(d.Warnings, "the two sides have different resolutions")
	}
}

// correct gives every row its corrected p and its verdict. What varies in no run needs
// no test, and so takes no part in the correction.
func (d *Diff) correct() {
	var tested []int
	var p []float64
	for i := range d.Rows {
		if r := &d.Rows[i]; r.P != nil && *r.CI95Low != *r.CI95High {
			tested, p = append(tested, i), append(p, *r.P)
		}
	}
	corrected := metric.Holm(p)
	for k, i := range tested {
		d.Rows[i].Holm = &corrected[k]
	}
	for i := range d.Rows {
		r := &d.Rows[i]
		worse := (&Sample{Metric: r.Metric}).worse()
		switch {
		case r.Holm == nil && r.Delta == 0:
			r.Verdict = Unchanged
		case r.Holm != nil && *r.Holm >= d.Alpha:
			r.Verdict = Noise
		case worse == 0:
			r.Verdict = Changed
		case (r.Delta > 0) == (worse > 0):
			r.Verdict = Worse
		default:
			r.Verdict = Better
		}
	}
}

// turned are the expectations that came out otherwise.
func (d *Diff) turned(base, head *Result) {
	for i := range head.Expectations {
		h := &head.Expectations[i]
		k := slices.IndexFunc(base.Expectations, func(b ExpectationResult) bool {
			return b.Metric == h.Metric && b.Stat == h.Stat && b.Where == h.Where && b.During == h.During && b.Op == h.Op && b.Limit == h.Limit
		})
		if k >= 0 && base.Expectations[k].Passed != h.Passed {
			d.Expectations = append(d.Expectations, Turned{
				Metric: h.Metric, Stat: h.Stat, Where: h.Where, During: h.During, Op: h.Op, Limit: h.Limit, Unit: h.Unit,
				Passed: h.Passed, Warn: h.Severity == "warn",
			})
		}
	}
}

// errRule is of a rule that fits no measure.
var errRule = errors.New("no such measure in these results")
