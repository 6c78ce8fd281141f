package kinesis

import (
	"math/bits"
	"time"

	"kinesim/sim/des"
)

// lot is consecutive rows that lie so far behind that nobody is expected to ask
// for one of them: their number and their bytes are exact. It ends where the next
// one begins, and never changes but by being joined with that: who was told of its
// rows finds them so again.
//
// The rows between are made up when they are read. Instants are even from the
// first to the last; bytes are even, and what does not divide goes to the first
// rows, a byte each; each row lags as all do in the mean.
type lot struct {
	row   int64    // number of the first
	bytes int64    // of all rows before it
	at    des.Time // when the first was accepted
	pace  float64  // nanoseconds from one row to the next
	lags  Lags     // of the rows
}

// blockLots is the number of lots in a block, which has 1.5 KiB: ten thousand shards with a
// block or two each stay small.
const (
	blockLots = 32
	lotBytes  = 48 // of memory
)

type lotBlock [blockLots]lot

// lots are the older part of a log. They are numbered from the first block that is kept on,
// so anew when blocks are dropped: those before first are gone, next is the number of the
// next one.
type lots struct {
	first, next int64
	row         int64 // rows before this one are in lots, or gone
	bytes       int64 // of those rows
	blocks      []*lotBlock
	numbering   int64 // how often they were numbered anew
}

// at is the lot with number i.
func (o *lots) at(i int64) *lot { return &o.blocks[uint64(i)/blockLots][uint64(i)%blockLots] }

// find is the number of the lot that holds row. Readers are mostly near the tip.
func (o *lots) find(row int64) int64 {
	i, after := o.first, o.next-1 // row is in one of the lots [i, after), or in the last
	if after > i && o.at(after).row <= row {
		return after
	}
	for after-i > 1 {
		if mid := i + (after-i)/2; o.at(mid).row <= row {
			i = mid
		} else {
			after = mid
		}
	}
	return i
}

// add appends a lot of the rows [lots.row, row).
func (o *lots) add(l lot, row, bytes int64, free *freeList) {
	*o.grow(free) = l
	o.row, o.bytes = row, bytes
}

// grow makes room for the next lot, which is to be filled.
func (o *lots) grow(free *freeList) *lot {
	i := uint64(o.next) % blockLots
	if i == 0 {
		o.blocks = append(o.blocks, free.takeBlock())
	}
	o.next++
	return &o.blocks[len(o.blocks)-1][i]
}

// passed tells whether drop has something to do for a row.
func (o *lots) passed(row int64) bool {
	return row >= o.row || len(o.blocks) > 1 && o.blocks[1][0].row <= row
}

// drop forgets the lots that end at or before row, by blocks: those of a block that is kept
// are let be, unless all of them end there.
func (o *lots) drop(row int64, free *freeList) {
	n := 0
	if row >= o.row {
		n, o.first = int(o.next/blockLots), o.next
	} else {
		for n+1 < len(o.blocks) && o.blocks[n+1][0].row <= row {
			n++
		}
	}
	if n == 0 {
		return
	}
	free.giveBlocks(o.blocks[:n])
	o.blocks = append(o.blocks[:0], o.blocks[n:]...)
	o.next -= int64(n) * blockLots
	o.first = max(0, o.first-int64(n)*blockLots)
	o.numbering++
}

// advance sets first to the lot that holds row, if it is not past that.
func (o *lots) advance(row int64) {
	for o.first+1 < o.next && o.at(o.first+1).row <= row {
		o.first++
	}
}

// cut forgets the lots from number to on, of which one is left at least. Their rows
// are by then in the last one left.
func (o *lots) cut(to int64, free *freeList) {
	n := (to + blockLots - 1) / blockLots
	free.giveBlocks(o.blocks[n:])
	o.blocks = o.blocks[:n]
	o.next = to
	o.numbering++
}

// parcel is a lot with its ends.
type parcel struct {
	*lot
	rows, size int64 // how many rows, and their bytes
}

// following is the lot after number i; nil if there is none.
func (o *lots) following(i int64) *lot {
	if i+1 < o.next {
		return o.at(i + 1)
	}
	return nil
}

func (o *lots) parcel(i int64) parcel {
	return o.parcelOf(o.at(i), o.following(i))
}

// parcelOf is a lot with its ends, which the one after it is known of.
func (o *lots) parcelOf(l, following *lot) parcel {
	row, bytes := o.row, o.bytes
	if following != nil {
		row, bytes = following.row, following.bytes
	}
	return parcel{l, row - l.row, bytes - l.bytes}
}

