package sim

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// AlarmMath is an expression of CloudWatch's metric math over metrics of the stream. A
// period has a value where all that it is made of has: CloudWatch drops the others, and
// what is divided by nothing.
type AlarmMath struct {
	Text string
	Of   []AlarmTerm

	value mathNode
}

// AlarmTerm is a metric under the name that an expression has for it.
type AlarmTerm struct {
	ID string
	Watched
}

// mathNode gives the value of a part of an expression in a period.
type mathNode func(p mathPeriod) (v float64, ok bool)

// mathPeriod is a period, the minutes [from, to), and what metrics are in it.
type mathPeriod struct {
	from, to int
	term     func(i, from, to int) (float64, bool)
}

// before is the period before.
func (p mathPeriod) before() mathPeriod {
	p.from, p.to = 2*p.from-p.to, p.from
	return p
}

// mathFunction is a function of metric math: how many arguments it takes, and how it is
// made of them.
type mathFunction struct {
	name        string
	least, most int
	of          func(arguments []mathNode) mathNode
}

// mathFunctions are those that are reckoned here. MIN, MAX, SUM and AVG take an array of
// metrics: of one alone CloudWatch makes a number over all that it is shown.
var mathFunctions = []mathFunction{
	{"IF", 3, 3, func(a []mathNode) mathNode {
		return func(p mathPeriod) (float64, bool) {
			v, ok := a[0](p)
			switch {
			case !ok:
				return 0, false
			case v != 0:
				return a[1](p)
			}
			return a[2](p)
		}
	}},
	{"FILL", 2, 2, nil}, // its second argument may be a word; see fill
	{"RATE", 1, 1, func(a []mathNode) mathNode { return change(a[0], true) }},
	{"DIFF", 1, 1, func(a []mathNode) mathNode { return change(a[0], false) }},
	{"PERIOD", 1, 1, func([]mathNode) mathNode {
		return func(p mathPeriod) (float64, bool) { return float64(p.to-p.from) * 60, true }
	}},
	{"ABS", 1, 1, func(a []mathNode) mathNode { return mapped(a[0], math.Abs) }},
	{"CEIL", 1, 1, func(a []mathNode) mathNode { return mapped(a[0], math.Ceil) }},
	{"FLOOR", 1, 1, func(a []mathNode) mathNode { return mapped(a[0], math.Floor) }},
	{"MIN", 1, 100, func(a []mathNode) mathNode { return gathered(a, slices.Min[[]float64]) }},
	{"MAX", 1, 100, func(a []mathNode) mathNode { return gathered(a, slices.Max[[]float64]) }},
	{"SUM", 1, 100, func(a []mathNode) mathNode { return gathered(a, total) }},
	{"AVG", 1, 100, func(a []mathNode) mathNode {
		return gathered(a, func(x []float64) float64 { return total(x) / float64(len(x)) })
	}},
}

// MathFunctions are the names of the functions that are reckoned.
func MathFunctions() (names []string) {
	for _, f := range mathFunctions {
		names = append(names, f.name)
	}
	return names
}

func total(x []float64) (sum float64) {
	for _, v := range x {
		sum += v
	}
	return sum
}

// change is by how much a value has changed since the period before, by the second or in all.
func change(of mathNode, rate bool) mathNode {
	return func(p mathPeriod) (float64, bool) {
		v, ok := of(p)
		b := p.before()
		if !ok || b.from < 0 {
			return 0, false
		}
		was, ok := of(b)
		if rate {
			return (v - was) / (float64(p.to-p.from) * 60), ok
		}
		return v - was, ok
	}
}

func mapped(of mathNode, f func(float64) float64) mathNode {
	return func(p mathPeriod) (float64, bool) {
		v, ok := of(p)
		return f(v), ok
	}
}

// gathered is of those that have a value, if any has.
func gathered(of []mathNode, f func([]float64) float64) mathNode {
	return func(p mathPeriod) (float64, bool) {
		var real []float64
		for _, node := range of {
			if v, ok := node(p); ok {
				real = append(real, v)
			}
		}
		if len(real) == 0 {
			return 0, false
		}
		return f(real), true
	}
}

// fill has a value where there is none: another one, or the latest there was.
func fill(of, with mathNode) mathNode {
	return func(p mathPeriod) (float64, bool) {
		v, ok := of(p)
		if ok {
			return v, true
		}
		if with != nil {
			return with(p)
		}
		for b := p.before(); !ok && b.from >= 0; b = b.before() {
			v, ok = of(b)
		}
		return v, ok
	}
}

// mathOperators are the operators from the weakest on; those of a row bind alike. A
// comparison is 1 or 0.
var mathOperators = [][]string{{"OR", "||"}, {"AND", "&&"}, {"<=", ">=", "==", "!=", "<", ">"}, {"+", "-"}, {"*", "/"}, {"^"}}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// operate is what an operator makes of two values; ok is false where that is no number.
func operate(operator string, a, b float64) (v float64, ok bool) {
	switch operator {
	case "OR", "||":
		v = truth(a != 0 || b != 0)
	case "AND", "&&":
		v = truth(a != 0 && b != 0)
	case "<=":
		v = truth(a <= b)
	case ">=":
		v = truth(a >= b)
	case "==":
		v = truth(a == b)
	case "!=":
		v = truth(a != b)
	case "<":
		v = truth(a < b)
	case ">":
		v = truth(a > b)
	case "+":
		v = a + b
	case "-":
		v = a - b
	case "*":
		v = a * b
	case "/":
		v = a / b
	case "^":
		v = math.Pow(a, b)
	}
	return v, !math.IsNaN(v) && !math.IsInf(v, 0)
}

