package sim

import (
	"fmt"
	"math"
	"strings"

	"kinesim/model"
	"kinesim/sim/kinesis"
)

// replaceSet puts another flag into a remedy in place of the one that it names.
func replaceSet(remedy, set string) string {
	if before, _, ok := strings.Cut(remedy, "--set "); ok {
		return before + set
	}
	return remedy
}

// remedy is what helps against a cause, with the flag that tries it.
func (c *causes) remedy(f *Cause) string {
	if c.world.config.changes() {
		if text := c.world.config.changingRemedy(f); text != "" {
			return text
		}
	}
	shards := c.world.stream.OpenShards().Len()
	wanted := int(math.Ceil(f.Load / headroom * float64(shards)))
	switch f.Cause {
	case "hot_key":
		return fmt.Sprintf("no number of shards helps, as one key stays on one shard: spread %s over %d keys (a salt), or aggregate its records",
			f.Key, int(math.Ceil(f.Load/headroom)))
	case "capacity":
		return fmt.Sprintf("more shards: --set stream.shards=%d", min(wanted, model.MaxShards))
	case "hot_shard":
		return fmt.Sprintf("split the range of this shard, or more shards: --set stream.shards=%d", min(2*shards, model.MaxShards))
	case "burst":
		return "spread the burst (let producers wait and resend with back-off), or leave room for it with more shards: " +
			fmt.Sprintf("--set stream.shards=%d", min(2*shards, model.MaxShards))
	case "large_record":
		return "large records wait for the bucket to fill: keep them rare, or store them elsewhere and put a reference"
	default:
		return "an echo of the other causes: cure those; a longer back-off makes fewer attempts in vain"
	}
}

// changingRemedy is what helps a stream whose shards change, where that is another thing
// than for one that keeps them; "" where it is not.
func (c *Config) changingRemedy(f *Cause) string {
	elastic := c.Stream.Mode.Service() == kinesis.OnDemand
	switch {
	case f.Cause == "capacity" && elastic:
		return "it grows by itself, but minutes late and once in a while: a past with such a peak (stream.history), warm throughput (on-demand advantage) or provisioned shards are there beforehand"
	case f.Cause == "hot_shard" && elastic:
		return "the service splits it by itself, some minutes later"
	case f.Cause == "capacity":
		return fmt.Sprintf("more shards in time: %.3g times as many as there were then", f.Load/headroom)
	case f.Cause == "hot_shard":
		return "split the range of this shard"
	case f.Cause == "burst":
		return "spread the burst (let producers wait and resend with back-off), or leave room for it with more shards"
	}
	return ""
}
