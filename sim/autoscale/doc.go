// Package autoscale has the policies that change a stream's number of shards: what an
// operator would run beside a provisioned stream, and what the service does for an
// on-demand one.
//
// A policy is told what an operator can see, which is minute metrics and late ones
// (Observation), and answers with a wanted number of shards and its reason (Decision).
// It asks no clock, draws nothing and changes nothing; whoever calls carries the wish
// out through the API and tells the policy how the API answered (Answered). The caller
// asks at each multiple of Policy.Every, in the order of time.
//
// Minutes before the run are unknown: nothing counts as low or missing that lies before
// the start. A minute of the run in which nothing came is a data point of zero; the
// service may show none instead, which differs for those who repeat the last value.
//
// Each policy that others published names what of it is documented or read in its
// source, and what is assumed here.
//
// Units: instants are des.Time (ns), use is a share of what the shards take (1 is full).
//
// Reading order: policy.go (what is seen and wanted), metric.go, watch.go and bell.go (metrics and
// alarms as CloudWatch has them), then one file per policy: schedule.go,
// target_tracking.go, alarms.go, scaling_utils.go with scaling_utils_json.go,
// kinesis_auto_scaling.go, substation.go, clairvoyant.go; on_demand.go stands apart, as
// the service sees its own shards. presets.go names those with published values.
package autoscale
