package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"kinesim/sim"
	"kinesim/sim/autoscale"
)

// Comparison is a list of ways to run the stream that are played under the same load.
type Comparison struct {
	Autoscale []Variant `json:"autoscale" jsonschema:"required" eg:"[none, target-tracking, on-demand]" range:"1..100" doc:"Who scales the stream, one after the other, beside what else differs."`
}

// Variant is one way to run the stream: the scenario with some of it replaced.
type Variant struct {
	Preset    *VariantName `json:"-" bare:"" doc:"A way that needs no settings."`
	Name      Name         `json:"name" jsonschema:"required" eg:"tuned" doc:"Name for the ranking."`
	Autoscale *Autoscale   `json:"autoscale,omitempty" doc:"In place of the scenario's; makes an on-demand stream provisioned, with the shards that it would begin with."`
	Mode      *Mode        `json:"mode,omitempty" doc:"In place of stream.mode; another on-demand mode drops shards, a provisioned stream that becomes on-demand also autoscale and reshard."`
	Shards    *Shards      `json:"shards,omitempty" doc:"In place of stream.shards."`
	Warm      *ByteRate    `json:"warm_throughput,omitempty" range:"0MiB/s..10240MiB/s" doc:"In place of stream.warm_throughput; the shards follow it unless shards are given as well."`
	Reshard   []Reshard    `json:"reshard,omitempty" range:"0..10000" doc:"In place of the scenario's."`
}

// MarshalJSON writes the variant as it is read.
func (v Variant) MarshalJSON() ([]byte, error) {
	if v.Preset != nil {
		return json.Marshal(*v.Preset)
	}
	type mapping Variant
	return json.Marshal(mapping(v))
}

// VariantName names a way to run the stream that needs no settings.
type VariantName string

// The names that are not those of autoscalers.
const (
	asIs              = "as-is"
	onDemandName      = "on-demand"
	onDemandAdvantage = "on-demand-advantage"
)

func (VariantName) words() []word {
	words := append((ScalerName("")).words(),
		word{text: onDemandName, doc: "The service: an on-demand stream of Standard, with the history that the scenario gives."},
		word{text: onDemandAdvantage, doc: "Likewise, of Advantage."},
		word{text: asIs, doc: "The scenario as it stands."})
	return words
}

// comparesOnDemand tells whether a variant is on-demand.
func (c *compiler) comparesOnDemand() bool {
	return c.scenario.Compare != nil && slices.ContainsFunc(c.scenario.Compare.Autoscale, func(v Variant) bool {
		return v.Mode != nil && *v.Mode != "provisioned" || v.Preset != nil && (*v.Preset == onDemandName || *v.Preset == onDemandAdvantage)
	})
}

// contest compiles the variants of a scenario that is sound, from the tree that it came
// of. The load is that of the scenario itself.
func (c *compiler) contest(root *yaml.Node, o Options) {
	if c.scenario.Compare == nil {
		return
	}
	named := map[Name]bool{}
	for i := range c.scenario.Compare.Autoscale {
		v := &c.scenario.Compare.Autoscale[i]
		if v.Preset != nil {
			v.Name = Name(*v.Preset)
		}
		if named[v.Name] {
			c.fail(problem{code: codeTwice, message: fmt.Sprintf("a second variant has the name %s", v.Name)}, &v.Name, v)
			continue
		}
		named[v.Name] = true
		if config := c.variant(v, c.vary(root, v), o); config != nil {
			c.config.Compare = append(c.config.Compare, sim.Variant{Name: string(v.Name), Config: config})
		}
	}
}

// variant compiles a variant from its tree, and tells what is wrong with it alone.
func (c *compiler) variant(v *Variant, root *yaml.Node, o Options) *sim.Config {
	check := *c.checker // places and origins are shared, problems are not
	check.problems = nil
	x := check.through(root, o, c)
	check.problems.sorted(c.source.name)
	for _, p := range check.problems {
		if !slices.Contains(c.problems, p) {
			p.Message = fmt.Sprintf("variant %s: %s", v.Name, p.Message)
			c.problems = append(c.problems, p)
		}
	}
	if check.problems.Errors() {
		return nil
	}
	x.config.Warnings = check.problems.texts()
	x.config.Document = x.scenario.document()
	return x.config
}

