package report

import (
	"fmt"
	"slices"
	"strings"

	"kinesim/sim"
)

// assumptions lists the constants, the assumed ones first, with a line on how
// many there are.
func (b *builder) assumptions() ([]Assumption, string) {
	var list []Assumption
	n := map[string]int{}
	for _, kind := range []string{"assumed", "observed", "documented", ""} {
		for _, a := range b.r.Assumptions {
			known := a.Kind == "assumed" || a.Kind == "observed" || a.Kind == "documented"
			if a.Kind != kind && (kind != "" || known) {
				continue
			}
			n[a.Kind]++
			list = append(list, Assumption{
				ID: shown(a.ID), Kind: shown(a.Kind), Value: shown(a.Value), Range: shown(a.Range), Source: shownText(a.Source),
				Help: shownText(a.Help), Register: shown(a.Register), Overridden: a.Overridden, Hangs: hangsOn(&a),
			})
		}
	}
	if len(list) == 0 {
		return nil, ""
	}
	return list, fmt.Sprintf("%s%s, %d observed, %d documented", plural(int64(n["assumed"]), "assumed constant"), registered(list), n["observed"], n["documented"])
}

// registered names the assumed constants by their numbers in the register.
func registered(list []Assumption) string {
	var ids []string
	for _, a := range list {
		if a.Kind == "assumed" && a.Register != "" && !slices.Contains(ids, a.Register) {
			ids = append(ids, a.Register)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return " (" + strings.Join(ids, " ") + ")"
}

// hangsOn says of one constant whether the verdict hangs on it, as far as that is known.
func hangsOn(a *sim.Assumption) string {
	switch {
	case a.Overridden:
		return "set by the scenario; no other value was tried"
	case a.Kind == "documented":
		return "the verdict holds for this value, which the service promises"
	case a.Range == "":
		return "not tried: no range is known"
	}
	return "not tried against its range"
}

// nearMargin is the share of a limit below which a constant that is a little off may
// turn an expectation.
const nearMargin = 0.1

// hangs says whether the verdict hangs on what is assumed. One run tells only how near
// the expectations were to coming out otherwise, and the sentence says so.
func (b *builder) hangs(list []Assumption) (text, try string) {
	uncertain := ""
	for _, a := range list {
		if a.Kind != "documented" && a.Range != "" && !a.Overridden {
			uncertain = a.ID
			break
		}
	}
	if uncertain == "" {
		return "", ""
	}
	text = "The verdict was not tried against the believed ranges of these constants, so this page cannot say which of them it hangs on."
	if e := b.nearestMiss(); e != nil {
		text += fmt.Sprintf(" The smallest margin is that of %s (%s)", expectationText(e), margin(e))
		if m := *e.Margin; m > -nearMargin && m < nearMargin {
			text += ": a constant that is a little off may be enough for that."
		} else {
			text += "; how far a constant would have to be off for that is not known."
		}
	}
	if b.r.Reproduce == "" {
		return text, ""
	}
	return text + " To try another value of one:", shownText(b.r.Reproduce) + " --set limits." + uncertain + "=VALUE"
}

// nearestMiss is the expectation with the smallest margin either way; nil without one.
func (b *builder) nearestMiss() *sim.ExpectationResult {
	var nearest *sim.ExpectationResult
	size := func(e *sim.ExpectationResult) float64 { return max(*e.Margin, -*e.Margin) }
	for i := range b.r.Expectations {
		e := &b.r.Expectations[i]
		if e.Margin == nil || e.Measured == nil || e.Severity == "warn" || margin(e) == "" {
			continue
		}
		if nearest == nil || size(e) < size(nearest) {
			nearest = e
		}
	}
	return nearest
}
