package sim_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/sim"
	"kinesim/sim/client"
	"kinesim/sim/des"
	"kinesim/sim/workload"
)

// memory is a trace of n records: record i arises at i milliseconds with key
// k<i mod keys> and i mod 200 bytes. It cannot be read past broken, if that is set.
type memory struct {
	n, keys, broken int64
	closed          *int
}

func (m memory) Facts() workload.TraceFacts {
	return workload.TraceFacts{Records: m.n, Largest: 220, Keys: int(m.keys), Last: des.Time(m.n * 1e6)}
}

func (m memory) Open() (workload.TraceReader, error) { return &memoryReader{memory: m}, nil }

type memoryReader struct {
	memory
	i   int64
	key []byte
}

func (m *memoryReader) Read(r *workload.TraceRecord) error {
	switch {
	case m.broken > 0 && m.i == m.broken:
		return errors.New("the disk is on fire")
	case m.i == m.n:
		return io.EOF
	}
	m.key = fmt.Appendf(m.key[:0], "k%d", m.i%m.keys)
	*r = workload.TraceRecord{At: des.Time(m.i * 1e6), Key: m.key, Data: uint32(m.i % 200)}
	m.i++
	return nil
}

func (m *memoryReader) Close() error {
	*m.closed++
	return nil
}

// traceScene is a scene whose producer replays a trace, in batches.
func traceScene(m memory, clients int) *sim.Config {
	c := scene(4, 0, time.Minute)
	c.Producers[0] = client.ProducerConfig{
		Name: "app", Clients: clients, Trace: m, Retry: client.NoRetry{},
		Put: client.Put{Records: 50, Bytes: model.MiB, Linger: 20 * time.Millisecond},
	}
	c.Consumers = []client.ConsumerConfig{classic("reader", time.Second)}
	return c
}

// TestTraceIsPlayed: every record of a trace is offered once, with its own size
// and key, whatever the number of clients, and the file is closed again.
func TestTraceIsPlayed(t *testing.T) {
	for _, clients := range []int{1, 7, 300} {
		closed := 0
		r := play(t, traceScene(memory{n: 20_000, keys: 40, closed: &closed}, clients))
		p := r.Producers[0]
		bytes := int64(20_000*99 + 20_000) // i mod 200 is 99.5 on average; the key has two or three bytes
		for i := range int64(20_000) {
			bytes += (i%200 - 99) + int64(len(fmt.Sprint(i%40)))
		}
		if p.OfferedRecords != 20_000 || p.OfferedBytes != bytes || closed != 1 {
			t.Errorf("%d clients: %d records of %d B offered, want 20,000 of %d; closed %d times", clients, p.OfferedRecords, p.OfferedBytes, bytes, closed)
		}
		seen := map[string]int64{}
		for _, k := range r.Keys {
			seen[k.Key] = k.Records
		}
		if len(seen) != 20 {
			t.Errorf("%d clients: the top keys are %v", clients, seen)
		}
		for key, n := range seen {
			if n != 500 {
				t.Errorf("%s has %d records, want 500", key, n)
			}
		}
	}
}

// TestTraceArrivals: one record a call and no delay: a record is accepted when it
// arises, so none waits.
func TestTraceArrivals(t *testing.T) {
	closed := 0
	c := traceScene(memory{n: 500, keys: 3, closed: &closed}, 3)
	c.Producers[0].Put = client.Put{Single: true}
	c.Consumers = []client.ConsumerConfig{efo("reader")}
	r := play(t, c)
	if d := r.Consumers[0].EndToEndLatency; d.Count != 500 || *d.Max > 0.001 {
		t.Errorf("end to end: %d records, at most %v ms", d.Count, *d.Max)
	}
}

// TestManyTraceKeys: keys beyond those that are remembered by name are played and
// routed all the same.
func TestManyTraceKeys(t *testing.T) {
	oneByOne(t)
	closed := 0
	n := int64(workload.MaxNamedKeys) + 50_000
	c := traceScene(memory{n: n, keys: n, closed: &closed}, 1)
	c.Clock.Duration = 10 * time.Minute
	c.Producers[0].Put.Records = 500
	r := play(t, c)
	if r.Producers[0].AcceptedRecords != n {
		t.Errorf("%d of %d records accepted", r.Producers[0].AcceptedRecords, n)
	}
	for _, s := range r.Shards { // a quarter of the keys each
		near(t, s.ID, float64(s.IncomingRecords), float64(n)/4, 0.02)
	}
}

// TestBrokenTrace: a trace that ends in a fault ends the run in that fault, and
// one that the run does not reach is closed.
func TestBrokenTrace(t *testing.T) {
	closed := 0
	_, err := sim.Run(context.Background(), traceScene(memory{n: 1000, keys: 1, broken: 700, closed: &closed}, 2), nil)
	if err == nil || !strings.Contains(err.Error(), "the trace of producer app: the disk is on fire") || closed != 1 {
		t.Errorf("got %v, closed %d times", err, closed)
	}
	c := traceScene(memory{n: 1_000_000, keys: 1, closed: &closed}, 2)
	c.Clock.Duration = time.Second
	if play(t, c); closed != 2 {
		t.Errorf("closed %d times", closed)
	}
}
