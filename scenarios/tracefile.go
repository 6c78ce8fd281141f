package scenarios

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// traceFile is a trace in a file. It is read through once when the scenario is
// loaded, which finds every fault and sums it up, and again by each run; it is
// never held whole.
type traceFile struct {
	file  func() (fs.File, error)
	speed float64
	scale int64 // each row is played so many times
	facts workload.TraceFacts
}

// Facts implements workload.Trace.
func (t *traceFile) Facts() workload.TraceFacts { return t.facts }

// Open implements workload.Trace.
func (t *traceFile) Open() (workload.TraceReader, error) { return t.open() }

func (t *traceFile) open() (*traceReader, error) {
	f, err := t.file()
	if err != nil {
		return nil, errors.New(plainError(err))
	}
	r := &traceReader{file: f, trace: t}
	text := bufio.NewReaderSize(f, 256<<10)
	if mark, _ := text.Peek(3); string(mark) == "\ufeff" {
		_, _ = text.Discard(3) // what was peeked at is there
	}
	if head, _ := text.Peek(1); string(head) == "{" {
		r.rows = &jsonLines{text: text}
	} else {
		r.rows = newCSVLines(text)
	}
	return r, nil
}

// traceRow is a row of a trace as it is written.
type traceRow struct {
	line, column int // of the row; of a cell where one is at fault
	at           time.Duration
	key          []byte
	bytes        int64
	explicit     *model.HashKey // what routes it in place of its key's MD5
}

// traceRows reads the rows of one format.
type traceRows interface {
	// next reads a row, or says io.EOF or what is wrong with it.
	next(*traceRow) error
}

// traceFault is what is wrong with a trace, and where.
type traceFault struct {
	line, column int
	message      string
}

func (f *traceFault) Error() string {
	return fmt.Sprintf("line %d: %s", f.line, f.message)
}

// traceReader gives the records of a trace.
type traceReader struct {
	file  fs.File
	trace *traceFile
	rows  traceRows
	row   traceRow
	first time.Duration // of the first row, since the zero of its clock
	last  des.Time
	begun bool
	again int64 // how often the row is still to be played
}

// Close implements workload.TraceReader.
func (r *traceReader) Close() error { return r.file.Close() }

// Read implements workload.TraceReader.
func (r *traceReader) Read(record *workload.TraceRecord) error {
	if r.again == 0 {
		if err := r.advance(); err != nil {
			return err
		}
		r.again = r.trace.scale
	}
	r.again--
	*record = workload.TraceRecord{At: r.last, Key: r.row.key, Data: uint32(r.row.bytes), Explicit: r.row.explicit}
	return nil
}

// advance reads the next row and holds it against what a record may be.
func (r *traceReader) advance() error {
	if err := r.rows.next(&r.row); err != nil {
		return err
	}
	row := &r.row
	fault := func(format string, arguments ...any) error {
		return &traceFault{row.line, row.column, fmt.Sprintf(format, arguments...)}
	}
	if !r.begun {
		r.begun, r.first = true, row.at
	}
	since := float64(row.at-r.first) / r.trace.speed
	at := des.Time(math.Round(since))
	switch {
	case since > float64(des.Forever)/2:
		return fault("the time is too far from that of the first row")
	case at < r.last || row.at < r.first:
		return fault("the row comes before the row above; rows go in order of time")
	case row.bytes < 0 || row.bytes > int64(model.GiB):
		return fault("%d bytes; a record has 0 to %d", row.bytes, int64(model.GiB))
	}
	if wrong := model.CheckKey(string(row.key)); wrong != "" {
		return fault("the key %q: %s", shortened(string(row.key)), wrong)
	}
	r.last = at
	return nil
}

// csvLines are rows of comma-separated values. A header names the columns, in any
// order and among others; without one they are time, key and bytes.
type csvLines struct {
	csv      *csv.Reader
	columns  [3]int // of time, key and bytes
	explicit int    // of the hash key; -1: there is none
	begun    bool
	key      []byte
	hash     model.HashKey
}

var traceColumns = [3]string{"time", "key", "bytes"}

// explicitColumn may be a further column: the hash key that routes a record in
// place of its key's MD5. An empty cell is none.
const explicitColumn = "explicit_hash_key"

func newCSVLines(text io.Reader) *csvLines {
	r := csv.NewReader(text)
	r.FieldsPerRecord, r.ReuseRecord, r.TrimLeadingSpace = -1, true, true
	return &csvLines{csv: r, columns: [3]int{0, 1, 2}, explicit: -1}
}

