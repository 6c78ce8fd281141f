package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"kinesim/scenarios"
)

// The exit codes, as scripts know them.
const (
	exitOK          = 0
	exitFault       = 1
	exitUsage       = 2
	exitExpectation = 3
	exitRegression  = 4
	exitInterrupted = 130
)

// exit is an error that ends the program with a code. Without a message, what
// there was to say has been said.
type exit struct {
	code int
	err  error
}

func (e exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e exit) Unwrap() error { return e.err }

// fault is a failure to do what was asked for; bad is a fault of the request.
func fault(err error) error { return exit{exitFault, err} }
func bad(format string, arguments ...any) error {
	return exit{exitUsage, fmt.Errorf(format, arguments...)}
}

// app is one call of the program.
type app struct {
	in       io.Reader
	out, err io.Writer
	color    string // auto, always or never
	quiet    bool
	verbose  bool
}

// run is the program: it returns the exit code.
func run(ctx context.Context, arguments []string, in io.Reader, out, errw io.Writer) int {
	a := &app{in: in, out: out, err: errw}
	root := a.root()
	root.SetArgs(arguments)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	code := exitUsage // what cobra itself complains about is usage
	var e exit
	if errors.As(err, &e) {
		code = e.code
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(errw, "kinesim: "+text)
	}
	return code
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "kinesim",
		Short: "Simulate Kinesis Data Streams: does the stream hold, why not, what does it cost?",
		Long: `kinesim plays a scenario of producers, shards and consumers on a virtual clock
against the rules of Amazon Kinesis Data Streams, judges your expectations and
says in plain words what happened and why. It reads files only and sends nothing.`,
		Example: `  kinesim run launch-night -d out       run a scenario of the library, leave a report in out/
  kinesim init orders.yaml              write a commented scenario to begin with
  kinesim run orders.yaml --set stream.shards=12`,
		SilenceErrors: true, SilenceUsage: true,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if a.quiet && a.verbose {
				return bad("--quiet and --verbose exclude each other")
			}
			return oneOf("--color", a.color, "auto", "always", "never")
		},
	}
	root.SetHelpCommand(helpCommand())
	root.PersistentFlags().StringVar(&a.color, "color", "auto", "colour `WHEN`: auto, always or never (NO_COLOR is honoured)")
	root.PersistentFlags().BoolVarP(&a.quiet, "quiet", "q", false, "no progress and no notes on standard error")
	root.PersistentFlags().BoolVarP(&a.verbose, "verbose", "v", false, "say on standard error what is being done and how long it took")
	root.SetFlagErrorFunc(flagError)
	root.SuggestionsMinimumDistance = 2
	root.AddCommand(
		a.runCommand(), a.testCommand(), a.planCommand(), a.sweepCommand(), a.diffCommand(), a.validateCommand(), a.reportCommand(), a.hashCommand(), a.benchCommand(),
		a.initCommand(), a.listCommand(), a.showCommand(), a.explainCommand(), a.schemaCommand(), a.importCommand(), a.versionCommand(), a.manCommand(), exitCodes(),
	)
	for _, name := range []string{"learn", "play", "step"} {
		root.AddCommand(later(name))
	}
	root.SetUsageTemplate(usage)
	root.SetHelpTemplate("{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}\n\n{{end}}{{if or .Runnable .HasSubCommands}}{{.UsageString}}{{end}}")
	completions(root)
	return root
}

// usage has the examples first: most readers need no more.
const usage = `{{if .HasExample}}Examples:
{{.Example}}

{{end}}Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} COMMAND{{end}}{{if .HasAvailableSubCommands}}

Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

Flags of all commands:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasHelpSubCommands}}

More help:{{range .Commands}}{{if .IsAdditionalHelpTopicCommand}}
  {{rpad .CommandPath .CommandPathPadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableSubCommands}}

'{{.CommandPath}} COMMAND --help' has examples and flags of each.{{end}}
`

