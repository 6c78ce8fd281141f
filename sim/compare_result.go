package sim

// Shootout is several ways to run a stream under the same load, with the same random
// draws, the best first.
type Shootout struct {
	StepS   float64       `json:"step_s"`        // of the bins below
	Needed  []int         `json:"needed_shards"` // by bin: what the busiest second asks for, evenly spread, with the usual headroom
	Rows    []ShootoutRow `json:"rows"`
	Partial bool          `json:"partial"`
}

// ShootoutRow is one of them.
type ShootoutRow struct {
	Rank   int    `json:"rank"`
	Name   string `json:"name"`
	Policy string `json:"policy"` // the autoscaler's kind; else the mode of the stream
	Passed bool   `json:"passed"`

	ThrottledRecords int64    `json:"throttled_records"` // attempts that a limit refused
	ThrottledRatio   float64  `json:"throttled_ratio"`   // of all attempts
	FailedRecords    int64    `json:"failed_records"`
	MaxAgeMS         *float64 `json:"max_iterator_age_ms"` // of any consumer; null without reads
	CostOfRun        float64  `json:"cost_of_run"`         // USD
	CostPerMonth     float64  `json:"cost_per_month"`

	Calls        int     `json:"calls"`
	RefusedCalls int     `json:"refused_calls"`
	MostCalls    int     `json:"most_calls_in_24h"` // of UpdateShardCount, of which ten are allowed
	Oscillations int     `json:"oscillations"`
	LeastShards  int     `json:"least_shards"`
	MostShards   int     `json:"most_shards"`
	Regret       *Regret `json:"regret"`      // null for the one that knows the future
	OpenShards   []int   `json:"open_shards"` // by bin
}

// Regret is what a policy did worse than one that knows the load beforehand.
type Regret struct {
	ThrottledRecords int64   `json:"throttled_records"`
	CostOfRun        float64 `json:"cost_of_run"`
}
