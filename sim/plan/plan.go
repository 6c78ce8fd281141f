package plan

import (
	"kinesim/sim"
	"kinesim/sim/metric"
)

// Format names the shape of a Plan in JSON.
const Format = "kinesim/plan/v1"

// Plan is the cheapest capacity that meets the expectations, with its proof.
type Plan struct {
	Format     string          `json:"format"`
	Version    string          `json:"version"`
	Scenario   sim.ScenarioRef `json:"scenario"`
	Feasible   bool            `json:"feasible"` // something meets the expectations; else Chosen is what came nearest
	Chosen     Chosen          `json:"chosen"`
	Binding    string          `json:"binding"`  // the limit that stops it from being cheaper; empty: nothing cheaper was allowed
	Bound      *Bound          `json:"bound"`    // more about it
	Give       *Give           `json:"give"`     // where nothing is feasible
	HotKeys    []HotKey        `json:"hot_keys"` // those that one shard can hardly carry
	Candidates []Candidate     `json:"candidates"`
	Cliff      []Candidate     `json:"cliff"`                // numbers of shards around the chosen one
	BreakEven  *BreakEven      `json:"break_even,omitempty"` // of the modes that hold
	Played     []Candidate     `json:"played"`               // all that were, by way and number of shards
	LimitUse   []LimitUse      `json:"limit_use"`            // of the chosen capacity
	ShardLoads *ShardLoads     `json:"shard_loads"`          // null: one shard, or no keys that come again
	Doubts     []Doubt         `json:"doubts"`               // assumptions within whose range the verdict flips
	Tried      int             `json:"assumptions_tried"`
	Uncertain  *Uncertain      `json:"uncertain,omitempty"`
	Steps      []Step          `json:"steps"`
	Back       []Step          `json:"back"`         // from there to the present shards again
	Passage    *Passage        `json:"passage"`      // what the steps do to writers and readers, simulated
	PassBack   *Passage        `json:"passage_back"` // likewise of the way back
	Terraform  string          `json:"terraform"`
	CloudForm  string          `json:"cloudformation"`
	Commands   string          `json:"commands"`
	Alarms     []Watch         `json:"alarms"` // that are proposed
	Resolution Resolutions     `json:"resolution"`
	Runs       int             `json:"runs"` // that were played in all
	Warnings   []string        `json:"warnings"`
	Reproduce  string          `json:"reproduce"`

	was, stream sim.StreamConfig // as it is, and as it will be

	Result *sim.Result `json:"-"` // of the chosen capacity, with the first seed

	shown *sim.CloudWatch // of that run
}

// Chosen is the capacity that is proposed.
type Chosen struct {
	Way              string            `json:"way"`
	Settings         []string          `json:"settings"` // as --set takes them
	Mode             string            `json:"mode"`
	Shards           int               `json:"shards"`                       // at the start of the run
	StartingHashKeys []string          `json:"starting_hash_keys,omitempty"` // when the map is uneven
	Drift            *Drift            `json:"drift,omitempty"`              // of an uneven map
	Consumers        map[string]string `json:"consumers"`                    // by name: how each reads
	CostPerMonth     float64           `json:"cost_per_month"`               // USD, mean of the runs
	PPass            float64           `json:"p_pass"`                       // share of the runs that met all expectations
	Headroom         *Headroom         `json:"headroom"`                     // null: not known, as for what was recorded
	PLow             float64           `json:"p_pass_low"`                   // of its 95 % interval
	PHigh            float64           `json:"p_pass_high"`
	Runs             int               `json:"runs"`
	Expectations     []Margin          `json:"expectations"`
	Cost             sim.Cost          `json:"cost"` // of the first run
}

// Margin is how far an expectation is from its limit, over the runs.
type Margin struct {
	Metric string  `json:"metric"`
	Stat   string  `json:"stat,omitempty"`
	Where  string  `json:"where,omitempty"`
	During string  `json:"during,omitempty"`
	Unit   string  `json:"unit"`
	Op     string  `json:"op"`
	Limit  float64 `json:"limit"`
	PPass  float64 `json:"p_pass"`
	Worst  float64 `json:"worst"` // of the runs
	Mean   float64 `json:"mean"`
	Margin float64 `json:"margin"` // of the worst, as a share of the limit; negative where it is missed
	Warn   bool    `json:"warn,omitempty"`
}

// Candidate is one capacity that was tried.
type Candidate struct {
	Way          string   `json:"way"`
	Shards       int      `json:"shards"` // 0: not free
	Holds        bool     `json:"holds"`
	PPass        float64  `json:"p_pass"`
	PLow         float64  `json:"p_pass_low"` // of its 95 % interval
	PHigh        float64  `json:"p_pass_high"`
	Runs         int      `json:"runs"`
	CostPerMonth float64  `json:"cost_per_month"`
	Throttled    float64  `json:"throttled_ratio"`
	DelayP99MS   *float64 `json:"delay_p99_ms"` // of the slowest consumer, the worst of the runs; null: nothing was read
	Missed       []Missed `json:"missed"`
}

// Missed is an expectation that a candidate did not meet.
type Missed struct {
	Metric   string   `json:"metric"`
	Stat     string   `json:"stat,omitempty"`
	Where    string   `json:"where,omitempty"`
	During   string   `json:"during,omitempty"`
	Unit     string   `json:"unit"`
	Op       string   `json:"op"`
	Limit    float64  `json:"limit"`
	Measured *float64 `json:"measured"`
}

// Bound is what stops the plan from being cheaper: what the next smaller capacity misses,
// and why.
type Bound struct {
	Limit  string `json:"limit"` // records, bytes, reads, latency, cost or keys
	Why    string `json:"why"`   // in words
	Shards int    `json:"shards"`
	Missed Missed `json:"missed"`
}

// HotKey is a key that takes more of a shard than the target leaves it.
type HotKey struct {
	Key         string  `json:"key"`
	RecordsPerS float64 `json:"records_per_s"` // at its busiest
	BytesPerS   float64 `json:"bytes_per_s"`
	Salt        int     `json:"salt"` // over how many keys it has to be spread
}

// Headroom is by how much the load may grow, and what breaks first.
type Headroom struct {
	Factor  float64  `json:"factor"`   // the largest that still holds, to a hundredth
	AtLeast bool     `json:"at_least"` // nothing broke up to it
	Breaks  *Missed  `json:"breaks"`   // first beyond it
	Why     string   `json:"why"`
	Weeks   *float64 `json:"weeks"` // until then, at the growth that was given
	Date    string   `json:"date,omitempty"`
}

// Doubt is an assumption within whose range the verdict flips.
type Doubt struct {
	Constant string   `json:"constant"`
	Register string   `json:"register"`
	Value    string   `json:"value"` // at which it does
	Instead  string   `json:"instead_of"`
	Missed   []Missed `json:"missed"`
}

// interval is the 95 % interval of a share by Wilson's formula.
func interval(met, of int) (low, high float64) { return metric.Wilson(met, of) }
