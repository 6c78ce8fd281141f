package report

import (
	"encoding/json"
	"testing"

	"kinesim/sim"
)

// TestTry: each remedy that needs no other scenario has its command.
func TestTry(t *testing.T) {
	r := hotKeySample()
	r.Config = json.RawMessage(`{"producers": [{"name": "checkout", "retry": {"backoff": {"base": "100ms", "max": "5s"}}}]}`)
	b := newBuilder(r)
	for want, cause := range map[string]*sim.Cause{
		"": {Cause: "hot_key", Remedy: "spread it over 2 keys"},
		"kinesim run launch-night --seed 42 --set stream.shards=16":                                                                       {Cause: "capacity", Remedy: "more shards: --set stream.shards=16"},
		"kinesim run launch-night --seed 42 --set 'reshard=[{at: 160s, split_shard: {shard: hottest, at: midpoint}}]'":                    {Cause: "hot_shard", FromS: 100, Remedy: "split the range of this shard"},
		"kinesim run launch-night --seed 42 --set producers.checkout.retry.backoff.base=1s --set producers.checkout.retry.backoff.max=5s": {Cause: echo},
	} {
		if got := b.try(cause, cause.Remedy); got != want {
			t.Errorf("%s: %q, want %q", cause.Cause, got, want)
		}
	}
}
