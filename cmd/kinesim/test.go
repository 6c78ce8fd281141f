package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"sync"

	"github.com/spf13/cobra"

	"kinesim/report"
	"kinesim/scenarios"
)

func (a *app) testCommand() *cobra.Command {
	var c choices
	var o output
	command := &cobra.Command{
		Use:   "test SCENARIO|DIR…",
		Short: "Run many scenarios and say for each whether its expectations hold",
		Example: `  kinesim test capacity/                 every scenario below a folder
  kinesim test orders.yaml hot-key -o junit > kinesim.xml`,
		Args: some("scenarios or folders"),
		RunE: func(command *cobra.Command, arguments []string) error {
			err := errors.Join(c.check(), oneOf("output format", o.format, "text", "json", "markdown", "junit", "github"), o.comment.check(o.format))
			if err != nil {
				return err
			}
			refs, err := expand(arguments)
			if err != nil {
				return err
			}
			return a.test(command.Context(), refs, &c, &o)
		},
	}
	c.add(command.Flags())
	command.Flags().StringVarP(&o.format, "output", "o", "text", "the `FORMAT` of what goes to standard output: text, json, markdown, junit or github")
	o.comment.add(command.Flags())
	return command
}

// expand replaces folders by the scenarios in them.
func expand(arguments []string) ([]string, error) {
	var refs []string
	for _, name := range arguments {
		info, err := os.Stat(name)
		if err != nil || !info.IsDir() {
			refs = append(refs, name) // a file or a library scenario; loading it says what is wrong with it
			continue
		}
		found, err := scenarios.Find(name)
		if err != nil {
			return nil, bad("%w", err)
		}
		if len(found) == 0 {
			return nil, bad("no scenario (*.yaml) below %s", name)
		}
		refs = append(refs, found...)
	}
	return refs, nil
}

// test runs the scenarios, some at a time, and reports them in their order.
func (a *app) test(ctx context.Context, refs []string, c *choices, o *output) error {
	outcomes := make([]report.Outcome, len(refs))
	ready := make([]chan struct{}, len(refs))
	for i := range ready {
		ready[i] = make(chan struct{})
	}
	next := make(chan int)
	var workers sync.WaitGroup
	defer workers.Wait()
	playing, stop := context.WithCancel(ctx)
	defer stop() // where the first lines cannot be written, nobody waits for the rest
	for range min(c.workers, len(refs)) {
		workers.Go(func() {
			for i := range next {
				outcomes[i] = a.outcome(playing, refs[i], c)
				close(ready[i])
			}
		})
	}
	go func() {
		for i := range refs {
			next <- i
		}
		close(next)
	}()
	if o.format == "text" {
		for i := range outcomes { // each line as soon as it and those before it are there
			<-ready[i]
			if err := report.WriteOutcome(a.out, outcomes[i], a.colored(a.out)); err != nil {
				return fault(err)
			}
		}
		a.note("%s", report.Tally(outcomes))
		return verdict(ctx, outcomes)
	}
	workers.Wait()
	var out bytes.Buffer
	if err := report.WriteSuite(&out, o.format, outcomes); err != nil {
		return fault(err)
	}
	if err := a.emit(out.Bytes(), o.format, &o.comment, false); err != nil {
		return err
	}
	return verdict(ctx, outcomes)
}

// outcome runs one scenario.
func (a *app) outcome(ctx context.Context, ref string, c *choices) report.Outcome {
	o := report.Outcome{Name: ref, File: ref}
	if err := ctx.Err(); err != nil {
		o.Err = exit{exitInterrupted, err}
		return o
	}
	config, err := scenarios.Load(ref, a.in, c.options())
	if err != nil {
		o.Err = exit{exitUsage, err}
		return o
	}
	o.Name = config.Name
	result, err := c.play(ctx, config, 1, nil)
	if err != nil {
		o.Err = exit{exitFault, err}
		return o
	}
	o.Document = report.Build(result)
	return o
}

// verdict is the first of 1, 2 and 3 that occurred, or 130 when interrupted.
func verdict(ctx context.Context, outcomes []report.Outcome) error {
	if ctx.Err() != nil {
		return exit{code: exitInterrupted}
	}
	worst := exitOK
	for _, o := range outcomes {
		code := exitOK
		var e exit
		switch {
		case errors.As(o.Err, &e):
			code = e.code
		case !o.Document.Result.Passed:
			code = exitExpectation
		}
		if code != exitOK && (worst == exitOK || code < worst) {
			worst = code
		}
	}
	if worst == exitOK {
		return nil
	}
	return exit{code: worst}
}
