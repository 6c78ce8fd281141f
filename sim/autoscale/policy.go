package autoscale

import (
	"fmt"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// Minute is one minute as CloudWatch shows it, summed over the stream.
type Minute struct {
	End                            des.Time
	IncomingRecords, IncomingBytes int64 // accepted
	WriteThrottled, ReadThrottled  int64 // refused records, refused GetRecords calls
	OutgoingRecords, OutgoingBytes int64 // GetRecords.Records, GetRecords.Bytes: of all classic readers
	IteratorAge                    time.Duration
	HasAge                         bool // no data point when nobody reads
}

// Observation is what a policy sees at an instant.
type Observation struct {
	Now        des.Time
	Minutes    []Minute // those CloudWatch shows by now: the last 24 h, each minute once, oldest first
	OpenShards int      // as DescribeStreamSummary says
	Updating   bool     // the stream is UPDATING, or a piecemeal change is not yet through
	CallsLeft  int      // of the UpdateShardCount calls of a rolling 24 h; most policies do not look
	Limits     *model.Limits
}

// Decision is what a policy wants. The zero Decision is to leave things as they are.
type Decision struct {
	Shards    int    // wanted; 0: nothing to do
	Piecemeal bool   // by SplitShard and MergeShards calls one at a time, not UpdateShardCount
	Saw       string // in words with numbers and units
	Reason    string // why it acts
}

// Policy is an immutable specification.
type Policy interface {
	Kind() string         // the policy's name in scenarios
	Every() time.Duration // how often it looks
	Validate() error      // names the field and the legal range
	Start() Scaler        // fresh running state
}

// Scaler is a policy that runs.
type Scaler interface {
	Decide(*Observation) Decision
	// Answered tells what became of the last wish: err is the name of the service's
	// error, empty if the call was accepted. It comes before the next Decide.
	Answered(now des.Time, shards int, err string)
}

// Bounds are the least and the most shards that a policy may want. Zero leaves the end
// open: one shard, and what the service allows.
type Bounds struct{ Min, Max int }

func (b Bounds) clamp(shards int) int {
	most := model.MaxShards
	if b.Max > 0 {
		most = b.Max
	}
	return min(max(shards, b.Min, 1), most)
}

func (b Bounds) validate() error {
	switch {
	case b.Min < 0 || b.Min > model.MaxShards:
		return fmt.Errorf("min_shards is %d; 0 to %d", b.Min, model.MaxShards)
	case b.Max < 0 || b.Max > model.MaxShards:
		return fmt.Errorf("max_shards is %d; 0 to %d", b.Max, model.MaxShards)
	case b.Max > 0 && b.Max < b.Min:
		return fmt.Errorf("max_shards is %d, below min_shards of %d", b.Max, b.Min)
	}
	return nil
}

// oneCall is how far towards shards a single UpdateShardCount call goes: at most twice
// and at least half of what is open (API reference, UpdateShardCount). A policy that does
// not heed it has its call refused.
func oneCall(open, shards int) int { return min(max(shards, (open+1)/2), 2*open) }

// underway follows a change that the service has accepted, until the stream is ACTIVE.
type underway struct{ shards int } // 0: none

// over tells, once, that the change has come to its end.
func (u *underway) over(o *Observation) bool {
	if u.shards == 0 || o.Updating {
		return false
	}
	u.shards = 0
	return true
}

// between refuses a value outside of its range.
func between(field string, v, low, high int) error {
	if v < low || v > high {
		return fmt.Errorf("%s is %d; %d to %d", field, v, low, high)
	}
	return nil
}

// span refuses a duration outside of its range.
func span(field string, v, low, high time.Duration) error {
	if v < low || v > high {
		return fmt.Errorf("%s is %v; %v to %v", field, v, low, high)
	}
	return nil
}

// day is what CloudWatch lets one alarm look back, and what policies are shown.
const day = 24 * time.Hour
