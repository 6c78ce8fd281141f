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

// commands are aws CLI calls, each followed by a wait until the stream is ACTIVE.
func (p *Plan) commands() string {
	var b strings.Builder
	b.WriteString("STREAM=my-stream   # its name\n")
	for _, s := range p.Steps {
		b.WriteString("aws kinesis " + dashed(s.Call) + ` --stream-name "$STREAM"`)
		for _, name := range argumentOrder[s.Call] {
			if v, ok := s.Arguments[name]; ok {
				b.WriteString(" --" + dashed(name) + " " + v)
			}
		}
		fmt.Fprintf(&b, "\naws kinesis wait stream-exists --stream-name \"$STREAM\"   # polls until ACTIVE, here about %s\n", time.Duration(s.WaitS*float64(time.Second)).Round(time.Second))
	}
	for _, name := range p.fanout() {
		fmt.Fprintf(&b, "aws kinesis register-stream-consumer --stream-arn \"$STREAM_ARN\" --consumer-name %s   # if it is not registered yet\n", quoted(name))
	}
	p.alarmCommands(&b)
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
	for _, name := range p.fanout() {
		fmt.Fprintf(&b, "  %s:\n    Type: AWS::Kinesis::StreamConsumer\n    Properties: {ConsumerName: %s, StreamARN: !GetAtt Stream.Arn}\n", strings.ReplaceAll(identifier(name), "_", ""), quoted(name))
	}
	return b.String()
}
