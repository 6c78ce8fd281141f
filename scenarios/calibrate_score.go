package scenarios

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"kinesim/sim"
)

// Score is a metric as it was and as runs of the fitted scenario have it.
type Score struct {
	Metric    string  `json:"metric"`
	Unit      string  `json:"unit"`
	Actual    float64 `json:"actual"`
	Simulated float64 `json:"simulated"` // the mean of the runs
	Low       float64 `json:"low"`       // the least of the runs
	High      float64 `json:"high"`
	Score     float64 `json:"score"` // 1: the same; the part of the larger that the smaller is
}

// likeness is the part of the larger that the smaller is.
func likeness(a, b float64) float64 {
	if a == b {
		return 1
	}
	return max(0, min(a, b)) / max(a, b)
}

// compare adds the score of a metric.
func (c *Calibration) compare(metric, unit string, actual float64, runs []*sim.Result, of func(*sim.Result) float64) {
	s := Score{Metric: metric, Unit: unit, Actual: actual, Low: math.Inf(1), High: math.Inf(-1)}
	for _, r := range runs {
		x := of(r)
		s.Simulated += x / float64(len(runs))
		s.Low, s.High = min(s.Low, x), max(s.High, x)
	}
	s.Score = likeness(s.Actual, s.Simulated)
	c.Scores = append(c.Scores, s)
}

// judge holds runs against what was measured. Records are played themselves, by the
// same stream and readers, so that each metric of a run has its counterpart.
func (c *Calibration) judge(ctx context.Context, d *draft, runs []*sim.Result, paths []string, o ImportOptions) error {
	if len(d.traces) == 0 {
		c.besideMetrics(d, runs)
	} else if err := c.besideRecords(ctx, d, runs, paths, o); err != nil {
		return err
	}
	for i, s := range c.Scores {
		c.Score += s.Score / float64(len(c.Scores))
		c.doubt(&c.Scores[i])
	}
	return nil
}

// farOff is the score below which the fitted laws are said to miss a metric.
const farOff = 0.5

// doubt says of a score that is far off what not to believe.
func (c *Calibration) doubt(s *Score) {
	if s.Score >= farOff {
		return
	}
	text := fmt.Sprintf("%s: the laws bring %s%s where there were %s; do not take it from runs of this scenario", s.Metric, digitsOf(s.Simulated), spaced(s.Unit), digitsOf(s.Actual))
	if c.topKey > 0 || c.clock > 0 {
		text += ", but play the records themselves ('kinesim import records')"
	}
	c.Notes = append(c.Notes, text)
}

// besideRecords plays the records themselves.
func (c *Calibration) besideRecords(ctx context.Context, d *draft, runs []*sim.Result, paths []string, o ImportOptions) error {
	o.Anonymise = false
	plain, problems := readImport(importAuto, paths, o)
	if problems.Errors() {
		return problems
	}
	plain.processing = d.processing
	made := plain.write()
	if plain.problems.Errors() {
		return plain.problems
	}
	exact, err := playImported(ctx, made, 1, 0)
	if err != nil {
		return err
	}
	actual := exact
	if c.clock > 0 {
		if actual, err = playImported(ctx, made, calibrationRuns, c.clock); err != nil {
			return err
		}
	}
	c.beside(actual, runs)
	if c.clock > 0 {
		c.Notes = append(c.Notes, fmt.Sprintf("the file's clock counts in %s, so what came within one stands at one instant; for 'actual' it is spread over its %s by chance. As it stands, %s attempts are refused",
			c.clock, c.clock, commas(float64(exact[0].Stream.WriteThrottled))))
	}
	return nil
}

// beside holds runs against runs of the records themselves.
func (c *Calibration) beside(actual, runs []*sim.Result) {
	for _, m := range []struct {
		name, unit string
		of         func(*sim.Result) float64
	}{
		{"offered records", "records", func(r *sim.Result) float64 { return float64(r.Stream.OfferedRecords) }},
		{"mean size with key", "B", func(r *sim.Result) float64 {
			return float64(r.Stream.OfferedBytes) / max(1, float64(r.Stream.OfferedRecords))
		}},
		{"busiest second of a shard", "% of its limit", func(r *sim.Result) float64 { return 100 * statistic(r.Stream.Utilization.Max) }},
		{"p99 second of a shard", "% of its limit", func(r *sim.Result) float64 { return 100 * statistic(r.Stream.Utilization.P99) }},
		{topKeyShare, "%", func(r *sim.Result) (most float64) {
			for _, k := range r.Keys { // which are in the order of their busiest time
				most = max(most, 100*k.Share)
			}
			return most
		}},
		{"share of the busiest shard", "%", func(r *sim.Result) float64 {
			most := int64(0)
			for _, s := range r.Shards {
				most = max(most, s.IncomingRecords)
			}
			return 100 * float64(most) / max(1, float64(r.Stream.IncomingRecords))
		}},
		{"refused attempts", "records", func(r *sim.Result) float64 { return float64(r.Stream.WriteThrottled) }},
		{"propagation delay, mean", "ms", func(r *sim.Result) float64 { return statistic(r.Consumers[0].PropagationDelay.Mean) }},
	} {
		was := 0.0
		for _, r := range actual {
			was += m.of(r) / float64(len(actual))
		}
		if m.name == topKeyShare { // a result has only the keys with the busiest times
			was = c.topKey
		}
		c.compare(m.name, m.unit, was, runs, m.of)
	}
}

