package scenarios

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// smallest is the smallest scenario that runs.
const smallest = `kinesim: v1
stream: {shards: 4}
producers: [{name: app, rate: 100/s}]
consumers: [{name: reader, classic: {}}]
`

// full uses every field and every kind that this version simulates.
const full = `kinesim: v1
name: full
description: Everything at once.
seed: 7
clock: {start: 2026-11-27T18:00:00Z, duration: 1h, warmup: 1m}
resolution: auto
limits:
  profile: aws-2026-11
  region: us-east-1
  write_bytes_per_second: 2MiB/s
  write_records_per_second: 500/s
  write_burst_records: 700
  write_burst_bytes: 3MiB
  write_window: fixed_1s
  read_calls_per_second: 50
  full_read_penalty: 4s
  put_latency: 0ms
  get_latency: {uniform: {min: 1ms, max: 2ms}}
  classic_availability_delay: {constant: 3ms}
  efo_delay: {lognormal: {p50: 60ms, p99: 200ms, min: 10ms, max: 1s}}
stream:
  mode: provisioned
  shards: {starting_hash_keys: ["0", "170141183460469231731687303715884105728"]}
  retention: 7d
  max_record_size: 2MiB
producers:
  - name: zipf
    clients: 3
    rate: {steps: [{at: 0s, rate: 10/s}, {at: 10m, rate: 600/m, ramp: 5m}]}
    arrivals: regular
    size: {lognormal: {p50: 900B, p99: 6KiB}}
    keys: {zipf: {s: 1.05, count: 1000, prefix: customer-}}
    hot: [{key: merchant-7, share: 12%, from: 20m, to: 30m}, {key: customer-1, share: 1%}]
    put: {put_records: {records: 100, bytes: 1MiB, linger: 0ms}}
    retry: {backoff: {base: 10ms, max: 1s, jitter: equal, give_up_after: 5s}}
  - name: list
    rate: 0.5/s
    size: {uniform: {min: 0B, max: 1KiB}}
    keys: {list: [{key: a, share: 33.33%}, {key: b, share: 66.67%, explicit_hash_key: "5"}]}
    client_skew: 0.5
    put: {put_record: {in_flight: 4, buffer: 1000, timeout: 6s}}
    retry: {sdk: {attempts: 5, mode: standard}}
  - {name: even, rate: 1/s, keys: {uniform: {count: 5}}, retry: {none: {}}, size: 0B}
  - {name: rude, rate: 1/s, keys: {unique: {}}, retry: {forever: {}}, arrivals: poisson}
  - {name: packs, rate: 1/s, put: {kpl: {AggregationEnabled: false, RateLimit: 100, RecordMaxBufferedTime: 1s, FailIfThrottled: true}}}
  - {name: sun, size: {histogram: [{size: 0B, share: 40%}, {size: 64KiB, share: 60%}]}, rate: {diurnal: {mean: 10/s, peak: 1200/m, peak_at: 30m}}, arrivals: {bursty: {on: 10s, off: 1m, factor: 6.5}}, sessions: {records: 2.5, gap: 3s}}
consumers:
  - {name: lake, classic: {interval: 2s, max_records: 500}, start: LATEST}
  - {name: fraud, efo: {}, processing: {per_record: 150us, per_batch: 5ms}}
faults:
  - {at: 5m, for: 1m, internal_failure: {share: 5%}}
  - {at: 10m, for: 1m, slow_puts: {factor: 100}}
  - {at: 15m, for: 1m, stall_shard: {shard: hottest}}
  - {at: 16m, for: 1m, stall_shard: {shard: shardId-000000000001}}
  - {at: 20m, for: 10s, unavailable: {}}
expect:
  - {metric: put_throttled_ratio, below: 0.5%}
  - {metric: put_failed_ratio, producer: zipf, between: 0%..1%}
  - {metric: iterator_age, consumer: lake, stat: max, below: 5m, during: 2m..30m}
  - {metric: propagation_delay, consumer: fraud, stat: p99, above: 1ms, severity: warn, p: 95%}
  - {metric: backlog_records, stat: end, between: 0..1000}
  - {metric: expired_records, equals: 0}
  - {metric: shard_utilization, below: 100%}
  - {metric: cost_per_month, below: 900 USD}
`

