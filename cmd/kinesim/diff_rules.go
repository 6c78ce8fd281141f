package main

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"kinesim/scenarios"
	"kinesim/sim"
)

// parseRules reads what --fail-on says.
func parseRules(texts []string) ([]sim.Rule, error) {
	var rules []sim.Rule
	for _, text := range texts {
		r, err := parseRule(text)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// parseRule reads one: expectations, or [consumers.NAME.|producers.NAME.]METRIC[.STAT]=±N.
func parseRule(text string) (sim.Rule, error) {
	r := sim.Rule{Text: text}
	path, threshold, ok := strings.Cut(text, "=")
	if path == sim.ExpectationsRule && !ok {
		r.Metric = path
		return r, nil
	}
	rest := path
	for _, kind := range []string{"consumer", "producer"} {
		for _, prefix := range []string{kind + "s.", kind + "."} {
			if name, found := strings.CutPrefix(path, prefix); found {
				name, rest = splitName(name)
				r.Where = kind + " " + name
			}
		}
	}
	r.Metric, r.Stat, _ = strings.Cut(rest, ".")
	known := sim.Comparable()
	if !slices.ContainsFunc(known, func(k string) bool { return k == rest || strings.HasPrefix(k, rest+".") }) {
		near := scenarios.SuggestName(rest, known)
		if near == "" {
			near = scenarios.SuggestName(r.Metric, bare(known))
		}
		if near != "" {
			return r, bad("--fail-on %s: no measure %s; did you mean %s?", text, rest, near)
		}
		return r, bad("--fail-on %s: no measure %s; there are %s", text, rest, strings.Join(bare(known), ", "))
	}
	if !ok {
		return r, bad("--fail-on %s: no threshold; write %s=+10%% for a rise by a tenth", text, path)
	}
	amount, negative := strings.CutPrefix(threshold, "-")
	err := threshed(&r, strings.TrimPrefix(strings.TrimSpace(amount), "+"))
	switch {
	case err == nil && negative && r.Threshold == 0:
		r.Threshold = -math.SmallestNonzeroFloat64 // any fall
	case negative:
		r.Threshold = -r.Threshold
	}
	return r, err
}

// bare are the names without their stats.
func bare(names []string) []string {
	var metrics []string
	for _, n := range names {
		metric, _, _ := strings.Cut(n, ".")
		metrics = append(metrics, metric)
	}
	return slices.Compact(metrics)
}

// splitName cuts the name of a consumer or producer, which may have dots, from the
// measure behind it.
func splitName(text string) (name, rest string) {
	parts := strings.Split(text, ".")
	of := 1
	if last := parts[len(parts)-1]; len(parts) > 2 && slices.Contains([]string{"mean", "p50", "p90", "p99", "p999", "max", "min", "end"}, last) {
		of = 2
	}
	cut := max(0, len(parts)-of)
	return strings.Join(parts[:cut], "."), strings.Join(parts[cut:], ".")
}

// threshed reads a threshold without its sign: a share of the base, or a number in the
// unit of the measure.
func threshed(r *sim.Rule, text string) error {
	unit := "records"
	if m, ok := sim.FindMetric(r.Metric); ok {
		unit = m.Unit
	}
	accepted := map[string]string{"ms": "+10% or +500ms", "ratio": "+10% or, in points, +0.1pp", "USD": "+10% or +20USD"}[unit]
	if accepted == "" {
		accepted = "+10% or +100"
	}
	wrong := bad("--fail-on %s: a threshold of %s is %s", r.Text, r.Metric, accepted)
	number := func(suffix string) (x float64, ok bool) {
		digits, found := strings.CutSuffix(text, suffix)
		x, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
		return x, found && err == nil && x >= 0 && !math.IsInf(x, 0)
	}
	if x, ok := number("%"); ok {
		r.Threshold, r.Relative = x/100, true
		return nil
	}
	switch unit {
	case "ms":
		d, err := scenarios.ParseDuration(text)
		if err != nil {
			return wrong
		}
		r.Threshold = d.Seconds() * 1e3
		return nil
	case "ratio":
		x, ok := number("pp")
		if !ok {
			return wrong
		}
		r.Threshold = x / 100
		return nil
	}
	suffixes := []string{unit, ""}
	if unit == "USD" {
		suffixes = suffixes[:1] // money has its unit
	}
	for _, suffix := range suffixes {
		if x, ok := number(suffix); ok {
			r.Threshold = x
			return nil
		}
	}
	return wrong
}
