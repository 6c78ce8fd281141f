package client

import (
	"math/rand/v2"
	"slices"
	"testing"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// TestKeyLoadsOfManyKeys: what is only counted comes to the same loads as what is added up,
// whenever somebody looks and when counts overflow.
func TestKeyLoadsOfManyKeys(t *testing.T) {
	keys := workload.Ranked{Count: 66_536, Prefix: "k"}
	space := workload.NewKeySpace(keys, nil)
	stream := kinesis.New(kinesis.Config{Limits: model.AWS2026(), Shards: model.EvenShards(1)})
	p := &Producer{offers: newKeyLoads(&ProducerConfig{Size: workload.ConstantSize(500), Keys: keys}, space, stream.Keys(space.Hashes))}
	if p.offers.rows == nil {
		t.Fatal("many keys of one size are not counted")
	}
	plain := keyLoads{loads: make([]Load, len(space.Hashes))}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		keys, sizes := make([]int32, 100), make([]uint32, 100)
		for i := range keys {
			keys[i] = int32(random.IntN(len(space.Hashes)) >> (random.IntN(4) * 8))
			sizes[i] = 500 + uint32(space.Bytes[keys[i]])
		}
		p.offers.add(keys, sizes)
		plain.add(keys, sizes)
		if random.IntN(400) == 0 && !slices.Equal(p.KeyLoads(des.Forever), plain.loads) {
			t.Fatal("loads differ")
		}
	}
	if !slices.Equal(p.KeyLoads(des.Forever), plain.loads) || plain.loads[0].Records < 1<<16 {
		t.Fatalf("loads differ at the end, or key 0 has too few: %v", plain.loads[0])
	}
}