// load loads a text as if from standard input and wants no errors.
func loadText(t *testing.T, text string, o Options) *sim.Config {
	t.Helper()
	config, err := Load("-", strings.NewReader(text), o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return config
}

// TestDefaults wants the smallest scenario to be exactly what is documented.
func TestDefaults(t *testing.T) {
	got := loadText(t, smallest, Options{})
	want := &sim.Config{
		Name: "scenario", SHA256: got.SHA256, Document: got.Document, Reproduce: "kinesim run - --seed 42",
		Seed: 42, Clock: sim.Clock{Duration: 10 * time.Minute}, Resolution: "record", Limits: model.AWS2026(),
		Stream: sim.StreamConfig{Mode: "provisioned", Shards: model.EvenShards(4), Retention: 24 * time.Hour, MaxRecordSize: model.MiB},
		Producers: []client.ProducerConfig{{
			Name: "app", Clients: 1, Rate: workload.Constant(model.PerSecond(100)), Arrivals: workload.Poisson{},
			Size: workload.ConstantSize(1024), Keys: workload.Unique{},
			Put:   client.Put{Records: 500, Bytes: 10 * model.MiB, Linger: 100 * time.Millisecond},
			Retry: client.Backoff{Base: 100 * time.Millisecond, Max: 5 * time.Second, Jitter: client.JitterFull, GiveUpAfter: 30 * time.Second},
		}},
		Consumers: []client.ConsumerConfig{{Name: "reader", Kind: client.Classic{Interval: time.Second, MaxRecords: 10_000}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if len(got.SHA256) != 64 {
		t.Errorf("SHA256 is %q", got.SHA256)
	}
}

func TestFull(t *testing.T) {
	got := loadText(t, full, Options{})
	starts, _ := model.ShardsFrom([]model.HashKey{{}, {Hi: 1 << 63}})
	if !reflect.DeepEqual(got.Stream, sim.StreamConfig{Mode: "provisioned", Shards: starts, Retention: 7 * 24 * time.Hour, MaxRecordSize: 2 * model.MiB}) {
		t.Errorf("stream %+v", got.Stream)
	}
	hash := model.HashKey{Lo: 5}
	steps, _ := workload.Steps([]workload.Step{{Rate: model.PerSecond(10)}, {At: 10 * time.Minute, Rate: model.Rate{Micro: 600e6, Per: time.Minute}, Ramp: 5 * time.Minute}})
	want := []client.ProducerConfig{
		{
			Name: "zipf", Clients: 3, Rate: steps, Arrivals: workload.Regular{},
			Size: workload.LognormalSize{P50: 900, P99: 6144, Max: 2*model.MiB - 13}, Keys: workload.Ranked{S: 1.05, Count: 1000, Prefix: "customer-"},
			Hot: []workload.Hot{
				{Key: "merchant-7", Share: 0.12, From: des.Time(20 * time.Minute), To: des.Time(30 * time.Minute)},
				{Key: "customer-1", Share: 0.01, To: des.Time(time.Hour)},
			},
			Put:   client.Put{Records: 100, Bytes: model.MiB},
			Retry: client.Backoff{Base: 10 * time.Millisecond, Max: time.Second, Jitter: client.JitterEqual, GiveUpAfter: 5 * time.Second},
		},
		{
			Name: "list", Clients: 1, Skew: 0.5, Rate: workload.Constant(model.Rate{Micro: 500_000, Per: time.Second}), Arrivals: workload.Poisson{},
			Size: workload.UniformSize{Max: 1024}, Keys: workload.List{{Name: "a", Weight: 0.3333}, {Name: "b", Weight: 0.6667, Explicit: &hash}},
			Put: client.Put{Single: true, InFlight: 4, Buffer: 1000, Timeout: 6 * time.Second}, Retry: client.SDKRetry{Attempts: 5, Mode: client.SDKStandard},
		},
	}
	if !reflect.DeepEqual(got.Producers[:2], want) {
		t.Errorf("got  %+v\nwant %+v", got.Producers[:2], want)
	}
	consumers := []client.ConsumerConfig{
		{Name: "lake", Kind: client.Classic{Interval: 2 * time.Second, MaxRecords: 500}, Start: client.Start{Where: client.Latest}},
		{Name: "fraud", Kind: client.EFO{}, Processing: client.Processing{PerRecord: 150 * time.Microsecond, PerBatch: 5 * time.Millisecond}},
	}
	if diff := cmp.Diff(consumers, got.Consumers); diff != "" {
		t.Error(diff)
	}
	faults := []client.Fault{
		{From: 300e9, To: 360e9, Internal: 0.05}, {From: 600e9, To: 660e9, SlowPuts: 100}, {From: 900e9, To: 960e9, Stall: &client.Stall{Hottest: true}},
		{From: 960e9, To: 1020e9, Stall: &client.Stall{Shard: 1}}, {From: 1200e9, To: 1210e9, Unavailable: true},
	}
	if diff := cmp.Diff(faults, got.Faults); diff != "" {
		t.Error(diff)
	}
	clock := sim.Clock{Start: time.Date(2026, 11, 27, 18, 0, 0, 0, time.UTC), Duration: time.Hour, Warmup: time.Minute}
	if got.Clock != clock || got.Seed != 7 || got.Name != "full" || got.Resolution != "record" {
		t.Errorf("clock %+v, seed %d, name %s, resolution %s", got.Clock, got.Seed, got.Name, got.Resolution)
	}
}

func TestLimits(t *testing.T) {
	want := model.AWS2026()
	want.WriteBytesPerSecond, want.WriteRecordsPerSecond, want.WriteBurstRecords, want.WriteBurstBytes = 2*model.MiB, 500, 700, 3*model.MiB
	want.WriteWindow, want.ReadCallsPerSecond, want.FullReadPenalty = model.FixedS1, 50, 4*time.Second
	want.PutLatency, want.ClassicAvailability = model.Constantly(0), model.Constantly(3*time.Millisecond)
	want.GetLatency = model.Delay{Min: time.Millisecond, Max: 2 * time.Millisecond}
	want.EFODelay = model.Delay{P50: 60 * time.Millisecond, P99: 200 * time.Millisecond, Min: 10 * time.Millisecond, Max: time.Second}
	if diff := cmp.Diff(want, loadText(t, full, Options{}).Limits); diff != "" {
		t.Error(diff)
	}
}

func TestExpectations(t *testing.T) {
	got := loadText(t, full, Options{}).Expect
	line := 1 + strings.Count(full[:strings.Index(full, "metric:")], "\n")
	want := []sim.Expectation{
		{Metric: "put_throttled_ratio", Op: sim.Below, Limit: 0.005},
		{Metric: "put_failed_ratio", Producer: "zipf", Op: sim.Between, Upper: 0.01},
		{Metric: "iterator_age", Consumer: "lake", Stat: "max", Op: sim.Below, Limit: 300_000, Windowed: true, From: des.Time(2 * time.Minute), To: des.Time(30 * time.Minute)},
		{Metric: "propagation_delay", Consumer: "fraud", Stat: "p99", Op: sim.Above, Limit: 1, Warn: true, P: 0.95},
		{Metric: "backlog_records", Stat: "end", Op: sim.Between, Upper: 1000},
		{Metric: "expired_records", Op: sim.Equals},
		{Metric: "shard_utilization", Stat: "max", Op: sim.Below, Limit: 1},
		{Metric: "cost_per_month", Op: sim.Below, Limit: 900},
	}
	for i := range want {
		want[i].File, want[i].Line = "<stdin>", line+i
		if want[i].To == 0 {
			want[i].To = des.Forever
		}
		if want[i].P == 0 {
			want[i].P = 1
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// comparable strips from a configuration what says where it came from.
func comparable(c *sim.Config) sim.Config {
	d := *c
	d.SHA256, d.Reproduce, d.Choice = "", "", nil
	d.Expect = append([]sim.Expectation(nil), c.Expect...)
	for i := range d.Expect {
		d.Expect[i].File, d.Expect[i].Line = "", 0
	}
	d.Warnings = nil
	for _, w := range c.Warnings {
		d.Warnings = append(d.Warnings, w[:max(0, strings.LastIndex(w, " ("))])
	}
	d.Producers = append([]client.ProducerConfig(nil), c.Producers...)
	for i := range d.Producers {
		if trace, ok := d.Producers[i].Trace.(*traceFile); ok {
			same := *trace
			same.file = nil // a function is equal to none
			d.Producers[i].Trace = &same
		}
	}
	d.Compare = append([]sim.Variant(nil), c.Compare...)
	for i := range d.Compare {
		v := comparable(c.Compare[i].Config)
		v.Document = nil // shows limits that the scenario has and the variant does not need
		d.Compare[i].Config = &v
	}
	return d
}

// TestDocumentRoundTrip wants the effective scenario, as JSON and as YAML, to load
// again as the same configuration.
func TestDocumentRoundTrip(t *testing.T) {
	t.Chdir("library") // where the files are that its scenarios name
	texts := map[string]string{"smallest": smallest, "full": full, "template": string(Template())}
	for _, e := range Library() {
		text, _ := Source(e.Name)
		texts[e.Name] = string(text)
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			first := loadText(t, text, Options{})
			asYAML, err := YAML(first.Document)
			if err != nil {
				t.Fatal(err)
			}
			for _, document := range []string{string(first.Document), string(asYAML)} {
				again := loadText(t, document, Options{})
				if !reflect.DeepEqual(comparable(first), comparable(again)) {
					t.Errorf("%s\nis %+v\nwas %+v", document, comparable(again), comparable(first))
				}
			}
		})
	}
}

func TestDocumentOrder(t *testing.T) {
	document := string(loadText(t, smallest, Options{}).Document)
	at := 0
	for _, key := range []string{`"kinesim"`, `"name"`, `"seed"`, `"clock"`, `"limits"`, `"write_bytes_per_second":"1MiB/s"`, `"stream"`, `"producers"`, `"rate":"100/s"`, `"size":"1KiB"`, `"keys":{"unique":{}}`, `"linger":"100ms"`, `"consumers"`, `"max_records":10000`, `"start":"TRIM_HORIZON"`} {
		i := strings.Index(document[at:], key)
		if i < 0 {
			t.Fatalf("%s does not follow in %s", key, document)
		}
		at += i
	}
	if !json.Valid([]byte(document)) {
		t.Error("the document is not JSON")
	}
}

func TestNamesOfSources(t *testing.T) {
	dir := t.TempDir()
	for file, want := range map[string]string{"orders.yaml": "orders", "black friday.kinesim.yaml": "black-friday-kinesim", "+.yaml": "scenario"} {
		path := filepath.Join(dir, file)
		if err := os.WriteFile(path, []byte(smallest), 0o644); err != nil {
			t.Fatal(err)
		}
		config, err := Load(path, nil, Options{})
		if err != nil || config.Name != want {
			t.Errorf("%s gives the name %v, %v; want %s", file, config, err, want)
		}
	}
}

func TestReproduce(t *testing.T) {
	seed := uint64(9)
	got := loadText(t, smallest, Options{Seed: &seed, Resolution: "auto", Sets: []string{"stream.shards=12", "producers.app.keys={uniform: {count: 5, prefix: it's}}"}})
	want := `kinesim run - --seed 9 --resolution auto --set stream.shards=12 --set 'producers.app.keys={uniform: {count: 5, prefix: it'\''s}}'`
	if got.Reproduce != want {
		t.Errorf("got %s\nwant %s", got.Reproduce, want)
	}
	if got.Seed != 9 || got.Stream.Shards.Len() != 12 || !strings.Contains(string(got.Document), `"seed":9,`) {
		t.Errorf("seed %d, %d shards, document %s", got.Seed, got.Stream.Shards.Len(), got.Document)
	}
}

func TestAnchorsAndMerges(t *testing.T) {
	config := loadText(t, `kinesim: v1
stream: {shards: 1}
producers:
  - &base {name: a, rate: &r 5/s, size: 100B, clients: 2}
  - {<<: *base, name: b, rate: 6/s}
  - {name: c, rate: *r, <<: [{clients: 7}, *base]}
consumers: [{name: reader, efo: {}}]
`, Options{})
	got := fmt.Sprint()
	for _, p := range config.Producers {
		got += fmt.Sprintln(p.Name, p.Clients, p.Size.Mean(), p.Rate.Peak(1))
	}
	if want := "a 2 100 5\nb 2 100 6\nc 7 100 5\n"; got != want {
		t.Errorf("got %swant %s", got, want)
	}
}
