package sim_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/model/analytic"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

// TestPoissonAtTheLimit sends Poisson records to one shard whose limit is 100 a
// second with a small burst, so that the steady state comes within seconds, and
// compares what is refused with the loss of the queue that a bucket is.
func TestPoissonAtTheLimit(t *testing.T) {
	oneByOne(t)
	for _, c := range []struct {
		rate, burst int64
		window      model.Window
		sharp       float64
	}{
		{60, 1, model.Bucket, 0.02}, // Erlang: ρ/(1+ρ)
		{90, 5, model.Bucket, 0.05},
		{100, 20, model.Bucket, 0.12},
		{110, 20, model.Bucket, 0.05},
		{95, 1, model.FixedS1, 0.1}, // the burst must not matter to a fixed window
		{110, 1000, model.FixedS1, 0.05},
	} {
		t.Run(fmt.Sprintf("%d/s against 100/s, burst %d, %s", c.rate, c.burst, c.window), func(t *testing.T) {
			s := scene(1, c.rate, 1000*time.Second)
			s.Clock.Warmup = 20 * time.Second
			s.Producers[0].Arrivals = workload.Poisson{}
			s.Limits.WriteRecordsPerSecond, s.Limits.WriteBurstRecords, s.Limits.WriteWindow = 100, c.burst, c.window
			want := analytic.FixedWindow(float64(c.rate), 1, 100)
			if c.window == model.Bucket {
				want = analytic.Bucket(float64(c.rate), 100, int(c.burst))
			}
			inside(t, "refused", seeds(t, 12, s, throttled), want, c.sharp)
		})
	}
}

// TestBytesAtTheLimit is the same for the byte bucket: with records of one size
// only, s bytes are one token.
func TestBytesAtTheLimit(t *testing.T) {
	oneByOne(t)
	const size = 1000
	s := scene(1, 100, 1000*time.Second)
	s.Clock.Warmup = 20 * time.Second
	p := &s.Producers[0]
	p.Arrivals, p.Size = workload.Poisson{}, workload.ConstantSize(size-model.UniqueKeyBytes)
	s.Limits.WriteBytesPerSecond, s.Limits.WriteBurstBytes = 100*size, 10*size
	inside(t, "refused by bytes", seeds(t, 12, s, throttled), analytic.Bucket(100, 100, 10), 0.06)
}

// TestHottestShardOfAZipf compares each shard's part of the load with the sum
// over its keys.
func TestHottestShardOfAZipf(t *testing.T) {
	oneByOne(t)
	const shards, keys, perSecond, span = 16, 500, 2_000, 100
	for _, s := range []float64{0, 0.8, 1.2} {
		t.Run(fmt.Sprint("s ", s), func(t *testing.T) {
			c := scene(shards, perSecond, span*time.Second)
			c.Producers[0].Keys = workload.Ranked{S: s, Count: keys, Prefix: "customer-"}
			c.Limits.WriteRecordsPerSecond, c.Limits.WriteBurstRecords = 1e6, 1e6
			want := loads(shards, s, keys, "customer-", perSecond)
			r := play(t, c)
			chi2 := 0.0
			for i, got := range r.Shards {
				mean := want[i] * span
				chi2 += (float64(got.IncomingRecords) - mean) * (float64(got.IncomingRecords) - mean) / mean
			}
			if limit := 44.26; chi2 > limit { // the 0.9999 quantile with 15 degrees of freedom
				t.Errorf("χ² over the shards is %v, above %v", chi2, limit)
			}
			hottest, share := analytic.Hottest(want)
			near(t, "the hottest shard's records", float64(r.Shards[hottest].IncomingRecords), share*span, 0.03)
		})
	}
}

// TestHotKey is the worked example: 1,500 records a second of one key lose a
// third in the steady state, whatever the number of shards.
func TestHotKey(t *testing.T) {
	for _, shards := range []int{1, 4, 100} {
		c := scene(shards, 1_500, 12*time.Second)
		c.Clock.Warmup = 6 * time.Second // the burst of 1,000 lasts 2 s
		c.Producers[0].Keys = oneKey("merchant-7")
		r := play(t, c)
		if r.Stream.WriteThrottled != 3_000 || r.Stream.IncomingRecords != 6_000 {
			t.Errorf("%d shards: in 6 s %d accepted and %d refused, want 6,000 and 3,000", shards, r.Stream.IncomingRecords, r.Stream.WriteThrottled)
		}
		if n := len(r.Causes); n != 1 || r.Causes[0].Cause != "hot_key" || r.Causes[0].Key != "merchant-7" || math.Abs(r.Causes[0].Load-1.5) > 0.01 {
			t.Errorf("%d shards: causes %+v, want the hot key at 1.5 times the limit", shards, r.Causes)
		}
	}
}

