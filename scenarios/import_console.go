package scenarios

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"kinesim/model"
)

// The console of CloudWatch saves a graph as a CSV: some rows that say what the columns
// are, then a row for each period, its time first. What the rows above are called has
// changed over the years, so only this is relied on: a column is of the metric that one of
// them names. The console writes times as it shows them, in UTC or the reader's zone, and
// does not say which.

// consoleTimes are the forms of its times, beside RFC 3339.
var consoleTimes = []string{time.RFC3339, "2006/01/02 15:04:05", "2006-01-02 15:04:05", "2006/01/02 15:04", "2006-01-02 15:04", "2006-01-02T15:04:05"}

func consoleTime(text string) (at time.Time, ok bool) {
	for _, layout := range consoleTimes {
		if at, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return at, true
		}
	}
	return at, false
}

// consoleHead is how many rows may stand above the first period.
const consoleHead = 30

// consoleCSV tells whether a text is such a CSV: a metric is named above a row that
// begins with a time.
func (f *importFile) consoleCSV() bool {
	head := bytes.TrimSpace(f.source.text)
	if len(head) == 0 || head[0] == '{' || head[0] == '[' {
		return false
	}
	rows := csv.NewReader(bytes.NewReader(head))
	rows.FieldsPerRecord, rows.LazyQuotes = -1, true
	named := false
	for range consoleHead {
		cells, err := rows.Read()
		if err != nil {
			return false
		}
		if _, ok := consoleTime(cells[0]); ok {
			return named
		}
		for _, cell := range cells[1:] {
			_, _, ok := knownIn(cell)
			named = named || ok
		}
	}
	return false
}

// console reads the CSV of a graph.
func (d *draft) console(f *importFile) {
	d.load.complete++
	columns, statistics := map[int]*metricSeries{}, map[int]string{}
	named := map[string]bool{}
	points, other := map[int]int{}, 0
	f.rows(true, func(_ int, cells []string) bool {
		at, isTime := consoleTime(cells[0])
		if !isTime {
			if len(points) > 0 && strings.TrimSpace(cells[0]) != "" {
				return f.cell(0, cells, "not a time such as 2026/11/27 18:00:00")
			}
			for i := 1; i < len(cells); i++ {
				if s := consoleStatistic(cells[i]); s != "" {
					statistics[i] = s
				}
				m, shard, ok := knownIn(cells[i])
				if ok && columns[i] == nil && (shard != model.NoShard || !named[m.name]) {
					columns[i] = d.load.series(m.name, shard)
					named[m.name] = named[m.name] || shard == model.NoShard
				}
			}
			return true
		}
		for i := 1; i < len(cells); i++ {
			text := strings.TrimSpace(cells[i])
			s := columns[i]
			if text == "" || s == nil {
				other += int(min(1, len(text)))
				continue // no data, or a metric that an import has no use for
			}
			if is, wanted := statistics[i], statisticOf(s.name); is != "" && is != wanted {
				return f.cell(i, cells, "the column is the "+is+" of "+s.name+", which does not tell the "+wanted+": graph that")
			}
			v, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
			if err != nil || !(v >= 0 && v < 1e18) {
				return f.cell(i, cells, "not a value of a metric")
			}
			p := time.Duration(at.UnixNano())
			if before, twice := s.seen[p]; twice && before != v {
				return f.cell(0, cells, "a second value of "+s.name+" at this time")
			}
			s.seen[p] = v
			points[i]++
		}
		return true
	})
	if len(points) == 0 && !d.problems.about(f.source.name) {
		f.top("the file has no values below its times")
	}
	for i := 1; len(points) > 0 && i < 1000; i++ {
		if points[i] > 0 {
			d.note(f, "%s, %s", columns[i].name, count(points[i], "data point"))
		}
	}
	d.assume("the console's CSV does not say in which zone its times are, nor always which statistic a column is: UTC, and the sum (of ages the maximum)")
	if other > 0 {
		d.note(f, "%s of other metrics left out", count(other, "value"))
	}
}

// consoleStatistic is the statistic that a cell above the periods names; "" if it names none.
func consoleStatistic(cell string) string {
	for _, s := range []string{"Sum", "Average", "Maximum", "Minimum", "SampleCount"} {
		if strings.EqualFold(strings.ReplaceAll(strings.TrimSpace(cell), " ", ""), s) {
			return s
		}
	}
	return ""
}

// statisticOf is the statistic that an import takes of a metric.
func statisticOf(name string) string {
	for _, m := range knownMetrics {
		if m.name == name {
			return m.statistic
		}
	}
	return ""
}

// knownIn is the metric that a text names, and its shard if it names one.
func knownIn(text string) (m knownMetric, shard model.ShardID, ok bool) {
	shard = model.NoShard
	if id := shardLike.FindString(text); id != "" {
		shard, _ = model.ParseShardID(id) // the pattern is that of one
	}
	low := squeezed.Replace(strings.ToLower(text))
	for _, m := range knownMetrics {
		if strings.Contains(low, squeezed.Replace(strings.ToLower(m.name))) {
			return m, shard, true
		}
	}
	return m, shard, false
}

// squeezed leaves out what people write between the words of a metric.
var squeezed = strings.NewReplacer("_", "", "-", "", ".", "", " ", "")
