package scenarios

import (
	"strconv"
	"time"

	"kinesim/sim/workload"
)

// Arrivals says at which instants records arise.
type Arrivals struct {
	Process *Process `json:"-" bare:"" doc:"poisson or regular."`
	Bursty  *Bursty  `json:"bursty,omitempty" one:"kind of arrivals" doc:"Bursts at fixed times, and little or nothing in between."`
}

// MarshalJSON writes the arrivals as they are read.
func (a Arrivals) MarshalJSON() ([]byte, error) { return marshalUnion(a) }

// arrivalsKind is a law of arrivals.
type arrivalsKind interface {
	arrivals(c *compiler) workload.Arrivals
}

// processes are the arrival processes by name.
var processes = map[Process]workload.Arrivals{"poisson": workload.Poisson{}, "regular": workload.Regular{}}

func (p Process) arrivals(*compiler) workload.Arrivals { return processes[p] }

// Bursty is a square wave over the rate, the same for all clients and on from the
// start of the run. Each turn of on and off brings what the rate brings in it.
type Bursty struct {
	On     Duration `json:"on" jsonschema:"required" eg:"10s" range:"1ms..8784h" doc:"How long a burst lasts; the first begins with the run."`
	Off    Duration `json:"off" jsonschema:"required" eg:"50s" range:"1ms..8784h" doc:"How long it is quiet after a burst."`
	Factor float64  `json:"factor" jsonschema:"required" eg:"3" range:"1..1000000" doc:"The rate in a burst, as a multiple of its mean; at most (on+off)/on, where it is silent in between."`
}

func (b *Bursty) arrivals(c *compiler) workload.Arrivals {
	turn, end := b.On+b.Off, c.scenario.Clock.Duration
	most := float64(turn) / float64(b.On)
	switch {
	case b.Factor*float64(b.On) > float64(turn):
		c.complain(codeConflict, &b.Factor, "factor %s is too much: bursts of %s every %s bring all records at %s times the rate, (on+off)/on",
			plainly(b.Factor), b.On, turn, plainly(most))
	case turn > end:
		c.outside(&b.On, b, "on and off take %s together, but the run ends at %s: it does not see the mean of its rate", turn, end)
	}
	return workload.Bursty{On: time.Duration(b.On), Off: time.Duration(b.Off), Factor: b.Factor}
}

// Sessions are records of one key that follow each other.
type Sessions struct {
	Records float64  `json:"records" jsonschema:"required" eg:"4" range:"1..1000000" doc:"How many records a session has in the mean, by a geometric law."`
	Gap     Duration `json:"gap" jsonschema:"required" eg:"5s" range:"0s..24h" doc:"From one record of a session to the next in the mean, by an exponential law."`
}

// sessions compiles the sessions in which records come, if they do.
func (c *compiler) sessions(s *Sessions, of workload.Arrivals) workload.Arrivals {
	if s == nil {
		return of
	}
	if of == (workload.Regular{}) {
		c.complain(codeConflict, s, "sessions do not go with regular arrivals, of which they would leave nothing regular; poisson and bursty have them")
	}
	if end := c.scenario.Clock.Duration; (s.Records-1)*float64(s.Gap) > float64(end)/2 {
		c.outside(s, s, "a session of %s records, %s apart, lasts longer than half of the run, which ends at %s: much of the load comes after it",
			plainly(s.Records), s.Gap, end)
	}
	return workload.Sessions{Of: of, Records: s.Records, Gap: time.Duration(s.Gap)}
}

// plainly prints a number with at most four digits, unless it is whole.
func plainly(x float64) string {
	if x == float64(int64(x)) {
		return strconv.FormatInt(int64(x), 10)
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}
