package plan

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
)

// ShardLoads are how full the shards of an even and of an uneven map of the same number are
// when the load is highest, in the order of their hash keys.
type ShardLoads struct {
	Even   []float64 `json:"even"`
	Uneven []float64 `json:"uneven"`
}

// LimitUse is how much of a limit the fullest shard uses when the load is highest.
type LimitUse struct {
	Limit string  `json:"limit"`
	Use   float64 `json:"use"` // 1 is the limit
}

// evidence gathers what the pictures of a plan show beside its answer.
func (b *bench) evidence(plan *Plan, best candidate) error {
	config := b.problem.config(best)
	var err error
	if plan.Played, err = b.everything(); err != nil {
		return err
	}
	plan.LimitUse = limitUse(config, plan.Result)
	if n := config.Stream.Shards.Len(); b.problem.Ways[best.way].Map != nil && n > 1 {
		if load := LoadOf(config); len(load.Keys) > 0 {
			plan.ShardLoads = &ShardLoads{load.shares(model.EvenShards(n)), load.shares(load.Coolest(n))}
		}
	}
	return nil
}

// everything are all capacities that were played, by way and number of shards; those that only
// the search looked at as it saw them.
func (b *bench) everything() ([]Candidate, error) {
	b.mu.Lock()
	seen := map[candidate]bool{} // whether only roughly
	for t := range b.runs {
		rough, again := seen[t.candidate]
		seen[t.candidate] = t.rough && (rough || !again)
	}
	b.mu.Unlock()
	all := slices.SortedFunc(maps.Keys(seen), func(a, c candidate) int { return cmp.Or(cmp.Compare(a.way, c.way), cmp.Compare(a.shards, c.shards)) })
	list := []Candidate{}
	for _, c := range all {
		runs, err := b.severalAt(c, b.played(c, seen[c]), seen[c])
		if err != nil {
			return nil, err
		}
		list = append(list, b.summary(c, runs))
	}
	return list, nil
}

// slowest is the largest 99th percentile of the propagation delay of any consumer, in ms; nil
// where nobody read anything.
func slowest(r *sim.Result) *float64 {
	var most *float64
	for i := range r.Consumers {
		if p := r.Consumers[i].PropagationDelay.P99; p != nil && (most == nil || *p > *most) {
			most = p
		}
	}
	return most
}

// limitUse is how full the fullest shard is by each limit: its mean rates of the run, raised to
// where the producers are at their highest.
func limitUse(c *sim.Config, r *sim.Result) []LimitUse {
	span := (c.Clock.Duration - c.Clock.Warmup).Seconds()
	peakRecords, peakBytes := PeakLoad(c)
	raised := func(peak, offered float64) float64 {
		if offered <= 0 || span <= 0 {
			return 1
		}
		return max(1, peak/(offered/span))
	}
	var records, bytes float64 // a second, of the fullest shards
	for i := range r.Shards {
		s := &r.Shards[i]
		records = max(records, float64(s.IncomingRecords)/span)
		bytes = max(bytes, float64(s.IncomingBytes)/span)
	}
	records *= raised(peakRecords, float64(r.Stream.OfferedRecords))
	bytes *= raised(peakBytes, float64(r.Stream.OfferedBytes))
	uses := []LimitUse{{"records in", records / r.Stream.ShardRecordsPerS}, {"bytes in", bytes / r.Stream.ShardBytesPerS}}
	classic, fanout, calls := 0.0, 0.0, 0.0
	for _, k := range c.Consumers {
		if k.Kind.Fanout() {
			fanout = 1
			continue
		}
		classic++
		if poll, ok := k.Kind.(client.Classic); ok && poll.Interval > 0 {
			calls += 1 / poll.Interval.Seconds()
		}
	}
	if classic > 0 {
		uses = append(uses, LimitUse{"bytes out, classic readers together", classic * bytes / float64(c.Limits.ReadBytesPerSecond)})
	}
	if calls > 0 {
		uses = append(uses, LimitUse{"GetRecords calls", calls / float64(c.Limits.ReadCallsPerSecond)})
	}
	if fanout > 0 {
		uses = append(uses, LimitUse{"bytes out, each fan-out consumer", bytes / float64(c.Limits.EFOBytesPerSecond)})
	}
	return uses
}

// uses are the utilisations at which the modes are compared: from a hundredth to the brim.
const usesCount = 129

// byUse reckons the bills of the ways at a fixed capacity, the shards of the cheapest provisioned
// one, from nearly idle to full: where a stream that is used so much is cheaper by the shard or
// by the byte.
func (e *BreakEven) byUse(results []*sim.Result) {
	for _, r := range results {
		if r.Stream.Mode != string(sim.Provisioned) || r.Cost.PerMonth <= 0 {
			continue
		}
		shards, span := 0.0, 0.0
		for _, i := range r.Cost.Items {
			if i.Item == "open shards" {
				shards = i.Quantity
			}
		}
		if span = measured(r); span <= 0 || shards <= 0 {
			return
		}
		open := float64(r.Stream.OpenShards)
		e.Use = max(float64(r.Stream.IncomingRecords)/span/r.Stream.ShardRecordsPerS, float64(r.Stream.IncomingBytes)/span/r.Stream.ShardBytesPerS) / open
		break
	}
	if e.Use <= 0 {
		return
	}
	for i := range usesCount {
		use := math.Pow(10, -2+2*float64(i)/(usesCount-1))
		e.Uses = append(e.Uses, math.Round(use*1e4)/1e4)
	}
	for i := range e.Ways {
		for _, use := range e.Uses {
			e.Ways[i].ByUse = append(e.Ways[i].ByUse, costAt(results[i].Cost.Items, fixed, use/e.Use))
		}
	}
}

// measured is how long a run was measured, in seconds.
func measured(r *sim.Result) float64 { return r.Clock.DurationS - r.Clock.WarmupS }
