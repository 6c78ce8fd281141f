package client

import (
	"fmt"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/metric"
	"kinesim/sim/workload"
)

// minLatency is the shortest time in which a call is answered: a client that
// sends again at once still lets time pass.
const minLatency = time.Microsecond

// Links are what a producer is wired to.
type Links struct {
	Engine  *des.Engine
	Stream  *kinesis.Stream
	Seed    uint64
	Limits  model.Limits
	Warmup  des.Time // producer counts are of records that arose at or after it
	End     des.Time
	Fanout  *Fanout
	Trouble *Trouble                         // what is wrong with the service; nil: nothing
	Faults  []Fault                          // all of them; consumers look for their own
	Hottest func(now des.Time) int           // the place of the shard that was asked for most
	Refused func(now des.Time, c Call)       // told of each call with refused records or sent again, if set
	Story   *Story                           // follows one record; nil: none
	Drawn   func(Lot)                        // told of all records as they are drawn, if set
	Look    func() (at des.Time, apart bool) // when somebody looks at all shards next, and whether they may be played one by one until then; only of a coarse resolution, as Seconds
	Inflow  *Confluence                      // of a run at a coarse resolution; nil: producers send their records themselves
	Apart   bool                             // shards have lanes, in which they may be played one by one; only of a coarse resolution

	// Seconds is told what a shard that has a lane had done by each of some whole seconds, the
	// first of them and the next ones.
	Seconds func(first des.Time, group, place int, did []kinesis.Writes)

	// Poured, if set, is told of what a shard refused at a coarse resolution at an instant, or
	// in a span that begins there, and of the records that came to it again.
	Poured func(at des.Time, place int, refused *kinesis.Refused, again Load)
}

// Producer offers records: its clients collect them into batches, send them, and
// send refused ones again as the retry policy says.
type Producer struct {
	Config ProducerConfig
	Space  *workload.KeySpace
	Keys   *kinesis.KeySet

	// PutLatency is from the first sending to the answer that accepted, for each
	// accepted record, in ns, counted at the call that accepted it.
	PutLatency metric.Recorder
	Calls      int64 // sent at or after warm-up

	all, old  Tally // of all records, and of those that arose before warm-up
	offers    keyLoads
	links     Links
	senders   []sender
	libraries []*library // in place of senders, with the KPL
	flow      *flow      // in place of senders, at a coarse resolution
	free      *call
	latency   *workload.Delays
	keys      *des.Rand
	retries   *des.Rand
	try       Try // scratch of again
	sizes     workload.Sizes
	largest   model.Bytes // no record is larger
	nameless  bool        // some records have a key without a number
	replay    *replay     // of a trace; nil without one
	order     order
}

// NewProducer makes a producer and wakes its clients for their first batches.
func NewProducer(c ProducerConfig, l Links) *Producer {
	p := &Producer{Config: c, links: l}
	stream := p.random
	p.latency, p.keys, p.retries = workload.NewDelays(l.Limits.PutLatency, stream("latency")), stream("keys"), stream("retries")
	_, p.order.off = c.Retry.(NoRetry)
	arrivals := p.draws(stream)
	if c.Put.Single {
		put := &p.Config.Put
		put.Records, put.Bytes, put.Linger = 1, l.Limits.PutRecordsBytes, 0
	}
	p.Keys = l.Stream.Keys(p.Space.Hashes)
	p.offers = newKeyLoads(&c, p.Space, p.Keys)
	if l.Inflow != nil {
		p.flow = l.Inflow.join(p, stream("inflow"))
		return p
	}
	if c.Put.KPL != nil {
		p.order.off = true // the library promises no order
		for i := range c.Clients {
			p.libraries = append(p.libraries, newLibrary(p, i, arrivals(i), stream(fmt.Sprintf("kpl/%d", i))))
		}
		return p
	}
	p.senders = make([]sender, c.Clients)
	for i := range p.senders {
		p.senders[i] = sender{producer: p, client: i, process: arrivals(i)}
		p.senders[i].fill(0)
	}
	return p
}

