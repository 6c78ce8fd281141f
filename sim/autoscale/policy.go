// Package autoscale has the policies by which people scale streams.
package autoscale

import (
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// Minute is one minute as CloudWatch shows it, summed over the stream.
type Minute struct {
	End                            des.Time
	IncomingRecords, IncomingBytes int64
	WriteThrottled, ReadThrottled  int64
	OutgoingRecords, OutgoingBytes int64
	IteratorAge                    time.Duration
	HasAge                         bool
}

// Observation is what a policy sees at an instant.
type Observation struct {
	Now        des.Time
	Minutes    []Minute
	OpenShards int
	Updating   bool
	CallsLeft  int
	Limits     *model.Limits
}

// Decision is what a policy wants.
type Decision struct {
	Shards      int
	Piecemeal   bool
	Saw, Reason string
}

// Policy is an immutable specification; Start gives fresh running state.
type Policy interface {
	Kind() string
	Every() time.Duration
	Start() Scaler
}

// Scaler is a policy at work.
type Scaler interface {
	Decide(*Observation) Decision
	Answered(now des.Time, shards int, err string)
}
