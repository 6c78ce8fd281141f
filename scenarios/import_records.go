package scenarios

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"time"

	"kinesim/model"
	"kinesim/sim/workload"
)

// headOf is the beginning of a file that is too large to be held.
func headOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.New(plainError(err))
	}
	defer f.Close()
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.New(plainError(err))
	}
	return head[:n], nil
}

// traceSummary is what all files of records together say.
type traceSummary struct {
	records, bytes int64 // bytes of data and keys
	first, last    time.Duration
	keys           int
	explicit       bool // some have an explicit hash key
	peak, peakSize int64
	second         time.Duration
	inSecond       [2]int64 // records and bytes of that second
}

// records reads a file of records through.
func (d *draft) records(f *importFile) {
	d.traces = append(d.traces, f)
	t := traceFile{file: opened(f.path), speed: 1, scale: 1}
	r, err := t.open()
	if err != nil {
		f.top(err.Error())
		return
	}
	rows, keys := int64(0), map[string]struct{}{}
	s := &d.trace
	for {
		if err = r.advance(); err != nil {
			break
		}
		if s.records == 0 || r.first < s.first {
			s.first = r.first
		}
		rows++
		s.explicit = s.explicit || r.row.explicit != nil
		s.add(r.row.at, r.row.bytes+int64(len(r.row.key)))
		if len(keys) < workload.MaxNamedKeys {
			keys[string(r.row.key)] = struct{}{}
		}
	}
	s.keys = max(s.keys, len(keys))
	err = errors.Join(ended(err), r.Close())
	var fault *traceFault
	switch {
	case errors.As(err, &fault):
		d.problems = append(d.problems, Problem{Severity: Error, Code: codeFile, File: f.source.name, Line: fault.line, Column: fault.column,
			EndColumn: fault.column + 1, Message: fault.message, Source: lineOf(opened(f.path), fault.line)})
	case err != nil:
		f.top(err.Error())
	case rows == 0:
		f.top("the file has no records")
	}
	d.note(f, "%s with %s", count(int(rows), "record"), count(len(keys), "key"))
}

// ended is nil for the end of a file.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (s *traceSummary) add(at time.Duration, bytes int64) {
	s.records++
	s.bytes += bytes
	s.last = max(s.last, at)
	if second := at.Truncate(time.Second); second != s.second {
		s.second, s.inSecond = second, [2]int64{}
	}
	s.inSecond[0]++
	s.inSecond[1] += bytes
	s.peak, s.peakSize = max(s.peak, s.inSecond[0]), max(s.peakSize, s.inSecond[1])
}

func (s *traceSummary) busiest() (records, bytes float64) {
	return float64(s.peak), float64(s.peakSize)
}

// span is the time of the records and a second, so that the last is within.
func (s *traceSummary) span() (start time.Time, length Duration) {
	const longAgo = 10 * 365 * 24 * time.Hour // what is less counts from a zero of its own
	if s.first > longAgo {
		start = time.Unix(0, int64(s.first)).UTC()
	}
	seconds := math.Floor((s.last - s.first).Seconds()) + 1
	return start, Duration(seconds) * Duration(time.Second)
}

// traceLines write a producer that plays the records.
func (d *draft) traceLines(y *yamlText, made *Imported) {
	file := d.traces[0].path
	switch {
	case d.options.Folder != "":
		file = "records.csv"
		made.Trace = &ImportedTrace{draft: d}
		if d.options.Anonymise {
			y.line(2, "# keys are numbered and keep their hash keys, weights and lengths", "")
		}
	case len(d.traces) > 1 || d.options.Anonymise:
		d.refuse("records of several files, or without the names of their keys, go into a file of their own: say where with -d DIR")
	default:
		d.assume("the records are played from %s, which the scenario names as it was given: relative to the folder in which it is run", d.traces[0].name(d))
	}
	y.line(2, "trace: {file: "+quoted(file)+"}", "record by record; scale: 2 plays each twice, speed: 2 twice as fast")
	d.assume("how many clients there were and how they sent is in no file: one client, PutRecords")
}

// weightedKey is a key with its weight, and the hash key that routes it if that is
// not the MD5 of its name.
type weightedKey struct {
	name   string
	weight float64
	hash   model.HashKey
}

// weighted reads a file of keys with their weights.
func (d *draft) weighted(f *importFile) {
	t := newKeyTable(f.dataFile)
	switch {
	case f.cut:
		f.top("the file is too large for an import")
		return
	case len(d.keys) > 0:
		f.top("a second file of keys; one says how they are weighted")
		return
	case !f.rows(false, t.row):
		return
	case len(t.list) == 0:
		f.top("the key file has no keys")
		return
	}
	d.keys = make([]weightedKey, len(t.list))
	for i, k := range t.list {
		d.keys[i] = weightedKey{k.Name, k.Weight, model.KeyHash(k.Name)}
		if k.Explicit != nil {
			d.keys[i].hash = *k.Explicit
		}
	}
	d.keysFrom = "from " + f.name(d)
	d.note(f, "%s with their weights", count(len(d.keys), "key"))
}

// ImportedTrace are the records of all files, in the order of time.
type ImportedTrace struct {
	draft *draft
}

// Write writes them as CSV. They are read once more, and never held.
func (t *ImportedTrace) Write(w io.Writer) error { return t.draft.merge(w) }

// openAll opens all files of records at their first.
func (d *draft) openAll() (open []*traceReader, err error) {
	for _, f := range d.traces {
		t := traceFile{file: func() (fs.File, error) { return os.Open(f.path) }, speed: 1, scale: 1}
		r, err := t.open()
		if err == nil {
			err = r.advance()
			open = append(open, r)
		}
		if err != nil {
			return open, err
		}
	}
	return open, nil
}
