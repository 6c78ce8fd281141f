package sim

import (
	"time"

	"kinesim/sim/des"
)

// second is what all shards together did in a span of a second, or in what is left of one
// at the end of a run.
type second struct {
	from, to des.Time
	asked    [2]float64 // records and bytes, refused ones included
	refused  int64      // records
	backlog  []int64    // at the end, by consumer; only of shards that are played one by one
}

// upTo measures the seconds that have ended by now and that nobody has measured.
func (o *observer) upTo(now des.Time) {
	o.gather()
	if now > o.secondT && now%des.Time(time.Second) == 0 {
		o.endSecond(now)
	}
}

// shardSecond measures the second that ends at now of a shard that is played by itself,
// unless the observer has looked at all of them.
func (o *observer) shardSecond(now des.Time, place int) {
	if now <= o.secondT {
		return
	}
	n := int((now-o.secondT)/des.Time(time.Second)) - 1
	for len(o.seconds) <= n {
		from := o.secondT.Add(time.Duration(len(o.seconds)) * time.Second)
		o.seconds = append(o.seconds, second{from: from, to: from.Add(time.Second), backlog: make([]int64, len(o.backlog))})
	}
	s := &o.seconds[n]
	o.measure(s, place)
	for i, k := range o.world.consumers {
		s.backlog[i] += k.Waiting(place)
	}
}

// gather puts the seconds together of shards that were played one by one.
func (o *observer) gather() {
	for i := range o.seconds {
		s := &o.seconds[i]
		o.close(s)
		for k, n := range s.backlog {
			o.noteBacklog(s.to, k, n)
		}
	}
	o.seconds = o.seconds[:0]
}

// endSecond measures what all shards did since the last second that was measured.
func (o *observer) endSecond(now des.Time) {
	s := second{from: o.secondT, to: now}
	for i := range o.second {
		o.measure(&s, i)
	}
	o.close(&s)
}

// measure measures how full a shard was in a second.
func (o *observer) measure(sec *second, i int) {
	s, limits := o.world.stream, &o.world.config.Limits
	from, to := s.Life(i)
	if to <= sec.from {
		return // closed before
	}
	whole := min(des.Time(time.Second), o.world.end)
	span := sec.span(whole)
	m, before := s.Meter(i), &o.second[i]
	accepted := m.IncomingRecords - before.IncomingRecords
	acceptedBytes := int64(m.IncomingBytes - before.IncomingBytes)
	refused := m.ThrottledRecords - before.ThrottledRecords
	sec.asked[0] += float64(accepted + refused)
	sec.asked[1] += float64(acceptedBytes + int64(m.ThrottledBytes-before.ThrottledBytes))
	sec.refused += refused
	share := max(float64(accepted)/(float64(limits.WriteRecordsPerSecond)*span), float64(acceptedBytes)/(float64(limits.WriteBytesPerSecond)*span))
	o.heat.add(s, i, int((sec.to-1)/o.step), share, refused)
	o.lens.second(i, asked(&m, before, limits, span))
	if open := from <= sec.from && to >= sec.to; open && sec.from >= o.world.warmup && sec.to-sec.from >= whole {
		o.utilization.Add(uint64(float64(share*1e6) + 0.5))
		if w := &o.worstSecond; share > w.share || share == w.share && sec.from < w.at {
			w.share, w.at = share, sec.from
		}
	}
	*before = m
}

// span is how long the second is, in seconds: what is left of one at the end says nothing
// about a rate.
func (s *second) span(whole des.Time) float64 { return max(s.to-s.from, whole).Seconds() }

// close is called when all shards have been measured in a second.
func (o *observer) close(s *second) {
	span := s.span(min(des.Time(time.Second), o.world.end))
	o.peak[0], o.peak[1] = max(o.peak[0], s.asked[0]/span), max(o.peak[1], s.asked[1]/span)
	o.secondT = s.to
	o.lens.endSecond(s.to, s.refused)
	o.rehearsal.second(s.to, s.refused)
	o.world.causes.second(s.to)
}
