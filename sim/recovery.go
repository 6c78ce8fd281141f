package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kinesim/sim/client"
	"kinesim/sim/des"
)

// Recovery is told of a run in which writes were refused long after the load was
// back to what the shards take: by then it is the retries alone that fill them.
type Recovery struct {
	OverloadEnded float64  `json:"overload_ended_s"` // from then on the first attempts would have fitted
	RefusalsEnded *float64 `json:"refusals_ended_s"` // null: not before the end of the run
	LastedS       float64  `json:"lasted_s"`
	CuredBy       []Cure   `json:"cured_by"`
}

// Cure is a retry policy with which refusals would have ended sooner.
type Cure struct {
	Retry   string  `json:"retry"` // as a scenario writes it
	Set     string  `json:"set"`
	LastedS float64 `json:"lasted_s"`
	Failed  int64   `json:"failed_records"`
}

// outlasting is how long refusals may go on after an overload without comment: a
// queue of retries needs its time to drain.
const outlasting = 30 * time.Second

// recovery follows, window by window, when shards were asked for more than they
// take and when writes were refused.
type recovery struct {
	overloaded     des.Time // the end of the last window with more first attempts than a shard takes; 0: none yet
	worst          des.Time // the longest span of refusals after an overload
	ended, refused des.Time // when that overload and those refusals ended
}

// window is told of the end of a window: whether first attempts alone were too many
// for some shard, and whether any write was refused.
func (r *recovery) window(now des.Time, over, refusing bool) {
	switch {
	case over:
		r.overloaded = now
	case refusing && r.overloaded > 0 && now-r.overloaded > r.worst:
		r.worst, r.ended, r.refused = now-r.overloaded, r.overloaded, now
	}
}

// result is what there is to tell of a run that ended at an instant; nil: nothing.
func (r *recovery) result(end des.Time) *Recovery {
	if r.worst < des.Time(outlasting) {
		return nil
	}
	told := &Recovery{OverloadEnded: r.ended.Seconds(), LastedS: r.worst.Seconds(), CuredBy: []Cure{}}
	if r.refused < end {
		refused := r.refused.Seconds()
		told.RefusalsEnded = &refused
	}
	return told
}

// cures are the retry policies that are tried, the gentlest first.
var cures = []struct {
	text   string
	policy client.Retry
}{
	{"{backoff: {base: 100ms, max: 5s, give_up_after: 30s}}", client.Backoff{Base: 100 * time.Millisecond, Max: 5 * time.Second, Jitter: client.JitterFull, GiveUpAfter: 30 * time.Second}},
	{"{backoff: {base: 100ms, max: 1s, give_up_after: 5s}}", client.Backoff{Base: 100 * time.Millisecond, Max: time.Second, Jitter: client.JitterFull, GiveUpAfter: 5 * time.Second}},
}

// recover tries other retry policies until one ends the refusals in a quarter of
// the time.
func (t *tester) recover(r *Recovery) {
	if !slices.ContainsFunc(t.config.Producers, func(p client.ProducerConfig) bool { return p.Put.KPL == nil }) {
		return
	}
	for _, cure := range cures {
		var flags []string
		v := t.run(func(v *Config) {
			for i := range v.Producers {
				p := &v.Producers[i]
				if p.Put.KPL != nil { // sends again in its own way
					continue
				}
				p.Retry = cure.policy
				flags = append(flags, fmt.Sprintf("--set 'producers.%s.retry=%s'", p.Name, cure.text))
			}
		})
		if v == nil {
			return
		}
		lasted := 0.0
		if v.Recovery != nil {
			lasted = v.Recovery.LastedS
		}
		if lasted > r.LastedS/4 {
			continue
		}
		c := Cure{Retry: cure.text, Set: strings.Join(flags, " "), LastedS: lasted}
		for _, p := range v.Producers {
			c.Failed += p.FailedRecords
		}
		r.CuredBy = append(r.CuredBy, c)
		return
	}
}
