package scenarios

import (
	"strings"
	"testing"
	"time"

	"kinesim/sim/autoscale"
)

// mathAlarm is an alarm on metric math as describe-alarms prints it.
const mathAlarm = `{"MetricAlarms": [
 {"AlarmName": "share refused", "Metrics": [
   {"Id": "percent", "Expression": "100 * part", "Label": "percent", "ReturnData": true},
   {"Id": "part", "Expression": "m1 / (m1 + FILL(m2, 0))", "ReturnData": false},
   {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "AWS/Kinesis", "MetricName": "WriteProvisionedThroughputExceeded", "Dimensions": [{"Name": "StreamName", "Value": "orders"}]}, "Period": 300, "Stat": "Sum"}, "ReturnData": false},
   {"Id": "m2", "MetricStat": {"Metric": {"Namespace": "AWS/Kinesis", "MetricName": "IncomingRecords", "Dimensions": [{"Name": "StreamName", "Value": "orders"}, {"Name": "ShardId", "Value": "shardId-000000000001"}]}, "Period": 300, "Stat": "Sum"}, "ReturnData": false}],
  "EvaluationPeriods": 2, "Threshold": 0.5, "ComparisonOperator": "GreaterThanThreshold"},
 {"AlarmName": "band", "Metrics": [{"Id": "b", "Expression": "ANOMALY_DETECTION_BAND(m, 2)", "ReturnData": true}], "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanUpperThreshold"},
 {"AlarmName": "age p99", "Namespace": "AWS/Kinesis", "MetricName": "GetRecords.IteratorAgeMilliseconds", "ExtendedStatistic": "p99", "Period": 60, "EvaluationPeriods": 3, "Threshold": 60000, "ComparisonOperator": "GreaterThanThreshold"},
 {"AlarmName": "age p99 long", "Namespace": "AWS/Kinesis", "MetricName": "GetRecords.IteratorAgeMilliseconds", "ExtendedStatistic": "p99", "Period": 300, "EvaluationPeriods": 3, "Threshold": 60000, "ComparisonOperator": "GreaterThanThreshold"},
 {"AlarmName": "one shard", "Namespace": "AWS/Kinesis", "MetricName": "IncomingBytes", "Statistic": "Sum", "Dimensions": [{"Name": "ShardId", "Value": "shardId-000000000000"}], "Period": 60, "EvaluationPeriods": 1, "Threshold": 5000, "ComparisonOperator": "GreaterThanThreshold"}
]}`

// TestAlarmsOfMath: expressions within others are put in their place, a percentile and a
// shard are taken, and what is left out is told with the way out and counted.
func TestAlarmsOfMath(t *testing.T) {
	config, err := loadAlarms(t, "a.json", mathAlarm)
	if err != nil || len(config.Alarms) != 3 {
		t.Fatalf("%v: %+v", err, config)
	}
	share, age, shard := config.Alarms[0], config.Alarms[1], config.Alarms[2]
	if share.Math == nil || share.Math.Text != "100 * (m1 / (m1 + FILL(m2, 0)))" || share.Threshold != 0.5 || share.Period != 5*time.Minute || share.Comparison != autoscale.Greater {
		t.Errorf("math: %+v", share)
	}
	if of := share.Math.Of; len(of) != 2 || of[0].ID != "m1" || of[0].Metric != "WriteProvisionedThroughputExceeded" || of[1].Shard != "shardId-000000000001" || of[1].Statistic != "Sum" {
		t.Errorf("its metrics: %+v", of)
	}
	if age.Statistic != "p99" || age.Threshold != 60_000 || shard.Shard != "shardId-000000000000" || shard.Threshold != 5000 {
		t.Errorf("percentile %+v, shard %+v", age, shard)
	}
	if got := strings.Join(config.Unrehearsed, ", "); got != "band, age p99 long" {
		t.Errorf("not rehearsed: %s", got)
	}
	warnings := strings.Join(config.Warnings, "\n")
	for _, want := range []string{"kinesim does not reckon ANOMALY_DETECTION_BAND; it does IF, FILL", "does not tell that of 300s; a Period of 60 can be rehearsed"} {
		if !strings.Contains(warnings, want) {
			t.Errorf("%s is not in %s", want, warnings)
		}
	}
}

