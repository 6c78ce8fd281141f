package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"kinesim/sim"
	"kinesim/sim/des"
)

// Expectation is one line of the expect block.
type Expectation struct {
	Metric   Metric  `json:"metric" jsonschema:"required" eg:"put_throttled_ratio" doc:"The metric that is held to the limit."`
	Producer *Name   `json:"producer,omitempty" doc:"Of this producer alone (default: all together)."`
	Consumer *Name   `json:"consumer,omitempty" doc:"Of this consumer alone (default: all together)."`
	Stat     *Stat   `json:"stat,omitempty" doc:"Which statistic (default max), for metrics that have several."`
	Below    *Amount `json:"below,omitempty" one:"comparison" doc:"Must be less than this, in the metric's unit: 5m, 0.5%, 1000, 900 USD."`
	Above    *Amount `json:"above,omitempty" one:"comparison" doc:"Must be more than this."`
	Equals   *Amount `json:"equals,omitempty" one:"comparison" doc:"Must be exactly this, in the metric's unit."`
	Between  *Amount `json:"between,omitempty" one:"comparison" doc:"Must lie in a..b, ends included."`
	During   *Window `json:"during,omitempty" doc:"Only in this part of the run, from..to, half-open."`
	Severity Level   `json:"severity" doc:"error (default) or warn."`
	P        *Share  `json:"p,omitempty" range:"0%..100%" doc:"With --runs: the share of runs that must meet it (default: all)."`
}

func (e *Expectation) defaults() { e.Severity = "error" }

// Metric is the name of a metric of package sim.
type Metric string

func (Metric) words() []word {
	words := make([]word, len(sim.Metrics))
	for i, m := range sim.Metrics {
		words[i] = word{text: m.Name, doc: m.Help + " (" + m.Unit + ")"}
	}
	return words
}

// Stat is the name of a statistic.
type Stat string

func (Stat) words() []word {
	var words []word
	seen := map[string]bool{}
	for _, m := range sim.Metrics {
		for _, stat := range m.Stats {
			if !seen[stat] {
				seen[stat] = true
				words = append(words, word{text: stat})
			}
		}
	}
	return words
}

// Amount is a limit whose unit depends on the metric: it is kept as written until
// the metric is known.
type Amount struct{ node *yaml.Node }

func (a *Amount) decode(c *checker, n *yaml.Node, where string) bool {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return c.at(c.keyOr(n), problem{code: codeShape, message: fmt.Sprintf("%s is %s", where, describe(n)), accepted: "a value in the metric's unit, such as 5m, 0.5%, 1000 or 900 USD"})
	}
	a.node = n
	return true
}

// MarshalJSON writes the amount as it is read.
func (a Amount) MarshalJSON() ([]byte, error) {
	if a.node.Tag == "!!int" {
		return []byte(strings.TrimLeft(a.node.Value[:len(a.node.Value)-1], "0") + a.node.Value[len(a.node.Value)-1:]), nil
	}
	return json.Marshal(a.node.Value)
}

// quantity reads a text in the unit of a metric, and gives it in the unit of the
// result.
func (c *checker) quantity(unit string, n *yaml.Node, where string) (float64, bool) {
	switch unit {
	case "ms":
		var d Duration
		ok := c.scalar(&d, n, field{}, where)
		return float64(d) / 1e6, ok
	case "ratio":
		var s Share
		ok := c.scalar(&s, n, field{}, where)
		return s.Ratio(), ok
	case "USD":
		var m Money
		ok := c.scalar(&m, n, field{}, where)
		return float64(m) / 1e9, ok
	case "records", "shards", "calls":
		var x int64
		ok := c.basic(reflect.ValueOf(&x).Elem(), n, field{span: "0..1000000000000"}, where)
		return float64(x), ok
	}
	panic("scenarios: no way to write an amount of " + unit)
}

// expectation compiles an expectation.
func (c *compiler) expectation(e *Expectation) sim.Expectation {
	m, ok := sim.FindMetric(string(e.Metric))
	if !ok {
		panic("scenarios: metric " + string(e.Metric)) // the word was checked
	}
	at := c.node(&e.Metric)
	compiled := sim.Expectation{
		Metric: m.Name, To: des.Forever, Warn: e.Severity == "warn", P: 1, File: c.home(at).name, Line: at.Line,
	}
	if e.P != nil {
		compiled.P = e.P.Ratio()
	}
	compiled.Producer = c.narrowed(m, "producer", e.Producer, c.producers)
	compiled.Consumer = c.narrowed(m, "consumer", e.Consumer, c.consumers)
	compiled.Stat = c.stat(m, e)
	c.compare(m, e, &compiled)
	c.during(m, e, &compiled)
	return compiled
}

