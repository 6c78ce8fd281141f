package kinesis

import (
	"slices"

	"kinesim/sim/des"
)

// ExactRows is how many rows a stream keeps one by one before it begins to fold,
// unless its Config says otherwise: 64 MiB of them.
const ExactRows = 4 << 20

// exactFor is how far behind the newest row of its shard a row may lie and not be
// folded: who reads at the tip, or is late by an answer and a batch, reads rows as
// they came.
const exactFor = des.Time(60e9)

// fold turns the rows that lie far behind into lots, on all shards. It is called
// when more rows are kept than foldAbove. What a fold has to leave may be almost
// as much, so the next one waits until there is a quarter more: each row is then
// looked at in vain a few times at the most.
//
// When to fold hangs on counts of rows alone, so the same calls give the same lots.
func (s *Stream) fold(now des.Time) {
	for i := range s.shards {
		sh := &s.shards[i]
		if s.readers == 0 {
			s.Expire(now, i)
		}
		sh.log.fold(sh.cursors, &s.free)
		if s.keys != nil {
			s.keys[i].drop(sh.log.lots.row)
		}
	}
	s.foldAbove = max(s.exactChunks, s.free.used+s.free.used/4)
}

// fold turns the oldest chunks into lots, as far as all their rows are older than
// exactFor. A lot begins at every row from which a reader may go on, so what each
// of them is given adds up to the byte, whenever the fold comes.
func (l *log) fold(cursors []int64, free *freeList) {
	if l.first == l.next {
		return
	}
	horizon, n := l.tail.rows[(l.next-1)%chunkRows].At-exactFor, int64(0)
	for l.chunks[n] != l.tail && l.chunks[n].rows[chunkRows-1].At < horizon {
		n++
	}
	if n == 0 {
		return
	}
	row, end := max(l.first, l.lots.row), (l.origin+n)*chunkRows
	for row < end {
		o, to := l.lotFrom(row, min(end, l.cut(row, cursors)))
		l.lots.add(o, to, l.bytesBefore(to), free)
		row = to
	}
	l.giveBack(n, free)
	l.seams = slices.DeleteFunc(l.seams, func(row int64) bool { return row <= end })
}

// cut is the first row after row from which a reader may go on; no lot reaches
// over it.
func (l *log) cut(row int64, cursors []int64) int64 {
	to := l.next
	for _, list := range [][]int64{cursors, l.seams} {
		for _, c := range list {
			if c > row {
				to = min(to, c)
			}
		}
	}
	return to
}

// lotFrom makes a lot of the rows from row on, as many as belong in it, but none
// from limit on; to is the row after them.
func (l *log) lotFrom(row, limit int64) (o lot, to int64) {
	o = lot{row: row, bytes: l.bytesBefore(row), at: l.acceptedAt(row)}
	var lag average
	last := o.at
	for to = row; to < limit; {
		i := to % chunkRows
		for _, r := range l.chunk(to).rows[i:min(chunkRows, i+limit-to)] {
			if r.At-o.at >= lotSpan {
				limit = to
				break
			}
			lag.add(r.Lag)
			last = r.At
			to++
		}
	}
	o.span, o.lag = uint32(last-o.at), PackLag(lag.mean())
	return o, to
}

// answered notes that a reader that asked for the rows from asked on was given
// those before to, so that it may go on there. At most keep such places are
// remembered, those of the latest answers.
func (l *log) answered(asked, to int64, keep int) {
	i := len(l.seams) - 1
	for i >= 0 && l.seams[i] != asked {
		i--
	}
	if i < 0 && len(l.seams) == keep {
		i = 0
	}
	if i >= 0 {
		l.seams = append(l.seams[:i], l.seams[i+1:]...)
	}
	l.seams = append(l.seams, to)
}

// answered notes that a reader that asked for the rows from asked on was given
// [from, to). One that starts anew, by itself or on another worker, leaves a place
// behind to which none comes back: hence more places than readers.
func (s *Stream) answered(l *log, asked, from, to int64) {
	s.late += max(0, min(to, l.lots.row)-from)
	l.answered(asked, to, 2*s.readers+8)
}

// Folded is how many rows reads have been given that were in lots by then. Their
// number and their bytes are exact, but not when each was accepted, which is good
// to ±1 s, nor how much earlier it had arisen, which is the mean of a second.
func (s *Stream) Folded() int64 { return s.late }
