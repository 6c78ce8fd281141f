package sim

import (
	"kinesim/sim/client"
	"kinesim/sim/metric"
)

// minus is what was counted since an earlier count; levels are those of the later.
func (c *counters) minus(o *counters) counters {
	var d counters
	for i, p := range c.producers {
		since := p.Minus(o.producers[i])
		since.Waiting = p.Waiting // a level, not a count
		d.producers = append(d.producers, since)
	}
	for i, k := range c.consumers {
		was := o.consumers[i]
		d.consumers = append(d.consumers, readCounters{
			calls: k.calls - was.calls, throttled: k.throttled - was.throttled,
			reads: k.reads.Minus(was.reads), backlog: k.backlog,
		})
	}
	return d
}

// afterWarmup counts what the statistics cover: records that arose, or were
// accepted, at or after warm-up.
func (w *world) afterWarmup() counters {
	var c counters
	for _, p := range w.producers {
		c.producers = append(c.producers, p.Tally())
	}
	for i, k := range w.consumers {
		backlog, old := k.Backlog()
		asked := k.Requests()
		c.consumers = append(c.consumers, readCounters{
			calls: asked.Calls, throttled: asked.Throttled, reads: k.Reads(),
			backlog: backlog - old, most: max(w.observer.backlog[i], backlog-old),
		})
	}
	return c
}

// tally adds up the producers that an expectation is about.
func (c *counters) tally(e *Expectation, w *world) client.Tally {
	var sum client.Tally
	for i, p := range w.producers {
		if e.Producer == "" || e.Producer == p.Config.Name {
			sum = sum.Plus(c.producers[i])
		}
	}
	return sum
}

// each calls f for the consumers that an expectation is about.
func (c *counters) each(e *Expectation, w *world, f func(readCounters)) {
	for i, k := range w.consumers {
		if e.Consumer == "" || e.Consumer == k.Config.Name {
			f(c.consumers[i])
		}
	}
}

func producerRatio(parts func(client.Tally) (part, whole int64)) func(*counters, *Expectation, *world) *float64 {
	return func(c *counters, e *Expectation, w *world) *float64 {
		return ratio(parts(c.tally(e, w)))
	}
}

// ratio is part ÷ whole; nil when there is no whole.
func ratio(part, whole int64) *float64 {
	if whole == 0 {
		return nil
	}
	x := float64(part) / float64(whole)
	return &x
}

func number(n int64) *float64 {
	x := float64(n)
	return &x
}

func producerCount(of func(client.Tally) int64) func(*counters, *Expectation, *world) *float64 {
	return func(c *counters, e *Expectation, w *world) *float64 { return number(of(c.tally(e, w))) }
}

func consumerCount(of func(client.Reads) int64) func(*counters, *Expectation, *world) *float64 {
	return func(c *counters, e *Expectation, w *world) *float64 {
		var n int64
		c.each(e, w, func(r readCounters) { n += of(r.reads) })
		return number(n)
	}
}

// repeated is how many records were processed again where the sink does not notice.
func repeated(c *counters, e *Expectation, w *world) *float64 {
	var n int64
	for i, k := range w.consumers {
		if (e.Consumer == "" || e.Consumer == k.Config.Name) && !k.Config.Dedup {
			n += c.consumers[i].reads.Repeated
		}
	}
	return number(n)
}

func readRatio(c *counters, e *Expectation, w *world) *float64 {
	var part, whole int64
	c.each(e, w, func(r readCounters) { part, whole = part+r.throttled, whole+r.calls })
	return ratio(part, whole)
}

// backlog is the largest backlog of one consumer, not of all together.
func backlog(c *counters, e *Expectation, w *world) *float64 {
	var n int64
	c.each(e, w, func(r readCounters) {
		if e.Stat == "end" {
			n = max(n, r.backlog)
		} else {
			n = max(n, r.most, r.backlog)
		}
	})
	return number(n)
}

func putLatencies(w *world, e *Expectation) []*metric.Recorder {
	var all []*metric.Recorder
	for _, p := range w.producers {
		if e.Producer == "" || e.Producer == p.Config.Name {
			all = append(all, &p.PutLatency)
		}
	}
	return all
}

func consumerRecorders(of func(*client.Consumer) []*metric.Recorder) func(*world, *Expectation) []*metric.Recorder {
	return func(w *world, e *Expectation) []*metric.Recorder {
		var all []*metric.Recorder
		for _, k := range w.consumers {
			if e.Consumer == "" || e.Consumer == k.Config.Name {
				all = append(all, of(k)...)
			}
		}
		return all
	}
}

// The functions below give the course of a metric over the bins of the series.

func worstThrottled(s *Series, _ *Expectation, _ *world) []*float64 {
	return course(s, func(i int) *float64 {
		refused := s.Stream.ThrottledRecords[i]
		return ratio(refused, refused+s.Stream.IncomingRecords[i])
	})
}

func worstFailed(s *Series, _ *Expectation, _ *world) []*float64 {
	return course(s, func(i int) *float64 { return number(s.Stream.FailedRecords[i]) })
}

func worstPutLatency(s *Series, e *Expectation, _ *world) []*float64 {
	return course(s, func(i int) *float64 {
		var worst *float64
		for _, p := range s.Producers {
			if e.Producer == "" || e.Producer == p.Name {
				worst = larger(worst, p.PutLatencyMax[i])
			}
		}
		return worst
	})
}

func worstConsumer(of func(s *ConsumerSeries, bin int) *float64) func(*Series, *Expectation, *world) []*float64 {
	return func(s *Series, e *Expectation, _ *world) []*float64 {
		return course(s, func(i int) *float64 {
			var worst *float64
			for j := range s.Consumers {
				if c := &s.Consumers[j]; e.Consumer == "" || e.Consumer == c.Name {
					worst = larger(worst, of(c, i))
				}
			}
			return worst
		})
	}
}

var (
	worstReads   = worstConsumer(func(c *ConsumerSeries, bin int) *float64 { return number(c.ReadThrottled[bin]) })
	worstBacklog = worstConsumer(func(c *ConsumerSeries, bin int) *float64 { return number(c.BacklogRecords[bin]) })
)

func course(s *Series, at func(bin int) *float64) []*float64 {
	values := make([]*float64, s.Bins)
	for i := range values {
		values[i] = at(i)
	}
	return values
}

// larger is the larger of two values, of which either may be missing.
func larger(a, b *float64) *float64 {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}
