package plan

import (
	"fmt"
	"strconv"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/des"
)

// Passage is what happens while the calls of a plan are carried out, simulated with the load
// of the scenario: what is refused and how far readers fall behind, before, during and after.
type Passage struct {
	BeginsS float64  `json:"begins_s"` // when the first call is made
	EndsS   float64  `json:"ends_s"`   // when the last change is over
	Refused int      `json:"refused_calls"`
	Shards  int      `json:"shards"` // at the end
	Writes  Phases   `json:"put_throttled_ratio"`
	Readers []Reader `json:"readers"`
	Note    string   `json:"note,omitempty"` // why it was not played
}

// Reader is what one consumer feels.
type Reader struct {
	Consumer string `json:"consumer"`
	Age      Phases `json:"iterator_age_max_ms"`
	Delay    Phases `json:"propagation_delay_max_ms"`
}

// Phases are a value before the first call, until the last change is over, and after it; null
// where nothing was measured.
type Phases struct {
	Before *float64 `json:"before"`
	During *float64 `json:"during"`
	After  *float64 `json:"after"`
}

// How long is looked at before and after the calls, and how much of calls is played.
const (
	calm        = 2 * time.Minute
	longCalm    = 15 * time.Minute // after a long passage
	longPassage = 6 * time.Hour
	mostPassing = 50e6        // records; a second's worth is some 20 million
	look        = time.Second // how long it takes to see that a change is over and to make the next call
)

// passage plays the calls that lead from one map to another.
func (b *bench) passage(c *sim.Config, from model.ShardMap, steps []Step, what string) (*Passage, error) {
	if len(steps) == 0 {
		return nil, nil
	}
	begin := c.Clock.Warmup + calm
	end := begin + ends(steps) + time.Duration(len(steps))*look
	if end-begin > longPassage {
		return &Passage{Note: fmt.Sprintf("not played: the calls take %s", (end - begin).Round(time.Minute))}, nil
	}
	v, err := rehearsed(c, from, steps, begin, end)
	if err != nil {
		return nil, err
	}
	if v.Resolution == sim.ByRecord {
		v.Resolution, _ = v.Choose()
	}
	if records := offered(v); records > mostPassing && v.Resolution == sim.ByRecord {
		return &Passage{Note: fmt.Sprintf("not played: about %.0f million records in the %s that the calls take, which can only be played one by one", records/1e6, (end - begin).Round(time.Minute))}, nil
	}
	o, err := b.alone(v, what)
	if err != nil {
		return nil, err
	}
	p := &Passage{BeginsS: begin.Seconds(), EndsS: begin.Seconds(), Shards: o.result.Stream.OpenShards, Readers: []Reader{}}
	for i := range o.result.Changes {
		if change := &o.result.Changes[i]; change.Error != "" {
			p.Refused++
		} else if change.DoneS != nil {
			p.EndsS = max(p.EndsS, *change.DoneS)
		}
	}
	next := o.result.Expectations
	take := func() Phases {
		ph := Phases{next[0].Measured, next[1].Measured, next[2].Measured}
		next = next[3:]
		return ph
	}
	p.Writes = take()
	for _, k := range v.Consumers {
		p.Readers = append(p.Readers, Reader{k.Name, take(), take()})
	}
	return p, nil
}

// ends is when the last of some calls is over, after the first.
func ends(steps []Step) time.Duration {
	last := &steps[len(steps)-1]
	return time.Duration((last.AtS + last.WaitS) * float64(time.Second))
}

// rehearsed is a configuration that makes the calls and measures the three phases. Faults and
// autoscalers are left out: what is looked at is what the calls alone do.
func rehearsed(c *sim.Config, from model.ShardMap, steps []Step, begin, end time.Duration) (*sim.Config, error) {
	v := *c
	v.Stream.Shards, v.Faults, v.Autoscale, v.Compare, v.Expect, v.Reshard = from, nil, nil, nil, nil, nil
	v.Clock.Duration = end + min(max(calm, (end-begin)/4), longCalm)
	for i := range steps {
		call, err := steps[i].call()
		if err != nil {
			return nil, err
		}
		call.At = des.Time(begin + time.Duration(steps[i].AtS*float64(time.Second)) + time.Duration(i)*look)
		v.Reshard = append(v.Reshard, call)
	}
	phases := func(metric, consumer, stat string) {
		edges := []time.Duration{c.Clock.Warmup, begin, end, v.Clock.Duration}
		for i := range 3 {
			v.Expect = append(v.Expect, sim.Expectation{Metric: metric, Consumer: consumer, Stat: stat, Op: sim.Below, Limit: 1, P: 1, Warn: true,
				From: des.Time(edges[i]), To: des.Time(edges[i+1]), Windowed: true})
		}
	}
	phases("put_throttled_ratio", "", "")
	for _, k := range v.Consumers {
		phases("iterator_age", k.Name, "max")
		phases("propagation_delay", k.Name, "max")
	}
	return &v, nil
}

// call is a step as a scenario makes it.
func (s *Step) call() (sim.Reshard, error) {
	switch s.Call {
	case "UpdateShardCount":
		n, err := strconv.Atoi(s.Arguments["TargetShardCount"])
		return sim.Reshard{Update: &sim.UpdateShardCount{Target: n}}, err
	case "SplitShard":
		id, err := model.ParseShardID(s.Arguments["ShardToSplit"])
		if err != nil {
			return sim.Reshard{}, err
		}
		at, err := model.ParseHashKey(s.Arguments["NewStartingHashKey"])
		return sim.Reshard{Split: &sim.SplitShard{Shard: sim.ShardPick{ID: id}, Point: sim.SplitAtKey, At: at}}, err
	case "MergeShards":
		id, err := model.ParseShardID(s.Arguments["ShardToMerge"])
		if err != nil {
			return sim.Reshard{}, err
		}
		adjacent, err := model.ParseShardID(s.Arguments["AdjacentShardToMerge"])
		return sim.Reshard{Merge: &sim.MergeShards{Shard: sim.ShardPick{ID: id}, Adjacent: &adjacent}}, err
	}
	return sim.Reshard{}, fmt.Errorf("no call %s", s.Call)
}
