package plan

import (
	"fmt"
	"math"
	"strings"
	"time"

	"kinesim/sim"
)

// Watch is an alarm that a plan proposes: quiet while all goes as planned, and ringing
// before an expectation is missed, as far as its metric tells.
type Watch struct {
	Name              string   `json:"name"`
	Metric            string   `json:"metric"`
	Consumer          string   `json:"consumer,omitempty"`
	Statistic         string   `json:"statistic"`
	Comparison        string   `json:"comparison"`
	Threshold         float64  `json:"threshold"`
	Unit              string   `json:"unit"`
	PeriodS           int      `json:"period_s"`
	EvaluationPeriods int      `json:"evaluation_periods"`
	DatapointsToAlarm int      `json:"datapoints_to_alarm"`
	TreatMissingData  string   `json:"treat_missing_data"`
	Why               string   `json:"why"`
	Rang              *int     `json:"rang"`    // times in the first run; null: the run is too long to tell by the minute
	Nearest           *float64 `json:"nearest"` // value of that run

	alarm sim.Alarm
}

// watches are the alarms that suit the plan: on age for each way to read, on refused
// writes, and on use where the number of shards is fixed.
func (p *Plan) watches() []Watch {
	list := []Watch{}
	classic := false
	for _, k := range p.Result.Consumers {
		if p.Chosen.Consumers[k.Name] == "efo" {
			list = append(list, p.ageWatch("behind-"+k.Name, "SubscribeToShardEvent.MillisBehindLatest", orZero(k.Behind.Max), k.Name))
		} else {
			classic = true
		}
	}
	if classic {
		worst := 0.0
		for _, k := range p.Result.Consumers {
			if p.Chosen.Consumers[k.Name] != "efo" {
				worst = max(worst, orZero(k.IteratorAge.Max))
			}
		}
		list = append(list, p.ageWatch("iterator-age", "GetRecords.IteratorAgeMilliseconds", worst, ""))
	}
	list = append(list, p.refusalWatch())
	if w, ok := p.useWatch(); ok {
		list = append(list, w)
	}
	for i := range list {
		list[i].rehearse(p)
	}
	return list
}

