// Package model holds the vocabulary and the arithmetic of Amazon Kinesis Data
// Streams: bytes, rates and money with their units, hash keys and hash key
// ranges, shards and the map they form, the dated table of limits, prices.
//
// It has no clock, no randomness and no input or output, and it imports the
// standard library alone. Everything else in kinesim speaks in these words.
//
// Reading order: units.go (Bytes, Rate, USD), key.go and hashkey.go (how a partition
// key finds its place), shardmap.go (who owns which place), sequence.go (how a record
// is named), delay.go (how long things take), limits.go and register.go (the rules of
// the service, each with its source), bill.go (what it costs), keylab.go (how keys
// spread over shards), muldiv.go (a product that does not overflow).
package model
