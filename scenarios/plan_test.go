package scenarios

import (
	"strings"
	"testing"
)

// planned is a scenario with a plan block.
const planned = `kinesim: v1
name: x
clock: {duration: 10s}
stream: {shards: 2}
producers: [{name: p, rate: 100/s}]
consumers: [{name: c, classic: {interval: 1s}}]
expect: [{metric: put_throttled_ratio, below: 1%}]
plan: {least_shards: 2, most_shards: 9, modes: [provisioned, on_demand], try: [["consumers.c.efo={}"], ["producers.p.put.kpl={}"]], runs: 7, growth_per_week: 2%}
`

// TestLoadPlan: every combination of the alternatives in every mode is a way, from
// standard input as well; an on-demand one begins with room for twice its peak.
func TestLoadPlan(t *testing.T) {
	p, err := LoadPlan("-", strings.NewReader(planned), Options{Sets: []string{"producers.p.rate=9000/s"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Ways) != 8 || p.Least != 2 || p.Most != 9 || p.Runs != 7 || p.Growth != 0.02 || p.P != 1 || p.Present.Len() != 2 {
		t.Errorf("%d ways, %+v", len(p.Ways), p)
	}
	for _, w := range p.Ways {
		demand := strings.HasPrefix(w.Name, "on-demand")
		if demand != (w.Map == nil) || demand && w.Config.Stream.Shards.Len() != 18 {
			t.Errorf("%s: %d shards", w.Name, w.Config.Stream.Shards.Len())
		}
		if fanned := strings.Contains(w.Name, "efo"); fanned != w.Config.Consumers[0].Kind.Fanout() {
			t.Errorf("%s: fan-out %v", w.Name, !fanned)
		}
		if packs := strings.Contains(w.Name, "kpl"); packs != (w.Config.Producers[0].Put.KPL != nil) {
			t.Errorf("%s: packs %v", w.Name, !packs)
		}
	}
}

// TestPlanIsChecked wants clear errors for what no plan can mean.
func TestPlanIsChecked(t *testing.T) {
	for set, want := range map[string]string{
		"plan.most_shards=1":                "most_shards 1 is less than least_shards 2",
		"plan.try=[[]]":                     "an alternative without settings",
		"plan.try=[[efo]]":                  `"efo" is no setting`,
		"plan.modes=[sometimes]":            "sometimes",
		`plan.try=[["consumers.d.efo={}"]]`: "d",
	} {
		_, err := LoadPlan("-", strings.NewReader(planned), Options{Sets: []string{set}}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", set, err, want)
		}
	}
}

// TestLibraryPlans: the scenarios of the library that ask what capacity to have can be planned as
// they stand, and leave something to choose or to say.
func TestLibraryPlans(t *testing.T) {
	planned := 0
	for _, e := range Library() {
		x, problems := loadScenario(e.Name, nil, Options{})
		if problems.Errors() || x.scenario.Plan == nil {
			continue
		}
		planned++
		p, err := LoadPlan(e.Name, nil, Options{}, nil)
		switch {
		case err != nil:
			t.Errorf("%s: %v", e.Name, err)
		case len(p.Ways) == 1 && p.Least == p.Most && p.Growth == 0:
			t.Errorf("%s leaves nothing to choose", e.Name)
		}
	}
	if planned < 7 {
		t.Errorf("%d scenarios with a plan block, want 7 or more", planned)
	}
}
