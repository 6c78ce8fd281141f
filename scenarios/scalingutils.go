package scenarios

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"kinesim/sim/autoscale"
)

// ScalingUtils is the stream monitor of amazon-kinesis-scaling-utils: its JSON
// configuration as it is, or the same settings here.
type ScalingUtils struct {
	File       *string          `json:"file,omitempty" doc:"Its JSON configuration, in place of the settings below; relative to the scenario."`
	Stream     *string          `json:"streamName,omitempty" doc:"Which streamMonitor of the file, where it has several."`
	Operations []ScaleOperation `json:"scaleOnOperation,omitempty" range:"1..2" doc:"What votes (default both): up if one says up, down if all say down."`
	ScaleUp    *MonitorRule     `json:"scaleUp,omitempty" doc:"When to add shards, and how many."`
	ScaleDown  *MonitorRule     `json:"scaleDown,omitempty" doc:"When to take shards away, and how many."`
	MinShards  *int64           `json:"minShards,omitempty" range:"1..10000" doc:"Never fewer (default 1)."`
	MaxShards  *int64           `json:"maxShards,omitempty" range:"1..10000" doc:"Never more (default: what the service allows)."`
	Refresh    *int64           `json:"refreshShardsNumberAfterMin,omitempty" range:"0..1440" doc:"Minutes for which it goes on with the number of shards that it knows (default 10)."`
	Check      *int64           `json:"checkInterval,omitempty" range:"1..86400" doc:"Seconds from check to check (default 45)."`
}

// MonitorRule is one direction of a stream monitor.
type MonitorRule struct {
	Threshold int64       `json:"scaleThresholdPct" jsonschema:"required" eg:"75" range:"0..1000" doc:"Use of the shards in percent: above when it scales up, below when it scales down."`
	After     int64       `json:"scaleAfterMins" jsonschema:"required" eg:"5" range:"1..1440" doc:"Minutes in a row that must be beyond the threshold."`
	Count     *ScaleCount `json:"scaleCount,omitempty" one:"amount" eg:"1" range:"1..10000" doc:"How many shards to add or take away."`
	Pct       *ScalePct   `json:"scalePct,omitempty" one:"amount" range:"1..100000" doc:"So many percent of the open shards."`
	CoolOff   int64       `json:"coolOffMins" range:"0..1440" doc:"Minutes from the end of a change until the next one in this direction (default 0)."`
}

// The amounts of a rule.
type (
	// ScaleCount is a number of shards.
	ScaleCount int64
	// ScalePct is a part of the shards in percent.
	ScalePct int64
)

// The values that the tool takes where nothing is said.
const (
	monitorRefresh = 10 // minutes
	monitorCheck   = 45 // seconds
)

// ScaleOperation is what a stream monitor looks at.
type ScaleOperation string

func (ScaleOperation) words() []word {
	return []word{{text: "PUT", doc: "What is written."}, {text: "GET", doc: "What classic readers get."}}
}

func (u *ScalingUtils) policy(c *compiler, a *Autoscale) autoscale.Policy {
	if u.File != nil {
		return u.configured(c)
	}
	p := autoscale.ScalingUtils{}
	if u.Stream != nil {
		p.Stream = *u.Stream
	}
	sound := u.complete(c, a)
	if u.Operations == nil {
		u.Operations = []ScaleOperation{"PUT", "GET"}
	}
	for _, o := range u.Operations {
		p.Put, p.Get = p.Put || o == "PUT", p.Get || o == "GET"
	}
	if u.Refresh == nil {
		u.Refresh = ptr(int64(monitorRefresh))
	}
	if u.Check == nil {
		u.Check = ptr(int64(monitorCheck))
	}
	bounds, ordered := c.bounded(u.MinShards, u.MaxShards)
	if !sound || !ordered {
		return nil
	}
	p.Bounds, p.Refresh, p.CheckInterval = bounds, time.Duration(*u.Refresh)*time.Minute, time.Duration(*u.Check)*time.Second
	p.Up, p.Down = u.ScaleUp.rule(), u.ScaleDown.rule()
	return p
}

// complete asks for what the tool would stop without.
func (u *ScalingUtils) complete(c *compiler, a *Autoscale) bool {
	sound := true
	for _, side := range []struct {
		name, example string
		rule          *MonitorRule
	}{
		{"scaleUp", "{scaleThresholdPct: 75, scaleAfterMins: 5, scaleCount: 1}", u.ScaleUp},
		{"scaleDown", "{scaleThresholdPct: 25, scaleAfterMins: 15, scaleCount: 1}", u.ScaleDown},
	} {
		if side.rule == nil {
			c.fail(problem{code: codeMissing, message: fmt.Sprintf("scaling_utils has no %s, without which the tool stops", side.name), hint: "write " + side.name + ": " + side.example}, u, a)
			sound = false
		}
	}
	return sound
}

func (r *MonitorRule) rule() autoscale.MonitorRule {
	rule := autoscale.MonitorRule{ThresholdPct: int(r.Threshold), AfterMins: int(r.After), CoolOff: time.Duration(r.CoolOff) * time.Minute}
	if r.Count != nil {
		rule.Count = int(*r.Count)
	} else {
		rule.Pct = int(*r.Pct)
	}
	return rule
}

// configured reads the tool's own configuration.
func (u *ScalingUtils) configured(c *compiler) autoscale.Policy {
	for name, value := range map[string]any{"scaleUp": u.ScaleUp, "scaleDown": u.ScaleDown, "scaleOnOperation": &u.Operations,
		"minShards": u.MinShards, "maxShards": u.MaxShards, "refreshShardsNumberAfterMin": u.Refresh, "checkInterval": u.Check} {
		if c.places[value] != nil {
			c.complain(codeConflict, value, "%s does not go with file, which says it", name)
			return nil
		}
	}
	const largest = 1 << 20
	f := c.data("configuration", u.File, largest)
	if f == nil {
		return nil
	}
	monitors, err := autoscale.ParseScalingUtils(bytes.NewReader(f.source.text))
	if err != nil {
		c.complain(codeFile, u.File, "%s: %v", *u.File, err)
		return nil
	}
	var names []string
	for i := range monitors {
		if u.Stream == nil && len(monitors) == 1 || u.Stream != nil && monitors[i].Stream == *u.Stream {
			return monitors[i]
		}
		names = append(names, monitors[i].Stream)
	}
	p := problem{code: codeMissing, message: fmt.Sprintf("%s has %d stream monitors", *u.File, len(names)), hint: "write streamName: " + names[0]}
	if u.Stream != nil {
		p = problem{code: codeReference, message: fmt.Sprintf("%s has no stream monitor of %s", *u.File, *u.Stream), accepted: strings.Join(names, ", "), hint: didYouMean(*u.Stream, names)}
	}
	c.fail(p, u.Stream, u.File)
	return nil
}

// publishedMonitor are the settings of the preset.
func publishedMonitor() *ScalingUtils {
	p := published[autoscale.ScalingUtils]("scaling-utils")
	rule := func(r autoscale.MonitorRule) *MonitorRule {
		return &MonitorRule{Threshold: int64(r.ThresholdPct), After: int64(r.AfterMins), Count: ptr(ScaleCount(r.Count)), CoolOff: int64(r.CoolOff / time.Minute)}
	}
	return &ScalingUtils{
		ScaleUp: rule(p.Up), ScaleDown: rule(p.Down),
		Refresh: ptr(int64(p.Refresh / time.Minute)), Check: ptr(int64(p.CheckInterval / time.Second)),
	}
}
