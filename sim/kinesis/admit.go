package kinesis

import (
	"kinesim/model"
	"kinesim/sim/des"
)

// Load is a number of records and their bytes of data and key.
type Load struct{ Records, Bytes int64 }

// Add adds another.
func (l *Load) Add(o Load) { l.Records, l.Bytes = l.Records+o.Records, l.Bytes+o.Bytes }

// Admitted is what a shard has room for of a load, and the limit that refused the others.
type Admitted struct {
	Load
	By Limit
}

// Of is what a shard does that takes so much of a load.
func (a *Admitted) Of(l *Load) Writes {
	return Writes{a.Records, l.Records - a.Records, model.Bytes(a.Bytes), model.Bytes(l.Bytes - a.Bytes)}
}

// Admit takes the tokens of as many records as a shard has room for of loads that come to it
// in spans in a row, of which the first begins at from and each ends at one of ends, and
// counts the others as refused. What it has room for of each load it says in kept.
//
// The records of a load come evenly over its span. All of them count as equally large, so
// where bytes bind it takes too many large ones and too few small ones. With windows of a
// second, a span must not reach over the end of one.
//
// While they come the buckets fill evenly as well. A bucket that is full at the end may
// not have been full all the time, and one that is not has lost nothing, so only the sum
// matters: exact as long as the records do come evenly.
func (s *Stream) Admit(place int, from des.Time, ends []des.Time, loads []Load, kept []Admitted) {
	sh := &s.shards[place]
	ends, kept = ends[:len(loads)], kept[:len(loads)]
	for i := range loads {
		l, a, to := &loads[i], &kept[i], ends[i]
		a.Load, a.By = *l, NoLimit
		if l.Records > 0 {
			s.admitLoad(sh, from, to, a)
		}
		from = to
	}
}

// admitLoad takes the tokens of as much of a load as a shard has room for in a span.
func (s *Stream) admitLoad(sh *shard, from, to des.Time, a *Admitted) {
	if from != sh.refilled {
		s.refill(sh, from)
		sh.refilled = from
	}
	records, room := sh.records, sh.bytes
	if s.bucket {
		span := int64(to - from)
		records, room = records+span*s.writeRecords.rate, room+span*s.writeBytes.rate
		sh.refilled = to
	}
	if most, mostBytes := records/token, max(0, room)/token; a.Records > most || a.Bytes > mostBytes {
		s.refuse(sh, a, most, mostBytes)
	}
	sh.records = min(s.writeRecords.full, records-a.Records*token)
	sh.bytes = min(s.writeBytes.full, room-a.Bytes*token)
}

// refuse leaves as much of a load as there is room for, and counts the others as refused.
func (s *Stream) refuse(sh *shard, a *Admitted, most, mostBytes int64) {
	all := a.Load
	if all.Bytes > mostBytes {
		a.Records, a.By = model.MulDiv(mostBytes, all.Records, all.Bytes), ByBytes
	}
	if a.Records > most {
		a.Records, a.By = most, ByRecords
	}
	a.Bytes = model.MulDiv(all.Bytes, a.Records, all.Records)
	sh.refused += all.Records - a.Records
	sh.refusedBytes += model.Bytes(all.Bytes - a.Bytes)
}

// Fits tells whether the buckets of a shard hold enough for all of a load at an instant, so
// that its records are accepted whenever they come after it.
func (s *Stream) Fits(now des.Time, place int, l Load) bool {
	sh := &s.shards[place]
	if now > sh.refilled {
		s.refill(sh, now)
		sh.refilled = now
	}
	return sh.records/token >= l.Records && sh.bytes/token >= l.Bytes
}
