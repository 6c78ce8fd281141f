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

// Tally counts what became of records, each once but for the attempts.
type Tally struct {
	Offered, OfferedBytes int64 // records that arose; bytes of data and key
	Accepted              int64
	Failed                int64 // given up
	Rejected              int64 // of the failed: refused by the service's validation
	Waiting               int64 // refused, and to be sent again
	Attempts              int64 // records sent, each time counted
	Throttled             int64 // of the attempts: refused by a limit
}

// Minus is what t counts beyond o.
func (t Tally) Minus(o Tally) Tally {
	return Tally{
		t.Offered - o.Offered, t.OfferedBytes - o.OfferedBytes, t.Accepted - o.Accepted, t.Failed - o.Failed,
		t.Rejected - o.Rejected, t.Waiting - o.Waiting, t.Attempts - o.Attempts, t.Throttled - o.Throttled,
	}
}

// Plus counts both.
func (t Tally) Plus(o Tally) Tally { return t.Minus(Tally{}.Minus(o)) }

// Call is one PutRecord or PutRecords call that was answered.
type Call struct {
	Producer *Producer
	Batch    *kinesis.Batch
	Attempt  int // 1 is the first
	Result   *kinesis.PutResult
}

// Links are what a producer is wired to.
type Links struct {
	Engine  *des.Engine
	Stream  *kinesis.Stream
	Seed    uint64
	Limits  model.Limits
	Warmup  des.Time // producer counts are of records that arose at or after it
	End     des.Time
	Fanout  *Fanout
	Refused func(now des.Time, c Call) // told of each call with refused records or sent again, if set
}

// Producer offers records: its clients collect them into batches, send them, and
// send refused ones again as the retry policy says.
type Producer struct {
	Config ProducerConfig
	Space  *workload.KeySpace
	Keys   *kinesis.KeySet

	// KeyLoads is what was offered under each numbered key, of records that arose
	// at or after warm-up.
	KeyLoads []Load
	// PutLatency is from the first sending to the answer that accepted, for each
	// accepted record, in ns, counted at the call that accepted it.
	PutLatency metric.Recorder
	Calls      int64 // sent at or after warm-up

	all, old Tally // of all records, and of those that arose before warm-up
	links    Links
	senders  []sender
	free     *call
	latency  *workload.Delays
	keys     *des.Rand
	retries  *des.Rand
	sizes    workload.Sizes
	largest  model.Bytes // no record is larger
	nameless bool        // some records have a key without a number
	replay   *replay     // of a trace; nil without one
}

// Load is a number of records and their bytes of data and key.
type Load struct{ Records, Bytes int64 }

// NewProducer makes a producer and wakes its clients for their first batches.
func NewProducer(c ProducerConfig, l Links) *Producer {
	stream := func(use string) *des.Rand { return des.Stream(l.Seed, "producer/"+c.Name+"/"+use) }
	p := &Producer{
		Config: c, links: l,
		latency: workload.NewDelays(l.Limits.PutLatency, stream("latency")),
		keys:    stream("keys"), retries: stream("retries"),
	}
	arrivals := p.draws(stream)
	if c.Put.Single {
		p.Config.Put = Put{Single: true, Records: 1, Bytes: l.Limits.PutRecordsBytes}
	}
	p.Keys = l.Stream.Keys(p.Space.Hashes)
	p.KeyLoads = make([]Load, len(p.Space.Hashes))
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
		return c.Arrivals.Start(c.Rate, client, c.Clients, stream(fmt.Sprintf("arrivals/%d", client)))
	}
}

// Total counts over the whole run.
func (p *Producer) Total() Tally { return p.all }

// Tally counts the records that arose at or after warm-up.
func (p *Producer) Tally() Tally { return p.all.Minus(p.old) }

