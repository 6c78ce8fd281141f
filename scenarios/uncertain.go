package scenarios

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"kinesim/model"
	"kinesim/sim/plan"
)

// Uncertain is an input that is not known.
type Uncertain struct {
	Path   string   `json:"path" jsonschema:"required" eg:"producers.app.rate" doc:"Which field, as --set names it."`
	Values []string `json:"values" jsonschema:"required" eg:"[800/s, 1500/s]" range:"2..5" doc:"What it may be, such as the lowest and the highest."`
}

// span is a number of a scenario that is written as a range, low..high.
type span struct {
	path      string
	low, high string
	node      *yaml.Node
}

// spanLike is a range: two numbers, each with its unit.
var spanLike = regexp.MustCompile(`^[0-9][0-9.]*( ?[a-zA-Z/%]+)?\.\.[0-9][0-9.]*( ?[a-zA-Z/%]+)?$`)

// known gives what a number is read as that may be a range: its middle, since a run plays
// one value and a range says nothing of the law between its ends. The plan weighs both ends.
func (c *checker) known(t reflect.Type, n *yaml.Node, where string) *yaml.Node {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if n.Kind != yaml.ScalarNode || !spanLike.MatchString(n.Value) || !mayVary(t) || !varies(where) {
		return n
	}
	steps, err := spread(n.Value + ":3")
	if err != nil || len(steps) != 3 {
		low, high, _ := strings.Cut(n.Value, "..")
		c.at(n, problem{code: codeValue, message: fmt.Sprintf("%s %s is no range from a lower value to a higher one in the same unit", where, n.Value),
			accepted: "low..high, such as 800/s..1500/s", hint: fmt.Sprintf("%q and %q need one unit, and a number between them", low, high)})
		return nothing(n)
	}
	c.spans = append(c.spans, span{where, steps[0], steps[2], n})
	c.at(n, problem{code: codeSpan, warning: true, message: fmt.Sprintf("%s is a range, %s; a run plays its middle, %s", where, n.Value, steps[1]),
		hint: "kinesim plan weighs both ends"})
	middle := *n
	middle.Value = steps[1]
	if plainNumber.MatchString(middle.Value) {
		middle.Tag = "!!float"
		if !strings.Contains(middle.Value, ".") {
			middle.Tag = "!!int"
		}
	}
	if key := c.keys[n]; key != nil {
		c.keys[&middle] = key
	}
	if s := c.origin[n]; s != nil {
		c.origin[&middle] = s
	}
	return &middle
}

// mayVary tells whether a type is that of a number.
func mayVary(t reflect.Type) bool {
	switch reflect.New(t).Interface().(type) {
	case *RecordRate, *ByteRate, *Size, *Share, *Duration, *CheckpointEvery:
		return true
	case scalar, vocabulary, selfDecoder:
		return false
	}
	return t.Kind() == reflect.Int64 || t.Kind() == reflect.Float64
}

// knownConstant is known for a constant of the limits.
func (c *checker) knownConstant(k model.Constant, n *yaml.Node, where string) *yaml.Node {
	switch k.Field(&model.Limits{}).(type) {
	case *model.Delay, *model.Window:
		return n
	}
	return c.known(reflect.TypeFor[int64](), n, where)
}

// varies tells whether a path is that of an input: what is expected and what may be chosen
// are none.
func varies(where string) bool {
	top, _, _ := strings.Cut(where, ".")
	return !contains([]string{"expect", "plan", "sweep", "compare", "kinesim", "clock"}, top)
}

// mostWorlds bounds the combinations of uncertain inputs.
const mostWorlds = 32

// uncertainties puts the ranges of a scenario beside the inputs that its plan block names.
func (c *compiler) uncertainties(p *Plan) error {
	for _, s := range c.spans {
		if strings.HasPrefix(s.path, "stream.shards") {
			c.at(s.node, problem{code: codeConflict, message: "the number of shards is what the plan chooses",
				hint: fmt.Sprintf("plan: {least_shards: %s, most_shards: %s}", s.low, s.high)})
			continue
		}
		given := false
		for _, u := range p.Uncertain {
			given = given || u.Path == s.path
		}
		if !given {
			p.Uncertain = append(p.Uncertain, Uncertain{s.path, []string{s.low, s.high}})
		}
	}
	worlds := 1
	for _, u := range p.Uncertain {
		worlds *= len(u.Values)
	}
	if worlds > mostWorlds {
		at := c.node(p)
		if len(c.spans) > 0 {
			at = c.spans[len(c.spans)-1].node
		}
		c.at(at, problem{code: codeRange, message: fmt.Sprintf("the uncertain inputs have %d combinations", worlds), accepted: fmt.Sprintf("up to %d", mostWorlds)})
	}
	if c.problems.Errors() {
		return c.problems
	}
	return nil
}

// worlds are the combinations of the values of the uncertain inputs.
func (l *planLoader) worlds(p *plan.Problem) error {
	worlds := []plan.World{{}}
	sets := [][]string{nil}
	for _, u := range l.plan.Uncertain {
		p.Inputs = append(p.Inputs, plan.Input{Path: u.Path, Values: u.Values})
		var more []plan.World
		var moreSets [][]string
		for i, w := range worlds {
			for k, v := range u.Values {
				name := strings.TrimPrefix(w.Name+", "+u.Path+" "+v, ", ")
				more = append(more, plan.World{Name: name, Values: append(append([]int(nil), w.Values...), k)})
				moreSets = append(moreSets, append(append([]string(nil), sets[i]...), u.Path+"="+v))
			}
		}
		worlds, sets = more, moreSets
	}
	for i := range worlds {
		var err error
		if worlds[i].Ways, err = l.ways(sets[i]); err != nil {
			return err
		}
	}
	p.Worlds = worlds
	return nil
}
