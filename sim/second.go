package sim

import (
	"time"

	"kinesim/sim/des"
	"kinesim/sim/kinesis"
	"kinesim/sim/metric"
)

// second is what shards did in a span of a second, or in what is left of one at the end of
// a run: all of them, or those of a group that are played one by one.
type second struct {
	from, to des.Time
	span     float64 // how long it is, in seconds: what is left of one at the end says nothing about a rate
	counts   bool    // it is whole, and after warm-up
	writes   kinesis.Writes
	fullest  float64 // of what shards were asked for, the largest share of their limits
	shard    int     // whose that was
	worst    float64 // of what whole shards took in seconds that count, likewise
}

// newSecond is an empty one.
func (o *observer) newSecond(from, to des.Time) second {
	whole := min(des.Time(time.Second), o.world.end)
	return second{from: from, to: to, span: max(to-from, whole).Seconds(), counts: from >= o.world.warmup && to-from >= whole}
}

// add adds what other shards did in the same second.
func (s *second) add(o *second) {
	s.writes.Add(o.writes)
	s.full(o.shard, o.fullest)
	s.worst = max(s.worst, o.worst)
}

// full notes how much a shard was asked for.
func (s *second) full(shard int, asked float64) {
	if asked > s.fullest || asked == s.fullest && shard < s.shard {
		s.fullest, s.shard = asked, shard
	}
}

// seconds are those since the last that the observer has measured, as far as the shards of
// a group have been played one by one. They lie in one bin of the series.
type seconds struct {
	list        []second
	rows        []heatRow         // of all of them
	uses        []uint64          // scratch of measure
	utilization *metric.Histogram // a part of the observer's laps
	_           [64]byte          // keeps neighbours out of each other's cache lines
}

// upTo measures the seconds that have ended by now and that nobody has measured.
func (o *observer) upTo(now des.Time) {
	o.gather()
	if now > o.secondT && now%des.Time(time.Second) == 0 {
		o.endSecond(now)
	}
}

// shardSeconds measures seconds of a shard that is played by itself, of which the first ends
// at first, but for those in which the observer has looked at all of them. Shards of
// different groups may be measured at the same time.
func (o *observer) shardSeconds(first des.Time, group, place int, did []kinesis.Writes) {
	n := int((first-o.secondT)/des.Time(time.Second)) - 1
	if n < 0 {
		did, n = did[min(-n, len(did)):], 0
	}
	g := &o.seconds[group]
	for len(g.list) < n+len(did) {
		from := o.secondT.Add(time.Duration(len(g.list)) * time.Second)
		g.list = append(g.list, o.newSecond(from, from.Add(time.Second)))
	}
	if len(did) > 0 {
		o.world.causes.ahead(g.list[n].to, place, did)
		o.measure(g, g.list[n:n+len(did)], place, did)
	}
}

// gather puts the seconds together of shards that were played one by one.
func (o *observer) gather() {
	most := 0
	for i := range o.seconds {
		most = max(most, len(o.seconds[i].list))
	}
	for n := range most {
		all := o.newSecond(o.secondT, o.secondT.Add(time.Second))
		for i := range o.seconds {
			if list := o.seconds[i].list; n < len(list) {
				all.add(&list[n])
			}
		}
		o.close(&all)
	}
	for i := range o.seconds {
		o.seconds[i].list = o.seconds[i].list[:0]
	}
	o.heatUp()
}

// heatUp puts what shards did since the last time into the heat map.
func (o *observer) heatUp() {
	for i := range o.seconds {
		rows := o.seconds[i].rows
		o.heat.add(int((o.secondT-1)/o.step), rows)
		clear(rows)
	}
}

// endSecond measures what all shards did since the last second that was measured.
func (o *observer) endSecond(now des.Time) {
	all := []second{o.newSecond(o.secondT, now)}
	for i := range o.second {
		o.measure(&o.seconds[0], all, i, []kinesis.Writes{o.world.stream.Writes(i)})
	}
	o.close(&all[0])
	o.heatUp()
}

// measure measures how full a shard was in some seconds in a row, by the end of each of which
// it had done so much.
func (o *observer) measure(g *seconds, list []second, place int, did []kinesis.Writes) {
	from, to := o.world.stream.Life(place)
	full, before := capacityOf(&o.world.config.Limits), &o.second[place]
	rows, most := o.heat.rows[place], 0.0
	uses := g.uses[:0]
	for i := range list {
		sec, now := &list[i], &did[i]
		if to <= sec.from {
			break // closed before
		}
		records, bytes := now.Records-before.Records, now.Bytes-before.Bytes
		sec.writes.Records += records
		sec.writes.Bytes += bytes
		share := full.share(records, bytes) / sec.span
		asked := share
		if more := now.Refused - before.Refused; more > 0 {
			moreBytes := now.RefusedBytes - before.RefusedBytes
			sec.writes.Refused += more
			sec.writes.RefusedBytes += moreBytes
			asked = full.share(records+more, bytes+moreBytes) / sec.span
			spread(g.rows, rows, more)
		}
		before = now
		if share > most {
			most = share
		}
		sec.full(place, asked)
		if sec.counts && from <= sec.from && to >= sec.to {
			uses = append(uses, uint64(int64(float64(share*1e6)+0.5)))
			if share > sec.worst {
				sec.worst = share
			}
		}
	}
	o.second[place] = *before
	warm(g.rows, rows, most)
	g.utilization.AddAll(uses)
	g.uses = uses
}

// close is called when all shards have been measured in a second.
func (o *observer) close(s *second) {
	records, bytes := s.writes.Records+s.writes.Refused, s.writes.Bytes+s.writes.RefusedBytes
	o.peak[0], o.peak[1] = max(o.peak[0], float64(records)/s.span), max(o.peak[1], float64(bytes)/s.span)
	if w := &o.worstSecond; s.worst > w.share || s.worst == w.share && s.from < w.at {
		w.share, w.at = s.worst, s.from
	}
	o.secondT = s.to
	o.lens.second(s.shard, s.fullest)
	o.lens.endSecond(s.to, s.writes.Refused)
	o.rehearsal.second(s.to, s.writes.Refused)
	o.world.causes.second(s.to)
	if o.world.apart {
		o.reckonBacklogs(s)
	}
}

// reckonBacklogs notes how much consumers have not read at the end of a second in which
// nobody may have looked: what they had not at its beginning and what came, without what
// they have read or lost. At the end of one in which warm-up ends or a consumer joins
// somebody looks.
func (o *observer) reckonBacklogs(s *second) {
	for i, k := range o.world.consumers {
		left := k.EndSecond()
		if start := max(o.world.warmup, k.Config.Joins); (s.from > start || start == 0) && s.to%des.Time(time.Second) == 0 {
			o.unread[i] += s.writes.Records - left
			o.noteBacklog(s.to, i, o.unread[i])
		}
	}
}
