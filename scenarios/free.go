package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Free are fields that the plan may choose the value of, each with its candidates.
type Free []FreeField

// FreeField is one of them.
type FreeField struct {
	Path   string
	Values []string // as --set takes them; none: the usual candidates
}

// usually stands for the candidates that people would try.
const usually = "auto"

// candidates are those, by the last part of a path. Of numbers they are a few in growing
// steps over what is sensible, as a bill has no use for finer ones.
var candidates = map[string][]string{
	"retrieval":              {"classic", "efo"},
	"aggregation":            {"on", "off"},
	"AggregationEnabled":     {"true", "false"},
	"records":                {"25", "100", "500"},
	"linger":                 {"20ms", "100ms", "500ms"},
	"CollectionMaxCount":     {"100", "500"},
	"RecordMaxBufferedTime":  {"50ms", "100ms", "500ms", "1s"},
	"workers":                {"1", "2", "4", "8", "16"},
	"parallelization_factor": {"1", "2", "5", "10"},
	"batch_size":             {"100", "500", "2000"},
	"retention":              {"24h", "168h"},
	"warm_throughput":        {"0MiB/s", "10MiB/s", "50MiB/s", "100MiB/s"},
	"autoscale":              {"none", "target-tracking", "scaling-utils", "kinesis-auto-scaling", "substation"},
	"interval":               {"200ms", "1s", "2s"},
}

// mostFree bounds the values of a field, and mostWays the combinations of all of them.
const (
	mostFree = 20
	mostWays = 200
)

func (f *Free) decode(c *checker, n *yaml.Node, where string) bool {
	takes := "a mapping of paths to lists of values, or to " + usually + ", such as {consumers.lake.retrieval: [classic, efo]}"
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return c.at(n, problem{code: codeShape, message: fmt.Sprintf("%s is %s", where, describe(n)), accepted: takes})
	}
	sound := true
	*f = make(Free, len(n.Content)/2)
	for i := range *f {
		key, value, x := n.Content[2*i], n.Content[2*i+1], &(*f)[i]
		x.Path = key.Value
		c.places[x] = key
		values, p := freeValues(value)
		if p.message != "" {
			p.message = key.Value + " " + p.message
			sound = c.at(value, p)
		}
		x.Values = values
	}
	return sound
}

// freeValues are the candidates of a field.
func freeValues(n *yaml.Node) ([]string, problem) {
	if n.Kind == yaml.ScalarNode && n.Value == usually {
		return nil, problem{}
	}
	takes := fmt.Sprintf("a list of 1 to %d values, or %s", mostFree, usually)
	switch {
	case n.Kind != yaml.SequenceNode:
		return nil, problem{code: codeShape, message: "is " + describe(n), accepted: takes}
	case len(n.Content) == 0 || len(n.Content) > mostFree:
		return nil, problem{code: codeRange, message: fmt.Sprintf("has %d values to choose from", len(n.Content)), accepted: takes}
	}
	var values []string
	for _, item := range n.Content {
		text := item.Value
		if item.Kind != yaml.ScalarNode {
			flow := flowing(item)
			b, err := yaml.Marshal(flow)
			if err != nil {
				return nil, problem{code: codeValue, message: err.Error()}
			}
			text = strings.TrimSpace(string(b))
		}
		if slices.Contains(values, text) {
			return nil, problem{code: codeTwice, message: "has " + text + " twice"}
		}
		values = append(values, text)
	}
	return values, problem{}
}

// flowing is a tree as one line.
func flowing(n *yaml.Node) *yaml.Node {
	v := *n
	v.Content = nil
	v.HeadComment, v.LineComment, v.FootComment = "", "", ""
	if v.Kind != yaml.ScalarNode {
		v.Style = yaml.FlowStyle
	}
	for _, child := range n.Content {
		v.Content = append(v.Content, flowing(child))
	}
	return &v
}

