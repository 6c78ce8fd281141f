package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"kinesim/report"
	"kinesim/scenarios"
	"kinesim/sim/plan"
)

// journal keeps the cells that are done in a file, so that a sweep that is stopped can go
// on: a line that says which sweep it is, and one for each cell.
type journal struct{ file *os.File }

// journal opens the journal of a sweep in a folder and takes over what it holds of the same
// sweep. That of another one may be the work of hours and is left alone; without a folder
// nothing is kept.
func (a *app) journal(s *plan.Sweep, dir string) (*journal, error) {
	if dir == "" {
		return &journal{}, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fault(err)
	}
	path := filepath.Join(dir, "cells.jsonl")
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fault(err)
	}
	head, err := json.Marshal(s)
	if err != nil {
		return nil, fault(err)
	}
	first, cells, _ := bytes.Cut(text, []byte("\n"))
	if bytes.Equal(first, head) {
		if spoilt := takeOver(s, cells); spoilt > 0 {
			a.note("lines of %s that cannot be read, and whose cells are played again: %d", path, spoilt)
		}
		a.note("going on with %d cells that are done, from %s", len(s.Cells), path)
	} else if err := replaceable(path, s, first, cells); err != nil {
		return nil, err
	}
	kept, err := journalText(head, s.Cells)
	if err != nil {
		return nil, fault(err)
	}
	if !bytes.Equal(text, kept) {
		err := report.WriteWhole(path, func(w io.Writer) error { _, err := w.Write(kept); return err })
		if err != nil {
			return nil, fault(err)
		}
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, fault(err)
	}
	return &journal{file}, nil
}

// takeOver takes the cells of a journal that are done, and counts the lines that are none of
// the sweep, as is one that was cut off when the sweep was stopped.
func takeOver(s *plan.Sweep, lines []byte) (spoilt int) {
	have := map[int]bool{}
	for line := range bytes.Lines(lines) {
		var c plan.Cell
		if json.Unmarshal(line, &c) != nil || !s.Owns(&c) || have[c.Index] {
			spoilt++
			continue
		}
		have[c.Index] = true
		s.Cells = append(s.Cells, c)
	}
	return spoilt
}

// journalText is a journal as it is written.
func journalText(head []byte, cells []plan.Cell) ([]byte, error) {
	text := append(bytes.Clone(head), '\n')
	for i := range cells {
		line, err := journalLine(&cells[i])
		if err != nil {
			return nil, err
		}
		text = append(text, line...)
	}
	return text, nil
}

// journalLine is a cell as a journal has it.
func journalLine(c *plan.Cell) ([]byte, error) {
	line, err := json.Marshal(c)
	return append(line, '\n'), err
}

// replaceable refuses to begin a journal in place of what is no journal, or of one of another
// sweep that has cells: its error says which sweep that is and what can be done.
func replaceable(path string, s *plan.Sweep, first, cells []byte) error {
	var other plan.Sweep
	readable := json.Unmarshal(first, &other) == nil && strings.HasPrefix(other.Format, "kinesim/sweep/")
	done := bytes.Count(cells, []byte("\n"))
	name := scenarios.Quoted(path)
	switch {
	case len(first) == 0 && done == 0, readable && done == 0: // nothing would be lost
		return nil
	case !readable:
		return bad("%s is no journal of a sweep: give another folder (-d), or remove it", name)
	}
	command := asPart(printable(other.Reproduce), other.Part) + " -d " + scenarios.Quoted(filepath.Dir(path))
	way := "that command goes on with it"
	if differ := differences(&other, s); len(differ) > 0 {
		way = "it was played with " + strings.Join(differ, " and ")
	}
	return bad("%s holds another sweep, %d of its cells done:\n  %s\n%s; another folder (-d) keeps both; remove the file to begin this one here", name, done, command, way)
}

// differences are those of two sweeps that no flags undo.
func differences(there, here *plan.Sweep) (list []string) {
	if there.Version != here.Version {
		list = append(list, fmt.Sprintf("kinesim %s (this is %s)", printable(there.Version), here.Version))
	}
	if there.Scenario.Name == here.Scenario.Name && there.Scenario.SHA256 != here.Scenario.SHA256 {
		list = append(list, "another text of the scenario")
	}
	if there.DataSHA256 != here.DataSHA256 {
		list = append(list, "other contents of the files that the scenario names")
	}
	return list
}

// printable is what a file holds, without what would move a terminal's cursor.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// add writes a cell down.
func (j *journal) add(c *plan.Cell) error {
	if j.file == nil {
		return nil
	}
	line, err := journalLine(c)
	if err != nil {
		return err
	}
	_, err = j.file.Write(line)
	return err
}

func (j *journal) close() {
	if j.file != nil {
		_ = j.file.Close() // every line was written by itself
	}
}
