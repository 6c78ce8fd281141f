package scenarios

import (
	"fmt"
	"time"

	"kinesim/sim/autoscale"
	"kinesim/sim/des"
)

// scaling warns of an autoscaler that makes no difference.
func (c *compiler) scaling() {
	a := c.config.Autoscale
	if a == nil {
		return
	}
	at := c.scenario.Autoscale
	for i := range c.scenario.Reshard {
		if r := &c.scenario.Reshard[i]; r.UpdateStreamMode != nil && *r.UpdateStreamMode != "provisioned" {
			c.warn(problem{code: codeRefused, message: fmt.Sprintf("from %s on the service scales the stream, and refuses what the autoscaler asks for (ValidationException)", r.At)}, r.UpdateStreamMode)
		}
	}
	if _, clockwork := a.Policy.(autoscale.Schedule); clockwork {
		return // its steps have been looked at
	}
	switch wakes, ever := c.rouse(a.Policy); {
	case !ever:
		c.warn(problem{code: codeUnused, message: fmt.Sprintf("the autoscaler makes no difference: from %s it goes neither up nor down, whatever the load",
			count(c.config.Stream.Shards.Len(), "shard"))}, at)
	case wakes >= des.Time(c.config.Clock.Duration):
		c.warn(problem{code: codeOutside, message: fmt.Sprintf("the autoscaler acts at %s at the earliest, whatever the load, but the run ends at %s", Duration(wakes), c.scenario.Clock.Duration)}, at)
	}
}

// longestLook is how far back any policy looks, with room for what CloudWatch is late.
const longestLook = 26 * time.Hour

// rouse is when a policy acts first: in a flood that no stream could take, or in a
// drought from the start.
func (c *compiler) rouse(p autoscale.Policy) (wakes des.Time, ever bool) {
	flood := autoscale.Minute{
		IncomingRecords: 1e12, IncomingBytes: 1e15, WriteThrottled: 1e12, ReadThrottled: 1e9, OutgoingRecords: 1e12, OutgoingBytes: 1e15,
		IteratorAge: longestLook, HasAge: true,
	}
	for _, minute := range []autoscale.Minute{flood, {HasAge: true}} {
		if at, acts := c.acts(p, minute); acts && (!ever || at < wakes) {
			wakes, ever = at, true
		}
	}
	return wakes, ever
}

// acts is when a policy acts first if all minutes are alike.
func (c *compiler) acts(p autoscale.Policy, minute autoscale.Minute) (des.Time, bool) {
	limits := &c.config.Limits
	o := autoscale.Observation{OpenShards: c.config.Stream.Shards.Len(), CallsLeft: int(limits.UpdateShardCountCalls), Limits: limits}
	scaler := p.Start()
	end := des.Time(longestLook + 2*p.Every() + limits.CloudWatchDelay)
	for o.Now = des.Time(p.Every()); o.Now <= end; o.Now = o.Now.Add(p.Every()) {
		for {
			next := minute
			next.End = des.Time(time.Duration(len(o.Minutes)+1) * time.Minute)
			if next.End.Add(limits.CloudWatchDelay) > o.Now {
				break
			}
			o.Minutes = append(o.Minutes, next)
		}
		seen := o
		seen.Minutes = o.Minutes[max(0, len(o.Minutes)-24*60):]
		if d := scaler.Decide(&seen); d.Shards > 0 && d.Shards != o.OpenShards {
			return o.Now, true
		}
	}
	return 0, false
}
