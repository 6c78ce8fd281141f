package sim

// DiffFormat names the shape of a Diff in JSON.
const DiffFormat = "kinesim/diff/v1"

// Diff is what changed from one result, or group of runs, to another: plain data.
type Diff struct {
	Format   string  `json:"format"`
	Version  string  `json:"version"`
	Passed   bool    `json:"passed"` // no rule found a regression
	Base     SideRef `json:"base"`
	Head     SideRef `json:"head"`
	Test     string  `json:"test"`  // paired, welch, or exact: one run against one, where every difference is what it is and nothing says how it would be with other seeds
	Pairs    int     `json:"pairs"` // runs with a common seed, where paired
	Alpha    float64 `json:"alpha"` // a change is told from noise where its corrected p is below
	Same     bool    `json:"same"`  // not one measure differs
	Rows     []Delta `json:"rows"`
	OnlyBase []Gone  `json:"only_base"` // measures that the other side does not have
	OnlyHead []Gone  `json:"only_head"`

	Expectations []Turned     `json:"expectations"` // that came out otherwise
	Rules        []RuleResult `json:"rules"`        // of --fail-on
	Warnings     []string     `json:"warnings"`
	Reproduce    string       `json:"reproduce"`
}

// SideRef says what one side was.
type SideRef struct {
	Name     string   `json:"name"` // as the user gave it
	Scenario string   `json:"scenario"`
	SHA256   string   `json:"sha256"`
	Version  string   `json:"version"`
	Runs     int      `json:"runs"`
	Seeds    []uint64 `json:"seeds"`
	Passed   bool     `json:"passed"` // its expectations
}

// The verdicts on a measure.
const (
	Unchanged = "same"    // equal in every run
	Noise     = "noise"   // cannot be told from chance
	Better    = "better"  // changed, and less of it is worse or more of it is
	Worse     = "worse"   // likewise
	Changed   = "changed" // of a measure that is neither good nor bad
)

// Delta is one measure on both sides. Without an interval there was one run on a side.
type Delta struct {
	Metric   string   `json:"metric"`
	Stat     string   `json:"stat"`
	Where    string   `json:"where"`
	During   string   `json:"during,omitempty"`
	Unit     string   `json:"unit"`
	Base     float64  `json:"base"` // the mean of its runs
	Head     float64  `json:"head"`
	Delta    float64  `json:"delta"`
	Relative *float64 `json:"relative"`  // delta ÷ base; null for a base of 0
	CI95Low  *float64 `json:"ci95_low"`  // of the delta
	CI95High *float64 `json:"ci95_high"` // likewise
	P        *float64 `json:"p"`
	Holm     *float64 `json:"p_corrected"` // for the number of measures in the table
	BaseN    int      `json:"base_n"`
	HeadN    int      `json:"head_n"`
	Verdict  string   `json:"verdict"`
}

// Gone is a measure that one side does not have.
type Gone struct {
	Metric string `json:"metric"`
	Stat   string `json:"stat"`
	Where  string `json:"where"`
	During string `json:"during,omitempty"`
}

// Turned is an expectation that one side met and the other did not.
type Turned struct {
	Metric string  `json:"metric"`
	Stat   string  `json:"stat"`
	Where  string  `json:"where"`
	During string  `json:"during,omitempty"`
	Op     string  `json:"op"`
	Limit  float64 `json:"limit"`
	Unit   string  `json:"unit"`
	Passed bool    `json:"passed"` // now
	Warn   bool    `json:"warn"`
}

// Rule is a change that is not accepted: a rise by more than the threshold, or a fall
// where it is negative.
type Rule struct {
	Text      string  // as the user wrote it
	Metric    string  // "expectations": that head misses one which base met
	Stat      string  // empty: the metric's default
	Where     string  // empty: everywhere
	Threshold float64 // a share of the base, or in the unit of the metric
	Relative  bool
}

// RuleResult is what became of a rule for one measure.
type RuleResult struct {
	Rule    string `json:"rule"`
	Metric  string `json:"metric"`
	Stat    string `json:"stat"`
	Where   string `json:"where"`
	During  string `json:"during,omitempty"`
	Passed  bool   `json:"passed"`
	Unclear bool   `json:"unclear"` // the change passes the threshold, but may be noise
	Text    string `json:"text"`    // why, where no measure says it
}
