package scenarios

import (
	"time"

	"kinesim/model"
)

// Delay is how long something takes.
type Delay struct {
	Bare      *Duration       `json:"-" bare:"" doc:"A delay that is always the same."`
	Constant  *Duration       `json:"constant,omitempty" one:"kind of delay" doc:"A delay that is always the same."`
	Lognormal *LognormalDelay `json:"lognormal,omitempty" one:"kind of delay" doc:"Mostly short and now and then long."`
	Uniform   *UniformDelay   `json:"uniform,omitempty" one:"kind of delay" doc:"Any time between two, equally likely."`
}

// MarshalJSON writes the delay as it is read.
func (d Delay) MarshalJSON() ([]byte, error) { return marshalUnion(d) }

// delayKind is a law of delays.
type delayKind interface {
	delay(c *checker) model.Delay
}

// delay makes a duration a law: always the same.
func (d Duration) delay(*checker) model.Delay { return model.Constantly(time.Duration(d)) }

// LognormalDelay is a lognormal law above a floor, given by two percentiles.
type LognormalDelay struct {
	P50 Duration  `json:"p50" jsonschema:"required" doc:"The median: half of the delays are shorter."`
	P99 Duration  `json:"p99" jsonschema:"required" doc:"One in a hundred takes longer."`
	Min Duration  `json:"min" doc:"Never shorter than this; part of the percentiles (default 0s)."`
	Max *Duration `json:"max,omitempty" doc:"Never longer than this (default: no bound)."`
}

func (l *LognormalDelay) delay(c *checker) model.Delay {
	switch {
	case l.P50 <= l.Min:
		c.fail(problem{code: codeConflict, message: "p50 " + l.P50.String() + " is not above min " + l.Min.String()}, &l.P50)
	case l.P50 > l.P99:
		c.fail(problem{code: codeConflict, message: "p50 " + l.P50.String() + " is above p99 " + l.P99.String()}, &l.P50)
	case l.Max != nil && *l.Max < l.P99:
		c.fail(problem{code: codeConflict, message: "p99 " + l.P99.String() + " is above max " + l.Max.String()}, &l.P99)
	}
	law := model.Delay{Min: time.Duration(l.Min), P50: time.Duration(l.P50), P99: time.Duration(l.P99)}
	if l.Max != nil {
		law.Max = time.Duration(*l.Max)
	}
	return law
}

// UniformDelay is any time between Min and Max, equally likely.
type UniformDelay struct {
	Min Duration `json:"min" jsonschema:"required" doc:"The shortest delay that is drawn."`
	Max Duration `json:"max" jsonschema:"required" doc:"The longest delay that is drawn."`
}

func (u *UniformDelay) delay(c *checker) model.Delay {
	if u.Min > u.Max {
		c.fail(problem{code: codeConflict, message: "min " + u.Min.String() + " is above max " + u.Max.String()}, &u.Min)
	}
	return model.Delay{Min: time.Duration(u.Min), Max: time.Duration(u.Max)}
}

// delayOf is a delay of the model as a scenario would write it.
func delayOf(d model.Delay) Delay {
	switch {
	case d.Constant():
		return Delay{Bare: ptr(Duration(d.Min))}
	case d.P50 == 0:
		return Delay{Uniform: &UniformDelay{Duration(d.Min), Duration(d.Max)}}
	}
	l := &LognormalDelay{P50: Duration(d.P50), P99: Duration(d.P99), Min: Duration(d.Min)}
	if d.Max > 0 {
		l.Max = ptr(Duration(d.Max))
	}
	return Delay{Lognormal: l}
}
