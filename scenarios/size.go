package scenarios

import (
	"kinesim/model"
	"kinesim/sim/workload"
)

// DataSize is the size of records' data blobs.
type DataSize struct {
	Constant  *Size          `json:"-" bare:"" range:"0B..10MiB" doc:"Always the same."`
	Uniform   *UniformSize   `json:"uniform,omitempty" one:"kind of size" doc:"Any size between two, equally likely."`
	Lognormal *LognormalSize `json:"lognormal,omitempty" one:"kind of size" doc:"Many small and a few large ones, as sizes mostly are."`
	Histogram HistogramSize  `json:"histogram,omitempty" one:"kind of size" range:"1..10000" doc:"Given sizes with their shares."`
}

// MarshalJSON writes the size as it is read.
func (s DataSize) MarshalJSON() ([]byte, error) { return marshalUnion(s) }

// sizeKind is a law of sizes. room is what the stream takes as data.
type sizeKind interface {
	size(c *compiler, room model.Bytes) workload.Size
}

// size makes a bare size a law: always the same.
func (s Size) size(*compiler, model.Bytes) workload.Size { return workload.ConstantSize(s) }

// UniformSize is any size from Min to Max, equally likely.
type UniformSize struct {
	Min Size `json:"min" jsonschema:"required" range:"0B..10MiB" doc:"The smallest size that is drawn."`
	Max Size `json:"max" jsonschema:"required" range:"0B..10MiB" doc:"The largest size that is drawn."`
}

func (u *UniformSize) size(c *compiler, _ model.Bytes) workload.Size {
	if u.Min > u.Max {
		c.complain(codeConflict, &u.Min, "min %s is above max %s", u.Min, u.Max)
	}
	return workload.UniformSize{Min: model.Bytes(u.Min), Max: model.Bytes(u.Max)}
}

// LognormalSize is a lognormal law, given by two of its percentiles.
type LognormalSize struct {
	P50 Size  `json:"p50" jsonschema:"required" range:"1B..10MiB" doc:"The median size: half of the records are smaller."`
	P99 Size  `json:"p99" jsonschema:"required" range:"1B..10MiB" doc:"One in a hundred is larger."`
	Max *Size `json:"max,omitempty" range:"1B..10MiB" doc:"What would be larger has this size (default: what the stream takes, less the longest key)."`
}

func (l *LognormalSize) size(c *compiler, room model.Bytes) workload.Size {
	if l.Max == nil {
		l.Max = ptr(Size(room))
	}
	switch {
	case l.P50 > l.P99:
		c.complain(codeConflict, &l.P50, "p50 %s is above p99 %s", l.P50, l.P99)
	case l.P99 > *l.Max:
		c.fail(problem{code: codeConflict, message: "p99 " + l.P99.String() + " is above max " + l.Max.String()}, l.Max, &l.P99)
	}
	return workload.LognormalSize{P50: model.Bytes(l.P50), P99: model.Bytes(l.P99), Max: model.Bytes(*l.Max)}
}
