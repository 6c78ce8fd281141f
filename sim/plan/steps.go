package plan

import (
	"cmp"
	"fmt"
	"strconv"
	"sync"
	"time"

	"kinesim/model"
	"kinesim/sim"
)

// Step is a call that leads from one shard map to another.
type Step struct {
	Call      string            `json:"call"`
	Arguments map[string]string `json:"arguments"`
	AtS       float64           `json:"at"`     // when it is made, after the first
	WaitS     float64           `json:"wait_s"` // about how long the change takes (assumed)
	Shards    int               `json:"shards"` // open after it
	Most      int               `json:"most"`   // open at any time of it; they count to the quota
}

// Steps is the shortest sequence of calls from one map to another that loses no capacity
// on the way, one after the other as the service wants it.
//
// To an even map it is UpdateShardCount, doubled or halved as often as it takes: no call
// does more. To any other, each boundary that is to come takes a split and each that is to
// go a merge, so there is no shorter way by these; splits come first, so that no shard is
// ever fuller than in both maps. Where so many UpdateShardCount calls first and then the
// splits and merges from there are fewer in all, and l says that the even map between
// carries the load, that is the way. err is about a map that no calls reach.
func Steps(from, to model.ShardMap, l *Load, limits *model.Limits) ([]Step, error) {
	w := walker{shards: from, next: from.NextID(), limits: limits}
	if isEven(to) {
		w.resize(to.Len())
		return w.steps, w.err
	}
	best := differences(from, to)
	through := 0
	most := 1.0 // a map between may be as full as the present one
	if l != nil {
		most = max(most, l.Hottest(from))
	}
	for n := 1; n <= min(model.MaxShards, int(limits.ShardQuota)) && l != nil; n++ {
		even := model.EvenShards(n)
		if all := chain(from.Len(), n) + differences(even, to); all < best && l.Hottest(even) <= most {
			best, through = all, n
		}
		if n > to.Len()+best { // from there on the merges alone are more
			break
		}
	}
	if through > 0 {
		w.resize(through)
	}
	w.reshape(to)
	return w.steps, w.err
}

// isEven tells whether a map is as CreateStream and UpdateShardCount make it.
func isEven(m model.ShardMap) bool {
	even := model.EvenShards(m.Len())
	for i := range m.Len() {
		if m.At(i).Range != even.At(i).Range {
			return false
		}
	}
	return true
}

// chain is how many UpdateShardCount calls lead from one number of shards to another.
func chain(from, to int) int {
	n := 0
	for from != to {
		from = towards(from, to)
		n++
	}
	return n
}

// towards is the number of shards that is nearest to the wanted one after one call.
func towards(from, to int) int { return min(max(to, (from+1)/2), 2*from) }

// differences is how many boundaries of either map the other does not have.
func differences(a, b model.ShardMap) int {
	starts := map[model.HashKey]bool{}
	for i := range a.Len() {
		starts[a.At(i).Range.Start] = true
	}
	both := 0
	for i := range b.Len() {
		if starts[b.At(i).Range.Start] {
			both++
		}
	}
	return a.Len() + b.Len() - 2*both
}

// walker makes calls and keeps the map that they lead to.
type walker struct {
	shards model.ShardMap
	next   model.ShardID
	limits *model.Limits
	steps  []Step
	now    time.Duration   // when the next call may be made
	resets []time.Duration // of UpdateShardCount calls
	err    error
}

// resize calls UpdateShardCount until there are so many shards, evenly cut but for the
// rounding that the service leaves.
func (w *walker) resize(to int) {
	for more := w.shards.Len() != to || !isEven(w.shards); more && w.err == nil; more = w.shards.Len() != to {
		n := towards(w.shards.Len(), to)
		operations := w.shards.Resize(n, w.next)
		rounds, most := model.Rounds(operations, int(w.limits.UpdateShardCountParallel), w.shards.Len())
		wait := w.limits.UpdateShardCountStart + time.Duration(len(rounds))*w.limits.ReshardOperation
		if calls := int(w.limits.UpdateShardCountCalls); len(w.resets) >= calls { // ten in any 24 hours
			w.now = max(w.now, w.resets[len(w.resets)-calls]+24*time.Hour)
		}
		w.resets = append(w.resets, w.now)
		for _, round := range rounds {
			w.apply(round)
		}
		w.note("UpdateShardCount", map[string]string{"TargetShardCount": strconv.Itoa(n), "ScalingType": "UNIFORM_SCALING"}, wait, most)
	}
}

