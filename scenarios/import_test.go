package scenarios

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/des"
)

// imported imports files of a kind and loads the scenario that comes of it; with a
// folder from there.
func imported(t *testing.T, kind string, o ImportOptions, sets []string, paths ...string) (*sim.Config, *Imported) {
	t.Helper()
	made, err := Import(kind, paths, o)
	if err != nil {
		t.Fatal(err)
	}
	dir := o.Folder
	if dir == "" {
		dir = t.TempDir()
	}
	for name, text := range made.Files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if made.Trace != nil {
		var b bytes.Buffer
		if err := made.Trace.Write(&b); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "records.csv"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "scenario.yaml")
	if err := os.WriteFile(path, made.Scenario, 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := Load(path, nil, Options{Sets: sets})
	if err != nil {
		t.Fatalf("%v\n%s", err, made.Scenario)
	}
	return config, made
}

// files writes files and gives their paths in the order of their names.
func files(t *testing.T, texts map[string]string) (paths []string) {
	dir := write(t, texts)
	for name := range texts {
		paths = append(paths, filepath.Join(dir, name))
	}
	slices.Sort(paths)
	return paths
}

// metricsOf prints points as 'aws cloudwatch' does: get-metric-data or
// get-metric-statistics, with the timestamps of version 2 or 1 of the CLI, in any order.
func metricsOf(random *rand.Rand, metric string, at []time.Time, values []int) string {
	order, epoch := random.Perm(len(at)), random.IntN(2) == 0
	stamp := func(i int) string {
		if epoch {
			return fmt.Sprintf("%d.0", at[i].Unix())
		}
		return fmt.Sprintf("%q", at[i].Format("2006-01-02T15:04:05+00:00"))
	}
	var stamps, sums, points []string
	for _, i := range order {
		stamps, sums = append(stamps, stamp(i)), append(sums, fmt.Sprintf("%d.0", values[i]))
		points = append(points, fmt.Sprintf(`{"Timestamp": %s, "Sum": %d.0, "Unit": "Count", "Later": [1]}`, stamp(i), values[i]))
	}
	if random.IntN(2) == 0 {
		return fmt.Sprintf(`{"Label": %q, "Datapoints": [%s]}`, metric, strings.Join(points, ", "))
	}
	return fmt.Sprintf(`{"MetricDataResults": [{"Id": "m1", "Label": %q, "Timestamps": [%s], "Values": [%s], "StatusCode": "Complete", "New": {}}], "Messages": []}`,
		metric, strings.Join(stamps, ", "), strings.Join(sums, ", "))
}

// TestImportLosesNothing: whatever minutes there are, in whatever form and in however
// many files, the imported rate brings what the files hold, in each of its periods and
// as a whole; and so does a run, with regular arrivals.
func TestImportLosesNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 1))
	for trial := range 40 {
		period := []time.Duration{time.Minute, 5 * time.Minute, 7 * time.Minute, 10 * time.Second}[trial%4]
		start := time.Date(2026, 11, 27, 18, 0, 0, 0, time.UTC)
		var at []time.Time
		var values []int
		sum := 0
		for i := range 2 + random.IntN(150) {
			if i > 1 && random.IntN(6) == 0 {
				continue // no data point
			}
			at, values = append(at, start.Add(time.Duration(i)*period)), append(values, random.IntN(900))
			sum += values[len(values)-1]
		}
		cut := random.IntN(len(at)) // two files, which overlap by a point
		paths := files(t, map[string]string{
			"a.json": metricsOf(random, "IncomingRecords", at[:cut+1], values[:cut+1]),
			"b.json": metricsOf(random, "orders IncomingRecords", at[cut:], values[cut:]),
		})
		o := ImportOptions{}
		if trial%3 == 0 {
			o.Folder = t.TempDir()
		}
		config, made := imported(t, "cloudwatch", o, []string{"producers.app.arrivals=regular"}, paths...)
		rate := config.Producers[0].Rate
		for i := range at {
			from := des.Time(at[i].Sub(start))
			if got := rate.Expected(from+des.Time(period)) - rate.Expected(from); !within(got, float64(values[i]), 1e-5) {
				t.Fatalf("trial %d: %v records in period %d, want %d\n%s", trial, got, i, values[i], made.Scenario)
			}
		}
		if got := rate.Expected(des.Time(config.Clock.Duration)); !within(got, float64(sum), 1e-3) {
			t.Errorf("trial %d: %v records in all, want %d", trial, got, sum)
		}
		if trial%8 != 0 {
			continue
		}
		result, err := sim.Run(t.Context(), config, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := result.Stream.OfferedRecords; got < int64(sum)-1 || got > int64(sum) { // record k arises when k are due: the last may be a millionth short
			t.Errorf("trial %d: the run offers %d records, the files hold %d", trial, got, sum)
		}
	}
}

