package scenarios

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path/filepath"
)

// dataFile is a file with data that a scenario names. What is wrong with it is
// told at its own lines.
type dataFile struct {
	*compiler
	source *source
	csv    *csv.Reader // while its rows are read
}

// data reads a file, at most so many bytes of it, and gives nil after it has told
// a problem. what it is, such as "rate file", is for that.
func (c *compiler) data(what string, path *string, most int64) *dataFile {
	text, err := readData(c.beside(*path), most)
	if err != nil {
		c.complain(codeFile, path, "%s %s: %v", what, *path, err)
		return nil
	}
	name := filepath.ToSlash(filepath.Join(filepath.Dir(c.source.name), *path))
	if c.source.name == "<stdin>" || filepath.IsAbs(*path) {
		name = *path
	}
	return &dataFile{compiler: c, source: &source{name: name, text: bytes.TrimPrefix(text, []byte("\ufeff"))}}
}

// rows reads the file as CSV and hands over each row with its number, from 0,
// until one is refused. It tells whether all is well.
func (f *dataFile) rows(trim bool, row func(n int, cells []string) bool) bool {
	f.csv = csv.NewReader(bytes.NewReader(f.source.text))
	f.csv.FieldsPerRecord, f.csv.TrimLeadingSpace, f.csv.ReuseRecord = -1, trim, true
	for n := 0; ; n++ {
		cells, err := f.csv.Read()
		var fault *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return true
		case errors.As(err, &fault):
			return f.tell(fault.Line, fault.Column, fault.Column+1, "not CSV: "+fault.Err.Error())
		case err != nil:
			return f.top(err.Error())
		case !row(n, cells):
			return false
		}
	}
}

// cell tells a problem of a cell of the row that was read last.
func (f *dataFile) cell(i int, cells []string, message string) bool {
	line, column := f.csv.FieldPos(i)
	return f.tell(line, column, column+len(cells[i]), message)
}

// top tells a problem that no line is to blame for, at the first.
func (f *dataFile) top(message string) bool { return f.tell(1, 1, 2, message) }

// tell tells a problem at a line. Columns are counted in bytes, from 1.
func (f *dataFile) tell(line, column, end int, message string) bool {
	text := f.source.line(line)
	characters := func(column int) int { return width(text[:min(column-1, len(text))]) + 1 }
	from, to := characters(column), characters(end)
	f.problems = append(f.problems, Problem{
		Severity: Error, Code: codeFile, File: f.source.name, Line: line, Column: from, EndColumn: max(to, from+1),
		Message: message, Source: text,
	})
	return false
}