// NewAlarmMath reads an expression over metrics.
func NewAlarmMath(text string, of []AlarmTerm) (*AlarmMath, error) {
	r := &mathReader{text: text, of: of}
	value, err := r.binary(0, 0)
	if err == nil && r.space() < len(text) {
		err = fmt.Errorf("%q is left over in %q", text[r.at:], text)
	}
	if err == nil && !r.metric {
		err = fmt.Errorf("%q has no metric", text)
	}
	if err != nil {
		return nil, err
	}
	return &AlarmMath{Text: text, Of: of, value: value}, nil
}

// mathReader reads an expression by going down its operators.
type mathReader struct {
	text   string
	at     int
	of     []AlarmTerm
	metric bool // there is one
}

// deepest is how many brackets may stand in each other.
const deepest = 50

// space goes over white space and gives the place.
func (r *mathReader) space() int {
	for r.at < len(r.text) && unicode.IsSpace(rune(r.text[r.at])) {
		r.at++
	}
	return r.at
}

// take goes over one of some texts, if it comes next. A word does not end within one.
func (r *mathReader) take(texts ...string) (string, bool) {
	rest := r.text[r.space():]
	for _, t := range texts {
		if len(rest) < len(t) || !strings.EqualFold(rest[:len(t)], t) {
			continue
		}
		if unicode.IsLetter(rune(t[0])) && len(wordAt(rest)) != len(t) {
			continue
		}
		r.at += len(t)
		return t, true
	}
	return "", false
}

// wordAt is the name or number at the beginning of a text.
func wordAt(text string) string {
	end := strings.IndexFunc(text, func(c rune) bool {
		return c != '_' && c != '.' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
	if end < 0 {
		return text
	}
	return text[:end]
}

// binary reads what the operators of a level and stronger ones join, from the left on.
func (r *mathReader) binary(level, depth int) (mathNode, error) {
	if level == len(mathOperators) {
		return r.unary(depth)
	}
	left, err := r.binary(level+1, depth)
	for err == nil {
		operator, ok := r.take(mathOperators[level]...)
		if !ok {
			break
		}
		a, b := left, mathNode(nil)
		b, err = r.binary(level+1, depth)
		left = func(p mathPeriod) (float64, bool) {
			x, ok := a(p)
			y, also := b(p)
			if !ok || !also {
				return 0, false
			}
			return operate(operator, x, y)
		}
	}
	return left, err
}

// unary reads a value with or without a minus, a bracket, a metric or a function.
func (r *mathReader) unary(depth int) (mathNode, error) {
	if depth > deepest {
		return nil, fmt.Errorf("%q has more than %d brackets in each other", r.text, deepest)
	}
	if _, minus := r.take("-"); minus {
		of, err := r.unary(depth + 1)
		return mapped(of, func(x float64) float64 { return -x }), err
	}
	if _, open := r.take("("); open {
		of, err := r.binary(0, depth+1)
		if _, closed := r.take(")"); err == nil && !closed {
			err = fmt.Errorf("a ) is missing in %q", r.text)
		}
		return of, err
	}
	word := wordAt(r.text[r.space():])
	r.at += len(word)
	if x, err := strconv.ParseFloat(word, 64); err == nil && !math.IsInf(x, 0) && !math.IsNaN(x) {
		return func(mathPeriod) (float64, bool) { return x, true }, nil
	}
	if i := slices.IndexFunc(r.of, func(t AlarmTerm) bool { return t.ID == word }); i >= 0 {
		r.metric = true
		return func(p mathPeriod) (float64, bool) { return p.term(i, p.from, p.to) }, nil
	}
	if _, open := r.take("("); open {
		return r.call(word, depth+1)
	}
	if word == "" {
		return nil, fmt.Errorf("%q lacks a value at its character %d", r.text, r.at+1)
	}
	return nil, fmt.Errorf("%s of %q is no metric", word, r.text)
}

// call reads the arguments of a function.
func (r *mathReader) call(name string, depth int) (mathNode, error) {
	i := slices.IndexFunc(mathFunctions, func(f mathFunction) bool { return strings.EqualFold(f.name, name) })
	if i < 0 {
		return nil, fmt.Errorf("kinesim does not reckon %s; it does %s", name, strings.Join(MathFunctions(), ", "))
	}
	f := mathFunctions[i]
	_, array := r.take("[")
	if needs := f.most == 100; needs != array {
		return nil, fmt.Errorf("%s of %q: arrays such as [m1, m2] go with MIN, MAX, SUM and AVG, and these with nothing else", f.name, r.text)
	}
	var arguments []mathNode
	repeat := false
	for more := true; more; _, more = r.take(",") {
		if f.of == nil && len(arguments) == 1 { // of FILL
			if _, ok := r.take("LINEAR"); ok {
				return nil, fmt.Errorf("FILL with LINEAR in %q needs what comes later; kinesim does a number or REPEAT", r.text)
			}
			if _, repeat = r.take("REPEAT"); repeat {
				continue
			}
		}
		a, err := r.binary(0, depth)
		if err != nil {
			return nil, err
		}
		arguments = append(arguments, a)
	}
	if array {
		if _, closed := r.take("]"); !closed {
			return nil, fmt.Errorf("a ] is missing in %q", r.text)
		}
	}
	if _, closed := r.take(")"); !closed {
		return nil, fmt.Errorf("a ) is missing in %q", r.text)
	}
	n := len(arguments) + int(truth(repeat))
	if n < f.least || n > f.most {
		return nil, fmt.Errorf("%s of %q takes %d arguments, not %d", f.name, r.text, f.least, n)
	}
	if f.of == nil {
		arguments = append(arguments, nil)
		return fill(arguments[0], arguments[1]), nil
	}
	return f.of(arguments), nil
}
