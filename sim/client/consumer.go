package client

import (
	"fmt"
	"math"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/metric"
)

// Reads counts what became of records on the side of one consumer.
type Reads struct {
	Received  int64 // each once
	Processed int64
	Expired   int64 // left the stream before the consumer read them
}

// Minus is what r counts beyond o.
func (r Reads) Minus(o Reads) Reads {
	return Reads{r.Received - o.Received, r.Processed - o.Processed, r.Expired - o.Expired}
}

// Consumer is one consumer: a reader on each shard, and what they measure
// together.
type Consumer struct {
	Config ConsumerConfig

	// Of records accepted at or after warm-up, in ns: Propagation from acceptance
	// to hand-over, EndToEnd from arising to processed. EndToEnd is counted at the
	// hand-over of the batch that holds the record.
	Propagation, EndToEnd metric.Recorder
	// IteratorAge is, for each GetRecords call or push at or after warm-up, its
	// instant minus the arrival of the last record returned; 0 for an empty
	// answer. That is how CloudWatch defines it, and it is silent while a reader
	// makes no calls. Silence is the age of the oldest unread record when a reader
	// that should have called before was busy until now.
	IteratorAge, Silence metric.Recorder

	Calls, Empty, Throttled int64       // at or after warm-up: GetRecords calls or pushes
	Bytes                   model.Bytes // returned by those calls

	all, old Reads // of all records, and of those accepted before warm-up
	links    Links
	id       int // the stream's number for this reader
	readers  []reader

	delays, totals [kinesis.MaxRows]uint64 // scratch of receive
}

// reader is the part that all kinds of consumer have on one shard.
type reader struct {
	consumer *Consumer
	place    int      // of the shard
	cursor   int64    // the next row to read
	oldRows  int64    // rows before this one were accepted before warm-up
	due      des.Time // when it should have called or been served next
	busy     des.Time // processing until then
}

// NewConsumer makes a consumer and wakes its readers. Random streams are named
// after it.
func NewConsumer(c ConsumerConfig, l Links) *Consumer {
	k := &Consumer{Config: c, links: l, id: l.Stream.AddReader()}
	k.readers = make([]reader, l.Stream.Shards())
	for i := range k.readers {
		k.readers[i] = reader{consumer: k, place: i}
	}
	if l.Warmup > 0 {
		for i := range k.readers {
			k.readers[i].oldRows = math.MaxInt64 // all, until warm-up ends
		}
		l.Engine.At(l.Warmup, des.Sampling, warmth{k})
	}
	stream := func(use string) *des.Rand { return des.Stream(l.Seed, "consumer/"+c.Name+"/"+use) }
	switch kind := c.Kind.(type) {
	case Classic:
		newPollers(k, kind, stream)
	case EFO:
		newPushers(k, stream)
	default:
		panic(fmt.Sprintf("client: consumer %s is a %T", c.Name, kind))
	}
	return k
}

// Type is the kind of the consumer by the name that scenarios use.
func (k *Consumer) Type() string { return k.Config.Kind.kind() }

// Total counts over the whole run.
func (k *Consumer) Total() Reads { return k.all }

// Reads counts the records accepted at or after warm-up.
func (k *Consumer) Reads() Reads { return k.all.Minus(k.old) }

// Backlog is how many records of the stream the consumer has not been handed.
func (k *Consumer) Backlog() int64 {
	var n int64
	for i := range k.readers {
		n += k.links.Stream.End(i) - k.readers[i].cursor
	}
	return n
}

// OldBacklog is how many of them were accepted before warm-up.
func (k *Consumer) OldBacklog() int64 {
	var n int64
	for i := range k.readers {
		r := &k.readers[i]
		n += r.old(r.cursor, k.links.Stream.End(i))
	}
	return n
}

// OldestUnread is the age of the oldest record that the consumer has not been
// handed; 0 without one.
func (k *Consumer) OldestUnread(now des.Time) time.Duration {
	var oldest time.Duration
	for i := range k.readers {
		oldest = max(oldest, k.readers[i].oldest(now))
	}
	return oldest
}

