package autoscale

import (
	"fmt"
	"time"

	"kinesim/sim/des"
)

// Substation is the autoscale function of brexhq/substation (version 2), from its source.
//
// Two alarms on the larger share of bytes and records of a minute, with the number of
// shards written in: up at ≥ Threshold for UpPoints minutes in a row, down at ≤ Threshold
// less 35 points for DownPoints. The step shrinks as streams grow: ×2 below 5 shards,
// ×1.75 below 13, ×1.5 below 33, ×1.25 from there on, rounded down on the way up and up on
// the way down. The function waits for the end of the change, notes the time, writes the
// new number into both alarms and sets them to INSUFFICIENT_DATA. Within 3 minutes of that
// it does not grow and within 30 it does not shrink, and the alarm may ring again.
//
// If the call fails, the function fails: Lambda runs it again a minute later and two
// minutes after that (AWS Lambda developer guide, asynchronous invocation), and then the
// alarm rests in ALARM until the use has once left it.
//
// Assumed: a minute without records is zero. The tool repeats the last value that
// CloudWatch showed (FILL REPEAT), so if CloudWatch shows none, an idle stream keeps its
// last use. The released function reads the tags MinimumShards and MaximumShards into
// variables that it then does not use; here Bounds hold. Alarms that its Terraform module
// makes have 0.75, and 0.25 in 57 of 60, until the first change.
type Substation struct {
	Threshold  float64 // 0.4 to 0.9; outside of that the tool keeps 0.7
	UpPoints   int     // minutes
	DownPoints int
	Bounds
}

const (
	substationGap      = 0.35
	substationGrowAt   = 3 * time.Minute
	substationShrinkAt = 30 * time.Minute
)

// Kind is the policy's name.
func (Substation) Kind() string { return "substation" }

// Every is how often CloudWatch evaluates the alarms.
func (Substation) Every() time.Duration { return time.Minute }

// Validate refuses what the function would not take.
func (p Substation) Validate() error {
	if !(p.Threshold >= 0.4 && p.Threshold <= 0.9) {
		return fmt.Errorf("threshold is %v; 0.4 to 0.9", p.Threshold)
	}
	for _, err := range []error{
		between("up_points", p.UpPoints, 1, 1440), between("down_points", p.DownPoints, 1, 1440), p.validate(),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// Start gives fresh running state.
func (p Substation) Start() Scaler {
	return &substation{
		Substation: p,
		up:         watch{minutes: 1, of: p.UpPoints, need: p.UpPoints, missing: Ignore},
		down:       watch{minutes: 1, of: p.DownPoints, need: p.DownPoints, missing: Ignore},
	}
}

// substation is the function that runs.
type substation struct {
	Substation
	shards   int // as the alarms have it
	up, down watch
	change   underway
	scaled   bool
	last     des.Time // the end of the last change

	growing bool // the direction of the last wish
	tries   int  // runs of the function that failed in a row
	again   des.Time
}

// Decide is a minute of the alarms, and the function if one rings or must run again.
func (f *substation) Decide(o *Observation) Decision {
	if f.shards == 0 {
		f.shards = o.OpenShards
	}
	if was := f.change.shards; f.change.over(o) {
		f.scaled, f.last, f.shards = true, o.Now, was
		f.up.state, f.down.state = insufficientData, insufficientData
	}
	use := func(period []Minute) point {
		bytes, records := published.used(period, f.shards)
		return point{max(bytes, records), true}
	}
	above := f.up.look(o.Minutes, use, func(v float64) bool { return v >= f.Threshold })
	below := f.down.look(o.Minutes, use, func(v float64) bool { return v <= f.Threshold-substationGap })
	switch {
	case f.change.shards > 0:
	case above.turned:
		return f.run(o, true, above)
	case below.turned:
		return f.run(o, false, below)
	case f.tries > 0 && o.Now >= f.again && f.growing:
		return f.run(o, true, above)
	case f.tries > 0 && o.Now >= f.again:
		return f.run(o, false, below)
	}
	return Decision{}
}

// run is one run of the function.
func (f *substation) run(o *Observation, grow bool, s sighting) Decision {
	w, rest, want, why := &f.down, substationShrinkAt, fewer(o.OpenShards), "≤ "+percent(f.Threshold-substationGap)
	if grow {
		w, rest, want, why = &f.up, substationGrowAt, more(o.OpenShards), "≥ "+percent(f.Threshold)
	}
	if grow != f.growing {
		f.tries = 0
	}
	f.growing = grow
	if f.scaled && o.Now.Sub(f.last) < rest {
		w.state, f.tries = insufficientData, 0
		return Decision{}
	}
	if want = f.clamp(want); want == o.OpenShards {
		f.tries = 0
		return Decision{}
	}
	return Decision{
		Shards: want,
		Saw:    fmt.Sprintf("use %s of %d shards; %s", percent(s.latest), f.shards, w.points(s)),
		Reason: fmt.Sprintf("%s: from %d shards to %d", why, o.OpenShards, want),
	}
}

// more and fewer are the steps.
func more(shards int) int {
	num, den := stepSize(shards)
	return shards * num / den
}

func fewer(shards int) int {
	num, den := stepSize(shards)
	return (shards*den + num - 1) / num
}

// stepSize is the factor of a step as a fraction.
func stepSize(shards int) (num, den int) {
	switch {
	case shards < 5:
		return 2, 1
	case shards < 13:
		return 7, 4
	case shards < 33:
		return 3, 2
	}
	return 5, 4
}

// Answered begins to wait for the end of the change, or for the next run.
func (f *substation) Answered(now des.Time, shards int, err string) {
	if err == "" {
		f.change.shards, f.tries = shards, 0
		return
	}
	f.tries++
	switch f.tries {
	case 1, 2:
		f.again = now.Add(time.Duration(f.tries) * time.Minute)
	default:
		f.tries = 0
	}
}
