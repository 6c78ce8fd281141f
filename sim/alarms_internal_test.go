package sim

import (
	"testing"
	"time"

	"kinesim/sim/autoscale"
)

// shownMinutes is what CloudWatch would show of one metric, by the minute.
func shownMinutes(metric string, delay float64, values ...float64) *CloudWatch {
	w := &CloudWatch{PeriodS: 60, DelayS: delay, Metrics: []CloudWatchMetric{{Metric: metric}}}
	w.Hidden.StreamUse = make([]float64, len(values))
	for i := range values {
		v := &values[i]
		if *v < 0 {
			v = nil
		}
		w.Metrics[0].Values = append(w.Metrics[0].Values, v)
	}
	return w
}

// An alarm rings when the last data point that it needs can be seen: the end of the first
// bad period, need−1 periods more, and CloudWatch's delay.
func TestWhenAlarmsRing(t *testing.T) {
	const none = -1
	quiet := []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	badFrom5 := []float64{0, 0, 0, 0, 0, 9, 9, 9, 9, 9}
	for _, test := range []struct {
		name              string
		metric, statistic string
		minutes           []float64
		delay             float64
		period            time.Duration
		of, need          int
		threshold         float64
		missing           autoscale.Missing
		at, since         float64 // of the first spell; at 0: none
		spells            int
		state             string
	}{
		{"quiet", "IncomingRecords", "Sum", quiet, 60, time.Minute, 1, 1, 0, "", 0, 0, 0, "OK"},
		{"the first bad minute", "IncomingRecords", "Sum", badFrom5, 60, time.Minute, 1, 1, 0, "", 420, 300, 1, "ALARM"},
		{"without delay", "IncomingRecords", "Sum", badFrom5, 0, time.Minute, 1, 1, 0, "", 360, 300, 1, "ALARM"},
		{"a delay of no whole minute waits for the next look", "IncomingRecords", "Sum", badFrom5, 90, time.Minute, 1, 1, 0, "", 480, 300, 1, "ALARM"},
		{"three of three", "IncomingRecords", "Sum", badFrom5, 60, time.Minute, 3, 3, 0, "", 540, 300, 1, "ALARM"},
		{"three of five", "IncomingRecords", "Sum", []float64{0, 0, 9, 0, 9, 0, 9, 0, 0, 0}, 60, time.Minute, 5, 3, 0, "", 480, 120, 1, "OK"},
		{"two of two never meet", "IncomingRecords", "Sum", []float64{9, 0, 9, 0, 9, 0, 9, 0, 9, 0}, 60, time.Minute, 2, 2, 0, "", 0, 0, 0, "OK"},
		{"every other minute rings each time", "IncomingRecords", "Sum", []float64{0, 9, 0, 9, 0, 9, 0, 9, 0, 0}, 60, time.Minute, 1, 1, 0, "", 180, 60, 4, "OK"},
		{"sums of five minutes", "IncomingRecords", "Sum", badFrom5, 60, 5 * time.Minute, 1, 1, 20, "", 540, 180, 1, "ALARM"},
		{"maximum of five minutes", "GetRecords.IteratorAgeMilliseconds", "Maximum", badFrom5, 60, 5 * time.Minute, 1, 1, 8, "", 420, 60, 1, "ALARM"},
		{"average of five minutes", "GetRecords.Success", "Average", badFrom5, 60, 5 * time.Minute, 1, 1, 5, "", 540, 180, 1, "ALARM"},
		{"silence is no alarm", "GetRecords.IteratorAgeMilliseconds", "Maximum", []float64{1, 1, 1, none, none, none, none, none, none, none}, 60, time.Minute, 2, 2, 5, autoscale.NotBreaching, 0, 0, 0, "OK"},
		{"silence by default", "GetRecords.IteratorAgeMilliseconds", "Maximum", []float64{1, 1, 1, none, none, none, none, none, none, none}, 60, time.Minute, 2, 2, 5, "", 0, 0, 0, "INSUFFICIENT_DATA"},
		{"silence breaches", "GetRecords.IteratorAgeMilliseconds", "Maximum", []float64{1, 1, 1, none, none, none, none, none, none, none}, 60, time.Minute, 2, 2, 5, autoscale.Breaching, 480, 180, 1, "ALARM"},
	} {
		t.Run(test.name, func(t *testing.T) {
			alarm := &Alarm{Name: "x", Watched: Watched{Metric: test.metric, Statistic: test.statistic}, Alarm: autoscale.Alarm{
				Comparison: autoscale.Greater, Threshold: test.threshold, Period: test.period,
				EvaluationPeriods: test.of, DatapointsToAlarm: test.need, Missing: test.missing,
			}}
			r := newAlarmRun(alarm, shownMinutes(test.metric, test.delay, test.minutes...)).play(600)
			if r.State != test.state || len(r.Rang) != test.spells {
				t.Fatalf("%d spells and %s at the end, want %d and %s: %+v", len(r.Rang), r.State, test.spells, test.state, r.Rang)
			}
			if test.spells > 0 && (r.Rang[0].AtS != test.at || r.Rang[0].SinceS != test.since || r.Rang[0].LateS != test.at-test.since) {
				t.Errorf("rang at %v for data since %v, want %v and %v", r.Rang[0].AtS, r.Rang[0].SinceS, test.at, test.since)
			}
		})
	}
}
