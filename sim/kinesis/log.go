package kinesis

import (
	"math/bits"
	"time"

	"kinesim/model"
	"kinesim/sim/des"
)

// chunkRows is the number of rows in a chunk: few enough that ten thousand
// shards with a chunk each stay small, many enough that chunks cost nothing.
const chunkRows = 256

// MaxRows is the most rows that Walk gives at a time.
const MaxRows = chunkRows

// Row is one record as it is kept: 16 bytes, without pointers.
type Row struct {
	At    des.Time // when it was accepted
	Lag   Lag      // how much earlier it had arisen
	bytes uint32   // of this and all earlier rows of the chunk, or of the piece of a lot; fits, as 256 × 10 MiB < 2^32
}

// chunk holds the rows of chunkRows consecutive records, 4 KiB of them, or packed.
type chunk struct {
	rows   *[chunkRows]Row // nil where they are packed
	packed packed
	base   int64 // bytes of all rows before the chunk
}

// row is row i of the chunk.
func (c *chunk) row(i int64) Row {
	if c.rows == nil {
		return c.packed.row(int(i))
	}
	return c.rows[i]
}

// Lag is the time from a record's arising to its acceptance, in 32 bits: 26 bits
// of nanoseconds and 6 of shift. It is exact to 67 ms, and beyond too small by at
// most 3·10⁻⁸ of it.
type Lag uint32

const lagBits = 26

// PackLag makes a Lag of d, which must not be negative.
func PackLag(d time.Duration) Lag {
	if d < 1<<lagBits {
		return Lag(d)
	}
	shift := bits.Len64(uint64(d)) - lagBits
	return Lag(shift)<<lagBits | Lag(uint64(d)>>uint(shift))
}

// Duration is the time that the Lag holds.
func (l Lag) Duration() time.Duration {
	return time.Duration(uint64(l&(1<<lagBits-1)) << (l >> lagBits))
}

// log keeps the records of one shard that a reader may still want. Row numbers
// count all records that the shard ever accepted, from 0; rows before first are
// gone, next is the number of the next record. Rows before lots.row are kept in
// lots, those from there on one by one in chunks.
type log struct {
	newest *[chunkRows]Row // of tail; nil when it is full, or when something else is to be done before the next row
	next   int64
	bytes  int64 // of all rows ever
	base   int64 // of tail
	first  int64
	tail   *chunk // the last of chunks
	chunks []*chunk
	origin int64 // number of chunks[0], of all chunks ever

	expired int64    // rows before this one are past the retention; kept while a read of them is under way
	keeps   des.Time // before it no other row is; 0: that is to be found out
	lots    lots
	seams   []int64 // rows before which an answer ended, so that someone may read on from there; the latest last
}

// append adds a record. now must not be before that of the row before.
func (l *log) append(now des.Time, lag Lag, size uint32, free *freeList) {
	if l.newest == nil {
		l.open(free)
	}
	if rows := l.newest; rows != nil {
		l.put(rows, now, lag, size)
	}
}

// put is append to rows, which are newest. Who calls it has asked whether they are nil,
// else the compiler's own check would read the first row, a cache line that nobody needs.
func (l *log) put(rows *[chunkRows]Row, now des.Time, lag Lag, size uint32) {
	i := uint(l.next) % chunkRows
	l.next++
	l.bytes += int64(size)
	rows[i] = Row{now, lag, uint32(l.bytes - l.base)}
	if i == chunkRows-1 {
		l.newest = nil
	}
}

// open sets newest to a chunk with room, a new one if need be.
func (l *log) open(free *freeList) {
	if l.next%chunkRows == 0 {
		l.grow(free)
	}
	l.newest = l.tail.rows
}

// grow begins a new chunk, and packs the one that is now far enough behind.
func (l *log) grow(free *freeList) {
	if n := len(l.chunks) - hotChunks; n >= 0 {
		l.chunks[n].squeeze(free)
	}
	l.tail = free.take()
	l.tail.base = l.bytes
	l.base = l.bytes
	l.chunks = append(l.chunks, l.tail)
}

// squeeze packs the rows of a chunk.
func (c *chunk) squeeze(free *freeList) {
	if c.rows != nil {
		c.packed.fill(c.rows, free)
		free.rows = append(free.rows, c.rows)
		c.rows = nil
	}
}

// chunk is the chunk that holds row, which is in no lot.
func (l *log) chunk(row int64) *chunk { return l.chunks[row/chunkRows-l.origin] }

// acceptedAt is when row was accepted.
func (l *log) acceptedAt(row int64) des.Time {
	if row < l.lots.row {
		return l.lots.acceptedAt(row)
	}
	c := l.chunk(row)
	if c.rows == nil {
		return des.Time(c.packed.at.get(c.packed.words, int(row%chunkRows)))
	}
	return c.rows[row%chunkRows].At
}

// bytesBefore is the bytes of all rows before row, which is kept or the next.
func (l *log) bytesBefore(row int64) int64 {
	switch {
	case row == l.next:
		return l.bytes
	case row < l.lots.row:
		return l.lots.bytesBefore(row)
	}
	c := l.chunk(row)
	if row%chunkRows == 0 {
		return c.base
	}
	if c.rows == nil {
		return c.base + c.packed.bytes.get(c.packed.words, int(row%chunkRows-1))
	}
	return c.base + int64(c.rows[row%chunkRows-1].bytes)
}

