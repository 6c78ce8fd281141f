package scenarios

import (
	"strings"
	"time"

	"kinesim/model"
	"kinesim/sim/workload"
)

// Rate is how many records a producer offers over time.
type Rate struct {
	Constant *RecordRate `json:"-" bare:"" doc:"The same rate for the whole run."`
	Steps    Steps       `json:"steps,omitempty" one:"kind of rate" range:"1..10000" doc:"A rate that changes at given instants."`
	Diurnal  *Diurnal    `json:"diurnal,omitempty" one:"kind of rate" doc:"A sine over 24 hours, for the rhythm of day and night."`
	File     *RateFile   `json:"file,omitempty" one:"kind of rate" doc:"Record counts from a CSV file with the columns timestamp,value, or from CloudWatch as JSON."`
}

// MarshalJSON writes the rate as it is read.
func (r Rate) MarshalJSON() ([]byte, error) { return marshalUnion(r) }

// rateKind is a way to say how many records there are.
type rateKind interface {
	rate(c *compiler, r *Rate) workload.Rate
}

// RecordRate is a number of records for a unit of time, such as 3500/s.
type RecordRate model.Rate

// perUnit are the units of time of rates.
var perUnit = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}

// ratePlaces are the decimals of a rate: it is kept in millionths.
const ratePlaces = 6

func (RecordRate) form() form {
	return form{"a rate", "a rate of records such as 3500/s, 0.5/s, 90000/m or 10/h", `^[0-9]+(\.[0-9]+)?/[smh]$`, "/s"}
}

func (r *RecordRate) parse(text string) error {
	left, right, _ := strings.Cut(text, "/")
	number, unit := amount(left)
	per, ok := perUnit[right]
	switch {
	case number == "" || !ok && unit == "":
		return refuse(text, r.form(), nil)
	case number != left:
		if _, bytes := byteUnit(unit); bytes {
			return wrong(codeUnit, "%q is a rate of bytes; a producer's rate counts records, and size says how large they are", text)
		}
		return refuse(text, r.form(), nil)
	}
	n, err := fixed(number, ratePlaces)
	if err != nil {
		return refuse(text, r.form(), err)
	}
	*r = RecordRate{n, per}
	return nil
}

// String prints the rate as it is read.
func (r RecordRate) String() string {
	for unit, per := range perUnit {
		if per == r.Per {
			return unfixed(r.Micro, ratePlaces) + "/" + unit
		}
	}
	return model.Rate(r).String()
}

// MarshalText writes the rate as it is read.
func (r RecordRate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

func (r RecordRate) rate(*compiler, *Rate) workload.Rate { return workload.Constant(model.Rate(r)) }

// Step is a change of rate.
type Step struct {
	At   Duration   `json:"at" jsonschema:"required" doc:"The time of the run at which the rate changes."`
	Rate RecordRate `json:"rate" jsonschema:"required" doc:"Records a second from then on."`
	Ramp Duration   `json:"ramp" doc:"How long the change takes (default 0s: at once)."`
}

// Steps are the changes of a rate, in order of time.
type Steps []Step

func (s Steps) rate(c *compiler, r *Rate) workload.Rate {
	steps := make([]workload.Step, len(s))
	for i := range s {
		step := &s[i]
		steps[i] = workload.Step{At: time.Duration(step.At), Rate: model.Rate(step.Rate), Ramp: time.Duration(step.Ramp)}
		if step.At >= c.scenario.Clock.Duration {
			c.outside(&step.At, step, "the step at %s comes after the end of the run at %s", step.At, c.scenario.Clock.Duration)
		}
		if i == 0 {
			continue
		}
		switch last := s[i-1]; {
		case step.At <= last.At:
			c.complain(codeConflict, &step.At, "the step at %s does not come after the step at %s", step.At, last.At)
			return workload.Rate{}
		case step.At-last.At < last.Ramp:
			c.complain(codeConflict, &s[i-1].Ramp, "the ramp that begins at %s takes %s and does not end before the next step at %s", last.At, last.Ramp, step.At)
			return workload.Rate{}
		}
	}
	compiled, err := workload.Steps(steps)
	if err != nil {
		c.complain(codeRange, r, "%v", err)
	}
	return compiled
}
