package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"kinesim/report"
	"kinesim/scenarios"
	"kinesim/sim/plan"
)

// planning are the flags of plan, beside those that shape a run.
type planning struct {
	choices
	least, most         int64
	modes, cuts, try    []string
	uncertain, free     []string
	probability, growth string
}

func (a *app) planCommand() *cobra.Command {
	var p planning
	var o output
	command := &cobra.Command{
		Use:   "plan SCENARIO",
		Short: "Find the cheapest capacity that meets the expectations, with its proof",
		Long: `Find the cheapest capacity that meets the expectations of a scenario: how many shards,
in which mode, read in which way. The answer comes with the share of runs that held, what
binds, how far the load may grow, the assumptions that it hangs on, and the calls that
bring it about. Nothing is ever called.`,
		Example: `  kinesim plan orders.yaml                                  how many shards?
  kinesim plan orders.yaml --modes provisioned,on_demand    or rather on-demand?
  kinesim plan orders.yaml --cuts even,uneven               with shards cut where the keys want it?
  kinesim plan orders.yaml --try consumers.lake.efo={}      with enhanced fan-out or without
  kinesim plan orders.yaml --free consumers.lake.retrieval --free producers.app.linger=50ms,200ms
  kinesim plan orders.yaml --uncertain producers.app.rate=2000/s..4500/s
  kinesim plan orders.yaml --growth 3% -d out               and for how long, as files in out/`,
		Args: exactly(1, "a scenario: a file, a name from 'kinesim list', or -"),
		RunE: func(command *cobra.Command, arguments []string) error {
			if err := errors.Join(p.check(), oneOf("output format", o.format, "text", "json", "markdown"), o.comment.check(o.format)); err != nil {
				return err
			}
			return a.plan(command.Context(), arguments[0], &p, &o)
		},
	}
	p.add(command.Flags())
	flags := command.Flags()
	flags.Lookup("runs").Usage = "runs of the proof, each with a seed of its own (default 20, or the plan block's)"
	flags.Lookup("runs").DefValue = ""
	flags.Int64Var(&p.least, "least", 0, "fewest shards that may be chosen (default 1)")
	flags.Int64Var(&p.most, "most", 0, "most shards that may be chosen (default 1000)")
	flags.StringSliceVar(&p.modes, "modes", nil, "capacity modes to choose from: provisioned,on_demand,on_demand_advantage")
	flags.StringSliceVar(&p.cuts, "cuts", nil, "how shards may be cut: even,uneven")
	flags.StringArrayVar(&p.try, "try", nil, "a setting that may be chosen as well: --try consumers.lake.efo={}; all combinations are tried")
	flags.StringArrayVar(&p.free, "free", nil, "a field that is free, with its candidates or the usual ones: --free consumers.lake.retrieval, --free consumers.etl.kcl.workers=2,4,8; all combinations are tried")
	flags.StringArrayVar(&p.uncertain, "uncertain", nil, "an input that is not known: --uncertain producers.app.rate=800/s..1500/s; the plan is the one with the least regret")
	flags.StringVar(&p.probability, "probability", "", "share of the runs that must meet all expectations (default 100%)")
	flags.StringVar(&p.growth, "growth", "", "by how much the load grows in a week: 3%")
	flags.StringVarP(&o.format, "output", "o", "text", "what goes to standard output: text, json or markdown")
	o.comment.add(flags)
	flags.StringVarP(&o.dir, "dir", "d", "", "write report.html, plan.json, plan.md, apply.sh, main.tf, template.yaml and plots here")
	return command
}

// settings are the flags as those of the plan block, so that they are checked as it is.
func (p *planning) settings() []string {
	var sets []string
	add := func(name, value string) {
		if value != "" {
			sets = append(sets, "plan."+name+"="+value)
		}
	}
	number := func(name string, n int64) {
		if n != 0 {
			add(name, fmt.Sprint(n))
		}
	}
	number("least_shards", p.least)
	number("most_shards", p.most)
	if len(p.modes) > 0 {
		add("modes", "["+strings.Join(p.modes, ", ")+"]")
	}
	if len(p.cuts) > 0 {
		add("cuts", "["+strings.Join(p.cuts, ", ")+"]")
	}
	add("probability", p.probability)
	add("growth_per_week", p.growth)
	if p.flags.Changed("runs") {
		number("runs", int64(p.runs))
	}
	return sets
}

