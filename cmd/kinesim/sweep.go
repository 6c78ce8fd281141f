package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"kinesim/report"
	"kinesim/scenarios"
	"kinesim/sim/plan"
)

// sweeping are the flags of sweep, beside those that shape a run.
type sweeping struct {
	choices
	over   []string
	list   bool
	part   string
	format string
	dir    string
}

func (a *app) sweepCommand() *cobra.Command {
	var s sweeping
	command := &cobra.Command{
		Use:   "sweep SCENARIO",
		Short: "Play a scenario over a grid of settings and seeds",
		Example: `  kinesim sweep orders.yaml --over stream.shards=4,8,16 --runs 5
  kinesim sweep orders.yaml --over stream.shards=4..12:9 --over producers.app.rate=1000/s..8000/s:8 -d out
  kinesim sweep orders.yaml --over stream.shards=1..512*10 -o csv     each twice the one before
  kinesim sweep part orders.yaml --part 2/4 --over … -o json > 2.json one share of it
  kinesim sweep merge 1.json 2.json 3.json 4.json -o json             and all of them together`,
		Args: exactly(1, "a scenario: a file, a name from 'kinesim list', or -"),
		RunE: func(command *cobra.Command, arguments []string) error {
			return a.sweep(command.Context(), arguments[0], &s)
		},
	}
	s.register(command)
	command.AddCommand(a.sweepPart(), a.sweepMerge(), a.sweepEmit())
	return command
}

// register adds the flags of a sweep.
func (s *sweeping) register(command *cobra.Command) {
	s.add(command.Flags())
	flags := command.Flags()
	flags.StringArrayVar(&s.over, "over", nil, "a field and its values: stream.shards=4,8,16 or PATH=low..high:n (even steps) or low..high*n (even ratios)")
	flags.BoolVar(&s.list, "list", false, "the n-th values of all fields go together, in place of all combinations")
	flags.StringVarP(&s.format, "output", "o", "text", "what goes to standard output: text, json, csv or markdown")
	flags.StringVarP(&s.dir, "dir", "d", "", "write sweep.json, sweep.csv and the picture here; a sweep that was stopped goes on where it was")
}

// sweep plays a sweep, or a part of it.
func (a *app) sweep(ctx context.Context, ref string, s *sweeping) error {
	part, err := parsePart(s.part)
	if err := errors.Join(err, s.check(), oneOf("output format", s.format, "text", "json", "csv", "markdown")); err != nil {
		return err
	}
	sweep, configs, err := scenarios.LoadSweep(ref, a.in, s.options(), s.over, part, func(block *scenarios.Sweep) {
		if s.flags.Changed("runs") {
			block.Runs = int64(s.runs)
		}
		block.List = block.List || s.list
	})
	if err != nil {
		return a.unloaded(err)
	}
	sweep.Reproduce = s.reproduce(ref)
	player := plan.Sweeper{Sweep: sweep, Configs: configs, Workers: s.workers}
	keep, err := a.journal(sweep, s.dir)
	if err != nil {
		return fault(err)
	}
	defer keep.close()
	total, done := count(configs), len(sweep.Cells)
	player.Done = func(c *plan.Cell) error {
		done++
		if !a.quiet && terminal(a.err) {
			fmt.Fprintf(a.err, "\r\x1b[K%d of %d cells", done, total)
		}
		return keep.add(c)
	}
	err = player.Run(ctx)
	if !a.quiet && terminal(a.err) {
		fmt.Fprint(a.err, "\r\x1b[K")
	}
	if err != nil && ctx.Err() == nil {
		return fault(err)
	}
	if err := a.writeSweep(sweep, s.format, s.dir); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return exit{exitInterrupted, fmt.Errorf("interrupted after %d of %d cells", len(sweep.Cells), total)}
	}
	return nil
}

func count[T any](list []*T) int {
	n := 0
	for _, x := range list {
		if x != nil {
			n++
		}
	}
	return n
}

// parsePart reads "2/4"; nil for "".
func parsePart(text string) (*plan.Part, error) {
	if text == "" {
		return nil, nil
	}
	first, last, _ := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(first)
	n, err2 := strconv.Atoi(last)
	if err1 != nil || err2 != nil || n < 1 || n > 10_000 || i < 1 || i > n {
		return nil, bad("--part %s: I/N, such as 2/4", text)
	}
	return &plan.Part{I: i, N: n}, nil
}

// writeSweep writes a sweep to standard output and, if there is one, to a folder.
func (a *app) writeSweep(s *plan.Sweep, format, dir string) error {
	var out bytes.Buffer // so that a failure leaves nothing half-written
	if err := report.WriteSweep(&out, format, s); err != nil {
		return fault(err)
	}
	if dir != "" {
		written, err := report.WriteSweepDir(dir, s)
		if err != nil {
			return fault(err)
		}
		for _, path := range written {
			a.note("wrote %s", path)
		}
	}
	return a.print(out.Bytes())
}

// journal keeps the cells that are done in a file, so that a sweep that is stopped can go
// on: a line that says which sweep it is, and one for each cell.
type journal struct{ file *os.File }

// journal opens the journal of a sweep in a folder and takes over what it holds of the same
// sweep. A last line that was cut off is left out; without a folder nothing is kept.
func (a *app) journal(s *plan.Sweep, dir string) (*journal, error) {
	if dir == "" {
		return &journal{}, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	head, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "cells.jsonl")
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	kept := append(head, '\n')
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 64<<20)
	if lines.Scan() && bytes.Equal(lines.Bytes(), head) {
		for lines.Scan() {
			var c plan.Cell
			if json.Unmarshal(lines.Bytes(), &c) != nil {
				break // cut off when the sweep was stopped
			}
			s.Cells = append(s.Cells, c)
			kept = append(append(kept, lines.Bytes()...), '\n')
		}
		a.note("going on with %d cells that are done, from %s", len(s.Cells), path)
	}
	if err := os.WriteFile(path, kept, 0o666); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o666)
	return &journal{file}, err
}

// add writes a cell down.
func (j *journal) add(c *plan.Cell) error {
	if j.file == nil {
		return nil
	}
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = j.file.Write(append(line, '\n'))
	return err
}

func (j *journal) close() {
	if j.file != nil {
		_ = j.file.Close() // every line was written by itself
	}
}
