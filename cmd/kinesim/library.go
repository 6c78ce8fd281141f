package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"kinesim/model"
	"kinesim/scenarios"
	"kinesim/sim"
)

// schemaName is the name under which scenarios look for their schema.
const schemaName = "kinesim.v1.schema.json"

func (a *app) listCommand() *cobra.Command {
	var format string
	command := &cobra.Command{
		Use: "list", Short: "The scenarios of the library, each with its question", Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("output format", format, "text", "json"); err != nil {
				return err
			}
			entries := scenarios.Library()
			if format == "json" {
				type entry struct {
					Name        string `json:"name"`
					Description string `json:"description"`
				}
				rows := make([]entry, len(entries))
				for i, e := range entries {
					rows[i] = entry{e.Name, e.Description}
				}
				return a.writeJSON(rows)
			}
			t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
			for _, e := range entries {
				first, _, _ := strings.Cut(strings.TrimSpace(e.Description), "\n")
				fmt.Fprintf(t, "%s\t%s\n", e.Name, first)
			}
			if err := t.Flush(); err != nil {
				return fault(err)
			}
			return nil
		},
	}
	command.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return command
}

func (a *app) showCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Print a scenario of the library, to read it or to begin with it",
		Example: "  kinesim show hot-key > mine.yaml",
		Args:    exactly(1, "the name of a library scenario; 'kinesim list' has them"),
		RunE: func(_ *cobra.Command, arguments []string) error {
			text, ok := scenarios.Source(arguments[0])
			if !ok {
				var names []string
				for _, e := range scenarios.Library() {
					names = append(names, e.Name)
				}
				return oneOf("scenario", arguments[0], names...)
			}
			return a.print(text)
		},
	}
}

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of the scenario file, for editors", Args: exactly(0, "no arguments"),
		Example: "  kinesim schema > " + schemaName,
		RunE:    func(*cobra.Command, []string) error { return a.print(scenarios.Schema()) },
	}
}

func (a *app) print(text []byte) error {
	if _, err := a.out.Write(text); err != nil {
		return fault(err)
	}
	return nil
}

func (a *app) initCommand() *cobra.Command {
	var force bool
	command := &cobra.Command{
		Use: "init [FILE]", Short: "Write a commented scenario to begin with, and its schema for editors",
		Example: "  kinesim init orders.yaml\n  kinesim init - | kinesim run -",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, arguments []string) error {
			name := "scenario.yaml"
			if len(arguments) == 1 {
				name = arguments[0]
			}
			if name == "-" {
				return a.print(scenarios.Template())
			}
			if ext := filepath.Ext(name); ext != ".yaml" {
				return bad("%s: scenario files end in .yaml", name)
			}
			if err := create(name, scenarios.Template(), force); err != nil {
				return err
			}
			schema := filepath.Join(filepath.Dir(name), schemaName)
			if err := create(schema, scenarios.Schema(), true); err != nil {
				return err
			}
			a.note("wrote %[1]s\nwrote %[2]s, which gives editors completion and hints\n\nnext:\n  kinesim validate %[1]s      after each change: every problem at once\n  kinesim run %[1]s           does the stream hold?\n  kinesim run %[1]s -d out    with report.html and plots\n  kinesim plan %[1]s          how many shards, and what they cost", scenarios.Quoted(name), schema)
			return nil
		},
	}
	command.Flags().BoolVar(&force, "force", false, "overwrite a file that exists")
	return command
}

// create writes a file that must not be there yet, unless forced.
func create(name string, text []byte, force bool) error {
	mode := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		mode = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(name, mode, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return bad("%s exists; --force overwrites it", name)
	}
	if err != nil {
		return fault(err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		if !force { // half a file would be in the way of the next try
			err = errors.Join(err, os.Remove(name))
		}
		return fault(err)
	}
	return nil
}

func (a *app) versionCommand() *cobra.Command {
	var format string
	command := &cobra.Command{
		Use: "version", Short: "Print the version, and the limits that it knows", Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("output format", format, "text", "json"); err != nil {
				return err
			}
			if format == "json" {
				return a.writeJSON(map[string]string{
					"version": sim.Version, "limits": model.Profile, "result": sim.Format, "go": runtime.Version(),
					"platform": runtime.GOOS + "/" + runtime.GOARCH,
				})
			}
			return a.print(fmt.Appendf(nil, "kinesim %s, limits %s, %s %s/%s\n",
				sim.Version, model.Profile, runtime.Version(), runtime.GOOS, runtime.GOARCH))
		},
	}
	command.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return command
}
