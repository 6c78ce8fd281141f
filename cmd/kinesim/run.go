package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"kinesim/report"
	"kinesim/scenarios"
	"kinesim/sim"
)

// choices are the flags that shape a run.
type choices struct {
	sets       []string
	seed       uint64
	runs       int
	workers    int
	resolution string
	compare    string
	alarms     string
	flags      *pflag.FlagSet
}

func (c *choices) add(flags *pflag.FlagSet) {
	c.flags = flags
	flags.StringArrayVar(&c.sets, "set", nil, "override a field by `PATH=VALUE`, such as stream.shards=12 (list items go by their name)")
	flags.Uint64Var(&c.seed, "seed", 42, "random seed, in place of the scenario's")
	flags.IntVar(&c.runs, "runs", 1, "independent replications, each with a seed of its own")
	flags.IntVarP(&c.workers, "jobs", "j", runtime.NumCPU(), "how many runs to play at a time; a run of many shards in spans is played on so many cores")
	flags.StringVar(&c.resolution, "resolution", "", "`record`, 10ms, 100ms, 1s or auto, in place of the scenario's")
}

// check refuses impossible numbers.
func (c *choices) check() error {
	switch {
	case c.runs < 1 || c.runs > 100_000:
		return bad("--runs %d: 1 to 100000", c.runs)
	case c.workers < 1:
		return bad("--jobs %d: at least 1", c.workers)
	}
	return nil
}

// options are what the loading of a scenario needs to know.
func (c *choices) options() scenarios.Options {
	o := scenarios.Options{Sets: c.sets, Resolution: c.resolution, Compare: c.compare, Alarms: c.alarms}
	if c.flags.Changed("seed") {
		o.Seed = &c.seed
	}
	return o
}

func (a *app) runCommand() *cobra.Command {
	var c choices
	var t trace
	var o output
	command := &cobra.Command{
		Use:   "run SCENARIO",
		Short: "Simulate a scenario, judge its expectations and say what happened",
		Long: `Simulate a scenario: a file, the name of a library scenario (see 'kinesim list'),
or - for standard input.`,
		Example: `  kinesim run launch-night                       a scenario of the library
  kinesim run orders.yaml -d out                 with report.html, plots and data in out/
  kinesim run orders.yaml --set stream.shards=12 --set producers.checkout.rate=5000/s
  kinesim run orders.yaml --runs 20 -o json      20 seeds, the result as JSON
  kinesim run orders.yaml --compare autoscale=none,target-tracking,on-demand
  kinesim run orders.yaml --alarms alarms.json   when your CloudWatch alarms would have rung, and for what none would
  kinesim run orders.yaml --trace user-1#3       and what became of the third record of user-1`,
		Args: exactly(1, "a scenario: a file, a name from 'kinesim list', or -"),
		RunE: func(command *cobra.Command, arguments []string) error {
			if err := errors.Join(c.check(), a.checkFormat(o.format), o.comment.check(o.format), t.check()); err != nil {
				return err
			}
			config, err := a.load(arguments[0], c.options())
			if err != nil {
				return err
			}
			if t.asked() && config.Resolution.Tick() > 0 {
				return bad("--trace follows a record, and at resolution %s there are none by themselves; add --resolution record", config.Resolution)
			}
			return a.play(command.Context(), config, &c, &t, &o)
		},
	}
	c.add(command.Flags())
	t.add(command.Flags())
	command.Flags().StringVar(&c.compare, "compare", "", "rank ways to scale the stream under the same load: autoscale=none,substation,on-demand (or a compare block)")
	command.Flags().StringVar(&c.alarms, "alarms", "", "rehearse the CloudWatch alarms of `FILE`: a YAML list, or what 'aws cloudwatch describe-alarms' prints")
	o.add(command.Flags())
	return command
}

// output says what is written, and where.
type output struct {
	format, dir string
	comment     comment
}

func (o *output) add(flags *pflag.FlagSet) {
	flags.StringVarP(&o.format, "output", "o", "text", "the `FORMAT` of what goes to standard output: "+formatNames())
	flags.StringVarP(&o.dir, "dir", "d", "", "write into `DIR`: report.html, result.json, summary.md, junit.xml, series.csv, cloudwatch.csv, events.jsonl and plots/")
	o.comment.add(flags)
}

// load loads a scenario, or tells all that is wrong with it.
func (a *app) load(ref string, o scenarios.Options) (*sim.Config, error) {
	began := time.Now()
	config, err := scenarios.Load(ref, a.in, o)
	if err == nil {
		a.detail("loaded %s in %s: producers: %d, consumers: %d, expectations: %d, warnings: %d, SHA-256 %.12s", ref, since(began),
			len(config.Producers), len(config.Consumers), len(config.Expect), len(config.Warnings), config.SHA256)
		for _, warning := range config.Warnings { // of which a summary shows the first ones
			a.detail("warning: %s", warning)
		}
		return config, nil
	}
	return nil, a.unloaded(err)
}

// play runs a scenario and writes what was asked for.
func (a *app) play(ctx context.Context, config *sim.Config, c *choices, t *trace, o *output) error {
	result, err := a.simulate(ctx, config, c)
	if err != nil {
		return fault(err)
	}
	if err := a.rank(ctx, config, result, c.workers); err != nil {
		return fault(err)
	}
	if err := a.story(ctx, config, result, t, o.format, o.dir); err != nil {
		return fault(err)
	}
	if err := a.present(ctx, config, result, o); err != nil {
		return err
	}
	switch {
	case result.Partial:
		return exit{code: exitInterrupted}
	case !result.Passed:
		return exit{code: exitExpectation}
	}
	return nil
}

