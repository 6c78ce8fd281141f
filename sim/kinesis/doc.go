// Package kinesis is the service: shards that admit or refuse writes, keep
// records for their retention, and hand them to readers within their limits.
//
// It is a state machine that is told the time. It asks no clock, draws no random
// number and schedules nothing; whoever calls says when it is, and calls in the
// order of time. A refusal is a value (which record, which limit), not an error.
// What takes time outside of a shard's own rules (the network, the delay until a
// record can be read) is the caller's: a read says up to which accepting instant
// it can see.
//
// While few rows are kept, all are kept one by one. Beyond Config.ExactRows those
// that lie more than a minute behind are folded into lots of less than a second, or
// longer ones if there are very many. What is read from lots is exact in number and
// in bytes, and in time as a lot is long; Folded says how much that was.
//
// Units: instants are des.Time (ns), sizes are bytes of data and partition key
// together, as the service counts them.
//
// Reading order: stream.go (what a stream is), bucket.go and put.go (the write
// side), log.go (what is kept, and what is counted), fold.go and lot.go (what is
// kept of what lies far behind), read.go (the read side), admit.go and inflow.go (both
// sides at a coarse resolution, where all that comes is in lots), keycolumn.go (partition
// keys, for readers who want them).
package kinesis