func within(got, want, slack float64) bool { return got >= want-slack && got <= want+slack }

const (
	someSummary = `{"StreamDescriptionSummary": {"StreamName": "orders", "StreamStatus": "ACTIVE", "StreamModeDetails": {"StreamMode": "PROVISIONED"},
		"RetentionPeriodHours": 48, "StreamCreationTimestamp": "2024-02-01T10:10:10+00:00", "OpenShardCount": 2, "ConsumerCount": 2, "MaxRecordSizeInKiB": 2048, "New": 1}}`
	someConsumers = `{"Consumers": [{"ConsumerName": "fraud", "ConsumerARN": "arn", "ConsumerStatus": "ACTIVE", "ConsumerCreationTimestamp": 1700000000.1}]}`
	someShards    = `{"Shards": [
		{"ShardId": "shardId-000000000000", "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "340282366920938463463374607431768211455"},
			"SequenceNumberRange": {"StartingSequenceNumber": "1", "EndingSequenceNumber": "2"}},
		{"ShardId": "shardId-000000000001", "ParentShardId": "shardId-000000000000", "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "99"}, "SequenceNumberRange": {"StartingSequenceNumber": "1"}},
		{"ShardId": "shardId-000000000002", "ParentShardId": "shardId-000000000000", "HashKeyRange": {"StartingHashKey": "100", "EndingHashKey": "340282366920938463463374607431768211455"}, "SequenceNumberRange": {"StartingSequenceNumber": "1"}}]}`
	someCapture = `{"from": 1764266400, "shards": [
		{"shardId": "shardId-000000000002", "stats": {"ingress-count": {"timeSeries": [10, 0, 20, 0], "sum": 30, "max": 20}, "ingress-bytes": {"timeSeries": [100, 0, 200, 0], "sum": 300, "max": 200}}},
		{"shardId": "shardId-000000000001", "stats": {"ingress-count": {"timeSeries": [5, 5, 0, 0], "sum": 10, "max": 5}, "ingress-bytes": {"timeSeries": [50, 50, 0, 0], "sum": 100, "max": 50}, "cms": [{"partitionKey": "a", "count": 3}]}}]}`
	someState = `{"format_version": "1.0", "terraform_version": "1.9.5", "values": {"root_module": {"resources": [
		{"address": "aws_kinesis_stream.orders", "mode": "managed", "type": "aws_kinesis_stream", "values": {"arn": "arn:aws:kinesis:r:1:stream/orders", "name": "orders", "shard_count": 4,
			"retention_period": 72, "stream_mode_details": [{"stream_mode": "PROVISIONED"}], "warm_throughput_mib_ps": null}},
		{"address": "aws_kinesis_stream.other", "mode": "managed", "type": "aws_kinesis_stream", "values": {"arn": "arn:aws:kinesis:r:1:stream/other", "name": "other", "stream_mode_details": [{"stream_mode": "ON_DEMAND"}], "warm_throughput_mib_ps": 20}},
		{"address": "aws_kinesis_stream_consumer.fraud", "mode": "managed", "type": "aws_kinesis_stream_consumer", "values": {"arn": "arn:aws:kinesis:r:1:stream/orders/consumer/fraud:1", "name": "fraud", "stream_arn": "arn:aws:kinesis:r:1:stream/orders"}},
		{"address": "aws_kinesis_stream_consumer.fed", "mode": "managed", "type": "aws_kinesis_stream_consumer", "values": {"arn": "arn:aws:kinesis:r:1:stream/orders/consumer/fed:1", "name": "fed", "stream_arn": "arn:aws:kinesis:r:1:stream/orders"}}],
		"child_modules": [{"resources": [
			{"address": "module.a.aws_lambda_event_source_mapping.billing", "mode": "managed", "type": "aws_lambda_event_source_mapping", "values": {"event_source_arn": "arn:aws:kinesis:r:1:stream/orders",
				"function_name": "arn:aws:lambda:r:1:function:billing", "batch_size": 500, "maximum_batching_window_in_seconds": 1, "parallelization_factor": 2, "maximum_retry_attempts": 3,
				"maximum_record_age_in_seconds": 3600, "bisect_batch_on_function_error": true, "starting_position": "LATEST", "function_response_types": ["ReportBatchItemFailures"], "enabled": true, "tumbling_window_in_seconds": 0}},
			{"address": "x", "mode": "managed", "type": "aws_lambda_event_source_mapping", "values": {"event_source_arn": "arn:aws:kinesis:r:1:stream/orders/consumer/fed:1", "function_name": "pushed", "batch_size": 100, "parallelization_factor": 0, "maximum_record_age_in_seconds": 0}},
			{"address": "y", "mode": "managed", "type": "aws_lambda_event_source_mapping", "values": {"event_source_arn": "arn:aws:sqs:r:1:queue", "function_name": "queue", "batch_size": 10}},
			{"address": "z", "mode": "managed", "type": "aws_kinesis_firehose_delivery_stream", "values": {"name": "lake", "kinesis_source_configuration": [{"kinesis_stream_arn": "arn:aws:kinesis:r:1:stream/orders"}]}}]}]}}}`
)

