package scenarios

import (
	"encoding/json"
	"strings"
	"testing"
)

// at is the value at a path of a document, as JSON.
func at(t *testing.T, document []byte, path ...string) string {
	t.Helper()
	for _, name := range path {
		if name[0] >= '0' && name[0] <= '9' {
			var list []json.RawMessage
			if err := json.Unmarshal(document, &list); err != nil {
				t.Fatal(err)
			}
			document = list[name[0]-'0']
			continue
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(document, &fields); err != nil {
			t.Fatal(err)
		}
		document = fields[name]
	}
	return string(document)
}

func TestSets(t *testing.T) {
	for _, c := range []struct{ set, path, want string }{
		{"stream.shards=12", "stream shards", `12`},
		{"stream.shards.starting_hash_keys=['0', '5']", "stream shards", `{"starting_hash_keys":["0","5"]}`},
		{"seed=7", "seed", `7`},
		{"clock.duration=2h", "clock duration", `"2h"`},
		{"clock={duration: 2h, warmup: 5m}", "clock", `{"duration":"2h","warmup":"5m"}`},
		{"producers.list.rate=5000/s", "producers 1 rate", `"5000/s"`},
		{"producers.zipf.rate=5/s", "producers 0 rate", `"5/s"`},
		{"producers.zipf.rate.steps.1.rate=9/s", "producers 0 rate steps 1 rate", `"9/s"`},
		{"producers.list.rate.steps=[{at: 0s, rate: 1/s}]", "producers 1 rate", `{"steps":[{"at":"0s","rate":"1/s","ramp":"0s"}]}`},
		{"producers.zipf.keys.zipf.s=2", "producers 0 keys", `{"zipf":{"s":2,"count":1000,"prefix":"customer-"}}`},
		{"producers.list.keys={zipf: {s: 1.2, count: 100}}", "producers 1 keys", `{"zipf":{"s":1.2,"count":100,"prefix":""}}`},
		{"producers.zipf.keys.uniform.count=3", "producers 0 keys", `{"uniform":{"count":3,"prefix":""}}`},
		{"producers.zipf.keys.unique={}", "producers 0 keys", `{"unique":{}}`},
		{"producers.zipf.retry.forever={}", "producers 0 retry", `{"forever":{}}`},
		{"producers.rude.put.put_records.linger=5ms", "producers 3 put put_records linger", `"5ms"`},
		{"producers.zipf.hot.0.share=30%", "producers 0 hot 0 share", `"30%"`},
		{"producers.zipf.hot=[]", "producers 0 hot", ``},
		{"producers.zipf.name=other", "producers 0 name", `"other"`},
		{"consumers.lake.efo={}", "consumers 0 efo", `{}`},
		{"consumers.lake.classic.interval=5s", "consumers 0 classic interval", `"5s"`},
		{"consumers.fraud.start=LATEST", "consumers 1 start", `"LATEST"`},
		{"expect.0.below=1%", "expect 0 below", `"1%"`},
		{"expect.0.above=1%", "expect 0 above", `"1%"`},
		{"expect=[{metric: expired_records, equals: 0}]", "expect 0 metric", `"expired_records"`},
		{"limits.put_latency=5ms", "limits put_latency", `"5ms"`},
		{"limits.put_latency.lognormal={p50: 5ms, p99: 9ms}", "limits put_latency", `{"lognormal":{"p50":"5ms","p99":"9ms","min":"0s"}}`},
		{"limits.get_latency.uniform.max=9ms", "limits get_latency", `{"uniform":{"min":"1ms","max":"9ms"}}`},
		{"limits.write_records_per_second=9", "limits write_records_per_second", `"9/s"`},
		{"description=a=b", "description", `"a=b"`},
	} {
		o := Options{Sets: []string{c.set}}
		text := full
		if c.set == "consumers.lake.efo={}" || strings.HasPrefix(c.set, "producers.zipf.name") { // what the expectations name must stay
			o.Sets = append(o.Sets, "expect=[]")
		}
		config := loadText(t, text, o)
		if got := at(t, config.Document, strings.Fields(c.path)...); got != c.want {
			t.Errorf("--set %s: %s is %s, want %s", c.set, c.path, got, c.want)
		}
	}
}

// TestSetLeavesAnchors wants a --set to change one place, not what shares an
// anchor with it; and that the last one wins.
func TestSetLeavesAnchors(t *testing.T) {
	text := strings.Replace(smallest, "[{name: app, rate: 100/s}]", "[{name: a, rate: 1/s, keys: &k {uniform: {count: 3}}}, {name: b, rate: 1/s, keys: *k}]", 1)
	config := loadText(t, text, Options{Sets: []string{"producers.a.keys.uniform.count=8", "producers.a.keys.uniform.count=9"}})
	if a, b := config.Producers[0].Keys.Len(), config.Producers[1].Keys.Len(); a != 9 || b != 3 {
		t.Errorf("%d and %d keys, want 9 and 3", a, b)
	}
}

func TestBadSets(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"stream.shards", `--set:1:1: no value`},
		{"stream.shards=", `--set:1:15: no value after =`},
		{"stream.shards=0", `--set:1:15: stream.shards 0 is out of range`},
		{"stream.shard=3", `--set:1:8: unknown field "shard" in stream`},
		{"streem.shards=3", `--set:1:1: unknown field "streem" in the scenario`},
		{"=3", `--set:1:1: unknown field "" in the scenario`},
		{"stream..shards=3", `--set:1:8: unknown field "" in stream`},
		{"producers.zip.rate=3/s", `--set:1:11: producers has no item zip`},
		{"producers.zipf.hot.2.share=3%", `--set:1:20: producers.zipf.hot has no item 2`},
		{"producers.list.hot.0.share=3%", `--set:1:20: producers.list.hot has no items yet`},
		{"producers.zipf.clients.x=3", `--set:1:24: producers.zipf.clients is a single value; nothing is below it`},
		{"producers.zipf.rate=3", `--set:1:21: 3 has no unit`},
		{"producers.zipf.keys.zipff.s=3", `--set:1:21: unknown field "zipff" in producers.zipf.keys`},
		{"producers.list.keys.zipf.s=2", `--set:1:21: producers.list.keys.zipf has no count`},
		{"limits.write_record_per_second=5", `--set:1:8: unknown field "write_record_per_second" in limits`},
		{"limits.put_latency.normal=5", `--set:1:20: unknown field "normal" in limits.put_latency`},
		{"stream={shards: [}", `--set:1:8: the value is not YAML`},
		{"stream={shards: 4, shards: 5}", `--set:1:20: "shards" stands here a second time`},
		{"stream={shards: 4, mode: on_request}", `--set:1:26: stream.mode "on_request" is not known`},
		{"reshard=[{at: 1s}]", `--set:1:10: reshard.0 has no call`},
		{"lesson=[]", `--set:1:1: this version does not simulate lesson yet`},
		{"clock.duration=-1s", `--set:1:16: -1s is negative`},
	} {
		problems := Check("-", strings.NewReader(full), Options{Sets: []string{c.set}})
		if len(problems) == 0 || !strings.HasPrefix(problems[0].String(), c.want) {
			t.Errorf("--set %s gives %v, want %s", c.set, problems, c.want)
		}
		for _, p := range problems {
			if p.Source != c.set && p.File == "--set" {
				t.Errorf("--set %s shows %q", c.set, p.Source)
			}
		}
	}
}

