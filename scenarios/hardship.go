package scenarios

import (
	"fmt"
	"strings"
	"time"

	"kinesim/sim/client"
	"kinesim/sim/des"
)

// Pause holds a consumer up.
type Pause struct {
	Consumer Name   `json:"consumer" jsonschema:"required" eg:"lake" doc:"The name of the consumer that it happens to."`
	Workers  *int64 `json:"workers,omitempty" range:"1..10000" doc:"Of kcl: how many workers stand still (default all)."`
}

func (p *Pause) fault(c *compiler, f *client.Fault) {
	k := c.befalls(&p.Consumer, f)
	f.Pause = true
	if p.Workers != nil {
		c.workers(k, p.Workers, f)
	}
}

// KillWorkers ends workers.
type KillWorkers struct {
	Consumer Name  `json:"consumer" jsonschema:"required" eg:"analytics" doc:"Which one; it must be of kind kcl."`
	Workers  int64 `json:"workers" jsonschema:"required" eg:"1" range:"1..10000" doc:"How many of its workers."`
}

func (w *KillWorkers) fault(c *compiler, f *client.Fault) {
	c.workers(c.befalls(&w.Consumer, f), &w.Workers, f)
	f.Kill = true
}

// NetworkGap cuts workers off.
type NetworkGap struct {
	Consumer Name  `json:"consumer" jsonschema:"required" eg:"analytics" doc:"Which one; it must be of kind kcl."`
	Workers  int64 `json:"workers" jsonschema:"required" eg:"1" range:"1..10000" doc:"How many of its workers."`
}

func (n *NetworkGap) fault(c *compiler, f *client.Fault) {
	c.workers(c.befalls(&n.Consumer, f), &n.Workers, f)
	f.NetworkGap = true
}

// LeaseTable throttles the lease table.
type LeaseTable struct {
	Consumer Name  `json:"consumer" jsonschema:"required" eg:"analytics" doc:"Which one; it must be of kind kcl."`
	Share    Share `json:"share" jsonschema:"required" eg:"100%" range:"0%..100%" doc:"Part of the writes that it refuses."`
}

func (l *LeaseTable) fault(c *compiler, f *client.Fault) {
	c.leased(c.befalls(&l.Consumer, f), &l.Consumer)
	f.LeaseTable = l.Share.Ratio()
}

// RollingDeploy replaces all workers.
type RollingDeploy struct {
	Consumer Name     `json:"consumer" jsonschema:"required" eg:"analytics" doc:"Which one; it must be of kind kcl."`
	AtATime  int64    `json:"at_a_time" range:"1..10000" doc:"Workers that are replaced together (default 1)."`
	Down     Duration `json:"down" range:"0s..1h" doc:"From the end of a worker to the start of the next in its place (default 20s)."`
	Kill     bool     `json:"kill" doc:"Workers end at once, in place of finishing their batches, checkpointing and giving up their leases (default false)."`
}

func (r *RollingDeploy) defaults() { r.AtATime, r.Down = 1, Duration(20*time.Second) }

func (r *RollingDeploy) fault(c *compiler, f *client.Fault) {
	k := c.befalls(&r.Consumer, f)
	f.Deploy = &client.Deploy{AtATime: int(r.AtATime), Down: time.Duration(r.Down), Kill: r.Kill}
	if !c.leased(k, &r.Consumer) {
		return
	}
	turns := (k.KCL.Workers + r.AtATime - 1) / r.AtATime
	if turn := Duration(f.To-f.From) / Duration(turns); r.Down > turn {
		c.warn(problem{code: codeConflict, message: fmt.Sprintf("%s leave %s for each of them, and a worker is down for %s: more than %d will be down together", count(int(turns), "turn"), turn, r.Down, r.AtATime),
			hint: fmt.Sprintf("let the deploy last for %s", r.Down*Duration(turns))}, &r.Down, r)
	}
}

// leased tells whether a consumer has leases, and complains otherwise of what wants
// them.
func (c *compiler) leased(k *Consumer, at any) bool {
	if k != nil && k.KCL == nil {
		c.complain(codeConflict, at, "consumer %s has no workers and leases; only those of kind kcl do", k.Name)
	}
	return k != nil && k.KCL != nil
}