// present writes what a run gave. Whoever reads words, or a folder, learns what became
// of the remedies as well.
func (a *app) present(ctx context.Context, config *sim.Config, result *sim.Result, o *output) error {
	format, dir := o.format, o.dir
	var out bytes.Buffer    // so that a failure leaves nothing half-written
	if !forPeople[format] { // data is what the run alone gave, with a folder or without
		if err := a.format(&out, format, report.Build(result)); err != nil {
			return fault(err)
		}
	}
	if dir != "" || forPeople[format] {
		if err := sim.Try(ctx, config, result); err != nil {
			return fault(err)
		}
		document := explainedDocument(result)
		if err := a.folder(document, dir); err != nil {
			return err
		}
		if forPeople[format] {
			if err := a.format(&out, format, document); err != nil {
				return fault(err)
			}
		}
	}
	return a.emit(out.Bytes(), format, &o.comment, false)
}

// forPeople are the formats whose readers want to know what would have helped; who
// asks for data alone does not wait for remedies to be tried.
var forPeople = map[string]bool{"text": true, "markdown": true, "github": true}

// simulate plays the runs with progress on standard error.
func (a *app) simulate(ctx context.Context, config *sim.Config, c *choices) (*sim.Result, error) {
	bar := a.progress(config)
	defer bar.done()
	began := time.Now()
	result, err := c.play(ctx, config, c.workers, bar.at)
	if err == nil {
		a.detail("simulated %s of seed %d in %s, runs: %d; records offered in the first: %d, fingerprint %.12s", short(config.Clock.Duration), result.Seed,
			since(began), result.Runs, result.Stream.OfferedRecords, result.Fingerprint)
	}
	return result, err
}

// since is how long something took, for people.
func since(began time.Time) string { return time.Since(began).Round(100 * time.Microsecond).String() }

// rank plays the ways to run the stream that a scenario wants compared.
func (a *app) rank(ctx context.Context, config *sim.Config, result *sim.Result, workers int) error {
	if len(config.Compare) == 0 {
		return nil
	}
	bar := a.progress(config)
	defer bar.done()
	ranking, err := sim.Compare(ctx, config, workers, bar.at)
	if err != nil {
		return err
	}
	result.Comparison, result.Partial = ranking, result.Partial || ranking.Partial
	return nil
}

// play plays the runs on so many workers.
func (c *choices) play(ctx context.Context, config *sim.Config, workers int, progress sim.Progress) (*sim.Result, error) {
	if c.runs == 1 {
		config.Workers = workers
		return sim.Run(ctx, config, progress)
	}
	config.Reproduce += fmt.Sprintf(" --runs %d", c.runs)
	return sim.Replicate(ctx, config, c.runs, workers, progress)
}

// folder writes a document to a folder, if there is one.
func (a *app) folder(d *report.Document, dir string) error {
	if dir == "" {
		return nil
	}
	written, err := report.WriteDir(dir, d)
	return a.wrote(dir, written, err)
}

// write writes a document to standard output and, if there is one, to a folder.
func (a *app) write(d *report.Document, o *output) error {
	if err := a.folder(d, o.dir); err != nil {
		return err
	}
	var out bytes.Buffer // so that a failure leaves nothing half-written
	if err := a.format(&out, o.format, d); err != nil {
		return fault(err)
	}
	return a.emit(out.Bytes(), o.format, &o.comment, false)
}

// wrote tells what is in the folder: each file, but the pictures in one line.
func (a *app) wrote(dir string, paths []string, err error) error {
	pictures := 0
	for _, path := range paths {
		if filepath.Dir(path) == filepath.Clean(dir) {
			a.note("wrote %s", path)
		} else {
			pictures++
		}
	}
	if pictures > 0 {
		a.note("wrote %s with %d pictures", filepath.Join(dir, "plots"), pictures)
	}
	if err != nil {
		return fault(err)
	}
	return nil
}

func (a *app) format(w io.Writer, format string, d *report.Document) error {
	switch format {
	case "text":
		return report.WriteText(w, d, a.colored(a.out))
	case "yaml":
		var text bytes.Buffer
		if err := report.Write(&text, "json", d); err != nil {
			return err
		}
		return writeYAML(w, text.Bytes())
	}
	return report.Write(w, format, d)
}

// writeYAML writes JSON text as YAML.
func writeYAML(w io.Writer, text []byte) error {
	converted, err := scenarios.YAML(text)
	if err != nil {
		return err
	}
	_, err = w.Write(converted)
	return err
}

// writeJSON writes a value as indented JSON.
func (a *app) writeJSON(value any) error {
	encoder := json.NewEncoder(a.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fault(err)
	}
	return nil
}

// resultFormats are the formats of a result.
func resultFormats() []string {
	var names []string
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	return append(names, "yaml")
}

func (a *app) checkFormat(format string) error {
	return oneOf("output format", format, resultFormats()...)
}

func formatNames() string {
	names := ""
	for i, n := range resultFormats() {
		if i > 0 {
			names += ", "
		}
		names += n
	}
	return names
}

// exactly wants n arguments and says what they are.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, arguments []string) error {
		if len(arguments) != n {
			if len(arguments) > n && c.HasSubCommands() {
				if near := scenarios.SuggestName(arguments[0], commandNames(c)); near != "" {
					return bad("%s has no command %s; did you mean %s?", c.CommandPath(), arguments[0], near)
				}
			}
			return bad("%s wants %s; '%s --help' has examples", c.CommandPath(), what, c.CommandPath())
		}
		return nil
	}
}

// some wants at least one argument and says what they are.
func some(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, arguments []string) error {
		if len(arguments) == 0 {
			return bad("%s wants %s; '%s --help' has examples", c.CommandPath(), what, c.CommandPath())
		}
		return nil
	}
}