// reshape splits where the wanted map has a boundary and then merges where it has none.
func (w *walker) reshape(to model.ShardMap) {
	wanted := map[model.HashKey]bool{}
	for i := range to.Len() {
		wanted[to.At(i).Range.Start] = true
	}
	for i := range to.Len() {
		at := to.At(i).Range.Start
		s := w.shards.At(w.shards.Find(at))
		if s.Range.Start == at || w.err != nil {
			continue
		}
		w.apply([]model.Operation{{Shard: s.ID, Adjacent: model.NoShard, At: at, Child: w.next, Upper: w.next + 1}})
		w.note("SplitShard", map[string]string{"ShardToSplit": s.ID.String(), "NewStartingHashKey": at.String()}, w.limits.ReshardOperation, w.shards.Len())
	}
	for i := 0; i+1 < w.shards.Len() && w.err == nil; {
		a, b := w.shards.At(i), w.shards.At(i+1)
		if wanted[b.Range.Start] {
			i++
			continue
		}
		most := w.shards.Len()
		w.apply([]model.Operation{{Merge: true, Shard: a.ID, Adjacent: b.ID, Child: w.next, Upper: model.NoShard}})
		w.note("MergeShards", map[string]string{"ShardToMerge": a.ID.String(), "AdjacentShardToMerge": b.ID.String()}, w.limits.ReshardOperation, most)
	}
}

// apply carries operations out on the map.
func (w *walker) apply(operations []model.Operation) {
	after, opened, err := w.shards.Apply(operations)
	if err != nil {
		w.err = err
		return
	}
	w.shards = after
	for _, s := range opened {
		w.next = max(w.next, s.ID+1)
	}
}

// note adds a call. Where it takes more shards than the account may have, there is no way.
func (w *walker) note(call string, arguments map[string]string, wait time.Duration, most int) {
	if quota := int(min(w.limits.ShardQuota, model.MaxShards)); most > quota && w.err == nil {
		w.err = fmt.Errorf("%s takes %d open shards on the way, and the quota leaves %d", call, most, quota)
	}
	w.steps = append(w.steps, Step{call, arguments, w.now.Seconds(), wait.Seconds(), w.shards.Len(), max(most, w.shards.Len())})
	w.now += wait
}

// steps are the calls that lead from the present stream to the chosen capacity, and back, and
// what they do to those who write and read.
func (b *bench) steps(plan *Plan, best candidate) error {
	p := b.problem
	config := p.config(best)
	plan.Steps, plan.Back, plan.was, plan.stream = []Step{}, []Step{}, p.Was, config.Stream
	if p.Ways[best.way].Map == nil {
		if config.Stream.Mode != sim.Provisioned && p.Was.Mode == sim.Provisioned {
			plan.Steps = []Step{switched(config, "ON_DEMAND", p.Present.Len())}
			plan.Back = []Step{switched(config, "PROVISIONED", p.Present.Len())}
		}
		return nil
	}
	load := LoadOf(config)
	steps, err := Steps(p.Present, config.Stream.Shards, load, &config.Limits)
	if err != nil {
		plan.Warnings = append(plan.Warnings, "no way leads from the present shards to the chosen ones: "+err.Error())
		return nil
	}
	plan.Steps = steps
	chosen := renumbered(config.Stream.Shards)
	back, wayless := Steps(chosen, p.Present, load, &config.Limits)
	var errs [2]error
	var ways sync.WaitGroup
	there := plan.Steps
	ways.Go(func() { plan.Passage, errs[0] = b.passage(config, p.Present, there, "the way there") })
	if wayless == nil {
		plan.Back = back
		ways.Go(func() { plan.PassBack, errs[1] = b.passage(config, chosen, back, "the way back") })
	}
	ways.Wait()
	if err := cmp.Or(errs[:]...); err != nil {
		return err
	}
	if p.Was.Mode != "" && p.Was.Mode != sim.Provisioned { // first the mode, then the shards that it leaves
		first := switched(config, "PROVISIONED", p.Present.Len())
		for i := range plan.Steps {
			plan.Steps[i].AtS += first.WaitS
		}
		plan.Steps = append([]Step{first}, plan.Steps...)
	}
	return nil
}

// switched is the call that changes the mode, which leaves the shards as they are.
func switched(c *sim.Config, mode string, shards int) Step {
	return Step{Call: "UpdateStreamMode", Arguments: map[string]string{"StreamModeDetails": "StreamMode=" + mode}, WaitS: c.Limits.ModeSwitch.Seconds(), Shards: shards, Most: shards}
}

// renumbered is a map with shards numbered from 0: how it will be numbered is known only
// once it is there.
func renumbered(m model.ShardMap) model.ShardMap {
	starts := make([]model.HashKey, m.Len())
	for i := range starts {
		starts[i] = m.At(i).Range.Start
	}
	return toMap(starts)
}
