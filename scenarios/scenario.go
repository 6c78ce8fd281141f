package scenarios

import "time"

// defaultDuration is how long a run is that does not say so.
const defaultDuration = 10 * time.Minute

// Scenario is a scenario file.
type Scenario struct {
	Version     Version       `json:"kinesim" jsonschema:"required" eg:"v1" doc:"Version of the format: v1."`
	Name        Name          `json:"name" doc:"Short name for reports; by default the name of the file."`
	Description string        `json:"description,omitempty" doc:"The question that the scenario answers."`
	Seed        uint64        `json:"seed" range:"0..18446744073709551615" doc:"Random seed; the same seed gives the same bytes (default 42)."`
	Clock       Clock         `json:"clock" doc:"How long to simulate, and what of it is warm-up."`
	Resolution  Resolution    `json:"resolution" doc:"How finely the engine looks (default record)."`
	Limits      Limits        `json:"limits" doc:"The rules of the service: a dated table, of which any constant can be overridden."`
	Stream      Stream        `json:"stream" jsonschema:"required" eg:"{shards: 4}" doc:"The stream at the start of the run."`
	Producers   []Producer    `json:"producers" jsonschema:"required" eg:"[{name: app, rate: 100/s}]" range:"1..1000" doc:"The applications that write to the stream, each with a rate, sizes and keys."`
	Consumers   []Consumer    `json:"consumers" jsonschema:"required" eg:"[{name: reader, classic: {interval: 1s}}]" range:"1..1000" doc:"The applications that read the stream, each with a way of reading and a speed."`
	Expect      []Expectation `json:"expect,omitempty" range:"0..1000" doc:"What the run must show; a miss is exit code 3."`

	Faults []Fault `json:"faults,omitempty" range:"0..1000" doc:"What goes wrong, when and for how long."`

	Reshard []Reshard `json:"reshard,omitempty" range:"0..10000" doc:"Calls that change the stream's shards or its mode."`

	Autoscale *Autoscale `json:"autoscale,omitempty" doc:"Who changes the number of shards by what CloudWatch shows, in minutes and late."`

	Alarms []RehearsedAlarm `json:"alarms,omitempty" range:"0..1000" doc:"CloudWatch alarms that are rehearsed: when each would have rung, and what none would have told of."`

	Compare *Comparison `json:"compare,omitempty" doc:"Ways to run the stream that are ranked under the same load."`

	Plan *Plan `json:"plan,omitempty" doc:"What kinesim plan may choose."`

	Account *Account `json:"account,omitempty" doc:"What belongs to the account and not to the stream."`

	Sweep *Sweep `json:"sweep,omitempty" doc:"What kinesim sweep plays."`

	Lesson *Later `json:"lesson,omitempty" jsonschema:"-" later:"description and comments"`
}

func (s *Scenario) defaults() {
	s.Version, s.Seed, s.Resolution = "v1", 42, "record"
}

// Clock is the span of the run.
type Clock struct {
	Start    *Instant `json:"start,omitempty" doc:"Date and time of the start; labels the axis."`
	Duration Duration `json:"duration" range:"1ms..8784h" doc:"How long to simulate (default 10m)."`
	Warmup   Duration `json:"warmup" doc:"Played, but left out of the statistics (default 0s)."`
}

func (k *Clock) defaults() { *k = Clock{Duration: Duration(defaultDuration)} }
