package workload_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// drawn draws n records at even times over [0, 100) s and counts them by key name
// and by tenth of the time.
func drawn(k *workload.KeySpace, n int, seed uint64) (counts map[string][10]int, sizes []uint32) {
	key, size, arose := make([]int32, n), make([]uint32, n), make([]des.Time, n)
	for i := range arose {
		arose[i] = des.Time(float64(i) / float64(n) * 100e9)
	}
	k.Draw(key, make([]model.HashKey, n), size, arose, des.Stream(seed, "keys"), nil)
	counts = map[string][10]int{}
	for i, number := range key {
		name := "unique"
		if number != model.NoKey {
			name = k.Name(int(number))
		}
		c := counts[name]
		c[i*10/n]++
		counts[name] = c
	}
	return counts, size
}

func total(c [10]int) (n int) {
	for _, x := range c {
		n += x
	}
	return n
}

// TestZipf: the share of rank i is in proportion to i^−s, from the uniform law at
// 0 to steep ones (chi-square over the ranks that get at least ten records).
func TestZipf(t *testing.T) {
	const seed, n, keys = 31, 500_000, 1000
	for _, s := range []float64{0, 0.8, 1, 1.1, 2, 5} {
		law := workload.Ranked{S: s, Count: keys, Prefix: "user-"}
		counts, _ := drawn(workload.NewKeySpace(law, nil), n, seed)
		sum := 0.0
		for i := range keys {
			sum += math.Pow(float64(i+1), -s)
		}
		chi, free := 0.0, -1.0
		for i := range keys {
			want := math.Pow(float64(i+1), -s) / sum * n
			if want < 10 {
				break
			}
			got := float64(total(counts[fmt.Sprintf("user-%d", i+1)]))
			chi += (got - want) * (got - want) / want
			free++
		}
		if most := free + 5*math.Sqrt(2*max(free, 2)); chi > most {
			t.Errorf("seed %d, s %v: chi-square %v over %v ranks, at most %v", seed, s, chi, free+1, most)
		}
	}
}

// TestHot: in its span a hot key has its share, on top of the share that a key of
// that name has of the rest; outside of it, and in total, nothing changes.
func TestHot(t *testing.T) {
	const seed, n = 32, 400_000
	law := workload.List{{Name: "a", Weight: 3}, {Name: "b", Weight: 1}}
	k := workload.NewKeySpace(law, []workload.Hot{
		{Key: "b", Share: 0.4, From: 20e9, To: 40e9},
		{Key: "viral", Share: 0.1, From: 30e9, To: 50e9},
	})
	counts, _ := drawn(k, n, seed)
	for name, want := range map[string][10]float64{
		"b":     {0.25, 0.25, 0.4 + 0.6*0.25, 0.4 + 0.5*0.25, 0.9 * 0.25, 0.25, 0.25, 0.25, 0.25, 0.25},
		"viral": {0, 0, 0, 0.1, 0.1, 0, 0, 0, 0, 0},
	} {
		for i, share := range want {
			got := float64(counts[name][i]) / (n / 10)
			if math.Abs(got-share) > 4.5*math.Sqrt(share*(1-share)/(n/10)) {
				t.Errorf("seed %d: %s has %v of tenth %d, want %v", seed, name, got, i, share)
			}
		}
	}
}

// TestKeyBytes: the partition key counts, in bytes of UTF-8; a unique one as a
// UUID would.
func TestKeyBytes(t *testing.T) {
	for want, keys := range map[uint32]workload.Keys{
		1: workload.List{{Name: "a", Weight: 1}}, 5: workload.List{{Name: "grüe", Weight: 1}}, 36: workload.Unique{},
	} {
		k := workload.NewKeySpace(keys, nil)
		_, sizes := drawn(k, 10, 1)
		for _, size := range sizes {
			if size != want || k.LongestKey() != int(want) {
				t.Errorf("%v counts %d bytes, at most %d, want %d", keys, size, k.LongestKey(), want)
			}
		}
	}
}

// TestHashes: keys are routed by MD5 of their names, or by their explicit hash key.
func TestHashes(t *testing.T) {
	explicit := model.HashKey{Hi: 7}
	k := workload.NewKeySpace(workload.List{{Name: "hello", Weight: 1}, {Name: "there", Weight: 1, Explicit: &explicit}},
		[]workload.Hot{{Key: "test", Share: 0.1, To: 1}, {Key: "there", Share: 0.1, To: 1}})
	if len(k.Hashes) != 3 || k.Hashes[0].Hex() != "5d41402abc4b2a76b9719d911017c592" || k.Hashes[1] != explicit || k.Hashes[2].Hex() != "098f6bcd4621d373cade4e832627b4f6" {
		t.Errorf("%v", k.Hashes)
	}
}

// TestUnique: no two records share a hash key, and they spread evenly.
func TestUnique(t *testing.T) {
	const n = 100_000
	key, hash := make([]int32, n), make([]model.HashKey, n)
	workload.NewKeySpace(workload.Unique{}, nil).Draw(key, hash, make([]uint32, n), make([]des.Time, n), des.Stream(3, "keys"), nil)
	seen, eighths := map[model.HashKey]bool{}, [8]float64{}
	for _, h := range hash {
		if seen[h] {
			t.Fatalf("%s twice", h)
		}
		seen[h] = true
		eighths[h.Hi>>61]++
	}
	for i, got := range eighths {
		if math.Abs(got-n/8) > 5*math.Sqrt(n/8) {
			t.Errorf("eighth %d of the hash keys has %v of %d records", i, got, n)
		}
	}
}

func TestCheckKey(t *testing.T) {
	for key, sound := range map[string]bool{
		"a": true, strings.Repeat("ü", 256): true, "": false, strings.Repeat("a", 257): false, "\xff": false,
	} {
		if got := model.CheckKey(key) == ""; got != sound {
			t.Errorf("%.10q: %q", key, model.CheckKey(key))
		}
	}
}

// TestManyKeyBytes: of many keys, too, each record counts the bytes of its own, among
// neighbours that are all as long and where the numbers get a digit more.
func TestManyKeyBytes(t *testing.T) {
	const n = 100_000
	k := workload.NewKeySpace(workload.Ranked{S: 0.3, Count: 100_500, Prefix: "user-"}, []workload.Hot{{Key: "a much longer key", Share: 0.01, To: des.Forever}})
	key, size := make([]int32, n), make([]uint32, n)
	k.Draw(key, nil, size, make([]des.Time, n), des.Stream(34, "keys"), nil)
	seen := map[int]bool{}
	for i, number := range key {
		if want := len(k.Name(int(number))); size[i] != uint32(want) {
			t.Fatalf("a record of key %s counts %d bytes, want %d", k.Name(int(number)), size[i], want)
		}
		seen[int(size[i])] = true
	}
	for _, want := range []int{8, 9, 10, 11, 17} {
		if !seen[want] {
			t.Errorf("no key of %d bytes was drawn", want)
		}
	}
}

// BenchmarkKeySpace makes a million keys ready to be drawn, and draws some.
func BenchmarkKeySpace(b *testing.B) {
	const keys = 1_000_000
	key, size := make([]int32, 128), make([]uint32, 128)
	for b.Loop() {
		k := workload.NewKeySpace(workload.Ranked{S: 0.8, Count: keys, Prefix: "user-"}, nil)
		k.Draw(key, nil, size, make([]des.Time, len(key)), des.Stream(1, "keys"), nil)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/keys, "ns/key")
}
