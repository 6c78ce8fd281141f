// Package client plays everyone who calls the service: producers with their
// batches and retries, and consumers with their polls, pushes and processing.
//
// Each is an actor on the engine. It calls the stream, which answers with
// values, and asks to be woken for what comes next. One event is a call, a
// poll, a delivery; the records inside it are loops over arrays.
//
// Reading order: config.go, then for the write side producer.go, batch.go, put.go and
// retry.go, kpl.go for the producer library, trouble.go for what is wrong with the
// service; at coarse resolutions flow.go (a producer), confluence.go (all of them),
// stretch.go (shard by shard), lay.go (what is stored) and parcel.go (what comes again).
// For the read side consumer.go and position.go (how far a consumer is), reader.go (who
// reads, and who takes what was read), classic.go with streak.go and efo.go (how), then the
// applications: kcl.go with lease.go, worker.go, taker.go, leader.go and session.go; lambda.go with
// lambda_source.go and lambda_invoke.go; firehose.go; flink.go. What befalls consumers is
// in hardship.go and slot.go, the story of one record in story.go.
package client
