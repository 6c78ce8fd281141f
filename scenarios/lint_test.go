package scenarios

import (
	"strings"
	"testing"
)

// lint is a change of a sound scenario, and what is warned of then; "": of nothing.
type lint struct{ good, bad, want string }

// TestLint wants each warning where it belongs and nowhere else.
func TestLint(t *testing.T) {
	for _, c := range []lint{
		{"name: x", "name: x", ""},
		{"shards: 2", "shards: 02", `:5:11: warning: 02 is read as 2; some readers of YAML take a leading zero for octal`},
		{"count: 10}", "count: 010}", `:10:34: warning: 010 is read as 10; some readers of YAML take a leading zero for octal`},
		{"rate: 10/s", "rate: 2500/s", `:5:11: warning: the producers offer 2,500 records a second on average; 2 shards take at most 2,000`},
		{"rate: 10/s", "rate: 1999/s", ""},
		{"rate: 10/s", "rate: {steps: [{at: 0s, rate: 100/s}, {at: 9s, rate: 9000/s}]}", ""},
		{"size: 1KiB", "size: 300KiB", `:5:11: warning: the producers offer about 2.93 MiB/s on average, partition keys counted; 2 shards take at most 2 MiB/s`},
		{"rate: 10/s\n    size: 1KiB", "rate: 1/s\n    size: 1MiB", `:9:11: warning: p makes records of up to 1048578B with their keys; the stream refuses those above 1MiB`},
		{"rate: 10/s\n    size: 1KiB", "rate: 1/s\n    size: {uniform: {min: 0B, max: 2MiB}}", `:9:21: warning: p makes records`},
		{"rate: 10/s\n    size: 1KiB", "rate: 1/s\n    size: {histogram: [{size: 1KiB, share: 99.9%}, {size: 2MiB, share: 0.1%}]}", `:9:23: warning: p makes records of up to 2097154B with their keys`},
		{"rate: 10/s\n    size: 1KiB", "rate: 1/s\n    size: {histogram: [{size: 1KiB, share: 100%}, {size: 2MiB, share: 0%}]}", ""},
		{"size: 1KiB", "size: 1KiB\n    put: {kpl: {AggregationMaxSize: 1MiB}}", `:10:37: warning: p packs records of up to 1MiB and a key; the stream refuses those above 1MiB`},
		{"size: 1KiB", "size: 1KiB\n    put: {kpl: {AggregationMaxSize: 1MiB, AggregationEnabled: false}}", ""},
		{"interval: 1s}", "interval: 1s}\n  - {name: d, classic: {interval: 200ms}}\n  - {name: e, classic: {interval: 1s}}", `:15:35: warning: 3 classic readers poll each shard up to 6.9 times a second; a shard allows 5 GetRecords calls`},
		{"interval: 1s}", "interval: 200ms}", ""},
		{"interval: 1s}", "interval: 250ms}\n  - {name: d, flink: {}}", `:14:22: warning: 2 classic readers poll each shard up to 7.8 times a second`},
		{"interval: 1s}", "interval: 250ms}\n  - {name: d, flink: {retrieval: efo}}", ""},
		{"interval: 1s}", "interval: 250ms}\n  - {name: d, firehose: {}}\n  - {name: e, lambda: {}}", `:15:23: warning: 3 classic readers poll each shard up to 5.9 times a second`},
		{"classic: {interval: 1s}", "kcl: {workers: 5}", `:13:20: warning: workers 3 to 5 of consumer c will have nothing to do: a shard is read by one worker at a time, and the stream has 2 shards`},
		{"classic: {interval: 1s}", "kcl: {workers: 3}", `:13:20: warning: worker 3 of consumer c will have nothing to do`},
		{"classic: {interval: 1s}", "kcl: {max_leases: 1}", `:13:23: warning: 1 worker of consumer c with at most 1 leases each read 1 of the 2 shards`},
		{"classic: {interval: 1s}", "kcl: {workers: 2}", ""},
		{"classic: {interval: 1s}", "lambda: {on_failure: true}", `:13:26: warning: nothing is ever sent to on_failure`},
		{"classic: {interval: 1s}", "lambda: {on_failure: true, retries: 2}", ""},
		{"consumers:\n  - name: c\n    classic: {interval: 1s}", "consumers:\n  - {name: c, joins: 4s, classic: {}}\nfaults: [{at: 1s, for: 3s, pause: {consumer: c}}]", `:13:46: warning: the fault is over at 4s, before consumer c joins at 4s`},
		{"classic: {interval: 1s}", "lambda: {bisect_on_error: true}", `:13:31: warning: bisect_on_error finds the record that fails, and then nothing gives it up`},
		{"classic: {interval: 1s}", "lambda: {bisect_on_error: true, retries: 2}", ""},
		{"  shards: 2\nproducers:\n  - name: p\n    rate: 10/s\n    size: 1KiB\n    keys: {zipf: {s: 1.1, count: 10}}\nconsumers:\n  - name: c\n    classic: {interval: 1s}",
			"  shards: 2\n  max_record_size: 10MiB\nproducers:\n  - name: p\n    rate: 6/m\n    size: 8MiB\nconsumers:\n  - name: c\n    lambda: {}", `:13:13: warning: the producers make records of up to 8388644B with their keys; no invocation takes more than 6MiB, so larger ones are lost`},
		{"classic: {interval: 1s}", "lambda: {max_record_age: 48h}", `:13:30: warning: max_record_age 48h is longer than the stream keeps records, 24h`},
		{"rate: 10/s\n    size: 1KiB\n    keys: {zipf: {s: 1.1, count: 10}}\nconsumers:\n  - name: c\n    classic: {interval: 1s}", "rate: 10/s\n    size: 1KiB\n    put: {kpl: {}}\nconsumers:\n  - name: c\n    lambda: {parallelization_factor: 4}", `:13:38: warning: parallelization_factor 4 makes no difference: all records that the KPL packs have one partition key`},
		{"name: x", "name: x\nlimits: {efo_push_window: 5ms}", `:3:10: warning: limits.efo_push_window makes no difference: no consumer is read by enhanced fan-out`},
		{"name: x", "name: x\nlimits: {efo_push_window: 30ms}", ""},
		{"name: x", "name: x\nlimits: {get_latency: 5ms}", ""},
		{"size: 1KiB", "size: 1KiB\n    hot: [{key: a, share: 5%, from: 10s}]", `:10:37: warning: a gets hot at 10s, but the run ends at 10s`},
		{"rate: 10/s", "rate: {steps: [{at: 0s, rate: 1/s}, {at: 10s, rate: 2/s}]}", `:8:46: warning: the step at 10s comes after the end of the run at 10s`},
		{"rate: 10/s", "rate: {diurnal: {mean: 10/s, peak: 20/s}}", `:8:21: warning: the peak comes at 12h, but the run ends at 10s`},
		{"rate: 10/s", "rate: {diurnal: {mean: 10/s, peak: 20/s, peak_at: 9s}}", ""},
		{"rate: 10/s", "rate: 10/s\n    sessions: {records: 1000000, gap: 24h}", `:9:15: warning: a session of 1000000 records, 24h apart, lasts longer than half of the run, which ends at 10s`},
		{"rate: 10/s", "rate: 10/s\n    arrivals: {bursty: {on: 3s, off: 7001ms, factor: 3}}", `:9:29: warning: on and off take 10.001s together, but the run ends at 10s`},
		{"rate: 10/s", "rate: 10/s\n    arrivals: {bursty: {on: 3s, off: 7s, factor: 3}}", ""},
		{"consumers:", "expect: [{metric: iterator_age, below: 5s, during: 20s..30s}]\nconsumers:", `:11:52: warning: the window 20s..30s comes after the end of the run at 10s`},
		{"clock: {duration: 10s}\nstream:\n  shards: 2", "clock: {duration: 8760h}\nstream:\n  shards: 10", ""},
		{"clock: {duration: 10s}\nstream:\n  shards: 2\nproducers:\n  - name: p\n    rate: 10/s", "clock: {duration: 8760h}\nstream:\n  shards: 10\nproducers:\n  - name: p\n    rate: 1000/s", `:3:19: warning: about 31.5 G records will arise`},
	} {
		c.check(t)
	}
}

