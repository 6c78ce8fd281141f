package plan

import (
	"fmt"
	"strings"
	"time"

	"kinesim/model"
	"kinesim/sim"
)

// apply writes the ways to bring the plan about, as text: nothing is ever called.
func (p *Plan) apply() {
	p.Alarms = p.watches()
	p.Commands, p.Terraform, p.CloudForm = p.commands(), p.terraform(), p.cloudFormation()
}

// onDemand tells whether the service scales the chosen stream.
func (c *Chosen) onDemand() bool { return c.Mode != string(sim.Provisioned) }

// commands are aws CLI calls, each followed by a wait until the stream is ACTIVE. The CLI's own
// wait gives up after three minutes, which many changes take longer than.
func (p *Plan) commands() string {
	var b strings.Builder
	b.WriteString("#!/bin/sh\n# The calls of the plan, in their order; each waits until the stream is ACTIVE again.\nset -eu\nSTREAM=my-stream   # its name\n")
	b.WriteString("wait_active() { until aws kinesis wait stream-exists --stream-name \"$STREAM\"; do sleep 1; done; }   # it gives up after 3 minutes\n")
	if p.needsARN() {
		b.WriteString("STREAM_ARN=$(aws kinesis describe-stream-summary --stream-name \"$STREAM\" --query StreamDescriptionSummary.StreamARN --output text)\n")
	}
	b.WriteString(p.streamCommands())
	at := 0.0
	for i := range p.Steps {
		s := &p.Steps[i]
		if gap := s.AtS - at; gap > 1 && i > 0 {
			fmt.Fprintf(&b, "sleep %.0f   # no more than so many UpdateShardCount calls in 24 hours\n", gap)
		}
		at = s.AtS + s.WaitS
		name := ` --stream-name "$STREAM"`
		if s.Call == "UpdateStreamMode" {
			name = ` --stream-arn "$STREAM_ARN"`
		}
		b.WriteString("aws kinesis " + dashed(s.Call) + name)
		for _, name := range argumentOrder[s.Call] {
			if v, ok := s.Arguments[name]; ok {
				b.WriteString(" --" + dashed(name) + " " + v)
			}
		}
		fmt.Fprintf(&b, "\nwait_active   # about %s\n", sim.Trimmed(time.Duration(s.WaitS*float64(time.Second)).Round(time.Second)))
	}
	if warm := p.stream.Warm; warm > 0 && warm != p.was.Warm && p.Chosen.onDemand() {
		fmt.Fprintf(&b, "aws kinesis update-stream-warm-throughput --stream-arn \"$STREAM_ARN\" --%s %d\nwait_active\n", dashed("WarmThroughputMiBps"), int64(warm/model.MiB))
	}
	for _, name := range p.fanout() {
		fmt.Fprintf(&b, "aws kinesis register-stream-consumer --stream-arn \"$STREAM_ARN\" --consumer-name %s   # if it is not registered yet\n", quoted(name))
	}
	p.alarmCommands(&b)
	for _, set := range p.Chosen.Settings {
		if !strings.HasPrefix(set, "stream.") {
			b.WriteString("# in the applications: " + strings.ReplaceAll(set, "\n", " ") + "\n")
		}
	}
	return b.String()
}

// needsARN tells whether a call names the stream by its ARN.
func (p *Plan) needsARN() bool {
	return len(p.fanout()) > 0 || p.stream.Warm > 0 || len(p.Steps) > 0 && p.Steps[0].Call == "UpdateStreamMode"
}

// streamCommands change what of the stream is neither its mode nor its shards.
func (p *Plan) streamCommands() string {
	var b strings.Builder
	if hours, was := p.stream.Retention.Hours(), p.was.Retention.Hours(); was > 0 && hours != was {
		call := "increase"
		if hours < was {
			call = "decrease"
		}
		fmt.Fprintf(&b, "aws kinesis %s-stream-retention-period --stream-name \"$STREAM\" --retention-period-hours %.0f\nwait_active\n", call, hours)
	}
	if p.stream.Mode == sim.OnDemandAdvantage && p.was.Mode != sim.OnDemandAdvantage {
		b.WriteString("aws kinesis update-account-settings --minimum-throughput-billing-commitment Status=ENABLED   # of the account and Region, for 24 hours at least\n")
	}
	return b.String()
}

// argumentOrder is the order in which the calls show their arguments.
var argumentOrder = map[string][]string{
	"UpdateShardCount": {"TargetShardCount", "ScalingType"},
	"SplitShard":       {"ShardToSplit", "NewStartingHashKey"},
	"MergeShards":      {"ShardToMerge", "AdjacentShardToMerge"},
	"UpdateStreamMode": {"StreamModeDetails"},
}

