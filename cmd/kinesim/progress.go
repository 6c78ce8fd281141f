package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/schollz/progressbar/v3"

	"kinesim/sim"
)

// patience is how long a run may take before it shows its progress.
const patience = 100 * time.Millisecond

// lapse is how often a run says how far it is where there is no terminal, as in the log
// of a CI job.
const lapse = 10 * time.Second

// bar shows how far a long run is on standard error: as a bar on a terminal, else by a
// line now and then.
type bar struct {
	line    *progressbar.ProgressBar // nil where there is no terminal
	say     func(format string, arguments ...any)
	total   time.Duration
	began   time.Time
	touched time.Time
}

func (a *app) progress(c *sim.Config) *bar {
	now := time.Now()
	if a.quiet || !terminal(a.err) {
		return &bar{say: a.note, total: c.Clock.Duration, began: now, touched: now}
	}
	return &bar{
		total: c.Clock.Duration, began: now,
		line: progressbar.NewOptions64(int64(c.Clock.Duration/time.Millisecond),
			progressbar.OptionSetWriter(a.err), progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetPredictTime(true), progressbar.OptionSetElapsedTime(false)),
	}
}

// at is told of the virtual time and of the records so far.
func (b *bar) at(now time.Duration, records int64) {
	wall := time.Now()
	if b.line == nil {
		if wall.Sub(b.touched) >= lapse {
			b.touched = wall
			b.say("%s of %s after %s", short(now.Truncate(time.Second)), short(b.total), wall.Sub(b.began).Round(time.Second))
		}
		return
	}
	if wall.Sub(b.began) < patience || wall.Sub(b.touched) < 100*time.Millisecond {
		return
	}
	b.touched = wall
	speed := float64(records) / wall.Sub(b.began).Seconds()
	b.line.Describe(fmt.Sprintf("%s of %s, %s records/s",
		short(now.Truncate(time.Second)), short(b.total), humanize.SIWithDigits(speed, 1, "")))
	_ = b.line.Set64(int64(now / time.Millisecond)) // a bar that cannot be drawn is no reason to stop
}

// done takes the bar away.
func (b *bar) done() {
	if b.line != nil && !b.touched.IsZero() {
		_ = b.line.Finish()
	}
}

// short is a duration without the units that are 0 at its end: 96h, not 96h0m0s.
func short(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
