package scenarios

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kinesim/sim"
	"kinesim/sim/des"
)

// fromMetrics loads the smallest scenario, an hour of it, with a rate file.
func fromMetrics(t *testing.T, text, settings string) *sim.Config {
	t.Helper()
	scenario := strings.Replace(smallest, "100/s", "{file: {path: counts.json"+settings+"}}", 1) + "clock: {duration: 1h}\n"
	dir := write(t, map[string]string{"counts.json": text, "s.yaml": scenario})
	config, err := Load(filepath.Join(dir, "s.yaml"), nil, Options{})
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return config
}

// wantRecords holds the records by some instants.
func wantRecords(t *testing.T, name string, config *sim.Config, by map[time.Duration]float64) {
	t.Helper()
	for at, want := range by {
		if got := config.Producers[0].Rate.Expected(des.Time(at)); got != want {
			t.Errorf("%s: %v records by %v, want %v", name, got, at, want)
		}
	}
}

// TestCloudWatch wants the same three minutes in every form that is printed.
func TestCloudWatch(t *testing.T) {
	for name, text := range map[string]string{
		"statistics": `{"Label": "IncomingRecords", "Datapoints": [
			{"Timestamp": "2026-11-27T18:01:00+00:00", "Sum": 1200.0, "Unit": "Count"},
			{"Timestamp": "2026-11-27T18:02:00+00:00", "Sum": 0.0, "Unit": "Count"},
			{"Timestamp": "2026-11-27T18:00:00+00:00", "Sum": 600.0, "Unit": "Count"}]}`,
		"epoch": `{"Datapoints":[{"Sum":1200,"Timestamp":1764266460.0},{"Sum":6e2,"Timestamp":1764266400},{"Sum":0,"Timestamp":1.76426652E9}]}`,
		"other statistics and fields": ` {"Datapoints":[{"Average":1,"Sum":600,"Timestamp":"2026-11-27T18:00:00Z","ExtendedStatistics":{"p99":[1]}},
			{"Timestamp":"2026-11-27T19:01:00+0100","SampleCount":3,"Sum":1200},{"Timestamp":"2026-11-27T18:02Z","Sum":0}],"ResponseMetadata":{"Retries":[0,null,true]}}`,
		"data": `{"MetricDataResults":[{"Id":"m1","Label":"whatever","Timestamps":["2026-11-27T18:02:00+00:00","2026-11-27T18:01:00+00:00","2026-11-27T18:00:00+00:00"],
			"Values":[0.0,1200.0,600.0],"StatusCode":"Complete"}],"Messages":[]}`,
		"data among others": `{"Messages":[],"MetricDataResults":[
			{"Id":"b","Label":"IncomingBytes","Timestamps":[1764266400],"Values":[5]},
			{"Id":"r","Label":"orders IncomingRecords","Timestamps":[1764266400,1764266460.000,1764266520],"Values":[600,1200,0]}]}`,
		"data by its id": `{"MetricDataResults":[{"Id":"incomingRecords","Timestamps":[1764266400,1764266460,1764266520],"Values":[600,1200,0]},{"Id":"x","Timestamps":[],"Values":[]}]}`,
		"pages": `{"MetricDataResults":[{"Id":"r","Label":"IncomingRecords","Timestamps":[1764266520],"Values":[0],"StatusCode":"PartialData"},
			{"Id":"b","Label":"GetRecords.Bytes","Timestamps":[],"Values":[]},
			{"Id":"r","Label":"IncomingRecords","Timestamps":[1764266460,1764266400],"Values":[1200,600],"StatusCode":"Complete"}]}`,
	} {
		config := fromMetrics(t, text, "")
		wantRecords(t, name, config, map[time.Duration]float64{30 * time.Second: 300, time.Minute: 600, 90 * time.Second: 1200, 2 * time.Minute: 1800, time.Hour: 1800})
		if len(config.Warnings) > 0 {
			t.Errorf("%s warns %q", name, config.Warnings)
		}
	}
}

// TestCloudWatchGaps wants a point to stand for its own period alone, and the
// missing ones to be counted.
func TestCloudWatchGaps(t *testing.T) {
	config := fromMetrics(t, `{"MetricDataResults":[{"Timestamps":[1764268800,1764267600,1764267000,1764266700,1764266400],"Values":[30,900,60,300,600]}]}`, "")
	wantRecords(t, "gaps", config, map[time.Duration]float64{
		5 * time.Minute: 600, 10 * time.Minute: 900, 15 * time.Minute: 960, 20 * time.Minute: 960, 22*time.Minute + 30*time.Second: 1410, 25 * time.Minute: 1860,
		40 * time.Minute: 1860, 42*time.Minute + 30*time.Second: 1875, 45 * time.Minute: 1890, time.Hour: 1890,
	})
	if w := config.Warnings; len(w) != 1 || !strings.HasPrefix(w[0], "rate file counts.json has no datapoint for 4 periods of 5m; no records arise in them (") || !strings.HasSuffix(w[0], "s.yaml:3:45)") {
		t.Errorf("warnings %q", w)
	}
}

func TestCloudWatchScaleSpeedAndOnePoint(t *testing.T) {
	config := fromMetrics(t, `{"Datapoints":[{"Timestamp":"2026-11-27T18:01:00Z","Sum":60},{"Timestamp":"2026-11-27T18:05:00Z","Sum":100},{"Timestamp":"2026-11-27T18:00:00Z","Sum":30}]}`, ", speed: 2, scale: 0.5")
	wantRecords(t, "speed", config, map[time.Duration]float64{30 * time.Second: 15, time.Minute: 45, 150 * time.Second: 45, 165 * time.Second: 70, time.Hour: 95})
	config = fromMetrics(t, `{"Datapoints":[{"Timestamp":"2026-11-27T18:01:00Z","Sum":60}]}`, "")
	wantRecords(t, "one point", config, map[time.Duration]float64{30 * time.Second: 30, time.Minute: 60, time.Hour: 60})
}

// TestReadJSON wants what encoding/json refuses to be refused, and places to be
// true.
func TestReadJSON(t *testing.T) {
	for text, at := range map[string]int64{
		`{"a": 1,}`: 8, `{"a" 1}`: 5, `[1 2]`: 3, `{"a": tru}`: 6, `[`: 1, ``: 0, "{\"a\":1\n": 6, `{} {}`: 4, `[1] x`: 4, `{1: 2}`: 1, `]`: 0, `{"a": "`: 7,
		strings.Repeat("[", 100): deepest + 1,
	} {
		if root, got, err := readJSON([]byte(text)); err == nil || got < at-1 || got > at+1 {
			t.Errorf("%q gives %v at %d, %v; want an error at about %d", text, root, got, err, at)
		}
	}
	text := `{"a": [1, "two", {"b": null}] , "c":-3.5e1}`
	root, _, err := readJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	list := root.get("a")
	for want, n := range map[string]*jsonNode{"1": list.items[0], `"two"`: list.items[1], "null": list.items[2].get("b"), "-3.5e1": root.get("c"), "[": list} {
		if got := text[n.from:n.to]; got != want {
			t.Errorf("a place says %q, want %q", got, want)
		}
	}
}
