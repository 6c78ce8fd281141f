package kinesis

import (
	"fmt"
	"slices"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// Fault is why the control plane refuses a call: the name that the service gives the
// error, and what it means here. The zero Fault is no error.
type Fault struct{ Name, Message string }

// Names of errors, as in the API reference.
const (
	errInUse      = "ResourceInUseException"
	errLimit      = "LimitExceededException"
	errArgument   = "InvalidArgumentException"
	errValidation = "ValidationException"
	errNotFound   = "ResourceNotFoundException"
)

// Mode is the capacity mode of a stream as the API knows it; Standard or Advantage is
// a setting of the account.
type Mode uint8

// The modes.
const (
	Provisioned Mode = iota
	OnDemand
)

// control is what the control plane knows of a stream.
type control struct {
	mode   Mode
	next   model.ShardID // of the next child
	rounds []round       // of the change under way, the next one first
	due    des.Time      // when the stream is ACTIVE again
	to     Mode          // after that

	updates, switches, pieces []des.Time // when calls were accepted: UpdateShardCount, UpdateStreamMode; when SplitShard and MergeShards were made
}

// round is splits and merges that take effect together.
type round struct {
	at         des.Time
	operations []model.Operation
}

// day is the span of the quotas on calls.
const day = 24 * time.Hour

// callsASecond is how many SplitShard and MergeShards calls a stream takes (quotas
// page, 2026).
const callsASecond = 5

// Updating tells whether the stream's status is UPDATING. Writes and reads go on.
func (s *Stream) Updating() bool { return s.control.due > 0 }

// Mode is the capacity mode.
func (s *Stream) Mode() Mode { return s.control.mode }

// SplitShard asks for a shard to be split so that the upper child begins at a hash key.
func (s *Stream) SplitShard(now des.Time, shard model.ShardID, at model.HashKey) Fault {
	if f := s.piecewise(now); f != (Fault{}) {
		return f
	}
	place, ok := s.open.Lookup(shard)
	switch {
	case !ok:
		return s.notOpen(shard)
	case !s.open.At(place).CanSplit(at):
		r := s.open.At(place).Range
		return Fault{errArgument, fmt.Sprintf("the upper child of %v cannot begin at %v: it owns %v to %v, and both children need room", shard, at, r.Start, r.End)}
	case s.open.Len()+1 > s.mostShards():
		return s.overQuota(s.open.Len() + 1)
	}
	c := &s.control
	o := model.Operation{Shard: shard, Adjacent: model.NoShard, At: at, Child: c.next, Upper: c.next + 1}
	c.next += 2
	s.begin(now, 0, [][]model.Operation{{o}})
	return Fault{}
}

// MergeShards asks for a shard and the one whose range follows to become one.
func (s *Stream) MergeShards(now des.Time, shard, adjacent model.ShardID) Fault {
	if f := s.piecewise(now); f != (Fault{}) {
		return f
	}
	a, ok := s.open.Lookup(shard)
	b, okToo := s.open.Lookup(adjacent)
	switch {
	case !ok:
		return s.notOpen(shard)
	case !okToo:
		return s.notOpen(adjacent)
	case b != a+1:
		return Fault{errArgument, fmt.Sprintf("the range of %v does not follow that of %v", adjacent, shard)}
	}
	c := &s.control
	o := model.Operation{Merge: true, Shard: shard, Adjacent: adjacent, Child: c.next, Upper: model.NoShard}
	c.next++
	s.begin(now, 0, [][]model.Operation{{o}})
	return Fault{}
}

// piecewise is what refuses any SplitShard or MergeShards.
func (s *Stream) piecewise(now des.Time) Fault {
	c := &s.control
	c.pieces = append(since(c.pieces, now.Add(-time.Second)), now)
	switch {
	case len(c.pieces) > callsASecond:
		return Fault{errLimit, fmt.Sprintf("more than %d calls in a second", callsASecond)}
	case c.mode == OnDemand:
		return Fault{errValidation, "the stream is on-demand: the service scales it"}
	}
	return s.busy()
}

// busy refuses what needs a stream that is ACTIVE.
func (s *Stream) busy() Fault {
	if s.Updating() {
		return Fault{errInUse, "the stream is UPDATING"}
	}
	return Fault{}
}

// notOpen refuses a shard that is closed, or that there never was.
func (s *Stream) notOpen(id model.ShardID) Fault {
	for i := range s.shards {
		if s.shards[i].ID == id {
			return Fault{errArgument, fmt.Sprintf("%v is closed", id)}
		}
	}
	return Fault{errNotFound, fmt.Sprintf("there is no %v", id)}
}

func (s *Stream) mostShards() int { return int(min(s.limits.ShardQuota, model.MaxShards)) }

func (s *Stream) overQuota(shards int) Fault {
	return Fault{errLimit, fmt.Sprintf("%d open shards would be past the quota of %d", shards, s.mostShards())}
}

// UpdateShardCount asks for so many evenly cut shards. The classes of the errors are
// those of kinesalite's pull request 48, the best evidence there is.
func (s *Stream) UpdateShardCount(now des.Time, target int) Fault {
	c, open := &s.control, s.open.Len()
	c.updates = since(c.updates, now.Add(-day))
	if c.mode == OnDemand {
		return Fault{errValidation, "the stream is on-demand: the service scales it"}
	}
	if f := s.busy(); f != (Fault{}) {
		return f
	}
	switch {
	case target < 1:
		return Fault{errValidation, fmt.Sprintf("%d shards", target)}
	case int64(len(c.updates)) >= s.limits.UpdateShardCountCalls:
		return Fault{errLimit, fmt.Sprintf("%d calls were accepted in the last 24 hours", len(c.updates))}
	case target > 2*open:
		return Fault{errLimit, fmt.Sprintf("%d is more than double the %d open shards", target, open)}
	case 2*target < open:
		return Fault{errLimit, fmt.Sprintf("%d is less than half of the %d open shards", target, open)}
	}
	operations := s.open.Resize(target, c.next)
	rounds, most := model.Rounds(operations, int(s.limits.UpdateShardCountParallel), open)
	if most > s.mostShards() {
		return s.overQuota(most)
	}
	for _, o := range operations {
		c.next = max(c.next, o.Child+1, o.Upper+1)
	}
	c.updates = append(c.updates, now)
	s.begin(now, s.limits.UpdateShardCountStart, rounds)
	return Fault{}
}

// UpdateStreamMode asks for another capacity mode. The shards stay as they are.
func (s *Stream) UpdateStreamMode(now des.Time, mode Mode) Fault {
	c := &s.control
	c.switches = since(c.switches, now.Add(-day))
	if f := s.busy(); f != (Fault{}) {
		return f
	}
	switch {
	case mode == c.mode:
		return Fault{errValidation, "the stream has that mode already"}
	case int64(len(c.switches)) >= s.limits.ModeSwitches:
		return Fault{errLimit, fmt.Sprintf("%d switches in the last 24 hours", len(c.switches))}
	}
	c.switches = append(c.switches, now)
	c.to, c.due = mode, max(now.Add(s.limits.ModeSwitch), now+1)
	return Fault{}
}

// Scale makes the splits and merges that the service itself has decided on, at once.
// Children get their numbers here.
func (s *Stream) Scale(now des.Time, operations []model.Operation) Change {
	for i := range operations {
		o, c := &operations[i], &s.control
		o.Child, o.Upper = c.next, model.NoShard
		if c.next++; !o.Merge {
			o.Upper = c.next
			c.next++
		}
	}
	return s.change(now, operations)
}

// NextID is the number of the next child.
func (s *Stream) NextID() model.ShardID { return s.control.next }

// CallsLeft is how many UpdateShardCount calls would be accepted for their number.
func (s *Stream) CallsLeft(now des.Time) int {
	s.control.updates = since(s.control.updates, now.Add(-day))
	return int(s.limits.UpdateShardCountCalls) - len(s.control.updates)
}

// since are the instants after t.
func since(calls []des.Time, t des.Time) []des.Time {
	return slices.DeleteFunc(calls, func(at des.Time) bool { return at <= t })
}

// begin plans a change: after a start, round after round.
func (s *Stream) begin(now des.Time, start time.Duration, rounds [][]model.Operation) {
	c := &s.control
	at := now.Add(start)
	for _, operations := range rounds {
		at = at.Add(s.limits.ReshardOperation)
		c.rounds = append(c.rounds, round{at, operations})
	}
	c.due, c.to = max(at, now+1), c.mode
}

// Due is when the next step of what is under way takes effect: splits and merges, or
// the end of it; des.Forever: nothing is under way.
func (s *Stream) Due() des.Time {
	c := &s.control
	switch {
	case len(c.rounds) > 0:
		return c.rounds[0].at
	case s.Updating():
		return c.due
	}
	return des.Forever
}

// Step takes the step that is due at now. After the last one the stream is ACTIVE.
func (s *Stream) Step(now des.Time) Change {
	c := &s.control
	var change Change
	if len(c.rounds) > 0 && c.rounds[0].at <= now {
		change = s.change(now, c.rounds[0].operations)
		c.rounds = c.rounds[1:]
	}
	if len(c.rounds) == 0 && c.due <= now {
		c.due, c.mode = 0, c.to
		s.kibs = s.kibs || c.mode == OnDemand
	}
	return change
}

// Planned are the operations of the change under way that are still to come.
func (s *Stream) Planned() (operations []model.Operation) {
	for _, r := range s.control.rounds {
		operations = append(operations, r.operations...)
	}
	return operations
}