// evenly is rows whose instants are even from at on. A struct of so few words stays in
// registers.
type evenly struct {
	at   des.Time
	pace float64 // as of a lot
	rows int64
}

func (p parcel) evenly() evenly { return evenly{p.at, p.pace, p.rows} }

// paceOf is that of so many rows of which the last comes so long after the first.
func paceOf(span des.Time, rows int64) float64 { return float64(span) / float64(max(1, rows-1)) }

// acceptedAt is the instant of the row with number i, to the nearest nanosecond: of the last
// one exactly what its pace was made of, as long as that is less than a hundred days.
func (e evenly) acceptedAt(i int64) des.Time {
	return e.at + des.Time(float64(float64(i)*e.pace)+0.5)
}

// last is when the last row was accepted.
func (e evenly) last() des.Time { return e.acceptedAt(e.rows - 1) }

// cut is how many of the rows were accepted by t, of which the first is one, when the last of
// those was accepted, and the one after it; Forever: there is none.
func (e evenly) cut(t des.Time) (n int64, last, then des.Time) {
	i := (float64(t-e.at) + 0.5) / e.pace // the row at t, but for a rounding
	if i >= float64(e.rows-2) {           // it may be the last one, or be past that
		if last = e.last(); t >= last {
			return e.rows, last, des.Forever
		}
	}
	n = int64(i)
	last, then = e.acceptedAt(n), e.acceptedAt(n+1)
	for last > t { // a rounding
		n, last, then = n-1, e.acceptedAt(n-1), last
	}
	for then <= t {
		n, last, then = n+1, then, e.acceptedAt(n+2)
	}
	return n + 1, last, then
}

// upTo is how many of the rows were accepted by t.
func (e evenly) upTo(t des.Time) int64 {
	if t < e.at {
		return 0
	}
	n, _, _ := e.cut(t)
	return n
}

// last is when the last row was accepted.
func (p parcel) last() des.Time { return p.evenly().last() }

// acceptedAt is the instant of the row with number i in the lot.
func (p parcel) acceptedAt(i int64) des.Time { return p.evenly().acceptedAt(i) }

// bytesBefore is the bytes of all rows before the one with number i in the lot.
func (p parcel) bytesBefore(i int64) int64 {
	size, rows := uint64(p.size), uint64(p.rows) // whose division takes less than that of signed numbers
	return p.bytes + i*int64(size/rows) + min(i, int64(size%rows))
}

// fill makes up as many rows as there is room for, from number i of the lot on.
func (p parcel) fill(rows []Row, i int64) {
	e := p.evenly()
	lag := p.lags.mean()
	share, more := p.size/p.rows, p.size%p.rows-i // the first more rows have a byte more
	bytes := int64(0)
	for j := range rows {
		bytes += share
		if int64(j) < more {
			bytes++
		}
		rows[j] = Row{e.acceptedAt(i + int64(j)), lag, uint32(bytes)}
	}
}

// acceptedAt is when row was accepted.
func (o *lots) acceptedAt(row int64) des.Time {
	p := o.parcel(o.find(row))
	return p.acceptedAt(row - p.row)
}

// bytesBefore is the bytes of all rows before row.
func (o *lots) bytesBefore(row int64) int64 {
	p := o.parcel(o.find(row))
	return p.bytesBefore(row - p.row)
}

// piece makes rows up in scratch: the rows [from, to), or the first of them.
func (o *lots) piece(from, to int64, scratch *[chunkRows]Row) []Row {
	p := o.parcel(o.find(from))
	rows := scratch[:min(to-from, p.row+p.rows-from, chunkRows)]
	p.fill(rows, from-p.row)
	return rows
}

// average is a mean of lags whose sum may take more than 64 bits: days of lag times
// millions of rows.
type average struct{ high, low, count uint64 }

// add adds n rows that all have the same lag.
func (a *average) add(l Lag, n int64) {
	high, low := bits.Mul64(uint64(l.Duration()), uint64(n))
	var carry uint64
	a.low, carry = bits.Add64(a.low, low, 0)
	a.high += high + carry
	a.count += uint64(n)
}

func (a *average) mean() Lag {
	mean, _ := bits.Div64(a.high, a.low, a.count) // a mean of lags fits where a lag does
	return PackLag(time.Duration(mean))
}