// helpCommand shows the help of a command, and of a name that is none the nearest.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Help about a command", Example: "  kinesim help diff\n  kinesim help exit-codes",
		ValidArgsFunction: func(c *cobra.Command, _ []string, begin string) (names []string, _ cobra.ShellCompDirective) {
			for _, x := range c.Root().Commands() {
				if !x.Hidden && strings.HasPrefix(x.Name(), begin) {
					names = append(names, cobra.CompletionWithDesc(x.Name(), x.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, arguments []string) error {
			found, rest, err := c.Root().Find(arguments)
			if err == nil && len(rest) == 0 {
				return found.Help()
			}
			return oneOf("command", strings.Join(arguments, " "), commandNames(c.Root())...)
		},
	}
}

// commandNames are the names of the commands below one.
func commandNames(c *cobra.Command) (names []string) {
	for _, x := range c.Commands() {
		if !x.Hidden {
			names = append(names, x.Name())
		}
	}
	return names
}

// later is a command whose name is kept for a version to come.
func later(name string) *cobra.Command {
	return &cobra.Command{Use: name, Hidden: true, DisableFlagParsing: true, RunE: func(*cobra.Command, []string) error {
		return bad("%s is not part of this version; 'kinesim help' lists what is", name)
	}}
}

// exitCodes is a help topic.
func exitCodes() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: `What the exit codes mean:

  0    done, and all expectations met
  1    could not do it: output cannot be written, or an internal fault
  2    usage, or a scenario (or a file that it names) that cannot be read or is invalid
  3    an expectation failed, or plan found nothing that meets them
  4    diff found a regression (--fail-on)
  5    parts of a sweep are missing (sweep merge)
  130  interrupted, with a partial report

'kinesim test' gives the first of 1, 2 and 3 that occurred. 'kinesim validate' gives
0 when there are only warnings.`}
}

// elsewhere are flags as other programs call them, with their names here.
var elsewhere = map[string]string{
	"format": "output", "out": "dir", "output-dir": "dir", "outdir": "dir", "directory": "dir",
	"workers": "jobs", "threads": "jobs", "parallel": "jobs", "replications": "runs", "repeat": "runs", "silent": "quiet", "param": "set",
}

// flagError adds the nearest flag to what is said about an unknown one.
func flagError(c *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	way := ""
	if errors.As(err, &missing) {
		var known []string
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		for other, here := range elsewhere {
			if c.Flags().Lookup(here) != nil {
				known = append(known, other)
			}
		}
		slices.Sort(known)
		near := missing.GetSpecifiedName()
		if !slices.Contains(known, near) {
			near = scenarios.SuggestName(near, known)
		}
		if here, ok := elsewhere[near]; ok {
			near = here
		}
		if near != "" {
			return bad("%w; did you mean --%s?", err, near)
		}
		if c.Flags().Lookup("set") != nil {
			way = ", and --set PATH=VALUE sets any field of the scenario"
			for _, below := range []string{"stream.", "clock."} {
				for _, h := range scenarios.CompletePath("", below) {
					field := strings.TrimSuffix(strings.TrimPrefix(h.Text, below), "=")
					if field == missing.GetSpecifiedName() || field == scenarios.SuggestName(missing.GetSpecifiedName(), []string{field}) {
						return bad("%w; a field of the scenario is set by --set %s…", err, h.Text)
					}
				}
			}
		}
	}
	return bad("%w; '%s --help' lists the flags%s", err, c.CommandPath(), way)
}

// oneOf refuses a value that is not among those known.
func oneOf(what, got string, known ...string) error {
	for _, k := range known {
		if got == k {
			return nil
		}
	}
	text := fmt.Sprintf("%s %q is not one of %s", what, got, strings.Join(known, ", "))
	if near := scenarios.SuggestName(got, known); near != "" {
		text += "; did you mean " + near + "?"
	}
	return bad("%s", text)
}

// colored tells whether to colour what goes to w.
func (a *app) colored(w io.Writer) bool {
	switch a.color {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && terminal(w)
}

// terminal tells whether w is one.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// note says something on standard error, unless it should be quiet.
func (a *app) note(format string, arguments ...any) {
	if !a.quiet {
		fmt.Fprintf(a.err, format+"\n", arguments...)
	}
}

// detail says more on standard error, to those who want it.
func (a *app) detail(format string, arguments ...any) {
	if a.verbose {
		fmt.Fprintf(a.err, format+"\n", arguments...)
	}
}
