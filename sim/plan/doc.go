// Package plan finds the cheapest capacity that meets the expectations of a scenario, and
// says how sure that is: with which probability it holds, what binds, how far the load may
// grow, which assumption it hangs on, and with which calls it comes about.
//
// It plays runs and reads results, and knows nothing of shards' insides: a Problem is a
// list of Ways to run a scenario, each with a number of shards that may be free.
//
// Reading order: problem.go (what is asked), search.go (closed form, bracket, bisection),
// trial.go (runs with common seeds, each once), conclude.go (the proof), limits.go (what
// binds and breaks), uncertain.go (inputs that are not known), breakeven.go (other loads),
// apply.go (commands and templates), plan.go (the answer). load.go and cut.go are shard maps
// for uneven keys, drift.go what becomes of them, steps.go the way from one map to another;
// sweep.go and merge.go are the scenario over a grid.
package plan
