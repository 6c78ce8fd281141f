package client

import (
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// BenchmarkRetries plays shards in spans of a second that refuse what is sent again by the
// default policy, and reports what a second of a shard costs and what an attempt does: a parcel
// of records that are sent together, not all of which is taken the first time.
func BenchmarkRetries(b *testing.B) {
	for name, perShard := range map[string]int64{"less than a shard takes": 995, "a twentieth more": 1_050, "twice as much": 2_000} {
		b.Run(name, func(b *testing.B) { retries(b, 256, perShard) })
	}
}

func retries(b *testing.B, shards int, perShard int64) {
	s := scene{
		limits: model.AWS2026(), shards: shards, seed: 1, tick: des.Time(time.Second), end: des.Time(10_000 * time.Hour),
		producer: ProducerConfig{
			Name: "app", Clients: 120, Rate: workload.Constant(model.PerSecond(int64(shards) * perShard)), Arrivals: workload.Poisson{},
			Size: workload.ConstantSize(500), Keys: workload.Unique{}, Put: Put{Records: 500, Bytes: 10 * model.MiB, Linger: 20 * time.Millisecond},
			Retry: Backoff{Base: 100 * time.Millisecond, Max: 5 * time.Second, Jitter: JitterFull, GiveUpAfter: 30 * time.Second},
		},
	}
	h, now, attempts, seconds := s.open(), des.Time(0), 0, 0
	h.links.Poured = func(des.Time, int, *kinesis.Refused, Load) { attempts++ } // of the others nobody is told
	for range 2 {                                                               // until as much is given up as comes on top
		now = h.stretched(now)
	}
	attempts = 0
	b.ReportAllocs()
	for b.Loop() {
		now = h.stretched(now)
		seconds += shards * len(h.ends)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(seconds), "ns/shard-second")
	if attempts > seconds { // else first calls, of which nobody is told, take the time
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(attempts), "ns/attempt")
	}
	b.ReportMetric(float64(attempts)/float64(seconds), "attempts/shard-second")
}

// stretched plays the stretch that begins at now, lets go of what shards took, and is where it
// ends.
func (h *staged) stretched(now des.Time) des.Time {
	h.Act(now)
	h.play(now, 0, len(h.ends))
	for place := range h.shards {
		h.links.Stream.Release(0, place, h.links.Stream.End(place))
	}
	return h.ends[len(h.ends)-1]
}
