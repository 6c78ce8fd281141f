package autoscale_test

import (
	"strings"
	"testing"
	"time"

	"kinesim/sim/autoscale"
	"kinesim/sim/des"
)

// rule is an alarm on the iterator age, which can be missing: X breaches, 0 does not.
func rule(of, need int, missing autoscale.Missing) autoscale.Alarms {
	return autoscale.Alarms{Rules: []autoscale.AlarmRule{{
		Metric: autoscale.IteratorAge, Comparison: autoscale.Greater, Threshold: 1000, Period: time.Minute,
		EvaluationPeriods: of, DatapointsToAlarm: need, Missing: missing,
		Adjustment: autoscale.Adjustment{Change: autoscale.Double},
	}}}
}

// feed plays a line of data points, oldest first, after others that set the state, and
// tells whether the alarm acts at the last.
func feed(p autoscale.Alarms, line string) bool {
	s := p.Start()
	acts := false
	var seen []autoscale.Minute
	for i, c := range line {
		m := autoscale.Minute{End: des.Time(i+1) * minute, HasAge: c != '-'}
		if c == 'X' {
			m.IteratorAge = time.Minute
		}
		seen = append(seen, m)
		acts = s.Decide(&autoscale.Observation{Now: m.End, Minutes: seen, OpenShards: 1, Limits: &limits}).Shards > 0
	}
	return acts
}

// TestMissingData plays the two tables of the CloudWatch user guide. Before each line the
// alarm is OK by five good points, or in ALARM by five bad ones; the guide's "retain"
// shows in the difference.
func TestMissingData(t *testing.T) {
	for _, c := range []struct {
		of, need int
		line     string
		want     string // A acts, . does not, R as before; for missing, ignore, breaching, notBreaching
	}{
		{3, 3, "0-X-X", "...."}, {3, 3, "0----", "...."}, {3, 3, "-----", ".RA."}, {3, 3, "0XX-X", "AAAA"}, {3, 3, "--X--", "ARA."},
		{3, 2, "0-X-X", "AAAA"}, {3, 2, "00X0X", "AAAA"}, {3, 2, "0-X--", "..A."}, {3, 2, "----0", "..A."}, {3, 2, "---X-", "ARA."},
	} {
		for i, missing := range []autoscale.Missing{autoscale.MissingData, autoscale.Ignore, autoscale.Breaching, autoscale.NotBreaching} {
			for before, acts := range map[string]bool{"00000": false, "XXXXX": true} {
				want := c.want[i] == 'A' || c.want[i] == 'R' && acts
				if got := feed(rule(c.of, c.need, missing), before+c.line); got != want {
					t.Errorf("%d of %d, %s, after %s: %s acts: %v, want %v", c.need, c.of, missing, before, c.line, got, want)
				}
			}
		}
	}
}

// TestStartOfRun: before the run nothing is missing, so an alarm waits for its points.
func TestStartOfRun(t *testing.T) {
	for line, want := range map[string]bool{"X": false, "XX": false, "XXX": true, "0XX": false, "0XXX": true} {
		if got := feed(rule(3, 3, ""), line); got != want {
			t.Errorf("%s acts: %v, want %v", line, got, want)
		}
	}
}

func twoAlarms() autoscale.Alarms {
	return autoscale.Alarms{
		Rules: []autoscale.AlarmRule{
			{Metric: autoscale.Utilization, Comparison: autoscale.GreaterOrEqual, Threshold: 0.8, Period: time.Minute,
				EvaluationPeriods: 3, Adjustment: autoscale.Adjustment{Change: autoscale.Percent, By: 50}, CoolDown: 5 * time.Minute},
			{Metric: autoscale.Utilization, Comparison: autoscale.Less, Threshold: 0.3, Period: 5 * time.Minute,
				EvaluationPeriods: 2, Adjustment: autoscale.Adjustment{Change: autoscale.Count, By: -1}, CoolDown: 10 * time.Minute},
		},
		Bounds: autoscale.Bounds{Min: 2, Max: 8},
	}
}

func TestAlarms(t *testing.T) {
	r := rig{shards: 4, lasts: 2 * time.Minute, late: time.Minute}
	t.Run("up, cool-down, up to the most", func(t *testing.T) {
		// Seen at 4m: three minutes. The change ends at 6m, and the cool-down five later.
		check(t, r.play(t, twoAlarms(), 40, even(8)), "4m0s: 6", "11m0s: 8")
	})
	t.Run("down to the least", func(t *testing.T) {
		check(t, r.play(t, twoAlarms(), 60, even(0.1)), "11m0s: 3", "23m0s: 2")
	})
	t.Run("in between", func(t *testing.T) { check(t, r.play(t, twoAlarms(), 60, even(2))) })
	t.Run("a refusal is asked again", func(t *testing.T) {
		moves := rig{shards: 4, lasts: time.Minute, calls: 1}.play(t, twoAlarms(), 14, even(8))
		check(t, moves, "3m0s: 6", "9m0s: 8 LimitExceededException", "10m0s: 8 LimitExceededException", "11m0s: 8 LimitExceededException",
			"12m0s: 8 LimitExceededException", "13m0s: 8 LimitExceededException", "14m0s: 8 LimitExceededException")
	})
}

