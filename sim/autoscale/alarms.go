package autoscale

import (
	"errors"
	"fmt"
	"time"

	"kinesim/sim/des"
)

// Alarms is a set of CloudWatch alarms with an adjustment each, as step scaling and many
// functions behind alarms do it.
//
// An alarm that stays in ALARM acts each minute until it leaves it or its cool-down holds
// it back (CloudWatch user guide: so for Auto Scaling actions). If several act, the one
// that leaves the most shards wins, as with several policies of Application Auto Scaling;
// so none shrinks while another is in ALARM that would grow.
type Alarms struct {
	Rules []AlarmRule
	Bounds
}

// AlarmRule is one alarm and what it does.
type AlarmRule struct {
	Metric            Metric
	Statistic         Statistic // empty: the metric's usual one
	Comparison        Comparison
	Threshold         float64       // a share, bytes, a count or milliseconds; of sums per period
	Period            time.Duration // whole minutes
	EvaluationPeriods int           // N: periods that are looked at; with Period at most 24 h
	DatapointsToAlarm int           // M of N; 0: all
	Missing           Missing       // empty: missing
	Adjustment        Adjustment
	CoolDown          time.Duration // after the end of any change, 0 to 24 h
}

// Comparison is how a data point breaches a threshold.
type Comparison string

// The comparisons of CloudWatch, by its operators' names.
const (
	GreaterOrEqual Comparison = "GreaterThanOrEqualToThreshold"
	Greater        Comparison = "GreaterThanThreshold"
	Less           Comparison = "LessThanThreshold"
	LessOrEqual    Comparison = "LessThanOrEqualToThreshold"
)

// sign is the comparison as people write it, empty for one that does not exist.
func (c Comparison) sign() string {
	return map[Comparison]string{GreaterOrEqual: "≥", Greater: ">", Less: "<", LessOrEqual: "≤"}[c]
}

func (c Comparison) breach(v, threshold float64) bool {
	switch c {
	case GreaterOrEqual:
		return v >= threshold
	case Greater:
		return v > threshold
	case Less:
		return v < threshold
	case LessOrEqual:
		return v <= threshold
	}
	panic(fmt.Sprintf("autoscale: comparison %q", c))
}

// Adjustment is what an alarm does to the number of shards.
type Adjustment struct {
	Change Change
	By     int // shards of Count and Exact, hundredths of Percent
}

// Change says how an adjustment is meant.
type Change string

// The changes.
const (
	Count   Change = "count"   // By more or, if negative, fewer
	Percent Change = "percent" // By percent more or fewer, towards zero, but at least one
	Double  Change = "double"
	Halve   Change = "halve" // upwards, as fewer than half is refused
	Exact   Change = "exact" // By shards
)

// to is the number of shards after the adjustment. Percentages are rounded as
// Application Auto Scaling rounds PercentChangeInCapacity.
func (a Adjustment) to(shards int) int {
	switch a.Change {
	case Count:
		return shards + a.By
	case Percent:
		delta := shards * a.By / 100
		if delta == 0 && a.By > 0 {
			delta = 1
		} else if delta == 0 && a.By < 0 {
			delta = -1
		}
		return shards + delta
	case Double:
		return 2 * shards
	case Halve:
		return (shards + 1) / 2
	case Exact:
		return a.By
	}
	panic(fmt.Sprintf("autoscale: change %q", a.Change))
}

func (a Adjustment) validate() error {
	switch low, high := -9_999, 9_999; a.Change {
	case Double, Halve:
		return between("adjustment by", a.By, 0, 0)
	case Exact:
		return between("adjustment by", a.By, 1, 10_000)
	case Count, Percent:
		if a.By == 0 {
			return errors.New("adjustment is by 0, which changes nothing")
		}
		return between("adjustment by", a.By, low, high)
	}
	return fmt.Errorf("adjustment %q is not one of %v", a.Change, []Change{Count, Percent, Double, Halve, Exact})
}

// Kind is the policy's name.
func (Alarms) Kind() string { return "alarms" }

// Every is how often CloudWatch evaluates an alarm whose period is a minute or longer.
func (Alarms) Every() time.Duration { return time.Minute }

