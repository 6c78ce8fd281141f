package main

import (
	"os"

	"github.com/spf13/cobra"

	"kinesim/report"
)

func (a *app) reportCommand() *cobra.Command {
	var format, dir string
	command := &cobra.Command{
		Use: "report RESULT", Short: "Draw the report of a saved result again",
		Example: `  kinesim report out/result.json -d again
  kinesim report out/result.json -o markdown`,
		Args: exactly(1, "a result.json, or -"),
		RunE: func(_ *cobra.Command, arguments []string) error {
			if err := a.checkFormat(format); err != nil {
				return err
			}
			in := a.in
			if name := arguments[0]; name != "-" {
				f, err := os.Open(name)
				if err != nil {
					return bad("%w", err)
				}
				defer f.Close()
				in = f
			}
			result, err := report.ReadResult(in)
			if err != nil {
				return bad("%s: %w", arguments[0], err)
			}
			return a.write(report.Build(result), format, dir)
		},
	}
	command.Flags().StringVarP(&format, "output", "o", "text", "what goes to standard output: "+formatNames())
	command.Flags().StringVarP(&dir, "dir", "d", "", "write report.html, result.json, summary.md, junit.xml, series.csv, cloudwatch.csv, events.jsonl and plots/ here")
	return command
}