// TestHotKeyByBytes is the other worked example: of 3 MiB/s of one key a third
// is accepted.
func TestHotKeyByBytes(t *testing.T) {
	c := scene(4, 96, 20*time.Second)
	c.Clock.Warmup = 10 * time.Second
	p := &c.Producers[0]
	p.Keys, p.Size = oneKey("k"), workload.ConstantSize(32*model.KiB-1)
	r := play(t, c)
	if r.Stream.IncomingRecords != 320 || r.Stream.WriteThrottled != 640 {
		t.Errorf("in 10 s %d accepted and %d refused, want 320 and 640", r.Stream.IncomingRecords, r.Stream.WriteThrottled)
	}
	if r.Stream.IncomingBytes != 10<<20 {
		t.Errorf("%d bytes accepted in 10 s, want 10 MiB", r.Stream.IncomingBytes)
	}
	if r.Causes[0].Limit != "bytes" {
		t.Errorf("refused by %s", r.Causes[0].Limit)
	}
}

// TestBurstLastsAsItShould: at 1,500/s a full bucket of 1,000 covers the excess
// of 500/s for 2 s, so record 3,000 is the last before the first refusal, give or
// take the token under way.
func TestBurstLastsAsItShould(t *testing.T) {
	for duration, want := range map[time.Duration]int64{1990 * time.Millisecond: 0, 4 * time.Second: 1_000} {
		c := scene(1, 1_500, duration)
		c.Producers[0].Keys = oneKey("k")
		if got := play(t, c).Stream.WriteThrottled; got < want-2 || got > want+2 {
			t.Errorf("%v: %d refused, want %d", duration, got, want)
		}
	}
	c := scene(1, 1_500, 4*time.Second)
	c.Producers[0].Keys = oneKey("k")
	c.Limits.WriteWindow = model.FixedS1
	if got := play(t, c).Stream.WriteThrottled; got != 2_000 {
		t.Errorf("a fixed second has no burst: %d refused in 4 s, want 2,000", got)
	}
}

// TestRoundingOfPutRecord: with rounding to 1 KiB a shard takes 1,024 small
// PutRecords a second by bytes, and PutRecords calls are not rounded.
func TestRoundingOfPutRecord(t *testing.T) {
	c := scene(1, 100, 20*time.Second)
	c.Clock.Warmup = 10 * time.Second
	c.Limits.WriteBytesPerSecond, c.Limits.WriteBurstBytes = 50*model.KiB, 50*model.KiB
	c.Limits.PutRecordRounding = model.KiB
	if got := play(t, c).Stream.WriteThrottled; got != 500 {
		t.Errorf("%d refused in 10 s, want 500", got)
	}
	c.Producers[0].Put = client.Put{Records: 500, Bytes: model.MiB, Linger: time.Millisecond}
	if got := play(t, c).Stream.WriteThrottled; got != 0 {
		t.Errorf("PutRecords: %d refused, want none", got)
	}
}

// TestHotSpan: a hot key takes its share within its span and nothing beyond it.
func TestHotSpan(t *testing.T) {
	c := scene(1, 1000, 40*time.Second)
	p := &c.Producers[0]
	p.Keys = workload.Ranked{S: 0, Count: 10, Prefix: "k"}
	p.Hot = []workload.Hot{{Key: "k3", Share: 0.3, From: 10e9, To: 20e9}, {Key: "new", Share: 0.1, From: 0, To: 5e9}}
	counts := map[string]float64{}
	for _, k := range play(t, c).Keys {
		counts[k.Key] = float64(k.Records)
	}
	near(t, "new", counts["new"], 0.1*5_000, 5/math.Sqrt(500))
	// k3 has 1/10 of what is not hot, and 0.3 for 10 s: 450 + 500 + 3,000 + 700 + 2,000.
	near(t, "k3", counts["k3"], 6_650, 5*math.Sqrt(6_650)/6_650)
	near(t, "k1", counts["k1"], 450+500+700+2_000, 5*math.Sqrt(3_650)/3_650)
}