func (l *csvLines) next(row *traceRow) error {
	cells, err := l.csv.Read()
	var fault *csv.ParseError
	switch {
	case errors.As(err, &fault):
		return &traceFault{fault.Line, fault.Column, "not CSV: " + fault.Err.Error()}
	case err == io.EOF:
		return err
	case err != nil:
		return errors.New(plainError(err))
	}
	if !l.begun {
		l.begun = true
		if named, err := l.header(cells); named || err != nil {
			if err != nil {
				return err
			}
			return l.next(row)
		}
	}
	return l.row(cells, row)
}

// header tells whether the first row names the columns, and where they are.
func (l *csvLines) header(cells []string) (bool, error) {
	if !header(cells) {
		return false, nil
	}
	place := func(name string) int {
		return slices.IndexFunc(cells, func(cell string) bool { return strings.EqualFold(strings.TrimSpace(cell), name) })
	}
	l.explicit = place(explicitColumn)
	for i, name := range traceColumns {
		l.columns[i] = place(name)
		if l.columns[i] < 0 {
			return true, &traceFault{1, 1, fmt.Sprintf("the header has no column %s; the columns are time,key,bytes", name)}
		}
	}
	return true, nil
}

func (l *csvLines) row(cells []string, row *traceRow) error {
	row.line, row.column = l.csv.FieldPos(0)
	for i, c := range l.columns {
		if c >= len(cells) {
			return &traceFault{row.line, row.column, fmt.Sprintf("the row has no %s; the columns are time,key,bytes", traceColumns[i])}
		}
	}
	at, err := instant(cells[l.columns[0]])
	if err != nil {
		return l.fault(0, err.Error())
	}
	n, err := strconv.ParseInt(strings.TrimSpace(cells[l.columns[2]]), 10, 64)
	if err != nil {
		return l.fault(2, fmt.Sprintf("%q is not a whole number of bytes", shortened(cells[l.columns[2]])))
	}
	l.key = append(l.key[:0], cells[l.columns[1]]...)
	row.at, row.key, row.bytes, row.explicit = at, l.key, n, nil
	if l.explicit < 0 || l.explicit >= len(cells) || strings.TrimSpace(cells[l.explicit]) == "" {
		return nil
	}
	if l.hash, err = model.ParseHashKey(strings.TrimSpace(cells[l.explicit])); err != nil {
		line, column := l.csv.FieldPos(l.explicit)
		return &traceFault{line, column, err.Error()}
	}
	row.explicit = &l.hash
	return nil
}

func (l *csvLines) fault(column int, message string) error {
	line, at := l.csv.FieldPos(l.columns[column])
	return &traceFault{line, at, message}
}

// jsonLines are rows of JSON: one object on each line.
type jsonLines struct {
	text *bufio.Reader
	line int
	key  []byte
}

// longestLine is the most that a line of JSON may hold; a key has at most 256
// characters, and what else is there is skipped.
const longestLine = 1 << 20

func (l *jsonLines) next(row *traceRow) error {
	text, err := l.read()
	if err != nil {
		return err
	}
	var object struct {
		Time  *json.RawMessage `json:"time"`
		Key   *string          `json:"key"`
		Bytes *json.Number     `json:"bytes"`
		Hash  string           `json:"explicit_hash_key"`
	}
	fault := func(format string, arguments ...any) error {
		return &traceFault{l.line, 1, fmt.Sprintf(format, arguments...)}
	}
	if err := json.Unmarshal(text, &object); err != nil {
		return fault("not JSON: %v", err)
	}
	switch {
	case object.Time == nil:
		return fault("the row has no time; it has time, key and bytes")
	case object.Key == nil:
		return fault("the row has no key; it has time, key and bytes")
	case object.Bytes == nil:
		return fault("the row has no bytes; it has time, key and bytes")
	}
	at, err := instant(strings.Trim(string(*object.Time), `"`))
	if err != nil {
		return fault("%v", err)
	}
	n, err := strconv.ParseInt(object.Bytes.String(), 10, 64)
	if err != nil {
		return fault("%q is not a whole number of bytes", shortened(object.Bytes.String()))
	}
	l.key = append(l.key[:0], *object.Key...)
	*row = traceRow{line: l.line, column: 1, at: at, key: l.key, bytes: n}
	if object.Hash != "" {
		hash, err := model.ParseHashKey(object.Hash)
		if err != nil {
			return fault("%v", err)
		}
		row.explicit = &hash
	}
	return nil
}

// read gives the next line that is not empty.
func (l *jsonLines) read() ([]byte, error) {
	for {
		text, err := l.text.ReadSlice('\n')
		var long []byte
		for errors.Is(err, bufio.ErrBufferFull) && len(long) < longestLine {
			long = append(long, text...)
			text, err = l.text.ReadSlice('\n')
		}
		l.line++
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, &traceFault{l.line, 1, fmt.Sprintf("the line is longer than %d bytes", longestLine)}
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		}
		if long != nil {
			text = append(long, text...)
		}
		if len(strings.TrimSpace(string(text))) > 0 {
			return text, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
