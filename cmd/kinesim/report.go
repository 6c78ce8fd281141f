package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"kinesim/report"
)

func (a *app) reportCommand() *cobra.Command {
	var o output
	command := &cobra.Command{
		Use: "report RESULT|DIR", Short: "Draw the report of a saved result again",
		Example: `  kinesim report out/result.json -d again
  kinesim report out/result.json -o markdown`,
		Args: exactly(1, "a result.json, a folder with one, or -"),
		RunE: func(_ *cobra.Command, arguments []string) error {
			if err := errors.Join(a.checkFormat(o.format), o.comment.check(o.format)); err != nil {
				return err
			}
			in := a.in
			if name := arguments[0]; name != "-" {
				if whole := filepath.Join(name, "result.json"); exists(whole) {
					name = whole
				}
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
			return a.write(explainedDocument(result), &o)
		},
	}
	o.add(command.Flags())
	return command
}
