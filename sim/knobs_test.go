package sim_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// tight is a scenario in which every limit binds now and then: shards that
// refuse, readers that are cut short and refused, subscriptions that end,
// records larger than one payload unit.
func tight() *sim.Config {
	c := lively()
	c.Seed = 16 // one at which the other readers leave the first something
	c.Limits.WriteBytesPerSecond, c.Limits.WriteBurstBytes = 30_000, 30_000
	c.Limits.ReadBytesPerSecond, c.Limits.ReadBurstBytes = 60_000, 40_000
	c.Limits.GetRecordsBytes, c.Limits.FullReadPenalty = 20_000, 700*ms
	c.Limits.EFOBytesPerSecond, c.Limits.EFOBurstBytes = 30_000, 8_000
	c.Limits.EFOSubscription, c.Limits.EFOReadTimeout = 3*time.Second, 2*time.Second
	c.Limits.IteratorLife, c.Limits.IteratorCallsPerSecond, c.Limits.GetRecordsSpan = 600*ms, 2, 500*ms
	c.Limits.PutPayloadUnit = 1_000
	c.Stream.Retention, c.Stream.MaxRecordSize = 5*time.Second, 8_000
	single := c.Producers[0]
	single.Name, single.Put, single.Retry = "single", client.Put{Single: true}, client.SDKRetry{Attempts: 3}
	c.Producers = append(c.Producers, single)
	c.Consumers[0].Processing = client.Processing{PerRecord: ms, PerBatch: 5 * ms}
	c.Consumers = append(c.Consumers, classic("third", 200*ms), classic("fourth", 200*ms))
	c.Consumers = append(c.Consumers, client.ConsumerConfig{Name: "team", Processing: client.Processing{PerRecord: ms}, Kind: client.KCL{
		Version: 2, Workers: 3, Interval: 300 * ms, MaxRecords: 50, Prefetch: 1, CheckpointEvery: 2 * time.Second, Failover: 900 * ms, MaxLeases: 4, Steal: 1, WriteUnits: 6,
	}})
	c.Consumers = append(c.Consumers, client.ConsumerConfig{Name: "crew", Kind: client.KCL{
		Version: 2, Workers: 3, EFO: true, Failover: 600 * ms, MaxLeases: 4, Steal: 1, Cold: true,
	}})
	c.Limits.LambdaPayload = 5_000
	c.Consumers = append(c.Consumers, client.ConsumerConfig{Name: "fn", Kind: client.Lambda{
		BatchSize: 20, Parallel: 1, Duration: model.Constantly(20 * ms), Errors: 0.3, Retries: 1, Keep: 1, Interval: 600 * ms,
	}})
	c.Faults = append(c.Faults, client.Fault{From: 2e9, To: 2100e6, Consumer: "crew", Deploy: &client.Deploy{AtATime: 3}})
	c.Faults = append(c.Faults, client.Fault{From: 3500e6, To: 6e9, Consumer: "team", Workers: 1, Kill: true})
	for _, k := range c.Consumers {
		if k.Kind == (client.EFO{}) {
			c.Faults = append(c.Faults, client.Fault{From: 4e9, To: 5e9, Consumer: k.Name, HalfOpen: true})
		}
	}
	return c
}

