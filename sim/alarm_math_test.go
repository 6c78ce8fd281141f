package sim

import (
	"math"
	"strings"
	"testing"
)

// evaluated is the value of an expression in the last of some periods of one minute, of
// metrics a and b; NaN where there is none.
func evaluated(t *testing.T, text string, a, b []float64) float64 {
	t.Helper()
	series := [][]float64{a, b}
	m, err := NewAlarmMath(text, []AlarmTerm{{ID: "a"}, {ID: "b"}})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	v, ok := m.value(mathPeriod{len(a) - 1, len(a), func(i, from, _ int) (float64, bool) {
		return series[i][from], !math.IsNaN(series[i][from])
	}})
	if !ok {
		return math.NaN()
	}
	return v
}

// TestAlarmMath: operators bind as they do in arithmetic, what has no data has no value,
// and functions do what CloudWatch's do.
func TestAlarmMath(t *testing.T) {
	none := math.NaN()
	for _, c := range []struct {
		text string
		want float64
	}{
		{"a", 6}, {"a+b", 8}, {"a-b-1", 3}, {"2+a*b", 14}, {"(2+a)*b", 16}, {"a/b*100", 300}, {"100*b/(a+b)", 25}, {"-a+b", -4}, {"a-b*-1", 8}, {"2^b^1*a", 24}, {"1.5e1*a", 90},
		{"a > b", 1}, {"a<b", 0}, {"a >= 6 AND b != 2", 0}, {"a == 6 or b > 9", 1}, {"a>1 && b<=2 || a<0", 1}, {"IF(a > b, a, b)", 6}, {"if(a<b, 1, b + 3)", 5},
		{"a/(b-2)", none}, {"IF(b-2, 1, a)", 6}, {"RATE(a)", 3.0 / 60}, {"DIFF(a)", 3}, {"a/PERIOD(a)", 0.1}, {"ABS(b-a)", 4}, {"CEIL(a/4)", 2}, {"FLOOR(a/4)", 1},
		{"MAX([a, b])", 6}, {"MIN([a,b,1])", 1}, {"SUM([a, b])", 8}, {"AVG([a, b])", 4}, {"FILL(a, 9)", 6},
	} {
		got := evaluated(t, c.text, []float64{none, 3, 6}, []float64{7, none, 2})
		if got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s is %v, want %v", c.text, got, c.want)
		}
	}
	for text, want := range map[string]float64{
		"a+b": none, "FILL(a, 0)+b": 2, "FILL(a, REPEAT)+b": 7, "FILL(a, b)": 2, "SUM([a, b])": 2, "RATE(b)": none, "a > 1": none, "FILL(RATE(a), 0)": 0, "IF(a, 1, 2)": none,
	} {
		if got := evaluated(t, text, []float64{5, none, none}, []float64{7, none, 2}); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("%s with gaps is %v, want %v", text, got, want)
		}
	}
}

// TestAlarmMathRefuses what it does not reckon, by name.
func TestAlarmMathRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"": "lacks a value", "a+": "lacks a value", "a b": "left over", "(a": "a ) is missing", "c*2": "c of", "1+1": "has no metric", "MAX(a)": "arrays", "IF([a], 1, 2)": "arrays",
		"SEARCH(a)": "does not reckon SEARCH; it does IF, FILL", "ANOMALY_DETECTION_BAND(a, 2)": "does not reckon ANOMALY_DETECTION_BAND", "FILL(a, LINEAR)": "needs what comes later",
		"IF(a, 1)": "takes 3 arguments, not 2", "RATE(a, b)": "takes 1 arguments, not 2", "MAX([a, b)": "a ] is missing", "a ? b": "left over", strings.Repeat("(", 99) + "a": "brackets in each other",
		"FILL(a)": "takes 2 arguments", "RATE(REPEAT)": "REPEAT of", "FILL(REPEAT, a)": "REPEAT of", "Infinity*a": "Infinity of",
	} {
		if _, err := NewAlarmMath(text, []AlarmTerm{{ID: "a"}, {ID: "b"}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
