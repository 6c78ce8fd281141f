// Package metric measures: log-linear histograms of integers, and summaries of
// replications. It knows nothing of Kinesis or of events.
//
// A Histogram has a fixed relative width of bucket (under 0.8 %), so its memory
// does not grow with what is recorded, histograms add up exactly in any order,
// and a quantile is at most one bucket too high, never too low.
package metric