// TestImportKinds wants of each kind what is in it, and in no other words.
func TestImportKinds(t *testing.T) {
	for _, c := range []struct {
		name, kind string
		o          ImportOptions
		files      map[string]string
		want       []string
		not        []string
	}{
		{"listing and summary", "auto", ImportOptions{}, map[string]string{"a.json": someSummary, "b.json": someConsumers, "c.json": someShards},
			[]string{"name: orders", `- "0"    `, `- "100"  `, "# shardId-000000000002", "retention: 48h", "max_record_size: 2MiB", "- name: fraud", "- name: fan-out", "rate: 100/s", "# assumed"},
			[]string{"shardId-000000000000"}},
		{"pages of a listing", "list-shards", ImportOptions{}, map[string]string{
			"a.json": strings.Replace(someShards[:strings.LastIndex(someShards, ",\n")]+"]}", `{"Shards"`, `{"NextToken": "t", "Shards"`, 1),
			"b.json": `{"Shards": [` + someShards[strings.LastIndex(someShards, ",\n")+2:]}, []string{`- "0"   `, `- "100"  `}, nil},
		{"capture", "auto", ImportOptions{}, map[string]string{"a.json": someCapture, "b.json": someShards},
			[]string{"40 records, counted in each 1s", "{at: 0s, rate: 15/s}", "{at: 2s, rate: 20/s}", "duration: 3s", "size: 10B", "start: 2025-11-27T18:00:00Z", "key: \"s2-16\""}, []string{"bursty"}},
		{"Terraform", "terraform", ImportOptions{Stream: "orders"}, map[string]string{"a.json": someState},
			[]string{"shards: 4", "retention: 72h", "- name: fraud", "- name: pushed", "lambda: {retrieval: efo}", "start: LATEST", "- name: lake", "firehose: {}",
				"lambda: {batch_size: 500, window: 1s, parallelization_factor: 2, retries: 3, max_record_age: 3600s, bisect_on_error: true, report_batch_item_failures: true}"},
			[]string{"queue", "name: fed"}},
		{"a plan", "terraform", ImportOptions{}, map[string]string{"a.json": `{"terraform_version": "1", "planned_values": {"root_module": {"resources": [
			{"address": "s", "mode": "managed", "type": "aws_kinesis_stream", "values": {"name": "new", "shard_count": 3}},
			{"address": "c", "mode": "managed", "type": "aws_kinesis_stream_consumer", "values": {"name": "soon"}}]}}}`}, []string{"name: new", "shards: 3", "- name: soon"}, nil},
		{"a state file", "terraform", ImportOptions{}, map[string]string{"a.json": `{"version": 4, "terraform_version": "1.9", "resources": [
			{"mode": "data", "type": "aws_kinesis_stream", "name": "d", "instances": [{"attributes": {"name": "elsewhere"}}]},
			{"mode": "managed", "type": "aws_kinesis_stream", "name": "s", "instances": [{"attributes": {"name": "old", "shard_count": 0, "stream_mode_details": [{"stream_mode": "ON_DEMAND"}]}}]}]}`}, []string{"name: old", "mode: on_demand"}, nil},
		{"warm", "describe-stream-summary", ImportOptions{}, map[string]string{"a.json": `{"StreamDescriptionSummary": {"StreamName": "1", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}, "OpenShardCount": 20, "WarmThroughput": {"TargetMiBps": 15, "CurrentMiBps": 15}}}`},
			[]string{`name: "1"`, "mode: on_demand_advantage", "warm_throughput: 15MiB/s", "shards: 20"}, nil},
		{"bytes", "cloudwatch", ImportOptions{}, map[string]string{
			"a.json": `{"MetricDataResults": [{"Id": "r", "Label": "IncomingRecords", "Timestamps": [1764266400, 1764266460], "Values": [600, 300]}, {"Id": "b", "Label": "IncomingBytes", "Timestamps": [1764266400], "Values": [90000]},
				{"Id": "w", "Label": "WriteProvisionedThroughputExceeded", "Timestamps": [1764266400], "Values": [7]}, {"Id": "g", "Label": "GetRecords.IteratorAgeMilliseconds", "Timestamps": [1764266400], "Values": [70]}]}`},
			[]string{"size: 114B", "rate: 600/m", "rate: 300/m", "# arrivals: {bursty: {on: 10s, off: 50s, factor: 3}}", "7 refused attempts are not in it", "shows that somebody polls", "shards: 1 ", "start: 2025-11-27T18:00:00Z"}, nil},
		{"of shards", "cloudwatch", ImportOptions{}, map[string]string{
			"a.json": `{"MetricDataResults": [{"Id": "a", "Label": "shardId-000000000000 IncomingRecords", "Timestamps": [1764266400, 1764266460], "Values": [600, 300]}, {"Id": "b", "Label": "shardId-000000000001 IncomingRecords", "Timestamps": [1764266400], "Values": [100]}]}`},
			[]string{"rate: 700/m", "rate: 300/m", "sum over the 2 shards", "shards: 2", "key: \"s1-16\", share: 0.625%"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, made := imported(t, c.kind, c.o, nil, files(t, c.files)...)
			for _, want := range c.want {
				if !strings.Contains(string(made.Scenario), want) {
					t.Errorf("no %q in\n%s", want, made.Scenario)
				}
			}
			for _, not := range c.not {
				if strings.Contains(strings.ReplaceAll(string(made.Scenario), "name: app", ""), not) {
					t.Errorf("%q in\n%s", not, made.Scenario)
				}
			}
		})
	}
}

