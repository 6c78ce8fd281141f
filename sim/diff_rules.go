package sim

import (
	"fmt"
	"slices"
	"strings"
)

// ExpectationsRule is the name of the rule that no expectation may turn.
const ExpectationsRule = "expectations"

// about tells whether a rule is about a measure. A metric without its stat is that of
// its default; a metric that the stream has is that of the stream unless a producer is
// named. What expectations measured in a window of their own is not meant.
func (r *Rule) about(m measure) bool {
	if r.Metric != m.metric || m.during != "" || r.stat() != m.stat {
		return false
	}
	if r.Where != "" {
		return r.Where == m.where
	}
	return m.where == "" || r.Metric != "put_throttled_ratio" && r.Metric != "put_failed_ratio"
}

func (r *Rule) stat() string {
	if r.Stat != "" {
		return r.Stat
	}
	if m, ok := FindMetric(r.Metric); ok && len(m.Stats) > 0 {
		return m.Stats[0]
	}
	return ""
}

// apply judges the rows by the rules.
func (d *Diff) apply(rules []Rule) error {
	for i := range rules {
		r := &rules[i]
		before := len(d.Rules)
		if r.Metric == ExpectationsRule {
			d.applyExpectations(r)
			continue
		}
		for k := range d.Rows {
			if row := &d.Rows[k]; r.about(measure{row.Metric, row.Stat, row.Where, row.During}) {
				d.Rules = append(d.Rules, row.judge(r, d.Alpha))
			}
		}
		for _, g := range d.OnlyBase {
			if r.about(measure{g.Metric, g.Stat, g.Where, g.During}) {
				d.Rules = append(d.Rules, RuleResult{Rule: r.Text, Metric: g.Metric, Stat: g.Stat, Where: g.Where, Text: "head does not have it any more"})
			}
		}
		for _, g := range d.OnlyHead {
			if r.about(measure{g.Metric, g.Stat, g.Where, g.During}) {
				d.Rules = append(d.Rules, RuleResult{Rule: r.Text, Metric: g.Metric, Stat: g.Stat, Where: g.Where, Passed: true, Text: "base does not have it, so there is nothing to compare with"})
			}
		}
		if len(d.Rules) == before {
			return fmt.Errorf("--fail-on %s: %w; they are of %s", r.Text, errRule, strings.Join(d.places(), ", "))
		}
	}
	d.Passed = !slices.ContainsFunc(d.Rules, func(r RuleResult) bool { return !r.Passed })
	return nil
}

// places are what the rows are about: consumers and producers.
func (d *Diff) places() []string {
	list := []string{"the stream"}
	for _, r := range d.Rows {
		if r.Where != "" && !slices.Contains(list, r.Where) {
			list = append(list, r.Where)
		}
	}
	return list
}

// judge applies a rule to a row. A change that may be noise passes, and is marked: one
// planned question needs no correction for the size of the table.
func (x *Delta) judge(r *Rule, alpha float64) RuleResult {
	result := RuleResult{Rule: r.Text, Metric: x.Metric, Stat: x.Stat, Where: x.Where, During: x.During, Passed: true}
	allowed := r.Threshold
	if r.Relative {
		allowed = float64(r.Threshold * x.Base) // of a base of 0 nothing: then any rise is too much
	}
	over := x.Delta > allowed && x.Delta > 0
	if r.Threshold < 0 {
		over = x.Delta < allowed && x.Delta < 0
	}
	if over {
		result.Unclear = x.P != nil && *x.P >= alpha
		result.Passed = result.Unclear
	}
	return result
}

// applyExpectations judges the expectations that base met.
func (d *Diff) applyExpectations(r *Rule) {
	missed := false
	for _, t := range d.Expectations {
		if !t.Passed && !t.Warn {
			missed = true
			d.Rules = append(d.Rules, RuleResult{Rule: r.Text, Metric: t.Metric, Stat: t.Stat, Where: t.Where, During: t.During, Text: "base met the expectation, head does not"})
		}
	}
	if !missed {
		d.Rules = append(d.Rules, RuleResult{Rule: r.Text, Passed: true, Text: "head misses none that base met"})
	}
}

// Comparable are the names of the measures that a rule can be about, with their
// stats: what results can be compared by, whatever is in them.
func Comparable() (names []string) {
	for _, s := range Samples(&Result{Producers: make([]ProducerResult, 1), Consumers: make([]ConsumerResult, 1)}) {
		name := s.Metric
		if s.Stat != "" {
			name += "." + s.Stat
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i := range Metrics {
		if m := &Metrics[i]; !slices.ContainsFunc(names, func(n string) bool { return n == m.Name || len(n) > len(m.Name) && n[:len(m.Name)+1] == m.Name+"." }) {
			names = append(names, m.Name)
		}
	}
	return append(names, ExpectationsRule)
}
