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
// Units: instants are des.Time (ns), sizes are bytes of data and partition key
// together, as the service counts them.
//
// Reading order: stream.go (what a stream is), bucket.go and put.go (the write
// side), log.go (what is kept), read.go (the read side), meter.go (counts).
package kinesis
