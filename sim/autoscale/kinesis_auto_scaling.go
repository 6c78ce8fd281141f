package autoscale

import (
	"fmt"
	"time"

	"kinesim/sim/des"
)

// KinesisAutoScaling is the function of aws-samples/kinesis-auto-scaling between two
// metric-math alarms, from its source and its CloudFormation template.
//
// The alarms watch the larger share of bytes and records over Period, with the number of
// shards written into the expression. Up says ≥ UpAt in UpPoints of UpPeriods and doubles;
// down says < DownAt in DownPoints of DownPeriods and halves, never from one shard. After
// a change the function writes the new number into both alarms and sets them to
// INSUFFICIENT_DATA, so that they look anew at minutes from before the change. If the call
// fails, the alarm is set to OK and rings again a minute later, as often as it takes.
//
// AgeGuard keeps it from shrinking while readers are behind: the iterator age, scaled so
// that AgeGuard makes DownAt, is part of what the down alarm watches. The CloudFormation
// template of the README has it off (-1), the Terraform files at 30 min.
//
// The tool has no least and no most number of shards (its PR #5 asks for one); Bounds are
// ours.
type KinesisAutoScaling struct {
	Period                  time.Duration
	UpAt, DownAt            float64 // shares
	UpPeriods, UpPoints     int
	DownPeriods, DownPoints int
	AgeGuard                time.Duration // 0: none
	Bounds
}

// Kind is the policy's name.
func (KinesisAutoScaling) Kind() string { return "kinesis_auto_scaling" }

// Every is how often CloudWatch evaluates the alarms.
func (KinesisAutoScaling) Every() time.Duration { return time.Minute }

// Validate refuses what CloudWatch would refuse.
func (p KinesisAutoScaling) Validate() error {
	if p.Period < time.Minute || p.Period%time.Minute != 0 {
		return fmt.Errorf("period is %v; whole minutes, from 1m0s", p.Period)
	}
	most := int(day / p.Period)
	for _, err := range []error{
		between("up_periods", p.UpPeriods, 1, most), between("up_points", p.UpPoints, 1, p.UpPeriods),
		between("down_periods", p.DownPeriods, 1, most), between("down_points", p.DownPoints, 1, p.DownPeriods),
		span("age_guard", p.AgeGuard, 0, 8760*time.Hour), p.validate(),
	} {
		if err != nil {
			return err
		}
	}
	if !(p.DownAt >= 0 && p.DownAt < p.UpAt && p.UpAt <= 10) {
		return fmt.Errorf("thresholds are %v down and %v up; 0 ≤ down < up ≤ 10", p.DownAt, p.UpAt)
	}
	return nil
}

// Start gives fresh running state.
func (p KinesisAutoScaling) Start() Scaler {
	minutes := int(p.Period / time.Minute)
	return &autoScaling{
		KinesisAutoScaling: p,
		up:                 watch{minutes: minutes, of: p.UpPeriods, need: p.UpPoints, missing: Ignore},
		down:               watch{minutes: minutes, of: p.DownPeriods, need: p.DownPoints, missing: Ignore},
	}
}

// autoScaling is kinesis-auto-scaling that runs.
type autoScaling struct {
	KinesisAutoScaling
	shards   int // as the alarms have it
	up, down watch
	rang     *watch // that the last wish came from
}

// Decide is a minute of the alarms, and the function if one rings.
func (a *autoScaling) Decide(o *Observation) Decision {
	if a.shards == 0 {
		a.shards = o.OpenShards
	}
	use := func(period []Minute) point {
		bytes, records := published.used(period, a.shards)
		return point{max(bytes, records), true}
	}
	guarded := func(period []Minute) point {
		p := use(period)
		if a.AgeGuard > 0 {
			behind := oldest(period).value / (float64(a.AgeGuard) / 1e6)
			p.value = max(p.value, behind*a.DownAt)
		}
		return p
	}
	above := a.up.look(o.Minutes, use, func(v float64) bool { return v >= a.UpAt })
	below := a.down.look(o.Minutes, guarded, func(v float64) bool { return a.shards > 1 && v < a.DownAt })
	switch {
	case above.turned:
		return a.wish(o, &a.up, above, 2*o.OpenShards, fmt.Sprintf("≥ %s: double", percent(a.UpAt)))
	case below.turned:
		return a.wish(o, &a.down, below, o.OpenShards/2, fmt.Sprintf("< %s: halve", percent(a.DownAt)))
	}
	return Decision{}
}

// wish is empty where the bounds leave nothing to do. The alarm then stays in ALARM and
// does not ring again before it has been out of it.
func (a *autoScaling) wish(o *Observation, w *watch, s sighting, want int, why string) Decision {
	want = a.clamp(want)
	if want == o.OpenShards {
		return Decision{}
	}
	a.rang = w
	return Decision{
		Shards: want,
		Saw:    fmt.Sprintf("use %s of %d shards; %s", percent(s.latest), a.shards, w.points(s)),
		Reason: why,
	}
}

// Answered writes the new number into the alarms, or lets the alarm ring again.
func (a *autoScaling) Answered(_ des.Time, shards int, err string) {
	if err != "" {
		a.rang.state = okay
		return
	}
	a.shards = shards
	a.up.state, a.down.state = insufficientData, insufficientData
}