// orZero is a statistic, or 0 where nothing was counted.
func orZero(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

// What a minute without data counts for, by CloudWatch's words.
const (
	silenceIsBad  = "breaching"
	silenceIsGood = "notBreaching"
	silenceIsNone = "missing"
)

// newWatch is an alarm on minutes that rings above its threshold.
func newWatch(name, metric, consumer string, threshold float64, of, need int, missing, why string) Watch {
	a := sim.AlarmAbove(name, metric, consumer, threshold, of, need, missing)
	return Watch{
		Name: name, Metric: metric, Consumer: consumer, Statistic: a.Statistic, Comparison: string(a.Comparison), Threshold: threshold, Unit: a.Unit(),
		PeriodS: int(a.Period / time.Second), EvaluationPeriods: of, DatapointsToAlarm: need, TreatMissingData: missing, Why: why, alarm: a,
	}
}

// ageWatch is on how far readers are behind. Its threshold lies between the worst of the
// plan's runs and what an expectation allows, or half the retention. Silence is bad: a
// reader that stops sends no age.
func (p *Plan) ageWatch(name, metric string, worst float64, consumer string) Watch {
	limit, of := p.Result.Stream.RetentionS*1e3/2, "half the retention"
	for _, m := range p.Chosen.Expectations {
		about := m.Where == "" || consumer == "" || m.Where == "consumer "+consumer
		if m.Metric != "iterator_age" || !about || m.Op != string(sim.Below) {
			continue
		}
		if worst = max(worst, m.Worst); m.Limit < limit {
			limit, of = m.Limit, "the expectation"
		}
	}
	threshold := halfway(max(worst, 1000), limit)
	why := fmt.Sprintf("the runs of the plan came to %s, %s allows %s; no data is bad, as a reader that stops sends none",
		sinceMS(worst), of, sinceMS(limit))
	return newWatch(name, metric, consumer, threshold, 3, 3, silenceIsBad, why)
}

// refusalWatch is on refused writes beyond what the plan's run had in its worst minute.
func (p *Plan) refusalWatch() Watch {
	worst := 0.0
	for _, m := range p.shown.Metrics {
		if m.Metric != "WriteProvisionedThroughputExceeded" {
			continue
		}
		for _, v := range m.Values {
			if v != nil {
				worst = max(worst, *v*60/p.shown.PeriodS)
			}
		}
	}
	why := "the runs of the plan refused nothing"
	if worst > 0 {
		why = fmt.Sprintf("twice what the run of the plan refused in its worst minute, %.0f records", worst)
	}
	return newWatch("refused-writes", "WriteProvisionedThroughputExceeded", "", math.Ceil(2*worst), 5, 3, silenceIsGood, why)
}

// useWatch is on the use of all shards, halfway between its highest in the run and where
// growth breaks the plan. It warns of growth; a hot shard it does not see.
func (p *Plan) useWatch() (Watch, bool) {
	h := p.Chosen.Headroom
	if p.Chosen.onDemand() || h == nil || h.Factor <= 1.02 {
		return Watch{}, false
	}
	most := 0.0
	for _, use := range p.shown.Hidden.StreamUse {
		most = max(most, use)
	}
	if most <= 0 {
		return Watch{}, false
	}
	threshold := math.Round(most*math.Sqrt(h.Factor)*1e3) / 1e3
	why := fmt.Sprintf("the run of the plan used at most %.1f %% in a minute, and the load may grow to %.4g times before it breaks; a hot shard this does not see", 100*most, h.Factor)
	return newWatch("utilization", "utilization", "", threshold, 15, 15, silenceIsNone, why), true
}

// halfway is the geometric mean of two durations in milliseconds, to two digits.
func halfway(low, high float64) float64 {
	mean := math.Sqrt(min(low, high) * high)
	digit := math.Pow(10, math.Floor(math.Log10(max(mean, 1)))-1)
	return max(1, math.Round(mean/digit)*digit)
}

// sinceMS is a number of milliseconds as people write it.
func sinceMS(ms float64) string {
	return (time.Duration(ms) * time.Millisecond).String()
}

// rehearse holds the alarm against the first run of the plan.
func (w *Watch) rehearse(p *Plan) {
	if a, ok := w.alarm.Over(p.shown, p.Result.EndedAtS); ok {
		n := len(a.Rang)
		w.Rang, w.Nearest = &n, a.Nearest
	}
}

// alarmCommands are the aws CLI calls that make the alarms. They tell nobody until
// somebody adds --alarm-actions.
func (p *Plan) alarmCommands(b *strings.Builder) {
	if len(p.Alarms) > 0 {
		b.WriteString("TOPIC=arn:aws:sns:us-east-1:123456789012:my-topic   # whom the alarms tell\n")
	}
	for i := range p.Alarms {
		w := &p.Alarms[i]
		fmt.Fprintf(b, "aws cloudwatch put-metric-alarm --alarm-name \"$STREAM\"-%s --alarm-actions \"$TOPIC\" --comparison-operator %s --threshold %s --evaluation-periods %d --datapoints-to-alarm %d --treat-missing-data %s",
			quoted(w.Name), w.Comparison, plainNumber(w.Threshold), w.EvaluationPeriods, w.DatapointsToAlarm, w.TreatMissingData)
		if w.Metric == "utilization" {
			fmt.Fprintf(b, " --metrics '%s'\n", p.useMath(`'"$STREAM"'`))
			continue
		}
		dimensions := `Name=StreamName,Value="$STREAM"`
		if w.Consumer != "" {
			dimensions += " Name=ConsumerName,Value=" + w.Consumer
		}
		fmt.Fprintf(b, " --namespace AWS/Kinesis --metric-name %s --statistic %s --period %d --dimensions %s\n", w.Metric, w.Statistic, w.PeriodS, dimensions)
	}
}

// useMath is the metric math of the use of all shards, as put-metric-alarm takes it. The
// number of shards is written into it: CloudWatch has no metric of that.
func (p *Plan) useMath(stream string) string {
	one := func(id, metric string) string {
		return fmt.Sprintf(`{"Id":"%s","ReturnData":false,"MetricStat":{"Stat":"Sum","Period":60,"Metric":{"Namespace":"AWS/Kinesis","MetricName":"%s","Dimensions":[{"Name":"StreamName","Value":"%s"}]}}}`, id, metric, stream)
	}
	return fmt.Sprintf(`[{"Id":"use","Expression":"%s"},%s,%s]`, p.useExpression(), one("bytes", "IncomingBytes"), one("records", "IncomingRecords"))
}

func (p *Plan) useExpression() string {
	s := &p.Result.Stream
	perMinute := func(perS float64) string { return plainNumber(perS * 60 * float64(p.Chosen.Shards)) }
	return fmt.Sprintf("MAX([bytes/%s,records/%s])", perMinute(s.ShardBytesPerS), perMinute(s.ShardRecordsPerS))
}

// alarmTerraform are the alarms as provider hashicorp/aws takes them.
func (p *Plan) alarmTerraform(b *strings.Builder) {
	for i := range p.Alarms {
		w := &p.Alarms[i]
		fmt.Fprintf(b, "\nresource \"aws_cloudwatch_metric_alarm\" \"%s\" {\n", identifier(w.Name))
		attributes := [][2]string{
			{"alarm_name", `"my-stream-` + w.Name + `"`}, {"alarm_description", `"` + w.Why + `"`},
			{"comparison_operator", `"` + w.Comparison + `"`}, {"threshold", plainNumber(w.Threshold)},
			{"evaluation_periods", fmt.Sprint(w.EvaluationPeriods)}, {"datapoints_to_alarm", fmt.Sprint(w.DatapointsToAlarm)},
			{"treat_missing_data", `"` + w.TreatMissingData + `"`},
		}
		if w.Metric != "utilization" {
			attributes = append(attributes, [2]string{"namespace", `"AWS/Kinesis"`}, [2]string{"metric_name", `"` + w.Metric + `"`},
				[2]string{"statistic", `"` + w.Statistic + `"`}, [2]string{"period", fmt.Sprint(w.PeriodS)})
		}
		alignedTerraform(b, "  ", attributes)
		if w.Metric == "utilization" {
			p.useTerraform(b)
		} else {
			dimensions := [][2]string{{"StreamName", "aws_kinesis_stream.this.name"}}
			if w.Consumer != "" {
				dimensions = append(dimensions, [2]string{"ConsumerName", `"` + w.Consumer + `"`})
			}
			b.WriteString("\n  dimensions = {\n")
			alignedTerraform(b, "    ", dimensions)
			b.WriteString("  }\n")
		}
		b.WriteString("}\n")
	}
}

// useTerraform is the metric math of the use of all shards.
func (p *Plan) useTerraform(b *strings.Builder) {
	fmt.Fprintf(b, "\n  metric_query {\n    id          = \"use\"\n    expression  = \"%s\"\n    return_data = true\n  }\n", p.useExpression())
	for _, m := range [][2]string{{"bytes", "IncomingBytes"}, {"records", "IncomingRecords"}} {
		fmt.Fprintf(b, "\n  metric_query {\n    id = \"%s\"\n\n    metric {\n", m[0])
		alignedTerraform(b, "      ", [][2]string{{"namespace", `"AWS/Kinesis"`}, {"metric_name", `"` + m[1] + `"`}, {"stat", `"Sum"`}, {"period", "60"}})
		b.WriteString("\n      dimensions = {\n        StreamName = aws_kinesis_stream.this.name\n      }\n    }\n  }\n")
	}
}

// alignedTerraform writes attributes as terraform fmt does, with the equals signs below
// each other.
func alignedTerraform(b *strings.Builder, indent string, attributes [][2]string) {
	width := 0
	for _, a := range attributes {
		width = max(width, len(a[0]))
	}
	for _, a := range attributes {
		fmt.Fprintf(b, "%s%-*s = %s\n", indent, width, a[0], a[1])
	}
}

// plainNumber is a number without an exponent.
func plainNumber(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.6f", v), "0"), ".")
}