// plan finds and shows the plan of a scenario.
func (a *app) plan(ctx context.Context, ref string, p *planning, to *output) error {
	for _, u := range p.uncertain {
		if path, span, ok := strings.Cut(u, "="); !ok || path == "" || !strings.Contains(span, "..") {
			return bad("--uncertain %s: PATH=LOW..HIGH, such as producers.app.rate=800/s..1500/s", u)
		}
	}
	var unread error
	o := p.options()
	o.Sets = append(append([]string(nil), o.Sets...), p.settings()...)
	problem, err := scenarios.LoadPlan(ref, a.in, o, func(block *scenarios.Plan) {
		for _, set := range p.try {
			block.Try = append(block.Try, []string{set})
		}
		for _, free := range p.free {
			unread = errors.Join(unread, block.AddFree(free))
		}
		for _, u := range p.uncertain {
			path, span, _ := strings.Cut(u, "=")
			block.Uncertain = append(block.Uncertain, scenarios.Uncertain{Path: path, Values: strings.Split(span, "..")})
		}
	})
	if unread != nil {
		return bad("%v", unread)
	}
	if err != nil {
		return a.unloaded(err)
	}
	problem.Workers, problem.Reproduce = p.workers, p.reproduce(ref)
	stop := a.searching(problem)
	answer, err := plan.Find(ctx, problem)
	stop()
	switch {
	case ctx.Err() != nil:
		return exit{exitInterrupted, errors.New("interrupted before the plan was found")}
	case err != nil:
		return fault(err)
	}
	if err := a.writePlan(answer, to); err != nil {
		return err
	}
	if !answer.Feasible {
		return exit{code: exitExpectation}
	}
	return nil
}

// reproduce is the command line that gives the plan again.
func (p *planning) reproduce(ref string) string { return p.again("plan", ref) }

// reproduce is the command line that gives the sweep again.
func (s *sweeping) reproduce(ref string) string { return s.again("sweep", ref) }

// again is the command line that gives the same again, whoever plays which part of it where.
func (c *choices) again(command, ref string) string {
	words := []string{"kinesim", command, ref}
	c.flags.Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "output", "dir", "jobs", "color", "quiet", "verbose", "part", "parts", "skip-unchanged":
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			words = append(words, "--"+f.Name, v)
		}
	})
	for i := range words {
		words[i] = scenarios.Quoted(words[i])
	}
	return strings.Join(words, " ")
}

// unloaded tells what is wrong with a scenario.
func (a *app) unloaded(err error) error {
	var problems scenarios.Problems
	if !errors.As(err, &problems) {
		return exit{exitUsage, err}
	}
	if err := problems.Render(a.err, a.colored(a.err)); err != nil {
		return fault(err)
	}
	a.furtherHelp(problems)
	return exit{code: exitUsage}
}

// searching shows on a terminal what is being tried, until stop is called.
func (a *app) searching(p *plan.Problem) (stop func()) {
	if a.quiet || !terminal(a.err) {
		return func() {}
	}
	p.Progress = func(done int, what string) {
		fmt.Fprintf(a.err, "\r\x1b[K%d runs, last: %s", done, clip(what, 60))
	}
	return func() { fmt.Fprint(a.err, "\r\x1b[K") }
}

// writePlan writes the plan to standard output and, if there is one, to a folder.
func (a *app) writePlan(p *plan.Plan, o *output) error {
	var out bytes.Buffer // so that a failure leaves nothing half-written
	if err := a.formatPlan(&out, o.format, p); err != nil {
		return fault(err)
	}
	if o.dir != "" {
		written, err := report.WritePlanDir(o.dir, p, wordsOf(scenarios.PlanGlossary(p)))
		if err := a.wrote(o.dir, written, err); err != nil {
			return err
		}
	}
	return a.emit(out.Bytes(), o.format, &o.comment, false)
}

func (a *app) formatPlan(w io.Writer, format string, p *plan.Plan) error {
	if format == "text" {
		return report.WritePlanText(w, p, a.colored(a.out))
	}
	return report.WritePlan(w, format, p)
}
