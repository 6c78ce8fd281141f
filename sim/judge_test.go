package sim_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// expect is an expectation over the whole run.
func expect(metric, stat string, op sim.Comparison, limit float64) sim.Expectation {
	return sim.Expectation{Metric: metric, Stat: stat, Op: op, Limit: limit, To: des.Forever, P: 1}
}

// during narrows an expectation to a window of seconds.
func during(e sim.Expectation, from, to float64) sim.Expectation {
	e.Windowed, e.From, e.To = true, des.Time(from*1e9), des.Time(to*1e9)
	return e
}

// half is a scenario that refuses exactly every second record: 100 a second
// against a window of 50.
func half(expectations ...sim.Expectation) *sim.Config {
	c := scene(1, 100, 20*time.Second)
	c.Limits.WriteRecordsPerSecond, c.Limits.WriteWindow = 50, model.FixedS1
	c.Expect = expectations
	return c
}

func TestComparisons(t *testing.T) {
	for _, c := range []struct {
		op           sim.Comparison
		limit, upper float64
		passed       bool
		margin       float64
	}{
		{sim.Below, 0.5, 0, false, 0}, // strict
		{sim.Below, 0.8, 0, true, 0.375},
		{sim.Below, 0.4, 0, false, -0.25},
		{sim.Above, 0.5, 0, false, 0}, // strict
		{sim.Above, 0.4, 0, true, -0.25},
		{sim.Above, 0.6, 0, false, 1. / 6},
		{sim.Equals, 0.5, 0, true, 0},
		{sim.Equals, 0.5001, 0, false, 0.0001 / 0.5001},
		{sim.Between, 0.5, 0.6, true, 0},    // the lower end belongs
		{sim.Between, 0.4, 0.5, true, -.25}, // and the upper one
		{sim.Between, 0.51, 0.6, false, 0.01 / 0.51},
		{sim.Between, 0.3, 0.49, false, -0.2 / 0.3},
	} {
		t.Run(fmt.Sprintf("%s %v %v", c.op, c.limit, c.upper), func(t *testing.T) {
			e := expect("put_throttled_ratio", "", c.op, c.limit)
			e.Upper, e.File, e.Line = c.upper, "a.yaml", 7
			r := play(t, half(e))
			got := r.Expectations[0]
			if *got.Measured != 0.5 || got.Passed != c.passed || r.Passed != c.passed {
				t.Errorf("measured %v, passed %v, run passed %v", *got.Measured, got.Passed, r.Passed)
			}
			if math.Abs(*got.Margin-c.margin) > 1e-9 {
				t.Errorf("margin %v, want %v", *got.Margin, c.margin)
			}
			if got.File != "a.yaml" || got.Line != 7 || got.Severity != "error" || got.Unit != "ratio" || got.During != "" || got.P != nil {
				t.Errorf("got %+v", got)
			}
			if (got.Upper != nil) != (c.op == sim.Between) {
				t.Errorf("upper end %v", got.Upper)
			}
		})
	}
}

func TestMarginOfALimitOfZero(t *testing.T) {
	r := play(t, half(expect("failed_records", "", sim.Equals, 0)))
	if e := r.Expectations[0]; e.Margin != nil || e.Passed || *e.Measured != 1000 {
		t.Errorf("got %+v", e)
	}
}

func TestWarningsNeverFail(t *testing.T) {
	e := expect("put_throttled_ratio", "", sim.Below, 0.1)
	e.Warn = true
	r := play(t, half(e))
	if r.Expectations[0].Passed || r.Expectations[0].Severity != "warn" || !r.Passed {
		t.Errorf("run passed %v with %+v", r.Passed, r.Expectations[0])
	}
	again, err := sim.Replicate(context.Background(), half(e), 2, 1, nil)
	if err != nil || again.Expectations[0].Passed || !again.Passed {
		t.Errorf("two runs: passed %v with %+v, %v", again.Passed, again.Expectations[0], err)
	}
}

