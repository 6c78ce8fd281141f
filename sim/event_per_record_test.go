package sim_test

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kinesim/model"
	"kinesim/model/analytic"
)

// byHand plays the yardstick's job as one writes it without a library: one event per
// record, closures on container/heap, float buckets, a search in the keys' cumulated
// weights. It is what the engine is compared with, and nothing of the engine is in it.
type byHand struct {
	now    float64 // seconds
	events handEvents
	asked  uint64
	random *rand.Rand

	route      []int // key to shard
	cumulated  []float64
	shards     [yardstickShards]handShard
	refused    int
	offered    int
	propagated [2][1_001]int // by consumer and whole milliseconds
}

type handEvent struct {
	at  float64
	seq uint64
	do  func()
}

type handEvents []*handEvent

func (q handEvents) Len() int { return len(q) }
func (q handEvents) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].seq < q[j].seq
}
func (q handEvents) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *handEvents) Push(x any)   { *q = append(*q, x.(*handEvent)) }
func (q *handEvents) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	*q = (*q)[:last]
	return e
}

// handShard has the levels of its two buckets and the records that are not read by both.
type handShard struct {
	records, bytes, filled float64
	log                    []float64
	first                  int
	read                   [2]int
}

// playByHand plays so many seconds.
func playByHand(seconds float64, seed uint64) *byHand {
	h := &byHand{random: rand.New(rand.NewPCG(seed, 1))}
	places, name, sum := model.EvenShards(yardstickShards), analytic.Numbered("user-"), 0.0
	for i, share := range analytic.Zipf(1.1, 10_000) {
		sum += share
		h.route = append(h.route, places.Find(model.KeyHash(name(i+1))))
		h.cumulated = append(h.cumulated, sum)
	}
	for i := range h.shards {
		h.shards[i].records, h.shards[i].bytes = 1_000, 1<<20
		for consumer := range h.propagated {
			h.after(h.random.Float64(), func() { h.poll(i, consumer) })
		}
	}
	h.after(h.random.ExpFloat64()/yardstickRate, h.arrive)
	for h.events[0].at < seconds {
		e := heap.Pop(&h.events).(*handEvent)
		h.now = e.at
		e.do()
	}
	return h
}

func (h *byHand) after(wait float64, do func()) {
	h.asked++
	heap.Push(&h.events, &handEvent{h.now + wait, h.asked, do})
}

// arrive offers one record and asks for the next.
func (h *byHand) arrive() {
	const size = 500
	h.after(h.random.ExpFloat64()/yardstickRate, h.arrive)
	h.offered++
	key, _ := slices.BinarySearch(h.cumulated, h.random.Float64()*h.cumulated[len(h.cumulated)-1])
	s := &h.shards[h.route[key]]
	since := h.now - s.filled
	s.filled = h.now
	s.records = math.Min(1_000, s.records+since*1_000)
	s.bytes = math.Min(1<<20, s.bytes+since*(1<<20))
	if s.records < 1 || s.bytes < size {
		h.refused++
		return
	}
	s.records--
	s.bytes -= size
	s.log = append(s.log, h.now)
}

// poll reads what a consumer has not read of a shard, and comes back in a second.
func (h *byHand) poll(shard, consumer int) {
	h.after(1, func() { h.poll(shard, consumer) })
	s := &h.shards[shard]
	for ; s.read[consumer] < s.first+len(s.log); s.read[consumer]++ {
		h.propagated[consumer][int(1_000*(h.now-s.log[s.read[consumer]-s.first]))]++
	}
	if done := min(s.read[0], s.read[1]) - s.first; done > 4_096 {
		s.log, s.first = append(s.log[:0], s.log[done:]...), s.first+done
	}
}

// What is compared does the same job: it refuses what theory says, and what the engine
// does.
func TestEventPerRecordAgrees(t *testing.T) {
	oneByOne(t)
	const seed = 7
	h := playByHand(60, seed)
	share := float64(h.refused) / float64(h.offered)
	want := analytic.ThrottledShareOf(loads(yardstickShards, 1.1, 10_000, "user-", yardstickRate), 1_000, 1_000, 60)
	near(t, "throttled by hand", share, want, 0.01)
	near(t, "throttled by the engine", throttled(play(t, yardstick(time.Minute))), share, 0.01)
	for consumer, counts := range h.propagated { // even on [0, 1 s): as many in each half
		total, half := 0, 0
		for ms, n := range counts {
			total += n
			if ms < 500 {
				half += n
			}
		}
		if total < 2_000_000 {
			t.Errorf("seed %d, consumer %d was handed only %d records", seed, consumer, total)
		}
		near(t, "read within half a second", float64(half)/float64(total), 0.5, 0.01)
	}
}

// BenchmarkEventPerRecord is the yardstick by hand: its ns/record beside those of
// BenchmarkYardstick.
func BenchmarkEventPerRecord(b *testing.B) {
	b.ReportAllocs()
	records := 0
	for b.Loop() {
		records += playByHand(60, 1).offered
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(records), "ns/record")
}
