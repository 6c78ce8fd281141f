package scenarios

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// fromKeys loads the smallest scenario with a file of keys.
func fromKeys(t *testing.T, csv string) workload.Keys {
	t.Helper()
	dir := write(t, map[string]string{"keys.csv": csv, "s.yaml": strings.Replace(smallest, "rate: 100/s", "rate: 100/s, keys: {file: {path: keys.csv}}", 1)})
	config, err := Load(filepath.Join(dir, "s.yaml"), nil, Options{})
	if err != nil {
		t.Fatalf("%q: %v", csv, err)
	}
	if !strings.Contains(string(config.Document), `"keys":{"file":{"path":"keys.csv"}}`) {
		t.Errorf("the effective scenario is %s", config.Document)
	}
	return config.Producers[0].Keys
}

func TestKeyFiles(t *testing.T) {
	five := model.HashKey{Lo: 5}
	long := strings.Repeat("ü", 256)
	for csv, want := range map[string]workload.List{
		"a,1\nb,3\n":                   {{Name: "a", Weight: 1}, {Name: "b", Weight: 3}},
		"a,1":                          {{Name: "a", Weight: 1}},
		"key,weight\na,0.25\nb,1e-9\n": {{Name: "a", Weight: 0.25}, {Name: "b", Weight: 1e-9}},
		"\ufeffKey, Weight\r\na, 12 \r\n\r\nb,3\r\n":       {{Name: "a", Weight: 12}, {Name: "b", Weight: 3}},
		"key,weight,explicit_hash_key\na,1,5\nb,2,\nc,3\n": {{Name: "a", Weight: 1, Explicit: &five}, {Name: "b", Weight: 2}, {Name: "c", Weight: 3}},
		"a,1, 5\n":                 {{Name: "a", Weight: 1, Explicit: &five}},
		"\"a,\"\"b\n\",2\n a,3\n":  {{Name: "a,\"b\n", Weight: 2}, {Name: " a", Weight: 3}},
		long + ",7\nkey,1\n#x,2\n": {{Name: long, Weight: 7}, {Name: "key", Weight: 1}, {Name: "#x", Weight: 2}},
	} {
		if got := fromKeys(t, csv); !reflect.DeepEqual(got, want) {
			t.Errorf("%q gives %v, want %v", csv, got, want)
		}
	}
}

// TestKeyFileShares wants keys to be drawn as often as their weights say.
func TestKeyFileShares(t *testing.T) {
	var csv strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&csv, "key-%d,%d\n", i, i+1)
	}
	space := workload.NewKeySpace(fromKeys(t, csv.String()), nil)
	const n = 2_000_000
	key, counts := make([]int32, n), make([]int, 1000)
	space.Draw(key, make([]model.HashKey, n), make([]uint32, n), make([]des.Time, n), des.Stream(3, "keys"), nil)
	for _, k := range key {
		counts[k]++
	}
	chi := 0.0
	for i, got := range counts {
		want := n * float64(i+1) / (1000 * 1001 / 2)
		chi += (float64(got) - want) * (float64(got) - want) / want
	}
	if chi < 850 || chi > 1150 { // chi squared with 999 degrees of freedom: 999 ± 45
		t.Errorf("chi squared is %.0f, about 999 expected", chi)
	}
	if space.Name(7) != "key-7" || space.Hashes[7] != model.KeyHash("key-7") {
		t.Errorf("key 7 is %s with %v", space.Name(7), space.Hashes[7])
	}
}

func TestManyKeys(t *testing.T) {
	var csv strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&csv, "%d,1\n", i)
	}
	if got := fromKeys(t, csv.String()).Len(); got != 200_000 {
		t.Errorf("%d keys", got)
	}
}