// TestNothingMeasured: what was not measured is not met.
func TestNothingMeasured(t *testing.T) {
	c := scene(1, 0, 10*time.Second)
	c.Consumers = []client.ConsumerConfig{classic("one", time.Second)}
	c.Expect = []sim.Expectation{
		expect("propagation_delay", "max", sim.Below, 1000),
		expect("put_throttled_ratio", "", sim.Below, 1),
		during(expect("put_latency", "p99", sim.Above, -1), 2, 3),
		during(expect("put_failed_ratio", "", sim.Below, 1), 2, 3),
	}
	r := play(t, c)
	for _, e := range r.Expectations {
		if e.Measured != nil || e.Passed || e.Margin != nil || e.WorstAtS != nil {
			t.Errorf("%+v", e)
		}
	}
	if r.Passed {
		t.Error("the run passed")
	}
	if _, err := sim.Replicate(context.Background(), c, 2, 1, nil); err != nil {
		t.Error(err)
	}
}

// TestWindowsAreHalfOpen: one record each second is too large and fails at once.
func TestWindowsAreHalfOpen(t *testing.T) {
	for _, w := range []struct{ from, to, want float64 }{
		{3, 5, 2}, {3, 3, 0}, {2.5, 3, 0}, {2.5, 3.5, 1}, {0, 10, 10}, {0, 1e9, 10}, {9, 10, 1}, {0, 1e-9, 1},
	} {
		c := scene(1, 1, 10*time.Second)
		c.Stream.MaxRecordSize = 50
		c.Expect = []sim.Expectation{during(expect("failed_records", "", sim.Equals, w.want), w.from, w.to)}
		if e := play(t, c).Expectations[0]; !e.Passed {
			t.Errorf("%v..%v s: %v failed, want %v", w.from, w.to, *e.Measured, w.want)
		}
	}
}

// TestStatistics: fan-out with a constant delay, 70 ms until second 5 for even
// records; what is known of the law shows in every statistic.
func TestStatistics(t *testing.T) {
	c := scene(1, 100, 10*time.Second)
	c.Limits.EFODelay, c.Limits.PutLatency = model.Constantly(70*ms), model.Constantly(30*ms)
	c.Consumers = []client.ConsumerConfig{efo("fan")}
	for metric, want := range map[string]float64{"propagation_delay": 70, "end_to_end_latency": 70, "put_latency": 30, "iterator_age": 70} {
		for _, stat := range []string{"mean", "p50", "p90", "p99", "p999", "max"} {
			c.Expect = append(c.Expect, expect(metric, stat, sim.Equals, want), during(expect(metric, stat, sim.Equals, want), 2.25, 3.5))
		}
	}
	for _, e := range play(t, c).Expectations {
		if e.Measured == nil || math.Abs(*e.Measured-e.Limit) > 0.001 {
			t.Errorf("%s %s: %v, want %v", e.Metric, e.Stat, e.Measured, e.Limit)
		}
	}
}

// TestEveryMetric gives each metric a value that is known.
func TestEveryMetric(t *testing.T) {
	c := half()
	c.Limits.ReadCallsPerSecond, c.Limits.ReadBurstCalls = 1, 1
	busy := classic("busy", 500*ms) // is refused every second call
	busy.Kind = client.Classic{Interval: 500 * ms, MaxRecords: 25}
	c.Consumers = []client.ConsumerConfig{busy}
	for metric, want := range map[string]float64{
		"put_throttled_ratio": 0.5, "put_failed_ratio": 0.5, "read_throttled_ratio": 0.5,
		"failed_records": 1000, "pending_records": 0, "expired_records": 0, "duplicate_records": 0,
		"shard_utilization": 1, "backlog_records": 525,
	} {
		stat := ""
		if metric == "shard_utilization" || metric == "backlog_records" {
			stat = "max"
		}
		c.Expect = append(c.Expect, expect(metric, stat, sim.Equals, want))
	}
	for _, e := range play(t, c).Expectations {
		tolerance := 1e-9
		if e.Metric == "backlog_records" { // 50 a second come and 25 go; the phase decides on the last
			tolerance = 26
		}
		if math.Abs(*e.Measured-e.Limit) > tolerance {
			t.Errorf("%s: %v, want %v", e.Metric, *e.Measured, e.Limit)
		}
	}
	known := map[string]bool{"put_duplicates": true, "reordered_records": true, "dropped_records": true, "repeated_records": true, // in TestWhatResendingMakes and TestDedup
		"put_latency": true, "iterator_age": true, "propagation_delay": true, "end_to_end_latency": true, "cost_per_month": true, "cost_of_run": true,
		"open_shards": true, "reshard_calls": true, "refused_calls": true} // in TestShardMetrics
	for _, e := range c.Expect {
		known[e.Metric] = true
	}
	for _, m := range sim.Metrics {
		if !known[m.Name] {
			t.Errorf("metric %s has no test", m.Name)
		}
	}
}

