package main

import (
	"errors"

	"github.com/spf13/cobra"

	"kinesim/scenarios"
)

func (a *app) calibrateCommand() *cobra.Command {
	var f importFlags
	var format string
	command := &cobra.Command{
		Use: "calibrate FILE…", Short: "Fit the laws of a scenario to what was measured, and play it beside that",
		Long: `Fit the laws of a scenario to what was measured, and play it beside that.

Arrivals, sizes and keys are fitted to recorded records (a CSV of time,key,bytes, or
JSON Lines), arrivals also to a capture by the second, and the speed of a reader to
CloudWatch's IncomingRecords and GetRecords.IteratorAgeMilliseconds over a time in
which it fell behind. Listings may go with them. Each number has an interval; each
metric of the runs a score beside what was measured.`,
		Example: `  kinesim import calibrate requests.csv -d fitted
  kinesim import calibrate metrics.json summary.json -o json`,
		Args: some("files"),
		RunE: func(c *cobra.Command, paths []string) error {
			if err := oneOf("output format", format, "text", "json"); err != nil {
				return err
			}
			fit, made, err := scenarios.Calibrate(c.Context(), paths, f.options)
			var problems scenarios.Problems
			switch {
			case errors.As(err, &problems):
				return a.unloaded(err)
			case c.Context().Err() != nil:
				return exit{code: exitInterrupted, err: errors.New("interrupted")}
			case err != nil:
				return fault(err)
			}
			if f.options.Folder != "" {
				if err := a.place(made, f); err != nil {
					return err
				}
			}
			if format == "json" {
				return a.writeJSON(fit)
			}
			if err := fit.Text(a.out); err != nil {
				return fault(err)
			}
			return nil
		},
	}
	f.add(command)
	command.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return command
}
