package scenarios

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
	"gopkg.in/yaml.v3"
)

// plainNumber is a number as people write it, without a unit.
var plainNumber = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// scalar reads a value with a unit or a pattern.
func (c *checker) scalar(s scalar, n *yaml.Node, f field, where string) bool {
	form := s.form()
	takes := form.accepted
	if f.accepts != "" {
		takes = f.accepts
	}
	if n.Kind != yaml.ScalarNode {
		return c.at(n, problem{code: codeShape, message: fmt.Sprintf("%s is %s", where, describe(n)), accepted: takes})
	}
	if form.unit != "" && plainNumber.MatchString(n.Value) {
		if low, _, ok := strings.Cut(f.span, ".."); ok && form.unit == "s" && strings.HasSuffix(low, "h") {
			form.unit = "h" // what is never shorter than hours is meant in hours
		}
		return c.at(n, problem{
			code: codeUnit, message: fmt.Sprintf("%s has no unit", n.Value), accepted: takes,
			hint: form.write(n.Value),
		})
	}
	if form.unit == "" && n.Tag != "!!str" && n.Tag != "!!timestamp" {
		return c.quote(n, where, takes)
	}
	if err := s.parse(n.Value); err != nil {
		p := problem{code: codeValue, message: err.Error(), accepted: takes}
		var m mistake
		if errors.As(err, &m) {
			p.code, p.hint = m.code, m.hint
		}
		return c.at(n, p)
	}
	return c.within(reflect.ValueOf(s).Elem(), n, f, where)
}

// quote refuses what YAML does not read as text where text belongs.
func (c *checker) quote(n *yaml.Node, where, takes string) bool {
	p := problem{code: codeShape, message: fmt.Sprintf("%s is %s where text belongs", where, describe(n)), accepted: takes}
	if n.Kind == yaml.ScalarNode {
		p.hint = fmt.Sprintf("write it in quotes: %q", n.Value)
	}
	return c.at(n, p)
}

// word reads one of a few words.
func (c *checker) word(v reflect.Value, words []word, n *yaml.Node, f field, where string) bool {
	var known, simulated []string
	for _, w := range words {
		known = append(known, w.text)
		if !w.later {
			simulated = append(simulated, w.text)
		}
	}
	takes := strings.Join(simulated, ", ")
	if f.accepts != "" {
		takes = f.accepts
	}
	if n.Kind != yaml.ScalarNode {
		return c.at(n, problem{code: codeShape, message: fmt.Sprintf("%s is %s", where, describe(n)), accepted: takes})
	}
	for _, w := range words {
		switch {
		case w.text != n.Value:
		case w.later:
			return c.at(n, problem{code: codeLater, message: fmt.Sprintf("this version does not simulate %s %s yet", where, n.Value), accepted: takes})
		default:
			v.SetString(n.Value)
			return true
		}
	}
	return c.at(n, problem{code: codeWord, message: fmt.Sprintf("%s %q is not known", where, shortened(n.Value)), accepted: takes, hint: didYouMean(n.Value, known)})
}

// basic reads text or a plain number.
func (c *checker) basic(v reflect.Value, n *yaml.Node, f field, where string) bool {
	takes := accepted(v.Type(), f)
	if v.Kind() == reflect.String {
		if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
			return c.quote(n, where, takes)
		}
		v.SetString(n.Value)
		return true
	}
	if v.Kind() == reflect.Bool {
		if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
			return c.at(n, problem{code: codeShape, message: fmt.Sprintf("%s is %s", where, describe(n)), accepted: takes})
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
		return true
	}
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" && n.Tag != "!!float" {
		return c.at(n, problem{code: codeShape, message: fmt.Sprintf("%s is %s", where, describe(n)), accepted: takes})
	}
	if !c.number(v, n) {
		return c.at(n, problem{code: codeValue, message: fmt.Sprintf("%s %s is not %s", where, n.Value, noun(v.Kind())), accepted: takes})
	}
	return c.within(v, n, f, where)
}

func noun(k reflect.Kind) string {
	if k == reflect.Float64 {
		return "a number"
	}
	return "a whole number that fits"
}