// TestImportedShards: each shard has the load that a capture gives it, and with a
// folder its name.
func TestImportedShards(t *testing.T) {
	paths := files(t, map[string]string{"a.json": someCapture, "b.json": someShards})
	config, _ := imported(t, "auto", ImportOptions{Folder: t.TempDir()}, []string{"producers.app.arrivals=regular"}, paths...)
	load := map[model.ShardID]float64{}
	keys, sum := config.Producers[0].Keys, 0.0
	for i := range keys.Len() {
		hash, ok := keys.Explicit(i)
		if !ok {
			t.Fatalf("key %s has no hash key of its own", keys.Name(i))
		}
		load[config.Stream.Shards.At(config.Stream.Shards.Find(hash)).ID] += keys.Weight(i)
		sum += keys.Weight(i)
	}
	if !within(load[1]/sum, 0.25, 1e-9) || !within(load[2]/sum, 0.75, 1e-9) || len(load) != 2 {
		t.Errorf("the shards have %v of %v; want a quarter on 1 and the rest on 2", load, sum)
	}
}

// TestBadImports wants what is wrong with files told with its place, all of it at once.
func TestBadImports(t *testing.T) {
	for _, c := range []struct {
		kind, text string
		want       []string
	}{
		{"auto", "", []string{"a.json:1:1: the file is empty"}},
		{"auto", "[1, 2", []string{"a.json:1:6: not JSON: the text ends in the middle"}},
		{"auto", `{"a": 1}`, []string{"a.json:1:1: the file is of no kind that is known; known are cloudwatch, list-shards"}},
		{"auto", "timestamp,value\r\n2014-04-10 00:04:00,94.0\r\n", []string{"a.json:1:1: counts by the time are a rate as they are", "rate: {file: {path: a.json}}"}},
		{"cloudwatch", `{"Datapoints": []}`, []string{"a.json:1:16: the file has no datapoints"}},
		{"cloudwatch", `{"NextToken": "x", "MetricDataResults": [{"Id": "incomingrecords", "Timestamps": [1764266400], "Values": [1]}]}`, []string{"a.json:1:15: data is missing: the file has a NextToken"}},
		{"cloudwatch", "{\"Label\": \"IncomingRecords\", \"Datapoints\": [\n{\"Timestamp\": \"yesterday\", \"Sum\": 1},\n{\"Timestamp\": 1764266400, \"Average\": 1},\n{\"Sum\": 3}]}",
			[]string{`a.json:2:15: the timestamp "yesterday"`, "a.json:3:1: the datapoint of IncomingRecords has Average but no Sum; ask CloudWatch again with --statistics Sum", "a.json:4:1: the datapoint has no Timestamp"}},
		{"cloudwatch", `{"MetricDataResults": [{"Id": "incomingrecords", "Timestamps": [1764266400, 1764266400], "Values": [1, 2]}]}`, []string{"a.json:1:77: IncomingRecords at this time is 2 here and 1 before"}},
		{"cloudwatch", `{"MetricDataResults": [{"Id": "incomingrecords", "Timestamps": [1764266400], "Values": []}, {"Id": "x"}]}`, []string{"a.json:1:64: 1 timestamp but 0 values", "a.json:1:93: the result needs a list"}},
		{"cloudwatch", `{"MetricDataResults": [{"Id": "incomingrecords", "StatusCode": "Forbidden", "Timestamps": [], "Values": []}]}`, []string{"a.json:1:64: CloudWatch answered Forbidden"}},
		{"cloudwatch", `{"MetricDataResults": [{"Id": "b", "Label": "IncomingBytes", "Timestamps": [1764266400], "Values": [1]}]}`, []string{"no IncomingRecords, which says when records arise"}},
		{"cloudwatch", `{"Label": "IncomingRecords", "Datapoints": [{"Timestamp": 1264266400, "Sum": 1}, {"Timestamp": 1764266400, "Sum": 1}, {"Timestamp": 1764266460, "Sum": 1}]}`, []string{"the files cannot be made a scenario: ", "duration"}},
		{"list-shards", `{"Shards": [{"ShardId": "one"}, {"ShardId": 2}]}`, []string{`a.json:1:13: "one" is not a shard id`, "a.json:1:33: not a shard as list-shards prints it"}},
		{"list-shards", `{"Shards": []}`, []string{"no open shard"}},
		{"list-shards", strings.Replace(someShards, `"100"`, `"101"`, 1), []string{"no shard owns hash keys 100 to 100"}},
		{"describe-stream-summary", `{"StreamDescriptionSummary": {"OpenShardCount": "x", "RetentionPeriodHours": 1, "StreamModeDetails": {"StreamMode": "FAST"}}}`,
			[]string{"OpenShardCount is not a whole number", "RetentionPeriodHours is not a whole number from 24 on", `"FAST" is no mode`}},
		{"list-stream-consumers", `{"Consumers": [{"ConsumerARN": "a"}]}`, []string{"consumer 1 has no ConsumerName"}},
		{"terraform", someState, []string{"the file has the streams orders, other; say which one with --stream"}},
		{"terraform", `{"terraform_version": "1", "values": {}}`, []string{"no aws_kinesis_stream among 0 resources"}},
		{"terraform", `{"resource": 1}`, []string{"terraform show -json"}},
		{"hot-shard-advisor", `{"shards": [{"shardId": "shardId-000000000000", "stats": {"ingress-count": {"timeSeries": [1, -2]}}}, {"shardId": "shardId-000000000001", "stats": {}}]}`,
			[]string{"the number is not a whole number from 0 on", "shardId-000000000001 has no ingress-count"}},
		{"records", "time,key,bytes\n0,a,10\n1,b,x\n", []string{`a.json:3:5: "x" is not a whole number of bytes`}},
		{"records", "time,key,bytes\n", []string{"the file has no records"}},
		{"records", "time,key,bytes,explicit_hash_key\n0,a,1,-1\n", []string{"a.json:2:7"}},
		{"keys", "key,weight\na,1\na,2\n", []string{`a.json:3:1: key "a" stands twice`}},
		{"clodwatch", "{}", []string{`"clodwatch" is no kind of import`, "did you mean cloudwatch?"}},
	} {
		made, err := Import(c.kind, files(t, map[string]string{"a.json": c.text}), ImportOptions{})
		if err == nil {
			t.Errorf("%s takes %s:\n%s", c.kind, c.text, made.Scenario)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s of %s: no %q in\n%v", c.kind, c.text, want, err)
			}
		}
	}
	if _, err := Import("auto", []string{"nothing.json", "nowhere.json"}, ImportOptions{}); err == nil || !strings.Contains(err.Error(), "nothing.json: cannot be read") || !strings.Contains(err.Error(), "nowhere.json: cannot be read") {
		t.Errorf("two files that are not there: %v", err)
	}
}
