package report

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"time"
)

// writeCloudWatch writes the run as CloudWatch would show it, a row for each data
// point, as its own exports have them.
func writeCloudWatch(w io.Writer, d *Document) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"Timestamp", "MetricName", "Dimensions", "Statistic", "Unit", "Value"}); err != nil {
		return err
	}
	c := d.Result.CloudWatch
	if c == nil {
		out.Flush()
		return out.Error()
	}
	for _, m := range c.Metrics {
		var dimensions []string
		for name, value := range m.Dimensions {
			dimensions = append(dimensions, name+"="+shown(value))
		}
		slices.Sort(dimensions)
		for i, v := range m.Values {
			if v == nil { // a gap, where CloudWatch has no data point
				continue
			}
			row := []string{timestamp(d, float64(i)*c.PeriodS), m.Metric, strings.Join(dimensions, ";"), m.Statistic, m.Unit, decimal(*v)}
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// timestamp is an instant of the run as a date where the scenario has one, else in
// seconds.
func timestamp(d *Document, seconds float64) string {
	start, err := time.Parse(time.RFC3339, d.Result.Clock.Start)
	if err != nil {
		return decimal(seconds)
	}
	return start.Add(time.Duration(seconds * 1e9)).Format(time.RFC3339)
}
