package sim

import (
	"encoding/json"
	"time"

	"kinesim/model"
	"kinesim/sim/autoscale"
	"kinesim/sim/client"
	"kinesim/sim/des"
)

// Config is a scenario after its compile: every default filled in, every name
// resolved. Run does not change it, so many runs may share one.
type Config struct {
	Name        string
	Description string
	SHA256      string          // of the scenario's text as it was read
	Document    json.RawMessage // the effective scenario, shown in reports and results
	Reproduce   string          // the command line that gives this result again
	Warnings    []string        // from the compile, shown beside the numbers

	Seed       uint64
	Workers    int // on how many cores the shards of one run may be played, which changes nothing but the time that takes; 0: on one
	Clock      Clock
	Resolution Resolution
	Choice     *Choice // why it is that; nil: nobody has chosen
	Limits     model.Limits
	Stream     StreamConfig
	Producers  []client.ProducerConfig
	Consumers  []client.ConsumerConfig
	Faults     []client.Fault
	Reshard    []Reshard  // in the order of time
	Autoscale  *Autoscale // nil: nobody scales the stream
	Compare    []Variant  // ways to run the stream that Compare ranks; Run does not look at them
	Expect     []Expectation
	Alarms     []Alarm // that are rehearsed
	// Unrehearsed are alarms that somebody has and that cannot be rehearsed.
	Unrehearsed []string
	Account     model.Account // what other streams take of what belongs to all
	Prices      *model.Prices // nil: those that come with this version
}

// Clock is the span of a run: [0, Duration). The first Warmup is played but
// left out of the statistics.
type Clock struct {
	Start    time.Time // labels the axis; the zero time when the scenario has none
	Duration time.Duration
	Warmup   time.Duration
}

// StreamConfig is the stream at the start of the run.
type StreamConfig struct {
	Mode          Mode
	Shards        model.ShardMap
	Retention     time.Duration     // at the start of the run
	Retentions    []RetentionChange // in the order of time
	MaxRecordSize model.Bytes       // data and key
	ExactRecords  int64             // kept one by one before what lies far behind is folded; 0: kinesis.ExactRows

	// Of on-demand streams.
	History  History
	Warm     model.Bytes // warm throughput a second; 0: none
	AutoKeys bool        // distribution: auto; partition keys do not say where a record goes
}

// Autoscale is who scales the stream, by the policy's published rules.
type Autoscale struct {
	Name   string // for reports
	Policy autoscale.Policy
}

// RetentionChange is a new retention from an instant on.
type RetentionChange struct {
	At        des.Time
	Retention time.Duration
}

// Comparison is how an expectation compares.
type Comparison string

// The comparisons; Below and Above are strict, Between includes both ends.
const (
	Below   Comparison = "below"
	Above   Comparison = "above"
	Equals  Comparison = "equals"
	Between Comparison = "between"
)

// Expectation is one line of a scenario's expect block. Limits are in the units
// of the result: milliseconds, a ratio from 0 to 1, a count, USD.
type Expectation struct {
	Metric             string
	Producer, Consumer string   // empty: all of them together
	Stat               string   // mean, p50, p90, p99, p999, max or end; filled in by the compile
	From, To           des.Time // the window, half-open; To is des.Forever without one
	Windowed           bool     // whether the scenario gave a window
	Op                 Comparison
	Limit              float64
	Upper              float64 // of Between
	Warn               bool    // severity warn: told, but never failed for
	P                  float64 // the share of replications that must meet it; 1 unless given
	File               string
	Line               int
}