// number reads a plain number. Digits are read as decimal, also after a zero,
// where YAML 1.1 would read octal.
func (c *checker) number(v reflect.Value, n *yaml.Node) bool {
	if digits := strings.TrimLeft(n.Value, "0"); len(digits) < len(n.Value) && len(n.Value) > 1 && strings.Trim(n.Value, "0123456789") == "" {
		if digits == "" {
			digits = "0"
		}
		c.at(n, problem{
			code: codeLeadingZero, warning: true,
			message: fmt.Sprintf("%s is read as %s; some readers of YAML take a leading zero for octal", n.Value, digits),
		})
	}
	var err error
	switch v.Kind() {
	case reflect.Int, reflect.Int64:
		var x int64
		x, err = strconv.ParseInt(n.Value, 10, 64)
		v.SetInt(x)
	case reflect.Uint64:
		var x uint64
		x, err = strconv.ParseUint(n.Value, 10, 64)
		v.SetUint(x)
	case reflect.Float64:
		var x float64
		x, err = strconv.ParseFloat(n.Value, 64)
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
		v.SetFloat(x)
	default:
		panic("scenarios: no way to read a " + v.Type().String())
	}
	return err == nil
}

// within holds a value against the range of its field.
func (c *checker) within(v reflect.Value, n *yaml.Node, f field, where string) bool {
	if f.span == "" {
		return true
	}
	low, high := bounds(f.span, v.Type())
	x := measure(v)
	if x >= low.size && x <= high.size {
		return true
	}
	return c.at(n, problem{code: codeRange, message: fmt.Sprintf("%s %s is out of range", where, n.Value), accepted: low.text + " to " + high.text})
}

// bound is one end of a range.
type bound struct {
	size float64
	text string
}

// bounds reads the tag range of a field of a type.
func bounds(span string, t reflect.Type) (low, high bound) {
	a, b, ok := strings.Cut(span, "..")
	if !ok {
		panic("scenarios: range " + span)
	}
	read := func(text string) bound {
		v := reflect.New(t)
		if s, ok := v.Interface().(scalar); ok {
			if err := s.parse(text); err != nil {
				panic("scenarios: range " + span + ": " + err.Error())
			}
			return bound{measure(v.Elem()), text}
		}
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			panic("scenarios: range " + span + ": " + err.Error())
		}
		return bound{x, comma(text)}
	}
	return read(a), read(b)
}

// measure is the size of a value, for comparison with a range.
func measure(v reflect.Value) float64 {
	if m, ok := v.Interface().(measured); ok {
		return float64(m.base())
	}
	switch v.Kind() {
	case reflect.Int, reflect.Int64:
		return float64(v.Int())
	case reflect.Uint64:
		return float64(v.Uint())
	default:
		return v.Float()
	}
}

// comma groups the digits of a whole number.
func comma(digits string) string {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return digits
	}
	return humanize.Comma(n)
}

// accepted says what a field of a type takes.
func accepted(t reflect.Type, f field) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	zero := reflect.New(t)
	if f.accepts != "" {
		return f.accepts
	}
	if s, ok := zero.Interface().(scalar); ok {
		return s.form().accepted
	}
	if w, ok := zero.Elem().Interface().(vocabulary); ok {
		var texts []string
		for _, x := range w.words() {
			if !x.later {
				texts = append(texts, x.text)
			}
		}
		return strings.Join(texts, ", ")
	}
	ranged := ""
	if f.span != "" && t.Kind() != reflect.Slice {
		low, high := bounds(f.span, t)
		ranged = " from " + low.text + " to " + high.text
	}
	switch t.Kind() {
	case reflect.Struct:
		return acceptedStruct(t)
	case reflect.Slice:
		return "a list; each item " + accepted(t.Elem(), field{})
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number" + ranged
	}
	return "a whole number" + ranged
}

// acceptedStruct says what a struct of the format takes.
func acceptedStruct(t reflect.Type) string {
	s := shapeOf(t)
	if len(s) == 0 {
		return "{}"
	}
	if !s.union() {
		mapping := "a mapping of " + strings.Join(s.names(), ", ")
		if bare, ok := s.bare(); ok {
			mapping = accepted(t.FieldByIndex(bare.index).Type, bare) + ", or " + mapping
		}
		return mapping
	}
	kinds := "{" + strings.Join(s.kinds(), ": …}, {") + ": …}"
	bare, ok := s.bare()
	switch {
	case !ok:
		return kinds
	case len(s.kinds()) == 0:
		return accepted(t.FieldByIndex(bare.index).Type, bare)
	}
	return accepted(t.FieldByIndex(bare.index).Type, bare) + ", " + kinds
}
