package kinesis_test

import (
	"crypto/md5"
	"fmt"
	"math/big"
	"testing"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// owner is the place of a hash key among so many even shards, by the definition:
// each is ⌊2^128/n⌋ wide, and the last takes what is left.
func owner(hash *big.Int, shards int64) int32 {
	width := new(big.Int).Lsh(big.NewInt(1), 128)
	width.Quo(width, big.NewInt(shards))
	return int32(min(width.Quo(hash, width).Int64(), shards-1))
}

// TestPlaces: a record goes to the shard that owns the MD5 sum of its key, read as
// a big-endian number, and a record with a hash key of its own to that one's.
func TestPlaces(t *testing.T) {
	for _, shards := range []int{1, 2, 3, 7, 100, 1000} {
		s := stream(shards, nil)
		b := &kinesis.Batch{}
		var hashes []model.HashKey
		var want []int32
		for i := range 400 {
			name := fmt.Sprint("order-", i)
			sum := md5.Sum([]byte(name))
			hashes = append(hashes, model.KeyHash(name))
			number := int32(i)
			if i%2 == 1 {
				number = model.NoKey // the same key as a hash key alone
			}
			b.Key, b.Hash = append(b.Key, number), append(b.Hash, hashes[i])
			b.Size, b.Arose = append(b.Size, 10), append(b.Arose, 0)
			want = append(want, owner(new(big.Int).SetBytes(sum[:]), int64(shards)))
		}
		b.Keys = s.Keys(hashes)
		r := s.Put(0, b)
		for i := range want {
			if r.Place[i] != want[i] || b.Keys.Place(i) != int(want[i]) {
				t.Fatalf("%d shards: record %d goes to %d, its key to %d, want %d", shards, i, r.Place[i], b.Keys.Place(i), want[i])
			}
		}
		counts := make([]int64, shards)
		for _, place := range want {
			counts[place]++
		}
		for place, n := range counts {
			if got := s.End(place); got != n {
				t.Errorf("%d shards: shard %d keeps %d records, want %d", shards, place, got, n)
			}
		}
	}
}

// TestKnownPlaces are examples worked out by hand.
func TestKnownPlaces(t *testing.T) {
	for shards, want := range map[int]map[string]int{
		2:    {"a": 0, "0": 1, "1": 1, "123": 0, "test": 0, "hello": 0},
		5:    {"a": 0, "0": 4, "1": 3, "123": 0, "test": 0, "hello": 1},
		12:   {"a": 0, "0": 9, "1": 9, "123": 1, "test": 0, "hello": 4},
		1000: {"a": 49, "0": 811, "1": 768, "123": 125, "test": 37, "hello": 364},
	} {
		s := stream(shards, nil)
		for key, place := range want {
			if got := s.Keys([]model.HashKey{model.KeyHash(key)}).Place(0); got != place {
				t.Errorf("%d shards: %s lives at %d, want %d", shards, key, got, place)
			}
		}
	}
}

// TestEnds: the first and the last hash key of a range belong to its shard.
func TestEnds(t *testing.T) {
	s := stream(7, nil)
	for place := range s.Shards() {
		sh := s.Shard(place)
		for _, h := range []model.HashKey{sh.Range.Start, sh.Range.Midpoint(), sh.Range.End} {
			b := &kinesis.Batch{Single: true, Key: []int32{model.NoKey}, Hash: []model.HashKey{h}, Size: []uint32{1}, Arose: []des.Time{0}}
			if got := s.Put(0, b).Place[0]; int(got) != place {
				t.Errorf("%v goes to %d, want %d", h, got, place)
			}
		}
	}
}
