package main

import (
	"github.com/spf13/cobra"

	"kinesim/scenarios"
	"kinesim/sim"
)

func (a *app) validateCommand() *cobra.Command {
	var format string
	var sets []string
	command := &cobra.Command{
		Use:   "validate FILE…",
		Short: "Tell every problem of a scenario at once, with line and column",
		Example: `  kinesim validate orders.yaml
  kinesim validate capacity/*.yaml -o github                   annotations for a workflow
  kinesim validate capacity/*.yaml -o sarif > kinesim.sarif   for code scanning`,
		Args: some("scenario files"),
		RunE: func(_ *cobra.Command, arguments []string) error {
			if err := oneOf("output format", format, "text", "json", "github", "sarif"); err != nil {
				return err
			}
			var all scenarios.Problems
			for _, ref := range arguments {
				problems := scenarios.Check(ref, a.in, scenarios.Options{Sets: sets})
				if format == "text" && len(problems) == 0 {
					a.note("%s: no problems", ref)
				}
				all = append(all, problems...)
			}
			if err := a.tell(all, format); err != nil {
				return fault(err)
			}
			if all.Errors() {
				return exit{code: exitUsage}
			}
			return nil
		},
	}
	command.Flags().StringVarP(&format, "output", "o", "text", "text, json, github or sarif")
	command.Flags().StringArrayVar(&sets, "set", nil, "override a field by `PATH=VALUE` before checking")
	return command
}

// tell writes problems to standard output.
func (a *app) tell(all scenarios.Problems, format string) error {
	switch format {
	case "json":
		if all == nil {
			all = scenarios.Problems{}
		}
		return a.writeJSON(all)
	case "github":
		return all.Annotations(a.out)
	case "sarif":
		return all.SARIF(a.out, sim.Version)
	}
	if err := all.Render(a.out, a.colored(a.out)); err != nil {
		return err
	}
	a.furtherHelp(all)
	return nil
}

// furtherHelp says once where more is to be read about what was found.
func (a *app) furtherHelp(found scenarios.Problems) {
	if len(found) > 0 {
		a.note("'kinesim explain %s' says more about such a problem", found[0].Code)
	}
}