// TestAlarmMathOfScenarios: what is wrong in an alarm of a scenario is told at its place.
func TestAlarmMathOfScenarios(t *testing.T) {
	for text, want := range map[string]string{
		"- {name: x, math: {expression: a/2, metrics: [{id: a, metric: IncomingRecords}]}, above: 1.5}": "",
		"- {name: x, metric: GetRecords.IteratorAgeMilliseconds, statistic: p99, above: 1s}":            "",
		"- {name: x, metric: IncomingBytes, shard: shardId-000000000001, above: 1MiB}":                  "",
		"- {name: x, above: 1}": "watches either a metric or math",
		"- {name: x, metric: IncomingRecords, math: {expression: a, metrics: [{id: a, metric: IncomingRecords}]}, above: 1}": "watches either a metric or math",
		"- {name: x, math: {expression: a/b, metrics: [{id: a, metric: IncomingRecords}]}, above: 1}":                        "a.yaml:1:32: b of \"a/b\" is no metric",
		"- {name: x, math: {expression: A, metrics: [{id: A, metric: IncomingRecords}]}, above: 1}":                          "A is no id",
		"- {name: x, math: {expression: a, metrics: [{id: a, metric: IncomingRecords}]}, above: many}":                       "many is no number",
		"- {name: x, math: {expression: a, metrics: [{id: a, metric: IncomingRecords}]}, statistic: Sum, above: 1}":          "statistic goes with a metric",
		"- {name: x, metric: IncomingRecords, statistic: p99, above: 1}":                                                     "has no statistic p99 here",
		"- {name: x, metric: GetRecords.IteratorAgeMilliseconds, statistic: p99, period: 5m, above: 1s}":                     "does not tell that of 5m",
		"- {name: x, metric: GetRecords.Success, shard: shardId-000000000001, below: 90%}":                                   "no GetRecords.Success of single shards",
		"- {name: x, metric: IncomingRecords, shard: one, above: 1}":                                                         "a shard such as",
	} {
		config, err := loadAlarms(t, "a.yaml", text)
		if want == "" && (err != nil || len(config.Alarms) != 1) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// stackTemplate is a template of CloudFormation.
const stackTemplate = `AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  MaxAge: {Type: Number, Default: 30000}
  Unknown: {Type: Number}
Resources:
  Stream: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 2}}
  AgeHigh:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmActions: [!Ref Topic]
      Namespace: AWS/Kinesis
      MetricName: GetRecords.IteratorAgeMilliseconds
      Statistic: Maximum
      Dimensions: [{Name: StreamName, Value: !Ref Stream}]
      Period: 60
      EvaluationPeriods: 3
      Threshold: !Ref MaxAge
      ComparisonOperator: GreaterThanThreshold
  Refused:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub "${AWS::StackName}-refused"
      Namespace: AWS/Kinesis
      MetricName: WriteProvisionedThroughputExceeded
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: !Ref Unknown
      ComparisonOperator: GreaterThanThreshold
`

// TestAlarmsOfTemplates: alarms of CloudFormation in YAML and JSON; functions count only
// where they matter, and then the line is told.
func TestAlarmsOfTemplates(t *testing.T) {
	config, err := loadAlarms(t, "template.yaml", stackTemplate)
	if err != nil || len(config.Alarms) != 1 || config.Alarms[0].Name != "AgeHigh" || config.Alarms[0].Threshold != 30_000 || config.Alarms[0].EvaluationPeriods != 3 {
		t.Fatalf("%v: %+v", err, config)
	}
	if w := strings.Join(config.Warnings, "\n"); !strings.Contains(w, "alarm Refused is left out: Threshold of line 28 is !Ref, whose value is not in the template") || strings.Contains(w, "AgeHigh") {
		t.Errorf("%s", w)
	}
	if got := strings.Join(config.Unrehearsed, ", "); got != "Refused" {
		t.Errorf("not rehearsed: %s", got)
	}
	config, err = loadAlarms(t, "template.json", `{"Parameters": {"T": {"Default": 5}}, "Resources": {"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": {"Fn::Sub": "x"}, "Namespace": "AWS/Kinesis",
		"MetricName": "IncomingRecords", "Statistic": "Sum", "Dimensions": [{"Name": "StreamName", "Value": {"Fn::GetAtt": ["Stream", "Name"]}}], "Period": 60, "EvaluationPeriods": 1,
		"Threshold": {"Ref": "T"}, "ComparisonOperator": "LessThanThreshold"}}}}`)
	if err != nil || len(config.Alarms) != 1 || config.Alarms[0].Name != "A" || config.Alarms[0].Threshold != 5 {
		t.Errorf("%v: %+v", err, config)
	}
	for text, want := range map[string]string{
		"Resources: [a]": "Resources is a list", "Resources: {}": "no alarm of the template", "Resources: {A: {Type: AWS::CloudWatch::Alarm, Properties: {Namespace: AWS/EC2}}}": "no alarm of the file can be rehearsed",
		"Resources: {A: {Type: AWS::CloudWatch::Alarm, Properties: {Period: !GetAtt x.y}}}": "no alarm of the template",
	} {
		if _, err := loadAlarms(t, "t.yaml", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
