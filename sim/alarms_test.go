package sim_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kinesim/sim"
	"kinesim/sim/autoscale"
	"kinesim/sim/client"
)

// rehearsed is a stream with one reader, and alarms.
func rehearsed(t *testing.T, change func(*sim.Config)) *sim.Result {
	t.Helper()
	c := scene(2, 100, 20*time.Minute)
	c.Consumers = []client.ConsumerConfig{classic("lake", time.Second)}
	change(c)
	return play(t, c)
}

func alarmOn(metric string, threshold float64, need int, missing autoscale.Missing) sim.Alarm {
	m, _ := sim.FindAlarmMetric(metric)
	return sim.Alarm{Name: metric, Watched: sim.Watched{Metric: metric, Statistic: m.Statistics[0]}, Alarm: autoscale.Alarm{
		Comparison: autoscale.Greater, Threshold: threshold, Period: time.Minute, EvaluationPeriods: need, Missing: missing,
	}}
}

// A reader that stops sends no iterator age, so an alarm on it keeps silent through the
// outage, unless silence is bad. It rings when the reader is back, if it is not level
// within the minute.
func TestNobodyHearsAReaderThatStops(t *testing.T) {
	pause := func(c *sim.Config) {
		c.Faults = []client.Fault{{From: minute(5), To: minute(10), Consumer: c.Consumers[0].Name, Pause: true}}
		c.Alarms = []sim.Alarm{alarmOn("GetRecords.IteratorAgeMilliseconds", 30_000, 2, ""), alarmOn("GetRecords.IteratorAgeMilliseconds", 30_000, 2, autoscale.Breaching)}
	}
	r := rehearsed(t, pause)
	if len(r.Troubles) == 0 || r.Troubles[0].Trouble != "fault" || r.Troubles[0].FromS != 300 {
		t.Fatalf("troubles %+v", r.Troubles)
	}
	usual, silence := &r.Alarms[0], &r.Alarms[1]
	for _, s := range usual.Rang {
		if s.AtS < 600 {
			t.Errorf("the alarm rang at %v s, while there was no data", s.AtS)
		}
	}
	// Minutes 6 and 7 are the first two without data; the second can be seen at 8 min.
	if len(silence.Rang) != 1 || silence.Rang[0].AtS > 600 || silence.Rang[0].AtS < 420+r.CloudWatch.DelayS {
		t.Errorf("the alarm to which silence is bad: %+v", silence.Rang)
	}
	if f := r.Troubles[0]; f.By != silence.Name || *f.LateS != silence.Rang[0].AtS-300 {
		t.Errorf("noticed by %q, %v s late", f.By, *f.LateS)
	}
}

// Whether anybody rehearses alarms changes nothing else.
func TestRehearsalOnlyLooks(t *testing.T) {
	plain := rehearsed(t, func(*sim.Config) {})
	watched := rehearsed(t, func(c *sim.Config) { c.Alarms = []sim.Alarm{alarmOn("IncomingRecords", 1, 1, "")} })
	if difference := cmp.Diff(plain, watched, cmpopts.IgnoreFields(sim.Result{}, "Alarms", "Troubles")); difference != "" {
		t.Errorf("the run with alarms is another one:\n%s", difference)
	}
	if len(plain.Alarms) != 0 || len(watched.Alarms) != 1 || len(watched.Alarms[0].Rang) != 1 {
		t.Errorf("alarms %+v and %+v", plain.Alarms, watched.Alarms)
	}
	if n := len(watched.Alarms[0].Rang[0].Troubles); n != 0 {
		t.Errorf("a needless alarm told of %d troubles", n)
	}
}

// watching is an alarm on a metric by another statistic, or of one shard, or on math.
func watching(w sim.Watched, math *sim.AlarmMath, threshold float64) sim.Alarm {
	return sim.Alarm{Name: "x", Watched: w, Math: math, Alarm: autoscale.Alarm{Comparison: autoscale.GreaterOrEqual, Threshold: threshold, Period: time.Minute, EvaluationPeriods: 1}}
}

// Alarms on single shards see what their shard got: together as much as the stream, by
// metric math as well; of a shard that is not there they see nothing.
func TestAlarmsOfShards(t *testing.T) {
	of := func(id string) sim.Watched {
		return sim.Watched{Metric: "IncomingRecords", Shard: id, Statistic: "Sum"}
	}
	terms := []sim.AlarmTerm{{ID: "a", Watched: of("shardId-000000000000")}, {ID: "b", Watched: of("shardId-000000000001")}, {ID: "all", Watched: sim.Watched{Metric: "IncomingRecords", Statistic: "Sum"}}}
	part, err := sim.NewAlarmMath("100*(a+b)/all", terms)
	if err != nil {
		t.Fatal(err)
	}
	r := rehearsed(t, func(c *sim.Config) {
		c.Alarms = []sim.Alarm{watching(of("shardId-000000000000"), nil, 1), watching(of("shardId-000000000001"), nil, 1), alarmOn("IncomingRecords", 1, 1, ""),
			watching(sim.Watched{}, part, 100), watching(of("shardId-000000000009"), nil, 1)}
	})
	for i, a := range r.Alarms {
		if i < 4 && (a.Nearest == nil || *a.Nearest <= 0 || len(a.Rang) != 1) || i == 4 && a.Nearest != nil {
			t.Errorf("alarm %d: %+v", i, a)
		}
	}
	if math := r.Alarms[3]; *math.Nearest != 100 || math.Metric != "100*(a+b)/all" || math.Gaps != 0 {
		t.Errorf("the shards take %v %% of the stream: %+v", *math.Nearest, math)
	}
}

// A percentile of ages lies between those below it and the maximum.
func TestAlarmsOnPercentiles(t *testing.T) {
	age := func(statistic string) sim.Alarm {
		return watching(sim.Watched{Metric: "GetRecords.IteratorAgeMilliseconds", Statistic: statistic}, nil, 1)
	}
	r := rehearsed(t, func(c *sim.Config) {
		c.Alarms = []sim.Alarm{age("p50"), age("p90"), age("p99"), age("Maximum")}
	})
	last := 0.0
	for i, a := range r.Alarms {
		if a.Nearest == nil || *a.Nearest < last || i == 3 && *a.Nearest == *r.Alarms[0].Nearest {
			t.Fatalf("%s is %v after %v", a.Statistic, a.Nearest, last)
		}
		last = *a.Nearest
	}
}
