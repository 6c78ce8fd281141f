package sim_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// tell plays a scenario and tells the story of a record.
func tell(t *testing.T, c *sim.Config, wanted string) *sim.Result {
	t.Helper()
	r := play(t, c)
	w, err := sim.ParseWanted(wanted)
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Tell(context.Background(), c, r, w, nil); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestStoryChangesNothing: but for its story, a result is that of the run without,
// and the story is the same each time.
func TestStoryChangesNothing(t *testing.T) {
	for name, build := range map[string]func() *sim.Config{"lively": lively, "packing": packing} {
		want := bytesOf(t, play(t, build()))
		r := tell(t, build(), "#1000")
		if story := bytesOf(t, tell(t, build(), "#1000")); story != bytesOf(t, r) {
			t.Errorf("%s: another story", name)
		}
		if len(r.Story.Steps) < 3 || r.Story.Note != "" {
			t.Errorf("%s: %+v", name, r.Story)
		}
		r.Story = nil
		if got := bytesOf(t, r); got != want {
			t.Errorf("%s: %s", name, cmp.Diff(want, got))
		}
	}
}

// patiently sends again as long as 250 ms have not passed.
var patiently = client.Backoff{Base: 100 * time.Millisecond, Max: time.Second, Jitter: client.JitterNone, GiveUpAfter: 250 * time.Millisecond}

// told are stories as people read them. Records arise at 0, 1, 2 … ms, calls are answered
// at once and nothing delays readers.
var told = []struct {
	name, wanted string
	change       func(*sim.Config)
	want         string
}{
	{"read and processed", "k#2", func(c *sim.Config) {
		c.Consumers = []client.ConsumerConfig{efo("fan")}
		c.Consumers[0].Processing = client.Processing{PerRecord: 2 * time.Millisecond}
	}, `
0.001 producer app: arose at client 1 of app
0.001 producer app: sent by itself at once
0.001 producer app: stored in shardId-000000000000, sequence number N
0.002 consumer fan: pushed to fan (efo), 1ms after it was stored; its reader was busy for 1ms of that
0.004 consumer fan: processed by fan, 3ms after it arose`},
	{"company", "#2", func(c *sim.Config) {
		c.Producers[0].Put = client.Put{Records: 500, Bytes: model.MiB, Linger: 200 * time.Millisecond}
		c.Consumers = []client.ConsumerConfig{classic("lake", time.Hour)}
	}, `
0.001 producer app: arose at client 1 of app
0.2 producer app: sent in a call of 201 records (waited 199ms for company)
0.2 producer app: stored in shardId-000000000000, sequence number N (199ms after it arose)
3 consumer lake: not read by lake when the run ends, 2.8s after it was stored`},
	{"refused and given up", "k#2", func(c *sim.Config) {
		c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 1, 1
		c.Producers[0].Retry = patiently
	}, `
0.001 producer app: arose at client 1 of app
0.001 producer app: sent by itself at once
0.001 producer app: refused by shardId-000000000000: 1 record/s (write_records_per_second); sent again in 100ms (back-off)
0.101001 producer app: sent again by itself (attempt 2)
0.101001 producer app: refused by shardId-000000000000: 1 record/s (write_records_per_second)
0.101002 producer app: given up: the next attempt would come more than 250ms after the first (give_up_after)`},
	{"a copy", "#1", func(c *sim.Config) {
		c.Limits.PutLatency = model.Constantly(time.Millisecond)
		c.Faults = []client.Fault{{To: 50e6, SlowPuts: 10}}
		c.Producers[0].Put.Timeout = 5 * time.Millisecond
		c.Producers[0].Retry = patiently
		c.Consumers = []client.ConsumerConfig{efo("fan")}
	}, `
0 producer app: arose at client 1 of app
0 producer app: sent by itself at once
0 producer app: stored in shardId-000000000000, sequence number N
0 consumer fan: pushed to fan (efo), 0s after it was stored
0 consumer fan: processed by fan, 0s after it arose
0.005 producer app: its client has no answer after 5ms and takes the call for failed; sent again in 100ms (back-off)
0.105 producer app: sent again by itself (attempt 2)
0.105 producer app: stored once more: copy 2 in shardId-000000000000, sequence number N (105ms after it arose)
0.105 consumer fan: copy 2 pushed to fan (efo), 0s after it was stored
0.105 consumer fan: copy 2 processed by fan, 105ms after it arose`},
	{"expired", "k", func(c *sim.Config) {
		c.Stream.Retention = time.Second
		c.Consumers = []client.ConsumerConfig{classic("lake", time.Hour), classic("late", time.Second)}
		c.Consumers[1].Joins, c.Consumers[1].Start.Where = 2e9, client.Latest
	}, `
0 producer app: arose at client 1 of app
0 producer app: sent by itself at once
0 producer app: stored in shardId-000000000000, sequence number N
0 consumer late: lies before the place where late starts to read
1 consumer lake: expired before lake read it, as the stream keeps records for 1s`},
	{"packed", "k#3", func(c *sim.Config) {
		c.Producers[0].Put.Single = false
		withKPL(func(k *client.KPL) { k.RecordTTL = 200e6 })(&c.Producers[0])
		c.Faults = []client.Fault{{To: 3e9, Unavailable: true}}
	}, `
0.002 producer app: arose at client 1 of app
0.015593166 producer app: packed with 12 others into a Kinesis record of 1.37 KiB
0.2 producer app: sent in a call of 14 Kinesis records (198ms after it arose)
0.2 producer app: failed: the service is unavailable; back to the queue of the library
0.200001 producer app: given up: its time in the library, record_ttl of 200ms, is over`},
}

func TestStoryText(t *testing.T) {
	base := func() *sim.Config {
		c := scene(1, 1000, 3*time.Second)
		c.Producers[0].Keys = oneKey("k")
		return c
	}
	for _, c := range told {
		t.Run(c.name, func(t *testing.T) {
			config := base()
			c.change(config)
			s := tell(t, config, c.wanted).Story
			text := s.Note
			for _, step := range s.Steps {
				text += fmt.Sprintf("\n%v %s: %s", step.AtS, step.Who, step.Text)
			}
			text = regexp.MustCompile(`number \d+`).ReplaceAllString(text, "number N")
			if diff := cmp.Diff(c.want, text); diff != "" {
				t.Errorf("%s\n%s", text, diff)
			}
		})
	}
}

// TestStoryOfDuplicates: whose worker dies is handed its records again, and who fails
// over a batch goes on without it.
func TestStoryOfDuplicates(t *testing.T) {
	again := killed(crew(1, 20, 3*time.Minute, team(2)), time.Minute, time.Hour, 2)
	again.Faults[0].To = 70e9
	failing := crew(1, 20, time.Minute, team(1))
	failing.Faults = []client.Fault{{To: 60e9, Consumer: "team", Errors: 1}}
	for name, test := range map[string]struct {
		config *sim.Config
		wanted string
		want   []string
	}{
		"killed":  {again, "#1180", []string{"arose", "sent", "stored", "read", "processed", "orphaned", "lease", "read", "processed"}},
		"failing": {failing, "#100", []string{"arose", "sent", "stored", "read", "lost"}},
	} {
		var kinds []string
		steps := tell(t, test.config, test.wanted).Story.Steps
		for _, s := range steps {
			kinds = append(kinds, s.Step)
		}
		if diff := cmp.Diff(test.want, kinds); diff != "" {
			t.Errorf("%s: %s\n%+v", name, diff, steps)
		}
	}
}

// TestStoryReasons: what becomes of a record, and why, in a sentence of its story.
func TestStoryReasons(t *testing.T) {
	oneByOne(t)
	full := func(c *sim.Config) { c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 1, 1 }
	sdk := client.SDKRetry{Attempts: 2, Mode: client.SDKStandard}
	batches := client.Put{Records: 2, Bytes: model.MiB, Linger: time.Second}
	for want, change := range map[string]func(p *client.ProducerConfig, c *sim.Config){
		"given up: its producer sends nothing again (retry: none)":                   func(*client.ProducerConfig, *sim.Config) {},
		"given up: the SDK does not send again what an answer to PutRecords refuses": func(p *client.ProducerConfig, _ *sim.Config) { p.Put, p.Retry = batches, sdk },
		"given up: the SDK makes 2 attempts and no more":                             func(p *client.ProducerConfig, _ *sim.Config) { p.Retry = sdk },
		"(SDK)": func(p *client.ProducerConfig, _ *sim.Config) { p.Retry = sdk },
		"given up: the retry quota of the SDK is used up": func(p *client.ProducerConfig, _ *sim.Config) {
			p.Retry = client.SDKRetry{Attempts: 1e6, Mode: client.SDKStandard}
		},
		"steps more like these": func(p *client.ProducerConfig, _ *sim.Config) { p.Retry = client.Forever{} },
		"not written, as far as its client knows, when the run ends":                           func(p *client.ProducerConfig, _ *sim.Config) { p.Retry = client.Forever{} },
		"failed: the service is unavailable; sent again in 10ms (at once)":                     faulty(client.Fault{To: 5e9, Unavailable: true}),
		"failed: shardId-000000000000 is stalled; sent again":                                  faulty(client.Fault{To: 5e9, Stall: &client.Stall{}}),
		"failed: an internal failure (InternalFailure) of shardId-000000000000; sent again in": faulty(client.Fault{To: 5e9, Internal: 1}),
		"rejected with its whole call: ValidationException: a record exceeds":                  func(p *client.ProducerConfig, _ *sim.Config) { p.Size = workload.ConstantSize(2 * model.MiB) },
		"1 MiB/s (write_bytes_per_second)": func(p *client.ProducerConfig, c *sim.Config) {
			c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords, p.Size = 1000, 1000, workload.ConstantSize(model.MiB-100)
		},
		"dropped: the buffer of its client was full with 3 records": func(p *client.ProducerConfig, c *sim.Config) {
			p.Put, p.Retry = client.Put{Records: 2, Bytes: model.MiB, InFlight: 1, Buffer: 3}, client.Forever{}
		},
		"not sent when the run ends": func(p *client.ProducerConfig, c *sim.Config) {
			p.Put, p.Retry = client.Put{Records: 2, Bytes: model.MiB, InFlight: 1, Buffer: 3000}, client.Forever{}
		},
		"has to wait, as its client has 1 call under way (in_flight)": func(p *client.ProducerConfig, c *sim.Config) {
			p.Put, p.Retry = client.Put{Records: 2, Bytes: model.MiB, InFlight: 1, Buffer: 3000}, client.Forever{}
		},
		"throttled (fail_if_throttled)": func(p *client.ProducerConfig, c *sim.Config) {
			withKPL(func(k *client.KPL) { k.FailIfThrottled, k.AggregationEnabled = true, false })(p)
		},
	} {
		c := scene(1, 100, 5*time.Second)
		c.Limits.PutLatency = model.Constantly(10 * time.Millisecond)
		full(c)
		change(&c.Producers[0], c)
		wanted := "#30"
		if strings.Contains(want, "quota") {
			wanted = "#300" // the retries of those before it have used it up
		}
		text := ""
		for _, step := range tell(t, c, wanted).Story.Steps {
			text += step.Text + "\n"
		}
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// faulty is a service in trouble, with clients that do not give up.
func faulty(f client.Fault) func(*client.ProducerConfig, *sim.Config) {
	return func(p *client.ProducerConfig, c *sim.Config) { p.Retry, c.Faults = client.Forever{}, []client.Fault{f} }
}

// TestStoryFindsItsRecord: the n-th record of a key and of all, in the order of their
// arising, and at one instant in the order of producers.
func TestStoryFindsItsRecord(t *testing.T) {
	c := scene(2, 100, 10*time.Second)
	c.Producers = append(c.Producers, producer("other", 50))
	c.Producers[0].Keys, c.Producers[1].Keys = oneKey("a"), workload.List{{Name: "b", Weight: 1}, {Name: "a", Weight: 1e-12}}
	c.Producers[0].Clients, c.Producers[1].Clients = 3, 2
	for _, test := range []struct {
		wanted, producer string
		arose            float64
		client           int
		note             string
	}{
		{"#1", "app", 0, 1, ""}, {"#2", "other", 0, 1, ""}, {"#3", "app", 0.01, 2, ""}, {"#4", "app", 0.02, 3, ""}, {"#5", "other", 0.02, 2, ""},
		{"#1500", "app", 9.99, 1, ""}, {"#1499", "other", 9.98, 2, ""}, {"a", "app", 0, 1, ""}, {"a#5", "app", 0.04, 2, ""}, {"b#3", "other", 0.04, 1, ""}, {"b#500", "other", 9.98, 2, ""},
		{"#1501", "", 0, 0, "there is no record 1,501, as only 1,500 records arose"},
		{"b#501", "", 0, 0, "there is no record 501 of b, as only 500 records of it arose"},
		{"c", "", 0, 0, "no record of c arose; among the keys of this run: a, b"},
	} {
		s := tell(t, c, test.wanted).Story
		if s.Note != test.note || s.Producer != test.producer || s.Client != test.client {
			t.Errorf("%s: client %d of %s (%s), want %d of %s (%s)", test.wanted, s.Client, s.Producer, s.Note, test.client, test.producer, test.note)
		} else if s.Note == "" && s.Steps[0].AtS != test.arose {
			t.Errorf("%s arose at %v, want %v", test.wanted, s.Steps[0].AtS, test.arose)
		}
	}
	if s := tell(t, scene(1, 10, time.Second), "x").Story; !strings.Contains(s.Note, "have no names") {
		t.Errorf("unique keys: %s", s.Note)
	}
}

func TestParseWanted(t *testing.T) {
	for text, want := range map[string]sim.Wanted{
		"customer-1": {Key: "customer-1", Number: 1}, "customer-1#3": {Key: "customer-1", Number: 3}, "#1000": {Number: 1000},
		"a#b": {Key: "a#b", Number: 1}, "a#1#2": {Key: "a#1", Number: 2}, "a#1#1": {Key: "a#1", Number: 1},
	} {
		got, err := sim.ParseWanted(text)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		if back, err := sim.ParseWanted(got.String()); err != nil || back != want {
			t.Errorf("%s is written as %s", text, got)
		}
	}
	for _, text := range []string{"", "#", "#0", "#x", "#-1", "a#", "a#0", "a#-3", "a#99999999999999999999", "#10000001", strings.Repeat("k", 257), "\xff"} {
		if got, err := sim.ParseWanted(text); err == nil {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

// TestStoryOfAPartialRun: who interrupts a run gets no story, and hears why.
func TestStoryOfAPartialRun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := scene(1, 10, time.Second)
	r := play(t, c)
	cancel()
	if err := sim.Tell(ctx, c, r, sim.Wanted{Number: 1}, nil); err != nil || !strings.Contains(r.Story.Note, "interrupted") || r.Partial {
		t.Errorf("%v, %+v", err, r.Story)
	}
}
