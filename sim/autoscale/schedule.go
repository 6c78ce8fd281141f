package autoscale

import (
	"errors"
	"fmt"
	"time"

	"kinesim/sim/des"
)

// Step is a number of shards from an instant on.
type Step struct {
	At     des.Time
	Shards int
}

// Schedule changes the number of shards by the clock, as people do who know their days.
type Schedule struct {
	Steps []Step // in the order of time
	Daily bool   // again each 24 h; then all lie in the first day
}

// Kind is the policy's name.
func (Schedule) Kind() string { return "schedule" }

// Every is how often it looks at the clock.
func (Schedule) Every() time.Duration { return time.Minute }

// Validate refuses a schedule without steps, or with steps out of order.
func (s Schedule) Validate() error {
	if len(s.Steps) == 0 {
		return errors.New("a schedule needs a step")
	}
	for i, step := range s.Steps {
		switch {
		case step.At < 0:
			return fmt.Errorf("step %d is at %v, before the start", i+1, step.At)
		case i > 0 && step.At <= s.Steps[i-1].At:
			return fmt.Errorf("step %d is at %v, not after step %d at %v", i+1, step.At, i, s.Steps[i-1].At)
		case s.Daily && step.At >= des.Time(day):
			return fmt.Errorf("step %d is at %v; a daily schedule has steps before 24h", i+1, step.At)
		}
		if err := (Bounds{Min: step.Shards}).validate(); err != nil || step.Shards == 0 {
			return fmt.Errorf("step %d is to %d shards; 1 to 10000", i+1, step.Shards)
		}
	}
	return nil
}

// Start gives fresh running state.
func (s Schedule) Start() Scaler { return &follower{due: s.due, because: "schedule"} }

// due is the last step at or before now. Before the first there is none, also on the
// first day of a daily schedule.
func (s Schedule) due(now des.Time) (last Step) {
	began := des.Time(0)
	if s.Daily {
		began = now / des.Time(day) * des.Time(day)
	}
	if began > 0 {
		last = s.Steps[len(s.Steps)-1]
		last.At = began + last.At - des.Time(day)
	}
	for _, step := range s.Steps {
		if at := began + step.At; at <= now {
			last = Step{at, step.Shards}
		}
	}
	return last
}

// follower goes after the steps of a plan. A step beyond double or half takes several
// calls; a step that is refused is tried again after a while, or at once if the stream
// was only busy. What others do to the stream after a step was reached is left alone.
type follower struct {
	due     func(des.Time) Step
	because string

	step   Step
	done   bool
	notYet des.Time
}

// tryAgain is how long a plan rests after a refusal. Assumed.
const tryAgain = 5 * time.Minute

// Decide wants the next call towards the step that is due.
func (f *follower) Decide(o *Observation) Decision {
	if step := f.due(o.Now); step != f.step {
		f.step, f.done, f.notYet = step, false, 0
	}
	f.done = f.done || o.OpenShards == f.step.Shards && !o.Updating
	if f.step.Shards == 0 || f.done || o.Updating || o.Now < f.notYet {
		return Decision{}
	}
	return Decision{
		Shards: oneCall(o.OpenShards, f.step.Shards),
		Saw:    fmt.Sprintf("%d shards", o.OpenShards),
		Reason: fmt.Sprintf("%s: %d shards from %v", f.because, f.step.Shards, f.step.At),
	}
}

// Answered notes when to try again.
func (f *follower) Answered(now des.Time, _ int, err string) {
	if err != "" && err != resourceInUse {
		f.notYet = now.Add(tryAgain)
	}
}

// The names of the service's errors that policies tell apart.
const (
	resourceInUse   = "ResourceInUseException"
	limitExceeded   = "LimitExceededException"
	invalidArgument = "InvalidArgumentException"
)
