package model_test

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kinesim/model"
)

func hashKey(t *testing.T, decimal string) model.HashKey {
	t.Helper()
	h, err := model.ParseHashKey(decimal)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestRouting: partition key → MD5 → hash key → shard of a stream with so many
// even shards, worked out by hand.
func TestRouting(t *testing.T) {
	counts := []int{2, 3, 4, 5, 7, 8, 10, 12, 16, 32, 100, 1000}
	for _, row := range []struct {
		key, md5, decimal string
		places            []int
	}{
		{"a", "0cc175b9c0f1b6a831c399e269772661", "16955237001963240173058271559858726497", []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 49}},
		{"0", "cfcd208495d565ef66e7dff9f98764da", "276215275525073243129443018166533317850", []int{1, 2, 3, 4, 5, 6, 8, 9, 12, 25, 81, 811}},
		{"1", "c4ca4238a0b923820dcc509a6f75849b", "261578874264819908609102035485573088411", []int{1, 2, 3, 3, 5, 6, 7, 9, 12, 24, 76, 768}},
		{"123", "202cb962ac59075b964b07152d234b70", "42767516990368493138776584305024125808", []int{0, 0, 0, 0, 0, 1, 1, 1, 2, 4, 12, 125}},
		{"test", "098f6bcd4621d373cade4e832627b4f6", "12707736894140473154801792860916528374", []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 37}},
		{"hello", "5d41402abc4b2a76b9719d911017c592", "123957004363873451094272536567338222994", []int{0, 1, 1, 1, 2, 2, 3, 4, 5, 11, 36, 364}},
	} {
		h := model.KeyHash(row.key)
		if h.Hex() != row.md5 || h.String() != row.decimal {
			t.Errorf("%s: %s, %s; want %s, %s", row.key, h.Hex(), h, row.md5, row.decimal)
		}
		for i, n := range counts {
			if got := model.EvenShards(n).Find(h); got != row.places[i] {
				t.Errorf("%s on %d shards: shard %d, want %d", row.key, n, got, row.places[i])
			}
		}
	}
}

// TestCreateStreamRanges: w = ⌊2^128/n⌋, shard i from i·w, and the last takes the
// remainder.
func TestCreateStreamRanges(t *testing.T) {
	for _, starts := range [][]string{
		{"0"},
		{"0", "170141183460469231731687303715884105728"},
		{"0", "113427455640312821154458202477256070485", "226854911280625642308916404954512140970"},
		{"0", "85070591730234615865843651857942052864", "170141183460469231731687303715884105728", "255211775190703847597530955573826158592"},
	} {
		m := model.EvenShards(len(starts))
		for i, start := range starts {
			s := m.At(i)
			end := model.MaxHashKey
			if i+1 < len(starts) {
				end = hashKey(t, starts[i+1]).Prev()
			}
			if s.Range.Start.String() != start || s.Range.End != end || s.ID != model.ShardID(i) {
				t.Errorf("shard %d of %d: %s from %s to %s", i, len(starts), s.ID, s.Range.Start, s.Range.End)
			}
		}
	}
}

func TestSplitPoints(t *testing.T) {
	for _, row := range []struct {
		shards, shard int
		want          string
	}{
		{1, 0, "170141183460469231731687303715884105727"},
		{2, 0, "85070591730234615865843651857942052863"},
		{4, 0, "42535295865117307932921825928971026431"},
		{3, 2, "283568639100782052886145506193140176212"},
	} {
		if got := model.EvenShards(row.shards).At(row.shard).Range.Midpoint().String(); got != row.want {
			t.Errorf("shard %d of %d splits at %s, want %s", row.shard, row.shards, got, row.want)
		}
	}
	for i, centre := range []string{
		"42535295865117307932921825928971026432", "127605887595351923798765477786913079296",
		"212676479325586539664609129644855132160", "297747071055821155530452781502797185024",
	} {
		if got := model.EvenShards(4).Find(hashKey(t, centre)); got != i {
			t.Errorf("%s lies on shard %d, want %d", centre, got, i)
		}
	}
}

