package scenarios

import (
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/des"
)

// Retention is how long the stream keeps records.
type Retention struct {
	Constant *Duration       `json:"-" bare:"" range:"24h..8760h" doc:"Always as long."`
	Steps    []RetentionStep `json:"steps,omitempty" one:"kind of retention" range:"1..1000" doc:"Changed during the run."`
}

// MarshalJSON writes the retention as it is read.
func (r Retention) MarshalJSON() ([]byte, error) { return marshalUnion(r) }

// RetentionStep is the retention from an instant on.
type RetentionStep struct {
	At        Duration `json:"at" jsonschema:"required" eg:"2h" doc:"From when on; the first step is at 0s."`
	Retention Duration `json:"retention" jsonschema:"required" eg:"48h" range:"24h..8760h" doc:"How long records stay. What a longer one finds gone stays gone."`
}

// leastRetention is the shortest retention of the run.
func (c *compiler) leastRetention() time.Duration {
	least := c.config.Stream.Retention
	for _, change := range c.config.Stream.Retentions {
		least = min(least, change.Retention)
	}
	return least
}

// retention compiles the retention: at the start of the run, and its changes.
func (c *compiler) retention(r *Retention) (time.Duration, []sim.RetentionChange) {
	if r.Constant == nil && len(r.Steps) == 0 {
		r.Constant = ptr(Duration(model.MinRetention))
	}
	if r.Constant != nil {
		return time.Duration(*r.Constant), nil
	}
	var changes []sim.RetentionChange
	for i := range r.Steps {
		s := &r.Steps[i]
		if !c.sound(s) {
			continue
		}
		switch {
		case i == 0 && s.At != 0:
			c.complain(codeConflict, &s.At, "the first step is at %s; the retention at the start of the run is not known", s.At)
		case i > 0 && s.At <= r.Steps[i-1].At:
			c.complain(codeConflict, &s.At, "the step at %s does not come after the one at %s", s.At, r.Steps[i-1].At)
		case s.At >= c.scenario.Clock.Duration:
			c.outside(&s.At, s, "the retention changes at %s, after the end of the run at %s", s.At, c.scenario.Clock.Duration)
		}
		if i > 0 {
			changes = append(changes, sim.RetentionChange{At: des.Time(s.At), Retention: time.Duration(s.Retention)})
		}
	}
	return time.Duration(r.Steps[0].Retention), changes
}
