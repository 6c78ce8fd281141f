package client

import (
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/metric"
	"kinesim/sim/workload"
)

// Lambda is an event source mapping: it reads the shards and invokes a function with
// batches of what it read (kinesis.md, section 8.1).
type Lambda struct {
	BatchSize   int64
	Window      time.Duration // how long a batch that is not full may wait
	Parallel    int           // batches of a shard at a time, each key in one of them; 1 to 10
	Duration    model.Delay   // of an invocation, beside the consumer's processing
	Concurrency int           // invocations at a time over all shards; 0: any number
	Errors      float64       // share of invocations that fail
	Retries     int           // of a batch; negative: without end
	Bisect      bool          // a batch that failed is tried again in halves
	MaxAge      time.Duration // records that are older are given up; 0: as old as the stream keeps them
	Destination bool          // what is given up is sent somewhere
	Partial     bool          // the function says which record failed, and those before it are done
	Tumbling    time.Duration // batches do not cross the edges of windows so long, at whose ends the function is called once more; 0: none
	Keep        float64       // share of records that the filter lets through
	EFO         bool
	Interval    time.Duration // of polls of a shard that has been read to its tip
}

func (Lambda) kind() string   { return "lambda" }
func (l Lambda) Fanout() bool { return l.EFO }

// keyed tells whether the partition keys of records matter to it.
func (l Lambda) keyed() bool { return l.Parallel > 1 }

// mapping is a running event source mapping.
type mapping struct {
	Lambda
	consumer *Consumer
	duration *workload.Delays
	random   *des.Rand // which invocations fail, and where
	passes   *des.Rand // what the filter lets through
	sources  []*source

	running, mostRunning int
	peak                 int // most running since somebody asked
	waiting              []*track
	poisons              []*poison
	report               LambdaReport
	polls                *polling
	pushes               *pushing
	phase                *des.Rand
	age                  metric.Histogram // of the last record of a batch at its invocation, in ns
}

// LambdaReport is what a mapping did, at or after warm-up.
type LambdaReport struct {
	Invocations, Failures int64
	Throttled             int64 // invocations that had to wait for others to end
	MostRunning           int
	Records               int64        // that invocations were given, again and again
	Filtered              int64        // records that the filter kept from the function
	Sent                  int64        // given up and sent to the destination
	Closings              int64        // of the invocations: ends of tumbling windows
	Age                   metric.Stats // of the last record of a batch at its first invocation
}

func (l Lambda) open(k *Consumer, _ des.Time) application {
	m := &mapping{Lambda: l, consumer: k, duration: workload.NewDelays(l.Duration, k.random("duration")), random: k.random("outcome"), passes: k.random("filter")}
	m.befall()
	if l.EFO {
		m.pushes = newPushing(k, onlyGroup)
	} else {
		m.polls = newPolling(k, Classic{l.Interval, k.links.Limits.GetRecordsLimit}, onlyGroup)
		m.polls.hurry = k.links.Limits.LambdaBusyPoll
	}
	m.phase = k.random("phase")
	return m
}

// shard begins to read a shard.
func (m *mapping) shard(now des.Time, p *position) {
	k := m.consumer
	s := &source{mapping: m, position: p, read: p.seen}
	for range m.Parallel {
		s.tracks = append(s.tracks, &track{source: s, window: -1})
	}
	p.hold = s
	s.reader = k.read(p.place, p.seen, s)
	first := now
	if m.EFO {
		s.reader.way = m.pushes.pusher(s.reader)
	} else {
		s.reader.way = m.polls.poller(s.reader)
		if now == k.Config.Joins {
			first = now.Add(fraction(m.phase, m.Interval))
		}
	}
	s.reader.way.start(now, first)
	m.sources = append(m.sources, s)
}

// ready has nothing to add: each shard has begun by itself.
func (m *mapping) ready(des.Time) {}

// befall wakes the poisons of the mapping.
func (m *mapping) befall() {
	for i := range m.consumer.faults {
		if f := &m.consumer.faults[i]; f.Poison != nil {
			p := &poison{mapping: m, fault: f, place: -1}
			m.poisons = append(m.poisons, p)
			m.consumer.links.Engine.At(max(f.From, m.consumer.Config.Joins), des.Service, p)
		}
	}
}

// poison is a record that no invocation survives, until somebody mends the function.
type poison struct {
	mapping *mapping
	fault   *Fault
	place   int
	row     int64
}

// Act marks the next record of the shard.
func (p *poison) Act(now des.Time) {
	k := p.mapping.consumer
	p.place = k.links.placeOf(p.fault.Poison, now)
	if p.place >= 0 {
		p.row = k.links.Stream.End(p.place)
	}
}

// String names the event in messages.
func (p *poison) String() string {
	return "a poison record for consumer " + p.mapping.consumer.Config.Name
}

// finish counts what is done by the end of the run: what is in hand then is not.
func (m *mapping) finish(des.Time) {}

// look has nothing to add: each shard has its reader.
func (m *mapping) look(des.Time) {}

// Lambda is the report of a consumer that is an event source mapping; nil of others.
func (k *Consumer) Lambda() *LambdaReport {
	m, ok := k.app.(*mapping)
	if !ok {
		return nil
	}
	r := m.report
	r.MostRunning = m.mostRunning
	r.Age = m.age.Stats(1e-6)
	return &r
}

// Running is how many invocations ran at a time, at the most since it was last asked;
// none before the mapping has joined. Others have none at all.
func (k *Consumer) Running() (most int, ok bool) {
	if m, joined := k.app.(*mapping); joined {
		most, m.peak = m.peak, m.running
	}
	_, ok = k.Config.Kind.(Lambda)
	return most, ok
}

// pace: so many batches at a time, if there are as many keys and the concurrency is
// enough for all shards, of what the filter lets through; of no more than the service
// gives.
func (l Lambda) pace(k *Consumer, size, room float64) float64 {
	n := float64(l.BatchSize)
	each := l.Duration.Mean().Seconds() + n/k.Config.Processing.busyRate(n)
	parallel := float64(l.Parallel)
	if l.Concurrency > 0 {
		parallel = min(parallel, float64(l.Concurrency)/float64(k.links.Stream.Shards()))
	}
	return min(room/max(size, 1), n*parallel/max(each*l.Keep, 1e-9))
}