// topKeyShare is the metric that is counted in the records themselves.
const topKeyShare = "share of the most frequent key"

// statistic is the value of a statistic, 0 where there is none.
func statistic(x *float64) float64 {
	if x == nil {
		return 0
	}
	return *x
}

// besideMetrics holds what CloudWatch shows of runs against what it showed.
func (c *Calibration) besideMetrics(d *draft, runs []*sim.Result) {
	lens := func(name string, sum func(total, x float64) float64) func(*sim.Result) float64 {
		return func(r *sim.Result) (total float64) {
			for _, m := range r.CloudWatch.Metrics {
				if m.Metric != name {
					continue
				}
				for _, x := range m.Values {
					if x != nil {
						total = sum(total, *x)
					}
				}
			}
			return total
		}
	}
	plus := func(a, b float64) float64 { return a + b }
	if d.seconds != nil {
		c.compare("offered records", "records", d.seconds.sum, runs, func(r *sim.Result) float64 { return float64(r.Stream.OfferedRecords) })
		return
	}
	for _, name := range []string{"IncomingRecords", "IncomingBytes", "WriteProvisionedThroughputExceeded"} {
		if s := d.load.stream[name]; s != nil {
			c.compare(name+", sum", map[bool]string{true: "B", false: "records"}[name == "IncomingBytes"], s.sum(), runs, lens(name, plus))
		}
	}
	c.compare("busiest period", "records/s", d.load.slowestPeak(), runs, func(r *sim.Result) float64 {
		return lens("IncomingRecords", math.Max)(r) / r.CloudWatch.PeriodS
	})
	name := "GetRecords.IteratorAgeMilliseconds"
	if s := d.load.stream[name]; s != nil && len(s.points) > 0 {
		highest, sum := 0.0, 0.0
		for _, p := range s.points {
			highest, sum = max(highest, p.value), sum+p.value
		}
		c.compare("iterator age, highest", "ms", highest, runs, lens(name, math.Max))
		c.compare("iterator age, mean of maxima", "ms", sum/float64(len(s.points)), runs, func(r *sim.Result) float64 {
			n := 0.0
			total := lens(name, func(a, b float64) float64 { n++; return a + b })(r)
			return total / max(1, n)
		})
	}
}

// Text writes the calibration for people.
func (c *Calibration) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "A run of the fitted scenario comes to %.0f %% of what was measured, as the mean of %s.\n",
		100*c.Score, count(len(c.Scores), "metric"))
	if len(c.Fits) > 0 {
		b.WriteString("\nFITTED (95 % interval of chance alone, if the law is right)\n")
	}
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, f := range c.Fits {
		fmt.Fprintf(t, "  %s\t%s\t", f.Of, f.Law)
		for i, p := range f.Parameters {
			if i > 0 {
				fmt.Fprint(t, "\n  \t\t")
			}
			fmt.Fprintf(t, "%s %s%s (%s to %s)", p.Name, digitsOf(p.Value), spaced(p.Unit), digitsOf(p.Low), digitsOf(p.High))
		}
		fmt.Fprintf(t, "\n  \t\t%s\n", f.Doubt)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(c.Unfitted) > 0 {
		b.WriteString("\nNOT FITTED\n")
		for _, text := range c.Unfitted {
			b.WriteString("  " + text + "\n")
		}
	}
	fmt.Fprintf(&b, "\nSIMULATED BESIDE ACTUAL (mean, least and most of %s)\n", count(c.Runs, "run"))
	fmt.Fprintln(t, "  METRIC\tACTUAL\tSIMULATED\tRUNS\tSCORE")
	for _, s := range c.Scores {
		fmt.Fprintf(t, "  %s\t%s%s\t%s\t%s to %s\t%.0f %%\n", s.Metric, digitsOf(s.Actual), spaced(s.Unit), digitsOf(s.Simulated), digitsOf(s.Low), digitsOf(s.High), 100*s.Score)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, text := range c.Notes {
		b.WriteString("  ! " + text + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func spaced(unit string) string {
	if unit == "" {
		return ""
	}
	return " " + unit
}

// digitsOf prints a number with four digits, or whole with commas.
func digitsOf(x float64) string {
	switch {
	case math.IsInf(x, 0):
		return "any"
	case math.Abs(x) >= 1000:
		return commas(math.Round(x))
	}
	return fmt.Sprintf("%.4g", x)
}