// search is the first row in [from, l.next] for which past holds; past must
// hold for every row after one for which it holds.
func (l *log) search(from int64, past func(row int64) bool) int64 {
	return l.between(from, l.next, past)
}

// between is search where the row is known to lie in [from, to].
func (l *log) between(from, to int64, past func(row int64) bool) int64 {
	if edge := l.lots.row; from < edge && edge <= to && !past(edge-1) { // lots are slow to search
		from = edge
	}
	for from < to {
		if mid := from + (to-from)/2; past(mid) {
			to = mid
		} else {
			from = mid + 1
		}
	}
	return from
}

// after is the first row at or after from that was accepted later than t.
func (l *log) after(from int64, t des.Time) int64 {
	switch {
	case from >= l.next:
		return from
	case l.tail == nil: // nothing but lots
		return l.lots.after(from, t)
	case l.tail.rows[(l.next-1)%chunkRows].At <= t: // the reader sees all: the common case
		return l.next
	}
	start := (l.next - 1) / chunkRows * chunkRows // of the tail
	rows := l.tail.rows[:l.next-start]
	if from < start && rows[0].At > t {
		return l.between(from, start, func(row int64) bool { return l.acceptedAt(row) > t })
	}
	return start + int64(lateFrom(rows, int(max(0, from-start)), t))
}

// lateFrom is the first of rows, at or after from, that was accepted later than t; the last
// was. What is not visible yet is mostly little, so it is looked for from the end.
func lateFrom(rows []Row, from int, t des.Time) int {
	late := len(rows) - 1
	for back := 1; late > from; back *= 2 {
		next := max(from, late-back)
		if rows[next].At <= t {
			from = next + 1
			break
		}
		late = next
	}
	for from < late {
		if mid := int(uint(from+late) / 2); rows[mid].At > t {
			late = mid
		} else {
			from = mid + 1
		}
	}
	return late
}

// piece is the rows [from, to), or the first of them: those of a chunk, which are
// unpacked into scratch if need be, or some of a lot, made up there.
func (l *log) piece(from, to int64, scratch *[chunkRows]Row) []Row {
	if from < l.lots.row {
		return l.lots.piece(from, to, scratch)
	}
	i := from % chunkRows
	c, end := l.chunk(from), min(chunkRows, i+to-from)
	if c.rows != nil {
		return c.rows[i:end]
	}
	for j := i; j < end; j++ {
		scratch[j] = c.packed.row(int(j))
	}
	return scratch[i:end]
}

// drop forgets the rows before row and gives their chunks and lots back.
func (l *log) drop(row int64, free *freeList) {
	if row <= l.first {
		return
	}
	l.first = row
	if l.lots.passed(row) {
		l.lots.drop(row, free)
	}
	if l.tail == nil {
		return
	}
	if n := row/chunkRows - l.origin; n > 0 {
		l.giveBack(n, free)
	}
}

// giveBack gives the n oldest chunks back.
func (l *log) giveBack(n int64, free *freeList) {
	for _, c := range l.chunks[:n] {
		if c.rows == nil {
			free.giveWords(c.packed.words)
			c.packed.words = nil
		}
		free.chunks = append(free.chunks, c)
	}
	free.used -= n
	l.chunks = append(l.chunks[:0], l.chunks[n:]...)
	l.origin += n
}

// freeList keeps chunks and blocks of lots for the next log that needs one.
type freeList struct {
	chunks []*chunk
	rows   []*[chunkRows]Row                    // of chunks that were packed
	words  [2*chunkRows/wordStep + 1][][]uint64 // of packed rows, by their number
	blocks []*lotBlock
	used   int64 // chunks that logs have
	lots   int64 // blocks that logs have
}

func (f *freeList) take() *chunk {
	f.used++
	var c *chunk
	if n := len(f.chunks); n > 0 {
		c = f.chunks[n-1]
		f.chunks = f.chunks[:n-1]
	} else {
		c = new(chunk)
	}
	if n := len(f.rows); c.rows == nil && n > 0 {
		c.rows = f.rows[n-1]
		f.rows = f.rows[:n-1]
	} else if c.rows == nil {
		c.rows = new([chunkRows]Row)
	}
	return c
}

func (f *freeList) giveBlocks(blocks []*lotBlock) {
	f.blocks = append(f.blocks, blocks...)
	f.lots -= int64(len(blocks))
}

func (f *freeList) takeBlock() *lotBlock {
	f.lots++
	if n := len(f.blocks); n > 0 {
		b := f.blocks[n-1]
		f.blocks = f.blocks[:n-1]
		return b
	}
	return new(lotBlock)
}

// Meter is what a shard has counted since the start of the run.
type Meter struct {
	IncomingRecords  int64 // accepted
	IncomingBytes    model.Bytes
	ThrottledRecords int64 // refused by a limit, each attempt counted
	ThrottledBytes   model.Bytes
	ReadThrottled    int64 // GetRecords calls refused
	PayloadUnits     int64 // billed for accepted records
	KiB              int64 // of accepted records, each rounded up; counted from when the stream is first on-demand
}
