package scenarios

import (
	"fmt"
	"io"
	"math"
	"strings"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/plan"
)

// Plan is what 'kinesim plan' may choose. The expectations are the constraints, and the
// monthly bill is what is to be least.
type Plan struct {
	Least       int64       `json:"least_shards" range:"1..10000" doc:"Fewest shards that may be chosen (default 1)."`
	Most        int64       `json:"most_shards" range:"1..10000" doc:"Most shards that may be chosen (default 1000)."`
	Modes       []Mode      `json:"modes,omitempty" range:"1..3" doc:"Capacity modes to choose from (default: that of the stream)."`
	Cuts        []Cut       `json:"cuts,omitempty" range:"1..2" doc:"How provisioned shards may be cut (default [even])."`
	Past        Past        `json:"past" doc:"What an on-demand stream has seen in the 30 days before (default same)."`
	Try         [][]string  `json:"try,omitempty" range:"0..6" doc:"Alternatives, each a list of settings as --set takes them, such as [\"consumers.lake.efo={}\"]. All their combinations are tried, with the scenario as it is among them."`
	Free        Free        `json:"free,omitempty" doc:"Fields that may be chosen beside the shards, each with its candidates, or auto for the usual ones: {consumers.lake.retrieval: [classic, efo], producers.app.aggregation: [on, off], producers.app.linger: auto}. All combinations are tried."`
	Probability Share       `json:"probability" range:"1%..100%" doc:"Share of the runs that must meet all expectations (default 100%)."`
	Runs        int64       `json:"runs" range:"1..10000" doc:"Runs of the proof, each with a seed of its own (default 20)."`
	Uncertain   []Uncertain `json:"uncertain,omitempty" range:"0..4" doc:"Inputs that are not known: the plan is the one with the least regret over all combinations of their values."`
	Growth      *Share      `json:"growth_per_week,omitempty" range:"0%..100%" doc:"By how much the load grows each week; says when the capacity no longer holds."`
}

func (p *Plan) defaults() {
	*p = Plan{Least: 1, Most: 1000, Past: "same", Probability: Share(1e9), Runs: 20}
}

// Cut is how the hash key space is cut into shards.
type Cut string

func (Cut) words() []word {
	return []word{
		{text: "even", doc: "Evenly, as CreateStream and UpdateShardCount do."},
		{text: "uneven", doc: "Where the keys want it, so that the fullest shard is as cool as can be: fewer shards for uneven keys, by splits and merges, for as long as the keys stay as they are."},
	}
}

// Past is what an on-demand stream has behind it.
type Past string

func (Past) words() []word {
	return []word{
		{text: "same", doc: "A peak like that of the scenario, so that it begins with room for twice as much."},
		{text: "none", doc: "Nothing: a new stream begins with four shards."},
	}
}

// LoadPlan reads a scenario and what may be chosen of it. change, if set, may change that
// after the plan block was read. The progress and workers of the problem are left open.
func LoadPlan(ref string, stdin io.Reader, o Options, change func(*Plan)) (*plan.Problem, error) {
	again, err := replayed(ref, stdin)
	if err != nil {
		return nil, err
	}
	scenario, problems := loadScenario(ref, again(), o)
	if problems.Errors() {
		return nil, problems
	}
	config := scenario.config
	p := scenario.scenario.Plan
	if p == nil {
		p = fresh[Plan]()
	}
	if change != nil {
		change(p)
	}
	problem := &plan.Problem{
		Least: int(p.Least), Most: int(max(p.Least, p.Most)), P: p.Probability.Ratio(), Runs: int(p.Runs), Present: config.Stream.Shards, Was: config.Stream,
	}
	if p.Growth != nil {
		problem.Growth = p.Growth.Ratio()
	}
	if len(p.Cuts) == 0 {
		p.Cuts = []Cut{"even"}
	}
	if len(p.Modes) == 0 {
		p.Modes = []Mode{Mode(config.Stream.Mode)}
	}
	scenario.alternatives(scenario.root, p, o)
	if err := scenario.uncertainties(p); err != nil {
		scenario.problems.sorted(scenario.source.name)
		return nil, scenario.problems.cut(scenario.source.name)
	}
	l := planLoader{ref, again, o, p, scenario.choices(p)}
	if problem.Ways, err = l.ways(nil); err != nil {
		return nil, err
	}
	if len(p.Uncertain) > 0 {
		err = l.worlds(problem)
	}
	return problem, err
}

