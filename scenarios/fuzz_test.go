package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// FuzzLoad wants that no text makes Load panic, that errors have a place and a
// code, and that what loads has an effective scenario that loads again.
func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	more, _ := filepath.Glob("library/*.yaml")
	for _, file := range append(files, more...) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if len(text) < 4096 {
			f.Add(text, "stream.shards=3")
		}
	}
	f.Add([]byte(full), "producers.zipf.keys.zipf.s=2")
	f.Add([]byte(smallest), "producers.app.rate.steps=[{at: 0s, rate: 5/s}]")
	f.Add([]byte(changing), "stream.mode=on_demand_advantage")
	f.Add([]byte(variants), "compare.autoscale.tuned.autoscale.alarms.rules=[{metric: utilization, above: 5%, then: {grow: 5%}}]")
	for _, a := range autoscalers {
		f.Add([]byte(smallest), "autoscale="+a.yaml)
	}
	f.Add([]byte(smallest), "limits.put_latency.uniform={min: 0s, max: 1s}")
	f.Fuzz(func(t *testing.T, text []byte, set string) {
		config, err := Load("-", bytes.NewReader(text), Options{Sets: []string{set}})
		if err == nil {
			again, err := Load("-", bytes.NewReader(config.Document), Options{})
			if err != nil {
				t.Fatalf("the effective scenario %s does not load: %v", config.Document, err)
			}
			if !bytes.Equal(config.Document, again.Document) {
				t.Errorf("%s\nloads as\n%s", config.Document, again.Document)
			}
			return
		}
		problems, ok := err.(Problems)
		if !ok || !problems.Errors() {
			t.Fatalf("%T is not Problems with an error: %v", err, err)
		}
		for _, p := range problems {
			if p.Code == "" || p.Message == "" || p.File == "" || p.Line > 0 && (p.Column < 1 || p.EndColumn <= p.Column) {
				t.Errorf("%#v", p)
			}
		}
	})
}

// FuzzCalibrate wants that no file makes a fit panic, that errors have a place, that what
// is fitted loads and runs, and that scores are shares. Long files only take time.
func FuzzCalibrate(f *testing.F) {
	var seconds, same strings.Builder
	for i := range 200 {
		fmt.Fprintf(&seconds, "%d,k-%d,%d\n", i/3, i%7, 1+i*i%9000)
		fmt.Fprintf(&same, "%d.25,k,400000\n", i/20)
	}
	for i, text := range []string{
		"time,key,bytes\n0,a,10\n1,b,20\n", "time,key,bytes\n" + seconds.String(), "time,key,bytes\n" + same.String(), someCapture, someSummary,
		`{"time": 0, "key": "a", "bytes": 1, "explicit_hash_key": "7"}`, "time,key,bytes\n0,a,0\n0,a,0\n", "time,key,bytes\n0,a,1\n99999999,a,1\n",
		`{"MetricDataResults": [{"Id": "r", "Label": "IncomingRecords", "Timestamps": [1764266400, 1764266460, 1764266520], "Values": [600, 300, 500]},
			{"Id": "a", "Label": "GetRecords.IteratorAgeMilliseconds", "Timestamps": [1764266400, 1764266460, 1764266520], "Values": [60000, 90000, 30000]}]}`,
	} {
		f.Add([]byte(text), i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, text []byte, anonymise bool) {
		if len(text) > 20_000 {
			t.Skip()
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second) // a year that holds two records is no fault
		defer cancel()
		path := files(t, map[string]string{"f": string(text)})[0]
		c, made, err := Calibrate(ctx, []string{path}, ImportOptions{Anonymise: anonymise})
		if err != nil {
			problems, ok := err.(Problems)
			if ctx.Err() == nil && (!ok || !problems.Errors()) {
				t.Fatalf("%T is not Problems with an error: %v", err, err)
			}
			return
		}
		if _, err := Load("-", bytes.NewReader(made.Scenario), Options{}); err != nil {
			t.Errorf("%v\n%s", err, made.Scenario)
		}
		for _, s := range c.Scores {
			if !(s.Score >= 0 && s.Score <= 1) {
				t.Errorf("%+v", s)
			}
		}
		if _, err := json.Marshal(c); err != nil {
			t.Errorf("%v: %+v", err, c)
		}
	})
}

// FuzzAlarms wants that no file of alarms makes Load panic, that errors have a place, and
// that what is taken has an effective scenario that loads again.
func FuzzAlarms(f *testing.F) {
	for _, text := range []string{
		mathAlarm, stackTemplate, "- {name: x, math: {expression: a/2, metrics: [{id: a, metric: IncomingRecords}]}, above: 1.5}",
		"alarms:\n- {name: x, metric: GetRecords.IteratorAgeMilliseconds, statistic: p99, above: 1s}", `{"MetricAlarms": []}`,
		`{"Resources": {"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Threshold": {"Ref": "T"}}}}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		config, err := loadAlarms(t, "a.yaml", string(text))
		if err == nil {
			if again, err := Load("-", bytes.NewReader(config.Document), Options{}); err != nil || len(again.Alarms) != len(config.Alarms) {
				t.Fatalf("%v: the effective scenario %s", err, config.Document)
			}
			return
		}
		if problems, ok := err.(Problems); !ok || !problems.Errors() {
			t.Fatalf("%T is not Problems with an error: %v", err, err)
		}
	})
}
