package main

import (
	"context"

	"github.com/spf13/pflag"

	"kinesim/sim"
)

// trace is the record whose story is asked for.
type trace struct {
	text   string
	flags  *pflag.FlagSet
	wanted sim.Wanted
}

func (t *trace) add(flags *pflag.FlagSet) {
	t.flags = flags
	flags.StringVar(&t.text, "trace", "", "tell the story of a record: KEY (its first), KEY#3 (its third) or '#1000' (of all)")
}

// asked tells whether somebody wants a story.
func (t *trace) asked() bool { return t.flags.Changed("trace") }

// check reads what was asked for.
func (t *trace) check() (err error) {
	if !t.asked() {
		return nil
	}
	if t.wanted, err = sim.ParseWanted(t.text); err != nil {
		return bad("--trace %q: %w; KEY is the first record of a key, KEY#3 its third, '#1000' the 1000th of all", t.text, err)
	}
	return nil
}

// storyless are the formats that have no place for a story.
var storyless = map[string]bool{"csv": true, "junit": true, "github": true, "openmetrics": true, "events": true}

// story adds the story that was asked for to a result, if somebody is to read it.
func (a *app) story(ctx context.Context, config *sim.Config, result *sim.Result, t *trace, format, dir string) error {
	if !t.asked() || storyless[format] && dir == "" {
		return nil
	}
	bar := a.progress(config)
	defer bar.done()
	return sim.Tell(ctx, config, result, t.wanted, bar.at)
}