// planLoader loads a scenario again and again, with other settings.
type planLoader struct {
	ref   string
	again func() io.Reader
	o     Options
	plan  *Plan

	choices [][]string
}

// ways are the alternatives in each mode, with settings on top of those of the user.
func (l *planLoader) ways(settings []string) ([]plan.Way, error) {
	var ways []plan.Way
	seen := map[string]bool{}
	for _, sets := range l.choices {
		v := l.o
		v.yields = true
		v.Sets = append(append(append([]string(nil), l.o.Sets...), settings...), sets...)
		config, problems := load(l.ref, l.again(), v)
		if problems.Errors() {
			return nil, problems
		}
		if seen[string(config.Document)] { // a candidate that is as the scenario is
			continue
		}
		seen[string(config.Document)] = true
		for _, mode := range l.plan.Modes {
			w := way(config, sim.Mode(mode), l.plan.Past, sets)
			for _, cut := range l.plan.Cuts {
				switch {
				case cut == "uneven" && w.Map != nil:
					ways = append(ways, w.Uneven())
				case cut == "even" || len(l.plan.Cuts) == 1: // on-demand streams are cut by the service
					ways = append(ways, w)
				}
			}
		}
	}
	return ways, nil
}

// way is a configuration in a capacity mode.
func way(c *sim.Config, mode sim.Mode, past Past, sets []string) plan.Way {
	v := *c
	w := plan.Way{Name: strings.ReplaceAll(string(mode), "_", "-"), Settings: append([]string{}, sets...), Config: &v, Map: model.EvenShards}
	if len(sets) > 0 {
		w.Name += " with " + strings.Join(sets, ", ")
	}
	v.Stream.Mode = mode
	if mode == sim.Provisioned {
		v.Stream.AutoKeys = false
		if v.Autoscale != nil || len(v.Reshard) > 0 {
			w.Name += ", shards at the start"
		}
		return w
	}
	v.Autoscale, v.Reshard, w.Map = nil, nil, nil
	if past == "same" && v.Stream.History == (sim.History{}) {
		v.Stream.History = peaks(c)
	}
	v.Stream.Shards = model.EvenShards(v.ShardsOnDemand())
	w.Settings = append(w.Settings, "stream.mode="+string(mode))
	return w
}

// peaks are the highest rates that a scenario offers, all producers together.
func peaks(c *sim.Config) sim.History {
	records, bytes := plan.PeakLoad(c)
	return sim.History{PeakBytes: model.Bytes(math.Ceil(bytes)), PeakRecords: int64(math.Ceil(records))}
}

// planned checks the plan block of a scenario.
func (c *compiler) planned(p *Plan) {
	if p == nil || !c.sound(p) {
		return
	}
	if p.Least > p.Most {
		c.complain(codeConflict, &p.Most, "most_shards %d is less than least_shards %d", p.Most, p.Least)
	}
	if len(c.scenario.Expect) == 0 {
		c.warn(problem{code: codeUnused, message: "without expectations any capacity will do, so the plan has nothing to hold",
			hint: "expect: [{metric: put_throttled_ratio, below: 0.1%}]"}, p)
	}
	for i, a := range p.Try {
		if len(a) == 0 {
			c.complain(codeRange, &p.Try[i], "an alternative without settings is the scenario as it is, which is tried anyway")
		}
		for _, set := range a {
			if !strings.Contains(set, "=") {
				c.complain(codeSet, &p.Try[i], "%s", fmt.Sprintf("%q is no setting; write PATH=VALUE, such as consumers.lake.efo={}", set))
			}
		}
	}
}
