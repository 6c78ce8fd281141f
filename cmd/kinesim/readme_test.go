package main

import (
	"os"
	"strings"
	"testing"
)

// TestReadme runs the commands that the README shows, one after the other in an
// empty folder, and the scenario that it calls the smallest.
func TestReadme(t *testing.T) {
	if testing.Short() {
		t.Skip("runs whole scenarios")
	}
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	scenes := blocks(string(text), "yaml")
	smallest, fragment, trace := "", "", ""
	for _, s := range scenes {
		switch {
		case strings.HasPrefix(s, "kinesim: v1"):
			smallest = s
		case strings.Contains(s, "incoming-records.csv"):
			fragment = s
		case strings.Contains(s, "requests.csv"):
			trace = s
		case strings.HasPrefix(s, "alarms:"):
			write(t, "alarms.json", s) // which takes a YAML list as well
		}
	}
	write(t, "web.yaml", "kinesim: v1\nclock: {duration: 10m}\nstream: {shards: 4}\nconsumers: [{name: reader, classic: {}}]\n"+fragment)
	write(t, "incoming-records.csv", "timestamp,value\n2026-11-01T00:00:00Z,1200\n2026-11-01T00:01:00Z,900\n2026-11-01T00:02:00Z,1500\n")
	write(t, "requests.csv", "time,key,bytes\n0,a,10\n0.5,b,300\n")
	write(t, "summary.json", `{"StreamDescriptionSummary": {"StreamName": "orders", "OpenShardCount": 1}}`)
	write(t, "shards.json", `{"Shards": [{"ShardId": "shardId-000000000000", "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "340282366920938463463374607431768211455"}, "SequenceNumberRange": {"StartingSequenceNumber": "1"}}]}`)
	write(t, "metrics.json", `{"Label": "IncomingRecords", "Datapoints": [{"Timestamp": "2026-11-27T18:01:00+00:00", "Sum": 1200.0, "Unit": "Count"}]}`)
	write(t, "keys.csv", "key,weight\na,1\nb,2\n")
	write(t, "trace.yaml", "kinesim: v1\nclock: {duration: 15m}\nstream: {shards: 4}\nconsumers: [{name: reader, classic: {}}]\n"+trace)
	if code, _, errs := call(t.Context(), "", "run", "trace.yaml"); code != 0 {
		t.Errorf("the scenario with a trace exits with %d: %s", code, errs)
	}
	if code, _, errs := call(t.Context(), smallest, "run", "-"); code != 0 {
		t.Errorf("the smallest scenario exits with %d: %s", code, errs)
	}
	ran := 0
	for _, block := range blocks(string(text), "sh") {
		for line := range strings.Lines(block) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
			words := strings.Fields(strings.TrimPrefix(line, "go run ./cmd/"))
			if len(words) < 2 || words[0] != "kinesim" {
				continue
			}
			ran++
			arguments := words[1:]
			switch words[1] { // which play the most, and are no other lines for playing less
			case "plan":
				arguments = append(arguments, "--runs", "2")
			case "sweep":
				arguments = append(arguments, "--set", "clock.duration=90s")
			}
			if code, _, errs := call(t.Context(), "", arguments...); code != 0 {
				t.Errorf("%s: exit code %d\n%s", line, code, errs)
			}
		}
	}
	if ran < 6 {
		t.Errorf("found only %d commands to run", ran)
	}
}

// blocks are the fenced blocks of a language.
func blocks(markdown, language string) []string {
	var found []string
	for {
		_, rest, ok := strings.Cut(markdown, "```"+language+"\n")
		if !ok {
			return found
		}
		block, after, _ := strings.Cut(rest, "```")
		found, markdown = append(found, block), after
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
