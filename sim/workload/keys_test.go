package workload_test

import (
	"crypto/md5"
	"fmt"
	"math"
	"math/big"
	"testing"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// TestListWeights: keys of a list are drawn in proportion to their weights, which
// need not add up to anything; one without weight never is.
func TestListWeights(t *testing.T) {
	const seed, n = 81, 400_000
	law := workload.List{{Name: "a", Weight: 5}, {Name: "b", Weight: 0.5}, {Name: "none"}, {Name: "c", Weight: 12}, {Name: "d", Weight: 2.5}}
	counts, _ := drawn(workload.NewKeySpace(law, nil), n, seed)
	chi := 0.0
	for _, k := range law {
		got, want := float64(total(counts[k.Name])), k.Weight/20*n
		if want == 0 {
			if got > 0 {
				t.Errorf("seed %d: %s has no weight and is drawn %v times", seed, k.Name, got)
			}
			continue
		}
		chi += (got - want) * (got - want) / want
	}
	if chi > 16.3 { // the 0.999 quantile at three degrees of freedom
		t.Errorf("seed %d: chi-square %v", seed, chi)
	}
}

// TestDrawsAreIndependent: a key says nothing about the next one.
func TestDrawsAreIndependent(t *testing.T) {
	const seed, n, keys = 82, 400_000, 4
	key := make([]int32, n)
	k := workload.NewKeySpace(workload.Ranked{Count: keys}, nil)
	k.Draw(key, nil, make([]uint32, n), make([]des.Time, n), des.Stream(seed, "keys"), nil)
	var pairs [keys][keys]float64
	for i := range n - 1 {
		pairs[key[i]][key[i+1]]++
	}
	chi := 0.0
	for _, row := range pairs {
		for _, got := range row {
			want := float64(n-1) / keys / keys
			chi += (got - want) * (got - want) / want
		}
	}
	if chi > 37.7 { // the 0.999 quantile at fifteen degrees of freedom
		t.Errorf("seed %d: chi-square %v of neighbours", seed, chi)
	}
}

// TestRankedHashes: each key is hashed by MD5, as a big-endian number.
func TestRankedHashes(t *testing.T) {
	law := workload.Ranked{S: 1, Count: 500, Prefix: "tenant-ü-"}
	k := workload.NewKeySpace(law, nil)
	for i, h := range k.Hashes {
		name := fmt.Sprintf("tenant-ü-%d", i+1)
		sum := md5.Sum([]byte(name))
		if want := new(big.Int).SetBytes(sum[:]).String(); k.Name(i) != name || h.String() != want {
			t.Fatalf("key %d is %s with hash key %v, want %s with %s", i, k.Name(i), h, name, want)
		}
		if int(k.Bytes[i]) != len(name) {
			t.Fatalf("%s counts %d bytes, want %d", name, k.Bytes[i], len(name))
		}
	}
	if want := len("tenant-ü-500"); k.LongestKey() != want {
		t.Errorf("the longest key has %d bytes, want %d", k.LongestKey(), want)
	}
}

// TestHotOverUnique: hot keys also lie over keys that occur once. A record that
// falls to one has its number and its length on top of the data's, all others the length of a UUID.
func TestHotOverUnique(t *testing.T) {
	const seed, n = 83, 100_000
	k := workload.NewKeySpace(workload.Unique{}, []workload.Hot{
		{Key: "viral", Share: 0.25, To: des.Forever},
		{Key: "trend", Share: 0.5, To: des.Forever},
	})
	key, hash, size := make([]int32, n), make([]model.HashKey, n), make([]uint32, n)
	for i := range size {
		size[i] = uint32(i) // of the data
	}
	k.Draw(key, hash, size, make([]des.Time, n), des.Stream(seed, "keys"), nil)
	counts := map[int32]float64{}
	for i, number := range key {
		counts[number]++
		want := uint32(model.UniqueKeyBytes)
		if number != model.NoKey {
			want = uint32(len(k.Name(int(number))))
		}
		if size[i] != want+uint32(i) {
			t.Fatalf("record %d of key %d counts %d bytes, want %d for its key", i, number, size[i], want)
		}
	}
	for number, share := range map[int32]float64{0: 0.25, 1: 0.5, model.NoKey: 0.25} {
		if got := counts[number] / n; math.Abs(got-share) > 4*math.Sqrt(share*(1-share)/n) {
			t.Errorf("seed %d: key %d has a share of %v, want %v", seed, number, got, share)
		}
	}
	if k.LongestKey() != model.UniqueKeyBytes {
		t.Errorf("the longest key has %d bytes", k.LongestKey())
	}
}

// TestHotEnds: a hot key begins at From and ends before To, to the nanosecond.
func TestHotEnds(t *testing.T) {
	k := workload.NewKeySpace(workload.List{{Name: "a", Weight: 1}}, []workload.Hot{{Key: "b", Share: 1, From: 10, To: 20}})
	key := make([]int32, 4)
	k.Draw(key, nil, make([]uint32, 4), []des.Time{9, 10, 19, 20}, des.Stream(1, "keys"), nil)
	if want := [4]int32{0, 1, 1, 0}; [4]int32(key) != want {
		t.Errorf("keys %v, want %v", key, want)
	}
}

func BenchmarkKeys(b *testing.B) {
	const n = 128
	hot := []workload.Hot{{Key: "hot", Share: 0.1, To: des.Forever}}
	for name, k := range map[string]*workload.KeySpace{
		"zipf":     workload.NewKeySpace(workload.Ranked{S: 1, Count: 10_000}, nil),
		"zipf-hot": workload.NewKeySpace(workload.Ranked{S: 1, Count: 10_000}, hot),
		"unique":   workload.NewKeySpace(workload.Unique{}, nil),
	} {
		b.Run(name, func(b *testing.B) {
			key, hash, size, arose := make([]int32, n), make([]model.HashKey, n), make([]uint32, n), make([]des.Time, n)
			random := des.Stream(1, "keys")
			b.ReportAllocs()
			for b.Loop() {
				k.Draw(key, hash, size, arose, random, nil)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/record")
		})
	}
}

// TestLongestKey: the longest key is found without looking at each, and is as long.
func TestLongestKey(t *testing.T) {
	for _, keys := range []workload.Keys{
		workload.Ranked{Count: 1, Prefix: "k"}, workload.Ranked{Count: 9}, workload.Ranked{Count: 1_000, Prefix: "user-"},
		workload.List{{Name: "long", Weight: 1}, {Name: "a", Weight: 9}}, workload.NewSalted(workload.Ranked{Count: 12, Prefix: "k"}, "k3", 11),
	} {
		want := 0
		for i := range keys.Len() {
			want = max(want, len(keys.Name(i)))
		}
		if got := workload.LongestKey(keys); got != want || want == 0 {
			t.Errorf("%+v: %d bytes, want %d", keys, got, want)
		}
	}
	if got := workload.LongestKey(workload.Unique{}); got != model.UniqueKeyBytes {
		t.Errorf("unique keys have %d bytes", got)
	}
}
