package sim

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"kinesim/sim/autoscale"
	"kinesim/sim/des"
)

// Alarm is a CloudWatch alarm of the stream that is rehearsed: it rings, and nobody acts.
type Alarm struct {
	Name string
	Watched
	Math *AlarmMath // in place of a metric; nil: none
	autoscale.Alarm
}

// Watched is a metric with its statistic.
type Watched struct {
	Metric    string // by CloudWatch's name, or utilization
	Consumer  string // of SubscribeToShardEvent.MillisBehindLatest; empty: the slowest
	Shard     string // of this shard alone, by enhanced monitoring; empty: of the stream
	Statistic string
}

// AlarmMetric is a metric that an alarm can watch here.
type AlarmMetric struct {
	Name       string
	Statistics []string // the usual one first
	Minutely   []string // further ones, of which minutes make no longer period
	Unit       string   // of the threshold: records, calls, bytes, ms or ratio
	Help       string
	Shards     bool // enhanced monitoring has it of each shard
}

// AlarmPercentiles are statistics of ages by single calls, which each minute has of its own.
var AlarmPercentiles = []string{"p50", "p90", "p95", "p99", "p99.9"}

// agePercentiles are the percentiles in thousandths.
var agePercentiles = map[string]uint64{"p50": 500, "p90": 900, "p95": 950, "p99": 990, "p99.9": 999}

// AlarmMetrics are those of the CloudWatch lens. Average, minimum and maximum of a count
// are of single calls, which minutes do not tell.
var AlarmMetrics = []AlarmMetric{
	{Name: "GetRecords.IteratorAgeMilliseconds", Statistics: []string{"Maximum"}, Minutely: AlarmPercentiles, Unit: "ms", Help: "age of the last record returned, of all classic readers"},
	{Name: "SubscribeToShardEvent.MillisBehindLatest", Statistics: []string{"Maximum"}, Minutely: AlarmPercentiles, Unit: "ms", Help: "how far a reader by enhanced fan-out is behind"},
	{Name: "WriteProvisionedThroughputExceeded", Statistics: []string{"Sum"}, Unit: "records", Help: "records refused by a shard's limits", Shards: true},
	{Name: "ReadProvisionedThroughputExceeded", Statistics: []string{"Sum"}, Unit: "calls", Help: "GetRecords calls refused by a shard's limits", Shards: true},
	{Name: "IncomingBytes", Statistics: []string{"Sum"}, Unit: "bytes", Help: "bytes that the stream took", Shards: true},
	{Name: "IncomingRecords", Statistics: []string{"Sum"}, Unit: "records", Help: "records that the stream took", Shards: true},
	{Name: "PutRecords.TotalRecords", Statistics: []string{"Sum"}, Unit: "records", Help: "records sent by PutRecords, each time counted"},
	{Name: "PutRecords.SuccessfulRecords", Statistics: []string{"Sum"}, Unit: "records", Help: "of them taken"},
	{Name: "PutRecords.FailedRecords", Statistics: []string{"Sum"}, Unit: "records", Help: "of them failed by the service"},
	{Name: "PutRecords.ThrottledRecords", Statistics: []string{"Sum"}, Unit: "records", Help: "of them refused by a limit"},
	{Name: "PutRecord.Success", Statistics: []string{"Average"}, Unit: "ratio", Help: "share of PutRecord calls that were taken"},
	{Name: "GetRecords.Success", Statistics: []string{"Average"}, Unit: "ratio", Help: "share of GetRecords calls that were not refused"},
	{Name: utilizationMetric, Statistics: []string{"Average", "Maximum", "Minimum"}, Unit: "ratio", Help: "the larger share of bytes and records that all shards take, by metric math"},
}

// Named is the name of what the alarm watches.
func (a *Alarm) Named() string {
	if a.Math != nil {
		return a.Math.Text
	}
	return a.Metric
}

// watches are all metrics that the alarm looks at.
func (a *Alarm) watches() []Watched {
	if a.Math == nil {
		return []Watched{a.Watched}
	}
	var list []Watched
	for _, t := range a.Math.Of {
		list = append(list, t.Watched)
	}
	return list
}

// apart tells whether the metric is none that the lens has anyway.
func (m *Watched) apart() bool {
	_, percentile := agePercentiles[m.Statistic]
	return percentile || m.Shard != ""
}

// utilizationMetric is reckoned by metric math from two metrics and the number of shards.
const utilizationMetric = "utilization"

// FindAlarmMetric finds a metric by its name.
func FindAlarmMetric(name string) (*AlarmMetric, bool) {
	for i := range AlarmMetrics {
		if AlarmMetrics[i].Name == name {
			return &AlarmMetrics[i], true
		}
	}
	return nil, false
}

