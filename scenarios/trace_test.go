package scenarios

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinesim/sim"
	"kinesim/sim/workload"
)

// traced writes a trace and a scenario beside it, with settings of the trace and
// of its producer, and loads the scenario.
func traced(t *testing.T, trace, settings, producer string) (*sim.Config, error) {
	t.Helper()
	dir := t.TempDir()
	text := "kinesim: v1\nclock: {duration: 1h}\nstream: {shards: 2}\nproducers: [{name: app, trace: {file: trace.data" + settings +
		"}" + producer + "}]\nconsumers: [{name: reader, classic: {}}]\n"
	for name, text := range map[string]string{"trace.data": trace, "s.yaml": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return Load("s.yaml", nil, Options{})
}

// played are the records of a trace, one in a line: time, key and bytes.
func played(t *testing.T, trace workload.Trace) string {
	t.Helper()
	r, err := trace.Open()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for {
		var record workload.TraceRecord
		if err := r.Read(&record); err != nil {
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
		fmt.Fprintf(&b, "%v %s %d\n", record.At, record.Key, record.Data)
	}
}

// TestTraceFormats: the same rows in every form that a trace may have.
func TestTraceFormats(t *testing.T) {
	const want = "0s a 10\n0s b 20\n1.5s a 0\n"
	for name, text := range map[string]string{
		"plain":        "10,a,10\n10,b,20\n11.5,a,0\n",
		"headed":       "time,key,bytes\n2026-11-27T18:00:00Z,a,10\n2026-11-27T18:00:00Z,b,20\n2026-11-27T18:00:01.5Z,a,0\n",
		"other order":  "bytes,region,Time,key\n10,x,0,a\n20,x,0,b\n0,x,1.5,a\n",
		"Windows":      "\ufefftime,key,bytes\r\n0,a,10\r\n0,b,20\r\n1.5,a,0\r\n",
		"quoted":       "0,\"a\",10\n0,b,20\n1.5,a,0",
		"JSON":         `{"time": 0, "key": "a", "bytes": 10}` + "\n\n" + `{"bytes": 20, "key": "b", "time": "0", "user": {"id": 7}}` + "\n" + `{"time": 1.5, "key": "a", "bytes": 0}`,
		"JSON, dates":  `{"time": "2026-11-27T18:00:00Z", "key": "a", "bytes": 10}` + "\n" + `{"time": "2026-11-27T18:00:00Z", "key": "b", "bytes": 20}` + "\n" + `{"time": "2026-11-27 18:00:01.5", "key": "a", "bytes": 0}` + "\n",
		"a quoted row": "0,a,10\n0,b,20\n1.5,\"a\",\"0\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := traced(t, text, "", "")
			if err != nil {
				t.Fatal(err)
			}
			trace := c.Producers[0].Trace
			if diff := cmp.Diff(want, played(t, trace)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(workload.TraceFacts{Records: 3, Bytes: 33, Largest: 21, Keys: 2, Last: 1_500_000_000}, trace.Facts()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTraceSpeedAndScale: speed divides times, scale plays each row so many times.
func TestTraceSpeedAndScale(t *testing.T) {
	c, err := traced(t, "0,a,1\n60,b,2\n", ", speed: 60, scale: 2", "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("0s a 1\n0s a 1\n1s b 2\n1s b 2\n", played(t, c.Producers[0].Trace)); diff != "" {
		t.Error(diff)
	}
	if facts := c.Producers[0].Trace.Facts(); facts.Records != 4 || facts.Last != 1e9 {
		t.Errorf("%+v", facts)
	}
	if got := string(c.Document); strings.Contains(got, "arrivals") || !strings.Contains(got, `"speed":60`) {
		t.Errorf("the effective scenario is %s", got)
	}
}

// TestBadTraces: a fault names its line and says what is wrong.
func TestBadTraces(t *testing.T) {
	for want, text := range map[string]string{
		"trace.data:1:1: the trace has no rows":                                     "time,key,bytes\n",
		"trace.data:1:1: the header has no column bytes":                            "time,key,size\n0,a,1\n",
		"trace.data:3:1: the row comes before the row above":                        "5,a,1\n6,a,1\n5.5,a,1\n",
		"trace.data:2:1: the row comes before":                                      "5,a,1\n4,a,1\n",
		"trace.data:2:5: \"x\" is not a whole number of bytes":                      "0,a,1\n0,a,x\n",
		"trace.data:1:1: -1 bytes; a record has 0 to":                               "0,a,-1\n",
		"trace.data:2:1: the timestamp \"noon\"":                                    "0,a,1\nnoon,a,1\n",
		"trace.data:2:1: the row has no bytes":                                      "0,a,1\n1,a\n",
		"trace.data:1:1: the key \"\": a partition key has 1 to 256":                "0,,1\n",
		"trace.data:2:4: not CSV":                                                   "0,a,1\n1,a\"b,2\n",
		"trace.data:2:1: not JSON":                                                  "{\"time\":0,\"key\":\"a\",\"bytes\":1}\n{\"time\":\n",
		"trace.data:1:1: the row has no key":                                        "{\"time\":0,\"bytes\":1}\n",
		"trace.data:1:1: \"1.5\" is not a whole number of bytes":                    "{\"time\":0,\"key\":\"a\",\"bytes\":1.5}\n",
		"trace.data:1:1: the key \"" + strings.Repeat("k", 39) + "…\": a partition": "0," + strings.Repeat("k", 257) + ",1\n",
	} {
		_, err := traced(t, text, "", "")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v\nwant %s", text[:min(40, len(text))], err, want)
		}
	}
	if _, err := traced(t, "0,a,1\n", ", speed: 0", ""); err == nil {
		t.Error("a speed of 0 is taken")
	}
}

// TestTraceStandsAlone: what the trace says cannot be said beside it.
func TestTraceStandsAlone(t *testing.T) {
	for _, field := range []string{"arrivals: regular", "size: 1KiB", "keys: {unique: {}}", "hot: []", "sessions: {records: 2, gap: 1s}", "rate: 5/s"} {
		_, err := traced(t, "0,a,1\n", "", ", "+field)
		if name, _, _ := strings.Cut(field, ":"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", field, err)
		}
	}
}

// TestInstantOfAFloat: programs print floats in full; below a nanosecond is noise, and
// what is no number stays none.
func TestInstantOfAFloat(t *testing.T) {
	if got, err := instant("0.15000000000000002"); err != nil || got != 150*time.Millisecond {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := instant("0.1500000000000000x"); err == nil {
		t.Errorf("no number was read as %v", got)
	}
}
