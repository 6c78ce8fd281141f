package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kinesim/sim"
)

// TestOpenMetrics: families stand together with a head each, times rise within a series,
// and the file ends as the format wants it.
func TestOpenMetrics(t *testing.T) {
	line := regexp.MustCompile(`^([a-z_:0-9]+)(\{[^}]*\}) (\S+) (\S+)$`)
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			text := string(written(t, "openmetrics", Build(s.make())))
			if !strings.HasSuffix(text, "# EOF\n") {
				t.Error("no end")
			}
			family, seen, last := "", map[string]bool{}, map[string]float64{}
			for text := range strings.Lines(text) {
				text = strings.TrimSuffix(text, "\n")
				if name, ok := strings.CutPrefix(text, "# HELP "); ok {
					family, _, _ = strings.Cut(name, " ")
					if seen[family] {
						t.Errorf("%s begins twice", family)
					}
					seen[family] = true
				}
				if strings.HasPrefix(text, "#") {
					continue
				}
				part := line.FindStringSubmatch(text)
				if part == nil || part[1] != family {
					t.Fatalf("in %s: %q", family, text)
				}
				at, err := strconv.ParseFloat(part[4], 64)
				if before, ok := last[part[1]+part[2]]; err != nil || ok && at <= before {
					t.Fatalf("times do not rise: %q after %v (%v)", text, before, err)
				}
				last[part[1]+part[2]] = at
			}
		})
	}
}

// TestPromtool backfills what a run exports into a database of Prometheus and reads it
// back: every sample arrives with its value.
func TestPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool (Debian: apt-get install prometheus)")
	}
	text := written(t, "openmetrics", Build(hotKeySample()))
	dir := t.TempDir()
	file, data := filepath.Join(dir, "metrics.txt"), filepath.Join(dir, "data")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(promtool, "tsdb", "create-blocks-from", "openmetrics", file, data).CombinedOutput(); err != nil {
		t.Fatalf("promtool refuses it: %v\n%s", err, out)
	}
	if err := os.MkdirAll(filepath.Join(data, "wal"), 0o700); err != nil { // which a database has, and the backfill leaves out
		t.Fatal(err)
	}
	dump, err := exec.Command(promtool, "tsdb", "dump", data).Output()
	if err != nil {
		t.Fatal(err)
	}
	check := exec.Command(promtool, "check", "metrics")
	check.Stdin = bytes.NewReader(text)
	if out, err := check.CombinedOutput(); bytes.Contains(out, []byte("kinesim_")) || bytes.Contains(out, []byte("error")) {
		t.Errorf("promtool finds fault beyond the names that CloudWatch gave: %v\n%s", err, out)
	}
	wrote, sum := samplesIn(t, text, 2)
	read, back := samplesIn(t, dump, 2)
	if wrote == 0 || wrote != read || sum != back {
		t.Errorf("wrote %d samples with a sum of %v, Prometheus has %d with %v", wrote, sum, read, back)
	}
}

// samplesIn counts the samples of a text and adds up their values, which stand in a
// column from the right.
func samplesIn(t *testing.T, text []byte, column int) (n int, sum float64) {
	t.Helper()
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) < 3 || words[0] == "#" {
			continue
		}
		v, err := strconv.ParseFloat(words[len(words)-column], 64)
		if err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		n, sum = n+1, sum+float64(int64(v*1e3))
	}
	return n, sum
}

// TestExporterNames are those that exporters of CloudWatch use, which dashboards know.
func TestExporterNames(t *testing.T) {
	for _, c := range []struct{ metric, statistic, want string }{
		{"IncomingRecords", "Sum", "aws_kinesis_incoming_records_sum"},
		{"GetRecords.IteratorAgeMilliseconds", "Maximum", "aws_kinesis_get_records_iterator_age_milliseconds_maximum"},
		{"WriteProvisionedThroughputExceeded", "Sum", "aws_kinesis_write_provisioned_throughput_exceeded_sum"},
		{"SubscribeToShardEvent.MillisBehindLatest", "Maximum", "aws_kinesis_subscribe_to_shard_event_millis_behind_latest_maximum"},
	} {
		if got := exporterName(&sim.CloudWatchMetric{Metric: c.metric, Statistic: c.statistic}); got != c.want {
			t.Errorf("%s: %s, want %s", c.metric, got, c.want)
		}
	}
}

// TestEvents: each line is an object, times rise, and every fault, change and lease move
// of the result is among them.
func TestEvents(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			r := s.make()
			kinds := map[string]int{}
			last := 0.0
			for line := range bytes.Lines(written(t, "events", Build(r))) {
				var e Event
				if err := json.Unmarshal(line, &e); err != nil || e.Event == "" || e.Text == "" {
					t.Fatalf("%s: %v", line, err)
				}
				if e.TimeS < last {
					t.Errorf("times do not rise: %s", line)
				}
				last = e.TimeS
				kinds[e.Event]++
			}
			moves, closed := 0, 0
			for _, c := range r.Consumers {
				if c.KCL != nil {
					moves += len(c.KCL.Moves)
				}
			}
			for _, s := range r.Shards {
				if s.ClosedAtS != nil {
					closed++
				}
			}
			for _, c := range []struct {
				kind string
				want int
			}{
				{"run_started", 1}, {"fault_began", len(r.Faults)}, {"lease_moved", moves}, {"shard_closed", closed},
				{"cause_began", len(r.Causes)},
			} {
				if kinds[c.kind] != c.want {
					t.Errorf("%d × %s, want %d", kinds[c.kind], c.kind, c.want)
				}
			}
			if n := kinds["change"] + kinds["change_refused"]; n != len(r.Changes) {
				t.Errorf("%d changes, want %d", n, len(r.Changes))
			}
			if kinds["run_ended"]+kinds["run_stopped"] != 1 {
				t.Error("the run does not end")
			}
		})
	}
}
