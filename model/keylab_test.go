package model_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"kinesim/model"
)

func weighted(weights map[string]float64) []model.WeightedKey {
	var keys []model.WeightedKey
	for _, name := range []string{"a", "0", "1", "123", "test", "hello"} { // in one order
		if w := weights[name]; w > 0 {
			keys = append(keys, model.WeightedKey{Name: name, Weight: w, Hash: model.KeyHash(name)})
		}
	}
	return keys
}

// TestStudyKeys on keys whose shards are known: of four shards, a, 123 and test
// live on the first, hello on the second and 0 and 1 on the last.
func TestStudyKeys(t *testing.T) {
	keys := weighted(map[string]float64{"a": 3, "123": 1, "test": 1, "hello": 2, "0": 2, "1": 1})
	s := model.StudyKeys(model.EvenShards(4), keys, model.KeyRate{RecordsPerS: 3000, Data: 100}, model.AWS2026())
	for i, want := range []float64{0.5, 0.2, 0, 0.3} {
		if math.Abs(s.Share[i]-want) > 1e-12 || math.Abs(s.Load[i]-3*want) > 1e-12 {
			t.Errorf("shard %d has a share of %v and a load of %v, want %v", i, s.Share[i], s.Load[i], want)
		}
	}
	if s.Hottest != 0 || s.Empty != 1 || len(s.Over) != 1 || len(s.Hot) != 0 || len(s.Top) != 3 || keys[s.Top[0]].Name != "a" {
		t.Errorf("%+v", s)
	}
	// a and test ask for 1.2 together. Their hash keys are 4.98 % and 3.73 % of the
	// way; the first even cut between them is at 1/21 = 4.76 %.
	if s.Enough != 21 {
		t.Errorf("%d shards are said to be enough, want 21", s.Enough)
	}
}

// TestHotKeyInTheLab: 1,500/s of 3,000 are too much for one shard; two keys of
// 750/s are what a shard should carry.
func TestHotKeyInTheLab(t *testing.T) {
	keys := weighted(map[string]float64{"a": 2, "hello": 1, "0": 1})
	s := model.StudyKeys(model.EvenShards(100), keys, model.KeyRate{RecordsPerS: 3000, Data: 100}, model.AWS2026())
	if len(s.Hot) != 1 || s.Hot[0].Salt != 2 || math.Abs(s.Hot[0].Load-1.5) > 1e-12 || math.Abs(s.Hot[0].Left-0.75) > 1e-12 {
		t.Errorf("%+v", s.Hot)
	}
	// Bytes count as well, with the key: 1,000/s of 2 KiB and a byte.
	s = model.StudyKeys(model.EvenShards(2), keys[:1], model.KeyRate{RecordsPerS: 1000, Data: 2 * model.KiB}, model.AWS2026())
	if want := 1000 * 2049. / (1 << 20); math.Abs(s.Load[0]-want) > 1e-12 || s.Hot[0].Salt != 3 {
		t.Errorf("%+v, want a load of %v", s, want)
	}
}

// TestWithoutARate: a load is then a multiple of an even share.
func TestWithoutARate(t *testing.T) {
	s := model.StudyKeys(model.EvenShards(4), weighted(map[string]float64{"a": 1, "hello": 1, "0": 2}), model.KeyRate{}, model.AWS2026())
	if s.Load[0] != 1 || s.Load[3] != 2 || s.Hottest != 3 || len(s.Hot) != 1 || s.Enough != 0 {
		t.Errorf("%+v", s)
	}
}

// TestStudyAddsUp on random keys and maps: shares add up to 1, and what is said to
// be enough shards is, and one less is not.
func TestStudyAddsUp(t *testing.T) {
	limits := model.AWS2026()
	rapid.Check(t, func(t *rapid.T) {
		var keys []model.WeightedKey
		for i := range rapid.IntRange(1, 60).Draw(t, "keys") {
			name := fmt.Sprint("key-", i)
			keys = append(keys, model.WeightedKey{Name: name, Weight: rapid.Float64Range(0.1, 5).Draw(t, "weight"), Hash: model.KeyHash(name)})
		}
		rate := model.KeyRate{RecordsPerS: rapid.Float64Range(1, 20_000).Draw(t, "rate"), Data: 100}
		n := rapid.IntRange(1, 30).Draw(t, "shards")
		s := model.StudyKeys(model.EvenShards(n), keys, rate, limits)
		share, load, count := 0.0, 0.0, 0
		for i := range s.Share {
			share, load, count = share+s.Share[i], load+s.Load[i], count+s.Keys[i]
		}
		if math.Abs(share-1) > 1e-9 || math.Abs(load/(rate.RecordsPerS/1000)-1) > 1e-9 || count != len(keys) {
			t.Fatalf("share %v, load %v, %d keys", share, load, count)
		}
		if s.Enough > 0 {
			if more := model.StudyKeys(model.EvenShards(s.Enough), keys, rate, limits); len(more.Over) > 0 {
				t.Fatalf("%d shards are not enough", s.Enough)
			}
			if s.Enough > n {
				if less := model.StudyKeys(model.EvenShards(s.Enough-1), keys, rate, limits); len(less.Over) == 0 {
					t.Fatalf("%d shards would do", s.Enough-1)
				}
			}
		}
	})
}
