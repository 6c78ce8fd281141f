package scenarios

import (
	"strings"
	"testing"
	"time"

	"kinesim/sim/client"
)

// freely is a scenario whose plan leaves fields of all kinds free.
const freely = `kinesim: v1
name: x
clock: {duration: 10s}
stream: {shards: 2}
producers: [{name: p, rate: 100/s}]
consumers:
  - {name: c, classic: {interval: 1s}}
  - {name: w, kcl: {workers: 2}}
  - {name: f, lambda: {batch_size: 50}}
plan:
  free:
    consumers.c.retrieval: auto
    producers.p.aggregation: [on, off]
    consumers.w.workers: [2, 4]
    consumers.f.parallelization_factor: [1, 3]
    stream.retention: [24h, 48h]
`

// TestFree: all combinations of the candidates are ways, each once, the scenario as it is
// among them.
func TestFree(t *testing.T) {
	p, err := LoadPlan("-", strings.NewReader(freely), Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Ways) != 2*2*2*2*2 {
		t.Fatalf("%d ways, want 32", len(p.Ways))
	}
	type choice struct {
		efo, packs        bool
		workers, parallel int
		kept              time.Duration
	}
	seen := map[choice]bool{}
	for _, w := range p.Ways {
		c := w.Config
		seen[choice{c.Consumers[0].Kind.Fanout(), c.Producers[0].Put.KPL != nil, c.Consumers[1].Kind.(client.KCL).Workers, c.Consumers[2].Kind.(client.Lambda).Parallel, c.Stream.Retention}] = true
	}
	if len(seen) != 32 || !seen[choice{false, false, 2, 1, 24 * time.Hour}] {
		t.Errorf("%d different ways: %v", len(seen), seen)
	}
}

// TestFreeByFlag: a flag names a field, with values or the usual ones, in place of what the
// block says of it.
func TestFreeByFlag(t *testing.T) {
	p, err := LoadPlan("-", strings.NewReader(freely), Options{}, func(p *Plan) {
		p.Free = p.Free[:1]
		for _, flag := range []string{"consumers.c.retrieval=efo", "producers.p.linger=20ms,1s", "autoscale=none,{target_tracking: {target: 50%, max_shards: 8}}"} {
			if err := p.AddFree(flag); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil || len(p.Ways) != 4 {
		t.Fatalf("%d ways, %v", len(p.Ways), err)
	}
	for _, w := range p.Ways {
		if !w.Config.Consumers[0].Kind.Fanout() {
			t.Errorf("%s does not subscribe", w.Name)
		}
	}
	for _, flag := range []string{"a=[", "a=1,1", "a="} {
		if err := new(Plan).AddFree(flag); err == nil {
			t.Errorf("--free %s is taken", flag)
		}
	}
}

// TestFreeIsChecked: each mistake is told at its line before anything runs.
func TestFreeIsChecked(t *testing.T) {
	for entry, want := range map[string]string{
		"stream.shards: [1, 2]":                   "the number of shards is free by itself",
		"stream.mode: [on_demand]":                "the mode has a field of its own",
		"clock.duration: [1s]":                    "nothing that a plan chooses",
		"consumers.c.workers: [1]":                "consumer c, which is of the kind classic, has no workers",
		"consumers.d.retrieval: auto":             "consumers has no item d",
		"consumers.c.retrieval: [fast]":           `"fast" is not known`,
		"producers.p.aggregation: [maybe]":        `"maybe" is not known`,
		"producers.p.put.put_records.linger: [5]": "5 has no unit",
		"stream.retention: [1h]":                  "retention",
		"stream.max_record_size: auto":            "no usual candidates",
		"consumers.c.retrieval: []":               "0 values to choose from",
		"consumers.c.retrieval: [efo, efo]":       "efo twice",
		"consumers.c.retrieval: efo":              `is the text "efo"`,
	} {
		text := strings.NewReplacer("    consumers.c.retrieval: auto\n", "", "    producers.p.aggregation: [on, off]\n", "", "    stream.retention: [24h, 48h]\n", "").Replace(freely) + "    " + entry + "\n"
		_, err := LoadPlan("-", strings.NewReader(text), Options{}, nil)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), ":14:") {
			t.Errorf("%s: %v, want %q in line 14", entry, err, want)
		}
	}
	many := freely + "    producers.p.put.put_records.records: [1, 2, 3, 4, 5, 6, 7]\n"
	if _, err := LoadPlan("-", strings.NewReader(many), Options{}, nil); err == nil || !strings.Contains(err.Error(), "224 combinations") {
		t.Errorf("too many combinations: %v", err)
	}
}

// TestRanges: a number that is a range is played at its middle, with a warning at its line,
// and a plan weighs both ends of each.
func TestRanges(t *testing.T) {
	text := strings.NewReplacer("rate: 100/s", "rate: 800/s..1500/s, size: 100B..300B", "workers: 2", "workers: 2..4", "clock:", "limits: {write_records_per_second: 900..1000}\nclock:").Replace(freely)
	text = text[:strings.Index(text, "plan:")]
	config, err := Load("-", strings.NewReader(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r, n, w, l := config.Producers[0].Rate.Peak(1e9), config.Producers[0].Size.Mean(), config.Consumers[1].Kind.(client.KCL).Workers, config.Limits.WriteRecordsPerSecond; r != 1150 || n != 200 || w != 3 || l != 950 {
		t.Errorf("plays %v/s of %v B with %d workers, %d records/s", r, n, w, l)
	}
	if all := strings.Join(config.Warnings, "\n"); strings.Count(all, "is a range") != 4 || !strings.Contains(all, "a run plays its middle, 1150/s (-:5:36)") && !strings.Contains(all, "1150/s") {
		t.Errorf("warnings:\n%s", all)
	}
	p, err := LoadPlan("-", strings.NewReader(text), Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Inputs) != 4 || len(p.Worlds) != 16 {
		t.Fatalf("%d inputs, %d worlds", len(p.Inputs), len(p.Worlds))
	}
	rates := map[float64]int{}
	for _, w := range p.Worlds {
		rates[w.Ways[0].Config.Producers[0].Rate.Peak(1e9)]++
	}
	if rates[800] != 8 || rates[1500] != 8 {
		t.Errorf("rates of the worlds: %v", rates)
	}
}

// TestBadRanges wants what is no range refused where it is written.
func TestBadRanges(t *testing.T) {
	for rate, want := range map[string]string{
		"5/s..2/s": "no range from a lower value", "5/s..9/m": "no range from a lower value", "5..9/s": "no range from a lower value", "5/s..": "is not a rate", "a..b": "is not a rate",
	} {
		_, err := Load("-", strings.NewReader(strings.Replace(smallest, "rate: 100/s", "rate: "+rate, 1)), Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", rate, err, want)
		}
	}
	if _, err := LoadPlan("-", strings.NewReader(planned), Options{Sets: []string{"stream.shards=2..4"}}, nil); err == nil || !strings.Contains(err.Error(), "the number of shards is what the plan chooses") {
		t.Errorf("a range of shards: %v", err)
	}
	for _, set := range []string{"seed=1..2", "clock.duration=1s..5s", "plan.runs=2..5", "name=1..2"} {
		if config, err := Load("-", strings.NewReader(planned), Options{Sets: []string{set}}); err == nil && len(config.Warnings) > 0 {
			t.Errorf("%s is taken for a range: %v", set, config.Warnings)
		}
	}
}