// narrowed is the name of the producer or consumer that a metric is taken of.
func (c *compiler) narrowed(m *sim.Metric, kind string, name *Name, known []string) string {
	switch {
	case name == nil:
		return ""
	case m.Of == "":
		c.complain(codeConflict, name, "%s is about the whole stream; it cannot be narrowed to a %s", m.Name, kind)
	case m.Of != kind:
		c.complain(codeConflict, name, "%s is about %ss, not about %ss", m.Name, m.Of, kind)
	case len(known) > 0 && !contains(known, string(*name)): // without any, that is what is wrong
		c.fail(problem{
			code: codeReference, message: fmt.Sprintf("there is no %s %s", kind, *name),
			accepted: strings.Join(known, ", "), hint: didYouMean(string(*name), known),
		}, name)
	}
	return string(*name)
}

// stat is the statistic of a metric: the one asked for, or the metric's first.
func (c *compiler) stat(m *sim.Metric, e *Expectation) string {
	switch {
	case e.Stat == nil && len(m.Stats) == 0:
		return ""
	case e.Stat == nil:
		e.Stat = ptr(Stat(m.Stats[0]))
	case len(m.Stats) == 0:
		c.complain(codeConflict, e.Stat, "%s is one number; it has no stat", m.Name)
	case !contains(m.Stats, string(*e.Stat)):
		c.fail(problem{
			code: codeConflict, message: fmt.Sprintf("%s has no stat %s", m.Name, *e.Stat), accepted: strings.Join(m.Stats, ", "),
		}, e.Stat)
	}
	return string(*e.Stat)
}

// compare compiles the comparison and its limits.
func (c *compiler) compare(m *sim.Metric, e *Expectation, to *sim.Expectation) {
	name, value := chosen(*e)
	limit := value.(*Amount).node
	to.Op = sim.Comparison(name)
	if to.Op != sim.Between {
		to.Limit, _ = c.quantity(m.Unit, limit, name)
		return
	}
	low, high, ok := c.ends(limit)
	if !ok {
		c.at(limit, problem{code: codeValue, message: fmt.Sprintf("between %q is not a..b", limit.Value), accepted: "two values with .. between them, such as 1s..5s"})
		return
	}
	var below, above bool
	to.Limit, below = c.quantity(m.Unit, low, name)
	to.Upper, above = c.quantity(m.Unit, high, name)
	if below && above && to.Limit > to.Upper {
		c.at(limit, problem{code: codeConflict, message: fmt.Sprintf("between %s: the first value is above the second", limit.Value)})
	}
}

// ends cuts a..b into two nodes that know their columns.
func (c *checker) ends(n *yaml.Node) (low, high *yaml.Node, ok bool) {
	a, b, ok := strings.Cut(n.Value, "..")
	end := func(text string, column int) *yaml.Node {
		part := *n
		part.Column += column + width(text) - width(strings.TrimLeft(text, " "))
		part.Value, part.Tag = strings.TrimSpace(text), "!!str"
		if plainNumber.MatchString(part.Value) {
			part.Tag = "!!int"
		}
		if s := c.origin[n]; s != nil {
			c.origin[&part] = s
		}
		return &part
	}
	return end(a, 0), end(b, width(a)+2), ok
}

// during compiles the window.
func (c *compiler) during(m *sim.Metric, e *Expectation, to *sim.Expectation) {
	if e.During == nil {
		return
	}
	if m.Unit == "USD" {
		c.complain(codeConflict, e.During, "%s is reckoned over the whole run; it takes no during", m.Name)
	}
	if end := c.scenario.Clock.Duration; e.During.From >= end {
		c.outside(e.During, e, "the window %s comes after the end of the run at %s, so nothing will be measured", e.During, end)
	}
	to.Windowed, to.From, to.To = true, des.Time(e.During.From), des.Time(e.During.To)
}
