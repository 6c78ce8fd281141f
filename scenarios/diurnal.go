package scenarios

import (
	"math/big"
	"time"

	"kinesim/model"
	"kinesim/sim/workload"
)

// Diurnal is a rate that goes up and down once in 24 hours, as a sine does. Its
// lowest, half a day from the peak, is as far below the mean as the peak is above.
type Diurnal struct {
	Mean   RecordRate `json:"mean" jsonschema:"required" eg:"100/s" doc:"The mean rate over a day."`
	Peak   RecordRate `json:"peak" jsonschema:"required" eg:"180/s" doc:"The highest; from the mean to twice the mean, where the rate falls to 0 half a day later."`
	PeakAt Duration   `json:"peak_at" range:"0h..24h" doc:"When it is highest first, from the start of the run (default 12h)."`
}

func (d *Diurnal) defaults() { d.PeakAt = Duration(12 * time.Hour) }

func (d *Diurnal) rate(c *compiler, r *Rate) workload.Rate {
	mean, peak, end := ratio(d.Mean), ratio(d.Peak), c.scenario.Clock.Duration
	switch twice := new(big.Rat).Add(mean, mean); {
	case peak.Cmp(mean) < 0:
		c.complain(codeConflict, &d.Peak, "peak %s is below mean %s", d.Peak, d.Mean)
		return workload.Rate{}
	case peak.Cmp(twice) > 0:
		c.complain(codeConflict, &d.Peak, "peak %s is more than twice the mean %s: the rate would fall below 0 half a day from the peak; steps with ramps can be steeper", d.Peak, d.Mean)
		return workload.Rate{}
	}
	if d.PeakAt >= end {
		c.outside(&d.PeakAt, d, "the peak comes at %s, but the run ends at %s", d.PeakAt, end)
	}
	compiled, err := workload.Diurnal(model.Rate(d.Mean), model.Rate(d.Peak), time.Duration(d.PeakAt), time.Duration(end))
	if err != nil {
		c.complain(codeRange, r, "%v", err)
	}
	return compiled
}

// ratio is a rate as an exact number, whatever its unit of time.
func ratio(r RecordRate) *big.Rat { return big.NewRat(r.Micro, int64(r.Per)) }