// dashed is a name of the API as the CLI writes it: update-shard-count.
func dashed(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('-')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// quoted is a word as a shell and a template take it.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// fanout are the consumers that read by enhanced fan-out, in the order of their names.
func (p *Plan) fanout() []string {
	var names []string
	for _, k := range p.Result.Consumers {
		if p.Chosen.Consumers[k.Name] == "efo" {
			names = append(names, k.Name)
		}
	}
	return names
}

// terraform is the stream as provider hashicorp/aws takes it.
func (p *Plan) terraform() string {
	c := &p.Chosen
	var b strings.Builder
	b.WriteString("resource \"aws_kinesis_stream\" \"this\" {\n")
	attributes := [][2]string{{"name", `"my-stream"`}}
	if !c.onDemand() {
		attributes = append(attributes, [2]string{"shard_count", fmt.Sprint(c.Shards)})
	}
	if size := p.stream.MaxRecordSize; size > model.DefaultMaxRecord {
		attributes = append(attributes, [2]string{"max_record_size_in_kib", fmt.Sprint(int64(size / model.KiB))})
	}
	if warm := p.stream.Warm; warm > 0 && c.onDemand() {
		attributes = append(attributes, [2]string{"warm_throughput_mib_ps", fmt.Sprint(int64(warm / model.MiB))})
	}
	if hours := int(p.Result.Stream.RetentionS / 3600); hours != int(model.MinRetention.Hours()) {
		attributes = append(attributes, [2]string{"retention_period", fmt.Sprint(hours)})
	}
	alignedTerraform(&b, "  ", attributes)
	fmt.Fprintf(&b, "\n  stream_mode_details {\n    stream_mode = \"%s\"\n  }\n}\n", sim.Mode(c.Mode).StreamMode())
	for _, name := range p.fanout() {
		fmt.Fprintf(&b, "\nresource \"aws_kinesis_stream_consumer\" \"%s\" {\n  name       = \"%s\"\n  stream_arn = aws_kinesis_stream.this.arn\n}\n", identifier(name), name)
	}
	if len(c.StartingHashKeys) > 0 {
		b.WriteString("\n# The shards are not evenly cut, which Terraform cannot say: make the stream with this many\n# and then run the commands of the plan.\n")
	}
	if p.stream.Mode == sim.OnDemandAdvantage {
		b.WriteString("\n# On-demand Advantage is a setting of the account and Region (UpdateAccountSettings).\n")
	}
	if len(p.Steps) > 1 {
		b.WriteString("\n# One apply makes one UpdateShardCount call, so more than double or less than half takes several.\n")
	}
	p.alarmTerraform(&b)
	return b.String()
}

// identifier is a name that Terraform and CloudFormation take for a resource.
func identifier(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else {
			b.WriteByte('_')
		}
	}
	if id := b.String(); id != "" && (id[0] < '0' || id[0] > '9') {
		return id
	}
	return "c" + b.String()
}

// cloudFormation is the stream as a template.
func (p *Plan) cloudFormation() string {
	c := &p.Chosen
	var b strings.Builder
	b.WriteString("Resources:\n  Stream:\n    Type: AWS::Kinesis::Stream\n    Properties:\n")
	fmt.Fprintf(&b, "      StreamModeDetails: {StreamMode: %s}\n", sim.Mode(c.Mode).StreamMode())
	if !c.onDemand() {
		fmt.Fprintf(&b, "      ShardCount: %d\n", c.Shards)
	}
	fmt.Fprintf(&b, "      RetentionPeriodHours: %d\n", int(p.Result.Stream.RetentionS/3600))
	if size := p.stream.MaxRecordSize; size > model.DefaultMaxRecord {
		fmt.Fprintf(&b, "      MaxRecordSizeInKiB: %d\n", int64(size/model.KiB))
	}
	if warm := p.stream.Warm; warm > 0 && c.onDemand() {
		fmt.Fprintf(&b, "      WarmThroughputMiBps: %d\n", int64(warm/model.MiB))
	}
	for _, name := range p.fanout() {
		fmt.Fprintf(&b, "  %s:\n    Type: AWS::Kinesis::StreamConsumer\n    Properties: {ConsumerName: %s, StreamARN: !GetAtt Stream.Arn}\n", strings.ReplaceAll(identifier(name), "_", ""), quoted(name))
	}
	p.alarmCloudFormation(&b)
	return b.String()
}