// Validate refuses alarms that CloudWatch would refuse, and adjustments by nothing.
func (p Alarms) Validate() error {
	if len(p.Rules) == 0 {
		return errors.New("alarms are empty")
	}
	for i := range p.Rules {
		if err := p.Rules[i].validate(); err != nil {
			return fmt.Errorf("alarm %d: %w", i+1, err)
		}
	}
	return p.Bounds.validate()
}

func (r *AlarmRule) validate() error {
	if err := r.Metric.validate(r.Statistic); err != nil {
		return err
	}
	switch look := time.Duration(max(r.EvaluationPeriods, 1)) * r.Period; {
	case r.Comparison.sign() == "":
		return fmt.Errorf("comparison %q is not one of %v", r.Comparison, []Comparison{GreaterOrEqual, Greater, Less, LessOrEqual})
	case r.Period < time.Minute || r.Period%time.Minute != 0:
		return fmt.Errorf("period is %v; whole minutes, from 1m0s", r.Period)
	case r.EvaluationPeriods < 1 || r.EvaluationPeriods > 1440 || look > day:
		return fmt.Errorf("evaluation_periods is %d of %v; from 1, and together at most 24h", r.EvaluationPeriods, r.Period)
	case r.DatapointsToAlarm < 0 || r.DatapointsToAlarm > r.EvaluationPeriods:
		return fmt.Errorf("datapoints_to_alarm is %d; 1 to evaluation_periods, %d", r.DatapointsToAlarm, r.EvaluationPeriods)
	}
	switch r.Missing {
	case "", MissingData, Ignore, Breaching, NotBreaching:
	default:
		return fmt.Errorf("missing data %q is not one of %v", r.Missing, []Missing{MissingData, Ignore, Breaching, NotBreaching})
	}
	if err := span("cooldown", r.CoolDown, 0, day); err != nil {
		return err
	}
	return r.Adjustment.validate()
}

// Start gives fresh running state.
func (p Alarms) Start() Scaler {
	a := &alarms{Alarms: p, watches: make([]watch, len(p.Rules)), calm: -des.Time(day)}
	for i, r := range p.Rules {
		bare := Alarm{Period: r.Period, EvaluationPeriods: r.EvaluationPeriods, DatapointsToAlarm: r.DatapointsToAlarm, Missing: r.Missing}
		a.watches[i] = bare.watch()
	}
	return a
}

// alarms are alarms that run.
type alarms struct {
	Alarms
	watches []watch
	change  underway
	calm    des.Time // since when there has been no change
}

// Decide wants what the alarms ask for that are in ALARM.
func (a *alarms) Decide(o *Observation) Decision {
	if a.change.over(o) {
		a.calm = o.Now
	}
	var chosen Decision
	most := 0
	for i := range a.Rules {
		r, w := &a.Rules[i], &a.watches[i]
		s := w.look(o.Minutes,
			func(period []Minute) point { return r.Metric.of(r.statistic(), period, o) },
			func(v float64) bool { return r.Comparison.breach(v, r.Threshold) })
		want := a.clamp(oneCall(o.OpenShards, r.Adjustment.to(o.OpenShards)))
		if !s.alarm || want <= most {
			continue
		}
		most, chosen = want, Decision{}
		if want != o.OpenShards && o.Now.Sub(a.calm) >= r.CoolDown {
			chosen = r.decision(want, w, s)
		}
	}
	if a.change.shards > 0 {
		return Decision{}
	}
	return chosen
}

func (r *AlarmRule) statistic() Statistic {
	if r.Statistic == "" {
		return r.Metric.Statistics()[0]
	}
	return r.Statistic
}

func (r *AlarmRule) decision(want int, w *watch, s sighting) Decision {
	by := string(r.Adjustment.Change)
	if r.Adjustment.By != 0 {
		by = fmt.Sprintf("%s %d", by, r.Adjustment.By)
	}
	return Decision{
		Shards: want,
		Saw:    fmt.Sprintf("%s %s; %s %s %s", r.Metric, r.Metric.format(s.latest), w.points(s), r.Comparison.sign(), r.Metric.format(r.Threshold)),
		Reason: "alarm: " + by,
	}
}

// Answered begins to wait for the end of a change that was accepted.
func (a *alarms) Answered(_ des.Time, shards int, err string) {
	if err == "" {
		a.change.shards = shards
	}
}