// send is a client's first sending of a batch.
func (p *Producer) send(now des.Time, b *kinesis.Batch) {
	old := p.older(b)
	bytes := p.put(now, b, 1, now, nil)
	p.all.Offered += int64(b.Len())
	p.all.OfferedBytes += int64(bytes)
	for _, size := range b.Size[:old] {
		p.old.Offered++
		p.old.OfferedBytes += int64(size)
	}
	loads, sizes := p.KeyLoads, b.Size[old:]
	for i, key := range b.Key[old:] {
		if key != model.NoKey {
			l := &loads[key]
			l.Records++
			l.Bytes += int64(sizes[i])
		}
	}
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

// put sends a batch, sees to its refused records and returns its bytes. first is
// when its records were sent first; again is the call that the batch belongs to,
// if it is not the first.
func (p *Producer) put(now des.Time, b *kinesis.Batch, attempt int, first des.Time, again *call) model.Bytes {
	r := p.links.Stream.Put(now, b)
	answer := now.Add(max(p.latency.Next(), minLatency))
	n, old := int64(b.Len()), int64(p.older(b))
	if now >= p.links.Warmup {
		p.Calls++
	}
	p.all.Attempts += n
	p.old.Attempts += old
	if r.Rejected != kinesis.Valid {
		p.all.Rejected += n
		p.old.Rejected += old
		p.fail(answer, n, old)
		p.release(again)
		return r.Bytes
	}
	refused, oldRefused := int64(len(r.Refused)), int64(0)
	for _, f := range r.Refused {
		if int64(f.Index) >= old {
			break
		}
		oldRefused++
	}
	p.all.Accepted += n - refused
	p.old.Accepted += old - oldRefused
	if answer < p.links.End {
		p.PutLatency.AddN(uint64(answer-first), uint64(n-refused-(old-oldRefused)))
	}
	if p.links.Refused != nil && (refused > 0 || attempt > 1) {
		p.links.Refused(now, Call{p, b, attempt, r})
	}
	if refused > 0 {
		p.all.Throttled += refused
		p.old.Throttled += oldRefused
		p.refused(answer, b, r, attempt, first, again, oldRefused)
	} else {
		p.release(again)
	}
	if len(r.Woken) > 0 {
		p.links.Fanout.wake(now, r.Woken)
	}
	return r.Bytes
}

// refused decides about the refused records of a call that is answered at
// answer: they are sent again, or fail.
func (p *Producer) refused(answer des.Time, b *kinesis.Batch, r *kinesis.PutResult, attempt int, first des.Time, again *call, old int64) {
	n := int64(len(r.Refused))
	policy := p.Config.Retry
	if !b.Single && !policy.Entries() {
		p.fail(answer, n, old)
		p.release(again)
		return
	}
	wait, ok := policy.Next(attempt, answer.Sub(first), p.retries)
	if !ok {
		p.fail(answer, n, old)
		p.release(again)
		return
	}
	if again == nil {
		again = p.take()
	}
	again.keep(b, r.Refused)
	again.attempt, again.first = attempt+1, first
	p.all.Waiting += n
	p.old.Waiting += old
	p.links.Engine.At(answer.Add(wait), des.Arrivals, again)
}

// fail gives records up at an answer. An answer after the end of the run never
// came: such records are still waiting.
func (p *Producer) fail(answer des.Time, n, old int64) {
	if answer < p.links.End {
		p.all.Failed += n
		p.old.Failed += old
	} else {
		p.all.Waiting += n
		p.old.Waiting += old
	}
}

// Finish counts what the clients have collected and not yet sent by the end of
// the run: offered, and waiting.
func (p *Producer) Finish(end des.Time) {
	if p.replay != nil {
		p.replay.stop()
	}
	for i := range p.senders {
		b := &p.senders[i].batch
		for j, at := range b.Arose {
			if at >= end {
				break
			}
			p.all.Offered++
			p.all.OfferedBytes += int64(b.Size[j])
			p.all.Waiting++
			if at < p.links.Warmup {
				p.old.Offered++
				p.old.OfferedBytes += int64(b.Size[j])
				p.old.Waiting++
			}
		}
	}
}
