package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"kinesim/model"
)

// Limits are the rules of the service. Beside the table's name, each constant of
// model.Register is a field; there is no second list of them here.
type Limits struct {
	Profile Profile `json:"profile" doc:"The dated table to start from (default aws-2026-11)."`
	Region  Region  `json:"region" doc:"Region of the prices (default us-east-1)."`

	values     model.Limits
	overridden map[string]*yaml.Node // constants that the scenario gives, by name
	used       map[model.Part]bool   // the parts of the run, filled in by the compile
}

func (l *Limits) defaults() {
	*l = Limits{Profile: model.Profile, Region: "us-east-1", values: model.AWS2026(), overridden: map[string]*yaml.Node{}}
}

// constant is the row of the register with that name.
func constant(name string) (model.Constant, bool) {
	for _, k := range model.Register {
		if k.Name == name {
			return k, true
		}
	}
	return model.Constant{}, false
}

// names are all fields of the block.
func (l *Limits) names() []string {
	names := shapeOf(reflect.TypeFor[Limits]()).names()
	for _, k := range model.Register {
		names = append(names, k.Name)
	}
	return names
}

// member is the type of a field, for paths that lead into it.
func (l *Limits) member(name string) (reflect.Type, bool) {
	if f, ok := shapeOf(reflect.TypeFor[Limits]()).find(name); ok {
		return reflect.TypeFor[Limits]().FieldByIndex(f.index).Type, true
	}
	k, ok := constant(name)
	if !ok {
		return nil, false
	}
	if _, delay := k.Field(&model.Limits{}).(*model.Delay); delay {
		return reflect.TypeFor[Delay](), true
	}
	return reflect.TypeFor[string](), true
}

func (l *Limits) decode(c *checker, n *yaml.Node, where string) bool {
	initialise(reflect.ValueOf(l).Elem())
	if n.Kind != yaml.MappingNode {
		return c.at(n, problem{code: codeShape, message: fmt.Sprintf("%s is %s", where, describe(n)), accepted: "a mapping of profile, region and constants, such as {put_latency: 0ms}"})
	}
	s, v, sound := shapeOf(reflect.TypeFor[Limits]()), reflect.ValueOf(l).Elem(), true
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		c.keys[value] = key
		path := join(where, key.Value)
		if f, ok := s.find(key.Value); ok {
			sound = c.value(v.FieldByIndex(f.index), value, f, path) && sound
		} else if k, ok := constant(key.Value); ok {
			l.overridden[k.Name] = key
			value = c.knownConstant(k, value, path)
			sound = c.constant(k, k.Field(&l.values), value, path) && sound
		} else {
			sound = c.at(key, problem{
				code: codeUnknown, message: fmt.Sprintf("unknown field %q in limits", key.Value),
				accepted: strings.Join(l.names(), ", "), hint: didYouMean(key.Value, l.names()),
			})
		}
	}
	return sound
}

// constant reads the value of a constant into its field of the limits.
func (c *checker) constant(k model.Constant, to any, n *yaml.Node, where string) bool {
	if n.Tag == broken {
		return false
	}
	switch to := to.(type) {
	case *model.Bytes:
		return c.whole64((*int64)(to), k, n, where, func(text string) (int64, error) {
			var s Size
			err := s.parse(text)
			return int64(s), err
		})
	case *int64:
		return c.whole64(to, k, n, where, func(text string) (int64, error) { return fixed(text, 0) })
	case *time.Duration:
		var d Duration
		ok := c.scalar(&d, n, field{}, where) && c.legal(int64(d), k, n, where)
		*to = time.Duration(d)
		return ok
	case *model.Delay:
		return c.delay(to, k, n, where)
	case *model.Window:
		var m Metering
		ok := c.value(reflect.ValueOf(&m).Elem(), n, field{}, where)
		*to = model.Window(m)
		return ok
	default:
		panic(fmt.Sprintf("scenarios: constant %s has a field of type %T", k.Name, to))
	}
}

// perSecond tells whether a constant is a rate, so that its value may say /s.
func perSecond(k model.Constant) bool { return strings.HasSuffix(k.Name, "_per_second") }

