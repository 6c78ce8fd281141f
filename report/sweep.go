package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"kinesim/sim/plan"
)

// WriteSweep writes a sweep as text, json, csv or markdown.
func WriteSweep(w io.Writer, format string, s *plan.Sweep) error {
	switch format {
	case "json":
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(s)
	case "csv":
		return writeSweepCSV(w, s)
	case "markdown":
		var b bytes.Buffer
		b.WriteString("### " + markdownText(shown(s.Scenario.Name)) + "\n\n" + markdownText(sweepSentence(s)) + "\n\n")
		markdownTable(&b, sweepTable(s))
		_, err := w.Write(b.Bytes())
		return err
	}
	return writeSweepText(w, s)
}

// WriteSweepDir writes the files of a sweep to a folder, and returns their paths.
func WriteSweepDir(dir string, s *plan.Sweep) ([]string, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	var jobs []job
	for _, format := range []string{"json", "csv"} {
		jobs = append(jobs, job{"sweep." + format, func(w io.Writer) error { return WriteSweep(w, format, s) }})
	}
	if f := sweepFigure(s); f.Chart != nil {
		jobs = append(jobs, job{"sweep.svg", func(w io.Writer) error { return drawSVG(w, &f, true) }}, job{"sweep.png", func(w io.Writer) error { return drawPNG(w, &f) }})
	}
	return writeFiles(dir, jobs)
}

// writeSweepCSV writes a row for each cell, in plain numbers of the metrics' units.
func writeSweepCSV(w io.Writer, s *plan.Sweep) error {
	c := csv.NewWriter(w)
	var head []string
	for _, a := range s.Axes {
		head = append(head, a.Path)
	}
	head = append(head, "p_pass")
	for i := range s.Metrics {
		name := strings.ReplaceAll(sweepColumn(&s.Metrics[i]), " ", "_")
		head = append(head, name, name+"_low", name+"_high")
	}
	rows := [][]string{head}
	number := func(x *float64) string {
		if x == nil {
			return ""
		}
		return strconv.FormatFloat(*x, 'g', -1, 64)
	}
	for _, cell := range s.Cells {
		row := append([]string(nil), cell.Values...)
		row = append(row, strconv.FormatFloat(cell.PPass, 'g', -1, 64))
		for _, m := range cell.Means {
			row = append(row, number(m.Mean), number(m.CI95Low), number(m.CI95High))
		}
		rows = append(rows, row)
	}
	return c.WriteAll(rows)
}

// sweepColumn is the name of a metric as a column.
func sweepColumn(m *plan.SweepMetric) string {
	name := m.Name
	for _, part := range []string{m.Stat, m.Where} {
		if part != "" {
			name += " " + part
		}
	}
	return name
}

// mostSweepRows is how many cells a summary lists.
const mostSweepRows = 60

func writeSweepText(w io.Writer, s *plan.Sweep) error {
	lines := wrapText(sweepSentence(s), textWidth)
	t := sweepTable(s)
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = len([]rune(c.Name))
		for _, row := range t.Rows {
			widths[i] = max(widths[i], len([]rune(row[i])))
		}
	}
	line := func(cell func(i int) string) string {
		var parts []string
		for i := range t.Columns {
			if t.Columns[i].Numeric {
				parts = append(parts, padLeft(cell(i), widths[i]))
			} else {
				parts = append(parts, padded(cell(i), widths[i]))
			}
		}
		return strings.TrimRight(strings.Join(parts, "  "), " ")
	}
	lines = append(lines, line(func(i int) string { return t.Columns[i].Name }))
	for _, row := range t.Rows {
		lines = append(lines, line(func(i int) string { return row[i] }))
	}
	if rest := len(s.Cells) - len(t.Rows); rest > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more; -o csv has them all", rest))
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// sweepTable is a row for each cell, those of a summary.
func sweepTable(s *plan.Sweep) Table {
	var t Table
	for _, a := range s.Axes {
		t.Columns = append(t.Columns, Column{shown(a.Path), true})
	}
	t.Columns = append(t.Columns, Column{"met in", true})
	for i := range s.Metrics {
		t.Columns = append(t.Columns, Column{shown(sweepColumn(&s.Metrics[i])), true})
	}
	for i, cell := range s.Cells {
		if i == mostSweepRows {
			break
		}
		var row []string
		for _, v := range cell.Values {
			row = append(row, shown(v))
		}
		row = append(row, percent(cell.PPass))
		for k, m := range cell.Means {
			row = append(row, meanText(m, s.Metrics[k].Unit))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// meanText is a mean, with half the width of its interval where there are several runs.
func meanText(m plan.Measure, unit string) string {
	if m.Mean == nil {
		return "–"
	}
	text := quantity(*m.Mean, unit, digits)
	if half := (*m.CI95High - *m.CI95Low) / 2; half > 0 {
		text += " ± " + quantity(half, unit, 2)
	}
	return text
}

// sweepSentence says where the expectations hold.
func sweepSentence(s *plan.Sweep) string {
	held, lost := 0, 0
	for _, c := range s.Cells {
		switch c.PPass {
		case 1:
			held++
		case 0:
			lost++
		}
	}
	what := plural(int64(s.Size()), "cell")
	if n := len(s.Cells); n < s.Size() { // it was stopped
		what = count(int64(n)) + " of " + what
	}
	what += " of " + plural(int64(s.Runs), "run")
	if s.Part != nil {
		what += fmt.Sprintf(", part %d of %d", s.Part.I, s.Part.N)
	}
	text := fmt.Sprintf("%s: all expectations hold in %d", what, held)
	if between := len(s.Cells) - held - lost; between > 0 {
		text += fmt.Sprintf(", in %d in some runs only", between)
	}
	if cheapest := cheapestCell(s); cheapest != "" {
		text += "; cheapest of them is " + cheapest
	}
	return text + "."
}

// cheapestCell is the cell with the smallest bill among those in which all holds.
func cheapestCell(s *plan.Sweep) string {
	column := -1
	for i := range s.Metrics {
		if s.Metrics[i].Name == "cost_per_month" {
			column = i
		}
	}
	best, least := "", math.Inf(1)
	for _, c := range s.Cells {
		if column < 0 || c.PPass < 1 || c.Means[column].Mean == nil || *c.Means[column].Mean >= least {
			continue
		}
		least = *c.Means[column].Mean
		var parts []string
		for i, v := range c.Values {
			parts = append(parts, shown(s.Axes[i].Path)+" "+shown(v))
		}
		best = strings.Join(parts, ", ") + " for " + money(least) + " a month"
	}
	return best
}
