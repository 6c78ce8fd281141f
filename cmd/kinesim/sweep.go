package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
		Long: `Play a scenario over a grid of settings. Each cell is played once unless --runs asks for
more; from two runs on means have intervals and cells a share of runs that met all
expectations. All cells use the same seeds, so that they compare.`,
		Example: `  kinesim sweep orders.yaml --over stream.shards=4,8,16 --runs 5      with intervals, from five seeds
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
	flags.Lookup("runs").Usage = "runs of each cell, each with a seed of its own: from 2 on means have 95 % intervals (default 1, or the sweep block's)"
	flags.Lookup("runs").DefValue = ""
	flags.StringArrayVar(&s.over, "over", nil, "a field and its values: stream.shards=4,8,16 or PATH=low..high:n (even steps) or low..high*n (even ratios)")
	flags.BoolVar(&s.list, "list", false, "the n-th values of all fields go together, in place of all combinations")
	flags.StringVarP(&s.format, "output", "o", "text", "what goes to standard output: text, json, csv or markdown")
	flags.StringVarP(&s.dir, "dir", "d", "", "write sweep.json, sweep.csv and the picture here, and cells as they are done: a sweep that was stopped goes on where it was")
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
		return err
	}
	defer keep.close()
	total, done := count(configs), len(sweep.Cells)
	player.Done = func(c *plan.Cell) error {
		if err := keep.add(c); err != nil {
			return err
		}
		done++
		if !a.quiet && terminal(a.err) {
			fmt.Fprintf(a.err, "\r\x1b[K%d of %d cells", done, total)
		}
		return nil
	}
	err = player.Run(ctx)
	if !a.quiet && terminal(a.err) {
		fmt.Fprint(a.err, "\r\x1b[K")
	}
	if err != nil && !errors.Is(err, context.Cause(ctx)) {
		return fault(fmt.Errorf("stopped after %d of %d cells: %w", done, total, err))
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
	if err1 != nil || err2 != nil || n < 1 || n > plan.MostParts || i < 1 || i > n {
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
		if err := a.wrote(dir, written, err); err != nil {
			return err
		}
	}
	return a.print(out.Bytes())
}
