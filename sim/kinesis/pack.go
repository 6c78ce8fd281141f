package kinesis

import (
	"math/bits"

	"kinesim/sim/des"
)

// hotChunks is how many chunks at the tip of a shard stay as they are: 4,096 rows, which
// four seconds bring at the most unless the limits were raised. Who polls more often
// reads no packed row.
const hotChunks = 16

// packed is the rows of a chunk that lies behind the tip of its shard, without loss: in
// each column only the distance from a straight line is kept, in as many bits as the
// largest needs. Rows of 16 B take 6 to 8 B so.
type packed struct {
	at, lag, bytes column
	words          []uint64
}

// column is one number of each row: that of row i is from + i·step + bits i of width in
// the words from start on.
type column struct {
	from, step int64
	width      uint8
	start      uint16
}

// fill makes p the packed form of rows.
func (p *packed) fill(rows *[chunkRows]Row, free *freeList) {
	const last = chunkRows - 1
	total := 0
	number := [...]func(*Row) int64{
		func(r *Row) int64 { return int64(r.At) },
		func(r *Row) int64 { return int64(r.Lag) },
		func(r *Row) int64 { return int64(r.bytes) },
	}
	columns := [...]*column{&p.at, &p.lag, &p.bytes}
	for k, c := range columns {
		*c = fit(rows, number[k], (number[k](&rows[last])-number[k](&rows[0]))/last)
		c.start = uint16(total)
		total += int(c.width) * chunkRows / 64
	}
	p.words = free.takeWords(total)
	for k, c := range columns {
		for i := range rows {
			c.put(p.words, i, uint64(number[k](&rows[i])-c.from-int64(i)*c.step))
		}
	}
}

// fit lays a line of the given step under the numbers of a column.
func fit(rows *[chunkRows]Row, number func(*Row) int64, step int64) column {
	least, most := number(&rows[0]), number(&rows[0])
	for i := range rows {
		d := number(&rows[i]) - int64(i)*step
		least, most = min(least, d), max(most, d)
	}
	return column{from: least, step: step, width: uint8(bits.Len64(uint64(most - least)))}
}

// put writes the bits of row i, which must be zero before.
func (c *column) put(words []uint64, i int, v uint64) {
	if c.width == 0 {
		return
	}
	width, bit := uint(c.width), uint(i)*uint(c.width)
	at, shift := uint(c.start)+bit/64, bit%64
	words[at] |= v << shift
	if shift+width > 64 {
		words[at+1] |= v >> (64 - shift)
	}
}

// get is the number of row i.
func (c *column) get(words []uint64, i int) int64 {
	line := c.from + int64(i)*c.step
	if c.width == 0 {
		return line
	}
	width, bit := uint(c.width), uint(i)*uint(c.width)
	at, shift := uint(c.start)+bit/64, bit%64
	v := words[at] >> shift
	if shift+width > 64 {
		v |= words[at+1] << (64 - shift)
	}
	return line + int64(v&(1<<width-1))
}

// row is row i of the chunk.
func (p *packed) row(i int) Row {
	return Row{des.Time(p.at.get(p.words, i)), Lag(p.lag.get(p.words, i)), uint32(p.bytes.get(p.words, i))}
}

// wordStep is what lengths of words are rounded up to, so that few differ.
const wordStep = 16

// takeWords are n zero words.
func (f *freeList) takeWords(n int) []uint64 {
	class := (n + wordStep - 1) / wordStep
	if list := f.words[class]; len(list) > 0 {
		words := list[len(list)-1]
		f.words[class] = list[:len(list)-1]
		clear(words)
		return words
	}
	return make([]uint64, class*wordStep)
}

// giveWords gives words back.
func (f *freeList) giveWords(words []uint64) {
	class := len(words) / wordStep
	f.words[class] = append(f.words[class], words)
}
