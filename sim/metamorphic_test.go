package sim_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// TestTwiceTheShardsAndTheLoad: with even keys the refused share stays.
func TestTwiceTheShardsAndTheLoad(t *testing.T) {
	share := func(shards int) []float64 {
		c := scene(shards, int64(shards)*100, 60*time.Second)
		c.Producers[0].Arrivals = workload.Poisson{}
		c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 100, 5
		return seeds(t, 10, c, throttled)
	}
	a, b := share(8), share(16)
	meanA, meanB := stat.Mean(a, nil), stat.Mean(b, nil)
	half := 4 * math.Sqrt(stat.Variance(a, nil)/10+stat.Variance(b, nil)/10) // Welch's t at about 18 degrees of freedom: one in a thousand
	if math.Abs(meanA-meanB) > half {
		t.Errorf("8 shards refuse %v, 16 with twice the load %v; they may differ by %v", meanA, meanB, half)
	}
	if half > 0.05*meanA {
		t.Errorf("± %v proves nothing about %v", half, meanA)
	}
}

// TestFanoutLeavesOthersAlone: adding a fan-out consumer changes nothing at all
// for the others, and adding a classic one does.
func TestFanoutLeavesOthersAlone(t *testing.T) {
	scenario := func(more ...client.ConsumerConfig) *sim.Config {
		c := lively()
		c.Consumers = append(append([]client.ConsumerConfig{}, c.Consumers...), more...)
		return c
	}
	alone := play(t, scenario())
	fan := play(t, scenario(efo("more"), efo("even more")))
	if diff := cmp.Diff(alone.Consumers, fan.Consumers[:3]); diff != "" {
		t.Error("fan-out consumers change the others:\n", diff)
	}
	if diff := cmp.Diff(alone.Producers, fan.Producers); diff != "" {
		t.Error("fan-out consumers change the producer:\n", diff)
	}
	polls := play(t, scenario(classic("more", 200*ms), classic("even more", 200*ms)))
	if cmp.Diff(alone.Consumers[0], polls.Consumers[0]) == "" {
		t.Error("two more classic readers at five calls a second each make no difference")
	}
	if diff := cmp.Diff(alone.Consumers[2], polls.Consumers[2]); diff != "" {
		t.Error("classic readers change a fan-out consumer:\n", diff)
	}
}

// TestMoreShardsDoNotHelpAHotKey, to the record: it stays on one shard.
func TestMoreShardsDoNotHelpAHotKey(t *testing.T) {
	var first *sim.Result
	for _, shards := range []int{1, 2, 3, 8, 64} {
		c := scene(shards, 150, 60*time.Second)
		c.Producers[0].Arrivals, c.Producers[0].Keys = workload.Poisson{}, oneKey("hot")
		c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 100, 100
		r := play(t, c)
		if first == nil {
			first = r
		}
		if r.Stream.WriteThrottled != first.Stream.WriteThrottled {
			t.Errorf("%d shards refuse %d records of the key, one shard %d", shards, r.Stream.WriteThrottled, first.Stream.WriteThrottled)
		}
	}
	if first.Stream.WriteThrottled < 2_000 {
		t.Errorf("only %d refused", first.Stream.WriteThrottled)
	}
}

// TestMoreRoomNeverRefusesMore, record by record, without retries: with the same
// draws, each higher limit refuses at most as much.
func TestMoreRoomNeverRefusesMore(t *testing.T) {
	for name, set := range map[string]func(*model.Limits, int64){
		"records": func(l *model.Limits, n int64) { l.WriteRecordsPerSecond = n },
		"burst":   func(l *model.Limits, n int64) { l.WriteRecordsPerSecond, l.WriteBurstRecords = 80, n },
		"bytes":   func(l *model.Limits, n int64) { l.WriteBytesPerSecond = model.Bytes(n) * 136 },
	} {
		last, most := int64(math.MaxInt64), int64(0)
		for n := int64(60); n < 140; n += 10 {
			c := scene(2, 200, 60*time.Second)
			c.Producers[0].Arrivals = workload.Poisson{}
			c.Limits.WriteBurstBytes = 5_000
			c.Limits.WriteBurstRecords = 50
			set(&c.Limits, n)
			got := play(t, c).Stream.WriteThrottled
			if got > last || got == last && got > 0 {
				t.Errorf("%s %d: %d refused, with ten fewer %d", name, n, got, last)
			}
			last, most = got, max(most, got)
		}
		if most < 1_000 {
			t.Errorf("%s: only %d refused with the least room", name, most)
		}
	}
}

// TestTimeScales: everything ten times slower is the same run on a clock that
// counts ten times as far.
func TestTimeScales(t *testing.T) {
	fast := scene(3, 300, 30*time.Second)
	fast.Limits.WriteRecordsPerSecond, fast.Limits.WriteBurstRecords = 80, 40
	fast.Consumers = []client.ConsumerConfig{efo("fan")}
	fast.Consumers[0].Processing.PerRecord = 2 * ms
	slow := scene(3, 30, 300*time.Second)
	slow.Limits.WriteRecordsPerSecond, slow.Limits.WriteBurstRecords = 8, 40
	slow.Consumers = []client.ConsumerConfig{efo("fan")}
	slow.Consumers[0].Processing.PerRecord = 20 * ms
	a, b := play(t, fast), play(t, slow)
	if a.Stream.IncomingRecords != b.Stream.IncomingRecords || a.Stream.WriteThrottled != b.Stream.WriteThrottled {
		t.Errorf("fast: %d in, %d refused; slow: %d in, %d refused", a.Stream.IncomingRecords, a.Stream.WriteThrottled, b.Stream.IncomingRecords, b.Stream.WriteThrottled)
	}
	near(t, "delay", *b.Consumers[0].EndToEndLatency.Mean, 10**a.Consumers[0].EndToEndLatency.Mean, 1e-6)
}