// AlarmResult is what an alarm would have done in the run.
type AlarmResult struct {
	Name      string  `json:"name"`
	Metric    string  `json:"metric"` // or an expression
	Consumer  string  `json:"consumer,omitempty"`
	Shard     string  `json:"shard,omitempty"`
	Statistic string  `json:"statistic"`
	Unit      string  `json:"unit"` // of values and the threshold: records, calls, bytes, ms or ratio; empty for an expression
	Threshold float64 `json:"threshold"`
	Condition string  `json:"condition"` // "> 30s in 3 of 5 minutes"
	Rang      []Spell `json:"rang"`
	State     string  `json:"state_at_end"` // OK, ALARM or INSUFFICIENT_DATA
	RangS     float64 `json:"rang_s"`       // in all
	Gaps      int     `json:"periods_without_data"`

	// Nearest is the value that came nearest to the threshold, or went farthest beyond
	// it; null without data.
	Nearest    *float64 `json:"nearest"`
	NearestAtS float64  `json:"nearest_at_s"`
}

// Spell is a time in which an alarm rang.
type Spell struct {
	AtS      float64  `json:"at_s"`
	UntilS   *float64 `json:"until_s"` // null: not in this run
	SinceS   float64  `json:"since_s"` // when the oldest of the data points began that made it ring
	LateS    float64  `json:"late_s"`  // from then on
	Value    float64  `json:"value"`   // of the latest data point
	Troubles []int    `json:"troubles"`

	toS float64 // the end of the last data point for which it rang
}

// rehearsal watches a run for its alarms; nil without any.
type rehearsal struct {
	world    *world
	lens     *lens // by the minute, as alarms see it while it happens
	watchers []*behind
	refused  []TroubleResult
	failed   []failing
}

func newRehearsal(w *world) *rehearsal {
	if len(w.config.Alarms) == 0 {
		return nil
	}
	r := &rehearsal{world: w, lens: newLensOf(w, des.Time(time.Minute))}
	for i := range w.config.Alarms {
		for _, m := range w.config.Alarms[i].watches() {
			if m.apart() && !slices.ContainsFunc(r.lens.more, func(x apartMetric) bool { return x.Watched == m }) {
				r.lens.more = append(r.lens.more, apartMetric{Watched: m})
			}
		}
	}
	for _, k := range w.consumers {
		r.watchers = append(r.watchers, &behind{consumer: k, limit: w.ageLimit(k.Config.Name)})
	}
	r.failed = make([]failing, len(w.producers))
	return r
}

// second is told, at the end of each second, how much all shards refused in it.
func (r *rehearsal) second(now des.Time, refused int64) {
	if r == nil {
		return
	}
	r.lens.endSecond(now, refused)
	r.look(now, refused)
}

// finish lets every alarm look at the whole run, minute by minute, and says who noticed
// what.
func (r *rehearsal) finish(ended des.Time, result *Result) {
	if r == nil {
		return
	}
	w := r.lens.finish(ended)
	result.Troubles = r.troubles(ended, result)
	for i := range r.world.config.Alarms {
		a := newAlarmRun(&r.world.config.Alarms[i], w)
		result.Alarms = append(result.Alarms, a.play(ended.Seconds()))
	}
	notice(result)
	result.Unrehearsed = r.world.config.Unrehearsed
}

// alarmRun is an alarm that is played over what CloudWatch would have shown.
type alarmRun struct {
	*Alarm
	shown  *CloudWatch
	series [][]*float64 // by minute, of each metric that it watches
	result AlarmResult
}

func newAlarmRun(a *Alarm, w *CloudWatch) *alarmRun {
	unit := a.Unit()
	r := &alarmRun{Alarm: a, shown: w}
	for _, m := range a.watches() {
		r.series = append(r.series, minutesOf(&m, w))
	}
	r.result = AlarmResult{
		Name: a.Name, Metric: a.Named(), Consumer: a.Consumer, Shard: a.Shard, Statistic: a.Statistic, Unit: unit, Threshold: a.Threshold,
		Condition: a.Text(unitText(a.Threshold, unit)), Rang: []Spell{},
	}
	return r
}

// minutesOf are the minutes of a metric: null where CloudWatch has none.
func minutesOf(a *Watched, w *CloudWatch) []*float64 {
	values := make([]*float64, len(w.Hidden.StreamUse))
	if a.Metric == utilizationMetric {
		for i := range values {
			values[i] = &w.Hidden.StreamUse[i]
		}
		return values
	}
	for i := range w.Metrics {
		m := &w.Metrics[i]
		of := Watched{m.Metric, a.Consumer, m.Dimensions["ShardId"], m.Statistic}
		if m.Metric != a.Metric || a.Consumer != "" && m.Dimensions["ConsumerName"] != a.Consumer || a.Shard != of.Shard || (a.apart() || of.apart()) && of.Statistic != a.Statistic {
			continue
		}
		for at, v := range m.Values {
			if v != nil && (values[at] == nil || *v > *values[at]) { // without a consumer, the slowest
				values[at] = v
			}
		}
	}
	return values
}

