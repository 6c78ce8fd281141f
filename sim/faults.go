package sim

import (
	"fmt"

	"kinesim/sim/client"
)

// faultResults says what was wrong, in the order of the scenario.
func (w *world) faultResults() []FaultResult {
	var results []FaultResult
	for i := range w.config.Faults {
		f := &w.config.Faults[i]
		r := FaultResult{Consumer: f.Consumer, FromS: f.From.Seconds(), ToS: f.To.Seconds()}
		r.Fault, r.Text = inWords(f)
		r.Recovery = w.observer.hardships[i].result(w.engine.Now())
		results = append(results, r)
	}
	return results
}

// inWords is the kind of a fault, and what it does.
func inWords(f *client.Fault) (kind, text string) {
	switch {
	case f.Unavailable:
		return "unavailable", "every put failed"
	case f.Internal > 0:
		return "internal_failure", fmt.Sprintf("%.3g %% of records failed", 100*f.Internal)
	case f.Pause && f.Workers > 0:
		return "pause", fmt.Sprintf("%d of the workers of consumer %s stood still", f.Workers, f.Consumer)
	case f.Pause:
		return "pause", fmt.Sprintf("consumer %s made no calls", f.Consumer)
	case f.Kill:
		return "kill_workers", died(f)
	case f.Deploy != nil:
		return "rolling_deploy", fmt.Sprintf("the workers of consumer %s were replaced, %d at a time", f.Consumer, f.Deploy.AtATime)
	case f.NetworkGap:
		return "network_gap", fmt.Sprintf("%d of the workers of consumer %s reached neither the stream nor the lease table", f.Workers, f.Consumer)
	case f.LeaseTable > 0:
		return "throttle_lease_table", fmt.Sprintf("the lease table of consumer %s refused %.3g %% of the writes", f.Consumer, 100*f.LeaseTable)
	case f.Slow > 0:
		return "slow_processing", fmt.Sprintf("consumer %s took %.3g times as long over its records", f.Consumer, f.Slow)
	case f.Errors > 0:
		return "processing_errors", fmt.Sprintf("%.3g %% of the batches of consumer %s failed", 100*f.Errors, f.Consumer)
	case f.Poison != nil:
		return "poison_record", fmt.Sprintf("a record that consumer %s cannot process", f.Consumer)
	case f.Restart:
		return "restart_job", fmt.Sprintf("the job of consumer %s was down", f.Consumer)
	case f.HalfOpen:
		return "half_open", fmt.Sprintf("subscriptions of consumer %s fell silent", f.Consumer)
	case f.SlowPuts > 0:
		return "slow_puts", fmt.Sprintf("puts took %.3g times as long", f.SlowPuts)
	case f.Stall != nil && f.Stall.Hottest:
		return "stall_shard", "the hottest shard failed"
	case f.Stall != nil:
		return "stall_shard", fmt.Sprintf("%v failed", f.Stall.Shard)
	}
	return "internal_failure", "nothing failed"
}

// died says how many workers a fault took away.
func died(f *client.Fault) string {
	was := "were"
	if f.Workers == 1 {
		was = "was"
	}
	return fmt.Sprintf("%d of the workers of consumer %s %s dead", f.Workers, f.Consumer, was)
}