// TestWhatResendingMakes: a service that is slow for a second makes a client that
// waits for 50 ms write everything of it again and again, out of order; one that
// waits for its answers drops what its buffer cannot hold.
func TestWhatResendingMakes(t *testing.T) {
	c := scene(1, 100, 10*time.Second)
	c.Limits.PutLatency = model.Constantly(10 * ms)
	c.Faults = []client.Fault{{From: 2e9, To: 3e9, SlowPuts: 100}}
	impatient := &c.Producers[0]
	impatient.Keys, impatient.Put.Timeout = oneKey("one"), 50*ms
	impatient.Retry = client.Backoff{Base: 100 * ms, Max: 100 * ms, Jitter: client.JitterNone, GiveUpAfter: time.Hour}
	patient := producer("patient", 100)
	patient.Put = client.Put{Single: true, InFlight: 1, Buffer: 20}
	c.Producers = append(c.Producers, patient)
	for _, metric := range []string{"put_duplicates", "reordered_records", "dropped_records"} {
		for _, name := range []string{"", "app", "patient"} {
			e := expect(metric, "", sim.Above, -1)
			e.Producer = name
			c.Expect = append(c.Expect, e)
		}
	}
	r := play(t, c)
	app, other := r.Producers[0], r.Producers[1]
	want := []int64{app.DuplicateRecords, app.DuplicateRecords, 0, 0, 0, 0, other.DroppedRecords, 0, other.DroppedRecords}
	for i, e := range r.Expectations {
		if int64(*e.Measured) != want[i] {
			t.Errorf("%s of %q: %v, want %d", e.Metric, e.Where, *e.Measured, want[i])
		}
	}
	// Each of the 100 records of that second is sent again after 150 ms, until one
	// is sent after its end: record i, at 10·i ms, that many times.
	copies := int64(0)
	for i := range 100 {
		copies += int64((1000 - 10*i + 149) / 150)
	}
	if app.DuplicateRecords != copies || app.AcceptedRecords != 1000 || other.DroppedRecords == 0 {
		t.Errorf("%d copies, want %d; %+v", app.DuplicateRecords, copies, other)
	}
}

// TestAgeOfASilentReader: a reader that is busy for 30 s makes no calls, so
// CloudWatch sees ages of a record's spacing, while an expectation counts the
// oldest unread record.
func TestAgeOfASilentReader(t *testing.T) {
	c := scene(1, 100, 100*time.Second)
	busy := classic("busy", time.Second)
	busy.Processing.PerBatch = 30 * time.Second
	c.Consumers = []client.ConsumerConfig{busy}
	c.Expect = []sim.Expectation{expect("iterator_age", "max", sim.Below, 29_000)}
	r := play(t, c)
	near(t, "age with the silence", *r.Expectations[0].Measured, 30_000, 0.001)
	if shown := *r.Consumers[0].IteratorAge.Max; shown > 10.01 {
		t.Errorf("CloudWatch shows %v ms", shown)
	}
}

// TestWorstAt: a burst from 12 s to 15 s in a run whose bins are whole seconds.
func TestWorstAt(t *testing.T) {
	rate, err := workload.Steps([]workload.Step{{Rate: model.PerSecond(60)}, {At: 12 * time.Second, Rate: model.PerSecond(300)}, {At: 15 * time.Second, Rate: model.PerSecond(60)}})
	if err != nil {
		t.Fatal(err)
	}
	c := scene(1, 0, 40*time.Second)
	c.Producers[0].Rate = rate
	c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 100, 10
	c.Consumers = []client.ConsumerConfig{{Name: "slow", Kind: client.Classic{Interval: time.Second, MaxRecords: 65}}}
	c.Expect = []sim.Expectation{
		expect("put_throttled_ratio", "", sim.Below, 0.1),
		expect("shard_utilization", "max", sim.Below, 0.9),
		expect("backlog_records", "max", sim.Below, 1),
		during(expect("put_throttled_ratio", "", sim.Below, 0.1), 0, 12),
		expect("duplicate_records", "", sim.Equals, 0),
	}
	r := play(t, c)
	for i, want := range [][2]float64{{12, 15}, {12, 15}, {14, 16}} {
		if at := r.Expectations[i].WorstAtS; at == nil || *at < want[0] || *at >= want[1] {
			t.Errorf("%s: worst at %v, want %v", r.Expectations[i].Metric, at, want)
		}
	}
	for _, e := range r.Expectations[3:] {
		if !e.Passed || e.WorstAtS != nil {
			t.Errorf("%s never left zero: %+v", e.Metric, e)
		}
	}
}

