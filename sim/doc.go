// Package sim is the world: it wires producers, the stream and consumers into
// one engine, plays a Config on the virtual clock, and returns a Result, which
// is plain data.
//
// The way through it: Config (config.go) → Run (run.go) builds a world
// (world.go) → the world plays, and is observed at fixed instants (observe.go)
// → why writes were refused is charged to causes (causes.go) → the ledger is
// checked (ledger.go) → expectations are judged (judge.go) → the price is
// reckoned (bill.go) → Result (result.go). Replicate (replicate.go) does that
// for many seeds.
//
// After the compile of a scenario there is no optional field; after the run
// there is no engine. DESIGN.md tells why things are as they are.
package sim
