package report

import (
	"bytes"
	"strings"
	"testing"

	"kinesim/sim"
)

// alarmedSample is a run in which one alarm was late, one rang for nothing and one had no
// data, and in which nobody noticed the loss.
func alarmedSample() *sim.Result {
	r := steadySample()
	at := func(s float64) *float64 { return &s }
	r.Alarms = []sim.AlarmResult{
		{Name: "late|<b>", Metric: "IncomingBytes", Statistic: "Sum", Unit: "bytes", Threshold: 2048, Condition: "> 2048 bytes in 1 of 1 minutes", Nearest: at(4096),
			Rang: []sim.Spell{{AtS: 120, UntilS: at(180), SinceS: 30, LateS: 90, Value: 4096, Troubles: []int{0}}}, State: "OK", RangS: 60},
		{Name: "needless", Metric: "IncomingRecords", Statistic: "Sum", Unit: "records", Condition: "> 0 records in 1 of 1 minutes", Nearest: at(7),
			Rang: []sim.Spell{{AtS: 60, LateS: 60}, {AtS: 120, LateS: 60}}, State: "ALARM", RangS: 300},
		{Name: "deaf", Metric: "GetRecords.IteratorAgeMilliseconds", Statistic: "Maximum", Unit: "ms", Rang: []sim.Spell{}, State: "INSUFFICIENT_DATA"},
		{Name: "near", Metric: "GetRecords.IteratorAgeMilliseconds", Statistic: "Maximum", Unit: "ms", Threshold: 30_000, Nearest: at(29_000), NearestAtS: 60, Rang: []sim.Spell{}, State: "OK", Gaps: 2},
	}
	r.Troubles = []sim.TroubleResult{
		{Trouble: "refused_writes", Records: 1234, FromS: 30, ToS: 100, By: "late|<b>", NoticedS: at(120), LateS: at(90)},
		{Trouble: "lost_records", Of: "lake", Records: 9, FromS: 200, ToS: 300},
	}
	return r
}

// TestAlarmsInWords: what nobody would have noticed comes first, in every format.
func TestAlarmsInWords(t *testing.T) {
	d := Build(alarmedSample())
	want := []string{
		"nobody would have noticed 1 of 2 troubles: lake lost 9 records unread between 3m20s and 5m",
		"late|<b>: rang at 2m, 1m30s after it began; 1m in all",
		"needless: rang 2 times, first at 1m, 1m after it began; 5m in all; 2 of them for nothing that this run knows of",
		"deaf: never rang: there was no data at all",
		"near: never rang; nearest 29s at 1m, threshold 30s; no data in 2 periods",
	}
	if got := strings.Join(d.Alarmed, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
	if got := strings.Join(d.Troubles.Rows[0], "|"); got != "1|1,234 attempts refused|30s|1m40s|late|<b>|2m|1m30s, when it was over" {
		t.Errorf("the first trouble: %s", got)
	}
	if d.Troubles.Rows[1][4] != "✗ nobody" {
		t.Errorf("the second trouble: %v", d.Troubles.Rows[1])
	}
	for _, format := range []string{"text", "markdown"} {
		var b bytes.Buffer
		if err := Write(&b, format, d); err != nil || !strings.Contains(b.String(), "nobody would have noticed 1 of 2") {
			t.Errorf("%s: %v\n%s", format, err, b.String())
		}
	}
}

// TestAlarmThatNearlyRang: a data point beyond the threshold is not called near it.
func TestAlarmThatNearlyRang(t *testing.T) {
	for condition, want := range map[string]string{
		"> 30s in 3 of 3 minutes": "never rang; 2m39s at 12m is beyond its threshold 30s, in too few of its periods",
		"< 30s in 3 of 3 minutes": "never rang; nearest 2m39s at 12m, threshold 30s",
	} {
		nearest := 159_000.0
		a := sim.AlarmResult{Unit: "ms", Threshold: 30_000, Condition: condition, Nearest: &nearest, NearestAtS: 720}
		if got := alarmOutcome(&a); got != want {
			t.Errorf("%s: %s", condition, got)
		}
	}
}

// TestAlarmsAsPicture: a bar for each trouble, one in which an alarm waits and one in
// which it rings, and a cross on what nobody noticed; the timeline has the alarms.
func TestAlarmsAsPicture(t *testing.T) {
	d := Build(alarmedSample())
	var f *Figure
	for i := range d.Figures {
		if d.Figures[i].ID == "alarms" {
			f = &d.Figures[i]
		}
	}
	if f == nil || len(f.Chart.Boxes.List) != 2+2+4 || len(f.Chart.Series) != 1 || len(f.Chart.Series[0].Points) != 1 {
		t.Fatalf("the picture: %+v", f)
	}
	rang := 0
	for _, e := range d.Events {
		if e.Lane == laneAlarms {
			rang++
		}
	}
	if rang != 3 {
		t.Errorf("%d alarms on the timeline", rang)
	}
	if plain := Build(steadySample()); plain.Alarms.Rows != nil || plain.Alarmed != nil {
		t.Errorf("alarms that nobody gave: %v", plain.Alarmed)
	}
}
