package scenarios

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"github.com/dustin/go-humanize"

	"kinesim/model"
)

// draft is what files have said so far: the makings of a scenario, each with the
// file that it came from.
type draft struct {
	*compiler // its problems are those of the import
	options   ImportOptions
	files     int

	from    []string // what came from where, a line each
	assumed []string // what no file says

	name      string
	mode      Mode
	retention Duration
	maxRecord Size
	warm      ByteRate
	count     int64 // of shards, where there is no listing
	countFrom string
	fanouts   int64 // how many consumers a summary counts

	registrations []string     // names of consumers of enhanced fan-out
	polled        string       // the metric that shows that somebody calls GetRecords
	laws          []fittedLaws // in place of records
	processing    string

	shards   shardListing
	load     loadSeries
	seconds  *captured
	traces   []*importFile
	trace    traceSummary
	keys     []weightedKey
	keysFrom string
	readers  []draftReader
}

// draftReader is a consumer of the scenario to be.
type draftReader struct {
	name, kind string // classic: {interval: 1s}
	start      string
	comment    string
}

func newDraft(o ImportOptions) *draft {
	return &draft{
		compiler: &compiler{checker: newChecker(&source{name: "import", dir: "."})},
		options:  o, load: newLoadSeries(),
	}
}

// note says what came from a file.
func (d *draft) note(f *importFile, format string, arguments ...any) {
	d.from = append(d.from, f.name(d)+": "+fmt.Sprintf(format, arguments...))
}

// assume says what no file says.
func (d *draft) assume(format string, arguments ...any) {
	d.assumed = append(d.assumed, fmt.Sprintf(format, arguments...))
}

// call gives the stream its name, the first that is seen.
func (d *draft) call(name string) {
	if d.name == "" && !d.options.Anonymise {
		d.name = asName(name)
	}
}

// reader adds a consumer under a name that is free.
func (d *draft) reader(name, kind, start, comment string) {
	if name = asName(name); d.options.Anonymise || name == "" {
		name = fmt.Sprintf("reader-%d", len(d.readers)+1)
	}
	base := name
	for n := 2; d.reads(name); n++ {
		name = fmt.Sprintf("%s-%d", base[:min(len(base), 60)], n)
	}
	d.readers = append(d.readers, draftReader{name, kind, start, comment})
}

func (d *draft) reads(name string) bool {
	for _, r := range d.readers {
		if r.name == name {
			return true
		}
	}
	return false
}

// asName is a text as scenarios write names.
func asName(text string) string {
	name := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_') {
			return r
		}
		return '-'
	}, text)
	name = strings.TrimLeft(name, "-_")
	return strings.TrimRight(name[:min(len(name), 64)], "-_")
}

// printable keeps control characters out of comments, where they could end one.
func printable(text string) string {
	return shortened(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar {
			return '?'
		}
		return r
	}, text))
}

// together holds what several files say against each other.
func (d *draft) together() {
	d.shards.settle(d)
	d.load.settle(d)
	if len(d.traces) > 0 && (d.load.records() != nil || d.seconds != nil) || d.load.records() != nil && d.seconds != nil {
		d.refuse("the files say twice when records arise: of records, cloudwatch and hot-shard-advisor give one")
	}
	if len(d.traces) > 0 && len(d.keys) > 0 {
		d.refuse("the records have keys of their own; leave the file of keys out")
	}
	if d.seconds != nil {
		d.seconds.settle(d)
	}
	d.counted()
	for _, name := range []string{"GetRecords.IteratorAgeMilliseconds", "GetRecords.Records"} {
		if d.load.stream[name].sum() > 0 && d.polled == "" {
			d.polled = name
		}
	}
	if d.shards.open == nil && d.load.records() == nil && d.seconds == nil && len(d.traces) == 0 && len(d.keys) == 0 &&
		d.mode == "" && d.count == 0 && len(d.readers) == 0 && !d.problems.Errors() {
		d.refuse("the files say nothing that a scenario could be made of")
	}
}

// refuse tells a problem that no single file is to blame for.
func (d *draft) refuse(format string, arguments ...any) {
	d.problems = append(d.problems, Problem{Severity: Error, Code: codeConflict, File: "import", Message: fmt.Sprintf(format, arguments...)})
}

// busiest is the highest mean of a period: records and bytes a second.
func (d *draft) busiest() (records, bytes float64) {
	switch {
	case d.load.records() != nil:
		return d.load.busiest()
	case d.seconds != nil:
		return d.seconds.busiest()
	case len(d.traces) > 0:
		return d.trace.busiest()
	}
	return 100, 100 * 1024
}

// wanted is how many shards carry the busiest period with room to spare, for a
// stream of which no file says how many it has.
func (d *draft) wanted() int64 {
	const full = 0.7 // of a shard, so that an ordinary burst fits
	limits := model.AWS2026()
	records, bytes := d.busiest()
	n := max(records/float64(limits.WriteRecordsPerSecond), bytes/float64(limits.WriteBytesPerSecond)) / full
	return int64(min(max(1, math.Ceil(n)), model.MaxShards))
}

// span is when the run begins, zero where no file says so, and how long it is.
func (d *draft) span() (start time.Time, length Duration) {
	switch {
	case d.load.records() != nil:
		return d.load.span()
	case d.seconds != nil:
		return d.seconds.span()
	case len(d.traces) > 0:
		return d.trace.span()
	}
	return time.Time{}, Duration(defaultDuration)
}

// commas writes a number for people.
func commas(n float64) string {
	if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
		return humanize.Comma(int64(n))
	}
	return humanize.CommafWithDigits(n, 3)
}
