package sim

import (
	"cmp"
	"slices"
	"time"

	"kinesim/sim/client"
	"kinesim/sim/des"
)

// TroubleResult is something in a run that somebody should have noticed.
type TroubleResult struct {
	Trouble  string   `json:"trouble"` // fault, refused_writes, behind, lost_records, failed_records or expectation
	Of       string   `json:"of,omitempty"`
	Text     string   `json:"text,omitempty"`    // of a fault
	Records  int64    `json:"records,omitempty"` // refused, lost or given up
	PeakMS   float64  `json:"peak_ms,omitempty"` // behind: the oldest unread record
	LimitMS  float64  `json:"limit_ms,omitempty"`
	FromS    float64  `json:"from_s"`
	ToS      float64  `json:"to_s"`
	By       string   `json:"noticed_by,omitempty"` // the alarm that rang first
	NoticedS *float64 `json:"noticed_at_s"`         // null: nobody would have noticed
	LateS    *float64 `json:"late_s"`               // from its beginning; below 0: the alarm rang before
}

// apart is how long it must be quiet for the next trouble of a kind to be another one.
const quietApart = des.Time(time.Minute)

// behind watches how old the oldest unread record of a consumer is.
type behind struct {
	consumer *client.Consumer
	limit    time.Duration
	found    []TroubleResult
	last     des.Time
}

// look is called at the end of each second.
func (b *behind) look(now des.Time) {
	age := b.consumer.OldestUnread(now)
	if age <= b.limit {
		return
	}
	if n := len(b.found); n == 0 || now-b.last > quietApart {
		b.found = append(b.found, TroubleResult{Trouble: "behind", Of: b.consumer.Config.Name, LimitMS: float64(b.limit) / 1e6, FromS: now.Seconds()})
	}
	f := &b.found[len(b.found)-1]
	f.PeakMS, f.ToS, b.last = max(f.PeakMS, float64(age)/1e6), now.Seconds(), now
}

// failing watches how many records a producer gives up.
type failing struct {
	before int64
	found  []TroubleResult
	last   des.Time
}

// ageLimit is how old a consumer's oldest unread record may become before it counts as
// trouble: what an expectation says, else half the retention, where people commonly put
// their alarm.
func (w *world) ageLimit(consumer string) time.Duration {
	limit := w.config.Stream.Retention / 2
	for i := range w.config.Expect {
		e := &w.config.Expect[i]
		if e.Metric == "iterator_age" && e.Op == Below && (e.Consumer == "" || e.Consumer == consumer) {
			limit = min(limit, time.Duration(e.Limit*1e6))
		}
	}
	return limit
}

// look watches refusals, readers and producers, at the end of each second.
func (r *rehearsal) look(now des.Time, refused int64) {
	span := func(list []TroubleResult, last des.Time, fresh TroubleResult, n int64) []TroubleResult {
		if len(list) == 0 || now-last > quietApart {
			fresh.FromS = max(0, (now - des.Time(time.Second)).Seconds())
			list = append(list, fresh)
		}
		f := &list[len(list)-1]
		f.Records, f.ToS = f.Records+n, now.Seconds()
		return list
	}
	if refused > 0 {
		last := des.Time(0)
		if n := len(r.refused); n > 0 {
			last = des.Time(r.refused[n-1].ToS * 1e9)
		}
		r.refused = span(r.refused, last, TroubleResult{Trouble: "refused_writes"}, refused)
	}
	for i, p := range r.world.producers {
		f := &r.failed[i]
		if failed := p.Total().Failed; failed > f.before {
			f.found = span(f.found, f.last, TroubleResult{Trouble: "failed_records", Of: p.Config.Name}, failed-f.before)
			f.before, f.last = failed, now
		}
	}
	for _, b := range r.watchers {
		b.look(now)
	}
}

// troubles are all that went wrong in the run, in the order of time.
func (r *rehearsal) troubles(ended des.Time, result *Result) []TroubleResult {
	list := append([]TroubleResult{}, r.refused...)
	for _, b := range r.watchers {
		list = append(list, b.found...)
	}
	for i := range r.failed {
		list = append(list, r.failed[i].found...)
	}
	for i := range result.Faults {
		f := &result.Faults[i]
		to := f.ToS
		if h := f.Recovery; h != nil && h.CaughtUpS != nil {
			to = max(to, f.FromS+*h.CaughtUpS)
		}
		if f.FromS < ended.Seconds() {
			list = append(list, TroubleResult{Trouble: "fault", Of: f.Consumer, Text: f.Text, FromS: f.FromS, ToS: min(to, ended.Seconds())})
		}
	}
	for i := range result.Consumers {
		if k := &result.Consumers[i]; k.ExpiredRecords > 0 && k.FirstExpiredAtS != nil {
			list = append(list, TroubleResult{Trouble: "lost_records", Of: k.Name, Records: k.ExpiredRecords, FromS: *k.FirstExpiredAtS, ToS: ended.Seconds()})
		}
	}
	list = append(list, missed(result)...)
	slices.SortStableFunc(list, func(a, b TroubleResult) int { return cmp.Compare(a.FromS, b.FromS) })
	return list
}

// elsewhere are the metrics whose trouble is told by its own kind.
var elsewhere = map[string]bool{
	"put_throttled_ratio": true, "put_failed_ratio": true, "failed_records": true, "iterator_age": true, "expired_records": true,
}

// missed are the worst moments of expectations that were missed.
func missed(result *Result) []TroubleResult {
	var list []TroubleResult
	for i := range result.Expectations {
		if e := &result.Expectations[i]; !e.Passed && e.WorstAtS != nil && !elsewhere[e.Metric] {
			list = append(list, TroubleResult{Trouble: "expectation", Of: e.Metric, Text: e.Where, FromS: *e.WorstAtS, ToS: *e.WorstAtS})
		}
	}
	return list
}

// notice says which alarm told of each trouble first. A spell tells of what happened in
// the time of the data points for which it rang. An alarm that never had a data point
// tells of nothing, however it treats missing data.
func notice(r *Result) {
	for i := range r.Troubles {
		t := &r.Troubles[i]
		for a := range r.Alarms {
			if r.Alarms[a].Nearest == nil {
				continue
			}
			for s := range r.Alarms[a].Rang {
				spell := &r.Alarms[a].Rang[s]
				if spell.toS <= t.FromS || spell.SinceS > t.ToS {
					continue
				}
				spell.Troubles = append(spell.Troubles, i)
				if at := spell.AtS; t.NoticedS == nil || at < *t.NoticedS {
					late := at - t.FromS
					t.By, t.NoticedS, t.LateS = r.Alarms[a].Name, &at, &late
				}
			}
		}
	}
}
