package scenarios

import (
	"fmt"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
)

// rehearse plays the calls of the control plane on a stream without records, as far as
// it is known beforehand what they mean: which shard is the hottest is not, nor what an
// autoscaler will do. What can never work is a problem; what the service refuses for the
// moment is a warning, since a scenario may want to show just that.
func (c *compiler) rehearse(calls []*Reshard) {
	if c.problems.Errors() {
		return
	}
	s := kinesis.New(kinesis.Config{
		Limits: c.config.Limits, Shards: c.config.Stream.Shards, Retention: c.config.Stream.Retention, MaxRecordSize: c.config.Stream.MaxRecordSize,
		Mode: c.config.Stream.Mode.Service(),
	})
	known := s.Mode() == kinesis.Provisioned && c.config.Autoscale == nil
	for i := range c.config.Reshard {
		call := &c.config.Reshard[i]
		for s.Due() <= call.At {
			s.Step(s.Due())
		}
		if known {
			known = c.rehearsed(s, call, calls[i])
		} else {
			c.restrained(s, call, calls[i])
		}
	}
	if !known {
		return
	}
	for s.Due() < des.Time(c.config.Clock.Duration) {
		s.Step(s.Due())
	}
	c.lineage = s
}

// rehearsed plays one call. It returns whether what comes after is still known.
func (c *compiler) rehearsed(s *kinesis.Stream, call *sim.Reshard, at *Reshard) bool {
	switch {
	case call.Update != nil:
		open := s.OpenShards().Len()
		fault := s.UpdateShardCount(call.At, call.Update.Target)
		if call.Update.Target == open && fault == (kinesis.Fault{}) {
			c.warn(problem{code: codeUnused, message: fmt.Sprintf("the stream has %s at %s already; the call only counts as one of those of the day", count(open, "shard"), at.At)}, at.UpdateShardCount, at)
		}
		c.refused(fault, between(open, call.Update.Target), at.UpdateShardCount, at)
	case call.Split != nil:
		return c.splits(s, call, at.SplitShard, at)
	case call.Merge != nil:
		return c.merges(s, call, at.MergeShards, at)
	default:
		c.switches(s, call, at)
		return call.Mode == sim.Provisioned
	}
	return true
}

// restrained plays a call on a stream whose shards are not known any more: what is left
// to know is its mode.
func (c *compiler) restrained(s *kinesis.Stream, call *sim.Reshard, at *Reshard) {
	switch {
	case call.Mode != "":
		c.switches(s, call, at)
	case s.Mode() == kinesis.OnDemand:
		c.warn(problem{code: codeRefused, message: "the service will refuse this call (ValidationException): the stream is on-demand, so the service scales it"}, at)
	}
}

// switches rehearses a change of the mode. From one kind of on-demand to the other is a
// setting of the account, and no switch.
func (c *compiler) switches(s *kinesis.Stream, call *sim.Reshard, at *Reshard) {
	if mode := call.Mode.Service(); mode == kinesis.Provisioned || s.Mode() == kinesis.Provisioned {
		c.refused(s.UpdateStreamMode(call.At, mode), "", at.UpdateStreamMode, at)
	}
}

// splits rehearses a split.
func (c *compiler) splits(s *kinesis.Stream, call *sim.Reshard, at *SplitShard, parent *Reshard) bool {
	id := call.Split.Shard.ID
	if call.Split.Shard.Which != sim.ByID || call.Split.Point == sim.SplitOptimal {
		return false
	}
	if !c.isOpen(s, id, &at.Shard) {
		return false
	}
	i, _ := s.OpenShards().Lookup(id)
	shard := s.OpenShards().At(i)
	point := call.Split.At
	if call.Split.Point == sim.SplitMidpoint {
		point = shard.Range.Midpoint()
	}
	if !shard.CanSplit(point) {
		c.fail(problem{code: codeConflict, message: fmt.Sprintf("%s cannot be split at %s (InvalidArgumentException): it owns %s to %s, and both children need room", id, point, shard.Range.Start, shard.Range.End)}, &at.At, at)
		return false
	}
	c.refused(s.SplitShard(call.At, id, point), "", &at.Shard, parent)
	return true
}

// merges rehearses a merge.
func (c *compiler) merges(s *kinesis.Stream, call *sim.Reshard, at *MergeShards, parent *Reshard) bool {
	id := call.Merge.Shard.ID
	if call.Merge.Shard.Which != sim.ByID || !c.isOpen(s, id, &at.Shard) || call.Merge.Adjacent == nil {
		return false
	}
	other := *call.Merge.Adjacent
	if !c.isOpen(s, other, at.Adjacent) {
		return false
	}
	open := s.OpenShards()
	a, _ := open.Lookup(id)
	b, _ := open.Lookup(other)
	if b != a+1 {
		p := problem{code: codeConflict, message: fmt.Sprintf("%s does not follow %s in the hash key space (InvalidArgumentException); only neighbours can be merged, the lower one first", other, id)}
		switch {
		case a == b+1:
			p.hint = fmt.Sprintf("write {shard: %s, adjacent: %s}", other, id)
		case a+1 < open.Len():
			p.hint = fmt.Sprintf("the neighbour above is %s", open.At(a+1).ID)
		}
		c.fail(p, at.Adjacent)
		return false
	}
	c.refused(s.MergeShards(call.At, id, other), "", &at.Shard, parent)
	return true
}

// isOpen tells whether a shard is open, and complains if it is not.
func (c *compiler) isOpen(s *kinesis.Stream, id model.ShardID, at any) bool {
	if _, ok := s.OpenShards().Lookup(id); ok {
		return true
	}
	if s.Lookup(id) >= 0 {
		c.complain(codeReference, at, "%s is closed by then (InvalidArgumentException)", id)
		return false
	}
	if s.Updating() { // its number may be that of a child that is on its way
		return true
	}
	first, last := s.OpenShards().At(0).ID, s.OpenShards().NextID()-1
	c.fail(problem{code: codeReference, message: fmt.Sprintf("there is no %s by then (ResourceNotFoundException)", id), accepted: fmt.Sprintf("hottest, coldest, or an open shard between %s and %s", first, last)}, at)
	return false
}

// refused warns of a call that the service will refuse.
func (c *compiler) refused(f kinesis.Fault, hint string, values ...any) {
	if f != (kinesis.Fault{}) {
		c.warn(problem{code: codeRefused, message: fmt.Sprintf("the service will refuse this call (%s): %s", f.Name, f.Message), hint: hint}, values...)
	}
}

// between is the way to a number of shards that one call does not reach.
func between(open, target int) string {
	switch {
	case target > 2*open:
		return fmt.Sprintf("go to %d first", 2*open)
	case 2*target < open:
		return fmt.Sprintf("go to %d first", (open+1)/2)
	}
	return ""
}