// whole64 reads a constant that is a whole number in its base unit. Since its
// name tells the unit, a bare number does too.
func (c *checker) whole64(to *int64, k model.Constant, n *yaml.Node, where string, parse func(string) (int64, error)) bool {
	takes := takesOf(k)
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return c.at(c.keyOr(n), problem{code: codeShape, message: fmt.Sprintf("%s is %s", where, describe(n)), accepted: takes})
	}
	var x int64
	var err error
	text, rate := strings.CutSuffix(n.Value, "/s")
	switch {
	case strings.HasPrefix(text, "-"):
		return c.at(n, problem{code: codeRange, message: fmt.Sprintf("%s %s is negative", where, n.Value), accepted: takes})
	case n.Tag == "!!int":
		x, err = fixed(n.Value, 0)
	case perSecond(k) != rate:
		err = wrong(codeUnit, "")
	default:
		x, err = parse(text)
	}
	if err != nil {
		return c.at(n, problem{code: codeValue, message: fmt.Sprintf("%s is %s", where, describe(n)), accepted: takes})
	}
	*to = x
	return c.legal(x, k, n, where)
}

// takesOf says what a constant takes.
func takesOf(k model.Constant) string {
	low, high := constantText(k, k.Low), constantText(k, k.High)
	switch k.Field(&model.Limits{}).(type) {
	case *model.Bytes:
		example := "a size such as 2MiB"
		if perSecond(k) {
			example = "a rate of bytes such as 2MiB/s"
		}
		return fmt.Sprintf("%s, or a whole number of bytes, from %s to %s", example, low, high)
	case *int64:
		return fmt.Sprintf("a whole number from %s to %s", low, high)
	}
	return fmt.Sprintf("a duration from %s to %s", low, high)
}

// constantText prints a value of a constant.
func constantText(k model.Constant, x int64) string {
	switch k.Field(&model.Limits{}).(type) {
	case *model.Bytes:
		return Size(x).String()
	case *int64:
		return comma(strconv.FormatInt(x, 10))
	}
	return Duration(x).String()
}

// legal holds a value against the range of its constant.
func (c *checker) legal(x int64, k model.Constant, n *yaml.Node, where string) bool {
	if x >= k.Low && x <= k.High {
		return true
	}
	return c.at(n, problem{code: codeRange, message: fmt.Sprintf("%s %s is out of range", where, constantText(k, x)), accepted: takesOf(k)})
}

// delay reads a constant that is a duration or a law.
func (c *checker) delay(to *model.Delay, k model.Constant, n *yaml.Node, where string) bool {
	d := new(Delay)
	if !c.value(reflect.ValueOf(d).Elem(), n, field{name: k.Name}, where) {
		return false
	}
	before := len(c.problems)
	law := kindOf[delayKind](*d).delay(c)
	for _, x := range []time.Duration{law.Max, law.P99} {
		if len(c.problems) == before {
			c.legal(int64(x), k, n, where)
		}
	}
	*to = law
	return len(c.problems) == before
}

// MarshalJSON writes the table, in the order of the register. What only streams that
// change use is left out of other scenarios, unless they give it.
func (l Limits) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"profile":%q,"region":%q`, l.Profile, l.Region)
	for _, k := range model.Register {
		if (k.Used == model.Resharding || k.Used == model.OnDemandMode) && !l.used[k.Used] && l.overridden[k.Name] == nil {
			continue
		}
		text, err := json.Marshal(written(k, &l.values))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, ",%q:%s", k.Name, text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// written is the value of a constant as it is read.
func written(k model.Constant, l *model.Limits) any {
	suffix := ""
	if perSecond(k) {
		suffix = "/s"
	}
	switch x := k.Field(l).(type) {
	case *model.Bytes:
		return Size(*x).String() + suffix
	case *int64:
		if suffix == "" {
			return *x
		}
		return strconv.FormatInt(*x, 10) + suffix
	case *time.Duration:
		return Duration(*x)
	case *model.Delay:
		return delayOf(*x)
	default:
		return x
	}
}
