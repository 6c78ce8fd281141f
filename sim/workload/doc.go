// Package workload says what the producers of a scenario want to put: how often
// (rate.go and its kinds), at which instants (arrivals.go), how large (size.go)
// and under which partition keys (keys.go, keyspace.go).
//
// A specification is an immutable value whose fields are its parameters, so
// many runs may share it. Its Start gives the running state of one run, fed by
// a random stream of its own; there is no distribution without its stream.
//
// A new kind is one file here, and one field of the union in package scenarios.
package workload
