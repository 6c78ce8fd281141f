package sim_test

import (
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/model/analytic"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// anyCoarse is a random scenario without what plays record by record only.
func anyCoarse(t *rapid.T) *sim.Config {
	c := anyConfig(t)
	c.Resolution = pick(t, "resolution", sim.By10ms, sim.By100ms, sim.By1s)
	for i := range c.Producers {
		p := &c.Producers[i]
		if p.Put.KPL != nil {
			p.Put = client.Put{Records: 100, Bytes: model.MiB, Linger: 50 * ms}
		}
		p.Put.Timeout, p.Put.InFlight, p.Put.Buffer = 0, 0, 0
		if _, forever := p.Retry.(client.Forever); forever {
			p.Retry = client.NoRetry{}
		}
		if _, sdk := p.Retry.(client.SDKRetry); sdk {
			p.Put.Single = false
			p.Put.Records, p.Put.Bytes = max(1, p.Put.Records), max(1, p.Put.Bytes)
		}
	}
	for i := range c.Consumers {
		if l, ok := c.Consumers[i].Kind.(client.Lambda); ok {
			l.Parallel = 1
			c.Consumers[i].Kind = l
		}
	}
	if parts := c.OnlyByRecord(); len(parts) > 0 { // sizes beyond the largest record
		for i := range c.Producers {
			c.Producers[i].Size = workload.ConstantSize(100)
		}
	}
	if parts := c.OnlyByRecord(); len(parts) > 0 {
		t.Fatalf("still record by record: %v", parts)
	}
	return c
}

// TestCoarseBooksBalance: in spans as well, all that is counted twice agrees.
func TestCoarseBooksBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { balance(t, anyCoarse(t)) })
}

func TestCoarseSameSeedSameBytes(t *testing.T) {
	for _, r := range []sim.Resolution{sim.By10ms, sim.By100ms, sim.By1s} {
		build := func() *sim.Config {
			c := lively()
			c.Resolution = r
			return c
		}
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		want := bytesOf(t, play(t, build()))
		runtime.GOMAXPROCS(4)
		if again := bytesOf(t, play(t, build())); again != want {
			t.Errorf("%s: a second run differs:\n%s", r, cmp.Diff(want, again))
		}
	}
}

// TestYardstickInSpans holds the job to the same theory as record by record.
func TestYardstickInSpans(t *testing.T) {
	oneByOne(t)
	want := loads(yardstickShards, 1.1, 10_000, "user-", yardstickRate)
	minute := analytic.ThrottledShareOf(want, 1_000, 1_000, 60)
	for _, r := range []sim.Resolution{sim.By10ms, sim.By100ms, sim.By1s} {
		c := yardstick(time.Minute)
		c.Resolution = r
		inside(t, "throttled in a minute at "+string(r), seeds(t, 8, c, throttled), minute, 0.004)
		for _, k := range play(t, c).Consumers {
			near(t, k.Name+" p50 at "+string(r), *k.PropagationDelay.P50, 500, 0.01)
			near(t, k.Name+" p99 at "+string(r), *k.PropagationDelay.P99, 990, 0.01)
		}
	}
}

// TestCriticalLoadInSpans: at the limit of every shard chance alone decides what is
// refused, and spans that bring their mean would miss much of it.
func TestCriticalLoadInSpans(t *testing.T) {
	oneByOne(t)
	c := yardstick(5 * time.Minute)
	c.Producers[0].Rate = workload.Constant(model.PerSecond(64_200))
	c.Producers[0].Keys = workload.Unique{}
	c.Consumers = nil
	mean := func(values []float64) (sum float64) {
		for _, x := range values {
			sum += x / float64(len(values))
		}
		return sum
	}
	exact := mean(seeds(t, 3, c, throttled))
	for _, r := range []sim.Resolution{sim.By100ms, sim.By1s} {
		spans := *c
		spans.Resolution = r
		if got := mean(seeds(t, 3, &spans, throttled)); math.Abs(got-exact) > sim.CoarseThrottled/2 {
			t.Errorf("at %s %.5f are throttled, record by record %.5f", r, got, exact)
		}
	}
	if exact < sim.CoarseThrottled {
		t.Errorf("%v throttled: not critical", exact)
	}
}

// TestCostDoesNotGrowWithRecords: a hundred times the records on a hundred times the
// limit are as many events.
func TestCostDoesNotGrowWithRecords(t *testing.T) {
	pushed := func(times int64) (records int64, lots float64) {
		c := yardstick(20 * time.Second)
		c.Resolution = sim.By1s
		c.Producers[0].Rate = workload.Constant(model.PerSecond(yardstickRate * times))
		c.Limits.WriteRecordsPerSecond *= times
		c.Limits.WriteBurstRecords *= times
		c.Limits.WriteBytesPerSecond *= model.Bytes(times)
		c.Limits.ReadBytesPerSecond *= model.Bytes(times)
		c.Limits.ReadBurstBytes *= model.Bytes(times)
		objects, _ := allocated(t, c)
		return play(t, c).Stream.OfferedRecords, objects
	}
	few, before := pushed(1)
	many, after := pushed(100)
	if many < 90*few || after > 1.2*before+100 {
		t.Errorf("%d records make %v objects, %d make %v", few, before, many, after)
	}
}

