package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"kinesim/report"
	"kinesim/scenarios"
)

// importedName is what the scenario in the folder of an import is called.
const importedName = "scenario.yaml"

// importFlags are those of import and of import calibrate.
type importFlags struct {
	options scenarios.ImportOptions
	force   bool
}

func (f *importFlags) add(c *cobra.Command) {
	c.Flags().StringVarP(&f.options.Folder, "dir", "d", "", "write "+importedName+" and its data files into `DIR`")
	c.Flags().BoolVar(&f.options.Anonymise, "anonymise", false, "drop the names of keys, consumers and streams; each key keeps its hash key and its weight")
	c.Flags().StringVar(&f.options.Stream, "stream", "", "of a file with several streams, the one of this `NAME`")
	c.Flags().BoolVar(&f.force, "force", false, "overwrite files that exist")
}

func (a *app) importCommand() *cobra.Command {
	var f importFlags
	var kinds strings.Builder
	var names []string
	for _, k := range scenarios.ImportKinds() {
		text := k.Doc
		if k.From != "" {
			text += "\n" + strings.Repeat(" ", 28) + k.From
		}
		fmt.Fprintf(&kinds, "  %-25s %s\n", k.Name, text)
		names = append(names, k.Name)
	}
	command := &cobra.Command{
		Use: "import KIND FILE…", Short: "Make a scenario of what you already have",
		Long: `Make a scenario of what you already have: metrics, listings, Terraform, recorded
records. Its comments say what came from which file and what had to be assumed.
It goes to standard output, or with -d into a folder with its data files.

Kinds:
` + kinds.String() + `
With --anonymise keys are numbers that route as their names did. A hash key is the
MD5 of a name, so who can guess a name can check the guess.`,
		Example: `  kinesim import cloudwatch metrics.json > orders.yaml
  kinesim import auto summary.json shards.json metrics.json consumers.json -d orders
  terraform show -json > state.json; kinesim import terraform state.json --stream orders
  kinesim import records requests.csv --anonymise -d requests`,
		Args: func(c *cobra.Command, arguments []string) error {
			if len(arguments) == 0 {
				return bad("kinesim import wants a kind and files; kinds are %s, calibrate", strings.Join(names, ", "))
			}
			if err := oneOf("kind", arguments[0], append(names, "calibrate")...); err != nil {
				return err
			}
			return some("a file after the kind")(c, arguments[1:])
		},
		ValidArgsFunction: func(_ *cobra.Command, given []string, begin string) (offers []string, _ cobra.ShellCompDirective) {
			if len(given) > 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			for _, k := range scenarios.ImportKinds() {
				if strings.HasPrefix(k.Name, begin) {
					offers = append(offers, cobra.CompletionWithDesc(k.Name, k.Doc))
				}
			}
			return offers, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, arguments []string) error {
			made, err := scenarios.Import(arguments[0], arguments[1:], f.options)
			if err != nil {
				return a.unloaded(err)
			}
			if err := a.warn(made.Warnings); err != nil {
				return fault(err)
			}
			if f.options.Folder == "" {
				return a.print(made.Scenario)
			}
			return a.place(made, f)
		},
	}
	f.add(command)
	command.AddCommand(a.calibrateCommand())
	return command
}

// warn writes warnings to standard error.
func (a *app) warn(p scenarios.Problems) error {
	if a.quiet {
		return nil
	}
	return p.Render(a.err, a.colored(a.err))
}

// place writes a scenario and its data files into a folder: all of them, or none.
func (a *app) place(made *scenarios.Imported, f importFlags) error {
	dir := f.options.Folder
	writers := map[string]func(io.Writer) error{
		importedName: bytesOf(made.Scenario), schemaName: bytesOf(scenarios.Schema()),
	}
	for name, text := range made.Files {
		writers[name] = bytesOf(text)
	}
	if made.Trace != nil {
		writers["records.csv"] = made.Trace.Write
	}
	names := make([]string, 0, len(writers))
	for name := range writers {
		names = append(names, name)
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) && name != schemaName && !f.force {
			if err != nil {
				return fault(err)
			}
			return bad("%s exists; --force overwrites it", filepath.Join(dir, name))
		}
	}
	sort.Strings(names)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fault(err)
	}
	if err := report.WriteTogether(dir, names, writers); err != nil {
		return fault(err)
	}
	scenario := filepath.Join(dir, importedName)
	if problems := scenarios.Check(scenario, nil, scenarios.Options{}); len(problems) > 0 {
		if err := a.warn(problems); err != nil {
			return fault(err)
		}
		if problems.Errors() {
			return bad("%s is written, but cannot be run as it is", scenario)
		}
	}
	a.note("wrote %s\n\nnext:\n  kinesim validate %s\n  kinesim run %s -d out    with report.html and plots",
		filepath.Join(dir, strings.Join(names, ", "+dir+string(filepath.Separator))), scenarios.Quoted(scenario), scenarios.Quoted(scenario))
	return nil
}

func bytesOf(text []byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := w.Write(text); return err }
}
