package client

import (
	"fmt"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/metric"
)

// Reads counts what became of records on the side of one consumer. Of the records
// after its starting point, those that came are Received + Expired + its backlog.
type Reads struct {
	Received   int64 // handed over, each once
	Processed  int64 // each once
	Expired    int64 // left the stream before the consumer read them
	Duplicates int64 // handed over again
	Repeated   int64 // processed again
	Failed     int64 // handed over, but given up without being processed
}

// Minus is what r counts beyond o.
func (r Reads) Minus(o Reads) Reads {
	return Reads{
		r.Received - o.Received, r.Processed - o.Processed, r.Expired - o.Expired,
		r.Duplicates - o.Duplicates, r.Repeated - o.Repeated, r.Failed - o.Failed,
	}
}

// Plus counts both.
func (r Reads) Plus(o Reads) Reads { return r.Minus(Reads{}.Minus(o)) }

// Requests counts what a consumer's readers asked the stream for.
type Requests struct {
	Calls, Empty, Throttled int64       // at or after warm-up: GetRecords calls or pushes
	Iterators, Stale        int64       // at or after warm-up: GetShardIterator calls; calls whose iterator had expired
	Bytes                   model.Bytes // returned by those calls
	WarmBytes               model.Bytes // returned before warm-up was over
	OldBytes                model.Bytes // returned by GetRecords at any time in answers whose newest record was older than a week, which errs low by the answers that straddle
	AllThrottled            int64       // refused calls of the whole run
}

// Plus counts both.
func (r Requests) Plus(o Requests) Requests {
	return Requests{
		r.Calls + o.Calls, r.Empty + o.Empty, r.Throttled + o.Throttled, r.Iterators + o.Iterators, r.Stale + o.Stale,
		r.Bytes + o.Bytes, r.WarmBytes + o.WarmBytes, r.OldBytes + o.OldBytes, r.AllThrottled + o.AllThrottled,
	}
}

// readings are what the readers of a group of shards count and measure for their
// consumer. Those of different groups may do so at the same time.
type readings struct {
	reads, before Reads // of all records, and of those accepted before warm-up
	requests      Requests
	firstExpired  des.Time // when a record was first lost unread; only if reads.Expired

	// Of what was accepted at or after warm-up, how many records have left the backlog, as
	// they were handed over or expired: by whole second since an instant. Forever: shards
	// have no lanes, and who wants to know counts what is unread.
	since des.Time
	left  []int64

	propagation, endToEnd, iteratorAge, silence, behind *metric.Histogram // parts of the laps of the consumer's recorders
	alike                                               metric.Histogram  // of the lap: what goes to both iteratorAge and behind

	delays, totals [kinesis.MaxRows]uint64 // scratch of position
	slabs          [mostCalls]metric.Slab  // of position
}

// newReadings makes those of a group.
func (k *Consumer) newReadings(group int) *readings {
	since := des.Forever
	if k.links.Apart {
		since = 0
	}
	return &readings{
		since:       since,
		propagation: k.Propagation.Lap(group), endToEnd: k.EndToEnd.Lap(group),
		iteratorAge: k.IteratorAge.Lap(group), silence: k.Silence.Lap(group), behind: k.Behind.Lap(group),
	}
}

// reached notes how old the last record of a call was, and that the reader is as far behind
// after it, as nearly all are, or not at all. What is alike is counted once.
func (g *readings) reached(age uint64, behind bool) {
	if behind {
		g.alike.Add(age)
		return
	}
	g.iteratorAge.Add(age)
	g.behind.Add(0)
}

// EndLap ends the lap of every recorder.
func (k *Consumer) EndLap() {
	if len(k.groups) > 0 {
		first := k.groups[0]
		for _, g := range k.groups[1:] {
			first.alike.Take(&g.alike)
		}
		first.iteratorAge.Merge(&first.alike)
		first.behind.Merge(&first.alike)
		first.alike.Reset()
	}
	for _, r := range []*metric.Recorder{&k.Propagation, &k.EndToEnd, &k.IteratorAge, &k.Silence, &k.Behind} {
		r.EndLap()
	}
}

// leave notes that records have left the backlog.
func (g *readings) leave(now des.Time, n int64) {
	if now < g.since {
		return
	}
	i := int((now - g.since) / des.Time(time.Second))
	for i >= len(g.left) {
		g.left = append(g.left, 0)
	}
	g.left[i] += n
}

// EndSecond is how many records that were accepted at or after warm-up have left the backlog
// in the first whole second for which nobody has asked yet. Only of shards with lanes.
func (k *Consumer) EndSecond() (n int64) {
	for _, g := range k.groups {
		g.since = g.since.Add(time.Second)
		if len(g.left) > 0 {
			n += g.left[0]
			g.left = append(g.left[:0], g.left[1:]...)
		}
	}
	return n
}

// groupName names the random stream of a group of shards; the first has the plain name.
func groupName(use string, group int) string {
	if group == 0 {
		return use
	}
	return fmt.Sprintf("%s/%d", use, group)
}

// Total counts over the whole run.
func (k *Consumer) Total() (all Reads) {
	for _, g := range k.groups {
		all = all.Plus(g.reads)
	}
	return all
}

// Reads counts the records accepted at or after warm-up.
func (k *Consumer) Reads() Reads {
	reads := k.Total()
	for _, g := range k.groups {
		reads = reads.Minus(g.before)
	}
	return reads
}

// Requests counts what all readers have asked for.
func (k *Consumer) Requests() (all Requests) {
	for _, g := range k.groups {
		all = all.Plus(g.requests)
	}
	return all
}

// FirstExpired is when a record was first lost unread; only if one was.
func (k *Consumer) FirstExpired() des.Time {
	first := des.Forever
	for _, g := range k.groups {
		if g.reads.Expired > 0 {
			first = min(first, g.firstExpired)
		}
	}
	return first
}