// Finish lets expired records go and counts silence up to the end of the run.
func (k *Consumer) Finish(end des.Time) {
	for i := range k.readers {
		r := &k.readers[i]
		r.expire(end)
		r.silent(end)
	}
}

// oldest is the age of the oldest unread record of the shard; 0 without one. What
// has expired while the reader did not look is no longer in the stream.
func (r *reader) oldest(now des.Time) time.Duration {
	s := r.consumer.links.Stream
	row := max(r.cursor, s.Expire(now, r.place))
	if row >= s.End(r.place) {
		return 0
	}
	return now.Sub(s.AcceptedAt(r.place, row))
}

// silent counts the age of the oldest unread record if the reader should have
// called before now and was busy instead.
func (r *reader) silent(now des.Time) {
	if k := r.consumer; now > r.due && r.busy > r.due && now >= k.links.Warmup {
		if age := r.oldest(now); age > 0 {
			k.Silence.Add(uint64(age))
		}
	}
}

// expire drops what the retention has ended for, and skips it.
func (r *reader) expire(now des.Time) {
	k := r.consumer
	if first := k.links.Stream.Expire(now, r.place); first > r.cursor {
		k.all.Expired += first - r.cursor
		k.old.Expired += r.old(r.cursor, first)
		r.cursor = first
		k.links.Stream.Release(k.id, r.place, first)
	}
}

// old is how many of the rows [from, to) were accepted before warm-up.
func (r *reader) old(from, to int64) int64 {
	return min(to, r.oldRows) - min(from, r.oldRows)
}

// handOver gives the rows [from, to) of the shard to the consumer at now, and
// keeps it busy until they are processed.
func (r *reader) handOver(now des.Time, from, to int64) {
	r.receive(now, from, to)
	r.cursor = to
	r.consumer.links.Stream.Release(r.consumer.id, r.place, to)
}

// receive counts and measures the rows [from, to).
func (r *reader) receive(now des.Time, from, to int64) {
	k, work := r.consumer, r.consumer.Config.Processing
	n, old := to-from, r.old(from, to)
	start := now.Add(work.PerBatch)
	r.busy = start.Add(time.Duration(n) * work.PerRecord)
	processed := done(start, work.PerRecord, n, k.links.End)
	k.all.Received += n
	k.old.Received += old
	k.all.Processed += processed
	k.old.Processed += min(processed, old)
	each, at := des.Time(work.PerRecord), start.Add(time.Duration(old)*work.PerRecord)
	left := processed - old // of the measured rows: those that are processed before the end
	k.links.Stream.Walk(r.place, from+old, to, func(rows []kinesis.Row) {
		delays, totals := k.delays[:len(rows)], k.totals[:len(rows)]
		for i, row := range rows {
			at += each
			delays[i] = uint64(now - row.At)
			totals[i] = uint64(at-row.At) + uint64(row.Lag.Duration())
		}
		k.Propagation.Lap().AddAll(delays)
		k.EndToEnd.Lap().AddAll(totals[:max(0, min(left, int64(len(totals))))])
		left -= int64(len(totals))
	})
}

// done is how many of n records are processed before end, the first of them
// started at start and each taking each.
func done(start des.Time, each time.Duration, n int64, end des.Time) int64 {
	switch {
	case start >= end:
		return 0
	case each == 0:
		return n
	}
	return min(n, int64((end-1-start)/des.Time(each))) // done strictly before the end
}

// warmth wakes a consumer at the end of warm-up.
type warmth struct{ consumer *Consumer }

// Act notes which rows were accepted before warm-up, before anything else of
// that instant adds to them.
func (w warmth) Act(des.Time) {
	for i := range w.consumer.readers {
		w.consumer.readers[i].oldRows = w.consumer.links.Stream.End(i)
	}
}

// String names the event in messages.
func (w warmth) String() string { return "warm-up of consumer " + w.consumer.Config.Name }
