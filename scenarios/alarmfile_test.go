package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinesim/sim"
	"kinesim/sim/autoscale"
)

const alarmedScenario = `kinesim: v1
stream: {shards: 1}
producers: [{name: app, rate: 10/s}]
consumers: [{name: lake, classic: {}}, {name: fraud, efo: {}}]
`

// loadAlarms loads the scenario with a file of alarms.
func loadAlarms(t *testing.T, name, text string) (*sim.Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load("-", strings.NewReader(alarmedScenario), Options{Alarms: path})
}

// The same alarms as a list, below a key, and as describe-alarms prints them.
func TestAlarmFiles(t *testing.T) {
	list := `- {name: age high, metric: GetRecords.IteratorAgeMilliseconds, above: 30s, evaluation_periods: 3, datapoints_to_alarm: 2}
- {name: refused, metric: WriteProvisionedThroughputExceeded, above: 0, treat_missing_data: notBreaching}
- {name: behind, metric: SubscribeToShardEvent.MillisBehindLatest, consumer: fraud, at_least: 1500ms, period: 5m}
- {name: calls, metric: GetRecords.Success, below: 99.5%}
- {name: full, metric: IncomingBytes, at_least: 1000001B}
`
	described := `{"MetricAlarms": [
 {"AlarmName": "age high", "AlarmArn": "x", "Namespace": "AWS/Kinesis", "MetricName": "GetRecords.IteratorAgeMilliseconds", "Statistic": "Maximum",
  "Dimensions": [{"Name": "StreamName", "Value": "orders"}], "Period": 60, "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "Threshold": 30000.0,
  "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "missing"},
 {"AlarmName": "refused", "Namespace": "AWS/Kinesis", "MetricName": "WriteProvisionedThroughputExceeded", "Statistic": "Average", "Period": 60,
  "EvaluationPeriods": 1, "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching"},
 {"AlarmName": "behind", "Namespace": "AWS/Kinesis", "MetricName": "SubscribeToShardEvent.MillisBehindLatest", "Statistic": "Maximum",
  "Dimensions": [{"Name": "StreamName", "Value": "orders"}, {"Name": "ConsumerName", "Value": "fraud"}], "Period": 300,
  "EvaluationPeriods": 1, "Threshold": 1500, "ComparisonOperator": "GreaterThanOrEqualToThreshold"},
 {"AlarmName": "calls", "Namespace": "AWS/Kinesis", "MetricName": "GetRecords.Success", "Statistic": "Average", "Period": 60,
  "EvaluationPeriods": 1, "Threshold": 0.995, "ComparisonOperator": "LessThanThreshold"},
 {"AlarmName": "full", "Namespace": "AWS/Kinesis", "MetricName": "IncomingBytes", "Statistic": "Sum", "Period": 60,
  "EvaluationPeriods": 1, "Threshold": 1000000.5, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
], "CompositeAlarms": []}`
	alarm := func(name, metric, statistic string, c autoscale.Comparison, threshold float64, period time.Duration, of, need int, missing autoscale.Missing) sim.Alarm {
		return sim.Alarm{Name: name, Watched: sim.Watched{Metric: metric, Statistic: statistic}, Alarm: autoscale.Alarm{
			Comparison: c, Threshold: threshold, Period: period, EvaluationPeriods: of, DatapointsToAlarm: need, Missing: missing,
		}}
	}
	want := []sim.Alarm{
		alarm("age high", "GetRecords.IteratorAgeMilliseconds", "Maximum", autoscale.Greater, 30_000, time.Minute, 3, 2, autoscale.MissingData),
		alarm("refused", "WriteProvisionedThroughputExceeded", "Sum", autoscale.Greater, 0, time.Minute, 1, 1, autoscale.NotBreaching),
		alarm("behind", "SubscribeToShardEvent.MillisBehindLatest", "Maximum", autoscale.GreaterOrEqual, 1500, 5*time.Minute, 1, 1, autoscale.MissingData),
		alarm("calls", "GetRecords.Success", "Average", autoscale.Less, 0.995, time.Minute, 1, 1, autoscale.MissingData),
		alarm("full", "IncomingBytes", "Sum", autoscale.GreaterOrEqual, 1_000_001, time.Minute, 1, 1, autoscale.MissingData),
	}
	want[2].Consumer = "fraud"
	for name, text := range map[string]string{
		"list.yaml": list, "key.yaml": "alarms:\n" + list, "described.json": described, "one-line.json": strings.ReplaceAll(described, "\n", ""),
	} {
		config, err := loadAlarms(t, name, text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if difference := cmp.Diff(want, config.Alarms); difference != "" {
			t.Errorf("%s (-want +got):\n%s", name, difference)
		}
		if !strings.Contains(config.Reproduce, " --alarms ") {
			t.Errorf("%s: %s", name, config.Reproduce)
		}
	}
}

// What cannot be rehearsed is left out and said so, with its line; nothing at all is an
// error.
func TestAlarmsThatCannotBeRehearsed(t *testing.T) {
	kinesis := `"Namespace": "AWS/Kinesis", "Period": 60, "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold"`
	good := `{"AlarmName": "good", "MetricName": "IncomingRecords", "Statistic": "Sum", ` + kinesis + `}`
	for _, test := range []struct{ alarm, warning string }{
		{`{"AlarmName": "a", "Namespace": "AWS/Lambda", "MetricName": "Errors"}`, "1 alarm of the file not of AWS/Kinesis"},
		{`{"AlarmName": "a", "MetricName": "GetRecords.Latency", "Statistic": "Sum", ` + kinesis + `}`, "does not reckon GetRecords.Latency"},
		{`{"AlarmName": "a", "MetricName": "IncomingRecords", "Statistic": "Average", ` + kinesis + `}`, "minutes do not tell the Average"},
		{`{"AlarmName": "a", "MetricName": "IncomingRecords", "ExtendedStatistic": "p99", ` + kinesis + `}`, "minutes do not tell the p99"},
		{`{"AlarmName": "a", "MetricName": "PutRecords.TotalRecords", "Statistic": "Sum", "Dimensions": [{"Name": "ShardId", "Value": "shardId-000000000000"}], ` + kinesis + `}`, "no PutRecords.TotalRecords of single shards"},
		{`{"AlarmName": "a", "MetricName": "IncomingRecords", "Statistic": "Sum", ` + strings.Replace(kinesis, "60", "10", 1) + `}`, "period of 10s"},
		{`{"AlarmName": "a", "MetricName": "IncomingRecords", "Statistic": "Sum", ` + strings.Replace(kinesis, "GreaterThanThreshold", "GreaterThanUpperThreshold", 1) + `}`, "comparison is GreaterThanUpperThreshold"},
		{`{"Namespace": "AWS/Kinesis"}`, "alarm without a name is left out: it has no ComparisonOperator"},
		{`{"AlarmName": "a", "Metrics": [{"Id": "e", "Expression": "1", "ReturnData": false}]}`, "none of its Metrics is its result"},
		{`{"AlarmName": "a", "Metrics": [{"Id": "e", "Expression": "SEARCH(x)"}], "EvaluationPeriods": 1}`, "kinesim does not reckon SEARCH; it does IF"},
	} {
		config, err := loadAlarms(t, "a.json", "{\"MetricAlarms\": [\n"+good+",\n"+test.alarm+"]}")
		if err != nil || len(config.Alarms) != 1 || !strings.Contains(strings.Join(config.Warnings, "\n"), test.warning) {
			t.Errorf("%s: %v, %v", test.warning, config, err)
		}
		if _, err := loadAlarms(t, "a.json", `{"MetricAlarms": [`+test.alarm+`]}`); err == nil || !strings.Contains(err.Error(), "no alarm of the file can be rehearsed") {
			t.Errorf("%s, alone: %v", test.warning, err)
		}
	}
	for text, want := range map[string]string{
		"":                                       "the file is empty",
		"a\x00b":                                 "the file is not text",
		"name: x":                                "neither a list of alarms nor MetricAlarms",
		"- {name: x, metric: IncomingRecrods}":   "a.json:1:21",
		`{"MetricAlarms": {}}`:                   "MetricAlarms is a mapping",
		`{"MetricAlarms": [], "NextToken": "t"}`: "not complete",
		"- [":                                    "not YAML",
	} {
		if _, err := loadAlarms(t, "a.json", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := Load("-", strings.NewReader(alarmedScenario), Options{Alarms: "no-such.yaml"}); err == nil || !strings.Contains(err.Error(), "no-such.yaml") {
		t.Errorf("a file that is not there: %v", err)
	}
}
