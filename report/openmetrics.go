package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"kinesim/sim"
)

// writeOpenMetrics writes the run as OpenMetrics text with times, which promtool
// backfills into a Prometheus: CloudWatch's view under the names that its exporters
// give it (aws_kinesis_incoming_records_sum), and what really happened, bin by bin,
// as kinesim_….
func writeOpenMetrics(w io.Writer, d *Document) error {
	out := &metricsWriter{w: bufio.NewWriter(w), start: startOf(d), stream: shown(d.Result.Scenario.Name)}
	if c := d.Result.CloudWatch; c != nil {
		out.cloudWatch(c)
	}
	out.truth(&d.Result.Series)
	out.write("# EOF\n")
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

// startOf is the instant at which the run begins; without one in the scenario it is
// the first second of 1970, so that times are seconds of the run.
func startOf(d *Document) float64 {
	start, err := time.Parse(time.RFC3339, d.Result.Clock.Start)
	if err != nil {
		return 0
	}
	return float64(start.UnixNano()) / 1e9
}

// metricsWriter writes families one after the other, which is what the format wants.
type metricsWriter struct {
	w      *bufio.Writer
	start  float64
	stream string
	err    error
}

func (m *metricsWriter) write(format string, arguments ...any) {
	if m.err == nil {
		_, m.err = fmt.Fprintf(m.w, format, arguments...)
	}
}

func (m *metricsWriter) head(name, help string) {
	m.write("# HELP %s %s\n# TYPE %s gauge\n", name, escapeHelp(help), name)
}

// series writes one line for each value; null is a gap.
func (m *metricsWriter) series(name string, labels map[string]string, step float64, n int, value func(int) (string, bool)) {
	all := []string{fmt.Sprintf(`stream_name="%s"`, escapeLabel(m.stream))}
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		all = append(all, fmt.Sprintf(`%s="%s"`, snake(key), escapeLabel(shown(labels[key]))))
	}
	line := name + "{" + strings.Join(all, ",") + "} "
	for i := range n {
		if v, ok := value(i); ok {
			m.write("%s%s %s\n", line, v, strconv.FormatFloat(m.start+float64(i)*step, 'f', -1, 64))
		}
	}
}

// cloudWatch writes the metrics of CloudWatch, those of one name together.
func (m *metricsWriter) cloudWatch(c *sim.CloudWatch) {
	written := map[string]bool{}
	for i := range c.Metrics {
		name := exporterName(&c.Metrics[i])
		if written[name] {
			continue
		}
		written[name] = true
		first := &c.Metrics[i]
		m.head(name, fmt.Sprintf("CloudWatch metric AWS/Kinesis %s, statistic %s, unit %s, in periods of %s s", first.Metric, first.Statistic, first.Unit, decimal(c.PeriodS)))
		for k := i; k < len(c.Metrics); k++ {
			if x := &c.Metrics[k]; exporterName(x) == name {
				m.series(name, x.Dimensions, c.PeriodS, len(x.Values), func(i int) (string, bool) {
					if x.Values[i] == nil {
						return "", false
					}
					return decimal(*x.Values[i]), true
				})
			}
		}
	}
}

// exporterName is the name that CloudWatch exporters of Prometheus give a metric.
func exporterName(m *sim.CloudWatchMetric) string {
	return "aws_kinesis_" + snake(m.Metric) + "_" + snake(m.Statistic)
}

// snake is GetRecords.IteratorAgeMilliseconds as get_records_iterator_age_milliseconds.
func snake(name string) string {
	var b strings.Builder
	lower := false // the letter before was a small one, or a digit
	for _, r := range name {
		switch {
		case unicode.IsUpper(r) && r < unicode.MaxASCII:
			if lower {
				b.WriteByte('_')
			}
			b.WriteRune(unicode.ToLower(r))
			lower = false
		case r < unicode.MaxASCII && (unicode.IsLower(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
			lower = true
		default:
			b.WriteByte('_')
			lower = false
		}
	}
	return b.String()
}

// truth writes the series of the run, which CSV has as columns: of the stream, and of
// all consumers family by family.
func (m *metricsWriter) truth(s *sim.Series) {
	column := func(name string, labels map[string]string, c csvColumn) {
		_, scale := baseUnit(c.head)
		m.series(name, labels, s.StepS, s.Bins, func(bin int) (string, bool) {
			cell := c.cell(bin)
			if ms, err := strconv.ParseFloat(cell, 64); err == nil && scale != 1 {
				cell = decimal(ms / scale)
			}
			return cell, cell != ""
		})
	}
	for _, c := range streamColumns(&s.Stream) {
		unit, _ := baseUnit(c.head)
		name := "kinesim_" + unit
		m.head(name, strings.ReplaceAll(unit, "_", " ")+" of the simulated stream, in bins of "+decimal(s.StepS)+" s")
		column(name, nil, c)
	}
	columns := make([][]csvColumn, len(s.Consumers))
	var heads []string
	for i := range s.Consumers {
		columns[i] = consumerColumns(&s.Consumers[i])
		for _, c := range columns[i] {
			if h := measureOf(c.head); !slices.Contains(heads, h) {
				heads = append(heads, h)
			}
		}
	}
	for _, h := range heads {
		unit, _ := baseUnit(h)
		name := "kinesim_consumer_" + unit
		m.head(name, strings.ReplaceAll(unit, "_", " ")+" of a consumer, in bins of "+decimal(s.StepS)+" s")
		for i := range s.Consumers {
			for _, c := range columns[i] {
				if measureOf(c.head) == h {
					column(name, map[string]string{"consumer_name": s.Consumers[i].Name}, c)
				}
			}
		}
	}
}

// baseUnit is the name of a column with units as Prometheus wants them, spelt out and
// without prefix, and by what its values are divided.
func baseUnit(head string) (name string, scale float64) {
	if name, ok := strings.CutSuffix(head, "_ms"); ok {
		return name + "_seconds", 1e3
	}
	if name, ok := strings.CutSuffix(head, "_per_s"); ok {
		return name + "_per_second", 1
	}
	return head, 1
}

// measureOf is the column's name without the consumer's, which may have dots.
func measureOf(head string) string { return head[strings.LastIndexByte(head, '.')+1:] }

var (
	escapeLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace
	escapeHelp  = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace
)