// TestLintOfChanges likewise, of streams that change.
func TestLintOfChanges(t *testing.T) {
	for _, c := range []lint{
		{"name: x", "name: x\nlimits: {reshard_operation: 5s}", `:3:10: warning: limits.reshard_operation makes no difference: the shards of this run never change`},
		{"name: x", "name: x\nreshard: [{at: 1s, update_shard_count: 5}]", `:3:40: warning: the service will refuse this call (LimitExceededException): 5 is more than double the 2 open shards`},
		{"name: x", "name: x\nreshard: [{at: 1s, update_shard_count: 4}, {at: 2s, update_shard_count: 8}]", `:3:73: warning: the service will refuse this call (ResourceInUseException): the stream is UPDATING`},
		{"name: x", "name: x\nreshard: [{at: 1s, update_shard_count: 2}]", `:3:40: warning: the stream has 2 shards at 1s already; the call only counts as one of those of the day`},
		{"clock: {duration: 10s}", "clock: {duration: 1h}\nreshard: [{at: 1m, update_stream_mode: on_demand}, {at: 9m, split_shard: {shard: hottest}}]", `:4:52: warning: the service will refuse this call (ValidationException): the stream is on-demand, so the service scales it`},
		{"clock: {duration: 10s}", "clock: {duration: 1h}\nreshard: [{at: 1m, update_stream_mode: on_demand}, {at: 9m, update_stream_mode: provisioned}, {at: 19m, update_stream_mode: on_demand}]", `:4:125: warning: the service will refuse this call (LimitExceededException)`},
		{"name: x", "name: x\nreshard: [{at: 10s, update_shard_count: 4}]", `:3:16: warning: the call at 10s comes after the end of the run at 10s`},
		{"name: x", "name: x\nreshard: [{at: 1s, update_shard_count: 4}]\nfaults: [{at: 5s, for: 1s, stall_shard: {shard: shardId-000000000005}}]", `:4:49: warning: the stream begins without shardId-000000000005, and no call of reshard makes one`},
		{"name: x", "name: x\nlimits: {reshard_operation: 1s, update_shard_count_start: 1s}\nreshard: [{at: 1s, update_shard_count: 4}]\nfaults: [{at: 5s, for: 1s, stall_shard: {shard: shardId-000000000005}}]", ""},
		{"name: x", "name: x\nreshard: [{at: 1s, split_shard: {shard: hottest}}]\nfaults: [{at: 5s, for: 1s, stall_shard: {shard: shardId-000000000003}}]", `:4:49: warning: the stream begins without shardId-000000000003; what changes it may make one or not`},
		{"shards: 2\nproducers:\n  - name: p\n    rate: 10/s", "shards: 2\nreshard: [{at: 1s, update_shard_count: 4}]\nproducers:\n  - name: p\n    rate: 2500/s", ""},
		{"classic: {interval: 1s}", "kcl: {workers: 5}\nreshard: [{at: 1s, update_shard_count: 4}]", ""},
		{"name: x", "name: x\nautoscale: substation", `:3:12: warning: the autoscaler acts at 6m at the earliest, whatever the load, but the run ends at 10s`},
		{"clock: {duration: 10s}", "clock: {duration: 1h}\nautoscale: substation", ""},
		{"clock: {duration: 10s}", "clock: {duration: 1h}\nautoscale: {substation: {max_shards: 1}}", `:4:38: warning: the stream begins with 2 shards, which is outside of what the autoscaler may want`},
		{"clock: {duration: 10s}", "clock: {duration: 1h}\nautoscale: {substation: {min_shards: 2, max_shards: 2}}", `:4:12: warning: the autoscaler makes no difference: from 2 shards it goes neither up nor down`},
		{"clock: {duration: 10s}", "clock: {duration: 1h}\nautoscale: {target_tracking: {disable_scale_in: true, max_shards: 2}}", `:4:12: warning: the autoscaler makes no difference`},
		{"clock: {duration: 10s}", "clock: {duration: 1h}\nautoscale: {schedule: [{at: 1h, shards: 4}]}", `:4:29: warning: the step at 1h comes after the end of the run at 1h`},
		{"clock: {duration: 10s}", "clock: {duration: 1h}\nautoscale: substation\nreshard: [{at: 30m, update_stream_mode: on_demand}]", `:5:41: warning: from 30m on the service scales the stream, and refuses what the autoscaler asks for (ValidationException)`},
		{"name: x", "name: x\nlimits: {on_demand_reaction: 5s}", `:3:10: warning: limits.on_demand_reaction makes no difference: the stream is never on-demand`},
		{"shards: 2", "shards: 2\n  history: {peak: 5MiB/s}", `:6:12: warning: history makes no difference: a provisioned stream has the shards that it is given`},
	} {
		c.check(t)
	}
}

func (c lint) check(t *testing.T) {
	t.Helper()
	text := strings.Replace(plain, c.good, c.bad, 1)
	problems := Check("-", strings.NewReader(text), Options{})
	var got []string
	for _, p := range problems {
		got = append(got, strings.TrimPrefix(p.String(), "<stdin>"))
	}
	if problems.Errors() || strings.Join(got, "\n") == "" && c.want != "" || len(got) > 1 || len(got) == 1 && (c.want == "" || !strings.HasPrefix(got[0], c.want)) {
		t.Errorf("%q warns %q, want %q", c.bad, got, c.want)
	}
	if config, err := Load("-", strings.NewReader(text), Options{}); err != nil || len(config.Warnings) != len(got) {
		t.Errorf("%q loads with %v", c.bad, err)
	}
}
