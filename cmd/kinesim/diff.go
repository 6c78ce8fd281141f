package main

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"kinesim/report"
	"kinesim/scenarios"
	"kinesim/sim"
)

// diffFlags are those of diff alone.
type diffFlags struct {
	baseSets, headSets []string
	rules              []string
	all                bool
	format, dir        string
	comment            comment
}

// diffRuns is how many seeds a scenario is played with unless told otherwise: enough
// to tell a change from noise.
const diffRuns = 10

func (a *app) diffCommand() *cobra.Command {
	var c choices
	var f diffFlags
	command := &cobra.Command{
		Use:   "diff BASE [HEAD]",
		Short: "Say what changed between two results or scenarios, and whether it is more than noise",
		Long: `Say what changed from BASE to HEAD, by how much, and whether it is more than noise.

Each of them is a result (result.json, a folder with one, several with commas or a
pattern) or a scenario, which is then played with --runs seeds. With one scenario,
--base-set and --head-set say how the two sides differ.

Runs of one seed share their random draws, so they are compared in pairs and their
luck cancels out; without common seeds it is Welch's test. A p below 0.05, corrected for
the number of measures, is a change; the rest is noise and marked ~. One run against one
is compared exactly, which says nothing about other seeds.

--fail-on names a measure as expectations do, and the rise that is too much: a share
of the base (+10%), or in its unit (+500ms, +100, +20USD, +0.1pp for points of a ratio);
a negative one is a fall. A rise that may be noise does not fail. 'expectations' fails
where an expectation is missed that the base met.`,
		Example: `  kinesim diff orders.yaml --head-set stream.shards=12           would 12 shards be better?
  kinesim diff main/result.json out/result.json                  two saved results (run them with --runs 20)
  kinesim diff base.json orders.yaml --fail-on iterator_age.p99=+10% --fail-on expectations
  kinesim diff before.yaml after.yaml --fail-on consumers.billing.end_to_end_latency.p99=+200ms
  kinesim diff main/result.json out/result.json -d diff          with a page that shows both
  kinesim diff 'base/*.json' 'head/*.json' -o markdown           for a pull request`,
		Args: func(command *cobra.Command, arguments []string) error {
			if len(arguments) == 1 && len(f.baseSets)+len(f.headSets) == 0 {
				return bad("%s wants BASE and HEAD, or one scenario with --head-set PATH=VALUE; '%s --help' has examples", command.CommandPath(), command.CommandPath())
			}
			if n := len(arguments); n < 1 || n > 2 {
				return exactly(2, "BASE and HEAD")(command, arguments)
			}
			return nil
		},
		RunE: func(command *cobra.Command, arguments []string) error {
			if !command.Flags().Changed("runs") {
				c.runs = diffRuns
			}
			err := errors.Join(c.check(), oneOf("output format", f.format, report.DiffFormats()...), f.comment.check(f.format))
			if err != nil {
				return err
			}
			rules, err := parseRules(f.rules)
			if err != nil {
				return err
			}
			return a.diff(command.Context(), arguments, &c, &f, rules)
		},
	}
	c.add(command.Flags())
	flags := command.Flags()
	flags.Lookup("runs").DefValue = "10"
	flags.StringArrayVar(&f.baseSets, "base-set", nil, "override a field of the base alone by `PATH=VALUE`, after --set")
	flags.StringArrayVar(&f.headSets, "head-set", nil, "override a field of the head alone by `PATH=VALUE`, after --set")
	flags.StringArrayVar(&f.rules, "fail-on", nil, "exit 4 on such a change: `RULE` is like iterator_age.p99=+10% (several times)")
	flags.BoolVar(&f.all, "all", false, "every measure and statistic, not only those that people ask for first")
	flags.StringVarP(&f.format, "output", "o", "text", "the `FORMAT` of what goes to standard output: "+strings.Join(report.DiffFormats(), ", "))
	flags.StringVarP(&f.dir, "dir", "d", "", "write into `DIR`: report.html, with the base as a ghost in the figures, diff.json and diff.md")
	f.comment.add(flags)
	return command
}

// diff compares two sides and writes what it found.
func (a *app) diff(ctx context.Context, arguments []string, c *choices, f *diffFlags, rules []sim.Rule) error {
	head := arguments[len(arguments)-1]
	base, err := a.side(ctx, "base", arguments[0], c, f.baseSets)
	if err != nil {
		return err
	}
	next, err := a.side(ctx, "head", head, c, f.headSets)
	if err != nil {
		return err
	}
	d, err := sim.NewDiff(base, next, rules, f.all)
	if err != nil {
		return bad("%w", err)
	}
	d.Reproduce = diffLine(arguments, c, f)
	document := report.BuildDiff(d)
	if f.dir != "" {
		page := report.BuildDiffPage(document, base.First(), next.First())
		page.Words = wordsOf(scenarios.Glossary(base.First(), next.First()))
		written, err := report.WriteDiffDir(f.dir, page)
		if err := a.wrote(f.dir, written, err); err != nil {
			return err
		}
	}
	var out bytes.Buffer
	if err := report.WriteDiff(&out, f.format, document, a.colored(a.out)); err != nil {
		return fault(err)
	}
	if err := a.emit(out.Bytes(), f.format, &f.comment, d.Same); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return exit{code: exitInterrupted}
	case !d.Passed:
		return exit{code: exitRegression}
	}
	return nil
}

// diffLine is the command line that gives a diff again.
func diffLine(arguments []string, c *choices, f *diffFlags) string {
	words := append([]string{"kinesim", "diff"}, arguments...)
	played := false
	for _, name := range arguments {
		played = played || !holdsResults(name)
	}
	add := func(flag string, values []string) {
		for _, v := range values {
			words = append(words, flag, v)
		}
	}
	if played {
		words = append(words, c.words()...)
	}
	add("--base-set", f.baseSets)
	add("--head-set", f.headSets)
	add("--fail-on", f.rules)
	for i, w := range words {
		words[i] = scenarios.Quoted(w)
	}
	return strings.Join(words, " ")
}
