package plan_test

import (
	"context"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/autoscale"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/plan"
	"kinesim/sim/workload"
)

// TestProposedAlarms: the alarms of a plan are quiet in its own run, and tell of twice the
// load and of a reader that stops.
func TestProposedAlarms(t *testing.T) {
	if testing.Short() {
		t.Skip("plays alarms over long runs, one after the other")
	}
	base := expect(scene(640, 100, workload.Ranked{Count: 5000, Prefix: "k"}), "put_throttled_ratio", "", 0.01)
	base.Clock.Duration = 8 * time.Minute
	base.Consumers = append(base.Consumers, client.ConsumerConfig{Name: "fraud", Kind: client.EFO{}})
	expect(base, "iterator_age", "max", 20_000)
	question := problem(base, 20)
	question.Runs = 2
	p, err := plan.Find(context.Background(), question)
	if err != nil || !p.Feasible {
		t.Fatal(p, err)
	}
	named := map[string]*plan.Watch{}
	for i := range p.Alarms {
		w := &p.Alarms[i]
		named[w.Name] = w
		if w.Rang == nil || *w.Rang != 0 {
			t.Errorf("%s rang in the run of the plan: %+v", w.Name, w)
		}
	}
	for _, name := range []string{"iterator-age", "behind-fraud", "refused-writes"} {
		if named[name] == nil {
			t.Fatalf("no alarm %s in %+v", name, p.Alarms)
		}
	}
	if age := named["iterator-age"]; age.Threshold < 1000 || age.Threshold >= 20_000 {
		t.Errorf("the threshold of %v ms is not below what is expected", age.Threshold)
	}
	rings := func(w *plan.Watch, change func(*sim.Config)) int {
		c := *base
		c.Producers = append([]client.ProducerConfig{}, base.Producers...)
		c.Stream.Shards = model.EvenShards(p.Chosen.Shards)
		c.Alarms = []sim.Alarm{{Name: w.Name, Watched: sim.Watched{Metric: w.Metric, Consumer: w.Consumer, Statistic: w.Statistic}, Alarm: autoscale.Alarm{
			Comparison: autoscale.Comparison(w.Comparison), Threshold: w.Threshold, Period: time.Duration(w.PeriodS) * time.Second,
			EvaluationPeriods: w.EvaluationPeriods, DatapointsToAlarm: w.DatapointsToAlarm, Missing: autoscale.Missing(w.TreatMissingData),
		}}}
		change(&c)
		r, err := sim.Run(context.Background(), &c, nil)
		if err != nil {
			t.Fatal(err)
		}
		return len(r.Alarms[0].Rang)
	}
	stop := func(name string) func(*sim.Config) {
		return func(c *sim.Config) {
			c.Faults = []client.Fault{{From: des.Time(time.Minute), To: des.Time(8 * time.Minute), Consumer: name, Pause: true}}
		}
	}
	double := func(c *sim.Config) { c.Producers[0].Rate = workload.Constant(model.PerSecond(2 * 640)) }
	for _, w := range []struct {
		alarm  string
		change func(*sim.Config)
	}{{"refused-writes", double}, {"iterator-age", stop("lake")}, {"behind-fraud", stop("fraud")}} {
		if rings(named[w.alarm], func(*sim.Config) {}) != 0 || rings(named[w.alarm], w.change) == 0 {
			t.Errorf("%s does not tell what it is for", w.alarm)
		}
	}
}
