package scenarios

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kinesim/model"
	"kinesim/sim/des"
)

// write puts files into a folder of their own and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRateFiles(t *testing.T) {
	for name, csv := range map[string]string{
		"seconds":         "0,600\n60,1200\n120,0\n",
		"fractions":       "0.0,600\n60.000,1200\n120,0\n",
		"epoch":           "timestamp,value\n1764266400,600\n1764266460,1200\n1764266520,0\n",
		"dates":           "timestamp,value\n2026-11-27T18:00:00Z,600\n2026-11-27T19:01:00+01:00,1200\n2026-11-27T18:02:00Z,0\n",
		"dates and times": "\ufefftime,records\r\n2026-11-27 18:00:00,600\r\n\"2026-11-27 18:01:00\", 1200\r\n\r\n2026-11-27 18:02:00,0\r\n",
	} {
		dir := write(t, map[string]string{"counts.csv": csv, "s.yaml": strings.Replace(smallest, "100/s", "{file: {path: counts.csv}}", 1)})
		config, err := Load(filepath.Join(dir, "s.yaml"), nil, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		rate := config.Producers[0].Rate
		for at, want := range map[time.Duration]float64{30 * time.Second: 300, time.Minute: 600, 2 * time.Minute: 1800, 9 * time.Minute: 1800} {
			if got := rate.Expected(des.Time(at)); got != want {
				t.Errorf("%s: %v records by %v, want %v", name, got, at, want)
			}
		}
	}
}

func TestRateFileScaleAndSpeed(t *testing.T) {
	dir := write(t, map[string]string{
		"counts.csv": "0,600\n60,1200\n",
		"s.yaml":     strings.Replace(smallest, "100/s", "{file: {path: counts.csv, scale: 0.5, speed: 2}}", 1),
	})
	config, err := Load(filepath.Join(dir, "s.yaml"), nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := config.Producers[0].Rate.Expected(des.Time(30 * time.Second)); got != 300 {
		t.Errorf("%v records in the first row, want 300", got)
	}
	if got := config.Producers[0].Rate.Expected(des.Time(time.Hour)); got != 900 {
		t.Errorf("%v records in all, want 900", got)
	}
}

func TestLargeRateFile(t *testing.T) {
	dir := write(t, map[string]string{"s.yaml": strings.Replace(smallest, "100/s", "{file: {path: counts.csv}}", 1), "counts.csv": ""})
	if err := os.Truncate(filepath.Join(dir, "counts.csv"), maxRateFile+1); err != nil { // a file of holes takes no space
		t.Fatal(err)
	}
	problems := Check(filepath.Join(dir, "s.yaml"), nil, Options{})
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "holds more than 67108864 bytes") {
		t.Errorf("%v", problems)
	}
}

// listed is a map of shards as 'aws kinesis list-shards' prints it, among closed
// parents.
func listed(m model.ShardMap) string {
	type object = map[string]any
	list := []object{{
		"ShardId": model.ShardID(0).String(), "HashKeyRange": object{"StartingHashKey": "0", "EndingHashKey": model.MaxHashKey.String()},
		"SequenceNumberRange": object{"StartingSequenceNumber": "49", "EndingSequenceNumber": "50"},
	}}
	for i := range m.Len() {
		s := m.At(m.Len() - 1 - i)
		list = append(list, object{
			"ShardId": (s.ID + 1).String(), "ParentShardId": model.ShardID(0).String(),
			"HashKeyRange":        object{"StartingHashKey": s.Range.Start.String(), "EndingHashKey": s.Range.End.String()},
			"SequenceNumberRange": object{"StartingSequenceNumber": "51"},
		})
	}
	text, _ := json.Marshal(object{"Shards": list})
	return string(text)
}

// TestParseShards wants a listing of any map to be read as that map.
func TestParseShards(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		m := model.EvenShards(rapid.IntRange(1, 40).Draw(t, "shards"))
		path := filepath.Join(dir, "shards.json")
		if err := os.WriteFile(path, []byte(listed(m)), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := ParseShards(path)
		if err != nil || got.Len() != m.Len() {
			t.Fatalf("%d shards, %v; want %d", got.Len(), err, m.Len())
		}
		for i := range m.Len() {
			if g, w := got.At(i), m.At(i); g.Range != w.Range || g.ID != w.ID+1 || g.Parent != 0 || g.AdjacentParent != model.NoShard {
				t.Fatalf("shard %d is %+v, want %+v", i, g, w)
			}
		}
	})
}

func TestShardsFromFile(t *testing.T) {
	dir := write(t, map[string]string{"list.json": listed(model.EvenShards(3)), "s.yaml": strings.Replace(smallest, "shards: 4", "shards: {file: list.json}", 1)})
	config, err := Load(filepath.Join(dir, "s.yaml"), nil, Options{})
	if err != nil || config.Stream.Shards.Len() != 3 || !strings.Contains(string(config.Document), `"shards":{"file":"list.json"}`) {
		t.Errorf("%v, %v", config, err)
	}
	if _, err := ParseShards(dir); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a folder gives %v", err)
	}
}

func TestYAML(t *testing.T) {
	for in, want := range map[string]string{
		`{"z":1,"a":[1,2.5,-1e-7],"e":{},"l":[],"n":null,"t":true}`:                  "z: 1\na:\n  - 1\n  - 2.5\n  - -1e-7\ne: {}\nl: []\n\"n\": null\nt: true\n",
		`{"text":"10","yes":"yes","multi":"a\nb","emoji":"\ud83d\ude00","q":"a: b"}`: "text: \"10\"\n\"yes\": \"yes\"\nmulti: |-\n  a\n  b\nemoji: \"\\U0001F600\"\nq: 'a: b'\n",
		`"x"`: "x\n", `[]`: "[]\n", `[{"a":1},{"b":[[2]]}]`: "- a: 1\n- b:\n    - - 2\n",
	} {
		got, err := YAML([]byte(in))
		if err != nil || string(got) != want {
			t.Errorf("%s gives %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "{", `{"a"}`, "[1", "nonsense"} {
		if got, err := YAML([]byte(in)); err == nil {
			t.Errorf("%q gives %q", in, got)
		}
	}
}

func ExampleYAML() {
	text, _ := YAML([]byte(`{"format": "kinesim/run/v1", "passed": true, "shards": [{"id": "shardId-000000000000"}]}`))
	fmt.Print(string(text))
	// Output:
	// format: kinesim/run/v1
	// passed: true
	// shards:
	//   - id: shardId-000000000000
}