func TestChoose(t *testing.T) {
	day := func(change func(*sim.Config)) *sim.Config {
		c := yardstick(24 * time.Hour)
		if change != nil {
			change(c)
		}
		return c
	}
	for name, row := range map[string]struct {
		config *sim.Config
		want   sim.Resolution
		why    string
	}{
		"a minute":               {yardstick(time.Minute), sim.ByRecord, "in seconds"},
		"a day":                  {day(nil), sim.By1s, "times as much"},
		"an hour":                {yardstick(time.Hour), sim.By100ms, "times as much"},
		"a day of the KPL":       {day(func(c *sim.Config) { c.Producers[0].Put.KPL = &client.KPL{} }), sim.ByRecord, "packs records"},
		"a day of a few records": {day(func(c *sim.Config) { c.Stream.Shards = model.EvenShards(10_000) }), sim.ByRecord, "a shard gets 5 records in 1s"},
		"a day of a small burst": {day(func(c *sim.Config) { c.Limits.WriteBurstRecords = 200 }), sim.By100ms, "times as much"},
		"a day of records larger than a second takes": {day(func(c *sim.Config) {
			c.Limits.WriteWindow, c.Stream.MaxRecordSize = model.FixedS1, 10*model.MiB
			c.Producers[0].Size = workload.UniformSize{Min: 1, Max: 5 * model.MiB}
		}), sim.ByRecord, "an untouched second takes one"},
		"a day of windows with calls unknown": {day(func(c *sim.Config) {
			c.Limits.WriteWindow, c.Producers[0].Clients = model.FixedS1, 600
			c.Producers[0].Put = client.Put{Records: 500, Bytes: model.MiB, Linger: time.Second}
		}), sim.ByRecord, "holds whole calls"},
		"a day of windows with known calls": {day(func(c *sim.Config) {
			c.Limits.WriteWindow, c.Producers[0].Clients = model.FixedS1, 400
			c.Producers[0].Put = client.Put{Records: 500, Bytes: model.MiB, Linger: time.Second}
		}), sim.By1s, "times as much"},
		"a day of clients that seldom call": {day(func(c *sim.Config) {
			c.Producers[0].Clients = 10_000
			c.Producers[0].Rate = workload.Constant(model.PerSecond(2_000))
			c.Stream.Shards = model.EvenShards(4)
			c.Clock.Duration = 30 * 24 * time.Hour
			c.Producers[0].Put = client.Put{Records: 500, Bytes: model.MiB, Linger: time.Hour}
		}), sim.ByRecord, "calls in 1s"},
		"a day of large and small": {day(func(c *sim.Config) { c.Producers[0].Size = workload.UniformSize{Min: 1, Max: 4_000} }), sim.ByRecord, "many sizes"},
	} {
		got, choice := row.config.Choose()
		if got != row.want || !strings.Contains(choice.Why, row.why) || choice.By != "auto" || choice.ExpectedError == "" {
			t.Errorf("%s: %s because %q, want %s because %q", name, got, choice.Why, row.want, row.why)
		}
	}
}

// TestBlursAreFewerTheFiner: what a resolution keeps, a finer one keeps, but for the
// number of records and calls.
func TestBlursAreFewerTheFiner(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCoarse(t)
		kinds := func(r sim.Resolution) []string {
			return slices.DeleteFunc(c.Blurs(r.Tick()), func(s string) bool { return strings.HasPrefix(s, "a shard gets") || strings.Contains(s, " calls in ") })
		}
		if fine, wide := kinds(sim.By10ms), kinds(sim.By1s); len(fine) > len(wide) {
			t.Errorf("%v, and at a second %v", fine, wide)
		}
	})
}

// TestSlabsAndRowsAgree: a batch that takes a while to process is measured the same in
// spans as record by record, in the mean and at its ends.
func TestSlabsAndRowsAgree(t *testing.T) {
	c := scene(1, 500, 30*time.Second)
	c.Producers[0].Arrivals = workload.Regular{}
	slow := classic("slow", time.Second)
	slow.Processing = client.Processing{PerRecord: ms, PerBatch: 20 * ms}
	c.Consumers = []client.ConsumerConfig{slow}
	exact := play(t, c)
	spans := *c
	spans.Resolution = sim.By1s
	got := play(t, &spans)
	for what, pair := range map[string][2]*float64{
		"mean":        {exact.Consumers[0].EndToEndLatency.Mean, got.Consumers[0].EndToEndLatency.Mean},
		"p50":         {exact.Consumers[0].EndToEndLatency.P50, got.Consumers[0].EndToEndLatency.P50},
		"p99":         {exact.Consumers[0].EndToEndLatency.P99, got.Consumers[0].EndToEndLatency.P99},
		"propagation": {exact.Consumers[0].PropagationDelay.Mean, got.Consumers[0].PropagationDelay.Mean},
	} {
		if a, b := *pair[0], *pair[1]; math.Abs(a-b) > 0.02*a {
			t.Errorf("%s: %v in spans, %v record by record", what, b, a)
		}
	}
}

// TestFirstsWaitLongest: the first record of a call waits for all of the linger. Where calls have few
// records each, which go to many shards, the mean shows it, in spans as well.
func TestFirstsWaitLongest(t *testing.T) {
	for _, rate := range []int64{400, 1_000} { // calls of 1.8 and 3 records
		c := scene(40, rate, time.Minute)
		p := &c.Producers[0]
		p.Clients, p.Arrivals, p.Put = 50, workload.Poisson{}, client.Put{Records: 500, Bytes: model.MiB, Linger: 100 * ms}
		c.Consumers = []client.ConsumerConfig{{Name: "fan", Kind: client.EFO{}}}
		exact := play(t, c)
		spans := *c
		spans.Resolution = sim.By1s
		got := play(t, &spans)
		if a, b := *exact.Consumers[0].EndToEndLatency.Mean, *got.Consumers[0].EndToEndLatency.Mean; math.Abs(a-b) > 0.02*a {
			t.Errorf("%d records/s: a mean of %v ms in spans, %v record by record", rate, b, a)
		}
	}
}
