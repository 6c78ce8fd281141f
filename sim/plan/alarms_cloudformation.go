package plan

import (
	"fmt"
	"strings"
)

// alarmCloudFormation are the alarms as resources of a template. They tell nobody until
// somebody adds AlarmActions.
func (p *Plan) alarmCloudFormation(b *strings.Builder) {
	for i := range p.Alarms {
		w := &p.Alarms[i]
		fmt.Fprintf(b, "  Alarm%s:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n", strings.ReplaceAll(identifier(w.Name), "_", ""))
		line := func(name, value string) { fmt.Fprintf(b, "      %s: %s\n", name, value) }
		line("AlarmDescription", fmt.Sprintf("%q", w.Why))
		line("ComparisonOperator", w.Comparison)
		line("Threshold", plainNumber(w.Threshold))
		line("EvaluationPeriods", fmt.Sprint(w.EvaluationPeriods))
		line("DatapointsToAlarm", fmt.Sprint(w.DatapointsToAlarm))
		line("TreatMissingData", w.TreatMissingData)
		if w.Metric == "utilization" {
			p.useCloudFormation(b)
			continue
		}
		line("Namespace", "AWS/Kinesis")
		line("MetricName", w.Metric)
		line("Statistic", w.Statistic)
		line("Period", fmt.Sprint(w.PeriodS))
		b.WriteString("      Dimensions:\n        - {Name: StreamName, Value: !Ref Stream}\n")
		if w.Consumer != "" {
			fmt.Fprintf(b, "        - {Name: ConsumerName, Value: %s}\n", fmt.Sprintf("%q", w.Consumer))
		}
	}
}

// useCloudFormation is the metric math of the use of all shards.
func (p *Plan) useCloudFormation(b *strings.Builder) {
	fmt.Fprintf(b, "      Metrics:\n        - {Id: use, Expression: %s, ReturnData: true}\n", fmt.Sprintf("%q", p.useExpression()))
	for _, m := range [][2]string{{"bytes", "IncomingBytes"}, {"records", "IncomingRecords"}} {
		fmt.Fprintf(b, "        - Id: %s\n          ReturnData: false\n          MetricStat:\n            Stat: Sum\n            Period: 60\n            Metric:\n", m[0])
		fmt.Fprintf(b, "              Namespace: AWS/Kinesis\n              MetricName: %s\n              Dimensions: [{Name: StreamName, Value: !Ref Stream}]\n", m[1])
	}
}
