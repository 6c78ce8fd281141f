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
const patience = 500 * time.Millisecond

// bar shows how far a long run is, on a terminal's standard error and nowhere
// else.
type bar struct {
	line    *progressbar.ProgressBar // nil where nothing is shown
	total   time.Duration
	began   time.Time
	touched time.Time
}

func (a *app) progress(c *sim.Config) *bar {
	if a.quiet || !terminal(a.err) {
		return &bar{}
	}
	return &bar{
		total: c.Clock.Duration, began: time.Now(),
		line: progressbar.NewOptions64(int64(c.Clock.Duration/time.Millisecond),
			progressbar.OptionSetWriter(a.err), progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetPredictTime(true), progressbar.OptionSetElapsedTime(false)),
	}
}

// at is told of the virtual time and of the records so far.
func (b *bar) at(now time.Duration, records int64) {
	if b.line == nil {
		return
	}
	wall := time.Now()
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
