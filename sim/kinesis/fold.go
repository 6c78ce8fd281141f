package kinesis

import (
	"time"

	"kinesim/sim/des"
)

// ExactRows is how many rows a stream keeps one by one before it begins to fold,
// unless its Config says otherwise: 64 MiB of them.
const ExactRows = 4 << 20

// exactFor is how far behind the newest row of its shard a row may lie and not be
// folded: who reads at the tip, or is late by an answer and a batch, reads rows as
// they came.
const exactFor = des.Time(60e9)

// narrow is how far apart in time the rows of a lot lie at the most, at first. When
// there are more than mostLots blocks of lots, 320 MiB, all may last twice as long,
// and again, up to wide: memory is bounded whatever the shards and the backlog.
const (
	narrow   = des.Time(1e9)
	wide     = narrow << 20 // twelve days
	mostLots = 320 << 20 / (blockLots * lotBytes)
)

// mostLotRows is how many rows a lot has at the most: of so many it knows the instants to the
// nanosecond, as TestCut holds.
const mostLotRows = 1 << 31

// fold turns the rows that lie far behind into lots, on all shards, and joins lots if
// there are too many. It is called when more chunks are kept than foldAbove. What a fold
// has to leave may be almost as much, so the next one waits until there is a quarter
// more: each row is then looked at in vain a few times at the most.
//
// When to fold hangs on counts of rows alone, so the same calls give the same lots.
func (s *Stream) fold(now des.Time) {
	for i := range s.shards {
		sh := &s.shards[i]
		if s.readers == 0 {
			s.Expire(now, i)
		}
		sh.log.fold(s.width, sh.cursors, &sh.group.free)
		if s.keys != nil {
			s.keys[i].drop(sh.log.lots.row)
		}
	}
	s.Thin()
	used := s.groups[0].free.used
	s.foldAbove = max(s.exactChunks, used+used/4)
}

// Thin makes all lots twice as wide, by joining neighbours, if there are too many. Who
// appends calls it now and then.
func (s *Stream) Thin() {
	lots := int64(0)
	for i := range s.groups {
		lots += s.groups[i].free.lots
	}
	if lots <= s.mostLots || s.width >= wide {
		return
	}
	s.width *= 2
	for i := range s.shards {
		sh := &s.shards[i]
		sh.log.join(s.width, sh.cursors, &sh.group.free)
	}
}

// fold turns the oldest chunks into lots, as far as all their rows are older than
// exactFor. A lot begins at every row from which a reader may go on, so what each
// of them is given adds up to the byte, whenever the fold comes.
func (l *log) fold(width des.Time, cursors []int64, free *freeList) {
	if l.first == l.next {
		return
	}
	horizon, n := l.tail.rows[(l.next-1)%chunkRows].At-exactFor, int64(0)
	for l.chunks[n] != l.tail && l.chunks[n].row(chunkRows-1).At < horizon {
		n++
	}
	if n == 0 {
		return
	}
	row, end := max(l.first, l.lots.row), (l.origin+n)*chunkRows
	for row < end {
		o, to := l.lotFrom(row, min(end, l.cut(row, cursors)), width)
		l.lots.add(o, to, l.bytesBefore(to), free)
		row = to
	}
	l.keeps = 0 // it was of a row as it came
	l.giveBack(n, free)
}

// join makes one lot of neighbours that together last less than width, unless a
// reader may go on from between them.
func (l *log) join(width des.Time, cursors []int64, free *freeList) {
	o := &l.lots
	l.keeps = 0
	o.advance(l.first)
	to := o.first // the number of the next joined lot
	for i := o.first; i < o.next; to++ {
		first := o.parcel(i)
		joined, cut := *first.lot, l.cut(first.row, cursors)
		var lag average
		broadest := Lag(0)
		for p := first; ; {
			lag.add(p.lags.mean(), p.rows)
			broadest = max(broadest, p.lags.Wide) // packed lags are in the order of what they hold
			if rows := p.row + p.rows - first.row; rows > first.rows {
				joined.pace = paceOf(p.last()-first.at, rows)
			}
			if i++; i == o.next {
				break
			}
			if p = o.parcel(i); p.row+p.rows > cut || p.last()-first.at >= width {
				break
			}
		}
		joined.lags = Lags{Mean: lag.mean(), Wide: broadest}
		*o.at(to) = joined
	}
	if to > o.first {
		o.cut(to, free)
	}
}

// cut is the first row after row from which a reader may go on; no lot from row on
// reaches over it.
func (l *log) cut(row int64, cursors []int64) int64 {
	to := row + mostLotRows
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
func (l *log) lotFrom(row, limit int64, width des.Time) (o lot, to int64) {
	o = lot{row: row, bytes: l.bytesBefore(row), at: l.acceptedAt(row)}
	var lag average
	last := o.at
	var scratch [chunkRows]Row
	for to = row; to < limit; {
		for _, r := range l.piece(to, limit, &scratch) {
			if r.At-o.at >= width {
				limit = to
				break
			}
			lag.add(r.Lag, 1)
			last = r.At
			to++
		}
	}
	o.pace, o.lags.Mean = paceOf(last-o.at, to-row), lag.mean()
	return o, to
}

// answered notes that a reader that asked for the rows from asked on was given
// those before to, so that it may go on there. At most keep such places are
// remembered, those of the latest answers.
func (l *log) answered(asked, to int64, keep int) {
	last := len(l.seams) - 1
	if last >= 0 && l.seams[last] == asked { // the only reader, mostly
		l.seams[last] = to
		return
	}
	i := last // of what is given up for the new place
	for i >= 0 && l.seams[i] != asked {
		i--
	}
	if i < 0 && len(l.seams) < keep {
		l.seams = append(l.seams, to)
		return
	}
	for i = max(0, i); i < last; i++ { // mostly none or few, as readers take turns
		l.seams[i] = l.seams[i+1]
	}
	l.seams[last] = to
}

// answered notes that a reader that asked for the rows from asked on was given
// [from, to). One that starts anew, by itself or on another worker, leaves a place
// behind to which none comes back: hence more places than readers.
func (s *Stream) answered(sh *shard, asked, from, to int64) {
	if s.width > s.sharp {
		if n := min(to, sh.log.lots.row) - from; n > 0 {
			sh.group.late += n
			sh.group.blur = s.width
		}
	}
	sh.log.answered(asked, to, 2*s.readers+8)
}

// Folded is how many rows reads have been given that were in lots by then. Their
// number and their bytes are exact. When each was accepted is good to ±within, which
// is a second unless that had become too many lots; how much earlier it had arisen
// is the mean over its lot.
func (s *Stream) Folded() (rows int64, within time.Duration) {
	for i := range s.groups {
		g := &s.groups[i]
		rows, within = rows+g.late, max(within, time.Duration(g.blur)) // lots only ever grow wider
	}
	return rows, within
}
