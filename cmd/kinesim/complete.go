package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"kinesim/scenarios"
	"kinesim/sim"
)

// completions gives every command what a shell may offer: scenarios, paths of --set,
// formats and names. Nothing is run for it.
func completions(root *cobra.Command) {
	commands := root.Commands()
	for _, c := range commands {
		if c.Name() == "sweep" {
			commands = append(commands, c.Commands()...)
		}
	}
	for _, c := range commands {
		switch c.Name() {
		case "run", "test", "validate", "diff", "plan", "sweep", "part", "emit":
			c.ValidArgsFunction = completeScenario
		case "show":
			c.ValidArgsFunction = func(_ *cobra.Command, _ []string, begin string) ([]string, cobra.ShellCompDirective) {
				return libraryNames(begin), cobra.ShellCompDirectiveNoFileComp
			}
		case "explain":
			c.ValidArgsFunction = completeTopic
		case "report":
			c.ValidArgsFunction = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) { completeFlag(c, f) })
	}
	if err := root.RegisterFlagCompletionFunc("color", fixed("auto", "always", "never")); err != nil {
		panic(err) // the flag is there
	}
}

func completeFlag(c *cobra.Command, f *pflag.Flag) {
	var offer cobra.CompletionFunc
	switch f.Name {
	case "set", "base-set", "head-set", "over", "try", "free", "uncertain":
		offer = completePath
	case "modes":
		offer = fixed("provisioned", "on_demand", "on_demand_advantage")
	case "cuts":
		offer = fixed("even", "uneven")
	case "output":
		_, names, _ := strings.Cut(f.Usage, ": ")
		if names == "" {
			names = f.Usage
		}
		offer = fixed(strings.Fields(strings.NewReplacer(",", " ", " or ", " ").Replace(names))...)
	case "resolution":
		offer = fixed("record", "10ms", "100ms", "1s", "auto")
	case "compare":
		offer = fixed("autoscale=")
	case "fail-on":
		offer = completeRule
	default:
		return
	}
	if err := c.RegisterFlagCompletionFunc(f.Name, offer); err != nil {
		panic(err) // each flag is met once
	}
}

func fixed(words ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace*directive(words))
}

// directive is 1 where a word is to be gone on with.
func directive(words []string) cobra.ShellCompDirective {
	for _, w := range words {
		if strings.HasSuffix(w, "=") {
			return 1
		}
	}
	return 0
}

// completeScenario offers the library, and files and folders as they are here.
func completeScenario(_ *cobra.Command, _ []string, begin string) ([]string, cobra.ShellCompDirective) {
	offered := libraryNames(begin)
	found, err := filepath.Glob(begin + "*")
	if err != nil {
		return offered, cobra.ShellCompDirectiveNoFileComp
	}
	folders := false
	for _, path := range found {
		switch info, err := os.Stat(path); {
		case err != nil:
		case info.IsDir():
			folders = true
			offered = append(offered, path+"/")
		case filepath.Ext(path) == ".yaml" || filepath.Ext(path) == ".json":
			offered = append(offered, path)
		}
	}
	if folders {
		return offered, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	return offered, cobra.ShellCompDirectiveNoFileComp
}

// libraryNames are the scenarios of the library with their questions.
func libraryNames(begin string) (names []string) {
	for _, e := range scenarios.Library() {
		if strings.HasPrefix(e.Name, begin) {
			names = append(names, hinted(e.Name, e.Description))
		}
	}
	return names
}

// hinted is a word with what shells show beside it.
func hinted(word, help string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(help), "\n")
	if first == "" {
		return word
	}
	return cobra.CompletionWithDesc(word, clip(first, 72))
}

func completeTopic(_ *cobra.Command, _ []string, begin string) (names []string, _ cobra.ShellCompDirective) {
	for _, t := range scenarios.Topics() {
		if name := strings.ReplaceAll(t.Name, " ", "-"); strings.HasPrefix(name, begin) {
			names = append(names, hinted(name, t.Text))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completePath offers how a PATH=VALUE may go on, by the scenario that is named already.
func completePath(_ *cobra.Command, arguments []string, begin string) (words []string, _ cobra.ShellCompDirective) {
	ref := ""
	if len(arguments) > 0 {
		ref = arguments[len(arguments)-1]
	}
	for _, h := range scenarios.CompletePath(ref, begin) {
		words = append(words, hinted(h.Text, h.Help))
	}
	how := cobra.ShellCompDirectiveNoFileComp
	if !strings.Contains(begin, "=") {
		how |= cobra.ShellCompDirectiveNoSpace
	}
	return words, how
}

func completeRule(_ *cobra.Command, _ []string, begin string) (words []string, _ cobra.ShellCompDirective) {
	for _, name := range sim.Comparable() {
		if name != sim.ExpectationsRule {
			name += "=+"
		}
		if strings.HasPrefix(name, begin) {
			words = append(words, name)
		}
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