// point is the data point of the minutes [from, to).
func (a *alarmRun) point(from, to int) (float64, bool) {
	if a.Math == nil {
		return a.Watched.point(a.series[0][from:to])
	}
	return a.Math.value(mathPeriod{from, to, func(i, from, to int) (float64, bool) { return a.Math.Of[i].point(a.series[i][from:to]) }})
}

// point is what a statistic makes of minutes. The average of a longer period is that of
// its minutes, as if each had as many calls.
func (a *Watched) point(values []*float64) (float64, bool) {
	var real []float64
	sum := 0.0
	for _, v := range values {
		if v != nil {
			real, sum = append(real, *v), sum+*v
		}
	}
	switch {
	case len(real) == 0:
		return 0, false
	case a.Statistic == "Maximum":
		return slices.Max(real), true
	case a.Statistic == "Minimum":
		return slices.Min(real), true
	case a.Statistic == "Average":
		return rounded(sum / float64(len(real))), true
	}
	return sum, true
}

// play looks each minute at the minutes that CloudWatch shows by then, until it has
// shown the last minute of the run.
func (a *alarmRun) play(ended float64) AlarmResult {
	r, bell := &a.result, a.Start()
	for i := range a.shown.Hidden.StreamUse {
		a.near(i + 1)
		end := float64(i+1) * 60
		if end > ended { // a minute that the run cut short
			end = ended
		}
		at := math.Ceil((end+a.shown.DelayS)/60) * 60
		ring := bell.Look(i+1, a.point)
		last := len(r.Rang) - 1
		switch {
		case ring.Turned:
			since := end
			if ring.Back > 0 {
				since = float64(i+1-ring.Back) * 60
			}
			r.Rang = append(r.Rang, Spell{AtS: at, SinceS: since, LateS: at - since, Value: ring.Value, Troubles: []int{}, toS: end})
		case ring.On:
			r.Rang[last].toS = end
		case last >= 0 && r.Rang[last].UntilS == nil:
			r.Rang[last].UntilS = &at
		}
	}
	r.State = bell.State()
	for _, s := range r.Rang {
		until := max(ended, s.AtS)
		if s.UntilS != nil {
			until = *s.UntilS
		}
		r.RangS += until - s.AtS
	}
	return *r
}

// near notes the data point that ends with a minute if none came nearer to the threshold
// from its good side, or went farther beyond it.
func (a *alarmRun) near(minutes int) {
	each := int(a.Period / time.Minute)
	if minutes%each != 0 {
		return
	}
	v, ok := a.point(minutes-each, minutes)
	r := &a.result
	above := a.Comparison == autoscale.Greater || a.Comparison == autoscale.GreaterOrEqual
	switch {
	case !ok:
		r.Gaps++
	case r.Nearest == nil, above && v > *r.Nearest, !above && v < *r.Nearest:
		r.Nearest, r.NearestAtS = &v, float64(minutes-each)*60
	}
}

// unitText is a value in words.
func unitText(v float64, unit string) string {
	switch unit {
	case "ms":
		return (time.Duration(v) * time.Millisecond).String()
	case "ratio":
		return fmt.Sprintf("%g %%", math.Round(v*1e6)/1e4)
	}
	return strings.TrimSpace(fmt.Sprintf("%g %s", v, unit))
}

// Over is what the alarm would have done over what CloudWatch showed of a run that took
// so many seconds; ok is false where that is coarser than the minutes that alarms see.
func (a *Alarm) Over(w *CloudWatch, seconds float64) (result AlarmResult, ok bool) {
	if w == nil || w.PeriodS != 60 {
		return AlarmResult{}, false
	}
	return newAlarmRun(a, w).play(seconds), true
}

// Unit is what the alarm's metric is counted in.
func (a *Alarm) Unit() string {
	if m, ok := FindAlarmMetric(a.Metric); ok {
		return m.Unit
	}
	return ""
}

// AlarmAbove is an alarm that rings where need of the last of minutes lie above a
// threshold; missing is what a minute without data counts for, by CloudWatch's word.
func AlarmAbove(name, metric, consumer string, threshold float64, of, need int, missing string) Alarm {
	a := Alarm{Name: name, Watched: Watched{Metric: metric, Consumer: consumer}, Alarm: autoscale.Alarm{
		Comparison: autoscale.Greater, Threshold: threshold, Period: time.Minute,
		EvaluationPeriods: of, DatapointsToAlarm: need, Missing: autoscale.Missing(missing),
	}}
	if m, ok := FindAlarmMetric(metric); ok {
		a.Statistic = m.Statistics[0]
	}
	return a
}
