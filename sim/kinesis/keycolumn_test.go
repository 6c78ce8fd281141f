package kinesis_test

import (
	"testing"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// TestKeyIDs: the key of each kept row is that of the record that became the row,
// whatever was refused between and however much was let go of.
func TestKeyIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := model.AWS2026()
		limits.WriteRecordsPerSecond, limits.WriteBurstRecords = 100, 100
		s := kinesis.New(kinesis.Config{Limits: limits, Shards: model.EvenShards(2), Retention: 86_400e9, MaxRecordSize: model.MiB})
		reader := s.AddReader()
		s.KeepKeys()
		hashes := make([]model.HashKey, 10)
		for i := range hashes {
			hashes[i] = model.KeyHash(string(rune('a' + i)))
		}
		set := s.Keys(hashes)
		var want [2][]kinesis.KeyID // by shard and row
		var first [2]int64
		for n := range rapid.IntRange(1, 40).Draw(t, "puts") {
			now := des.Time(n) * 100e6
			b := kinesis.Batch{Keys: set}
			for range rapid.IntRange(1, 80).Draw(t, "records") {
				key := int32(rapid.IntRange(-1, 9).Draw(t, "key"))
				b.Key, b.Size, b.Arose = append(b.Key, key), append(b.Size, 10), append(b.Arose, now)
				b.Hash = append(b.Hash, model.KeyHash(rapid.StringN(1, 3, -1).Draw(t, "name")))
			}
			r := s.Put(now, &b)
			refused := map[int32]bool{}
			for _, f := range r.Refused {
				refused[f.Index] = true
			}
			for i, place := range r.Place {
				if refused[int32(i)] {
					continue
				}
				hash := b.Hash[i]
				if b.Key[i] >= 0 {
					hash = hashes[b.Key[i]]
				}
				want[place] = append(want[place], kinesis.KeyID(hash.Lo))
			}
			for place := range want {
				if len(want[place]) == 0 {
					continue
				}
				first[place] = rapid.Int64Range(first[place], int64(len(want[place]))).Draw(t, "released")
				s.Release(reader, place, first[place])
				from := rapid.Int64Range(first[place], int64(len(want[place]))).Draw(t, "from")
				for i, id := range s.KeyIDs(place, from, int64(len(want[place]))) {
					if id != want[place][from+int64(i)] {
						t.Fatalf("row %d of shard %d has key %d, want %d", from+int64(i), place, id, want[place][from+int64(i)])
					}
				}
			}
		}
	})
}

// TestPackedKeys: all that the KPL packs has one key; what it sends alone keeps its own.
func TestPackedKeys(t *testing.T) {
	s := kinesis.New(kinesis.Config{Limits: model.AWS2026(), Shards: model.EvenShards(1), Retention: 86_400e9, MaxRecordSize: model.MiB})
	s.AddReader()
	s.KeepKeys()
	b := kinesis.Batch{Packed: true, Keys: s.Keys([]model.HashKey{model.KeyHash("own")}), Key: []int32{-1, 0, -1}, Size: []uint32{1, 1, 1}, Arose: make([]des.Time, 3),
		Hash: []model.HashKey{model.KeyHash("x"), {}, model.KeyHash("y")}}
	s.Put(0, &b)
	if ids := s.KeyIDs(0, 0, 3); ids[0] != ids[2] || ids[0] == ids[1] {
		t.Errorf("%v", ids)
	}
}
