package kinesis

import (
	"math"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// At a coarse resolution records come to a shard in lots: so many, with so many bytes,
// evenly over a span. A shard judges a lot by the same buckets as it judges records one
// by one, and keeps it as one lot of its log; readers, expiry and meters do not know the
// difference.

// Lags is how much earlier records had arisen than they came: what lies evenly over a span, the
// mean of that and how wide it is, which is 0 where records came one by one; and for a share of
// them, Firsts, the most of it: they were the first of their calls, and waited longest.
type Lags struct {
	Mean, Wide Lag
	Firsts     float32
}

// mean is the mean of all.
func (l Lags) mean() Lag {
	return PackLag(l.Mean.Duration() + time.Duration(float64(l.Wide.Duration())*float64(l.Firsts)/2))
}

// Append stores a load that was admitted as a lot of a shard, in the order of time: it comes
// evenly over [from, to), and is not empty. One that watches the shard is told by woken.
func (s *Stream) Append(place int, from, to des.Time, load Load, lags Lags) (woken bool) {
	sh := &s.shards[place]
	sh.log.pour(from, to, load, lags, &sh.group.free)
	return sh.stored(load.Records)
}

// AppendAll is Append for loads that come in spans in a row, of which the first begins at from
// and each ends at one of ends. None is empty; of ends and lags the first ones are theirs.
func (s *Stream) AppendAll(place int, from des.Time, ends []des.Time, loads []Load, lags []Lags) (woken bool) {
	sh := &s.shards[place]
	before := sh.log.next
	sh.log.pourAll(from, ends, loads, lags, &sh.group.free)
	return sh.stored(sh.log.next - before)
}

// stored counts records that were stored in lots. They are what one waits for who watches the
// shard.
func (sh *shard) stored(records int64) (woken bool) {
	sh.kib += records
	woken, sh.watched = sh.watched, false
	return woken
}

// pour adds a load as a lot.
func (l *log) pour(from, to des.Time, load Load, lags Lags, free *freeList) {
	l.lots.grow(free).fill(l.next, l.bytes, from, to, load.Records, lags)
	l.next += load.Records
	l.bytes += load.Bytes
	l.lots.row, l.lots.bytes = l.next, l.bytes
}

// pourAll is pour for loads that come in spans in a row. Where the log ends stays in registers
// meanwhile: pour in a loop takes 38 instructions more for each lot.
func (l *log) pourAll(from des.Time, ends []des.Time, loads []Load, lags []Lags, free *freeList) {
	next, bytes := l.next, l.bytes
	ends, lags = ends[:len(loads)], lags[:len(loads)]
	for i, load := range loads {
		l.lots.grow(free).fill(next, bytes, from, ends[i], load.Records, lags[i])
		next += load.Records
		bytes += load.Bytes
		from = ends[i]
	}
	l.next, l.bytes = next, bytes
	l.lots.row, l.lots.bytes = next, bytes
}

// fill makes a lot one of so many records that come evenly over [from, to), after row rows of
// so many bytes. A struct would be made elsewhere and copied.
func (o *lot) fill(row, bytes int64, from, to des.Time, records int64, lags Lags) {
	o.row, o.bytes = row, bytes
	o.pace = float64(to-from) / float64(records)
	o.at, o.lags = from+des.Time(o.pace/2), lags
}

// Larger counts records that were stored as larger than those of one payload unit and one KiB:
// so many units more, and so many whole KiB, all together.
func (s *Stream) Larger(place int, units, kib int64) {
	sh := &s.shards[place]
	sh.extraUnits += units
	sh.kib += kib
}

// Slab is records that were accepted evenly from First to Last.
type Slab struct {
	Rows        int64
	First, Last des.Time
	Lags        Lags
}

// Slabs goes over rows of a shard of a coarse stream, which must still be kept, lot by lot
// or some alike lots at a time. They are good until others of the same group are asked for.
type Slabs struct {
	Slab     // after Next
	lots     *lots
	lot      int64 // the next one
	from, to int64 // what is left
}

// Slabs begins to go over the rows [from, to) of a shard.
func (s *Stream) Slabs(place int, from, to int64) *Slabs {
	sh := &s.shards[place]
	slabs := &sh.group.slabs
	slabs.lots, slabs.from, slabs.to = &sh.log.lots, from, to
	if from < to {
		slabs.lot = slabs.lots.find(from)
	}
	return slabs
}

// Next goes on to the next slab, if one is left.
func (s *Slabs) Next() bool { return s.from < s.to && s.next() }

// next is Next where one is left.
func (s *Slabs) next() bool {
	first := s.lots.parcel(s.lot)
	last := first
	for s.lot++; last.row+last.rows < s.to; s.lot++ {
		next := s.lots.parcel(s.lot)
		if !first.alike(last, next.lot) {
			break
		}
		last = next
	}
	until := min(s.to, last.row+last.rows)
	s.Rows, s.First, s.Last = until-s.from, first.at, last.last()
	s.Lags = first.lags
	if s.from > first.row {
		s.First = first.acceptedAt(s.from - first.row)
	}
	if until < last.row+last.rows {
		s.Last = last.acceptedAt(until - 1 - last.row)
	}
	s.from = until
	return true
}

// alike tells whether the rows of next come and lag as those of l do, and right after those of
// last, which is l or was found alike: as fast but for an eighth, which is more than chance makes
// of a thousand rows. Measured as one slab they lie within 3 % of its width of where they are, to
// either side as chance has it: of 100 shards near their limit no quantile moved by a bucket, and
// the mean by 0.007 %.
func (l *lot) alike(last parcel, next *lot) bool {
	return l.lags == next.lags && math.Abs(l.pace-next.pace) <= next.pace/8 && float64(next.at-last.at) <= float64(last.rows+1)*last.pace
}

// spot is where a row is in a log that has nothing but lots.
type spot struct {
	row       int64
	bytes     int64    // of all rows before it
	at        des.Time // when it comes; Forever: it is yet to be added
	lot       int64    // number of the lot that holds it, or the one before
	held      *lot     // that lot, if there is one
	next      *lot     // the one after; nil: there was none yet
	numbering int64    // of the lots, and 1; 0: there is no row yet
}

// spot is that of a row, which is kept or the next.
func (o *lots) spot(row int64) spot {
	if row >= o.row {
		return spot{row: row, bytes: o.bytes, at: des.Forever, lot: o.next - 1, numbering: o.numbering + 1}
	}
	i := o.find(row)
	p := o.parcel(i)
	return spot{row, p.bytesBefore(row - p.row), p.acceptedAt(row - p.row), i, p.lot, o.following(i), o.numbering + 1}
}

// settle makes a spot that of a row, which is kept or the next.
func (o *lots) settle(it *spot, row int64) {
	if it.row != row || it.numbering != o.numbering+1 {
		*it = o.spot(row)
	}
	if it.next == nil {
		it.next = o.following(it.lot)
	}
	if next := it.next; next != nil && next.row == row {
		it.lot++
		it.at, it.held, it.next = next.at, next, o.following(it.lot)
	}
}

// inLots answers calls of an iterator that was settled, of a log that has nothing but lots, each in
// one pass, up to the first one of which the answer has more rows than limit, or as many bytes as
// there is room for: it tells how many, and leaves the iterator after them. A call goes through no
// more than span of the shard, unless that is 0.
func (l *log) inLots(by *Iterator, calls []GetCall, limit, room int64, span time.Duration) (n int) {
	if l.tail != nil {
		return 0
	}
	o, it, through := &l.lots, &by.spot, by.Through
	row, bytes, at, lot, held, next := it.row, it.bytes, it.at, it.lot, it.held, it.next
	for ; n < len(calls); n++ {
		c := &calls[n]
		r, visible := &c.Answer, c.reach(through, span)
		if r.Rest = c.Visible.Sub(visible); at > visible {
			r.Refused, r.Tip, r.End, r.Even, r.Behind, r.From, r.To, r.Bytes = NoLimit, true, false, false, at <= c.Now, row, row, 0
			through = max(through, visible)
			continue
		}
		last, tip, even := held, lot, true
		for next != nil && next.at <= visible {
			even = even && held.alike(o.parcelOf(last, next), next)
			if last, tip = next, tip+1; tip == lot+nearLots {
				tip, even = o.lastBy(visible, tip), false
				last = o.at(tip)
			}
			next = o.following(tip)
		}
		p := o.parcelOf(last, next)
		rows, end, then := p.evenly().cut(visible)
		to, all := p.row+rows, p.bytesBefore(rows)
		if to-row > limit || all-bytes >= room {
			next = o.following(lot)
			break
		}
		r.Even, r.First, r.Lags = even, at, held.lags
		if rows == p.rows && next != nil {
			then, tip, last = next.at, tip+1, next
			next = o.following(tip)
		}
		r.Refused, r.Tip, r.End, r.From, r.To, r.Bytes, r.Last, r.Behind = NoLimit, true, false, row, to, model.Bytes(all-bytes), end, then <= c.Now
		row, bytes, at, lot, held, through = to, all, then, tip, last, end
	}
	by.Row, by.Through = row, through
	it.row, it.bytes, it.at, it.lot, it.held, it.next = row, bytes, at, lot, held, next
	return n
}

// nearLots is how many lots a reader is given without a search: it mostly polls as often as
// spans come.
const nearLots = 8

// after is the first row at or after from that was accepted later than t.
func (o *lots) after(from int64, t des.Time) int64 {
	p := o.parcel(o.lastBy(t, o.first))
	return max(from, p.row+p.evenly().upTo(t))
}

// lastBy is the number of the last lot from number i on whose first row was accepted by t, or
// of that one.
func (o *lots) lastBy(t des.Time, i int64) int64 {
	after := o.next
	for after-i > 1 {
		if mid := i + (after-i)/2; o.at(mid).at <= t {
			i = mid
		} else {
			after = mid
		}
	}
	return i
}
