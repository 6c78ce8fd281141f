// Package des is the kernel of a discrete-event simulation: virtual time, one
// total order of events, an engine that plays them and named random streams. It
// holds no word of Kinesis.
//
// An actor is anything that can act at an instant. It asks the engine to be
// woken, acts, and asks again. There are no goroutines and no wall clock: what
// happens is decided by the order of events alone, so one seed gives one run.
//
// # Order
//
// Events are played by time; at one instant by class (see Class, where each
// place in the order has its reason); within a class in the order in which they
// were asked for. The order is total, so it never depends on the heap, the
// number of cores or luck.
//
// Actors who see nothing of each other may have lanes (see Lane), which are played one
// after the other between the events of the engine itself.
//
// Reading order: time.go, queue.go, engine.go, lane.go, rand.go.
package des
