package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"kinesim/scenarios"
	"kinesim/sim/plan"
)

// exitMissing is the exit code of a merge that lacks parts.
const exitMissing = 5

func (a *app) sweepPart() *cobra.Command {
	var s sweeping
	command := &cobra.Command{
		Use:     "part SCENARIO --part I/N",
		Short:   "Play one share of a sweep, to be merged with the others",
		Example: "  kinesim sweep part orders.yaml --part 2/4 --over stream.shards=4..32:29 -o json > 2.json",
		Args:    exactly(1, "a scenario: a file, a name from 'kinesim list', or -"),
		RunE: func(command *cobra.Command, arguments []string) error {
			if s.part == "" {
				return bad("sweep part wants --part I/N, such as 2/4")
			}
			return a.sweep(command.Context(), arguments[0], &s)
		},
	}
	s.register(command)
	command.Flags().StringVar(&s.part, "part", "", "which share: I/N, from 1")
	return command
}

func (a *app) sweepMerge() *cobra.Command {
	var format, dir string
	command := &cobra.Command{
		Use:     "merge PART…",
		Short:   "Put the parts of a sweep together, to the same bytes as one process would have made",
		Example: "  kinesim sweep merge part-*.json -o json > sweep.json",
		Args:    some("the files of the parts"),
		RunE: func(_ *cobra.Command, arguments []string) error {
			if err := oneOf("output format", format, "text", "json", "csv", "markdown"); err != nil {
				return err
			}
			var parts []*plan.Sweep
			for _, name := range arguments {
				p, err := readPart(name)
				if err != nil {
					return bad("%s: %w", name, err)
				}
				parts = append(parts, p)
			}
			whole, missing, err := plan.Merge(parts)
			if err != nil {
				return bad("%w", err)
			}
			if len(missing) > 0 {
				return exit{exitMissing, fmt.Errorf("missing of %d parts: %s", parts[0].Part.N, numbers(missing))}
			}
			return a.writeSweep(whole, format, dir)
		},
	}
	command.Flags().StringVarP(&format, "output", "o", "text", "what goes to standard output: text, json, csv or markdown")
	command.Flags().StringVarP(&dir, "dir", "d", "", "write sweep.json, sweep.csv and the picture here")
	return command
}

func numbers(list []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}

// readPart reads a part as sweep part wrote it.
func readPart(name string) (*plan.Sweep, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var s plan.Sweep
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("not what 'kinesim sweep part -o json' writes: %w", err)
	}
	if s.Format != plan.SweepFormat {
		return nil, fmt.Errorf("its format is %q, not %s", s.Format, plan.SweepFormat)
	}
	return &s, nil
}

func (a *app) sweepEmit() *cobra.Command {
	var s sweeping
	var parts int
	command := &cobra.Command{
		Use:     "emit SCENARIO --parts N",
		Short:   "Print the commands of the parts of a sweep, a line each, and of their merge",
		Example: "  kinesim sweep emit orders.yaml --over stream.shards=4..32:29 --parts 4",
		Args:    exactly(1, "a scenario file"),
		RunE: func(_ *cobra.Command, arguments []string) error {
			if parts < 1 || parts > plan.MostParts {
				return bad("--parts %d: 1 to %d", parts, plan.MostParts)
			}
			_, _, err := scenarios.LoadSweep(arguments[0], a.in, s.options(), s.over, nil, nil)
			if err != nil {
				return a.unloaded(err)
			}
			var b strings.Builder
			line := s.reproduce(arguments[0])
			for i := range parts {
				fmt.Fprintf(&b, "%s -o json > part-%d.json\n", asPart(line, &plan.Part{I: i + 1, N: parts}), i+1)
			}
			b.WriteString("kinesim sweep merge part-*.json -o json > sweep.json\n")
			return a.print([]byte(b.String()))
		},
	}
	s.register(command)
	command.Flags().IntVar(&parts, "parts", 4, "how many")
	return command
}

// asPart is the command line that plays a part, made from that of the whole sweep.
func asPart(whole string, p *plan.Part) string {
	if p == nil {
		return whole
	}
	return fmt.Sprintf("%s --part %d/%d", strings.Replace(whole, "kinesim sweep", "kinesim sweep part", 1), p.I, p.N)
}
