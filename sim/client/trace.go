package client

import (
	"errors"
	"fmt"
	"io"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/workload"
)

// replay deals the records of a trace out to the clients of a producer: record k
// goes to client k modulo their number, as it is with regular arrivals. What it
// has read ahead for clients that did not ask yet waits in their queues, which
// stay about as long as one client's look-ahead.
type replay struct {
	producer *Producer
	reader   workload.TraceReader
	queues   []traceQueue // by client
	turn     int          // the client of the next record
	ended    bool
	err      error // why the trace could not be read to its end
}

// traceQueue holds the records of one client that are not in a batch yet. First
// their times are asked for, and later, when the batch is made up, the rest.
type traceQueue struct {
	records []tracedRecord
	timed   int // records[:timed] have been asked for their time
}

type tracedRecord struct {
	at   des.Time
	hash model.HashKey // where key is model.NoKey
	key  int32
	size uint32 // data and key
}

func newReplay(p *Producer, t workload.Trace) *replay {
	r := &replay{producer: p, queues: make([]traceQueue, p.Config.Clients)}
	r.reader, r.err = t.Open()
	r.ended = r.err != nil
	return r
}

// next reads one record into the queue of the client whose turn it is.
func (r *replay) next() {
	var t workload.TraceRecord
	if err := r.reader.Read(&t); err != nil {
		r.ended = true
		if !errors.Is(err, io.EOF) {
			r.err = err
		}
		r.err = errors.Join(r.err, r.reader.Close())
		return
	}
	p := r.producer
	record := tracedRecord{at: t.At, size: t.Data + uint32(len(t.Key))}
	key, fresh := p.Space.Intern(&t)
	record.key = key
	switch {
	case fresh:
		p.links.Stream.AddKey(p.Keys, p.Space.Hashes[key])
		p.offers.loads = append(p.offers.loads, Load{})
	case key == model.NoKey:
		record.hash = t.Hash()
	}
	q := &r.queues[r.turn]
	q.records = append(q.records, record)
	r.turn = (r.turn + 1) % len(r.queues)
}

// tracedClient is the arrivals of one client of a trace.
type tracedClient struct {
	*replay
	client int
}

// Fill implements workload.Process.
func (c tracedClient) Fill(dst []des.Time) int {
	q := &c.queues[c.client]
	for len(q.records)-q.timed < len(dst) && !c.ended {
		c.next()
	}
	n := min(len(dst), len(q.records)-q.timed)
	for i := range n {
		dst[i] = q.records[q.timed+i].at
	}
	q.timed += n
	return n
}

// draw takes keys and sizes for as many records as the columns are long, in the
// order of their times.
func (r *replay) draw(client int, b *kinesis.Batch, had int) {
	q, n := &r.queues[client], len(b.Key)-had
	for i, t := range q.records[:n] {
		b.Key[had+i], b.Hash[had+i], b.Size[had+i] = t.key, t.hash, t.size
	}
	q.records = append(q.records[:0], q.records[n:]...)
	q.timed -= n
}

// stop closes what a run that ended early has left open.
func (r *replay) stop() {
	if !r.ended {
		r.ended = true
		r.err = errors.Join(r.err, r.reader.Close())
	}
}

// Err is why a producer could not offer all that it should have: its trace could
// not be read to the end.
func (p *Producer) Err() error {
	if p.replay == nil || p.replay.err == nil {
		return nil
	}
	return fmt.Errorf("the trace of producer %s: %w", p.Config.Name, p.replay.err)
}