// anyMap draws a map with even or with arbitrary ranges.
func anyMap(t *rapid.T) model.ShardMap {
	if rapid.Bool().Draw(t, "even") {
		return model.EvenShards(rapid.IntRange(1, 300).Draw(t, "shards"))
	}
	starts := []model.HashKey{{}}
	for range rapid.IntRange(0, 20).Draw(t, "cuts") {
		h := anyHash(t)
		if starts[len(starts)-1].Less(h) {
			starts = append(starts, h)
		}
	}
	m, err := model.ShardsFrom(starts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// anyHash draws a hash key, often one near an end of the space or of a 64-bit half.
func anyHash(t *rapid.T) model.HashKey {
	return model.HashKey{Hi: rapid.Uint64().Draw(t, "hi"), Lo: rapid.Uint64().Draw(t, "lo")}
}

// TestShardsTile: ranges follow each other without gap or overlap, and the search
// finds the one range that contains a key, as a linear search does.
func TestShardsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMap(t)
		share := 0.0
		for i := range m.Len() {
			r := m.At(i).Range
			share += r.Share()
			if i > 0 && r.Start != m.At(i-1).Range.End.Next() {
				t.Fatalf("shard %d starts at %s after %s", i, r.Start, m.At(i-1).Range.End)
			}
			for _, h := range []model.HashKey{r.Start, r.End, r.Midpoint()} {
				if got := m.Find(h); got != i {
					t.Fatalf("%s belongs to shard %d, found on %d", h, i, got)
				}
			}
		}
		if m.At(0).Range.Start != (model.HashKey{}) || m.At(m.Len()-1).Range.End != model.MaxHashKey {
			t.Fatal("the ends of the space are not covered")
		}
		if share < 1-1e-9 || share > 1+1e-9 {
			t.Fatalf("shares add up to %v", share)
		}
		h := anyHash(t)
		for i := range m.Len() {
			if m.At(i).Range.Contains(h) != (i == m.Find(h)) {
				t.Fatalf("%s: shard %d, found on %d", h, i, m.Find(h))
			}
		}
	})
}

// TestBrokenMaps: what does not tile is refused, with the place.
func TestBrokenMaps(t *testing.T) {
	shard := func(id model.ShardID, start, end model.HashKey) model.Shard {
		return model.Shard{ID: id, Parent: model.NoShard, AdjacentParent: model.NoShard, Range: model.HashRange{Start: start, End: end}}
	}
	mid, zero := model.HashKey{Hi: 1 << 63}, model.HashKey{}
	for _, row := range []struct {
		open []model.Shard
		want string
	}{
		{nil, "no open shard"},
		{[]model.Shard{shard(0, zero, mid)}, "no shard owns hash keys 170141183460469231731687303715884105729"},
		{[]model.Shard{shard(0, mid, model.MaxHashKey)}, "no shard owns hash keys 0 to 170141183460469231731687303715884105727"},
		{[]model.Shard{shard(0, zero, mid), shard(1, mid, model.MaxHashKey)}, "shardId-000000000001 starts at 170141183460469231731687303715884105728, inside"},
		{[]model.Shard{shard(0, zero, model.MaxHashKey), shard(1, mid, model.MaxHashKey)}, "inside or before another"},
		{[]model.Shard{shard(3, mid, zero)}, "shardId-000000000003 ends before it starts"},
		{make([]model.Shard, model.MaxShards+1), "at most 10000"},
	} {
		if _, err := model.NewShardMap(row.open); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%v: %v, want %q", row.open[:min(2, len(row.open))], err, row.want)
		}
	}
}

func TestShardID(t *testing.T) {
	if got := model.ShardID(7).String(); got != "shardId-000000000007" {
		t.Error(got)
	}
	for _, name := range []string{"", "shardId-7", "shardid-000000000007", "shardId-00000000000x", "shardId-000000000007 "} {
		if id, err := model.ParseShardID(name); err == nil {
			t.Errorf("%q is read as %d", name, id)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		id := model.ShardID(rapid.Int64Range(0, 999_999_999_999).Draw(t, "id"))
		if back, err := model.ParseShardID(id.String()); err != nil || back != id {
			t.Fatalf("%s is read as %d, %v", id, back, err)
		}
	})
}

// TestHashKeyArithmetic holds the 128-bit arithmetic against math/big.
func TestHashKeyArithmetic(t *testing.T) {
	number := func(h model.HashKey) *big.Int { n, _ := new(big.Int).SetString(h.String(), 10); return n }
	space := new(big.Int).Lsh(big.NewInt(1), 128)
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyHash(t), anyHash(t)
		x, y := number(a), number(b)
		if a.Compare(b) != x.Cmp(y) || a.Less(b) != (x.Cmp(y) < 0) {
			t.Fatalf("%s and %s compare as %d", a, b, a.Compare(b))
		}
		if mid := new(big.Int).Rsh(new(big.Int).Add(x, y), 1); number(model.HashRange{Start: a, End: b}.Midpoint()).Cmp(mid) != 0 {
			t.Fatalf("midpoint of %s and %s", a, b)
		}
		if next := new(big.Int).Mod(new(big.Int).Add(x, big.NewInt(1)), space); number(a.Next()).Cmp(next) != 0 || a.Next().Prev() != a {
			t.Fatalf("after %s comes %s", a, a.Next())
		}
		if back, err := model.ParseHashKey(a.String()); err != nil || back != a {
			t.Fatalf("%s is read as %s, %v", a, back, err)
		}
	})
}

func TestParseHashKey(t *testing.T) {
	for _, text := range []string{"", "-1", "+1", "01", "1.0", "0x10", " 1", "١", "340282366920938463463374607431768211456", strings.Repeat("9", 40)} {
		if h, err := model.ParseHashKey(text); err == nil {
			t.Errorf("%q is read as %s", text, h)
		}
	}
	if h := hashKey(t, "340282366920938463463374607431768211455"); h != model.MaxHashKey {
		t.Errorf("the last hash key is read as %s", h)
	}
}