// draws makes ready what records are drawn from, a trace or laws, and returns
// what gives each client its arrivals.
func (p *Producer) draws(stream func(use string) *des.Rand) func(client int) workload.Process {
	c := &p.Config
	if c.Trace != nil {
		p.Space = workload.NewKeySpace(workload.Unique{}, nil)
		p.largest, p.nameless = c.Trace.Facts().Largest, true
		p.replay = newReplay(p, c.Trace)
		return func(client int) workload.Process { return tracedClient{p.replay, client} }
	}
	p.Space = workload.NewKeySpace(c.Keys, c.Hot)
	p.largest, p.nameless = model.Bytes(p.Space.LongestKey())+c.Size.Largest(), c.Keys.Len() == 0
	p.sizes = c.Size.Start(stream("sizes"))
	return func(client int) workload.Process {
		return c.Arrivals.Start(c.Rate, c.part(client), stream(fmt.Sprintf("arrivals/%d", client)))
	}
}

// random is the producer's stream of random numbers for a use.
func (p *Producer) random(use string) *des.Rand {
	return des.Stream(p.links.Seed, "producer/"+p.Config.Name+"/"+use)
}

// Total counts over the whole run.
func (p *Producer) Total() Tally {
	all := p.all
	for _, b := range p.branches() {
		all = all.Plus(b.all)
	}
	return all
}

// Tally counts the records that arose at or after warm-up.
func (p *Producer) Tally() Tally {
	t := p.Total().Minus(p.old)
	for _, b := range p.branches() {
		t = t.Minus(b.before)
	}
	return t
}

// branches are those of its flow; none where it draws every record.
func (p *Producer) branches() []*branch {
	if p.flow == nil {
		return nil
	}
	return p.flow.branches
}

// send is a client's first sending of a batch, of whose records the first counted
// were counted as offered when they arose.
func (p *Producer) send(now des.Time, s *sender, b *kinesis.Batch, counted int) {
	if counted > 0 {
		p.all.Waiting -= int64(counted)
		p.old.Waiting -= int64(min(counted, p.older(b)))
	}
	s.flying++
	bytes := p.put(now, s, b, nil)
	if counted > 0 {
		bytes -= bytesOf(b.Size[:counted])
	}
	p.offered(b, counted, bytes)
}

// offered counts the records of a batch from the first on that is not counted yet, and
// their bytes.
func (p *Producer) offered(b *kinesis.Batch, first int, bytes model.Bytes) {
	old := max(first, p.older(b))
	p.all.Offered += int64(b.Len() - first)
	p.all.OfferedBytes += int64(bytes)
	p.old.Offered += int64(old - first)
	p.old.OfferedBytes += int64(bytesOf(b.Size[first:old]))
	p.offers.add(b.Key[old:], b.Size[old:])
}

// wait counts the records of a batch from the first on as waiting.
func (p *Producer) wait(b *kinesis.Batch, first int) {
	p.all.Waiting += int64(b.Len() - first)
	p.old.Waiting += int64(max(0, p.older(b)-first))
}

// older is how many records of a batch, which are in the order of their arising,
// arose before warm-up.
func (p *Producer) older(b *kinesis.Batch) int {
	n := 0
	for n < b.Len() && b.Arose[n] < p.links.Warmup {
		n++
	}
	return n
}

// Answered measures the calls of a coarse resolution that have been sent and not measured.
func (p *Producer) Answered() {
	if p.flow != nil {
		p.flow.answers()
	}
}

// Collect counts what has arisen before now at clients that wait for a call to be
// answered, and so could not send.
func (p *Producer) Collect(now des.Time) {
	for i := range p.senders {
		if s := &p.senders[i]; s.blocked {
			s.absorb(now - 1)
		}
	}
}

// Finish counts what the clients have collected and not yet sent by the end of
// the run: offered, and waiting.
func (p *Producer) Finish(end des.Time) {
	p.Collect(end)
	if p.flow != nil {
		p.links.Inflow.finish(p.flow, end)
	}
	for _, l := range p.libraries {
		l.take(end - 1)
	}
	if p.replay != nil {
		p.replay.stop()
	}
	for i := range p.senders {
		s := &p.senders[i]
		s.cut(end)
		s.waiting()
	}
}
