package scenarios

import (
	"fmt"
	"time"

	"gopkg.in/yaml.v3"

	"kinesim/sim"
	"kinesim/sim/kinesis"
)

// compiler turns a checked scenario into what the engine plays. On the way it
// fills in the defaults that depend on other values.
type compiler struct {
	*checker
	scenario             *Scenario
	config               *sim.Config
	producers, consumers []string  // their names
	like                 *compiler // of the scenario that this is a variant of; else nil

	root  *yaml.Node      // the tree that it was compiled from
	tried map[string]bool // settings of the plan that have been checked

	lineage *kinesis.Stream // at the end of the run, where all changes are known beforehand
}

// changes tells whether the stream's shards may change during the run.
func (c *compiler) changes() bool {
	return c.scenario.Stream.Mode != "provisioned" || len(c.scenario.Reshard) > 0 || c.config.Autoscale != nil
}

// compile compiles what is sound of a scenario, so that all problems come at
// once. The result is good only if no errors were told. A variant takes the load of
// the scenario that it is like.
func (c *checker) compile(s *Scenario, like *compiler) *compiler {
	x := &compiler{checker: c, scenario: s, like: like, config: &sim.Config{
		Name: string(s.Name), Description: s.Description, SHA256: c.source.sum(), Seed: s.Seed, Resolution: sim.Resolution(s.Resolution),
		Limits: s.Limits.values, Clock: sim.Clock{Duration: time.Duration(s.Clock.Duration), Warmup: time.Duration(s.Clock.Warmup)},
	}}
	if s.Clock.Start != nil {
		x.config.Clock.Start = time.Time(*s.Clock.Start)
	}
	if c.sound(&s.Clock) && s.Clock.Warmup >= s.Clock.Duration {
		x.complain(codeConflict, &s.Clock.Warmup, "warmup %s leaves nothing of the %s to measure", s.Clock.Warmup, s.Clock.Duration)
	}
	x.config.Stream = x.stream(&s.Stream)
	x.autoscale(s.Autoscale)
	x.reshard(s.Reshard)
	x.people()
	x.fanouts(s.Consumers)
	for i := range s.Faults {
		if f := &s.Faults[i]; c.sound(f) {
			x.config.Faults = append(x.config.Faults, x.fault(f))
		}
	}
	for i := range s.Expect {
		if e := &s.Expect[i]; c.sound(e) {
			x.config.Expect = append(x.config.Expect, x.expectation(e))
		}
	}
	x.alarms(s.Alarms)
	x.account(s.Account)
	x.planned(s.Plan)
	if !c.problems.Errors() {
		x.resolution()
	}
	if !c.problems.Errors() {
		s.Limits.used = x.parts()
		x.lint()
	}
	return x
}

// people compiles the producers and consumers.
func (c *compiler) people() {
	s := c.scenario
	if c.like == nil {
		c.writers()
	} else { // data files may be large
		s.Producers, c.producers, c.config.Producers = c.like.scenario.Producers, c.like.producers, c.like.config.Producers
	}
	named := map[Name]bool{}
	for i := range s.Consumers {
		k := &s.Consumers[i]
		c.consumers = c.unique(named, "consumer", &k.Name, c.consumers)
		if c.sound(k) {
			c.config.Consumers = append(c.config.Consumers, c.consumer(k))
		}
	}
}

// writers compiles the producers.
func (c *compiler) writers() {
	named := map[Name]bool{}
	for i := range c.scenario.Producers {
		p := &c.scenario.Producers[i]
		c.producers = c.unique(named, "producer", &p.Name, c.producers)
		if c.sound(p) {
			c.config.Producers = append(c.config.Producers, c.producer(p))
		}
	}
}

// unique adds a name to those of its kind and refuses it a second time.
func (c *compiler) unique(named map[Name]bool, kind string, name *Name, names []string) []string {
	switch {
	case *name == "": // missing or faulty, which has been told
		return names
	case named[*name]:
		c.complain(codeTwice, name, "a second %s has the name %s", kind, *name)
		return names
	}
	named[*name] = true
	return append(names, string(*name))
}

// outside warns of what lies outside of the run.
func (c *compiler) outside(value, parent any, format string, arguments ...any) {
	if c.sound(&c.scenario.Clock) {
		c.warn(problem{code: codeOutside, message: fmt.Sprintf(format, arguments...)}, value, parent)
	}
}
