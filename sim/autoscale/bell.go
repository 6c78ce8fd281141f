package autoscale

import "time"

// Alarm is when a CloudWatch alarm rings, whatever it watches and whoever it tells.
type Alarm struct {
	Comparison        Comparison
	Threshold         float64
	Period            time.Duration // whole minutes
	EvaluationPeriods int           // N: periods that are looked at
	DatapointsToAlarm int           // M of N; 0: all
	Missing           Missing       // empty: missing
}

// watch is the running part of the alarm.
func (a *Alarm) watch() watch {
	w := watch{minutes: int(a.Period / time.Minute), of: a.EvaluationPeriods, need: a.DatapointsToAlarm, missing: a.Missing}
	if w.need == 0 {
		w.need = w.of
	}
	if w.missing == "" {
		w.missing = MissingData
	}
	return w
}

// Text is the alarm's condition in words: "> 30s in 3 of 5 minutes".
func (a *Alarm) Text(threshold string) string {
	w := a.watch()
	return a.Comparison.sign() + " " + threshold + " in " + w.outOf(w.need)
}

// Bell is an alarm that runs.
type Bell struct {
	alarm Alarm
	watch watch
}

// Start gives fresh running state.
func (a Alarm) Start() *Bell { return &Bell{alarm: a, watch: a.watch()} }

// Ring is what an alarm is after a look.
type Ring struct {
	On     bool    // it is in ALARM
	Turned bool    // it was not before
	Value  float64 // of its latest data point
	Back   int     // minutes from the beginning of the oldest data point that breached until now; 0: none did
}

// Look evaluates the alarm after so many minutes. value gives the data point of the
// minutes [from, to), and says whether there is one.
func (b *Bell) Look(minutes int, value func(from, to int) (v float64, ok bool)) Ring {
	s := b.watch.sight(minutes, func(from, to int) point {
		v, ok := value(from, to)
		return point{v, ok}
	}, func(v float64) bool { return b.alarm.Comparison.breach(v, b.alarm.Threshold) })
	return Ring{On: s.alarm, Turned: s.turned, Value: s.latest, Back: s.back}
}

// State is the alarm's state as CloudWatch calls it.
func (b *Bell) State() string {
	switch b.watch.state {
	case inAlarm:
		return "ALARM"
	case okay:
		return "OK"
	}
	return "INSUFFICIENT_DATA"
}
