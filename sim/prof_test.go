package sim_test

import (
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/workload"
)

func BenchmarkBigProf(b *testing.B) {
	c := yardstick(60 * time.Second)
	c.Resolution = sim.By1s
	c.Stream.Shards = model.EvenShards(10_000)
	p := &c.Producers[0]
	p.Rate = workload.Constant(model.PerSecond(10_000_000))
	p.Clients = 1000
	p.Keys = workload.Ranked{S: 0, Count: 1_000_000, Prefix: "user-"}
	p.Put = client.Put{Records: 500, Bytes: 10 * model.MiB, Linger: 10 * ms}
	for b.Loop() {
		play(b, c)
	}
}
