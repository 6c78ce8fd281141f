package report

import "kinesim/sim"

// Document is a report before it is laid out. Strings are ready to be shown but
// not escaped: names come from scenarios, and each writer escapes for its own
// format.
type Document struct {
	Name        string
	Description string
	Setting     string // one line: stream, resolution, seed, span
	Verdict     Verdict
	Headlines   []Fact // the five numbers beside the verdict
	Numbers     []Fact // the few that matter, a line each
	Expected    []Expectation
	Causes      []Cause
	Changes     []string // of the stream, a line each
	Compared    []string // policies by their rank, a line each
	Alarmed     []string // rehearsed alarms, a line each, after one on what nobody would have noticed
	Story       *Story   // of one record; nil if nobody asked
	Figures     []Figure
	Events      []Moment // of the timeline
	Sparks      []Spark
	Cost        Cost
	Producers   Table
	Consumers   Table
	Shards      Table
	Change      Table
	Comparison  Table
	Alarms      Table
	Troubles    Table
	Replication Table
	Replicated  string // one line on the runs; empty without replications
	Assumptions []Assumption
	Assumed     string // one line: how many constants the verdict rests on, and how well they are known
	Hangs       string // whether the verdict hangs on them, in sentences
	TryLimit    string // the command that tries another value; empty when there is nothing to try
	NotModelled []string
	Words       []Word // what the report speaks of and not everybody knows; whoever builds the document gives them
	Warnings    []string
	Config      string // the effective scenario, indented JSON
	Reproduce   string
	Fingerprint string

	Diff *DiffPage // of a comparison, whose head the rest is about; else nil

	// Result is what the document was made of; the machine formats write it.
	Result *sim.Result
}

// State is how a verdict or an expectation came out.
type State string

// The states. Warned is an expectation of severity warn that was missed; Done
// is a run without expectations.
const (
	Passed State = "pass"
	Failed State = "fail"
	Warned State = "warn"
	Done   State = "done"
)

// Symbol is the sign that goes with the word, for readers who see no colour.
func (s State) Symbol() string {
	switch s {
	case Passed:
		return "✓"
	case Failed:
		return "✗"
	case Warned:
		return "!"
	}
	return "•"
}

// Word is the state as one upper-case word.
func (s State) Word() string {
	switch s {
	case Passed:
		return "PASS"
	case Failed:
		return "FAIL"
	case Warned:
		return "WARN"
	}
	return "DONE"
}

// Verdict is the answer in one sentence.
type Verdict struct {
	State    State
	Sentence string
	Stopped  string // "stopped at 2h13m of 6h", for a partial run
	Met, Of  int    // expectations of severity error
}

// Word is an idea or a metric, explained.
type Word struct {
	Name  string
	Text  string
	Facts []string // numbers with their sources
	Not   string   // what people get wrong about it; may be empty
}

// Fact is one number with its name.
type Fact struct {
	Label string
	Value string
	Note  string // what it is measured against, or where
}

// Expectation is one judged expectation in words.
type Expectation struct {
	State    State
	Text     string // "iterator_age max of consumer lake"
	Measured string
	Wanted   string // "below 5m"
	Margin   string // "26 % left", "6.2 times the limit"
	Worst    string // "at 2h24m"; empty when unknown
	WorstS   string // the same in seconds, for machines
	Runs     string // "met in 18 of 20 runs"; empty without replications
	Severity string
	Place    string // "launch-night.yaml:41"; empty when unknown
	File     string // as it was given, for machines
	Line     int
	Figure   string // id of the figure that shows it; empty when there is none

	excess float64 // by how many times its limit it was missed: what is worst has the most
}

// Cause is one reason for refused writes in words.
type Cause struct {
	Title  string // "hot key merchant-7 on shardId-000000000005"
	Text   string // how much, when, which limit, how far over
	Remedy string
	Try    string // the command that tries it; empty when the remedy names none
}

// Spark is a row of block characters for one measure over time.
type Spark struct {
	Label  string
	Blocks string
	Range  string // what the highest block stands for
}

// Cost is the bill.
type Cost struct {
	PerMonth string
	OfRun    string
	Table    Table
}

// Assumption is one constant that the run used.
type Assumption struct {
	ID, Kind, Value, Range, Source, Help, Register string
	Overridden                                     bool
	Hangs                                          string // whether the verdict hangs on it, as far as is known
}

// Table is a table of finished cells.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][]string
}

// Column heads a column of a Table; the cells of a numeric one line up on the
// right.
type Column struct {
	Name    string
	Numeric bool
}
