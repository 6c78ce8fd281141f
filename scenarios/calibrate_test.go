package scenarios

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// recorded writes the records of known laws as a CSV.
func recorded(seed uint64, law workload.Arrivals, rate int64, size workload.Size, keys workload.Keys, span time.Duration) string {
	var b strings.Builder
	b.WriteString("time,key,bytes\n")
	process := law.Start(workload.Constant(model.PerSecond(rate)), workload.EvenPart(0, 1), des.Stream(seed, "arrivals"))
	sizes, space, random := size.Start(des.Stream(seed, "sizes")), workload.NewKeySpace(keys, nil), des.Stream(seed, "keys")
	at, data := make([]des.Time, 256), make([]uint32, 256)
	number, hash, unused := make([]int32, 256), make([]model.HashKey, 256), make([]uint32, 256)
	for {
		n := process.Fill(at)
		sizes.Fill(data[:n])
		keeps, _ := process.(workload.Keeper)
		space.Draw(number[:n], hash[:n], unused[:n], at[:n], random, keeps)
		for i := range n {
			if at[i] >= des.Time(span) {
				return b.String()
			}
			fmt.Fprintf(&b, "%.6f,%s,%d\n", at[i].Seconds(), keys.Name(int(number[i])), data[i])
		}
	}
}

// fitted is the parameter of that name, and the law that it belongs to.
func (c *Calibration) fitted(of, name string) (law string, e workload.Estimate) {
	for _, f := range c.Fits {
		if f.Of != of {
			continue
		}
		for _, p := range f.Parameters {
			if p.Name == name {
				return f.Law, p.Estimate
			}
		}
		return f.Law, e
	}
	return "", e
}

func wantFit(t *testing.T, c *Calibration, of, law, name string, truth float64) {
	t.Helper()
	got, e := c.fitted(of, name)
	if got != law || name != "" && (truth < e.Low || truth > e.High) {
		t.Errorf("%s is fitted as %s, %s %+v; it was %s with %v", of, got, name, e, law, truth)
	}
}

// TestCalibrateRecords recovers the laws from which records were drawn, and a run of
// them comes near to a run of the records.
func TestCalibrateRecords(t *testing.T) {
	if testing.Short() {
		t.Skip("fits and plays three traces, one after the other")
	}
	keys := workload.Ranked{S: 1.1, Count: 400, Prefix: "user-"}
	size := workload.LognormalSize{P50: 700, P99: 5000, Max: 100_000}
	for kind, law := range map[string]workload.Arrivals{
		"poisson": workload.Poisson{}, "regular": workload.Regular{}, "bursty": workload.Bursty{On: 2 * time.Second, Off: 8 * time.Second, Factor: 4},
	} {
		path := files(t, map[string]string{"a.csv": recorded(1, law, 150, size, keys, 4*time.Minute)})[0]
		c, made, err := Calibrate(t.Context(), []string{path}, ImportOptions{})
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		name, truth := "", 0.0
		if kind == "bursty" {
			name, truth = "factor", 4
			wantFit(t, c, "arrivals", kind, "on", 2)
			wantFit(t, c, "arrivals", kind, "off", 8)
		}
		wantFit(t, c, "arrivals", kind, name, truth)
		wantFit(t, c, "size", "lognormal", "p50", 700)
		wantFit(t, c, "size", "lognormal", "p99", 5000)
		wantFit(t, c, "keys", "zipf", "s", 1.1)
		wantFit(t, c, "keys", "zipf", "count", 400)
		if c.Score < 0.85 {
			t.Errorf("%s: the score is %v\n%+v\n%s", kind, c.Score, c.Scores, made.Scenario)
		}
		if text, err := json.Marshal(c); err != nil || !strings.Contains(string(text), CalibrationFormat) {
			t.Errorf("%s: %v", kind, err)
		}
		var text strings.Builder
		if err := c.Text(&text); err != nil || !strings.Contains(text.String(), "SIMULATED BESIDE ACTUAL") {
			t.Errorf("%v\n%s", err, &text)
		}
	}
}