// AddFree adds a field that a flag names: PATH, or PATH=VALUE,VALUE.
func (p *Plan) AddFree(text string) error {
	path, list, given := strings.Cut(text, "=")
	f := FreeField{Path: path}
	if given {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte("["+list+"]"), &n); err != nil || len(n.Content) == 0 {
			return fmt.Errorf("--free %s: PATH=VALUE,VALUE, such as consumers.lake.retrieval=classic,efo", text)
		}
		values, wrong := freeValues(n.Content[0])
		if wrong.message != "" {
			return fmt.Errorf("--free %s: %s %s; %s", text, path, wrong.message, wrong.accepted)
		}
		f.Values = values
	}
	p.Free = slices.DeleteFunc(p.Free, func(other FreeField) bool { return other.Path == path })
	p.Free = append(p.Free, f)
	return nil
}

// MarshalJSON writes the fields as they are read.
func (f Free) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, x := range f {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(x.Path)
		if err != nil {
			return nil, err
		}
		var list any = x.Values
		if x.Values == nil {
			list = usually
		}
		values, err := json.Marshal(list)
		if err != nil {
			return nil, err
		}
		b.Write(append(append(key, ':'), values...))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// options are the settings of each candidate of a field; an empty list of settings is the
// scenario as it is.
func (c *compiler) options(f *FreeField) ([][]string, problem) {
	s := c.scenario
	path := strings.Split(f.Path, ".")
	last := path[len(path)-1]
	switch path[0] {
	case "plan", "sweep", "compare", "expect", "kinesim", "name", "description", "seed", "resolution", "clock", "account":
		return nil, problem{code: codeConflict, message: f.Path + " is nothing that a plan chooses", accepted: "paths below stream, producers, consumers, autoscale"}
	}
	switch f.Path {
	case "stream.shards":
		return nil, problem{code: codeConflict, message: "the number of shards is free by itself", hint: "plan: {least_shards: 1, most_shards: 100}, and cuts for how they are cut"}
	case "stream.mode":
		return nil, problem{code: codeConflict, message: "the mode has a field of its own", hint: "plan: {modes: [provisioned, on_demand]}"}
	}
	values := f.Values
	if values == nil {
		if values = candidates[last]; values == nil {
			return nil, problem{code: codeMissing, message: "there are no usual candidates for " + f.Path,
				accepted: "a list of values; the usual candidates are known of " + strings.Join(slices.Sorted(maps.Keys(candidates)), ", "),
				hint:     didYouMean(last, slices.Sorted(maps.Keys(candidates)))}
		}
	}
	if len(path) == 3 && path[0] == "consumers" {
		for i := range s.Consumers {
			if k := &s.Consumers[i]; string(k.Name) == path[1] {
				return k.options(f.Path, last, values)
			}
		}
	}
	if len(path) == 3 && path[0] == "producers" {
		for i := range s.Producers {
			if p := &s.Producers[i]; string(p.Name) == path[1] {
				return p.options(f.Path, last, values, c.places[&p.Retry] != nil)
			}
		}
	}
	return settings(f.Path, values), problem{}
}

// settings are the values of one field.
func settings(path string, values []string) [][]string {
	var list [][]string
	for _, v := range values {
		list = append(list, []string{path + "=" + v})
	}
	return list
}

// options are those of a field that goes by one name whatever the kind of the consumer is.
func (k *Consumer) options(path, last string, values []string) ([][]string, problem) {
	kind, settingsOf := chosen(*k)
	before := "consumers." + string(k.Name) + "."
	if last == "retrieval" && (kind == "classic" || kind == "efo") {
		var list [][]string
		for _, v := range values {
			switch v {
			case kind:
				list = append(list, nil)
			case "classic", "efo":
				list = append(list, []string{before + v + "={}"})
			default:
				return nil, problem{code: codeWord, message: fmt.Sprintf("%s %q is not known", path, v), accepted: "classic, efo"}
			}
		}
		return list, problem{}
	}
	if _, direct := shapeOf(reflect.TypeFor[Consumer]()).find(last); direct {
		return settings(path, values), problem{}
	}
	if t := reflect.TypeOf(settingsOf); t != nil && t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct {
		if _, ok := shapeOf(t.Elem()).find(last); ok {
			return settings(before+kind+"."+last, values), problem{}
		}
	}
	return nil, problem{code: codeUnknown, message: fmt.Sprintf("consumer %s, which is of the kind %s, has no %s", k.Name, kind, last)}
}

// options are those of a field that goes by one name however the producer sends; retries tells
// whether the scenario says how it sends again.
func (p *Producer) options(path, last string, values []string, retries bool) ([][]string, problem) {
	before := "producers." + string(p.Name) + ".put."
	packs := p.Put.KPL != nil
	names := map[string]string{"records": "put_records.records", "batch": "put_records.records", "linger": "put_records.linger"}
	if packs {
		names = map[string]string{"records": "kpl.CollectionMaxCount", "batch": "kpl.CollectionMaxCount", "linger": "kpl.RecordMaxBufferedTime"}
	}
	switch name, ok := names[last]; {
	case ok:
		return settings(before+name, values), problem{}
	case last != "aggregation":
		return settings(path, values), problem{}
	}
	var list [][]string
	for _, v := range values {
		on := v == "on" || v == "true"
		switch {
		case !on && v != "off" && v != "false":
			return nil, problem{code: codeWord, message: fmt.Sprintf("%s %q is not known", path, v), accepted: "on, off"}
		case packs:
			list = append(list, []string{fmt.Sprintf("%skpl.AggregationEnabled=%t", before, on)})
		case on:
			sets := []string{before + "kpl={}"}
			if retries { // the library sends again by itself
				sets = append(sets, "producers."+string(p.Name)+".retry=null")
			}
			list = append(list, sets)
		default:
			list = append(list, nil)
		}
	}
	return list, problem{}
}

// choices are all combinations of what the plan block names beside shards, modes and cuts,
// each a list of settings; the scenario as it is comes first where it is among them.
func (c *compiler) choices(p *Plan) [][]string {
	list := combinations(p.Try)
	for i := range p.Free {
		options, wrong := c.options(&p.Free[i])
		if wrong.message != "" {
			return nil // told already
		}
		var more [][]string
		for _, before := range list {
			for _, o := range options {
				more = append(more, slices.Concat(before, o))
			}
		}
		list = more
	}
	return list
}

// combinations are all choices of one alternative or none of each.
func combinations(try [][]string) [][]string {
	list := [][]string{nil}
	for _, a := range try {
		for _, before := range list {
			list = append(list, append(append([]string(nil), before...), a...))
		}
	}
	return list
}

// alternatives checks what the plan block names, each value by itself, so that a mistake is
// told where it is written and before anything runs.
func (c *compiler) alternatives(root *yaml.Node, p *Plan, o Options) {
	if p == nil || !c.sound(p) {
		return
	}
	for i := range p.Try {
		for _, set := range p.Try[i] {
			c.alternative(root, []string{set}, o, &p.Try[i], p)
		}
	}
	for i := range p.Free {
		f := &p.Free[i]
		options, wrong := c.options(f)
		if wrong.message != "" {
			c.fail(wrong, f, p)
			continue
		}
		for _, sets := range options {
			if len(sets) > 0 {
				c.alternative(root, sets, o, f, p)
			}
		}
	}
	ways := len(c.choices(p)) * max(1, len(p.Modes)) * max(1, len(p.Cuts))
	if ways > mostWays {
		c.fail(problem{code: codeRange, message: fmt.Sprintf("the plan has %d combinations to try", ways), accepted: fmt.Sprintf("up to %d: fewer values, or fewer fields", mostWays)}, &p.Free, p)
	}
}

// alternative checks the scenario with settings on top.
func (c *compiler) alternative(root *yaml.Node, sets []string, o Options, places ...any) {
	if key := strings.Join(sets, " "); c.tried[key] {
		return
	} else {
		c.tried[key] = true
	}
	check := *c.checker // places and origins are shared, problems are not
	check.problems, check.spans = nil, nil
	for _, set := range sets {
		root = check.set(root, "--set", set, set)
	}
	if !check.problems.Errors() {
		o.yields = true
		check.through(root, o, nil)
	}
	for _, p := range check.problems {
		if p.Severity == Error && !slices.Contains(c.problems, p) {
			c.fail(problem{code: p.Code, message: fmt.Sprintf("with %s: %s", strings.Join(sets, " "), p.Message), accepted: p.Accepted, hint: p.Hint}, places...)
			return
		}
	}
}