// TestShareOfReplications: an expectation with p asks for that share of runs.
func TestShareOfReplications(t *testing.T) {
	c := scene(1, 100, 10*time.Second)
	c.Producers[0].Arrivals = workload.Poisson{}
	c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 100, 1
	values := make([]float64, 5)
	for i := range values {
		run := *c
		run.Seed = des.SeedOf(c.Seed, i+1)
		values[i] = throttled(play(t, &run))
	}
	slices.Sort(values)
	limit := (values[2] + values[3]) / 2 // three of five are below
	for p, passed := range map[float64]bool{0.5: true, 0.6: true, 0.61: false, 1: false} {
		e := expect("put_throttled_ratio", "", sim.Below, limit)
		e.P = p
		c.Expect = []sim.Expectation{e}
		r, err := sim.Replicate(context.Background(), c, 5, 2, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := r.Expectations[0]
		if got.Passed != passed || r.Passed != passed || *got.PPass != 0.6 {
			t.Errorf("p %v: passed %v, run %v, %v of the runs met it", p, got.Passed, r.Passed, *got.PPass)
		}
	}
}

// TestCost is the worked example: 1,000 records a second of 500 B on one shard
// cost 47.088 USD in 30 days.
func TestCost(t *testing.T) {
	c := scene(1, 1000, time.Minute)
	c.Producers[0].Size, c.Producers[0].Keys = workload.ConstantSize(490), oneKey("ten bytes.")
	c.Expect = []sim.Expectation{expect("cost_per_month", "", sim.Equals, 47.088), expect("cost_of_run", "", sim.Equals, 47.088/720/60)}
	for warm, what := range map[time.Duration]string{0: "no warm-up", 30 * time.Second: "half of it warm-up"} {
		c.Clock.Warmup = warm
		for _, e := range play(t, c).Expectations {
			near(t, what+": "+e.Metric, *e.Measured, e.Limit, 1e-9)
		}
	}
	// Two fan-out consumers on the shard: 2 · 720 · 0.015 USD, and 500 kB/s each.
	c.Clock.Warmup = 0
	c.Consumers = []client.ConsumerConfig{efo("one"), efo("two")}
	gib := 2 * 500e3 * 2_592_000 / (1 << 30)
	near(t, "with fan-out", play(t, c).Cost.PerMonth, 47.088+2*720*0.015+gib*0.013, 1e-4)
}

// TestUtilizationInAWindow: the seconds of a window are its own, and the one before it
// is not among them.
func TestUtilizationInAWindow(t *testing.T) {
	c := scene(1, 0, 10*time.Second)
	rate, err := workload.Steps([]workload.Step{{Rate: model.PerSecond(900)}, {At: 5 * time.Second, Rate: model.PerSecond(100)}})
	if err != nil {
		t.Fatal(err)
	}
	c.Producers[0].Rate = rate
	for _, w := range []struct {
		from, to des.Time
		want     float64
	}{{4e9, 5e9, 0.9}, {5e9, 10e9, 0.1}, {0, 5e9, 0.9}} {
		e := expect("shard_utilization", "max", sim.Equals, w.want)
		e.Windowed, e.From, e.To = true, w.from, w.to
		c.Expect = append(c.Expect, e)
	}
	for _, e := range play(t, c).Expectations {
		if e.Measured == nil || math.Abs(*e.Measured-e.Limit) > 2e-3 {
			t.Errorf("during %s: %v, want %v", e.During, e.Measured, e.Limit)
		}
	}
}

// TestWindowsLeaveWarmUpOut: what a window counts is what the run counts in it.
func TestWindowsLeaveWarmUpOut(t *testing.T) {
	c := scene(1, 2000, 10*time.Second)
	c.Clock.Warmup = 4 * time.Second
	whole := expect("failed_records", "", sim.Above, -1)
	window := whole
	window.Windowed, window.From, window.To = true, 0, 10e9
	c.Expect = []sim.Expectation{whole, window}
	r := play(t, c)
	if a, b := *r.Expectations[0].Measured, *r.Expectations[1].Measured; a != b || a == 0 {
		t.Errorf("%v failed in the run, %v in a window of all of it", a, b)
	}
}