func TestSuggestionsForSets(t *testing.T) {
	for set, hint := range map[string]string{"stream.shard=3": "did you mean shards?", "stream.retention=24": "write 24h"} {
		problems := Check("-", strings.NewReader(full), Options{Sets: []string{set}})
		if len(problems) != 1 || problems[0].Hint != hint {
			t.Errorf("%s: %+v, want %s", set, problems, hint)
		}
	}
}

func TestBadResolution(t *testing.T) {
	problems := Check("-", strings.NewReader(smallest), Options{Resolution: "1ms"})
	if len(problems) != 1 || problems[0].String() != `--resolution:1:1: resolution "1ms" is not known` || problems[0].Source != "1ms" {
		t.Errorf("%+v", problems)
	}
}

// TestSetTakesAway: null takes a field away, so that its default holds; where there is none it
// does nothing.
func TestSetTakesAway(t *testing.T) {
	const text = "kinesim: v1\nstream: {shards: 4, retention: 48h}\nproducers: [{name: app, rate: 100/s, retry: {forever: {}}}]\nconsumers: [{name: reader, classic: {}}]\n"
	with := loadText(t, text, Options{Sets: []string{"stream.retention=null", "producers.app.retry=null", "autoscale=null"}})
	without := loadText(t, strings.NewReplacer(", retention: 48h", "", ", retry: {forever: {}}", "").Replace(text), Options{})
	if string(with.Document) != string(without.Document) {
		t.Errorf("%s\nwant\n%s", with.Document, without.Document)
	}
	if _, err := Load("-", strings.NewReader(text), Options{Sets: []string{"producers.app.rate=null"}}); err == nil || !strings.Contains(err.Error(), "no source of records") {
		t.Errorf("without a rate: %v", err)
	}
}
