// Package client plays everyone who calls the service: producers with their
// batches and retries, and consumers with their polls, pushes and processing.
//
// Each is an actor on the engine. It calls the stream, which answers with
// values, and asks to be woken for what comes next. One event is a call, a
// poll, a delivery; the records inside it are loops over arrays.
//
// Reading order: config.go, then producer.go, batch.go and retry.go for the
// write side, consumer.go, classic.go and efo.go for the read side.
package client