// fetched are records of many small requests and some sessions of large ones.
func fetched() string {
	small := recorded(3, workload.Poisson{}, 20, workload.LognormalSize{P50: 700, P99: 5000, Max: 100_000}, workload.Ranked{S: 0.5, Count: 100, Prefix: "user-"}, 4*time.Minute)
	large := recorded(7, workload.Sessions{Of: workload.Poisson{}, Records: 5, Gap: 300 * time.Millisecond}, 4, workload.ConstantSize(400_000), workload.Ranked{Count: 40, Prefix: "file-"}, 4*time.Minute)
	rows := strings.Split(strings.TrimSpace(small+strings.TrimPrefix(large, "time,key,bytes\n")), "\n")[1:]
	at := func(row string) float64 {
		text, _, _ := strings.Cut(row, ",")
		x, _ := strconv.ParseFloat(text, 64)
		return x
	}
	slices.SortStableFunc(rows, func(a, b string) int { return cmp.Compare(at(a), at(b)) })
	return "time,key,bytes\n" + strings.Join(rows, "\n") + "\n"
}

// TestCalibrateSessions: what makes shards refuse that are far from full is large records
// of one key within a second. The fit finds them; without it next to nothing is refused.
func TestCalibrateSessions(t *testing.T) {
	path := files(t, map[string]string{"a.csv": fetched()})[0]
	c, made, err := Calibrate(t.Context(), []string{path}, ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wantFit(t, c, "sessions, large records", "sessions", "records", 5)
	wantFit(t, c, "sessions, large records", "sessions", "gap", 0.3)
	if law, _ := c.fitted("sessions, small records", "records"); law != "" {
		t.Errorf("small records have %s", law)
	}
	refused := c.score(t, "refused attempts")
	if refused.Actual < 20 || refused.Score < 0.6 || c.Score < 0.8 {
		t.Errorf("%+v of %v\n%s", refused, c.Score, made.Scenario)
	}
	var alone strings.Builder
	for _, line := range strings.Split(string(made.Scenario), "\n") {
		if !strings.Contains(line, "sessions:") {
			alone.WriteString(line + "\n")
		}
	}
	runs, err := playImported(t.Context(), &Imported{Scenario: []byte(alone.String())}, 1, 0)
	if err != nil || float64(runs[0].Stream.WriteThrottled) > refused.Simulated/4 {
		t.Errorf("independent records: %v, %d refused; in sessions %v", err, runs[0].Stream.WriteThrottled, refused.Simulated)
	}
}

// TestCalibrateCoarseClock: where the clock counts in seconds, what came within one is
// not taken to have come at once, and the reader is told.
func TestCalibrateCoarseClock(t *testing.T) {
	var b strings.Builder
	for _, row := range strings.Split(strings.TrimSpace(fetched()), "\n") {
		at, rest, _ := strings.Cut(row, ",")
		second, _, _ := strings.Cut(at, ".")
		b.WriteString(second + "," + rest + "\n")
	}
	c, _, err := Calibrate(t.Context(), files(t, map[string]string{"a.csv": b.String()}), ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	exact, _, err := Calibrate(t.Context(), files(t, map[string]string{"a.csv": fetched()}), ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, want := c.score(t, "refused attempts").Actual, exact.score(t, "refused attempts").Actual
	if likeness(got, want) < 0.7 || len(c.Notes) == 0 || !strings.Contains(c.Notes[0], "clock counts in 1s") || len(exact.Notes) > 0 {
		t.Errorf("%v refused with a clock of seconds and %v with a fine one; %q, %q", got, want, c.Notes, exact.Notes)
	}
}

// TestCalibrateSaysWhatIsFarOff: a metric that the laws miss is named below its score.
func TestCalibrateSaysWhatIsFarOff(t *testing.T) {
	c := Calibration{topKey: 1}
	c.compare("refused attempts", "records", 69, []*sim.Result{{}}, func(*sim.Result) float64 { return 3 })
	c.compare("offered records", "records", 100, []*sim.Result{{}}, func(*sim.Result) float64 { return 90 })
	for i := range c.Scores {
		c.doubt(&c.Scores[i])
	}
	if want := "refused attempts: the laws bring 3 records where there were 69; do not take it from runs of this scenario, but play the records themselves ('kinesim import records')"; len(c.Notes) != 1 || c.Notes[0] != want {
		t.Errorf("%q", c.Notes)
	}
}

// score is the one of a metric.
func (c *Calibration) score(t *testing.T, metric string) Score {
	t.Helper()
	for _, s := range c.Scores {
		if s.Metric == metric {
			return s
		}
	}
	t.Fatalf("there is no score of %s", metric)
	return Score{}
}

// TestCalibrateTellsBadFits: what is measured and what is played are not mixed up: a
// score falls where a law is wrong.
func TestCalibrateTellsBadFits(t *testing.T) {
	c := Calibration{}
	c.compare("half", "", 100, nil, nil)
	if got := c.Scores[0].Score; got != 0 {
		t.Errorf("nothing simulated has a score of %v", got)
	}
	if likeness(50, 100) != 0.5 || likeness(100, 50) != 0.5 || likeness(0, 0) != 1 || likeness(0, 3) != 0 {
		t.Error("a likeness is not the part of the larger that the smaller is")
	}
}

// TestCalibrateProcessing recovers how fast a reader is from what CloudWatch shows of a
// run in which it falls behind and catches up.
func TestCalibrateProcessing(t *testing.T) {
	if testing.Short() {
		t.Skip("plays hours, one run at a time")
	}
	const scenario = `kinesim: v1
clock: {duration: 1h30m}
stream: {shards: 2}
producers: [{name: app, rate: {steps: [{at: 0s, rate: 400/s}, {at: 10m, rate: 1800/s}, {at: 40m, rate: 200/s}]}, size: 300B}]
consumers: [{name: reader, classic: {interval: 1s}, processing: {per_record: 1300us}}]
`
	for _, truth := range []string{"1300us", "2ms"} {
		config, err := Load("-", strings.NewReader(strings.Replace(scenario, "1300us", truth, 1)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		lens := mustRun(t, config).CloudWatch
		type result struct {
			ID         string `json:"Id"`
			Label      string
			Timestamps []int64
			Values     []float64
		}
		var results []result
		for _, m := range lens.Metrics {
			r := result{ID: strings.ToLower(strings.ReplaceAll(m.Metric, ".", "")), Label: m.Metric}
			for i, x := range m.Values {
				if x != nil {
					r.Timestamps, r.Values = append(r.Timestamps, 1764266400+int64(i)*60), append(r.Values, *x)
				}
			}
			results = append(results, r)
		}
		metrics, err := json.Marshal(map[string]any{"MetricDataResults": results})
		if err != nil {
			t.Fatal(err)
		}
		paths := files(t, map[string]string{"m.json": string(metrics), "s.json": `{"StreamDescriptionSummary": {"StreamName": "s", "OpenShardCount": 2}}`})
		c, made, err := Calibrate(t.Context(), paths, ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		want, _ := time.ParseDuration(truth)
		wantFit(t, c, "processing", "per_record", "per_record", float64(want.Microseconds()))
		if _, e := c.fitted("processing", "per_record"); e.High-e.Low > 0.3*e.Value {
			t.Errorf("the interval %+v says nothing", e)
		}
		for _, s := range c.Scores {
			if s.Score < 0.8 && s.Actual > 0 {
				t.Errorf("%+v\n%s", s, made.Scenario)
			}
		}
	}
}

// TestCalibrateWantsData: files without anything to fit to are refused.
func TestCalibrateWantsData(t *testing.T) {
	for _, text := range []string{someSummary, "", "{", someShards} {
		if _, _, err := Calibrate(t.Context(), files(t, map[string]string{"a": text}), ImportOptions{}); err == nil {
			t.Errorf("%q is fitted to", text)
		}
	}
	c, _, err := Calibrate(t.Context(), files(t, map[string]string{"a": someCapture}), ImportOptions{})
	if err != nil || len(c.Unfitted) == 0 {
		t.Errorf("a capture: %v, %+v", err, c)
	}
	c = &Calibration{Fits: []Fit{}, Unfitted: []string{"keys: none"}}
	var b strings.Builder
	if err := c.Text(&b); err != nil || strings.Contains(b.String(), "\nFITTED") || !strings.Contains(b.String(), "NOT FITTED") {
		t.Errorf("nothing fitted: %v, %s", err, b.String())
	}
}