// workers fills in how many workers a fault hits.
func (c *compiler) workers(k *Consumer, n *int64, f *client.Fault) {
	f.Workers = int(*n)
	if k == nil || !c.leased(k, n) {
		return
	}
	if *n > k.KCL.Workers {
		c.complain(codeConflict, n, "consumer %s has %s, not %d", k.Name, count(int(k.KCL.Workers), "worker"), *n)
	}
}

// SlowProcessing makes a consumer take longer.
type SlowProcessing struct {
	Consumer Name    `json:"consumer" jsonschema:"required" eg:"lake" doc:"The name of the consumer that it happens to."`
	Factor   float64 `json:"factor" jsonschema:"required" eg:"10" range:"0.001..1000000" doc:"Times its usual processing."`
}

func (s *SlowProcessing) fault(c *compiler, f *client.Fault) {
	k := c.befalls(&s.Consumer, f)
	f.Slow = s.Factor
	if k != nil && k.Processing == (Processing{}) && k.Lambda == nil {
		c.warn(problem{code: codeUnused, message: fmt.Sprintf("slow_processing makes no difference: consumer %s takes no time over its records", k.Name),
			hint: "give it processing: {per_record: …}"}, &s.Consumer)
	}
}

// HalfOpen breaks a consumer's subscriptions without a word.
type HalfOpen struct {
	Consumer Name `json:"consumer" jsonschema:"required" eg:"fraud" doc:"Which one; it must read by enhanced fan-out."`
}

func (h *HalfOpen) fault(c *compiler, f *client.Fault) {
	k := c.befalls(&h.Consumer, f)
	f.HalfOpen = true
	if k != nil && !k.fanout() {
		c.complain(codeConflict, &h.Consumer, "consumer %s has no subscriptions; half_open befalls those of enhanced fan-out", k.Name)
	}
}

// befalls finds the consumer that a fault befalls; nil if there is none, which is
// told.
func (c *compiler) befalls(name *Name, f *client.Fault) *Consumer {
	f.Consumer = string(*name)
	for i := range c.scenario.Consumers {
		if k := &c.scenario.Consumers[i]; k.Name == *name {
			if !c.sound(k) {
				return nil
			}
			if k.Joins != nil && c.sound(k.Joins) && f.To <= des.Time(*k.Joins) {
				c.warn(problem{code: codeOutside, message: fmt.Sprintf("the fault is over at %s, before consumer %s joins at %s", Duration(f.To), k.Name, *k.Joins)}, name)
			}
			return k
		}
	}
	if len(c.consumers) > 0 { // without any, that is what is wrong
		c.fail(problem{
			code: codeReference, message: fmt.Sprintf("there is no consumer %s", *name),
			accepted: strings.Join(c.consumers, ", "), hint: didYouMean(string(*name), c.consumers),
		}, name)
	}
	return nil
}

// Errors makes batches fail.
type Errors struct {
	Consumer Name  `json:"consumer" jsonschema:"required" eg:"billing" doc:"Which one; of kind kcl or lambda."`
	Share    Share `json:"share" jsonschema:"required" eg:"10%" range:"0%..100%" doc:"Part of its batches that fails."`
}

func (e *Errors) fault(c *compiler, f *client.Fault) {
	k := c.befalls(&e.Consumer, f)
	f.Errors = e.Share.Ratio()
	if k != nil && k.KCL == nil && k.Lambda == nil {
		c.complain(codeConflict, &e.Consumer, "what consumer %s does when processing fails is not known; kcl and lambda have rules for it", k.Name)
	}
}

// Poison makes one record fail.
type Poison struct {
	Consumer Name       `json:"consumer" jsonschema:"required" eg:"billing" doc:"Which one; of kind lambda."`
	Shard    *ShardName `json:"shard,omitempty" doc:"shardId-000000000000 and so on; or hottest (default)."`
}

func (p *Poison) fault(c *compiler, f *client.Fault) {
	k := c.befalls(&p.Consumer, f)
	if p.Shard == nil {
		p.Shard = ptr(ShardName(hottest))
	}
	f.Poison = c.shard(p.Shard)
	if k != nil && k.Lambda == nil {
		c.complain(codeConflict, &p.Consumer, "consumer %s is not of kind lambda; only there a record can block its shard", k.Name)
	}
}
