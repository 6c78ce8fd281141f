// Package analytic holds closed forms about streams: how many shards a load
// needs at least, how much of a load a shard must refuse, how long readers wait.
//
// They are a planner's first guess, stand beside what a run finds where it catches up,
// and are the oracle of the simulator's tests, so
// they share no code with the simulator: each is reckoned from its own formula,
// which stands with its range and its source in the comment. What they assume
// is simpler than what a run plays; where both apply they must agree.
//
// Reading order: sizing.go (shards for a load), share.go (who gets how much of
// it), meter.go (what a limit refuses of random arrivals), delay.go (readers),
// failover.go (workers that die), queue.go (processing). The package imports model and the standard library.
package analytic
