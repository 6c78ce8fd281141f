package scenarios

import (
	"strings"

	"kinesim/sim"
)

// resolution settles how finely the run is played. It is called only for scenarios
// without errors, and comes last, as it hangs on everything. The effective scenario says
// what is played.
func (c *compiler) resolution() {
	at, config := &c.scenario.Resolution, c.config
	switch *at {
	case "record":
	case "auto":
		r, choice := config.Choose()
		config.Resolution, config.Choice, *at = r, &choice, Resolution(r)
	default:
		r := sim.Resolution(*at)
		parts := config.OnlyByRecord()
		if len(parts) > 0 && c.yields {
			config.Resolution, *at = sim.ByRecord, Resolution(sim.ByRecord)
			return
		}
		if len(parts) > 0 {
			c.fail(problem{
				code: codeConflict, hint: "resolution: record, or auto, which takes it where it must",
				message: "at resolution " + string(*at) + " this cannot be played: " + strings.Join(parts, "; "),
			}, at)
			return
		}
		if blurs := config.Blurs(r.Tick()); len(blurs) > 0 {
			c.warn(problem{
				code: codeBlur, hint: "resolution: auto goes as coarse as the accuracy allows",
				message: "at resolution " + string(*at) + " the result loses accuracy: " + strings.Join(blurs, "; "),
			}, at, c.scenario)
		}
		config.Choice = &sim.Choice{By: "scenario", Why: "the scenario asks for it", ExpectedError: config.Beside(r)}
	}
}
