package scenarios

import (
	"fmt"
	"strings"

	"kinesim/sim/client"
)

// Pause holds a consumer up.
type Pause struct {
	Consumer Name `json:"consumer" jsonschema:"required" eg:"lake" doc:"Which one."`
}

func (p *Pause) fault(c *compiler, f *client.Fault) {
	c.befalls(&p.Consumer, f)
	f.Pause = true
}

// SlowProcessing makes a consumer take longer.
type SlowProcessing struct {
	Consumer Name    `json:"consumer" jsonschema:"required" eg:"lake" doc:"Which one."`
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