// outcome is all that a run finds, without what it merely repeats of its input.
func outcome(t *testing.T, c *sim.Config) string {
	t.Helper()
	r := play(t, c)
	r.Assumptions, r.Config = nil, nil
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// limitValues are the values that a limit is changed to where half of it would
// not matter.
var limitValues = map[string]int64{
	"put_record_rounding": 1024, // from none
	"put_records_records": 5,
	"put_records_bytes":   2_000,
	"get_records_limit":   20,

	"update_shard_count_parallel": 2, // from one
	"shard_quota":                 6,
}

// change gives a constant another value.
func change(t *testing.T, row model.Constant, l *model.Limits) {
	t.Helper()
	halve := func(now int64) int64 {
		if v, ok := limitValues[row.Name]; ok {
			return v
		}
		return now / 2
	}
	switch v := row.Field(l).(type) {
	case *model.Bytes:
		*v = model.Bytes(halve(int64(*v)))
	case *int64:
		*v = halve(*v)
	case *time.Duration:
		*v /= 2
	case *model.Delay:
		*v = model.Constantly(25 * ms)
	case *model.Window:
		*v = model.FixedS1
	default:
		t.Fatalf("%s is a %T", row.Name, v)
	}
}

// TestEveryLimitMatters: each constant moves what a run finds that uses it.
func TestEveryLimitMatters(t *testing.T) {
	oneByOne(t)
	bases := map[model.Part]func() *sim.Config{model.Always: tight, model.Resharding: restless, model.OnDemandMode: stretching}
	before, fingerprints := map[model.Part]string{}, map[model.Part]string{}
	for part, base := range bases {
		before[part], fingerprints[part] = outcome(t, base()), play(t, base()).Fingerprint
	}
	bill := []string{"billing_month", "put_payload_unit", "cloudwatch_delay"} // what a run costs and how it is seen, not what it does
	for _, row := range model.Register {
		t.Run(row.Name, func(t *testing.T) {
			part := row.Used
			if bases[part] == nil {
				part = model.Always
			}
			c := bases[part]()
			change(t, row, &c.Limits)
			if outcome(t, c) == before[part] {
				t.Error("makes no difference")
			}
			if same := play(t, c).Fingerprint == fingerprints[part]; same != slices.Contains(bill, row.Name) {
				t.Errorf("fingerprint the same: %v", same)
			}
		})
	}
}

// knobs are changes of the fields of a config struct, by name; a field that
// changes nothing has a reason instead.
type knobs struct {
	of      any
	from    func(*sim.Config) // what the scenario needs first, to have such a struct
	changes map[string]func(*sim.Config)
	reasons map[string]string
}

// play changes each field of the struct in turn.
func (k knobs) play(t *testing.T) {
	t.Helper()
	base := func() *sim.Config {
		c := tight()
		if k.from != nil {
			k.from(c)
		}
		return c
	}
	before := outcome(t, base())
	kind := reflect.TypeOf(k.of)
	for i := range kind.NumField() {
		name := kind.Field(i).Name
		t.Run(strings.ToLower(kind.Name())+"."+name, func(t *testing.T) {
			if reason, ok := k.reasons[name]; ok {
				t.Log(reason)
				return
			}
			turn, ok := k.changes[name]
			if !ok {
				t.Fatal("no test turns this field, and no reason says why")
			}
			c := base()
			turn(c)
			if outcome(t, c) == before {
				t.Error("makes no difference")
			}
		})
	}
}

// ofProducer and the functions after it turn a field of the first actor of a kind.
func ofProducer(f func(*client.ProducerConfig)) func(*sim.Config) {
	return func(c *sim.Config) { f(&c.Producers[0]) }
}

func ofConsumer(f func(*client.ConsumerConfig)) func(*sim.Config) {
	return func(c *sim.Config) { f(&c.Consumers[0]) }
}

// withKPL sends through the library with settings that all of its limits bind.
func withKPL(f func(*client.KPL)) func(*client.ProducerConfig) {
	return func(p *client.ProducerConfig) {
		k := client.KPL{
			AggregationEnabled: true, AggregationMaxCount: 20, AggregationMaxSize: 1500, CollectionMaxCount: 20, CollectionMaxSize: 20_000,
			RecordMaxBufferedTime: 200e6, RecordTTL: 3e9, RateLimit: 150,
		}
		f(&k)
		p.Put = client.Put{KPL: &k, Records: 500}
	}
}

func ofKPL(f func(*client.KPL)) func(*sim.Config) { return ofProducer(withKPL(f)) }

func ofBackoff(f func(*client.Backoff)) func(*sim.Config) {
	return ofProducer(func(p *client.ProducerConfig) {
		b := p.Retry.(client.Backoff)
		f(&b)
		p.Retry = b
	})
}

func ofClassic(f func(*client.Classic)) func(*sim.Config) {
	return ofConsumer(func(k *client.ConsumerConfig) {
		c := k.Kind.(client.Classic)
		f(&c)
		k.Kind = c
	})
}

// functional makes the first consumer a function that fails now and then.
func functional(c *sim.Config) {
	c.Consumers[0].Kind = client.Lambda{BatchSize: 20, Parallel: 1, Duration: model.Constantly(40 * ms), Errors: 0.3, Retries: 1, Keep: 1, Interval: 250 * ms}
}

func ofLambda(f func(*client.Lambda)) func(*sim.Config) {
	return ofConsumer(func(k *client.ConsumerConfig) {
		l := k.Kind.(client.Lambda)
		f(&l)
		k.Kind = l
	})
}

// ofFlink makes the first consumer a job that restarts.
func ofFlink(f func(*client.Flink)) func(*sim.Config) {
	return func(c *sim.Config) {
		job := client.Flink{Interval: 300 * ms, MaxRecords: 50, CheckpointEvery: 2 * time.Second}
		f(&job)
		c.Consumers[0].Kind = job
		c.Faults = append(slices.Clip(c.Faults), client.Fault{From: 7500e6, To: 8e9, Consumer: c.Consumers[0].Name, Restart: true})
	}
}

func ofKCL(f func(*client.KCL)) func(*sim.Config) {
	return func(c *sim.Config) {
		for i := range c.Consumers {
			if k, ok := c.Consumers[i].Kind.(client.KCL); ok && c.Consumers[i].Name == "team" {
				f(&k)
				c.Consumers[i].Kind = k
			}
		}
	}
}

func ofBursty(f func(*workload.Bursty)) func(*sim.Config) {
	return ofProducer(func(p *client.ProducerConfig) {
		b := p.Arrivals.(workload.Bursty)
		f(&b)
		p.Arrivals = b
	})
}

func ofSessions(f func(*workload.Sessions)) func(*sim.Config) {
	return ofProducer(func(p *client.ProducerConfig) {
		s := p.Arrivals.(workload.Sessions)
		f(&s)
		p.Arrivals = s
	})
}

func ofHot(f func(*workload.Hot)) func(*sim.Config) {
	return ofProducer(func(p *client.ProducerConfig) {
		p.Hot = slices.Clone(p.Hot)
		f(&p.Hot[0])
	})
}

func TestEveryKnobOfProducersMatters(t *testing.T) {
	oneByOne(t)
	for _, k := range []knobs{
		{of: client.ProducerConfig{}, changes: map[string]func(*sim.Config){
			"Name":     ofProducer(func(p *client.ProducerConfig) { p.Name = "another" }),
			"Clients":  ofProducer(func(p *client.ProducerConfig) { p.Clients = 7 }),
			"Skew":     ofProducer(func(p *client.ProducerConfig) { p.Clients, p.Skew = 7, 2 }),
			"Trace":    ofProducer(func(p *client.ProducerConfig) { p.Trace = memory{n: 100, keys: 3, closed: new(int)} }),
			"Rate":     ofProducer(func(p *client.ProducerConfig) { p.Rate = workload.Constant(model.PerSecond(601)) }),
			"Arrivals": ofProducer(func(p *client.ProducerConfig) { p.Arrivals = workload.Regular{} }),
			"Size":     ofProducer(func(p *client.ProducerConfig) { p.Size = workload.ConstantSize(300) }),
			"Keys":     ofProducer(func(p *client.ProducerConfig) { p.Keys = workload.Ranked{S: 1, Count: 300, Prefix: "k"} }),
			"Hot":      ofProducer(func(p *client.ProducerConfig) { p.Hot = nil }),
			"Put":      ofProducer(func(p *client.ProducerConfig) { p.Put = client.Put{Single: true} }),
			"Retry":    ofProducer(func(p *client.ProducerConfig) { p.Retry = client.NoRetry{} }),
		}},
		{of: client.Put{}, changes: map[string]func(*sim.Config){
			"Single":   ofProducer(func(p *client.ProducerConfig) { p.Put.Single = true }),
			"KPL":      ofProducer(withKPL(func(*client.KPL) {})),
			"Records":  ofProducer(func(p *client.ProducerConfig) { p.Put.Records = 4 }),
			"Bytes":    ofProducer(func(p *client.ProducerConfig) { p.Put.Bytes = 2_000 }),
			"Linger":   ofProducer(func(p *client.ProducerConfig) { p.Put.Linger = 101 * ms }),
			"Timeout":  ofProducer(func(p *client.ProducerConfig) { p.Put.Timeout = 20 * ms }),
			"InFlight": ofProducer(func(p *client.ProducerConfig) { p.Put.InFlight = 1 }),
			"Buffer":   ofProducer(func(p *client.ProducerConfig) { p.Put.InFlight, p.Put.Buffer = 1, p.Put.Records }),
		}},
		{of: client.KPL{}, from: ofProducer(withKPL(func(*client.KPL) {})), changes: map[string]func(*sim.Config){
			"AggregationEnabled":    ofKPL(func(k *client.KPL) { k.AggregationEnabled = false }),
			"AggregationMaxCount":   ofKPL(func(k *client.KPL) { k.AggregationMaxCount = 2 }),
			"AggregationMaxSize":    ofKPL(func(k *client.KPL) { k.AggregationMaxSize = 500 }),
			"CollectionMaxCount":    ofKPL(func(k *client.KPL) { k.CollectionMaxCount = 1 }),
			"CollectionMaxSize":     ofKPL(func(k *client.KPL) { k.CollectionMaxSize = 600 }),
			"RecordMaxBufferedTime": ofKPL(func(k *client.KPL) { k.RecordMaxBufferedTime /= 2 }),
			"RecordTTL":             ofKPL(func(k *client.KPL) { k.RecordTTL = 300e6 }),
			"RateLimit":             ofKPL(func(k *client.KPL) { k.RateLimit = 60 }),
			"FailIfThrottled":       ofKPL(func(k *client.KPL) { k.FailIfThrottled = true }),
		}},
		{of: client.Backoff{}, changes: map[string]func(*sim.Config){
			"Base":        ofBackoff(func(b *client.Backoff) { b.Base = 101 * ms }),
			"Max":         ofBackoff(func(b *client.Backoff) { b.Max = 300 * ms }),
			"Jitter":      ofBackoff(func(b *client.Backoff) { b.Jitter = client.JitterEqual }),
			"GiveUpAfter": ofBackoff(func(b *client.Backoff) { b.GiveUpAfter = time.Second }),
		}},
		{of: client.SDKRetry{}, changes: map[string]func(*sim.Config){
			"Attempts": func(c *sim.Config) { c.Producers[1].Retry = client.SDKRetry{Attempts: 2} },
			"Mode":     func(c *sim.Config) { c.Producers[1].Retry = client.SDKRetry{Attempts: 3, Mode: client.SDKLegacy} },
		}},
	} {
		k.play(t)
	}
}

func TestEveryKnobOfArrivalsMatters(t *testing.T) {
	oneByOne(t)
	for _, k := range []knobs{
		{of: workload.Bursty{}, from: ofProducer(func(p *client.ProducerConfig) {
			p.Arrivals = workload.Bursty{On: 500 * ms, Off: time.Second, Factor: 2}
		}), changes: map[string]func(*sim.Config){
			"On":     ofBursty(func(b *workload.Bursty) { b.On = time.Second }),
			"Off":    ofBursty(func(b *workload.Bursty) { b.Off = 2 * time.Second }),
			"Factor": ofBursty(func(b *workload.Bursty) { b.Factor = 1.5 }),
		}},
		{of: workload.Sessions{}, from: ofProducer(func(p *client.ProducerConfig) {
			p.Arrivals = workload.Sessions{Of: workload.Poisson{}, Records: 3, Gap: 200 * ms}
		}), changes: map[string]func(*sim.Config){
			"Of": ofSessions(func(s *workload.Sessions) {
				s.Of = workload.Bursty{On: 500 * ms, Off: time.Second, Factor: 2}
			}),
			"Records": ofSessions(func(s *workload.Sessions) { s.Records = 3.1 }),
			"Gap":     ofSessions(func(s *workload.Sessions) { s.Gap = 210 * ms }),
		}},
		{of: workload.Hot{}, changes: map[string]func(*sim.Config){
			"Key":   ofHot(func(h *workload.Hot) { h.Key = "k1" }),
			"Share": ofHot(func(h *workload.Hot) { h.Share = 0.21 }),
			"From":  ofHot(func(h *workload.Hot) { h.From = 4e9 }),
			"To":    ofHot(func(h *workload.Hot) { h.To = 9e9 }),
		}},
	} {
		k.play(t)
	}
}

func TestEveryKnobOfTheRunMatters(t *testing.T) {
	oneByOne(t)
	for _, k := range []knobs{
		{of: sim.Clock{}, changes: map[string]func(*sim.Config){
			"Start":    func(c *sim.Config) { c.Clock.Start = time.Date(2026, 11, 27, 18, 0, 0, 0, time.UTC) },
			"Duration": func(c *sim.Config) { c.Clock.Duration += time.Second },
			"Warmup":   func(c *sim.Config) { c.Clock.Warmup += time.Second },
		}},
		{of: sim.Expectation{}, changes: map[string]func(*sim.Config){
			"Metric":   func(c *sim.Config) { c.Expect[0].Metric = "put_failed_ratio" },
			"Producer": func(c *sim.Config) { c.Expect[0].Producer = "single" },
			"Consumer": func(c *sim.Config) { c.Expect[1].Consumer = "third" },
			"Stat":     func(c *sim.Config) { c.Expect[1].Stat = "p50" },
			"From":     func(c *sim.Config) { c.Expect[1].From = 5e9 },
			"To":       func(c *sim.Config) { c.Expect[1].To = 6e9 },
			"Windowed": func(c *sim.Config) { c.Expect[1].Windowed, c.Expect[1].To = false, des.Forever },
			"Op":       func(c *sim.Config) { c.Expect[0].Op = sim.Above },
			"Limit":    func(c *sim.Config) { c.Expect[0].Limit = 0.9 },
			"Upper":    func(c *sim.Config) { c.Expect[0].Op, c.Expect[0].Upper = sim.Between, 0.9 },
			"Warn":     func(c *sim.Config) { c.Expect[0].Warn = true },
			"P":        func(c *sim.Config) { c.Expect[0].P = 0.5 },
			"File":     func(c *sim.Config) { c.Expect[0].File = "b.yaml" },
			"Line":     func(c *sim.Config) { c.Expect[0].Line = 3 },
		}},
		{of: sim.Config{}, changes: map[string]func(*sim.Config){
			"Name":        func(c *sim.Config) { c.Name = "another" },
			"Description": func(c *sim.Config) { c.Description = "?" },
			"SHA256":      func(c *sim.Config) { c.SHA256 = "00" },
			"Reproduce":   func(c *sim.Config) { c.Reproduce = "kinesim run" },
			"Warnings":    func(c *sim.Config) { c.Warnings = []string{"beware"} },
			"Seed":        func(c *sim.Config) { c.Seed = 2 },
			"Resolution":  func(c *sim.Config) { c.Resolution = sim.By100ms },
			"Choice":      func(c *sim.Config) { c.Choice = &sim.Choice{By: "auto", Why: "a test"} },
			"Limits":      func(c *sim.Config) { c.Limits = model.AWS2026() },
			"Clock":       func(c *sim.Config) { c.Clock = sim.Clock{Duration: time.Second} },
			"Stream":      func(c *sim.Config) { c.Stream.Shards = model.EvenShards(3) },
			"Producers":   func(c *sim.Config) { c.Producers = c.Producers[:1] },
			"Consumers":   func(c *sim.Config) { c.Consumers = c.Consumers[:1] },
			"Faults":      func(c *sim.Config) { c.Faults = []client.Fault{{From: 1e9, To: 2e9, Internal: 0.5}} },
			"Expect":      func(c *sim.Config) { c.Expect = c.Expect[:1] },
			"Reshard":     func(c *sim.Config) { c.Reshard = restless().Reshard[:1] },
			"Autoscale":   func(c *sim.Config) { c.Autoscale = doubling(1e9) },
			"Alarms":      func(c *sim.Config) { c.Alarms = []sim.Alarm{alarmOn("IncomingRecords", 1, 1, "")} },
			"Unrehearsed": func(c *sim.Config) {
				c.Alarms, c.Unrehearsed = []sim.Alarm{alarmOn("IncomingRecords", 1, 1, "")}, []string{"band"}
			},
			"Prices": func(c *sim.Config) {
				p := model.USEast1()
				p.ShardHour *= 2
				c.Prices = &p
			},
		}, reasons: map[string]string{
			"Workers":  "changes nothing but the time that it takes; TestAnyCores",
			"Document": "carried along as it is, which TestDocumentIsCarriedAlong holds",
			"Compare":  "nothing to a run; TestCompare plays them",
			"Account":  "needs on-demand advantage; TestAccount has it",
		}},
	} {
		k.play(t)
	}
}

func TestDocumentIsCarriedAlong(t *testing.T) {
	c := scene(1, 1, time.Second)
	c.Document = json.RawMessage(`{"kinesim":"v1"}`)
	if got := string(play(t, c).Config); got != `{"kinesim":"v1"}` {
		t.Errorf("got %s", got)
	}
}
