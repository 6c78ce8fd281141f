package report

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"kinesim/sim"
)

// try is the command that tries the remedy of a cause; empty where the scenario has to be
// written anew for that, as it has for other keys.
func (b *builder) try(c *sim.Cause, remedy string) string {
	set := trial.FindString(remedy)
	switch {
	case set != "":
	case c.Cause == "hot_shard":
		set = b.trySplit(c)
	case c.Cause == echo:
		set = b.tryBackOff()
	}
	if set == "" || b.r.Reproduce == "" {
		return ""
	}
	return shownText(b.r.Reproduce) + " " + set
}

// trySplit splits the hottest shard a minute after the cause began, as "hottest" is told
// by a full minute. A scenario with changes of its own would lose them.
func (b *builder) trySplit(c *sim.Cause) string {
	if b.r.Stream.Mode != "provisioned" || slices.ContainsFunc(b.r.Changes, func(c sim.ChangeResult) bool { return c.By == "scenario" }) {
		return ""
	}
	return fmt.Sprintf("--set 'reshard=[{at: %ds, split_shard: {shard: hottest, at: midpoint}}]'", int64(c.FromS)+60)
}

// plainName is a name that needs no quotes in a shell and no care in a path.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// tryBackOff makes the producer that was refused most wait ten times as long before it
// sends again.
func (b *builder) tryBackOff() string {
	var worst *sim.ProducerResult
	for i := range b.r.Producers {
		if p := &b.r.Producers[i]; p.ThrottledAttempts > 0 && (worst == nil || p.ThrottledAttempts > worst.ThrottledAttempts) {
			worst = p
		}
	}
	if worst == nil || !plainName.MatchString(worst.Name) {
		return ""
	}
	var config struct {
		Producers []struct {
			Name  string
			Retry struct {
				BackOff *struct{ Base, Max string } `json:"backoff"`
			}
		}
	}
	if err := json.Unmarshal(b.r.Config, &config); err != nil { // a result of other hands; there is nothing to propose then
		return ""
	}
	for _, p := range config.Producers {
		if p.Name != worst.Name || p.Retry.BackOff == nil {
			continue
		}
		base, errBase := time.ParseDuration(p.Retry.BackOff.Base)
		most, errMost := time.ParseDuration(p.Retry.BackOff.Max)
		if errBase != nil || errMost != nil || base <= 0 || base > time.Hour {
			return ""
		}
		path := " --set producers." + p.Name + ".retry.backoff."
		return (path + "base=" + (10 * base).String() + path + "max=" + max(most, 40*base).String())[1:]
	}
	return ""
}