// vary is the tree of a scenario as a variant has it.
func (c *compiler) vary(root *yaml.Node, v *Variant) *yaml.Node {
	e := &editor{checker: c.checker, item: c.node(v), root: root}
	e.put(nil, "compare")
	was, mode := c.scenario.Stream.Mode, e.field("mode")
	scaler := e.field("autoscale")
	if v.Preset != nil {
		switch *v.Preset {
		case asIs:
		case onDemandName:
			mode = e.text("on_demand")
		case onDemandAdvantage:
			mode = e.text("on_demand_advantage")
		default:
			scaler = e.text(string(*v.Preset))
		}
	}
	if scaler != nil && mode == nil && was != "provisioned" {
		mode = e.text("provisioned")
	}
	if mode != nil {
		e.mode(was, Mode(mode.Value), c.config.Stream.Shards.Len())
		e.put(mode, "stream", "mode")
	}
	if e.field("warm_throughput") != nil && was != "provisioned" && (mode == nil || mode.Value != "provisioned") {
		e.put(nil, "stream", "shards")
	}
	for _, f := range []struct {
		value *yaml.Node
		path  []string
	}{
		{scaler, []string{"autoscale"}}, {e.field("reshard"), []string{"reshard"}},
		{e.field("shards"), []string{"stream", "shards"}}, {e.field("warm_throughput"), []string{"stream", "warm_throughput"}},
	} {
		if f.value != nil {
			e.put(f.value, f.path...)
		}
	}
	return e.root
}

// editor changes the tree of a scenario, leaving the one that it was given as it is.
type editor struct {
	*checker
	item *yaml.Node // of the variant
	root *yaml.Node
}

// field is what the variant says of a field; nil if nothing.
func (e *editor) field(name string) *yaml.Node {
	for i := 0; i+1 < len(e.item.Content) && e.item.Kind == yaml.MappingNode; i += 2 {
		if e.item.Content[i].Value == name {
			return e.item.Content[i+1]
		}
	}
	return nil
}

// text is a value that the variant implies. It stands where the variant does.
func (e *editor) text(value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Line: e.item.Line, Column: e.item.Column}
	if s := e.origin[e.item]; s != nil {
		e.origin[n] = s
	}
	return n
}

// mode takes away what the other mode of a stream does not have.
func (e *editor) mode(was, is Mode, shards int) {
	switch {
	case was == "provisioned" && is != "provisioned":
		e.put(nil, "stream", "shards")
		e.put(nil, "autoscale")
		e.put(nil, "reshard")
	case was != "provisioned" && is == "provisioned":
		e.put(nil, "stream", "history")
		e.put(nil, "stream", "warm_throughput")
		e.put(nil, "stream", "distribution")
		e.put(nil, "reshard")
		n := e.text(strconv.Itoa(shards))
		n.Tag = "!!int"
		e.add(n, "stream", "shards")
	case is == "on_demand":
		e.put(nil, "stream", "warm_throughput")
	}
	if was != is && is != "provisioned" { // those of an effective scenario may be derived ones
		e.put(nil, "stream", "shards")
	}
}

// put writes a value at a path, or takes away what is there.
func (e *editor) put(value *yaml.Node, path ...string) {
	e.root = e.edited(e.root, value, path, false)
}

// add writes a value at a path unless there is one.
func (e *editor) add(value *yaml.Node, path ...string) {
	e.root = e.edited(e.root, value, path, true)
}

func (e *editor) edited(n, value *yaml.Node, path []string, keep bool) *yaml.Node {
	if len(path) == 0 {
		if keep && n != nil {
			return n
		}
		return value
	}
	to := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: e.item.Line, Column: e.item.Column}
	if n != nil {
		*to = *n
		to.Content = nil
		if s := e.origin[n]; s != nil {
			e.origin[to] = s
		}
	}
	found := false
	for i := 0; n != nil && i+1 < len(n.Content); i += 2 {
		key, child := n.Content[i], n.Content[i+1]
		if key.Value == path[0] {
			found = true
			child = e.edited(child, value, path[1:], keep)
		}
		if child != nil {
			to.Content = append(to.Content, key, child)
		}
	}
	if child := value; !found && child != nil {
		to.Content = append(to.Content, e.text(path[0]), e.edited(nil, value, path[1:], keep))
	}
	return to
}

// compared applies --compare to the tree: autoscale= and names of variants.
func (c *checker) compared(root *yaml.Node, text string) *yaml.Node {
	s := &setter{checker: c, source: &source{name: "--compare", text: []byte(text)}}
	field, names, _ := strings.Cut(text, "=")
	if field != "autoscale" && field != "autoscaler" || strings.TrimSpace(names) == "" {
		var first []string
		for _, p := range autoscale.Presets[:2] {
			first = append(first, p.Name)
		}
		s.fault(1, width(text)+1, problem{code: codeSet, message: "nothing to compare", accepted: "autoscale= and names, such as autoscale=none," + strings.Join(first, ",") + "," + onDemandName})
		return root
	}
	s.path, s.column = []string{"compare", "autoscale"}, []int{1, 1}
	if s.value = s.parse("["+names+"]", width(field)); s.value == nil {
		return root
	}
	if changed := s.put(root, reflect.TypeFor[Scenario](), 0); changed != nil {
		return changed
	}
	return root
}
