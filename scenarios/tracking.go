package scenarios

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"kinesim/sim/autoscale"
)

// TargetTracking keeps a metric at a target.
type TargetTracking struct {
	Metric    TrackedMetric `json:"metric" doc:"What is kept there (default utilization)."`
	Target    *Amount       `json:"target,omitempty" doc:"At what: a share of what the open shards take (default 70%), or for the iterator age a duration."`
	ScaleOut  Duration      `json:"scale_out_cooldown" range:"0s..24h" doc:"From the end of a change until the next one that adds shards, unless it adds more (default 5m)."`
	ScaleIn   Duration      `json:"scale_in_cooldown" range:"0s..24h" doc:"From the end of a change until one that takes shards away (default 5m)."`
	NoShrink  bool          `json:"disable_scale_in" doc:"Never takes shards away (default false)."`
	MinShards *int64        `json:"min_shards,omitempty" range:"1..10000" doc:"Never fewer (default 1)."`
	MaxShards *int64        `json:"max_shards,omitempty" range:"1..10000" doc:"Never more (default: what the service allows)."`
}

func (t *TargetTracking) defaults() {
	p := published[autoscale.TargetTracking]("target-tracking")
	t.Metric, t.ScaleOut, t.ScaleIn = TrackedMetric(p.Metric), Duration(p.ScaleOut), Duration(p.ScaleIn)
}

func (t *TargetTracking) policy(c *compiler, a *Autoscale) autoscale.Policy {
	metric := autoscale.Metric(t.Metric)
	switch {
	case t.Target != nil:
	case metric == autoscale.IteratorAge:
		c.fail(problem{code: codeMissing, message: "target_tracking has no target for the iterator age", hint: "write target: 1m"}, t, a)
		return nil
	default:
		share := published[autoscale.TargetTracking]("target-tracking").Target
		t.Target = &Amount{&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: Share(share * 1e9).String()}}
	}
	span := "0.1%..100%"
	if metric == autoscale.IteratorAge {
		span = "1ms..8760h"
	}
	target, sound := c.level(metric, t.Target, "target", span)
	bounds, ordered := c.bounded(t.MinShards, t.MaxShards)
	if !sound || !ordered {
		return nil
	}
	return autoscale.TargetTracking{
		Metric: metric, Target: target, ScaleOut: time.Duration(t.ScaleOut), ScaleIn: time.Duration(t.ScaleIn), NoShrink: t.NoShrink, Bounds: bounds,
	}
}

// TrackedMetric is what target tracking keeps at its target.
type TrackedMetric string

func (TrackedMetric) words() []word {
	return metricWords(autoscale.Utilization, autoscale.BytesUtilization, autoscale.RecordsUtilization, autoscale.IteratorAge)
}

// WatchedMetric is what an alarm watches.
type WatchedMetric string

func (WatchedMetric) words() []word { return metricWords(autoscale.Metrics...) }

// aboutMetrics says what the metrics are, in which unit.
var aboutMetrics = map[autoscale.Metric]string{
	autoscale.IncomingBytes:      "Bytes that were accepted in the period, keys counted.",
	autoscale.IncomingRecords:    "Records that were accepted in the period.",
	autoscale.WriteThrottled:     "Records that were refused in the period.",
	autoscale.ReadThrottled:      "GetRecords calls that were refused in the period.",
	autoscale.IteratorAge:        "How far the last of the classic readers is behind; a duration.",
	autoscale.Utilization:        "The larger of the shares of bytes and of records that the open shards take, by metric math.",
	autoscale.BytesUtilization:   "The share of bytes that the open shards take, by metric math.",
	autoscale.RecordsUtilization: "The share of records that the open shards take, by metric math.",
}

func metricWords(metrics ...autoscale.Metric) []word {
	words := make([]word, len(metrics))
	for i, m := range metrics {
		words[i] = word{text: string(m), doc: aboutMetrics[m]}
	}
	return words
}

// level reads a value of a metric in its unit, and gives it in that of the policies.
// span is its range, or empty.
func (c *compiler) level(m autoscale.Metric, a *Amount, where, span string) (float64, bool) {
	f := field{span: span}
	switch m {
	case autoscale.IteratorAge:
		var d Duration
		ok := c.scalar(&d, a.node, f, where)
		return float64(d) / 1e6, ok
	case autoscale.IncomingBytes:
		var s Size
		ok := c.scalar(&s, a.node, f, where)
		return float64(s), ok
	case autoscale.IncomingRecords, autoscale.WriteThrottled, autoscale.ReadThrottled:
		var n int64
		if span == "" {
			f.span = "0.." + strconv.FormatInt(1e15, 10)
		}
		ok := c.basic(reflect.ValueOf(&n).Elem(), a.node, f, where)
		return float64(n), ok
	}
	if !strings.Contains(string(m), "utilization") {
		panic("scenarios: no way to write a value of " + string(m))
	}
	var s Share
	ok := c.scalar(&s, a.node, f, where)
	return s.Ratio(), ok
}