// TestAlarmMetrics: each metric moves its alarm.
func TestAlarmMetrics(t *testing.T) {
	full := autoscale.Minute{End: minute, IncomingRecords: 60_000, IncomingBytes: 60 << 20, WriteThrottled: 5, ReadThrottled: 7, IteratorAge: 90 * time.Second, HasAge: true}
	for m, want := range map[autoscale.Metric]string{
		autoscale.IncomingBytes: "60 MiB", autoscale.IncomingRecords: "60000", autoscale.WriteThrottled: "5", autoscale.ReadThrottled: "7",
		autoscale.IteratorAge: "1m30s", autoscale.Utilization: "50.0 %", autoscale.BytesUtilization: "50.0 %", autoscale.RecordsUtilization: "50.0 %",
	} {
		p := autoscale.Alarms{Rules: []autoscale.AlarmRule{{Metric: m, Comparison: autoscale.Greater, Period: time.Minute, EvaluationPeriods: 1, Adjustment: autoscale.Adjustment{Change: autoscale.Double}}}}
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		d := p.Start().Decide(&autoscale.Observation{Now: minute, Minutes: []autoscale.Minute{full}, OpenShards: 2, Limits: &limits})
		if d.Shards != 4 || !strings.Contains(d.Saw, want) {
			t.Errorf("%s: %+v, want %s in it", m, d, want)
		}
	}
}

// TestStatistics: an alarm on two minutes of use, 20 % of records and then 60 % of bytes.
func TestStatistics(t *testing.T) {
	two := []autoscale.Minute{
		{End: minute, IncomingRecords: 12_000},
		{End: 2 * minute, IncomingBytes: 36 << 20},
	}
	for _, c := range []struct {
		metric    autoscale.Metric
		statistic autoscale.Statistic
		want      string
	}{
		{autoscale.Utilization, autoscale.Maximum, "60.0 %"}, {autoscale.Utilization, autoscale.Minimum, "20.0 %"}, {autoscale.Utilization, autoscale.Average, "30.0 %"},
		{autoscale.RecordsUtilization, "", "10.0 %"}, {autoscale.BytesUtilization, "", "30.0 %"},
	} {
		p := autoscale.Alarms{Rules: []autoscale.AlarmRule{{Metric: c.metric, Statistic: c.statistic, Comparison: autoscale.Greater, Period: 2 * time.Minute, EvaluationPeriods: 1, Adjustment: autoscale.Adjustment{Change: autoscale.Double}}}}
		d := p.Start().Decide(&autoscale.Observation{Now: 2 * minute, Minutes: two, OpenShards: 1, Limits: &limits})
		if !strings.Contains(d.Saw, c.want) {
			t.Errorf("%s of %s: %q, want %s", c.statistic, c.metric, d.Saw, c.want)
		}
	}
}

func TestAdjustments(t *testing.T) {
	for _, c := range []struct {
		a          autoscale.Adjustment
		open, want int
	}{
		{autoscale.Adjustment{Change: autoscale.Percent, By: 25}, 10, 12}, {autoscale.Adjustment{Change: autoscale.Percent, By: 5}, 10, 11},
		{autoscale.Adjustment{Change: autoscale.Percent, By: -25}, 10, 8}, {autoscale.Adjustment{Change: autoscale.Percent, By: -5}, 10, 9},
		{autoscale.Adjustment{Change: autoscale.Halve}, 7, 4}, {autoscale.Adjustment{Change: autoscale.Exact, By: 16}, 4, 8},
		{autoscale.Adjustment{Change: autoscale.Count, By: -9}, 10, 5}, {autoscale.Adjustment{Change: autoscale.Count, By: 3}, 10, 13},
	} {
		p := rule(1, 1, "")
		p.Rules[0].Adjustment = c.a
		s := p.Start()
		m := []autoscale.Minute{{End: minute, IteratorAge: time.Hour, HasAge: true}}
		if d := s.Decide(&autoscale.Observation{Now: minute, Minutes: m, OpenShards: c.open, Limits: &limits}); d.Shards != c.want {
			t.Errorf("%+v of %d gives %d, want %d", c.a, c.open, d.Shards, c.want)
		}
	}
}
