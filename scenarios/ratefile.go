package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"kinesim/sim/workload"
)

// RateFile is a rate given as record counts in a file: CSV, where each row counts
// the records from its timestamp to the next row's, or what CloudWatch gave for
// the Sum of IncomingRecords. The first row is the start of the run.
type RateFile struct {
	Path  string  `json:"path" jsonschema:"required" doc:"CSV file with the columns timestamp,value, or the JSON that 'aws cloudwatch get-metric-statistics' or get-metric-data printed; relative to the scenario."`
	Scale float64 `json:"scale" range:"0..1000000" doc:"Multiplies the values (default 1)."`
	Speed float64 `json:"speed" range:"0.000001..1000000" doc:"Divides the times: 60 plays an hour in a minute (default 1)."`
}

func (f *RateFile) defaults() { f.Scale, f.Speed = 1, 1 }

// maxRateFile is the largest rate file that is read.
const maxRateFile = 64 << 20

func (f *RateFile) rate(c *compiler, _ *Rate) workload.Rate {
	file := c.data("rate file", &f.Path, maxRateFile)
	if file == nil {
		return workload.Rate{}
	}
	table := rateTable{dataFile: file, settings: f}
	rows := table.read()
	if rows == nil {
		return workload.Rate{}
	}
	rate, err := workload.Counts(rows)
	if err != nil {
		c.complain(codeFile, &f.Path, "rate file %s: %v", f.Path, err)
	}
	return rate
}

// rateTable reads the rows of a rate file.
type rateTable struct {
	*dataFile
	settings *RateFile
	first    time.Duration // of the first row, since the zero of its clock
	counts   []workload.Count
}

// read gives the rows, or nil after it has told a problem.
func (t *rateTable) read() []workload.Count {
	head := bytes.TrimSpace(t.source.text)
	switch {
	case len(head) > 0 && (head[0] == '{' || head[0] == '['):
		if !t.cloudWatch() {
			return nil
		}
	case !t.rows(true, t.row):
		return nil
	case len(t.counts) == 0:
		t.top("the rate file has no rows")
	}
	return t.counts
}

// header tells whether the first row names the columns: nothing in it is a
// number or a time.
func header(row []string) bool {
	for _, cell := range row {
		if _, err := instant(cell); err == nil || cell == "" {
			return false
		}
	}
	return true
}

// row reads one row.
func (t *rateTable) row(n int, cells []string) bool {
	if n == 0 && header(cells) {
		return true
	}
	if len(cells) != 2 {
		return t.cell(0, cells, fmt.Sprintf("the row has %d columns; the columns are timestamp,value", len(cells)))
	}
	at, err := instant(cells[0])
	if err != nil {
		return t.cell(0, cells, err.Error())
	}
	value, fault := t.records(cells[1])
	if fault != "" {
		return t.cell(1, cells, fault)
	}
	if len(t.counts) == 0 {
		t.first = at
	}
	since := t.since(at)
	switch n := len(t.counts); {
	case n > 0 && since < t.counts[n-1].At:
		return t.cell(0, cells, fmt.Sprintf("%q comes before the row above; rows go in order of time", cells[0]))
	case n > 0 && since == t.counts[n-1].At:
		return t.cell(0, cells, fmt.Sprintf("%q is the time of the row above", cells[0]))
	}
	t.counts = append(t.counts, workload.Count{At: since, Records: value})
	return true
}

// since is how long after the start of the run an instant of the file is played.
func (t *rateTable) since(at time.Duration) time.Duration {
	return time.Duration(math.Round(float64(at-t.first) / t.settings.Speed))
}

// records reads a value and scales it, or says what is wrong with it.
func (t *rateTable) records(text string) (records float64, fault string) {
	value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	switch {
	case strings.TrimSpace(text) == "":
		return 0, "the value is missing"
	case errors.Is(err, strconv.ErrRange) || math.IsInf(value, 0):
		return 0, fmt.Sprintf("the value %q is too large", text)
	case err != nil || math.IsNaN(value):
		return 0, fmt.Sprintf("the value %q is not a number", text)
	case value < 0:
		return 0, fmt.Sprintf("the value %s is negative", text)
	case value*t.settings.Scale > workload.MaxRecords:
		return 0, fmt.Sprintf("the value %s is more than %g records", text, float64(workload.MaxRecords))
	}
	return value * t.settings.Scale, ""
}

// instants are the ways to write a date and time: those of ISO 8601 that are
// used, and that of spreadsheets.
var instants = []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05"}

// instant reads a timestamp: a date with a time, or seconds. It counts from 1970
// or from the zero of the seconds.
func instant(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	for _, layout := range instants {
		if at, err := time.Parse(layout, text); err == nil {
			if at.Year() < 1970 || at.Year() > 2200 {
				return 0, fmt.Errorf("the timestamp %q lies outside of 1970 to 2200", text)
			}
			return time.Duration(at.UnixNano()), nil
		}
	}
	if whole, fraction, _ := strings.Cut(text, "."); len(fraction) > 9 && plainNumber.MatchString(text) {
		text = whole + "." + fraction[:9] // a float printed in full, as 0.15000000000000002; below a nanosecond is noise
	}
	n, err := times(text, int64(time.Second), "nanoseconds")
	var m mistake
	switch {
	case errors.As(err, &m) && m.code == codeRange:
		return 0, fmt.Errorf("the timestamp %s is too large for seconds; are these milliseconds?", shortened(text))
	case err != nil:
		return 0, fmt.Errorf("the timestamp %q is not RFC 3339, not like 2026-11-27 18:00:00, and not seconds", shortened(text))
	}
	return time.Duration(n), nil
}
