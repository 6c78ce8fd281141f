package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"kinesim/sim"
)

// expectations puts the judged expectations into words, in the order of the
// scenario.
func (b *builder) expectations() []Expectation {
	var list []Expectation
	for i := range b.r.Expectations {
		e := &b.r.Expectations[i]
		x := Expectation{
			State: Passed, Text: expectationText(e), Measured: "nothing measured", Wanted: wanted(e),
			Runs: b.runs(e), Severity: e.Severity, File: e.File, Line: e.Line, Figure: figureOf[e.Metric],
		}
		switch {
		case !e.Passed && e.Severity == "warn":
			x.State = Warned
		case !e.Passed:
			x.State = Failed
		}
		x.excess = excess(e)
		if e.Measured != nil {
			x.Measured, _ = apart(*e.Measured, nearest(e), e.Unit)
			x.Margin = margin(e)
		}
		if e.File != "" {
			x.Place = shown(e.File)
			if e.Line > 0 {
				x.Place += fmt.Sprintf(":%d", e.Line)
			}
		}
		if e.WorstAtS != nil {
			x.Worst, x.WorstS = b.moments.at(*e.WorstAtS), decimal(*e.WorstAtS)
		}
		list = append(list, x)
	}
	return list
}

// excess is by how many times its limit a measure is beyond it, negative where it is not;
// most where the limit is 0, and least where nothing was measured.
func excess(e *sim.ExpectationResult) float64 {
	switch {
	case e.Measured == nil:
		return math.Inf(-1)
	case e.Margin == nil:
		return math.Inf(1)
	}
	return -*e.Margin
}

// worstFirst are expectations in the order in which short formats tell of them: those that
// were missed by most first, those of severity warn after them, and what was met as the
// scenario has it.
func worstFirst(list []Expectation) []Expectation {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b Expectation) int {
		if byState := cmp.Compare(stateOrder[a.State], stateOrder[b.State]); byState != 0 || a.State == Passed {
			return byState
		}
		return cmp.Compare(b.excess, a.excess)
	})
	return sorted
}

// figureOf says which figure shows a metric.
var figureOf = map[string]string{
	"put_throttled_ratio": "writes-records", "put_failed_ratio": "refused", "failed_records": "refused",
	"pending_records": "waiting", "read_throttled_ratio": "refused-reads", "iterator_age": "iterator-age", "propagation_delay": "delay-over-time",
	"end_to_end_latency": "end-to-end", "put_latency": "put-latency", "backlog_records": "backlog",
	"shard_utilization": "shard-heatmap", "expired_records": "backlog",
	"duplicate_records": "duplicates", "open_shards": "capacity", "reshard_calls": "capacity", "refused_calls": "timeline",
}

// expectationText names what was expected of: "iterator_age max of consumer lake".
func expectationText(e *sim.ExpectationResult) string {
	text := shown(e.Metric)
	if e.Stat != "" {
		text += " " + shown(e.Stat)
	}
	if e.Where != "" {
		text += " of " + shownWhere(e.Where)
	}
	if e.During != "" {
		text += " during " + stretch(e.During)
	}
	return text
}

// stretch is a stretch of the run, "2h..3h", without the zeros of Go's way to
// print durations.
func stretch(during string) string {
	from, to, found := strings.Cut(during, "..")
	a, errA := time.ParseDuration(from)
	b, errB := time.ParseDuration(to)
	if !found || errA != nil || errB != nil {
		return shown(during)
	}
	return instant(a.Seconds(), true) + ".." + instant(b.Seconds(), true)
}

// nearest is the end of the wanted range that the measured value is to be told
// apart from.
func nearest(e *sim.ExpectationResult) float64 {
	if e.Upper != nil && e.Measured != nil && math.Abs(*e.Measured-*e.Upper) < math.Abs(*e.Measured-e.Limit) {
		return *e.Upper
	}
	return e.Limit
}

// wanted is what was expected: "below 5m".
func wanted(e *sim.ExpectationResult) string {
	limit := quantity(e.Limit, e.Unit, digits)
	if e.Measured != nil {
		_, limit = apart(*e.Measured, e.Limit, e.Unit)
	}
	text := shown(e.Op) + " " + limit
	switch e.Op {
	case "equals":
		text = "exactly " + limit
	case "between":
		if e.Upper != nil {
			text = limit + " to " + quantity(*e.Upper, e.Unit, digits)
		}
	}
	if e.P != nil {
		text += " in " + percent(*e.P) + " of runs"
	}
	return text
}

// margin says how far the measured value is from its limit.
func margin(e *sim.ExpectationResult) string {
	if e.Measured == nil {
		return ""
	}
	x, limit := *e.Measured, e.Limit
	switch {
	case e.Op == "equals" && limit == 0 && x > 0 && e.Unit == "records":
		return quantity(x, e.Unit, digits) + " too many"
	case e.Margin == nil || limit == 0 || e.Op == "equals" || e.Op == "between":
		return ""
	}
	m := *e.Margin
	if e.Op == "above" { // there the room is on the other side
		switch {
		case x > 2*limit:
			return number(x/limit, digits) + " times the limit"
		case x > limit:
			return percent(-m) + " above"
		}
		return percent(m) + " short"
	}
	switch {
	case x == limit:
		return "none left"
	case m > 0:
		return percent(m) + " left"
	case x >= 2*limit:
		return number(x/limit, digits) + " times the limit"
	}
	return percent(-m) + " over"
}

// runs says in how many of several runs an expectation was met.
func (b *builder) runs(e *sim.ExpectationResult) string {
	if e.PPass == nil || b.r.Replications == nil {
		return ""
	}
	n := b.r.Replications.Runs
	return fmt.Sprintf("met in %d of %s", int(math.Round(*e.PPass*float64(n))), plural(int64(n), "run"))
}

// Sentence is the expectation with what was measured, as one line of text.
func (e Expectation) Sentence() string {
	parts := []string{e.Text + " " + e.Measured + ", wanted " + e.Wanted}
	for _, s := range []string{e.Margin, e.Runs} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	text := strings.Join(parts, ", ")
	if e.Worst != "" {
		text += ", worst " + e.Worst
	}
	return text
}
