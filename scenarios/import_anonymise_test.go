package scenarios

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/workload"
)

// TestAnonymisedRecords: without the names of its keys a trace is routed as before:
// a run has the same shards with the same records, bytes and refusals, and the same
// number of different keys. No name is left in what is written.
func TestAnonymisedRecords(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	names := []string{"secret-a", "secret-bcdef", "ключ-secret", "s", strings.Repeat("ж", 200)}
	for i := range 80 {
		names = append(names, fmt.Sprintf("secret-customer-%d", i*i))
	}
	var a, b strings.Builder
	a.WriteString("time,key,bytes\n")
	b.WriteString("bytes,explicit_hash_key,key,time\n")
	for i := range 6000 {
		name := names[int(random.ExpFloat64()*10)%len(names)]
		fmt.Fprintf(&a, "2026-11-27T18:00:%02d.%03dZ,%s,%d\n", i/2000, i%2000/2, name, random.IntN(6000))
		if i%10 == 0 {
			hash := ""
			if i%20 == 0 {
				hash = "77"
			}
			fmt.Fprintf(&b, "%d,%s,%s,2026-11-27T18:00:%02d.%03dZ\n", random.IntN(6000), hash, name, i/2000, i%2000/2)
		}
	}
	paths := files(t, map[string]string{"a.csv": a.String(), "b.csv": b.String()})
	sets := []string{"stream.shards=3", "producers.app.retry={none: {}}"}
	plain, _ := imported(t, "records", ImportOptions{Folder: t.TempDir()}, sets, paths...)
	o := ImportOptions{Folder: t.TempDir(), Anonymise: true}
	hidden, made := imported(t, "records", o, sets, paths...)
	var text strings.Builder
	if err := made.Trace.Write(&text); err != nil {
		t.Fatal(err)
	}
	if all := text.String() + string(made.Scenario); strings.Contains(all, "secret") || strings.Contains(all, "ж") || strings.Contains(all, "a.csv") {
		t.Error("a name is left in what is written")
	}
	if got, want := hidden.Producers[0].Trace.Facts(), plain.Producers[0].Trace.Facts(); got != want {
		t.Errorf("anonymised %+v, with names %+v", got, want)
	}
	before, after := mustRun(t, plain), mustRun(t, hidden)
	if before.Stream.WriteThrottled == 0 || before.Stream.OfferedRecords != 6600 {
		t.Fatalf("%d offered, %d refused: the test shows nothing", before.Stream.OfferedRecords, before.Stream.WriteThrottled)
	}
	if !slices.EqualFunc(before.Shards, after.Shards, func(a, b sim.ShardResult) bool {
		return a.IncomingRecords == b.IncomingRecords && a.IncomingBytes == b.IncomingBytes && a.WriteThrottled == b.WriteThrottled
	}) {
		t.Errorf("with names %+v\nanonymised %+v", before.Shards, after.Shards)
	}
	if before.Stream.OfferedBytes != after.Stream.OfferedBytes || len(before.Keys) != len(after.Keys) {
		t.Errorf("with names %d bytes, anonymised %d", before.Stream.OfferedBytes, after.Stream.OfferedBytes)
	}
}

func mustRun(t *testing.T, config *sim.Config) *sim.Result {
	t.Helper()
	r, err := sim.Run(t.Context(), config, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAnonymisedKeys: a file of keys keeps weights and hash keys, in order, in the
// text of the scenario and beside it.
func TestAnonymisedKeys(t *testing.T) {
	path := files(t, map[string]string{"k.csv": "key,weight,explicit_hash_key\nalice,3,\nbob,1,5\ncarol,0.25,\n"})[0]
	weights := []float64{3 / 4.25, 1 / 4.25, 0.25 / 4.25}
	hashes := []model.HashKey{model.KeyHash("alice"), {Lo: 5}, model.KeyHash("carol")}
	for _, folder := range []string{"", t.TempDir()} {
		config, made := imported(t, "keys", ImportOptions{Anonymise: true, Folder: folder}, nil, path)
		if all := string(made.Scenario) + string(made.Files["keys.csv"]); strings.Contains(all, "alice") || strings.Contains(all, "k.csv") {
			t.Errorf("a name is left in\n%s", all)
		}
		keys, ok := config.Producers[0].Keys.(workload.List)
		if !ok || len(keys) != 3 {
			t.Fatalf("keys are %v", config.Producers[0].Keys)
		}
		sum := keys[0].Weight + keys[1].Weight + keys[2].Weight
		for i, k := range keys {
			if !within(k.Weight/sum, weights[i], 1e-8) || k.Explicit == nil || *k.Explicit != hashes[i] || len(k.Name) != []int{5, 3, 5}[i] {
				t.Errorf("key %d is %+v; want a share of %v and hash key %v", i, k, weights[i], hashes[i])
			}
		}
	}
	_, made := imported(t, "auto", ImportOptions{Anonymise: true}, nil, files(t, map[string]string{"a.json": someSummary, "b.json": someConsumers})...)
	if text := string(made.Scenario); strings.Contains(text, "orders") || strings.Contains(text, "fraud") || !strings.Contains(text, "reader-1") {
		t.Errorf("a name is left in\n%s", text)
	}
}

// TestAliases: different names of a length get different numbers of that length, until
// there are no more.
func TestAliases(t *testing.T) {
	a, seen := newAliases(), map[string]bool{}
	for i := range 62 {
		alias, rest, err := a.of(string(rune('!' + i)))
		if err != nil || rest != 0 || len(alias) != 1 || seen[alias] {
			t.Fatalf("name %d is %q, %d, %v", i, alias, rest, err)
		}
		seen[alias] = true
	}
	if again, _, _ := a.of("!"); again != "0" {
		t.Errorf("the first name is %q when it comes again", again)
	}
	if _, _, err := a.of("\x7f"); err == nil {
		t.Error("a 63rd name of one byte has a number")
	}
}

// FuzzImport wants that no file makes an import panic, that errors have a place, and
// that what is made loads.
func FuzzImport(f *testing.F) {
	for i, text := range []string{someSummary, someConsumers, someShards, someCapture, someState, "time,key,bytes\n0,a,10\n1,b,20\n", "key,weight\na,1\nb,2\n", console,
		`{"MetricDataResults": [{"Id": "r", "Label": "IncomingRecords", "Timestamps": [1764266400, 1764266460], "Values": [600, 300]}]}`,
		`{"Label": "IncomingRecords", "Datapoints": [{"Timestamp": "2026-11-27T18:01:00+00:00", "Sum": 1200.0, "Unit": "Count"}]}`,
		`{"time": 0, "key": "a", "bytes": 1, "explicit_hash_key": "7"}`} {
		f.Add([]byte(text), uint8(0), i%2 == 0)
		f.Add([]byte(text), uint8(i), false)
	}
	kinds := importNames()
	f.Fuzz(func(t *testing.T, text []byte, kind uint8, anonymise bool) {
		path := files(t, map[string]string{"f": string(text)})[0]
		made, err := Import(kinds[int(kind)%len(kinds)], []string{path}, ImportOptions{Anonymise: anonymise, Stream: ""})
		if err != nil {
			problems, ok := err.(Problems)
			if !ok || !problems.Errors() {
				t.Fatalf("%T is not Problems with an error: %v", err, err)
			}
			return
		}
		if _, err := Load("-", strings.NewReader(string(made.Scenario)), Options{}); err != nil {
			t.Errorf("%v\n%s", err, made.Scenario)
		}
	})
}
