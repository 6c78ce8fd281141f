package kinesis

import (
	"kinesim/model"
	"kinesim/sim/des"
)

// Load is a number of records and their bytes of data and key.
type Load struct{ Records, Bytes int64 }

// Add adds another.
func (l *Load) Add(o Load) { l.Records, l.Bytes = l.Records+o.Records, l.Bytes+o.Bytes }

// Refused is how many records of a load were refused, by the limit that did it.
type Refused [ByBytes + 1]int64

// mostJudged bounds the records and the bytes of a load that is judged without a division:
// so many tokens fit 63 bits.
const mostJudged = 1 << 33

// Admit takes the tokens of as many records as a shard has room for of loads that come to it
// in spans in a row, of which the first begins at from and each ends at one of ends, and
// counts the others as refused. What it has room for of each load it says in kept; what it
// refuses it adds to refused, load by load, and tells whether that is anything.
//
// The records of a load come evenly over its span. All of them count as equally large, so
// where bytes bind it takes too many large ones and too few small ones. With windows of a
// second, a span must not reach over the end of one.
//
// While they come the buckets fill evenly as well. A bucket that is full at the end may
// not have been full all the time, and one that is not has lost nothing, so only the sum
// matters: exact as long as the records do come evenly.
func (s *Stream) Admit(place int, from des.Time, ends []des.Time, loads, kept []Load, refused []Refused) (any bool) {
	sh := &s.shards[place]
	ends, kept, refused = ends[:len(loads)], kept[:len(loads)], refused[:len(loads)]
	for i := range loads {
		l, to := loads[i], ends[i]
		if l.Records > 0 {
			if from != sh.refilled {
				s.refill(sh, from)
				sh.refilled = from
			}
			if s.bucket {
				span := int64(to - from)
				sh.records += span * s.writeRecords.rate
				sh.bytes += span * s.writeBytes.rate
				sh.refilled = to
			}
			if l.Records*token > sh.records || l.Bytes*token > sh.bytes || uint64(l.Records|l.Bytes) >= mostJudged {
				var by Limit
				l, by = s.admitPart(sh, l)
				refused[i][by] += loads[i].Records - l.Records
				any = any || l != loads[i]
			}
			sh.records = min(s.writeRecords.full, sh.records-l.Records*token)
			sh.bytes = min(s.writeBytes.full, sh.bytes-l.Bytes*token)
		}
		kept[i] = l
		from = to
	}
	return any
}

// AdmitAt is Admit for a load that comes at an instant: what the shard has room for of it, and
// what has refused the others.
func (s *Stream) AdmitAt(place int, at des.Time, load Load) (kept Load, by Limit) {
	if kept = load; load.Records == 0 {
		return kept, NoLimit
	}
	sh := &s.shards[place]
	if at != sh.refilled {
		s.refill(sh, at)
		sh.refilled = at
	}
	if load.Records*token > sh.records || load.Bytes*token > sh.bytes || uint64(load.Records|load.Bytes) >= mostJudged {
		kept, by = s.admitPart(sh, load)
	}
	sh.records = min(s.writeRecords.full, sh.records-kept.Records*token)
	sh.bytes = min(s.writeBytes.full, sh.bytes-kept.Bytes*token)
	return kept, by
}

// admitPart is as much of a load as a shard has room for. The others are refused by a limit.
func (s *Stream) admitPart(sh *shard, all Load) (kept Load, by Limit) {
	most, mostBytes := sh.records/token, max(0, sh.bytes)/token
	kept = all
	if all.Bytes > mostBytes {
		kept.Records, by = model.MulDiv(mostBytes, all.Records, all.Bytes), ByBytes
	}
	if kept.Records > most {
		kept.Records, by = most, ByRecords
	}
	if by != NoLimit {
		kept.Bytes = model.MulDiv(all.Bytes, kept.Records, all.Records)
	}
	sh.refused += all.Records - kept.Records
	sh.refusedBytes += model.Bytes(all.Bytes - kept.Bytes)
	return kept, by
}

// FitAtOnce is how many of loads that come to a shard in spans in a row, of which the first begins
// at from and each ends at one of ends, its buckets hold as they are when their spans begin: so
// their records are accepted whenever they come in them. With windows of a second none is known to.
func (s *Stream) FitAtOnce(place int, from des.Time, ends []des.Time, loads []Load) (n int) {
	if !s.bucket {
		return 0
	}
	sh := s.refilledBy(from, place)
	records, bytes := sh.records, sh.bytes
	ends = ends[:len(loads)]
	for n = range loads {
		l, span := &loads[n], int64(ends[n]-from)
		if l.Records*token > records || l.Bytes*token > bytes || uint64(l.Records|l.Bytes) >= mostJudged {
			return n
		}
		records = min(s.writeRecords.full, records+span*s.writeRecords.rate-l.Records*token)
		bytes = min(s.writeBytes.full, bytes+span*s.writeBytes.rate-l.Bytes*token)
		from = ends[n]
	}
	return len(loads)
}

// Fits tells whether the buckets of a shard have room for all of a load that comes from now to
// to, whenever its records come in it, or at least where no more than a share of them is ever
// ahead of an even course.
func (s *Stream) Fits(now, to des.Time, place int, l Load, ahead float64) bool {
	sh := s.refilledBy(now, place)
	records, bytes, span := sh.records/token, sh.bytes/token, int64(0)
	if records >= l.Records && bytes >= l.Bytes {
		return true
	}
	if s.bucket {
		span = int64(to - now)
	}
	least := min(records, records+span*s.writeRecords.rate/token-l.Records) // at either end of the even course
	leastBytes := min(bytes, bytes+span*s.writeBytes.rate/token-l.Bytes)
	return float64(least) >= float64(l.Records)*ahead && float64(leastBytes) >= float64(l.Bytes)*ahead
}

// refilledBy is a shard whose buckets are as of an instant, or of a later one that a lot has
// taken beforehand.
func (s *Stream) refilledBy(now des.Time, place int) *shard {
	sh := &s.shards[place]
	if now > sh.refilled {
		s.refill(sh, now)
		sh.refilled = now
	}
	return sh
}
