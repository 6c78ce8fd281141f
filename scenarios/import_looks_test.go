package scenarios

import (
	"strings"
	"testing"
)

// TestWrongKindsOfFiles: somebody who takes the wrong file is told what it looks like and
// what to do, not what a parser thinks of its first byte.
func TestWrongKindsOfFiles(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"cloudwatch", "", "the file is empty"}, {"records", " \n", "the file is empty"}, {"auto", "\x1f\x8b\x08\x00", "gunzip"},
		{"records", "PK\x03\x04zzz", "ZIP archive or a spreadsheet"}, {"auto", "\xff\xfet\x00i\x00", "UTF-16"}, {"list-shards", "<!DOCTYPE html><html>", "an HTML page"},
		{"hot-shard-advisor", "  <html><body>", "take the JSON inside"}, {"terraform", "<?xml version='1.0'?><a/>", "--output json"}, {"records", "time\x00key", "is no text"},
		{"list-shards", "----------------\n|  ListShards  |", "a table, as AWS draws it"}, {"describe-stream-summary", "STREAMDESCRIPTIONSUMMARY\tNONE\t2\t24\n", "columns with tabs"},
		{"cloudwatch", "time,key,bytes\n0,a,1\n", "that is the kind records"}, {"terraform", "key,weight\na,1\n", "that is the kind keys"}, {"list-shards", "a,b\n1,2\n", "the JSON that list-shards takes"},
		{"records", someShards, "JSON of the kind list-shards"}, {"keys", someSummary, "JSON of the kind describe-stream-summary"}, {"terraform", someShards, "JSON of the kind list-shards"},
		{"records", "{\"MetricAlarms\": [\n{}]}", "--alarms FILE"}, {"auto", "kinesim: v1\nstream: {shards: 1}\n", "is a scenario already"},
		{"list-shards", `{"Shards": [`, "not JSON: the text ends in the middle"},
	} {
		_, err := Import(c.kind, files(t, map[string]string{"f": c.text}), ImportOptions{})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "f:1:") {
			t.Errorf("%s of %q: %v, want %s", c.kind, c.text, err, c.want)
		}
	}
}

// console is the CSV of a graph: rows above, a metric that is of no use, gaps, newest last.
const console = `Full label,IncomingRecords,"IncomingBytes, sum",GetRecords.Latency
Label,IncomingRecords,IncomingBytes,Latency
Period,300,300,300
2026/11/27 18:00:00,"1,200",600000,12
2026/11/27 18:05:00,,,
2026/11/27 18:10:00,300,150000,9
2026/11/27 18:15:00,500,250000,9
`

// TestConsoleCSV: nothing is lost, gaps stay gaps, and what the file does not say is an
// assumption.
func TestConsoleCSV(t *testing.T) {
	for _, text := range []string{console, "Statistic,Sum,sum,Average\n" + console, strings.ReplaceAll(console, "\n", "\r\n"), "\ufeff" + strings.ReplaceAll(console, "/", "-"), strings.SplitN(console, "\n", 2)[1]} {
		for _, kind := range []string{"cloudwatch", "auto"} {
			config, made := imported(t, kind, ImportOptions{}, []string{"producers.app.arrivals=regular"}, files(t, map[string]string{"graph.csv": text})...)
			if r := mustRun(t, config); r.Stream.OfferedRecords != 2000 {
				t.Errorf("%d records of 2,000\n%s", r.Stream.OfferedRecords, made.Scenario)
			}
			for _, want := range []string{"IncomingRecords, 3 data points", "3 values of other metrics left out", "does not say in which zone", "start: 2026-11-27T18:00:00Z", "duration: 20m"} {
				if !strings.Contains(string(made.Scenario), want) {
					t.Errorf("%q is not in\n%s", want, made.Scenario)
				}
			}
		}
	}
	for text, want := range map[string]string{
		strings.Replace(console, "300,150000", "many,150000", 1):              "f:6:21: not a value of a metric",
		"Stat,Average\nLabel,IncomingRecords\n2026/11/27 18:00:00,7\n":        "f:3:21: the column is the Average of IncomingRecords, which does not tell the Sum",
		strings.Replace(console, "2026/11/27 18:10:00", "soon", 1):            "f:6:1: not a time",
		strings.Replace(console, "18:10", "18:00", 1):                         "a second value of IncomingRecords",
		"Label,IncomingRecords\n2026/11/27 18:00:00,\n2026/11/27 18:05:00,\n": "no values below its times",
	} {
		_, err := Import("cloudwatch", files(t, map[string]string{"f": text}), ImportOptions{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
